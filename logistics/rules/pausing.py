"""Clocks that stood still (暂停) or were given more time (延期): what that does to the moment a leg ends. Pure.

Time under a pause is not counted (as Administrative Licensing Law art. 45 has it for hearings, tests and experts'
reviews). Pauses are cut to whole minutes and taken together as one set of moments, so that it does not matter in how
many pieces they were asked for. Natural hours run on with what was left; so do working hours, in working minutes. Of
working days, what was paused is measured as a share of each day's own working time; the sum, rounded up to whole days,
is added: the least that leaves nobody with less than they had, for a leg of days ends when a day's work ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import cast

from logistics.decision import Json
from logistics.rules.chain import stamp
from logistics.rules.policies import Unit
from logistics.rules.workdays import (
    CHINA,
    Calendar,
    Due,
    Hours,
    add_natural_hours,
    add_working_days,
    add_working_minutes,
    working_minutes_between,
)

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
Spans = tuple[tuple[datetime, datetime], ...]
"""Times that share no moment, in order, each [from, until) in whole minutes."""


class PauseReason(StrEnum):
    """Why a clock may stand still, or be given more time."""

    FORCE_MAJEURE = "force_majeure"
    APPLICANT = "applicant"
    EXAMINATION = "examination"
    COURIER = "courier_suspension"
    OTHER = "other"


REASON_NAMES: Mapping[PauseReason, str] = {
    PauseReason.FORCE_MAJEURE: "不可抗力",
    PauseReason.APPLICANT: "申请人原因",
    PauseReason.EXAMINATION: "专家评审、检验检测或鉴定",
    PauseReason.COURIER: "快递停运",
    PauseReason.OTHER: "其他原因",
}

UNIT_NAMES: Mapping[Unit, str] = {
    Unit.WORKING_DAYS: "个工作日",
    Unit.WORKING_HOURS: "个工作小时",
    Unit.NATURAL_HOURS: "小时",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A pause that is over: the clock stood still in [from_at, until_at)."""

    from_at: datetime
    until_at: datetime
    reason: PauseReason = PauseReason.OTHER


@dataclass(frozen=True, slots=True)
class Relief:
    """All that is not counted, and all that was added, in the unit of the leg's own length."""

    pauses: tuple[Stretch, ...] = ()
    extensions: tuple[int, ...] = ()


NONE = Relief()


def spans(pauses: Iterable[Stretch]) -> Spans:
    """The pauses as one set of moments; one that lasted no whole minute is none."""
    cut = sorted((_cut(one.from_at), _cut(one.until_at)) for one in pauses)
    merged: list[tuple[datetime, datetime]] = []
    for begins, ends in cut:
        if ends <= begins:
            continue
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return tuple(merged)


