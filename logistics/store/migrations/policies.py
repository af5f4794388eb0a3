"""Who may see and change what, as SQL: grants, row-level security, append-only guards. Used by the first migration.

Roles: `youdang_app` (web and API) is bound by the policies, which compare plain columns with the transaction's settings
`youdang.agencies` and `youdang.officer`; `youdang_system` (scheduler) passes by policies that name it; the owner
migrates.
"""

from __future__ import annotations

from collections.abc import Iterator

APP, SYSTEM = "youdang_app", "youdang_system"

AGENCIES = (
    "((SELECT string_to_array(trim(both '{}' from coalesce(current_setting('youdang.agencies', true), '')), ','))"
    "::bigint[])"
)
DOSSIER = "(SELECT coalesce(nullif(current_setting('youdang.dossier', true), ''), '0')::bigint)"
"""The one dossier an applicant's inquiry opened."""
OFFICER = "(SELECT coalesce(nullif(current_setting('youdang.officer', true), ''), '0')::bigint)"

PARTY = f"(sender_agency_id = ANY {AGENCIES} OR receiver_agency_id = ANY {AGENCIES})"
OF_DOSSIER = "EXISTS (SELECT 1 FROM dossier d WHERE d.id = {table}.dossier_id)"  # the dossier's own policy decides

CHILDREN = (
    "original",
    "consignment",
    "packed",
    "custody",
    "tracking",
    "discrepancy",
    "paper",
    "deadline",
    "rung",
    "ledger_entry",
    "exchange",
)
"""Tables whose rows belong to one dossier and are seen by whoever sees it."""

APPEND_ONLY = ("custody", "tracking", "ledger_entry", "log_node", "log_leaf", "checkpoint", "exchange", "paper")
"""Tables whose rows are never changed or deleted, by nobody."""

OPEN = (
    "region",
    "agency",
    "officer",
    "login_session",
    "api_client",
    "service_item",
    "material",
    "agreement_item",
    "dossier_counter",
    "log_node",
    "log_leaf",
    "log_pending",
    "checkpoint",
    "inbox",
)
"""Tables without personal data of a case: directories, queues and hashes. The web role may not read raw pushes (see
grants).
"""


CHILDREN_2 = ("subscription", "handover_line", "courier_quote")
"""As CHILDREN, since migration 0002."""

OF_AGENCY_2 = ("pool_number", "pickup", "handover_list")
"""Tables whose rows belong to one agency and are seen by nobody else, since migration 0002."""

OPEN_2 = ("courier_account", "courier_fault", "courier_trouble", "code_mapping")
"""As OPEN, since migration 0002: how couriers fare and what their codes mean."""

APPEND_ONLY_2 = ("courier_trouble", "code_mapping")
"""As APPEND_ONLY, since migration 0002."""


OPEN_3 = ("filing_counter",)
"""As OPEN, since migration 0003: numbers given, by the scheduler only."""

CHILDREN_5 = ("signature",)
"""As CHILDREN, since migration 0005; never changed or deleted, either."""

OF_AGENCY_4 = ("printer", "print_job")
"""As OF_AGENCY_2, since migration 0004."""


CHILDREN_6 = ("kept_package", "package_check", "legal_hold", "disposal")
"""As CHILDREN, since migration 0006."""

OF_PAPER_6 = ("kept_file", "fixity_fault")
"""Tables whose rows belong to a stored file and are seen by whoever sees a paper with these bytes; written by the
scheduler only.
"""

OF_BATCH_6 = ("transfer_batch", "transfer_line")
"""A batch belongs to its agency, its lines to the batch: the other party of a dossier does not see them."""

OPEN_6 = ("fixity_day",)
"""As OPEN, since migration 0006: counts only."""

APPEND_ONLY_6 = ("kept_package", "package_check", "fixity_fault")
"""As APPEND_ONLY, since migration 0006."""


OPEN_7 = ("checkpoint_stamp",)
"""As OPEN, since migration 0007: time stamps over heads, written by the scheduler only; never changed or deleted."""


OPEN_8 = ("calendar_notice",)
"""As OPEN, since migration 0008: days off are announced to everybody."""

CHILDREN_8 = ("calendar_move",)
"""As CHILDREN, since migration 0008; written by the scheduler only."""


