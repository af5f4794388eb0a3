"""Who may see and change the tables of migrations 0018 and later, as SQL: as `policies`, in its words."""

from __future__ import annotations

from collections.abc import Iterator

from logistics.store.migrations.policies import AGENCIES, APP, OF_DOSSIER, OF_PAPER_6, SYSTEM, _bind, _guard

CHILDREN_18 = ("picture",)
"""As CHILDREN, since migration 0018: pictures of originals. What they show stays; only a withdrawal is added."""

CHILDREN_19 = ("inside_handover",)
"""As CHILDREN, since migration 0019, for the one agency inside which originals pass; only the answer is added."""

OF_AGENCY_20 = ("report",)
"""As OF_AGENCY_2, since migration 0020; never changed or deleted, either."""

OPEN_21 = ("service_item_past",)
"""As OPEN, since migration 0021: what items said before; never changed or deleted."""

OF_AGENCY_21 = ("item_list",)
"""As OF_AGENCY_2, since migration 0021."""


def statements_18() -> Iterator[str]:
    """Every statement for the table of migration 0018, in order."""
    for table in CHILDREN_18:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawn_why) ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APP}, {SYSTEM}"
        yield from _bind(table, OF_DOSSIER.format(table=table))


def statements_19() -> Iterator[str]:
    """Every statement for the table of migration 0019, in order."""
    for table in CHILDREN_19:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT UPDATE (answered_at, answered_by, taken, words) ON {table} TO {APP}"
        yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APP}, {SYSTEM}"
        yield from _bind(table, f"{OF_DOSSIER.format(table=table)} AND agency_id = ANY {AGENCIES}")


def statements_20() -> Iterator[str]:
    """Every statement for the table of migration 0020, in order."""
    for table in OF_AGENCY_20:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APP}, {SYSTEM}"
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")
        yield _guard(table)


def statements_21() -> Iterator[str]:
    """Every statement for the tables of migration 0021, in order. What was changed about an item is seen by all, about
    an agreement by its parties."""
    for table in (*OPEN_21, *OF_AGENCY_21):
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
    yield f"GRANT UPDATE (confirmed_at) ON item_list TO {APP}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    for table in OPEN_21:
        yield _guard(table)
    for table in OF_AGENCY_21:
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")
    yield f"CREATE POLICY of_item ON directory_act FOR SELECT TO {APP} USING (item_id IS NOT NULL)"
    theirs = "EXISTS (SELECT 1 FROM agreement a WHERE a.id = directory_act.agreement_id)"
    yield f"CREATE POLICY of_agreement ON directory_act FOR SELECT TO {APP} USING ({theirs})"


OF_AGENCY_22 = ("old_ledger", "old_ledger_remark", "old_ledger_mapping", "old_record")
"""As OF_AGENCY_2, since migration 0022: old ledgers and what was taken over from them."""


def statements_22() -> Iterator[str]:
    """Every statement for the tables of migration 0022, in order. A record stays as its row stood; only that it was
    taken back is added."""
    moving = "state, mapping, rows_total, rows_done, good, warned, refused, left_out, ordered_at, checked_at, good_only"
    ended = "confirmed_at, confirmed_by, imported_at, ended_at, ended_by, ended_why, lease_until, fault"
    for table in OF_AGENCY_22:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")
    yield f"GRANT UPDATE ({moving}, {ended}) ON old_ledger TO {APP}, {SYSTEM}"
    yield f"GRANT DELETE ON old_ledger_remark TO {SYSTEM}"  # a further dry run says everything anew
    yield f"GRANT UPDATE (headings, saved_at, saved_by) ON old_ledger_mapping TO {APP}"
    yield f"GRANT UPDATE (withdrawn_at) ON old_record TO {APP}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"


OF_AGREEMENT_25 = ("agreement_consent",)
"""As OF_AGREEMENT_12, since migration 0025: who consented is seen by the agreement's parties."""

UPPERMOST = f"((SELECT split_part(path, '.', 1)::bigint FROM agency ORDER BY id LIMIT 1) = ANY {AGENCIES})"  # noqa: S608
"""Whether the reader keeps the agency at the top of the tree that was set up first, as `store.uppermost` has it."""


def statements_25() -> Iterator[str]:
    """Every statement for the table of migration 0025, in order. A party consents for itself; for the other one only
    by a signed paper; and takes back what it recorded. A rule for everybody is the uppermost agency's to make."""
    for table in OF_AGREEMENT_25:
        theirs = f"EXISTS (SELECT 1 FROM agreement a WHERE a.id = {table}.agreement_id)"  # noqa: S608 - names
        ours = f"(kept_by = ANY {AGENCIES} AND {theirs})"
        own = f"({ours} AND (agency_id = ANY {AGENCIES} OR paper_sha256 <> ''))"
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY party ON {table} FOR SELECT TO {APP} USING ({theirs})"
        yield f"CREATE POLICY own ON {table} FOR INSERT TO {APP} WITH CHECK ({own})"
        yield f"CREATE POLICY back ON {table} FOR UPDATE TO {APP} USING ({ours}) WITH CHECK ({ours})"
        yield f"CREATE POLICY system ON {table} TO {SYSTEM} USING (true) WITH CHECK (true)"
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawn_why) ON {table} TO {APP}"
        yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APP}, {SYSTEM}"
    seen = "(agreement_id IS NULL OR EXISTS (SELECT 1 FROM agreement a WHERE a.id = policy_version.agreement_id))"
    ours = f"(agency_id = ANY {AGENCIES})"
    made = f"CASE WHEN agency_id IS NOT NULL THEN {ours} ELSE agreement_id IS NOT NULL OR {UPPERMOST} END"
    yield f"ALTER POLICY makers ON policy_version WITH CHECK ({seen} AND {made})"
    yield f"ALTER POLICY marks ON policy_version USING ({seen} AND {made}) WITH CHECK ({seen} AND {made})"


OF_AGENCY_26 = ("report_order",)
"""As OF_AGENCY_2, since migration 0026: reports that were asked for."""


def statements_26() -> Iterator[str]:
    """Every statement for the table of migration 0026, in order. Pages only note that a report was looked at."""
    for table in OF_AGENCY_26:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT UPDATE (state, rows_total, rows_done, lease_until, ended_at, fault) ON {table} TO {SYSTEM}"
        yield f"GRANT UPDATE (seen_at) ON {table} TO {APP}"
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")


def statements_28() -> Iterator[str]:
    """What is known of a file is seen by whoever sees a paper or, since migration 0028, a report with these bytes."""
    for table in OF_PAPER_6:
        paper = f"EXISTS (SELECT 1 FROM paper p WHERE p.sha256 = {table}.sha256)"  # noqa: S608 - names
        report = f"{table}.sha256 IN (SELECT sheet_sha256 FROM report UNION SELECT paper_sha256 FROM report)"  # noqa: S608
        yield f"ALTER POLICY party ON {table} USING ({paper} OR {report}) WITH CHECK ({paper} OR {report})"
