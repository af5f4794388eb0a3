"""Each party of an agreement consents for itself; with both consents to one text it is in force: a draft as a whole, of
an agreement in force a change of its list of items. Either party may put such a change aside, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from logistics.actor import Actor
from logistics.errors import Malformed
from logistics.rules import access, pictures
from logistics.rules import agreements as agreement_rules
from logistics.rules import consents as rules
from logistics.rules.items import FILL_IN
from logistics.rules.workdays import china_date
from logistics.store import agreements as kept
from logistics.store import consents
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Agreement, AgreementConsent
from logistics.terms import SignatureKind


@dataclass(frozen=True)
class Paper:
    """An agreement signed on paper: its scan, who signed it for the party, and when."""

    content: bytes
    signed_by: str
    signed_on: date


def confirm(ctx: Context, actor: Actor, command_id: str, agreement_id: int, shown: str) -> dict[str, Any]:
    """The administrator's party consents to the text with the digest `shown`; both, where they keep both. When the
    other one has, the agreement is in force from its first day, or the change of its list from now.

    Raises `NotAllowed`, `NotYours`, `Rejected` ("agreement_fixed", "agreement_no_items", "agreement_over",
    "agreement_changed", "agreement_consented").
    """
    with work(ctx, actor, "confirm_agreement", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        items, sha256 = _require_confirmable(w, row, shown)
        ours = [
            one for one in rules.missing(row, consents.of(w.session, agreement_id), sha256) if one in actor.agencies
        ]
        rules.require_to_give(row, ours)
        for agency_id in ours:
            _insert(w, row, sha256, agency_id, agency_id)
        kept.record(w, row, "consent_agreement", {"sha256": sha256, "parties": ours})
        return w.finish(agreement=agreement_id, in_force=_in_force(w, row, items, sha256))


def confirm_on_paper(
    ctx: Context, actor: Actor, command_id: str, agreement_id: int, shown: str, given: Paper
) -> dict[str, Any]:
    """The other party, whom nobody keeps here, has signed the text with the digest `shown` on paper; the scan is kept.

    Raises as `confirm`; `Malformed` naming each field, `Rejected` ("agreement_online") for a party with an
    administrator.
    """
    with work(ctx, actor, "confirm_agreement_on_paper", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        items, sha256 = _require_confirmable(w, row, shown)
        ours = next(one for one in rules.parties(row) if one in actor.agencies)
        absent = [one for one in rules.missing(row, consents.of(w.session, agreement_id), sha256) if one != ours]
        rules.require_to_give(row, absent)
        rules.require_absent(row, consents.has_administrator(w.session, absent[0]))
        _require_sound(w, given)
        paper_sha256 = ctx.files.put(given.content)
        _insert(w, row, sha256, absent[0], ours, given, paper_sha256)
        told = {"signed_by": given.signed_by.strip(), "signed_on": given.signed_on.isoformat(), "paper": paper_sha256}
        kept.record(w, row, "consent_agreement", {"sha256": sha256, "parties": absent, **told})
        return w.finish(agreement=agreement_id, in_force=_in_force(w, row, items, sha256))


def withdraw(ctx: Context, actor: Actor, command_id: str, agreement_id: int, why: str) -> dict[str, Any]:
    """What the administrator's party recorded counts no longer; the consent stays to be read, with the reason.

    Raises `Malformed` without a reason, `Rejected` ("agreement_in_force", "no_consent"), `NotAllowed`, `NotYours`.
    """
    with work(ctx, actor, "withdraw_consent", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        changing = not row.draft and kept.changing(w.session, agreement_id)
        text = consents.text_sha256(w.session, row) if changing else None
        found = consents.of(w.session, agreement_id)
        given = [one for one in found if one.withdrawn_at is None and one.kept_by in actor.agencies]
        given = [one for one in given if text in (None, one.sha256)]
        rules.require_to_withdraw(row, given, changing=changing)
        agreement_rules.refuse({} if why.strip() else {"withdrawn_why": [FILL_IN]})
        for one in given:
            one.withdrawn_at, one.withdrawn_by, one.withdrawn_why = w.now, actor.officer_id, why.strip()
            w.session.add(one)
        whose = sorted({one.agency_id for one in given})
        kept.record(w, row, "withdraw_consent", {"why": why.strip(), "parties": whose})
        return w.finish(agreement=agreement_id)


def refuse_change(ctx: Context, actor: Actor, command_id: str, agreement_id: int, why: str) -> dict[str, Any]:
    """The change of the list that waits is put aside, by either party; the list stays as it is, the reason is seen by
    both.

    Raises `Malformed` without a reason, `Rejected` ("agreement_ended", "no_list_change"), `NotAllowed`, `NotYours`.
    """
    with work(ctx, actor, "refuse_list_change", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        agreement_rules.require_open_change(row, changing=not row.draft and kept.changing(w.session, agreement_id))
        agreement_rules.refuse({} if why.strip() else {"refused_why": [FILL_IN]})
        sha256 = consents.text_sha256(w.session, row)
        given = rules.standing(consents.of(w.session, agreement_id), sha256)
        theirs = bool(given) and not set(given) & set(actor.agencies)
        about = kept.settle_change(w.session, row, confirmed=False)
        told = {"why": why.strip(), "sha256": sha256, "theirs": theirs, "items": [one.item.code for one in about]}
        kept.record(w, row, "refuse_list_change", told)
        return w.finish(agreement=agreement_id)


def _theirs(w: Work, actor: Actor, agreement_id: int) -> Agreement:
    access.require_role(actor.roles, access.role_for("manage_agreements"))
    return kept.agreement(w.session, actor.agencies, agreement_id, lock=True)


def _require_confirmable(w: Work, row: Agreement, shown: str) -> tuple[int, str]:
    """How many items the agreement lists then, and the digest of its text."""
    if row.draft or not kept.changing(w.session, row.id or 0):
        agreement_rules.require_draft(row)
    items = sum(one.would_be[0] for one in kept.listed(w.session, row.id or 0))
    agreement_rules.require_confirmable(row, items, china_date(w.now))
    sha256 = consents.text_sha256(w.session, row)
    rules.require_same_text(row, shown, sha256)
    return items, sha256


def _require_sound(w: Work, given: Paper) -> None:
    wrong = rules.wrong_paper(given.signed_by, given.signed_on, china_date(w.now))
    try:
        pictures.media_type(SignatureKind.SLIP, given.content)
    except Malformed as why:
        wrong["scan"] = list(why.fields["signature"])
    agreement_rules.refuse(wrong)


def _insert(
    w: Work, row: Agreement, sha256: str, party: int, kept_by: int, given: Paper | None = None, paper_sha256: str = ""
) -> None:
    w.session.add(
        AgreementConsent(
            agreement_id=row.id or 0,
            agency_id=party,
            kept_by=kept_by,
            officer_id=w.actor.officer_id or 0,
            sha256=sha256,
            at=w.now,
            paper_sha256=paper_sha256,
            signed_by=given.signed_by.strip() if given else "",
            signed_on=given.signed_on if given else None,
        )
    )
    w.session.flush()


def _in_force(w: Work, row: Agreement, items: int, sha256: str) -> bool:
    """Whether both have consented; then the agreement is a draft no longer, or its list is the changed one."""
    if rules.missing(row, consents.of(w.session, row.id or 0), sha256):
        return False
    if not row.draft:
        about = kept.settle_change(w.session, row, confirmed=True)
        kept.record(w, row, "confirm_list_change", {"sha256": sha256, "items": [one.item.code for one in about]})
        return True
    row.draft = False
    w.session.add(row)
    told = {"items": items, "valid_from": row.valid_from.isoformat(), "sha256": sha256}
    kept.record(w, row, "confirm_agreement", told)
    return True
