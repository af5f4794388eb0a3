"""Announced days off as people read them: those that concern an agency, and what each moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from logistics.errors import NotYours
from logistics.store import calendars, lanes
from logistics.store.lanes import LaneName
from logistics.tables import Agency, CalendarMove, CalendarNotice, Deadline, Dossier, Officer

PAGE = 100


@dataclass(frozen=True)
class Announced:
    """One announcement with who drafted and who confirmed it; "" for the command line."""

    row: CalendarNotice
    drafted_by: str
    confirmed_by: str

    @property
    def state(self) -> str:
        """listing, listed, applying, applied or withdrawn."""
        row = self.row
        if row.withdrawn_at is not None:
            return "withdrawn"
        if row.confirmed_at is not None:
            return "applied" if row.applied_at is not None else "applying"
        return "listed" if row.listed_at is not None else "listing"


def concerning(session: Session, agency: Agency) -> list[Announced]:
    """What was announced for the agency: the state's, its regions' and its own, newest first, withdrawn ones not."""
    own = and_(
        col(CalendarNotice.agency_id).is_(None), col(CalendarNotice.region_code).in_(calendars.regions_of(agency))
    )
    return _announced(
        session, [col(CalendarNotice.withdrawn_at).is_(None), or_(own, col(CalendarNotice.agency_id) == agency.id)]
    )


def one(session: Session, agency_ids: Sequence[int], notice_id: int) -> Announced:
    """That announcement: the state's or a region's for everybody, an agency's for whom that agency is theirs.

    Raises `NotYours`.
    """
    theirs = or_(col(CalendarNotice.agency_id).is_(None), col(CalendarNotice.agency_id).in_(agency_ids))
    found = _announced(session, [col(CalendarNotice.id) == notice_id, theirs])
    if not found:
        raise NotYours("放假通知", "calendar notice")
    return found[0]


def _announced(session: Session, conditions: Sequence[ColumnElement[bool]]) -> list[Announced]:
    rows = session.scalars(select(CalendarNotice).where(*conditions).order_by(col(CalendarNotice.id).desc())).all()
    ids = {by for row in rows for by in (row.drafted_by, row.confirmed_by) if by is not None}
    people = session.execute(select(col(Officer.id), col(Officer.name)).where(col(Officer.id).in_(ids)))
    names: dict[int | None, str] = {key: name for key, name in people}  # noqa: C416 - a Row is no pair to dict's eyes
    return [Announced(row, names.get(row.drafted_by, ""), names.get(row.confirmed_by, "")) for row in rows]


@dataclass(frozen=True)
class Counted:
    """How many clocks an announcement moves, as far as the reader may see: in all, already, to another moment, later,
    no longer provisional."""

    total: int
    applied: int
    moved: int
    later: int
    settled: int


def counted(session: Session, notice_id: int) -> Counted:
    """What the list of moves adds up to."""
    before, after = col(CalendarMove.due_before), col(CalendarMove.due_after)
    settled = and_(col(CalendarMove.provisional_before), ~col(CalendarMove.provisional_after))
    found = session.execute(
        select(
            func.count(),
            func.count().filter(col(CalendarMove.applied_at).is_not(None)),
            func.count().filter(before != after),
            func.count().filter(after > before),
            func.count().filter(settled),
        ).where(col(CalendarMove.notice_id) == notice_id)
    ).one()
    return Counted(*found)


@dataclass(frozen=True)
class Moved:
    """One clock that an announcement moves, or would."""

    move: CalendarMove
    dossier_no: str
    leg: str
    route: LaneName


def moves(session: Session, notice_id: int, after: int, limit: int = PAGE) -> list[Moved]:
    """The clocks the announcement moves, as far as the reader may see, in the order they are moved, behind `after`."""
    rows = session.execute(
        lanes.with_lane(select(CalendarMove, col(Dossier.no), col(Deadline.leg)), CalendarMove)
        .join(Deadline, col(Deadline.id) == CalendarMove.deadline_id)
        .where(col(CalendarMove.notice_id) == notice_id, col(CalendarMove.deadline_id) > after)
        .order_by(col(CalendarMove.deadline_id))
        .limit(limit)
    ).all()
    return [Moved(move, no, leg, lanes.lane_name(names)) for move, no, leg, *names in rows]
