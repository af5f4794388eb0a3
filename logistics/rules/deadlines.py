"""Deadlines: one clock a leg, planned from a policy, and which of its reminders fire now.

A deadline is planned from its policy, a calendar, opening hours and the start; the plan is stored with all of these, so
a later change of any of them never moves it silently. Which rungs fire is a function of the plan, the names already
fired and the time: restarts, several schedulers and clocks set back cannot fire one twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from logistics.errors import Rejected
from logistics.rules.pausing import (
    NONE,
    Relief,
    Spans,
    due_after,
    explained,
    minutes_after,
    natural_after,
    natural_between,
    spans,
    working_between,
)
from logistics.rules.policies import (
    DEFAULT_LADDER,
    DEFAULT_POLICIES,
    LEG_NAMES,
    Audience,
    Leg,
    Policy,
    Rung,
    RungKind,
    Unit,
)
from logistics.rules.workdays import (
    CHINA,
    FIRST_DAY,
    LAST_DAY,
    Calendar,
    CalendarError,
    Due,
    Hours,
    add_working_days,
    next_working_moment,
    opening_after,
    previous_working_moment,
    working_days_between,
)

__all__ = [
    "DEFAULT_LADDER",
    "DEFAULT_POLICIES",
    "LEG_NAMES",
    "Audience",
    "Leg",
    "Plan",
    "PlannedRung",
    "Policy",
    "Rung",
    "RungKind",
    "Unit",
    "days_late",
    "is_late",
    "next_moment",
    "next_rung",
    "plan",
    "plan_promised",
]


@dataclass(frozen=True, slots=True)
class PlannedRung:
    """A rung with its moment (UTC)."""

    name: str
    fires_at: datetime
    audience: Audience
    kind: RungKind
    channels: tuple[str, ...] = ()
    at_any_hour: bool = False
    unless_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One leg's clock: due when (UTC), on which calendar's word, why, and its rungs in the order they fire."""

    due_at: datetime
    provisional: bool
    explanation: tuple[str, ...]
    calendar_version: str
    rungs: tuple[PlannedRung, ...]


def plan(policy: Policy, calendar: Calendar, hours: Hours, started_at: datetime, relief: Relief = NONE) -> Plan:
    """The clock of a leg that started at this aware moment, by the calendar and hours of the agency that owns the leg.

    Every rung fires inside working time, the due rung at the due moment itself (natural hours may end at night). A
    warning that finds no working time between start and due is left out. `relief`: the pauses that are over and the
    extensions; a warning's share is of the time that counts.
    """
    due = due_after(policy.unit, policy.length, calendar, hours, started_at, relief)
    planned = _planned(policy, calendar, hours, started_at, due, relief)
    words = explained(relief, policy.unit, due.due_at)
    return replace(planned, explanation=(*planned.explanation[:-1], *words, planned.explanation[-1]))


def plan_promised(policy: Policy, calendar: Calendar, hours: Hours, started_at: datetime, promised: date) -> Plan:
    """The clock of a leg whose end was promised as a date: due when that day's work closes.

    A promised day off moves to the close of the next working day (Civil Code art. 203). Raises Rejected when the
    promise would end before the leg started.
    """
    if not FIRST_DAY < promised <= LAST_DAY:
        raise CalendarError(f"承诺日期 {promised} 超出日历范围", f"promised date {promised} is outside the calendar")
    eve = datetime.combine(promised - timedelta(days=1), time(12), CHINA)
    due = add_working_days(calendar, hours, eve, 1)
    if due.due_at <= started_at:
        zh = f"承诺日期 {promised} 早于环节开始时刻，请核对承诺日期"
        raise Rejected(zh, f"promised date {promised} lies before the leg's start", "deadline_before_start")
    return _planned(policy, calendar, hours, started_at, due)


def next_rung(rungs: Iterable[PlannedRung], fired: frozenset[str], now: datetime) -> tuple[PlannedRung, ...]:
    """The rungs whose moment has come and that have not fired, oldest first; empty when nothing is due."""
    return tuple(rung for rung in _in_order(rungs) if rung.name not in fired and rung.fires_at <= now)


def next_moment(rungs: Iterable[PlannedRung], fired: frozenset[str]) -> datetime | None:
    """When this deadline must be looked at again: the earliest rung that has not fired, or None after the last."""
    return min((rung.fires_at for rung in rungs if rung.name not in fired), default=None)


def is_late(due_at: datetime, met_at: datetime | None, now: datetime) -> bool:
    """Whether the deadline was met, or still stands open, after its due moment. On the moment is in time."""
    return (met_at or now) > due_at


def days_late(calendar: Calendar, due_at: datetime, met_at: datetime | None, now: datetime) -> int:
    """Working days begun since the due date, up to the day it was met or today; 0 while in time.

    0 with is_late true means late by less than a working day.
    """
    end = met_at or now
    return working_days_between(calendar, due_at, end) if end > due_at else 0


def _planned(
    policy: Policy, calendar: Calendar, hours: Hours, started_at: datetime, due: Due, relief: Relief = NONE
) -> Plan:
    still = spans(relief.pauses)
    rungs = []
    for rung in policy.rungs:
        fires_at = _fires_at(rung, policy.unit, calendar, hours, started_at, due.due_at, still)
        if fires_at is not None:
            how = rung.channels, rung.at_any_hour, rung.unless_acknowledged
            rungs.append(PlannedRung(rung.name, fires_at, rung.audience, rung.kind, *how))
    return Plan(due.due_at, due.provisional, due.explanation, calendar.version, _in_order(rungs))


def _fires_at(
    rung: Rung,
    unit: Unit,
    calendar: Calendar,
    hours: Hours,
    started_at: datetime,
    due_at: datetime,
    still: Spans,
) -> datetime | None:
    if rung.days_after is not None:
        return opening_after(calendar, hours, due_at, rung.days_after)
    assert rung.share is not None  # a rung has one of the two
    if rung.share == 100:
        return due_at
    if unit is Unit.NATURAL_HOURS:
        reached = natural_after(started_at, natural_between(started_at, due_at, still) * rung.share / 100, still)
    else:
        allowed = working_between(calendar, hours, started_at, due_at, still)
        reached = minutes_after(calendar, hours, started_at, allowed * rung.share // 100, still).due_at
    return _warned_at(calendar, hours, reached, started_at, due_at)


def _warned_at(
    calendar: Calendar, hours: Hours, reached: datetime, started_at: datetime, due_at: datetime
) -> datetime | None:
    """The next working moment from here; if that is too late to warn, the last working minute before; else none."""
    fires_at = next_working_moment(calendar, hours, reached)
    if fires_at >= due_at:
        fires_at = previous_working_moment(calendar, hours, reached)
    return fires_at if started_at <= fires_at < due_at else None


def _in_order(rungs: Iterable[PlannedRung]) -> tuple[PlannedRung, ...]:
    # sorted() is stable: rungs of one moment keep the ladder's order
    return tuple(sorted(rungs, key=lambda rung: rung.fires_at))