def _cut(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def due_after(
    unit: Unit, length: int, calendar: Calendar, hours: Hours, started_at: datetime, relief: Relief = NONE
) -> Due:
    """When a leg of that length ends; its explanation tells of the start and the length without any relief."""
    still = spans(relief.pauses)
    whole = length + sum(relief.extensions)
    match unit:
        case Unit.WORKING_DAYS:
            return _days(calendar, hours, started_at, whole, still)._replace(length=length)
        case Unit.WORKING_HOURS:
            due = minutes_after(calendar, hours, started_at, whole * 60, still)
            return due._replace(start=started_at, length=length * 60)
        case Unit.NATURAL_HOURS:
            due = add_natural_hours(calendar, hours, started_at, length)
            return due._replace(due_at=natural_after(started_at, timedelta(hours=whole), still))


def minutes_after(calendar: Calendar, hours: Hours, start: datetime, minutes: int, still: Spans = ()) -> Due:
    """When so many working minutes outside the spans have passed. A start inside one counts from its end."""
    start, later = _begun(start, still)
    due = add_working_minutes(calendar, hours, start, minutes)
    for begins, ends in later:
        if begins >= due.due_at:
            break
        minutes += working_minutes_between(calendar, hours, begins, ends)
        due = add_working_minutes(calendar, hours, start, minutes)
    return due


def natural_after(start: datetime, length: timedelta, still: Spans = ()) -> datetime:
    """When so much time outside the spans has passed, by day and night."""
    start, later = _begun(start, still)
    due = start.astimezone(UTC).replace(microsecond=0) + length
    for begins, ends in later:
        if begins >= due:
            break
        due += ends - begins
    return due


def working_between(calendar: Calendar, hours: Hours, start: datetime, end: datetime, still: Spans = ()) -> int:
    """Whole working minutes from start to end that lie outside the spans."""
    start, later = _begun(start, still)
    paused = sum(
        working_minutes_between(calendar, hours, begins, min(ends, end)) for begins, ends in later if begins < end
    )
    return max(0, working_minutes_between(calendar, hours, start, end) - paused)


def natural_between(start: datetime, end: datetime, still: Spans = ()) -> timedelta:
    """The time from start to end that lies outside the spans."""
    start, later = _begun(start, still)
    paused = sum((min(ends, end) - begins for begins, ends in later if begins < end), timedelta())
    return max(timedelta(), end - start - paused)


def _begun(start: datetime, still: Spans) -> tuple[datetime, Spans]:
    """Where counting begins, and the spans after that."""
    for begins, ends in still:
        if begins <= start < ends:
            start = ends
    return start, tuple(one for one in still if one[0] >= start)


def _days(calendar: Calendar, hours: Hours, start: datetime, days: int, still: Spans) -> Due:
    """The least number of whole days more that leaves `days` days' worth of working time outside the spans."""
    due = add_working_days(calendar, hours, start, days)
    more = 0
    while (paused := ceil(paused_days(calendar, hours, start, due.due_at, still))) > more:
        more = paused
        due = add_working_days(calendar, hours, start, days + more)
    return due


def paused_days(calendar: Calendar, hours: Hours, start: datetime, until: datetime, still: Spans) -> Fraction:
    """How many working days' worth of time the spans took of the days after the start's own, up to `until`."""
    first = _midnight(start) + _DAY
    return sum((_share(calendar, hours, max(begins, first), min(ends, until)) for begins, ends in still), Fraction())


def _share(calendar: Calendar, hours: Hours, begins: datetime, ends: datetime) -> Fraction:
    """A span in working days: of each day it touches, the part of that day's working minutes."""
    found, day = Fraction(), _midnight(begins)
    while day < ends:
        worked = working_minutes_between(calendar, hours, day, day + _DAY)
        if worked:
            paused = working_minutes_between(calendar, hours, max(day, begins), min(day + _DAY, ends))
            found += Fraction(paused, worked)
        day += _DAY
    return found


def _midnight(at: datetime) -> datetime:
    return at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


def explained(relief: Relief, unit: Unit, due_at: datetime) -> tuple[str, ...]:
    """What was not counted and what was added, as Chinese sentences; a pause after the end needs no word."""
    lines = [
        f"{_spoken(one.from_at)} 至 {_spoken(one.until_at)} 暂停（{REASON_NAMES[one.reason]}），不计"
        for one in sorted(relief.pauses, key=lambda one: one.from_at)
        if _cut(one.from_at) < _cut(one.until_at) and one.from_at < due_at
    ]
    if relief.pauses and unit is Unit.WORKING_DAYS and lines:
        lines.append("暂停占去的工作时间按各日作息折成工作日，不足一日的按一日顺延")
    return (*lines, *(f"经批准延长 {amount} {UNIT_NAMES[unit]}" for amount in relief.extensions))


def _spoken(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def relief_of(frozen: Mapping[str, Json]) -> Relief:
    """What stands of it beside a deadline."""
    pauses = cast("Sequence[Mapping[str, str]]", frozen.get("pauses") or ())
    extensions = cast("Sequence[int]", frozen.get("extensions") or ())
    return Relief(
        tuple(Stretch(_instant(one["from"]), _instant(one["until"]), PauseReason(one["reason"])) for one in pauses),
        tuple(extensions),
    )


def plain_pause(one: Stretch) -> dict[str, Json]:
    """A pause as it stands beside a deadline."""
    return {"from": stamp(one.from_at), "until": stamp(one.until_at), "reason": one.reason.value}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
