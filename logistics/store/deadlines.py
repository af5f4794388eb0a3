"""Running clocks as people ask for them: late, today, soon, paused; of one officer, of agencies, of a region.

Every count is made by the condition its own list has, with the reader's eyes (row-level security). A list costs the
same few questions however long it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules import lateness
from logistics.rules.frozen import whose_of
from logistics.rules.lateness import Reading
from logistics.rules.policies import Whose
from logistics.rules.workdays import Hours
from logistics.store import calendars, lanes
from logistics.store.lanes import LaneName, Wanted
from logistics.store.oversight import holders_of
from logistics.store.policies import agency_of
from logistics.tables import Agency, Consignment, Deadline, Discrepancy, Dossier, Foresight, Officer
from logistics.terms import DiscrepancyKind, Role, Stage

PAGE = 100
CHOICES = 500  # so many different ways of narrowing a list are offered at most
OPEN = and_(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None))
RUNS = and_(OPEN, col(Deadline.paused_at).is_(None))
"""Open, and the clock does not stand still."""


class Shelf(StrEnum):
    """Which running clocks a list holds. LATE, TODAY, SOON and PAUSED share none; the rest of ALL is due later."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    RISK = "risk"  # not due yet, and will probably be missed
    PAUSED = "paused"
    ALL = "all"


@dataclass(frozen=True)
class Horizon:
    """The moments the lists are cut at: now, the midnight that ends today, the close of the next working day."""

    now: datetime
    midnight: datetime
    until: datetime


def horizon(session: Session, actor: Actor, now: datetime) -> Horizon:
    """The moments as the reader's own agency works."""
    agency = session.get_one(Agency, actor.agency_id)
    calendar, hours = calendars.in_force(session, agency), Hours.parse(agency.receiving_hours)
    return Horizon(now, lateness.end_of_today(now), lateness.end_of_next_workday(calendar, hours, now))


@dataclass(frozen=True)
class Asked:
    """What is asked for. `whose`: `mine`, `agency` (own and below), `all` (partners' too) or a region's code."""

    whose: str
    wanted: Wanted = lanes.EVERYTHING

    def conditions(self, actor: Actor) -> list[ColumnElement[bool]]:
        """As SQL over deadline, dossier and the owner's agency."""
        return [*_whose(self.whose, actor), *self.wanted.conditions()]


def _whose(whose: str, actor: Actor) -> list[ColumnElement[bool]]:
    if whose == "all":
        return []
    if whose == "mine":
        return [_mine(actor)]
    ours = col(Deadline.owner_agency_id).in_(actor.agencies)
    if whose == "agency":
        return [ours]
    stem = calendars.stem(whose)
    return [ours, select(col(Agency.id)).where(col(Agency.id) == Deadline.owner_agency_id,
            col(Agency.region_code).startswith(stem, autoescape=True)).exists()]  # fmt: skip


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Named as mine; or nobody's yet, of my agency, and at the desk I work at."""
    desks: list[ColumnElement[bool]] = []
    if Role.WINDOW in actor.roles:
        desks.append(col(Dossier.sender_agency_id) == actor.agency_id)
    if Role.RECEIVER in actor.roles:
        desks.append(col(Dossier.receiver_agency_id) == actor.agency_id)
    nobodys = and_(col(Deadline.owner_officer_id).is_(None), col(Deadline.owner_agency_id) == actor.agency_id)
    return or_(col(Deadline.owner_officer_id) == actor.officer_id, and_(nobodys, or_(false(), *desks)))


FORETOLD = (
    select(col(Foresight.id))
    .where(col(Foresight.deadline_id) == Deadline.id, col(Foresight.at_risk))
    .where(col(Foresight.due_at) == Deadline.due_at)  # reckoned against another due moment it says nothing
    .exists()
)


def _on(shelf: Shelf, at: Horizon) -> ColumnElement[bool]:
    due = col(Deadline.due_at)
    match shelf:
        case Shelf.LATE:
            return and_(RUNS, due < at.now)
        case Shelf.TODAY:
            return and_(RUNS, due >= at.now, due < at.midnight)
        case Shelf.SOON:
            return and_(RUNS, due >= at.midnight, due <= at.until)
        case Shelf.RISK:
            return and_(RUNS, due >= at.now, FORETOLD)
        case Shelf.PAUSED:
            return and_(OPEN, col(Deadline.paused_at).is_not(None))
        case Shelf.ALL:
            return OPEN


