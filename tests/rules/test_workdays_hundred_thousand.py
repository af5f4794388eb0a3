"""A hundred thousand additions and differences against a table of every minute, summed by numpy instead of by us.

Half of them over the state's days alone, half where a region and an agency have days of their own; a fifth of all
starts lie beside a new year.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pytest

from logistics.rules.workdays import (
    CHINA,
    Calendar,
    DayKind,
    Hours,
    SpecialDay,
    add_working_days,
    add_working_minutes,
    state_calendar,
    working_days_between,
    working_minutes_between,
)
from tests.rules.slow_clock import DAYS, FIRST, SlowClock
from tests.rules.test_workdays_against_slow_clock import CLOCKS, slow_clock

CASES = 100_000
LONGEST = 60 * 24 * 365  # minutes between a start and the end of the table
_START = datetime(FIRST.year, 1, 1, tzinfo=CHINA)
_REGIONAL = {date(year, 4, day): None for year in range(2004, 2027) for day in (14, 15)}
"""Two days in spring, closed in every year by a region."""


def _agencys(dice: random.Random) -> dict[date, int | None]:
    """Days an agency closes and opens; among them a regional day that it works all the same."""
    own: dict[date, int | None] = {date(year, 4, 14): 2 for year in range(2006, 2027, 4)}
    for _ in range(500):
        own[FIRST + timedelta(days=dice.randrange(DAYS))] = dice.choice((None, None, None, 0, 1, 2, 3, 4))
    return own


def _special(days: Mapping[date, int | None]) -> list[SpecialDay]:
    return [_day(day, follows) for day, follows in sorted(days.items())]


def _day(day: date, follows: int | None) -> SpecialDay:
    if follows is None:
        return SpecialDay(day, DayKind.CLOSED, "停")
    return SpecialDay(day, DayKind.OPENED, "补班", follows + 1)


def _calendars(text: str, dice: random.Random) -> list[tuple[Calendar, SlowClock]]:
    own = _agencys(dice)
    layered = state_calendar().with_days("CN-450000", _special(_REGIONAL)).with_days("CN-own", _special(own))
    return [(state_calendar(), slow_clock(text)), (layered, SlowClock(*CLOCKS[text], own={**_REGIONAL, **own}))]


class Table:
    """The slow clock's minutes and days with their running sums."""

    def __init__(self, slow: SlowClock) -> None:
        line = np.frombuffer(slow.line, dtype=np.uint8)
        self.size = len(line)
        self.minutes, self.days = _sums(line), _sums(np.array(slow.works, dtype=np.uint8))
        self.closes = [1440 - int(day[::-1].argmax()) for day in line.reshape(-1, 1440)]

    def minute(self, dice: random.Random) -> int:
        """A random minute, in one of five cases within two days of a new year."""
        if dice.random() < 0.2:
            new_year = (date(dice.randrange(FIRST.year + 1, 2026), 1, 1) - FIRST).days * 1440
            return new_year + dice.randrange(-2880, 2880)
        return dice.randrange(self.size - LONGEST)


def _sums(flags: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))


def _at(minute: int) -> datetime:
    return _START + timedelta(minutes=minute)


@pytest.mark.parametrize("text", sorted(CLOCKS))
def test_additions_and_differences_agree_with_every_minute_of_23_years(text: str) -> None:
    hours, dice = Hours.parse(text), random.Random(text)
    for calendar, slow in _calendars(text, dice):
        table = Table(slow)
        for _ in range(CASES // len(CLOCKS) // 2):
            start, other = table.minute(dice), dice.randrange(table.size)
            minutes = dice.randrange(1, min(40_000, int(table.minutes[-1] - table.minutes[start])))
            reached = int(np.searchsorted(table.minutes, table.minutes[start] + minutes))
            assert add_working_minutes(calendar, hours, _at(start), minutes).due_at == _at(reached)
            passed = int(table.minutes[other] - table.minutes[start])
            assert working_minutes_between(calendar, hours, _at(start), _at(other)) == passed
            day, days = start // 1440, dice.randrange(1, 60)
            last = int(np.searchsorted(table.days, table.days[day + 1] + days)) - 1
            due = add_working_days(calendar, hours, _at(start), days).due_at
            assert due == _at(last * 1440 + table.closes[last])
            passed_days = int(table.days[other // 1440 + 1] - table.days[day + 1])
            assert working_days_between(calendar, _at(start), _at(other)) == passed_days
