"""Hand originals on inside the agency: offered by the desk, in a colleague's hands when the colleague says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlmodel import select

from logistics.actor import Actor
from logistics.decision import Decision, Fact, Holder
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import access, inside
from logistics.store import find
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Dossier, InsideHandover, Officer
from logistics.terms import HolderKind


def offer(
    ctx: Context,
    actor: Actor,
    command_id: str,
    dossier_no: str,
    codes: Sequence[str],
    to_officer_id: int,
    department: str,
) -> dict[str, Any]:
    """The originals are offered to a colleague; whoever holds them still answers for them. Returns `{"handover": id}`.

    Raises `NotYours`, `NotAllowed`; `Rejected`: "self", "not_held", "in_envelope", "offered", "dossier_closed".
    """
    with work(ctx, actor, "offer_inside", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        access.require_role(actor.roles, access.role_for("hand_over"))
        access.require_agency(cast(int, actor.agency_id), dossier.receiver_agency_id)
        to = _colleague(w, to_officer_id)
        whole = find.whole(w.session, dossier)
        inside.require_offerable(whole, codes, cast(int, actor.agency_id), _waiting(w, dossier))
        inside.require_somebody_else(actor.officer_id, to_officer_id)
        ordered = [one.code for one in whole.originals if one.code in codes]
        row = InsideHandover(
            dossier_id=cast(int, dossier.id),
            agency_id=cast(int, actor.agency_id),
            codes=ordered,
            department=department.strip(),
            from_officer_id=cast(int, actor.officer_id),
            to_officer_id=to_officer_id,
            offered_at=w.now,
        )
        w.session.add(row)
        w.session.flush()
        w.record(dossier, inside.offered(ordered, to.name, row.department))
        return w.finish(handover=row.id)


def take(ctx: Context, actor: Actor, command_id: str, handover_id: int) -> dict[str, Any]:
    """The colleague has the originals in hand and answers for them. Raises `NotYours`; `Rejected`: "answered",
    "not_held", "in_envelope".
    """
    with work(ctx, actor, "take_inside", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _mine(w, actor, handover_id)
        whole = find.whole(w.session, dossier)
        inside.require_offerable(whole, row.codes, row.agency_id, [])
        me = Holder(HolderKind.OFFICER, actor.name, actor.agency_id, actor.officer_id)
        _answer(w, row, taken=True)
        basis = f"内部移交{row.department}" if row.department else "内部移交"
        w.carry_out(Decision(handovers=inside.handovers(whole, row.codes, me, basis)), dossier)
        return w.finish(dossier=dossier.no, originals=row.codes)


def decline(ctx: Context, actor: Actor, command_id: str, handover_id: int, why: str) -> dict[str, Any]:
    """The offer is over without anything having passed: declined by the colleague, or withdrawn by the desk.

    Raises `NotYours`; `Rejected`: "answered", "reason".
    """
    with work(ctx, actor, "decline_inside", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, row = _mine(w, actor, handover_id)
        if not why.strip():
            raise Rejected("请写明原因，以便留痕。", "Give the reason for the ledger.", "reason")
        _answer(w, row, taken=False, words=why.strip())
        withdrawn = row.to_officer_id != actor.officer_id
        what = "original:offer_withdrawn" if withdrawn else "original:offer_declined"
        w.record(dossier, Fact(what, why.strip(), {"originals": list(row.codes)}))
        return w.finish(dossier=dossier.no)


def _colleague(w: Work, officer_id: int) -> Officer:
    found = w.session.get(Officer, officer_id)
    if found is None or not found.active or found.agency_id != w.actor.agency_id:
        raise NotYours("同事", "colleague")
    return found


def _waiting(w: Work, dossier: Dossier) -> list[str]:
    rows = select(InsideHandover).where(InsideHandover.dossier_id == dossier.id)
    return [code for row in w.session.exec(rows) if row.answered_at is None for code in row.codes]


def _mine(w: Work, actor: Actor, handover_id: int) -> tuple[Dossier, InsideHandover]:
    """The offer, locked after its dossier; for who is to answer, and for the desk that made it."""
    seen = w.session.get(InsideHandover, handover_id)
    if seen is None:
        raise NotYours("移交", "handover")
    dossier = w.dossier(w.session.get_one(Dossier, seen.dossier_id).no)
    row = w.session.get_one(InsideHandover, handover_id, with_for_update=True, populate_existing=True)
    desk = w.verb == "decline_inside" and access.role_for("hand_over") in actor.roles
    if row.to_officer_id != actor.officer_id and not (desk and row.agency_id == actor.agency_id):
        raise NotAllowed(
            "这次移交要由对方本人接收。", "Only the colleague it is offered to can take it.", "not_the_colleague"
        )
    if row.answered_at is not None:
        raise Rejected("这次移交已经有了结果，请刷新页面。", "This handover was answered already. Reload.", "answered")
    return dossier, row


def _answer(w: Work, row: InsideHandover, taken: bool, words: str = "") -> None:
    row.answered_at, row.answered_by, row.taken, row.words = w.now, w.actor.officer_id, taken, words
    w.session.add(row)
    w.session.flush()