CHILDREN_11 = ("supervision", "supervision_act", "discrepancy_answer")
"""As CHILDREN, since migration 0011; never changed or deleted, either."""


CHILDREN_13 = ("pause",)
"""As CHILDREN, since migration 0013."""


OPEN_15 = ("feed",)
"""As OPEN, since migration 0015: digests of secrets, as in login_session; the secret says who asks."""


CHILDREN_14 = ("foresight",)
"""As CHILDREN, since migration 0014; written by the scheduler only."""


OF_AGREEMENT_12 = ("policy_version",)
"""Since migration 0012: a rule made for an agreement is seen by whoever sees the agreement, every other by all."""

CHILDREN_12 = ("policy_move",)
"""As CHILDREN, since migration 0012; written by the scheduler only."""


OF_AGENCY_10 = ("channel", "delivery")
"""As OF_AGENCY_2, since migration 0010. The channel without an agency is the mail server: all see how it fares."""

CHANNEL_READ_10 = (
    "id",
    "code",
    "agency_id",
    "kind",
    "name",
    "host",
    "signs",
    "shared",
    "active",
    "failures",
    "opened_at",
    "open_until",
    "probe_until",
    "dead_since",
    "last_ok_at",
    "last_failed_at",
    "last_error",
    "added_at",
    "added_by",
    "changed_at",
    "changed_by",
)
"""What the web role may read of a channel: all but the sealed settings."""

OUTSIDE_WAYS_10 = """
    CREATE FUNCTION outside_ways(officers bigint[]) RETURNS TABLE (officer_id bigint, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
        SELECT o.id, 'mail' FROM officer o WHERE o.id = ANY (officers) AND o.active AND o.email <> ''
        UNION
        SELECT o.id, c.kind FROM officer o JOIN agency a ON a.id = o.agency_id
        JOIN channel c ON c.active AND (c.agency_id = a.id
            OR (c.shared AND c.agency_id = ANY (string_to_array(trim(both '.' from a.path), '.')::bigint[])))
        WHERE o.id = ANY (officers) AND o.active AND (c.kind <> 'sms'
            OR EXISTS (SELECT 1 FROM contact n WHERE n.officer_id = o.id AND n.mobile <> ''))
    $$"""
"""By which ways officers can be reached outside the inbox: kinds only, no address, so whoever tells others may ask."""

OF_OFFICER_10 = ("contact", "preference")
"""Tables whose rows belong to one officer, and whom nobody else reads, since migration 0010."""


def statements() -> Iterator[str]:
    """Every statement, in order."""
    yield from _grants()
    yield from _row_security()
    yield from _append_only()


def statements_2() -> Iterator[str]:
    """Every statement for the tables of migration 0002, in order."""
    for table in (*CHILDREN_2, *OF_AGENCY_2, *OPEN_2):
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP}, {SYSTEM}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    for table in ("courier_account", "courier_fault", "courier_trouble"):
        yield f"REVOKE INSERT, UPDATE ON {table} FROM {APP}"
    # an administrator's "try again now"
    yield f"GRANT UPDATE (open_until, probe_until, tried_at, tried_by) ON courier_account TO {APP}"
    yield f"GRANT DELETE ON handover_line TO {APP}"  # a line taken off before the collector signs
    for table in CHILDREN_2:
        yield from _bind(table, OF_DOSSIER.format(table=table))
    for table in OF_AGENCY_2:
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")
    for table in APPEND_ONLY_2:
        yield f"REVOKE UPDATE ON {table} FROM {APP}, {SYSTEM}"
        yield _guard(table)


def statements_3() -> Iterator[str]:
    """Every statement for the tables of migration 0003, in order."""
    for table in OPEN_3:
        yield f"GRANT SELECT ON {table} TO {APP}"
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {SYSTEM}"


def statements_5() -> Iterator[str]:
    """Every statement for the tables of migration 0005, in order."""
    for table in CHILDREN_5:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APP}, {SYSTEM}"
        yield from _bind(table, OF_DOSSIER.format(table=table))
        yield _guard(table)
    # The web role may not read raw pushes; it may ask how many unread ones could be about these numbers.
    yield """
        CREATE FUNCTION unread_about(numbers text[], of_couriers text[], untried_since timestamptz) RETURNS bigint
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
            SELECT count(*) FROM inbox WHERE read_at IS NULL AND courier = ANY (of_couriers)
            AND (names && numbers OR (attempts = 0 AND parked_at IS NULL AND received_at < untried_since))
        $$"""
    yield "REVOKE ALL ON FUNCTION unread_about FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION unread_about TO {APP}, {SYSTEM}"


