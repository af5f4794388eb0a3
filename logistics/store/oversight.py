"""What managers ask on Monday: what is late and near it, where two words disagree, what waits for a person.

Every figure is counted over the rows that its own list shows, in SQL, with the reader's eyes (row-level security).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.rules.deadlines import LEG_NAMES, Leg, days_late
from logistics.store import calendars, lanes
from logistics.store.lanes import LIMIT, LaneName
from logistics.tables import Agency, Consignment, Custody, Deadline, Discrepancy, Dossier, Errand, Tracking
from logistics.terms import Direction, DiscrepancyKind, ErrandKind, HolderKind, Stage

IN_TRANSIT = (Stage.BOOKING, Stage.BOOKED, Stage.ON_THE_WAY)
"""Stages of an envelope that has left the window and has not been delivered by anybody's word."""

DISPUTES = (DiscrepancyKind.DELIVERY_DISPUTED, DiscrepancyKind.LOST)
OPEN = and_(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None))
RUNS = and_(OPEN, col(Deadline.paused_at).is_(None))


@dataclass(frozen=True)
class Late:
    """One deadline not met: whose it is, how many working days late (0: not a day yet), where the envelope is."""

    dossier_no: str
    leg_zh: str
    leg: str
    owner: str
    due_at: datetime
    days_late: int
    lane: str
    courier: str
    stage: Stage | None
    holder: str
    provisional: bool
    deadline_id: int
    owner_id: int
    owner_en: str
    route: LaneName


def late(session: Session, now: datetime, limit: int = LIMIT) -> list[Late]:
    """Open deadlines past due that the reader may see, the one due longest ago first."""
    owner = aliased(Agency)
    statement = lanes.with_lane(select(Deadline, col(Dossier.no), lanes.whole(owner), Consignment), Deadline)
    rows = session.execute(
        statement.join(owner, col(owner.id) == Deadline.owner_agency_id)
        .outerjoin(Consignment, col(Consignment.id) == Deadline.consignment_id)
        .where(RUNS, col(Deadline.due_at) < now)
        .order_by(col(Deadline.due_at), col(Deadline.id))
        .limit(limit)
    ).all()
    holders = holders_of(session, {row[0].dossier_id for row in rows})
    calendar_of = calendars.of_each(session, (row[2] for row in rows))
    return [
        Late(
            dossier_no=no,
            leg_zh=LEG_NAMES[Leg(deadline.leg)],
            leg=deadline.leg,
            owner=who.short_name,
            due_at=deadline.due_at,
            days_late=days_late(calendar_of[who.id], deadline.due_at, None, now),
            lane=lane.zh,
            courier=envelope.courier if envelope else "",
            stage=envelope.stage if envelope else None,
            holder="、".join(holders.get(deadline.dossier_id, [])),
            provisional=deadline.provisional,
            deadline_id=deadline.id,
            owner_id=deadline.owner_agency_id,
            owner_en=who.name_en or who.short_name,
            route=lane,
        )
        for deadline, no, who, envelope, *names in rows
        for lane in [lanes.lane_name(names)]
    ]


def holders_of(session: Session, dossiers: set[int]) -> dict[int, list[str]]:
    """Who holds the originals of each dossier now, each name once."""
    links = session.scalars(select(Custody).where(col(Custody.dossier_id).in_(dossiers)).order_by(col(Custody.seq)))
    last = {link.original_id: link for link in links}
    names: dict[int, list[str]] = {}
    for link in last.values():
        named = names.setdefault(link.dossier_id, [])
        if link.to_kind is not HolderKind.UNKNOWN and link.to_name not in named:
            named.append(link.to_name)
    return names


@dataclass(frozen=True)
class Figures:
    """The numbers of envelopes and errands a manager is asked for, each the length of its own list."""

    disputed: int
    parked: int
    in_transit: int


def figures(session: Session, now: datetime) -> Figures:
    """How many are disputed, wait for a person, are on the way."""
    disputed_count = session.execute(
        select(func.count()).select_from(Consignment).where(is_disputed(now))
    ).scalar_one()
    parked_count = session.execute(select(func.count()).select_from(Errand).where(IS_PARKED)).scalar_one()
    moving = select(func.count()).select_from(Consignment).where(col(Consignment.stage).in_(IN_TRANSIT))
    return Figures(disputed_count, parked_count, session.execute(moving).scalar_one())


def is_disputed(now: datetime) -> ColumnElement[bool]:
    """The courier's word and ours differ: said not to be there, said lost, or delivered and not counted in time."""
    declared = select(col(Discrepancy.consignment_id)).where(
        col(Discrepancy.kind).in_(DISPUTES), col(Discrepancy.settled_at).is_(None)
    )
    waited_for = select(col(Deadline.consignment_id)).where(
        RUNS, col(Deadline.leg) == Leg.DELIVERED_TO_RECEIVED.value, col(Deadline.due_at) < now
    )
    silent_hall = and_(col(Consignment.stage) == Stage.DELIVERED, col(Consignment.id).in_(waited_for))
    return or_(col(Consignment.id).in_(declared), silent_hall)


