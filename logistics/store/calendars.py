"""Calendars at rest: the carried state calendar with every confirmed announcement over it, by agency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, case, col, func, or_, select

from logistics.decision import Json
from logistics.rules.policies import Whose
from logistics.rules.recomputing import REACH, concerned_from
from logistics.rules.workdays import Calendar, DayKind, Notice, SpecialDay, state_calendar
from logistics.tables import Agency, CalendarNotice, Deadline, Dossier

_Days = tuple[SpecialDay, ...]
_Own = tuple[tuple[str, _Days], ...]


def in_force(session: Session, agency: Agency, *, beside: CalendarNotice | None = None) -> Calendar:
    """The calendar that the agency works by; `beside`: as if this announcement were confirmed too."""
    confirmed = session.exec(
        select(CalendarNotice)
        .where(col(CalendarNotice.confirmed_at).is_not(None))
        .where(_concerning(agency))
        .order_by(col(CalendarNotice.id))
    ).all()
    is_new = beside is not None and beside.id not in {one.id for one in confirmed}
    return _of_rows(agency, [*confirmed, *([beside] if beside is not None and is_new else [])])


def _of_rows(agency: Agency, rows: Sequence[CalendarNotice]) -> Calendar:
    """The calendar that these announcements, oldest first, make for the agency."""
    if not rows:
        return state_calendar()
    settled = tuple((_notice(row), days_of(row.days)) for row in rows if is_states(row))
    # the agency's own days stand over the region's, a later announcement over an earlier
    own = sorted((row for row in rows if not is_states(row)), key=lambda row: row.agency_id is not None)
    return _made(
        settled,
        tuple((f"CN-{agency.code if row.agency_id else row.region_code}", days_of(row.days)) for row in own),
    )


def states(session: Session, *, beside: CalendarNotice | None = None) -> Calendar:
    """The state's calendar as its notices settle it, without the days of a region or an agency; `beside` as above."""
    rows = session.exec(
        select(CalendarNotice)
        .where(col(CalendarNotice.confirmed_at).is_not(None))
        .where(CalendarNotice.region_code == "", col(CalendarNotice.agency_id).is_(None))
        .order_by(col(CalendarNotice.id))
    ).all()
    if beside is not None and is_states(beside) and beside.id not in {one.id for one in rows}:
        rows = [*rows, beside]
    return _made(tuple((_notice(row), days_of(row.days)) for row in rows), ()) if rows else state_calendar()


def of_each(session: Session, agencies: Iterable[Agency]) -> dict[int | None, Calendar]:
    """The calendar of each agency, by its id: one question, however many agencies."""
    wanted = {agency.id: agency for agency in agencies}
    if not wanted:
        return {}
    confirmed = session.exec(
        select(CalendarNotice).where(col(CalendarNotice.confirmed_at).is_not(None)).order_by(col(CalendarNotice.id))
    ).all()
    return {key: _of_rows(one, [row for row in confirmed if _concerns(row, one)]) for key, one in wanted.items()}


def is_states(row: CalendarNotice) -> bool:
    """Whether the announcement is the state's own."""
    return not row.region_code and row.agency_id is None


def days_of(days: Sequence[dict[str, Json]]) -> _Days:
    """The days of a stored announcement."""
    return tuple(
        SpecialDay(
            date.fromisoformat(str(day["day"])),
            DayKind(str(day["kind"])),
            str(day["name"]),
            follows if isinstance(follows := day["follows"], int) else None,
        )
        for day in days
    )


def plain_days(days: Sequence[SpecialDay]) -> list[dict[str, Json]]:
    """The days as they are stored."""
    return [
        {"day": day.day.isoformat(), "kind": day.kind.value, "name": day.name, "follows": day.follows} for day in days
    ]


def waiting(session: Session) -> list[CalendarNotice]:
    """Announcements that are not listed yet, or confirmed and not applied; oldest first."""
    return list(
        session.exec(
            select(CalendarNotice)
            .where(col(CalendarNotice.applied_at).is_(None), col(CalendarNotice.withdrawn_at).is_(None))
            .where(or_(col(CalendarNotice.listed_at).is_(None), col(CalendarNotice.confirmed_at).is_not(None)))
            .order_by(col(CalendarNotice.id))
        )
    )


def concerned(session: Session, notice: CalendarNotice, after: int, limit: int) -> list[Deadline]:
    """Open deadlines, by id from `after` on, whose clock or ladder may reach into what the announcement changes."""
    whose = col(Deadline.policy)["whose"].astext
    runs_by = case(
        (whose == Whose.SENDER, col(Dossier.sender_agency_id)),
        (whose == Whose.RECEIVER, col(Dossier.receiver_agency_id)),
        else_=col(Deadline.owner_agency_id),
    )
    first = concerned_from(notice.year, days_of(notice.days), is_states(notice))
    statement = (
        select(Deadline)
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .join(Agency, col(Agency.id) == runs_by)
        .where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None))
        .where(Deadline.due_at >= datetime.combine(first, time(), UTC) - REACH, col(Deadline.id) > after)
    )
    if notice.agency_id is not None:
        statement = statement.where(Agency.id == notice.agency_id)
    elif notice.region_code:
        statement = statement.where(col(Agency.region_code).startswith(stem(notice.region_code)))
    return list(session.exec(statement.order_by(col(Deadline.id)).limit(limit)))


def newest_year(session: Session) -> int:
    """The last year that the state's notices settle."""
    stored = session.exec(
        select(func.max(CalendarNotice.year)).where(
            CalendarNotice.region_code == "",
            col(CalendarNotice.agency_id).is_(None),
            col(CalendarNotice.confirmed_at).is_not(None),
        )
    ).one()
    return max(stored or 0, *state_calendar().notices)


def regions_of(agency: Agency) -> set[str]:
    """The codes of the regions whose days the agency keeps; empty stands for the whole state."""
    return {"", agency.region_code[:2] + "0000", agency.region_code[:4] + "00", agency.region_code}


def _concerns(row: CalendarNotice, agency: Agency) -> bool:
    return row.agency_id == agency.id or (row.agency_id is None and row.region_code in regions_of(agency))


def _concerning(agency: Agency) -> ColumnElement[bool]:
    of_nobody = col(CalendarNotice.agency_id).is_(None)
    return or_(
        and_(of_nobody, col(CalendarNotice.region_code).in_(regions_of(agency))),
        col(CalendarNotice.agency_id) == agency.id,
    )


def stem(region_code: str) -> str:
    """What the codes of all places in a region begin with: 64 of 640000, 6401 of 640100."""
    return region_code[:2] if region_code.endswith("0000") else region_code.removesuffix("00")


def _notice(row: CalendarNotice) -> Notice:
    return Notice(row.year, row.title, row.number, row.dated)


@lru_cache(maxsize=256)  # a calendar takes some ten milliseconds to make, and agencies without days of their own share
def _made(settled: tuple[tuple[Notice, _Days], ...], own: _Own) -> Calendar:
    calendar = state_calendar()
    for notice, days in settled:
        calendar = calendar.with_notice(notice, days)
    for code, days in own:
        calendar = calendar.with_days(code, days)
    return calendar