def counts(session: Session, actor: Actor, at: Horizon, asked: Asked) -> dict[Shelf, int]:
    """How many each list holds."""
    of_each = [func.count().filter(_on(shelf, at)) for shelf in Shelf]
    found = session.execute(
        select(*of_each)
        .select_from(Deadline)
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .where(OPEN, *asked.conditions(actor))
    ).one()
    return dict(zip(Shelf, found, strict=True))


@dataclass(frozen=True)
class Owner:
    """An agency that answers for a clock."""

    id: int
    name: str
    name_en: str


@dataclass(frozen=True)
class Next:
    """The clock of a dossier that ends first."""

    deadline_id: int
    leg: str
    due_at: datetime


@dataclass(frozen=True)
class Row:
    """One running clock as a list shows it. `next`: the dossier's clock that ends first, perhaps this one."""

    deadline: Deadline
    dossier_no: str
    route: LaneName
    owner: Agency
    officer: str
    reading: Reading
    courier: str = ""
    stage: Stage | None = None
    holder: str = ""
    silent: bool = False
    next: Next | None = None
    foretold: Foresight | None = None  # what measured times say, where they say anything of this due moment

    @property
    def id(self) -> int:
        """The deadline's id."""
        return self.deadline.id or 0

    @property
    def is_next(self) -> bool:
        """Whether no other clock of the dossier ends before this one."""
        return self.next is None or self.next.deadline_id == self.deadline.id


@dataclass(frozen=True)
class Page:
    """Rows of a list, and where its next page begins (None on the last)."""

    rows: Sequence[Row]
    after: tuple[datetime, int] | None = None


def listed(
    session: Session,
    actor: Actor,
    at: Horizon,
    asked: Asked,
    shelf: Shelf,
    after: tuple[datetime, int] | None = None,
    limit: int = PAGE,
) -> Page:
    """The clocks of that list, the one due longest ago (or soonest) first, from behind `after` on."""
    conditions = [_on(shelf, at), *asked.conditions(actor)]
    if after is not None:
        conditions.append(tuple_(col(Deadline.due_at), col(Deadline.id)) > after)
    rows = _rows(session, at.now, conditions, limit + 1)
    cut = rows[:limit]
    last = cut[-1].deadline if len(rows) > limit else None
    return Page(cut, (last.due_at, last.id or 0) if last else None)


def one(session: Session, now: datetime, deadline_id: int) -> Row:
    """That clock, running or over. Raises `NotYours`."""
    found = _rows(session, now, [col(Deadline.id) == deadline_id], 1)
    if not found:
        raise NotYours("时限", "deadline")
    return found[0]


