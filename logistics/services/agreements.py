"""An administrator keeps the agreements of their agencies: drafts them, lists their items, ends them; both parties put
them in force (`consents`). None is ever deleted: dossiers name it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from logistics.actor import Actor
from logistics.errors import NotYours, Rejected
from logistics.rules import access
from logistics.rules import agreements as rules
from logistics.rules.agreements import Clause, Terms
from logistics.rules.items import FILL_IN
from logistics.rules.workdays import china_date
from logistics.store import agreements as kept
from logistics.store import catalogue, consents
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Agency, Agreement


def draft(ctx: Context, actor: Actor, command_id: str, terms: Terms, like_id: int | None = None) -> dict[str, Any]:
    """A draft with these terms exists; with the items of the agreement `like_id`, where one is named.

    Returns `{"agreement": id}`. Raises `Malformed` naming each field, `NotAllowed`, `NotYours`.
    """
    with work(ctx, actor, "draft_agreement", command_id) as w:
        if w.done is not None:
            return w.done
        _require_sound(w, actor, terms, None)
        row = Agreement(draft=True, **_columns(terms))
        _insert(w, row)
        copied = _copied(w, actor, like_id, row) if like_id else 0
        kept.record(w, row, "draft_agreement", {**rules.said(terms), "items": copied})
        return w.finish(agreement=row.id)


def change(ctx: Context, actor: Actor, command_id: str, agreement_id: int, terms: Terms) -> dict[str, Any]:
    """The draft says this. Raises as `draft`; `Rejected` ("agreement_fixed") for one that was confirmed."""
    with work(ctx, actor, "change_agreement", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        rules.require_draft(row)
        _require_sound(w, actor, terms, agreement_id)
        before = rules.said(consents.terms_of(row))
        for name, value in _columns(terms).items():
            setattr(row, name, value)
        _insert(w, row)
        changed = {name: [before[name], value] for name, value in rules.said(terms).items() if before[name] != value}
        if changed:
            kept.record(w, row, "change_agreement", changed)
        return w.finish(agreement=agreement_id, changed=sorted(changed))


def drop(ctx: Context, actor: Actor, command_id: str, agreement_id: int, why: str) -> dict[str, Any]:
    """The draft is given up; it stays to be read. Raises as `change`."""
    with work(ctx, actor, "drop_agreement", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        rules.require_draft(row)
        rules.refuse({} if why.strip() else {"why": [FILL_IN]})
        row.ended_why = why.strip()
        w.session.add(row)
        kept.record(w, row, "drop_agreement", {"why": row.ended_why})
        return w.finish(agreement=agreement_id)


def end(ctx: Context, actor: Actor, command_id: str, agreement_id: int, last_day: date, why: str) -> dict[str, Any]:
    """The agreement is in force until that day, this included; dossiers under way go on by it.

    Raises `Malformed` naming each field, `Rejected` ("agreement_draft", "agreement_ended"), as `draft`.
    """
    with work(ctx, actor, "end_agreement", command_id) as w:
        if w.done is not None:
            return w.done
        row, today = _theirs(w, actor, agreement_id), china_date(w.now)
        if row.draft:
            raise Rejected(
                f"协议「{row.no}」还是草稿，没有生效，不必终止。不用了请作废草稿。",
                f"{row.no} is a draft; there is nothing to end. Drop the draft instead.",
                "agreement_draft",
            )
        rules.require_listable(row, today)
        rules.refuse(rules.wrong_end(row, last_day, why, today))
        before = row.valid_until.isoformat() if row.valid_until else None
        row.valid_until, row.ended_why = last_day, why.strip()
        w.session.add(row)
        kept.record(w, row, "end_agreement", {"valid_until": [before, last_day.isoformat()], "why": row.ended_why})
        return w.finish(agreement=agreement_id)


def put_item(
    ctx: Context, actor: Actor, command_id: str, agreement_id: int, item_id: int, clause: Clause, *, active: bool = True
) -> dict[str, Any]:
    """The draft lists the item with these words, or lists it no longer; of an agreement in force that is proposed, and
    waits until both parties have confirmed it. Dossiers under way go on by what they were opened under.

    Raises as `draft`; `Rejected` ("agreement_ended").
    """
    with work(ctx, actor, "put_agreement_item", command_id) as w:
        if w.done is not None:
            return w.done
        row = _theirs(w, actor, agreement_id)
        rules.require_listable(row, china_date(w.now))
        item = catalogue.item(w.session, item_id)
        rules.refuse(rules.wrong_clause(clause))
        before = next((one for one in kept.listed(w.session, agreement_id) if one.item.id == item_id), None)
        was = rules.said_of_clause(before.would_be[1], active=before.would_be[0]) if before else None
        is_now = rules.said_of_clause(clause, active=active)
        if was != is_now:
            kept.put_item(w.session, row, item_id, clause, active=active)
            verb = "put_agreement_item" if row.draft else "propose_agreement_item"
            kept.record(w, row, verb, {"item": item.code, "name": item.name, "was": was, "is": is_now})
        return w.finish(agreement=agreement_id, changed=was != is_now, waits=not row.draft)


def _require_sound(w: Work, actor: Actor, terms: Terms, own_id: int | None) -> None:
    access.require_role(actor.roles, access.role_for("manage_agreements"))
    wrong = rules.wrong(terms, actor.agencies)
    for field, agency_id in (("sender", terms.sender_agency_id), ("receiver", terms.receiver_agency_id)):
        if w.session.get(Agency, agency_id) is None:
            raise NotYours("单位", f"agency ({field})")
    if "no" not in wrong and kept.is_taken(w.session, terms.no, own_id):
        wrong["no"] = [rules.TAKEN_NO]
    rules.refuse(wrong)


def _insert(w: Work, row: Agreement) -> None:
    """The row is stored; the number of an agreement that the actor may not see is refused like one they may."""
    w.session.add(row)
    try:
        w.session.flush()
    except IntegrityError as why:
        if "agreement_no_key" not in str(why.orig):
            raise
        rules.refuse({"no": [rules.TAKEN_NO]})


def _copied(w: Work, actor: Actor, like_id: int, made: Agreement) -> int:
    kept.agreement(w.session, actor.agencies, like_id)
    found = [one for one in kept.listed(w.session, like_id) if one.row.active and one.item.active]
    for one in found:
        kept.put_item(w.session, made, one.item.id or 0, one.clause)
    return len(found)


def _columns(terms: Terms) -> dict[str, Any]:
    return {
        "no": terms.no,
        "name": terms.name.strip(),
        "sender_agency_id": terms.sender_agency_id,
        "receiver_agency_id": terms.receiver_agency_id,
        "powers": sorted(one.value for one in terms.powers),
        "payer": {scope.value: who.value for scope, who in terms.payer.items()},
        "valid_from": terms.valid_from,
        "valid_until": terms.valid_until,
    }


def _theirs(w: Work, actor: Actor, agreement_id: int) -> Agreement:
    access.require_role(actor.roles, access.role_for("manage_agreements"))
    return kept.agreement(w.session, actor.agencies, agreement_id, lock=True)
