"""How a clock stands: late, today, soon, paused, by the owner's working time; one answer for every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.deadlines import days_late, is_late
from logistics.rules.lateness import Reading, Standing, end_of_next_workday, end_of_today, read
from logistics.rules.workdays import CHINA, USUAL_HOURS, DayKind, SpecialDay, state_calendar

CALENDAR = state_calendar()
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@dataclass(frozen=True)
class Clock:
    """What is read of a row."""

    due_at: datetime
    met_at: datetime | None = None
    waived_at: datetime | None = None
    paused_at: datetime | None = None


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def at(now: str, due: str, unit: str = "wd", **more: datetime) -> Reading:
    return read(Clock(china(due), **more), unit, CALENDAR, USUAL_HOURS, china(now))


def test_what_is_due_this_afternoon_says_the_working_time_left() -> None:
    assert at("2026-11-20T15:30", "2026-11-20T17:30") == Reading(Standing.TODAY, 0, 120)


def test_the_midday_break_is_no_time_left() -> None:
    assert at("2026-11-20T11:00", "2026-11-20T14:30").minutes == 120


def test_a_weekend_between_leaves_one_working_day() -> None:
    friday = at("2026-11-20T15:30", "2026-11-23T17:30")
    assert (friday.standing, friday.days) == (Standing.SOON, 1)


def test_over_national_day_nobody_is_later_than_the_working_days_that_passed() -> None:
    """Due on 30 September, seen on the make-up Saturday 10 October: 8, 9 and 10 October are working days."""
    late = at("2026-10-10T10:00", "2026-09-30T17:30")
    assert (late.standing, late.days) == (Standing.LATE, 3)
    assert at("2026-10-06T10:00", "2026-09-30T17:30").days == 0


def test_a_courier_clock_counts_day_and_night() -> None:
    night = at("2026-11-21T03:00", "2026-11-21T00:30", unit="nh")
    assert night == Reading(Standing.LATE, 0, 150, natural=True)


def test_on_the_due_moment_it_is_in_time() -> None:
    assert at("2026-11-20T17:30", "2026-11-20T17:30").standing is Standing.TODAY


def test_a_paused_clock_is_never_late_and_its_time_stands_still() -> None:
    paused = at("2026-12-20T10:00", "2026-11-20T17:30", paused_at=china("2026-11-20T15:30"))
    assert paused == Reading(Standing.PAUSED, 0, 120)


def test_met_and_waived_clocks_are_over() -> None:
    assert at("2026-11-23T10:00", "2026-11-20T17:30", met_at=china("2026-11-20T12:00")).standing is Standing.MET
    late = at("2026-11-25T10:00", "2026-11-20T17:30", met_at=china("2026-11-24T12:00"))
    assert (late.standing, late.days) == (Standing.MET_LATE, 2)
    assert at("2026-11-25T10:00", "2026-11-20T17:30", waived_at=china("2026-11-24T12:00")).standing is Standing.WAIVED


def test_the_owners_own_closure_is_no_day_late() -> None:
    closed = CALENDAR.with_days("CN-X", [SpecialDay(date(2026, 11, 23), DayKind.CLOSED, "系统切换")])
    due, now = Clock(china("2026-11-20T17:30")), china("2026-11-24T10:00")
    assert read(due, "wd", CALENDAR, USUAL_HOURS, now).days == 2
    assert read(due, "wd", closed, USUAL_HOURS, now).days == 1


@given(MOMENTS, MOMENTS, st.sampled_from(["wd", "wh", "nh"]))
def test_late_here_is_late_everywhere(due: datetime, now: datetime, unit: str) -> None:
    found = read(Clock(due), unit, CALENDAR, USUAL_HOURS, now)
    assert (found.standing is Standing.LATE) == is_late(due, None, now)
    if found.standing is Standing.LATE:
        assert found.days == days_late(CALENDAR, due, None, now)
    assert found.days >= 0
    assert found.minutes >= 0


@given(MOMENTS)
def test_today_ends_before_the_next_working_day_does(now: datetime) -> None:
    assert now < end_of_today(now) <= now + timedelta(days=1)
    assert end_of_today(now) < end_of_next_workday(CALENDAR, USUAL_HOURS, now)
