"""How each lane keeps its deadlines: the on-time share with what it is worth, and the deadlines it is made of; and how
fast a courier is on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.rules.choice import Measured
from logistics.rules.deadlines import LEG_NAMES, Leg, days_late
from logistics.rules.shares import Share, wilson
from logistics.store import calendars
from logistics.tables import Agency, Consignment, Deadline, Dossier

LIMIT = 500


@dataclass(frozen=True)
class Wanted:
    """Which deadlines are wanted: those of a lane (sender, receiver), a leg, an agency that must keep them."""

    lane: tuple[int, int] | None = None
    leg: str = ""
    agency: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL over deadline and dossier."""
        found: list[ColumnElement[bool]] = []
        if self.lane is not None:
            found += [col(Dossier.sender_agency_id) == self.lane[0], col(Dossier.receiver_agency_id) == self.lane[1]]
        if self.leg:
            found.append(col(Deadline.leg) == self.leg)
        if self.agency is not None:
            found.append(col(Deadline.owner_agency_id) == self.agency)
        return found


EVERYTHING = Wanted()


@dataclass(frozen=True)
class LaneName:
    """A lane by the ids and the names of its two agencies."""

    sender_id: int
    receiver_id: int
    sender: str
    receiver: str
    sender_en: str
    receiver_en: str

    @property
    def key(self) -> str:
        """The lane in an address."""
        return f"{self.sender_id}-{self.receiver_id}"

    @property
    def zh(self) -> str:
        """The lane in Chinese."""
        return f"{self.sender} → {self.receiver}"


def whole(alias: Any) -> Any:
    """An alias as something to select: `aliased` is typed as the table's class, which select takes for its columns."""
    return alias


def with_lane(statement: Select[*tuple[Any, ...]], child: type[Any]) -> Select[*tuple[Any, ...]]:
    """The statement joined to the child's dossier and the lane's agencies, whose columns `lane_name` reads."""
    source, target = aliased(Agency), aliased(Agency)
    return (
        statement.add_columns(
            col(source.id), col(target.id), col(source.short_name), col(target.short_name),
            col(source.name_en), col(target.name_en),
        )
        .select_from(child)
        .join(Dossier, col(Dossier.id) == child.dossier_id)
        .join(source, col(source.id) == Dossier.sender_agency_id)
        .join(target, col(target.id) == Dossier.receiver_agency_id)
    )  # fmt: skip


def lane_name(names: Sequence[Any]) -> LaneName:
    """The lane of the six columns that `with_lane` added."""
    sender_id, receiver_id, sender, receiver, sender_en, receiver_en = names
    return LaneName(sender_id, receiver_id, sender, receiver, sender_en or sender, receiver_en or receiver)


@dataclass(frozen=True)
class Lane:
    """How one lane keeps its deadlines: `on_time` of `count` that are over (met, or past due and open)."""

    lane: str
    count: int
    on_time: int
    open_late: int
    route: LaneName

    @property
    def share(self) -> float:
        """On-time share between 0 and 1."""
        return self.on_time / self.count if self.count else 1.0

    @property
    def known(self) -> Share:
        """The share with its interval."""
        return wilson(self.on_time, self.count)


def _over(now: datetime) -> ColumnElement[bool]:
    """The deadline is over: met, or past due; waived ones are counted for nobody, one that stands still is not past."""
    missed = and_(col(Deadline.due_at) < now, col(Deadline.paused_at).is_(None))
    return and_(col(Deadline.waived_at).is_(None), or_(col(Deadline.met_at).is_not(None), missed))


_ON_TIME = and_(col(Deadline.met_at).is_not(None), col(Deadline.met_at) <= col(Deadline.due_at))


def lanes(session: Session, now: datetime) -> list[Lane]:
    """On-time share of every lane the reader may see, worst first: met by its due moment among those met or past
    due.
    """
    total = func.count()
    counts = select(total, total.filter(_ON_TIME), total.filter(col(Deadline.met_at).is_(None)))
    statement = with_lane(counts, Deadline)
    rows = session.execute(statement.where(_over(now)).group_by(*list(statement.selected_columns)[3:]))
    found = [
        Lane(name.zh, count, on_time, open_late, name)
        for count, on_time, open_late, *names in rows
        for name in [lane_name(names)]
    ]
    return sorted(found, key=lambda one: (one.share, -one.count))


@dataclass(frozen=True)
class Kept:
    """One deadline that is over: kept or not, and by how many working days it was missed."""

    dossier_no: str
    leg: str
    leg_zh: str
    owner: str
    owner_en: str
    due_at: datetime
    met_at: datetime | None
    on_time: bool
    days_late: int


def of_lane(
    session: Session, now: datetime, lane: tuple[int, int], on_time: bool | None = None, limit: int = LIMIT
) -> list[Kept]:
    """The deadlines a lane's share is made of, newest first; only those kept or not kept where `on_time` says so."""
    owner = aliased(Agency)
    statement = (
        select(Deadline, col(Dossier.no), whole(owner))
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .join(owner, col(owner.id) == Deadline.owner_agency_id)
        .where(_over(now), *Wanted(lane=lane).conditions())
        .order_by(col(Deadline.due_at).desc(), col(Deadline.id))
        .limit(limit)
    )
    if on_time is not None:
        statement = statement.where(func.coalesce(_ON_TIME, False).is_(on_time))
    rows = session.execute(statement).all()
    calendar_of = calendars.of_each(session, (row[2] for row in rows))
    return [
        Kept(
            dossier_no=no,
            leg=deadline.leg,
            leg_zh=LEG_NAMES[Leg(deadline.leg)],
            owner=who.short_name,
            owner_en=who.name_en or who.short_name,
            due_at=deadline.due_at,
            met_at=deadline.met_at,
            on_time=deadline.met_at is not None and deadline.met_at <= deadline.due_at,
            days_late=days_late(calendar_of[who.id], deadline.due_at, deadline.met_at, now),
        )
        for deadline, no, who in rows
    ]


NEWEST = 200
"""A courier's speed on a lane is told by so many of its newest deliveries: what was years ago says little."""


def transit(session: Session, from_agency_id: int, to_agency_id: int, courier: str) -> Measured | None:
    """How long one courier took from pick-up to delivery on a lane, by its own words; None before its first delivery.

    An envelope whose times cannot be (delivered before it was picked up) is left out.
    """
    hours = func.extract("epoch", col(Consignment.delivered_at) - col(Consignment.picked_up_at)) / 3600
    newest = (
        select(hours.label("hours"))
        .where(col(Consignment.from_agency_id) == from_agency_id, col(Consignment.to_agency_id) == to_agency_id)
        .where(col(Consignment.courier) == courier)
        .where(col(Consignment.delivered_at) >= col(Consignment.picked_up_at))
        .order_by(col(Consignment.delivered_at).desc())
        .limit(NEWEST)
        .subquery()
    )
    count, p80 = session.execute(
        select(func.count(), func.percentile_cont(0.8).within_group(newest.c.hours)).select_from(newest)
    ).one()
    return Measured(int(count), float(p80)) if count else None