def statements_4() -> Iterator[str]:
    """Every statement for the tables of migration 0004, in order. A test print is an errand of no dossier."""
    for table in OF_AGENCY_4:
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP}, {SYSTEM}"
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    own = "(dossier_id IS NULL AND EXISTS (SELECT 1 FROM print_job j WHERE j.key = errand.key))"
    of_dossier = "(dossier_id IS NOT NULL AND EXISTS (SELECT 1 FROM dossier d WHERE d.id = errand.dossier_id))"
    both = f"({of_dossier} OR {own})"
    yield f"ALTER POLICY party ON errand USING {both} WITH CHECK {both}"


def statements_6() -> Iterator[str]:
    """Every statement for the tables of migration 0006, in order."""
    for table in (*CHILDREN_6, *OF_PAPER_6, *OF_BATCH_6, *OPEN_6):
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP}, {SYSTEM}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    for table in ("kept_package", "package_check", *OF_PAPER_6, *OPEN_6):
        yield f"REVOKE INSERT, UPDATE ON {table} FROM {APP}"
    yield f"REVOKE UPDATE ON disposal FROM {APP}"  # what was done, and when, the scheduler says
    yield f"GRANT UPDATE (approved_at, approved_by, refused_at, refused_by, refused_why) ON disposal TO {APP}"
    for table in CHILDREN_6:
        yield from _bind(table, OF_DOSSIER.format(table=table))
    for table in OF_PAPER_6:
        yield from _bind(table, f"EXISTS (SELECT 1 FROM paper p WHERE p.sha256 = {table}.sha256)")  # noqa: S608 - names
    yield from _bind("transfer_batch", f"(agency_id = ANY {AGENCIES})")
    of_batch = "EXISTS (SELECT 1 FROM transfer_batch b WHERE b.id = transfer_line.batch_id)"
    yield from _bind("transfer_line", f"({of_batch} AND {OF_DOSSIER.format(table='transfer_line')})")
    for table in APPEND_ONLY_6:
        yield f"REVOKE UPDATE ON {table} FROM {APP}, {SYSTEM}"
        yield _guard(table)


def statements_7() -> Iterator[str]:
    """Every statement for the table of migration 0007, in order."""
    for table in OPEN_7:
        yield f"GRANT SELECT ON {table} TO {APP}"
        yield f"GRANT SELECT, INSERT ON {table} TO {SYSTEM}"
        yield _guard(table)


def statements_9() -> Iterator[str]:
    """Whoever sees a dossier may tell others about it, by migration 0009; what they were told is theirs to read."""
    yield f"CREATE POLICY told ON notice FOR INSERT TO {APP} WITH CHECK ({OF_DOSSIER.format(table='notice')})"


def statements_8() -> Iterator[str]:
    """Every statement for the table of migration 0008, in order."""
    for table in OPEN_8:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}"
        yield f"GRANT UPDATE (confirmed_at, confirmed_by, withdrawn_at) ON {table} TO {APP}"
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {SYSTEM}"
    for table in CHILDREN_8:
        yield f"GRANT SELECT ON {table} TO {APP}"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SYSTEM}"
        yield from _bind(table, OF_DOSSIER.format(table=table))
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"


CHILDREN_16 = ("inquiry_code", "applicant_word")
"""As CHILDREN, since migration 0016; never changed or deleted, either. An inquiry sees those of its dossier."""

OPEN_16 = ("inquiry_try",)
"""As OPEN, since migration 0016: counts by keyed digests."""