@dataclass(frozen=True)
class Travelling:
    """One envelope: `seen_at` and `place` are the courier's last scan, `due_at` its nearest open deadline.

    `why` is the open discrepancy's kind where somebody declared one.
    """

    dossier_no: str
    consignment_no: str
    route: LaneName
    direction: Direction
    stage: Stage
    courier: str
    waybill_no: str
    dispatched_at: datetime | None
    delivered_at: datetime | None
    seen_at: datetime | None
    place: str
    due_at: datetime | None
    why: DiscrepancyKind | None
    note: str


def disputed(session: Session, now: datetime, limit: int = LIMIT) -> list[Travelling]:
    """Envelopes about which the courier's word and ours differ, the one delivered longest ago first."""
    order = (col(Consignment.delivered_at).asc().nulls_last(), col(Consignment.id))
    return _travelling(session, is_disputed(now), order, limit)


def in_transit(session: Session, limit: int = LIMIT) -> list[Travelling]:
    """Envelopes that have left and have not arrived, the one sent longest ago first."""
    order = (col(Consignment.dispatched_at).asc(), col(Consignment.id))
    return _travelling(session, col(Consignment.stage).in_(IN_TRANSIT), order, limit)


def _travelling(session: Session, condition: ColumnElement[bool], order: Sequence[Any], limit: int) -> list[Travelling]:
    statement = lanes.with_lane(select(Consignment, col(Dossier.no)), Consignment)
    rows = session.execute(statement.where(condition).order_by(*order).limit(limit)).all()
    ids = [row[0].id for row in rows]
    scans, due, declared = _last_scans(session, ids), _nearest_due(session, ids), _declared(session, ids)
    return [_envelope(envelope, no, lanes.lane_name(names), scans, due, declared) for envelope, no, *names in rows]


def _envelope(
    one: Consignment,
    dossier_no: str,
    lane: LaneName,
    scans: dict[int, tuple[datetime, str]],
    due: dict[int, datetime],
    declared: dict[int, Discrepancy],
) -> Travelling:
    key = cast(int, one.id)
    seen_at, place = scans.get(key, (None, ""))
    found = declared.get(key)
    return Travelling(
        dossier_no=dossier_no,
        consignment_no=one.no,
        route=lane,
        direction=one.direction,
        stage=one.stage,
        courier=one.courier,
        waybill_no=one.waybill_no,
        dispatched_at=one.dispatched_at,
        delivered_at=one.delivered_at,
        seen_at=seen_at,
        place=place,
        due_at=due.get(key),
        why=found.kind if found else None,
        note=found.note if found else "",
    )


def _last_scans(session: Session, ids: Sequence[int]) -> dict[int, tuple[datetime, str]]:
    rows = session.execute(
        select(col(Tracking.consignment_id), col(Tracking.happened_at), col(Tracking.place))
        .ext(distinct_on(col(Tracking.consignment_id)))
        .where(col(Tracking.consignment_id).in_(ids))
        .order_by(col(Tracking.consignment_id), col(Tracking.happened_at).desc(), col(Tracking.id).desc())
    )
    return {key: (at, place) for key, at, place in rows}


def _nearest_due(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(col(Deadline.consignment_id), func.min(col(Deadline.due_at)))
        .where(OPEN, col(Deadline.consignment_id).in_(ids))
        .group_by(col(Deadline.consignment_id))
    )
    return {key: at for key, at in rows}  # noqa: C416 - a Row is no pair to dict's eyes


def _declared(session: Session, ids: Sequence[int]) -> dict[int, Discrepancy]:
    rows = session.scalars(
        select(Discrepancy)
        .where(col(Discrepancy.consignment_id).in_(ids), col(Discrepancy.settled_at).is_(None))
        .where(col(Discrepancy.kind).in_(DISPUTES))
        .order_by(col(Discrepancy.id))
    )
    return {cast(int, row.consignment_id): row for row in rows}


IS_PARKED = and_(
    col(Errand.parked_at).is_not(None), col(Errand.done_at).is_(None), col(Errand.dossier_id).is_not(None)
)


@dataclass(frozen=True)
class Parked:
    """One errand that waits for a person. `asker` is the agency whose desk may have it tried again."""

    errand_id: int
    dossier_no: str
    kind: ErrandKind
    reason: str
    attempts: int
    parked_at: datetime
    direction: Direction | None
    asker_id: int | None
    asker: str
    asker_en: str


def parked(session: Session, limit: int = LIMIT) -> list[Parked]:
    """Errands parked for a person, the one that waits longest first."""
    sender = aliased(Agency)
    rows = session.execute(
        select(Errand, col(Dossier.no), Consignment, lanes.whole(sender))
        .join(Dossier, col(Dossier.id) == Errand.dossier_id)
        .outerjoin(Consignment, col(Consignment.id) == Errand.consignment_id)
        .outerjoin(sender, col(sender.id) == Consignment.from_agency_id)
        .where(IS_PARKED)
        .order_by(col(Errand.parked_at), col(Errand.id))
        .limit(limit)
    )
    return [
        Parked(
            errand_id=errand.id,
            dossier_no=no,
            kind=errand.kind,
            reason=errand.last_error,
            attempts=errand.attempts,
            parked_at=errand.parked_at,
            direction=envelope.direction if envelope else None,
            asker_id=asker.id if asker else None,
            asker=asker.short_name if asker else "",
            asker_en=(asker.name_en or asker.short_name) if asker else "",
        )
        for errand, no, envelope, asker in rows
    ]
