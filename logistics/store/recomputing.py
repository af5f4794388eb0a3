"""A deadline and its ladder moved to what another calendar says, in the transaction of the caller."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from logistics.decision import Fact, Json
from logistics.rules.chain import stamp
from logistics.rules.deadlines import Plan, PlannedRung
from logistics.rules.recomputing import Frozen, ladder
from logistics.tables import Deadline, Rung


def frozen(row: Deadline) -> Frozen:
    """The inputs that stand beside the deadline."""
    return Frozen(row.leg, row.policy, row.started_at, row.due_at, row.provisional)


def replan(session: Session, row: Deadline, planned: Plan, now: datetime, why: str) -> Fact:
    """The deadline ends when `planned` says and so do its rungs that have not fired; the fact says from where to where.

    Rungs that fired stay fired.
    """
    data: dict[str, Json] = {
        "key": row.key,
        "due_before": stamp(row.due_at),
        "due_at": stamp(planned.due_at),
        "provisional": planned.provisional,
        "calendar_before": row.calendar_version,
        "calendar": planned.calendar_version,
    }
    _climb(session, row, planned, now)
    row.due_at, row.provisional = planned.due_at, planned.provisional
    row.calendar_version, row.explanation = planned.calendar_version, list(planned.explanation)
    session.add(row)
    session.flush()
    return Fact("deadline:recomputed", why, data)


def _climb(session: Session, row: Deadline, planned: Plan, now: datetime) -> None:
    standing = session.exec(select(Rung).where(Rung.deadline_id == row.id).order_by(col(Rung.seq))).all()
    waiting = {rung.name: rung for rung in standing if rung.fired_at is None and rung.dropped_at is None}
    change = ladder(waiting, [rung.name for rung in standing if rung.name not in waiting], planned)
    for planned_rung in change.moved:
        waiting[planned_rung.name].fires_at = planned_rung.fires_at
    for name in change.dropped:
        waiting[name].dropped_at = now
    session.add_all(waiting.values())
    last = max((rung.seq for rung in standing), default=0)
    session.add_all(_rung(row, seq, one) for seq, one in enumerate(change.added, start=last + 1))


def _rung(row: Deadline, seq: int, planned: PlannedRung) -> Rung:
    return Rung(
        dossier_id=row.dossier_id,
        deadline_id=row.id or 0,
        seq=seq,
        name=planned.name,
        kind=planned.kind.value,
        audience=planned.audience.value,
        fires_at=planned.fires_at,
        channels=list(planned.channels),
        at_any_hour=planned.at_any_hour,
        unless_acknowledged=planned.unless_acknowledged,
    )