def statements_16() -> Iterator[str]:
    """As ever for the tables of migration 0016, in order: an inquiry sees its one dossier and changes no row."""
    for table in CHILDREN_16:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield from _bind(table, OF_DOSSIER.format(table=table))
        yield _guard(table)
    yield f"GRANT SELECT, INSERT, UPDATE ON inquiry_try TO {APP}"
    yield f"GRANT SELECT, DELETE ON inquiry_try TO {SYSTEM}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    yield f"CREATE POLICY inquiry ON dossier FOR SELECT TO {APP} USING (id = {DOSSIER})"
    # an act of the applicant waits for other acts on the dossier by locking its row, which asks for this right
    yield f"CREATE POLICY inquiry_waits ON dossier FOR UPDATE TO {APP} USING (id = {DOSSIER}) WITH CHECK (false)"
    yield """
        CREATE FUNCTION dossier_of_inquiry(digest text) RETURNS bigint
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
            SELECT dossier_id FROM inquiry_code WHERE code_digest = digest OR key_digest = digest
        $$"""
    yield "REVOKE ALL ON FUNCTION dossier_of_inquiry FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION dossier_of_inquiry TO {APP}, {SYSTEM}"


def statements_10() -> Iterator[str]:
    """Every statement for the tables of migration 0010, in order. A digest or a test is an errand of no dossier."""
    for table in (*OF_AGENCY_10, *OF_OFFICER_10):
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP}, {SYSTEM}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    yield f"REVOKE UPDATE ON delivery FROM {APP}"  # what became of a message, the scheduler says
    # settings hold addresses and secrets: the web writes them and never reads them back
    yield f"REVOKE SELECT ON channel FROM {APP}"  # noqa: S608 - a grant, no query
    yield f"GRANT SELECT ({', '.join(CHANNEL_READ_10)}) ON channel TO {APP}"
    for table in OF_AGENCY_10:
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")
    yield f"CREATE POLICY mail ON channel FOR SELECT TO {APP} USING (agency_id IS NULL)"
    for table in OF_OFFICER_10:
        yield from _bind(table, f"(officer_id = {OFFICER})")
    printed = "EXISTS (SELECT 1 FROM print_job j WHERE j.key = errand.key)"
    told = "EXISTS (SELECT 1 FROM delivery d WHERE d.errand_key = errand.key)"
    of_dossier = "(dossier_id IS NOT NULL AND EXISTS (SELECT 1 FROM dossier d WHERE d.id = errand.dossier_id))"
    both = f"({of_dossier} OR (dossier_id IS NULL AND ({printed} OR {told})))"
    yield f"ALTER POLICY party ON errand USING {both} WITH CHECK {both}"
    yield OUTSIDE_WAYS_10
    yield "REVOKE ALL ON FUNCTION outside_ways FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION outside_ways TO {APP}, {SYSTEM}"


def statements_11() -> Iterator[str]:
    """Every statement for the tables of migration 0011, in order."""
    for table in CHILDREN_11:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APP}, {SYSTEM}"
        yield from _bind(table, OF_DOSSIER.format(table=table))
        yield _guard(table)


def statements_13() -> Iterator[str]:
    """Every statement for the table of migration 0013, in order. What was asked for stays as it was asked."""
    decided = "approved_at, approved_by, refused_at, refused_by, refused_why, begun_at, ended_at, ended_by"
    for table in CHILDREN_13:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT UPDATE ({decided}) ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APP}, {SYSTEM}"
        yield from _bind(table, OF_DOSSIER.format(table=table))


def statements_15() -> Iterator[str]:
    """Every statement for the table of migration 0015, in order."""
    for table in OPEN_15:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield f"GRANT UPDATE (asked_at, revoked_at) ON {table} TO {APP}, {SYSTEM}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    # An inbox is its officer's alone; who was told of a clock and knows of it may be asked by whoever sees the dossier.
    yield f"""
        CREATE FUNCTION told_of(deadline bigint) RETURNS TABLE
            (rung text, officer_id bigint, made_at timestamptz, acknowledged_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
            SELECT n.key, n.officer_id, n.made_at, n.acknowledged_at FROM notice n JOIN dossier d ON d.id = n.dossier_id
            WHERE n.deadline_id = deadline
                AND (d.sender_agency_id = ANY {AGENCIES} OR d.receiver_agency_id = ANY {AGENCIES})
            ORDER BY n.id
        $$"""  # noqa: S608 - our own names
    yield "REVOKE ALL ON FUNCTION told_of FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION told_of TO {APP}, {SYSTEM}"


def statements_14() -> Iterator[str]:
    """Every statement for the table of migration 0014, in order."""
    for table in CHILDREN_14:
        yield f"GRANT SELECT ON {table} TO {APP}"
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {SYSTEM}"
        yield from _bind(table, OF_DOSSIER.format(table=table))
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"