def _rows(session: Session, now: datetime, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[Row]:
    owner = aliased(Agency)
    statement = lanes.with_lane(
        select(Deadline, col(Dossier.no), lanes.whole(owner), col(Officer.name), Consignment), Deadline
    )
    found = session.execute(
        statement.join(owner, col(owner.id) == Deadline.owner_agency_id)
        .outerjoin(Officer, col(Officer.id) == Deadline.owner_officer_id)
        .outerjoin(Consignment, col(Consignment.id) == Deadline.consignment_id)
        .where(*conditions)
        .order_by(col(Deadline.due_at), col(Deadline.id))
        .limit(limit)
    ).all()
    deadlines, dossiers = [row[0] for row in found], {row[0].dossier_id for row in found}
    read, holders, first = readings(session, deadlines, now), holders_of(session, dossiers), first_of(session, dossiers)
    silent = silent_of(session, {row.consignment_id for row in deadlines if row.consignment_id})
    foretold = foretold_of(session, deadlines)
    return [
        replace(
            Row(deadline, no, lanes.lane_name(names), who, officer or "", read[deadline.id]),
            courier=envelope.courier if envelope else "",
            stage=envelope.stage if envelope else None,
            holder="、".join(holders.get(deadline.dossier_id, [])),
            silent=deadline.consignment_id in silent,
            next=first.get(deadline.dossier_id),
            foretold=foretold.get(deadline.id),
        )
        for deadline, no, who, officer, envelope, *names in found
    ]


def silent_of(session: Session, consignments: set[int]) -> frozenset[int | None]:
    """Which of these envelopes are silent: a difference says so and is not settled."""
    found = session.scalars(
        select(col(Discrepancy.consignment_id))
        .where(col(Discrepancy.consignment_id).in_(consignments), col(Discrepancy.settled_at).is_(None))
        .where(col(Discrepancy.kind) == DiscrepancyKind.SILENT)
    )
    return frozenset(found)


def foretold_of(session: Session, deadlines: Sequence[Deadline]) -> dict[int | None, Foresight]:
    """What is foretold of each of these clocks that runs; a forecast for another due moment is none."""
    running = {row.id: row.due_at for row in deadlines if not (row.met_at or row.waived_at or row.paused_at)}
    rows = session.scalars(select(Foresight).where(col(Foresight.deadline_id).in_(running)))
    return {row.deadline_id: row for row in rows if row.due_at == running[row.deadline_id]}


def first_of(session: Session, dossiers: set[int]) -> dict[int, Next]:
    """Of each dossier the clock that ends first among those that run."""
    rows = session.execute(
        select(col(Deadline.dossier_id), col(Deadline.id), col(Deadline.leg), col(Deadline.due_at))
        .ext(distinct_on(col(Deadline.dossier_id)))
        .where(col(Deadline.dossier_id).in_(dossiers), RUNS)
        .order_by(col(Deadline.dossier_id), col(Deadline.due_at), col(Deadline.id))
    )
    return {dossier: Next(key, leg, due_at) for dossier, key, leg, due_at in rows}


def readings(session: Session, deadlines: Sequence[Deadline], now: datetime) -> dict[int | None, Reading]:
    """How each of these clocks stands, by id: by the calendar it was computed with, as that is in force now."""
    if not deadlines:
        return {}
    sides = session.execute(
        select(col(Dossier.id), col(Dossier.sender_agency_id), col(Dossier.receiver_agency_id)).where(
            col(Dossier.id).in_({row.dossier_id for row in deadlines})
        )
    )
    side_of = {key: (sender, receiver) for key, sender, receiver in sides}
    keeper_of = {
        row.id: agency_of(whose_of(row.policy), row.owner_agency_id, *side_of[row.dossier_id]) for row in deadlines
    }
    agencies = {one.id: one for one in session.scalars(select(Agency).where(col(Agency.id).in_(keeper_of.values())))}
    calendar_of, states = calendars.of_each(session, agencies.values()), calendars.states(session)
    return {
        row.id: lateness.read(
            row,
            str(row.policy["unit"]),
            states if whose_of(row.policy) is Whose.STATE else calendar_of[keeper_of[row.id]],
            Hours.parse(str(row.policy.get("hours") or agencies[keeper_of[row.id]].receiving_hours)),
            now,
        )
        for row in deadlines
    }


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed to: only what is in it."""

    lanes: frozenset[LaneName]
    legs: frozenset[str]
    owners: frozenset[Owner]


def choices(session: Session, actor: Actor, at: Horizon, asked: Asked, shelf: Shelf) -> Choices:
    """Lanes, legs and owners of the clocks of that list, before lane, leg and owner narrow it."""
    owner = aliased(Agency)
    statement = lanes.with_lane(
        select(col(Deadline.leg), col(owner.id), col(owner.short_name), col(owner.name_en)), Deadline
    ).join(owner, col(owner.id) == Deadline.owner_agency_id)
    rows = session.execute(statement.where(_on(shelf, at), *_whose(asked.whose, actor)).distinct().limit(CHOICES)).all()
    return Choices(
        frozenset(lanes.lane_name(names) for _leg, _key, _name, _en, *names in rows),
        frozenset(row[0] for row in rows),
        frozenset(Owner(key, name, english or name) for _leg, key, name, english, *_ in rows),
    )


def region_codes(session: Session, actor: Actor) -> list[str]:
    """The regions of the agencies the reader answers for, each behind those that hold it."""
    own = session.scalars(select(col(Agency.region_code)).where(col(Agency.id).in_(actor.agencies)))
    return sorted({code for one in own for code in (one, one[:4] + "00", one[:2] + "0000")})
