"""A hundred thousand additions and differences against a table of every minute, summed by numpy instead of by us."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import numpy as np
import pytest

from logistics.rules.workdays import (
    CHINA,
    Hours,
    add_working_minutes,
    state_calendar,
    working_minutes_between,
)
from tests.rules.slow_clock import FIRST
from tests.rules.test_workdays_against_slow_clock import CLOCKS, slow_clock

CASES = 100_000
_START = datetime(FIRST.year, 1, 1, tzinfo=CHINA)


@pytest.mark.parametrize("text", sorted(CLOCKS))
def test_additions_and_differences_agree_with_every_minute_of_23_years(text: str) -> None:
    line = np.frombuffer(slow_clock(text).line, dtype=np.uint8)
    before = np.concatenate(([0], np.cumsum(line, dtype=np.int64)))
    calendar, hours, dice = state_calendar(), Hours.parse(text), random.Random(text)
    for _ in range(CASES // len(CLOCKS)):
        start = dice.randrange(len(line) - 60 * 24 * 365)
        minutes = dice.randrange(1, min(40_000, int(before[-1] - before[start])))
        reached = int(np.searchsorted(before, before[start] + minutes))
        began, ended = (_START + timedelta(minutes=minute) for minute in (start, reached))
        assert add_working_minutes(calendar, hours, began, minutes).due_at == ended
        other = dice.randrange(len(line))
        passed = int(before[other] - before[start])
        assert working_minutes_between(calendar, hours, began, _START + timedelta(minutes=other)) == passed
