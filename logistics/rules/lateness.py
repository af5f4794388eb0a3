"""How a clock stands now, in the owner's own working time: the one place that decides late, today, soon, paused.

Every page, list and file that says how late something is, or how long is left, asks here, so that none disagrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from logistics.rules.deadlines import days_late
from logistics.rules.policies import Unit
from logistics.rules.workdays import (
    CHINA,
    Calendar,
    Hours,
    add_working_days,
    china_date,
    working_days_between,
    working_minutes_between,
)


class Clock(Protocol):
    """What is read of a deadline's row."""

    @property
    def due_at(self) -> datetime: ...
    @property
    def met_at(self) -> datetime | None: ...
    @property
    def waived_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...


class Standing(StrEnum):
    """How a clock stands."""

    LATE = "late"
    TODAY = "today"  # due later on this date
    SOON = "soon"  # due by the end of the next working day
    AHEAD = "ahead"
    PAUSED = "paused"  # stands still: neither late nor at risk
    MET = "met"
    MET_LATE = "met_late"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock stands, and by how much: `days` working days late or left, else `minutes`.

    `natural`: the minutes are counted day and night, as the leg's own length is; else they are working minutes.
    """

    standing: Standing
    days: int = 0
    minutes: int = 0
    natural: bool = False


def read(clock: Clock, unit: str, calendar: Calendar, hours: Hours, now: datetime) -> Reading:
    """How the clock stands at `now`, by the calendar and hours of the agency that owns it.

    On the due moment itself it is in time. `unit` is the policy's (`wd`, `wh`, `nh`).
    """
    natural = unit == Unit.NATURAL_HOURS
    if clock.waived_at is not None:
        return Reading(Standing.WAIVED)
    ended = clock.met_at or clock.paused_at or now
    if ended > clock.due_at and clock.paused_at is None:
        standing = Standing.LATE if clock.met_at is None else Standing.MET_LATE
        days = days_late(calendar, clock.due_at, clock.met_at, now)
        return Reading(standing, days, _minutes(clock.due_at, ended, calendar, hours, natural), natural)
    if clock.met_at is not None:
        return Reading(Standing.MET)
    minutes = _minutes(min(ended, clock.due_at), clock.due_at, calendar, hours, natural)
    days = working_days_between(calendar, min(ended, clock.due_at), clock.due_at)
    if clock.paused_at is not None:
        return Reading(Standing.PAUSED, days, minutes, natural)
    return Reading(_ahead(clock.due_at, calendar, hours, now), days, minutes, natural)


def end_of_today(now: datetime) -> datetime:
    """The midnight that ends this date in China."""
    return datetime.combine(china_date(now) + timedelta(days=1), time(), CHINA)


def end_of_next_workday(calendar: Calendar, hours: Hours, now: datetime) -> datetime:
    """When work closes on the next working day: what is due by then is near."""
    return add_working_days(calendar, hours, now, 1).due_at


def _ahead(due_at: datetime, calendar: Calendar, hours: Hours, now: datetime) -> Standing:
    if due_at < end_of_today(now):
        return Standing.TODAY
    return Standing.SOON if due_at <= end_of_next_workday(calendar, hours, now) else Standing.AHEAD


def _minutes(since: datetime, until: datetime, calendar: Calendar, hours: Hours, natural: bool) -> int:
    if natural:
        return int((until - since).total_seconds()) // 60
    return working_minutes_between(calendar, hours, since, until)
