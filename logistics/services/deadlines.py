"""Fire the due rungs of a deadline's ladder, and waive a deadline with name and reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, func, select

from logistics.actor import SYSTEM, Actor
from logistics.decision import Fact
from logistics.errors import NotYours, Rejected
from logistics.rules import access
from logistics.rules.chain import stamp
from logistics.rules.deadlines import LEG_NAMES, Audience, Leg, RungKind
from logistics.rules.workdays import CHINA
from logistics.store import clocks, telling
from logistics.store.context import Context
from logistics.store.telling import Message
from logistics.store.work import Work, work
from logistics.tables import Agency, Deadline, Dossier, Officer, Rung

_WORDS = {
    RungKind.WARNING: ("快到期", "is due soon"),
    RungKind.DUE: ("已到期", "is due now"),
    RungKind.OVERDUE: ("已超时", "is overdue"),
    RungKind.ESCALATION: ("超时升级督办", "is overdue and escalated"),
}


def due(ctx: Context, limit: int = 100) -> list[int]:
    """Deadlines with a rung whose moment has come, longest waiting first: the sweep costs what is due."""
    with Session(ctx.engine) as session:
        rows = session.exec(
            select(Rung.deadline_id)
            .where(col(Rung.fired_at).is_(None), col(Rung.dropped_at).is_(None), Rung.fires_at <= ctx.clock())
            .order_by(col(Rung.fires_at))
            .limit(limit)
        )
        return list(dict.fromkeys(rows))


def next_moment(ctx: Context) -> datetime | None:
    """When the next rung fires; None when none waits."""
    with Session(ctx.engine) as session:
        return session.exec(
            select(func.min(Rung.fires_at)).where(col(Rung.fired_at).is_(None), col(Rung.dropped_at).is_(None))
        ).one()


def chase(ctx: Context, deadline_id: int) -> list[str]:
    """Every due rung of this deadline has fired, each once: notices stand in inboxes, e-mails are owed. Returns
    their names.

    A deadline another process is chasing, or that was met meanwhile, fires nothing.
    """
    with work(ctx, SYSTEM, "chase") as w:
        dossier_id = w.session.exec(select(Deadline.dossier_id).where(Deadline.id == deadline_id)).one()
        free = select(Dossier).where(Dossier.id == dossier_id).with_for_update(skip_locked=True)
        dossier = w.session.exec(free).first()
        if dossier is None:  # somebody acts on it, perhaps another process chases it: the next look finds it again
            return []
        deadline = w.session.get_one(Deadline, deadline_id, populate_existing=True)
        if deadline.met_at is not None or deadline.waived_at is not None:
            return []
        rungs = w.session.exec(
            select(Rung)
            .where(Rung.deadline_id == deadline_id, col(Rung.fired_at).is_(None), col(Rung.dropped_at).is_(None))
            .where(Rung.fires_at <= w.now)
            .order_by(col(Rung.seq))
            .with_for_update()
        ).all()
        for rung in rungs:
            _fire(w, dossier, deadline, rung)
        return [rung.name for rung in rungs]


def _fire(w: Work, dossier: Dossier, deadline: Deadline, rung: Rung) -> None:
    rung.fired_at = w.now
    w.session.add(rung)
    w.session.flush()
    people = _audience(w.session, dossier, deadline, Audience(rung.audience))
    data = {
        "key": deadline.key,
        "rung": rung.name,
        "due_at": stamp(deadline.due_at),
        "told": [one.id for one in people],
    }
    w.record(dossier, Fact("deadline:rung_fired", "", cast("dict[str, Any]", data)))
    zh, en = _sentence(dossier, deadline, rung)
    telling.tell(w, dossier, people, Message(f"rung:{rung.id}", rung.kind, zh, en, deadline.id))


def _sentence(dossier: Dossier, deadline: Deadline, rung: Rung) -> tuple[str, str]:
    zh, en = _WORDS[RungKind(rung.kind)]
    due_at = deadline.due_at.astimezone(CHINA).strftime("%m-%d %H:%M")
    leg = Leg(deadline.leg)
    return (
        f"专档 {dossier.no}「{LEG_NAMES[leg]}」{zh}，期限 {due_at}。",
        f"Dossier {dossier.no}: '{leg.value.replace('_', ' ')}' {en}; due {due_at}.",
    )


def _audience(session: Session, dossier: Dossier, deadline: Deadline, audience: Audience) -> list[Officer]:
    """Who hears a rung. An audience nobody fills falls to the managers of the agency, then to those above it."""
    owner = session.get_one(Agency, deadline.owner_agency_id)
    other = dossier.receiver_agency_id if owner.id == dossier.sender_agency_id else dossier.sender_agency_id
    if audience is Audience.OWNER:
        found = telling.desk(session, dossier, cast(int, owner.id))
    elif audience is Audience.COUNTERPART:
        found = telling.desk(session, dossier, other)
    elif audience is Audience.UPPER_MANAGER and owner.parent_id is not None:
        found = telling.managers(session, owner.parent_id)
    else:
        found = []
    return found or telling.managers(session, cast(int, owner.id))


def waive(
    ctx: Context, actor: Actor, command_id: str, dossier_no: str, deadline_id: int, reason: str
) -> dict[str, Any]:
    """The deadline need not be kept; the manager's name and reason stand beside it."""
    with work(ctx, actor, "waive_deadline", command_id) as w:
        if w.done is not None:
            return w.done
        dossier = w.dossier(dossier_no)
        access.require_role(actor.roles, access.role_for("waive_deadline"))
        row = w.session.get(Deadline, deadline_id)
        if row is None or row.dossier_id != dossier.id or row.owner_agency_id not in actor.agencies:
            raise NotYours("时限", "deadline")
        if row.met_at is not None or row.waived_at is not None:
            raise Rejected("这项时限已了结，不能豁免。", "This deadline is over already.", "deadline_over")
        if not reason.strip():
            raise Rejected("豁免须写明原因。请填写原因。", "Give the reason.", "reason")
        w.record(dossier, clocks.waive(w.session, row, w.now, actor.officer_id, reason.strip()))
        return w.finish(dossier=dossier.no, deadline=deadline_id)
