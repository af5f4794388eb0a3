"""All of one clock: what it was computed from, what happened to it, whom it told, and what is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlmodel import Session, col

from logistics.rules.frozen import whose_of
from logistics.rules.policies import Whose
from logistics.rules.workdays import Calendar, Notice, china_date
from logistics.store import calendars, deadlines
from logistics.store.deadlines import Row
from logistics.store.policies import agency_of
from logistics.tables import Agency, Deadline, Delivery, LedgerEntry, Officer, Pause, Rung, Supervision

_TOLD = text("SELECT rung, officer_id, made_at, acknowledged_at FROM told_of(:deadline)")


@dataclass(frozen=True)
class Told:
    """One officer who has a word about the clock in the inbox. `key` names the rung, or another occasion."""

    key: str
    officer_id: int
    made_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Life:
    """One clock with everything about it. `entries` are those of the dossier's chain that name it, oldest first.

    `sources`: for each year from start to due the notice that settles it, None for a provisional one.
    """

    row: Row
    rungs: Sequence[Rung]
    entries: Sequence[LedgerEntry]
    told: Sequence[Told]
    pauses: Sequence[Pause]
    orders: Sequence[Supervision]
    deliveries: Sequence[Delivery]  # of messages outside, as far as the reader's agencies sent them
    names: Mapping[int, str]
    keeper: Agency
    calendar: Calendar
    sources: Sequence[tuple[int, Notice | None]]

    @property
    def deadline(self) -> Deadline:
        """The clock's own row."""
        return self.row.deadline

    def told_by(self, rung: Rung) -> list[Told]:
        """Whom that rung told."""
        return [one for one in self.told if one.key == f"rung:{rung.id}"]


def life(session: Session, now: datetime, deadline_id: int) -> Life:
    """All of that clock, as the reader sees it. Raises `NotYours`."""
    row = deadlines.one(session, now, deadline_id)
    deadline = row.deadline
    keeper, calendar = _keeper(session, row)
    rungs = session.scalars(select(Rung).where(col(Rung.deadline_id) == deadline_id).order_by(col(Rung.seq))).all()
    pauses = session.scalars(select(Pause).where(col(Pause.deadline_id) == deadline_id).order_by(col(Pause.id))).all()
    orders = session.scalars(
        select(Supervision).where(col(Supervision.deadline_id) == deadline_id).order_by(col(Supervision.id))
    ).all()
    deliveries = session.scalars(
        select(Delivery).where(col(Delivery.deadline_ids).contains([deadline_id])).order_by(col(Delivery.id))
    ).all()
    told = [Told(*one) for one in session.execute(_TOLD, {"deadline": deadline_id})]
    last = max(deadline.due_at, now if deadline.met_at is None else deadline.met_at)
    return Life(
        row=row,
        rungs=rungs,
        entries=_entries(session, deadline),
        told=told,
        pauses=pauses,
        orders=orders,
        deliveries=deliveries,
        names=_names(session, deadline, rungs, told, pauses, orders, deliveries),
        keeper=keeper,
        calendar=calendar,
        sources=[
            (year, calendar.notices.get(year))
            for year in range(china_date(deadline.started_at).year, china_date(last).year + 1)
        ],
    )


def _keeper(session: Session, row: Row) -> tuple[Agency, Calendar]:
    """By whose calendar the clock runs, and that calendar as it is in force now."""
    whose, route = whose_of(row.deadline.policy), row.route
    agency = session.get_one(Agency, agency_of(whose, row.owner.id or 0, route.sender_id, route.receiver_id))
    return agency, calendars.states(session) if whose is Whose.STATE else calendars.in_force(session, agency)


def _entries(session: Session, deadline: Deadline) -> list[LedgerEntry]:
    rows = session.scalars(
        select(LedgerEntry)
        .where(col(LedgerEntry.dossier_id) == deadline.dossier_id, col(LedgerEntry.what).startswith("deadline:"))
        .where(col(LedgerEntry.facts)["key"].astext == deadline.key)
        .order_by(col(LedgerEntry.seq))
    )
    return list(rows)


def _names(
    session: Session,
    deadline: Deadline,
    rungs: Sequence[Rung],
    told: Sequence[Told],
    pauses: Sequence[Pause],
    orders: Sequence[Supervision],
    deliveries: Sequence[Delivery],
) -> dict[int, str]:
    wanted = {
        deadline.waived_by,
        *(rung.held_by for rung in rungs),
        *(one.officer_id for one in told),
        *(one.officer_id for one in deliveries),
        *(by for one in pauses for by in (one.asked_by, one.approved_by, one.refused_by, one.ended_by)),
        *(by for one in orders for by in (one.ordered_by, one.addressee_officer_id)),
    } - {None}
    found = session.execute(select(col(Officer.id), col(Officer.name)).where(col(Officer.id).in_(wanted)))
    return {key: name for key, name in found}  # noqa: C416 - a Row is no pair to dict's eyes