def statements_12() -> Iterator[str]:
    """Every statement for the tables of migration 0012, in order. What a version says is never changed: only its marks
    may be."""
    seen = "(agreement_id IS NULL OR EXISTS (SELECT 1 FROM agreement a WHERE a.id = policy_version.agreement_id))"
    ours = f"(agency_id = ANY {AGENCIES})"
    upper = f"EXISTS (SELECT 1 FROM agency a WHERE a.parent_id IS NULL AND a.id = ANY {AGENCIES})"  # noqa: S608
    theirs = f"({seen} AND CASE WHEN agency_id IS NOT NULL THEN {ours} ELSE agreement_id IS NOT NULL OR {upper} END)"
    table = "policy_version"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"CREATE POLICY party ON {table} FOR SELECT TO {APP} USING ({seen})"
    yield f"CREATE POLICY makers ON {table} FOR INSERT TO {APP} WITH CHECK ({theirs})"
    yield f"CREATE POLICY marks ON {table} FOR UPDATE TO {APP} USING ({theirs}) WITH CHECK ({theirs})"
    yield f"CREATE POLICY system ON {table} TO {SYSTEM} USING (true) WITH CHECK (true)"
    yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
    said = "approved_at, approved_by, refused_at, refused_by, judgement, asked_at, asked_by, listed_at"
    yield f"GRANT UPDATE ({said}, confirmed_at, confirmed_by, dropped_at) ON {table} TO {APP}"
    yield f"GRANT UPDATE (listed_at, reached, applied_at) ON {table} TO {SYSTEM}"
    for child in CHILDREN_12:
        yield f"GRANT SELECT ON {child} TO {APP}"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {child} TO {SYSTEM}"
        yield from _bind(child, OF_DOSSIER.format(table=child))
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"


OF_AGENCY_17 = ("directory_act",)
"""As OF_AGENCY_2, since migration 0017; never changed or deleted, either."""


def statements_17() -> Iterator[str]:
    """Every statement for the table of migration 0017, in order."""
    for table in OF_AGENCY_17:
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}, {SYSTEM}"
        yield from _bind(table, f"(agency_id = ANY {AGENCIES})")
        yield _guard(table)
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"


def _grants() -> Iterator[str]:
    yield "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {SYSTEM}"
    yield f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {APP}, {SYSTEM}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}"
    yield f"REVOKE SELECT, UPDATE ON inbox FROM {APP}"
    yield f"GRANT SELECT (id, digest) ON inbox TO {APP}"  # ON CONFLICT (digest) must see it
    yield f"REVOKE INSERT, UPDATE ON checkpoint, log_node, log_leaf, region FROM {APP}"
    yield f"REVOKE SELECT ON log_pending FROM {APP}"  # noqa: S608 - a grant, no query
    yield f"GRANT DELETE ON log_pending TO {SYSTEM}"
    yield f"GRANT DELETE ON packed TO {APP}"  # a line taken off while packing; the ledger keeps both acts
    for table in APPEND_ONLY:
        yield f"REVOKE UPDATE ON {table} FROM {APP}, {SYSTEM}"


def _row_security() -> Iterator[str]:
    for table in ("dossier", "agreement"):
        yield from _bind(table, PARTY)
    for table in CHILDREN:
        yield from _bind(table, OF_DOSSIER.format(table=table))
    yield from _bind(
        "errand",
        "(dossier_id IS NOT NULL AND EXISTS (SELECT 1 FROM dossier d WHERE d.id = errand.dossier_id))",
    )
    yield from _bind("notice", f"(officer_id = {OFFICER})")
    yield from _bind("command", f"(actor = 'officer:' || {OFFICER})")  # results name dossiers: each reads their own


def _bind(table: str, condition: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"CREATE POLICY party ON {table} TO {APP} USING ({condition}) WITH CHECK ({condition})"
    yield f"CREATE POLICY system ON {table} TO {SYSTEM} USING (true) WITH CHECK (true)"


def _append_only() -> Iterator[str]:
    yield """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: correct it by a later record', TG_TABLE_NAME
                USING ERRCODE = 'raise_exception';
        END $$"""
    for table in APPEND_ONLY:
        yield _guard(table)


def _guard(table: str) -> str:
    return (
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
