"""Working time agrees with a clock that walks every minute, 2004-2026, five kinds of hours, two with seasons."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.rules.workdays import (
    CHINA,
    Hours,
    add_working_days,
    add_working_minutes,
    is_working_moment,
    next_working_moment,
    previous_working_moment,
    state_calendar,
    working_days_between,
    working_minutes_between,
)
from tests.rules.slow_clock import SlowClock

TWO_PERIODS = [("09:00", "12:00"), ("13:30", "17:30")]
SHORT_FRIDAY = [[("08:30", "12:00"), ("14:30", "18:00")]] * 4 + [[("08:30", "12:00")]]
CLOCKS = {
    "09:00-12:00,13:30-17:30": ([TWO_PERIODS] * 5, None),
    "周一至周四 08:30-12:00,14:30-18:00; 周五 08:30-12:00": (SHORT_FRIDAY, None),
    "00:00-00:01,06:00-06:07,23:30-24:00": ([[("00:00", "00:01"), ("06:00", "06:07"), ("23:30", "24:00")]] * 5, None),
    "09:00-12:00,13:30-17:30 | 06-01至09-30 09:00-12:00,15:00-18:30": (
        [TWO_PERIODS] * 5,
        ("06-01", "09-30", [[("09:00", "12:00"), ("15:00", "18:30")]] * 5),
    ),
    "周一至周四 08:30-12:00,14:30-18:00; 周五 08:30-12:00 | 10-05到03-01 10:00-16:00": (
        SHORT_FRIDAY,
        ("10-05", "03-01", [[("10:00", "16:00")]] * 5),
    ),
}
CASES = 700  # three properties: over two thousand cases a run


@cache
def slow_clock(hours_text: str) -> SlowClock:
    return SlowClock(*CLOCKS[hours_text])


hours_texts = st.sampled_from(sorted(CLOCKS))
minutes_of_record = st.integers(0, 60 * 24 * 365 * 22)
starts = minutes_of_record.map(lambda minutes: datetime(2004, 1, 3, tzinfo=CHINA) + timedelta(minutes=minutes))
# half the starts lie near the long holidays and year ends, where errors live
edges = st.builds(
    lambda year, day, minutes: datetime(year, day[0], day[1], tzinfo=CHINA) + timedelta(minutes=minutes),
    st.integers(2004, 2025),
    st.sampled_from([(1, 20), (2, 10), (2, 27), (4, 3), (4, 29), (5, 28), (9, 28), (10, 3), (10, 9), (12, 28)]),
    st.integers(0, 60 * 24 * 9),
)


@settings(max_examples=CASES, deadline=None)
@given(hours_texts, starts | edges, st.integers(0, 2_500))
def test_adding_working_minutes_agrees_with_walking(text: str, start: datetime, minutes: int) -> None:
    calendar, hours = state_calendar(), Hours.parse(text)
    due = add_working_minutes(calendar, hours, start, minutes)
    assert due.due_at == slow_clock(text).add_minutes(start, minutes)
    assert not due.provisional
    assert working_minutes_between(calendar, hours, start, due.due_at) == minutes
    assert working_minutes_between(calendar, hours, due.due_at, start) == -minutes


@settings(max_examples=CASES, deadline=None)
@given(hours_texts, starts | edges, st.integers(1, 40))
def test_adding_working_days_agrees_with_walking(text: str, start: datetime, days: int) -> None:
    calendar, hours = state_calendar(), Hours.parse(text)
    due = add_working_days(calendar, hours, start, days).due_at
    assert due == slow_clock(text).add_days(start, days)
    last_moment = due - timedelta(minutes=1)
    assert is_working_moment(calendar, hours, last_moment)
    assert working_days_between(calendar, start, last_moment) == days


@settings(max_examples=CASES, deadline=None)
@given(hours_texts, starts | edges, st.integers(0, 60 * 24 * 40))
def test_differences_and_neighbours_agree_with_walking(text: str, a: datetime, gap: int) -> None:
    calendar, hours, slow = state_calendar(), Hours.parse(text), slow_clock(text)
    b = a + timedelta(minutes=gap)
    assert working_minutes_between(calendar, hours, a, b) == slow.minutes_between(a, b)
    assert working_days_between(calendar, a, b) == slow.days_between(a, b)
    assert working_days_between(calendar, b, a) == -slow.days_between(a, b)
    following = next_working_moment(calendar, hours, b)
    assert following == slow.next_moment(b)
    before = previous_working_moment(calendar, hours, following + timedelta(minutes=1))
    assert before == following


@settings(max_examples=200, deadline=None)
@given(starts, st.integers(1, 3 * 3600), st.integers(0, 59))
def test_seconds_are_kept(start: datetime, minutes: int, seconds: int) -> None:
    calendar, hours = state_calendar(), Hours.parse("09:00-12:00,13:30-17:30")
    begun = next_working_moment(calendar, hours, start).replace(second=seconds)
    due = add_working_minutes(calendar, hours, begun, minutes).due_at
    whole = add_working_minutes(calendar, hours, begun.replace(second=0), minutes).due_at
    assert whole <= due
    assert working_minutes_between(calendar, hours, begun, due) == minutes


@settings(max_examples=200, deadline=None)
@given(hours_texts, edges.map(lambda start: start + timedelta(days=30)))
def test_the_previous_working_minute_is_the_last_one_walked_past(text: str, at: datetime) -> None:
    before = previous_working_moment(state_calendar(), Hours.parse(text), at)
    assert before < at
    assert slow_clock(text).minutes_between(before, at) == 1
    assert is_working_moment(state_calendar(), Hours.parse(text), before)
