"""A deadline and its ladder moved to what its inputs now say, in the transaction of the caller."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from logistics.decision import Fact, Json
from logistics.rules.chain import stamp
from logistics.rules.deadlines import Plan, PlannedRung
from logistics.rules.frozen import whose_of
from logistics.rules.policies import Whose
from logistics.rules.recomputing import Frozen, ladder, replanned
from logistics.rules.workdays import Calendar
from logistics.store import calendars, policies
from logistics.store.locks import Lock
from logistics.tables import Agency, CalendarNotice, Deadline, Dossier, Rung


def hold_calendars(session: Session) -> None:
    """No announcement comes into force between here and the end of this transaction: what is planned by the calendars
    read from now on is there to be moved when one does."""
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": Lock.CALENDARS.value})


def announce(session: Session) -> None:
    """Whoever plans by the calendars as they were has committed; whoever reads them from now on waits for this
    transaction."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.CALENDARS.value})


def frozen(row: Deadline) -> Frozen:
    """The inputs that stand beside the deadline."""
    return Frozen(row.leg, row.policy, row.started_at, row.due_at, row.provisional)


def calendar_of(session: Session, row: Deadline, *, beside: CalendarNotice | None = None) -> Calendar:
    """The calendar that the deadline runs by now; `beside`: as if this announcement were in force too."""
    whose = whose_of(row.policy)
    if whose is Whose.STATE:
        return calendars.states(session, beside=beside)
    agency_id = row.owner_agency_id
    if whose is not Whose.OWNER:
        dossier = session.get_one(Dossier, row.dossier_id)
        agency_id = policies.agency_of(whose, agency_id, dossier.sender_agency_id, dossier.receiver_agency_id)
    return calendars.in_force(session, session.get_one(Agency, agency_id), beside=beside)


def again(session: Session, row: Deadline, now: datetime, why: str, **before: datetime | None) -> Fact:
    """The deadline is planned anew from the inputs that stand beside it, one of which the caller has just changed.

    `before`: instants of the row as they were, which the fact names beside what they are now.
    """
    hold_calendars(session)
    fact = replan(session, row, replanned(frozen(row), calendar_of(session, row)), now, why)
    told: dict[str, Json] = {}
    for name, was in before.items():
        told[name.replace("_at", "_before")], told[name] = _stamped(was), _stamped(getattr(row, name))
    return replace(fact, data={**fact.data, **told})


def _stamped(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


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
    if row.met_at is None and row.waived_at is None:
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
        _say(waiting[planned_rung.name], planned_rung)
    for name in change.dropped:
        waiting[name].dropped_at = now
    session.add_all(waiting.values())
    last = max((rung.seq for rung in standing), default=0)
    session.add_all(_rung(row, seq, one) for seq, one in enumerate(change.added, start=last + 1))


def _say(rung: Rung, planned: PlannedRung) -> None:
    """The rung that waits fires when, to whom and how the plan says: a new version of a rule may change all three."""
    rung.fires_at, rung.kind, rung.audience = planned.fires_at, planned.kind.value, planned.audience.value
    rung.channels, rung.at_any_hour = list(planned.channels), planned.at_any_hour
    rung.unless_acknowledged = planned.unless_acknowledged


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
