"""Single cases a clerk can check on a wall calendar, and the sentences that explain them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.workdays import (
    CHINA,
    USUAL_HOURS,
    CalendarError,
    DayKind,
    Hours,
    SpecialDay,
    add_natural_hours,
    add_working_days,
    add_working_minutes,
    china_date,
    is_working_moment,
    next_working_moment,
    opening_after,
    previous_working_moment,
    state_calendar,
    working_days_between,
    working_minutes_between,
)

CALENDAR = state_calendar()


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-09-30T10:00", 1, "2026-10-08T17:30"),
        ("2026-09-30T10:00", 3, "2026-10-10T17:30"),  # the make-up Saturday counts
        ("2026-09-30T10:00", 4, "2026-10-12T17:30"),
        ("2026-10-03T23:59", 1, "2026-10-08T17:30"),
        ("2026-02-13T18:00", 1, "2026-02-14T17:30"),  # worked Saturday before Spring Festival
        ("2026-02-14T09:00", 1, "2026-02-24T17:30"),
        ("2018-12-28T10:00", 2, "2019-01-02T17:30"),  # 12-29 worked, 12-30 to 01-01 off
        ("2025-12-31T10:00", 2, "2026-01-05T17:30"),  # 01-04 is a worked Sunday
        ("2026-11-20T23:30", 1, "2026-11-23T17:30"),
        ("2026-11-23T00:00", 1, "2026-11-24T17:30"),
    ],
)
def test_working_days_end_at_the_last_minute_of_the_last_day(start: str, days: int, due: str) -> None:
    answer = add_working_days(CALENDAR, USUAL_HOURS, china(start), days)
    assert answer.due_at == china(due)
    assert answer.due_at.tzinfo is UTC
    assert not answer.provisional


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23T09:00", 180, "2026-11-23T12:00"),  # the end of a period, not the start of the next
        ("2026-11-23T09:00", 181, "2026-11-23T13:31"),
        ("2026-11-23T12:00", 1, "2026-11-23T13:31"),
        ("2026-11-23T12:30", 0, "2026-11-23T13:30"),
        ("2026-11-23T10:00", 0, "2026-11-23T10:00"),
        ("2026-11-23T17:30", 0, "2026-11-24T09:00"),
        ("2026-11-23T17:29", 2, "2026-11-24T09:01"),
        ("2026-09-30T17:00", 60, "2026-10-08T09:30"),
        ("2026-10-09T17:00", 60, "2026-10-10T09:30"),
        ("2026-10-10T17:00", 60, "2026-10-12T09:30"),
    ],
)
def test_working_minutes_pass_inside_periods_only(start: str, minutes: int, due: str) -> None:
    assert add_working_minutes(CALENDAR, USUAL_HOURS, china(start), minutes).due_at == china(due)


def test_natural_hours_pass_day_and_night() -> None:
    due = add_natural_hours(CALENDAR, USUAL_HOURS, china("2026-12-31T20:00"), 72)
    assert due.due_at == china("2027-01-03T20:00")
    assert not due.provisional  # no calendar was asked


def test_the_same_moment_in_another_zone_is_due_at_the_same_time() -> None:
    in_china = add_working_minutes(CALENDAR, USUAL_HOURS, china("2026-11-23T09:30"), 60)
    in_utc = add_working_minutes(CALENDAR, USUAL_HOURS, datetime(2026, 11, 23, 1, 30, tzinfo=UTC), 60)
    assert in_china.due_at == in_utc.due_at
    assert china_date(datetime(2026, 11, 22, 16, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_deadline_that_runs_into_2027_says_provisional_and_why() -> None:
    due = add_working_days(CALENDAR, USUAL_HOURS, china("2026-12-30T10:00"), 3)
    assert due.due_at == china("2027-01-05T17:30")
    assert due.provisional
    assert "元旦 2027-01-01 休息" in due.explanation
    assert any("2027 年放假安排尚未公布" in sentence for sentence in due.explanation)
    assert due.explanation[-1] == "故于 2027-01-05 周二 17:30 到期（暂定）"
    assert not add_working_days(CALENDAR, USUAL_HOURS, china("2026-12-30T10:00"), 1).provisional
    assert add_working_minutes(CALENDAR, USUAL_HOURS, china("2026-12-31T17:00"), 31).provisional
    assert not add_working_minutes(CALENDAR, USUAL_HOURS, china("2026-12-31T17:00"), 30).provisional


def test_national_day_2026_is_explained_as_a_clerk_would() -> None:
    assert add_working_days(CALENDAR, USUAL_HOURS, china("2026-09-30T10:00"), 4).explanation == (
        "自 2026-09-30 周三 10:00 起，次日起计 4 个工作日",
        "国庆节 10-01 至 10-07 休息",
        "10-10 周六调休上班",
        "其间另有周末休息 1 天",
        "故于 2026-10-12 周一 17:30 到期",
    )


def test_a_start_outside_working_time_is_explained() -> None:
    assert add_working_minutes(CALENDAR, USUAL_HOURS, china("2026-10-03T08:00"), 90).explanation == (
        "自 2026-10-03 周六 08:00 起，计 1 小时 30 分钟工作时间（09:00-12:00,13:30-17:30）",
        "起点不在工作时间内，自 2026-10-08 周四 09:00 起计",
        "国庆节 10-01 至 10-07 休息",
        "故于 2026-10-08 周四 10:30 到期",
    )


def test_natural_hours_are_explained_without_a_calendar() -> None:
    assert add_natural_hours(CALENDAR, USUAL_HOURS, china("2026-10-01T08:00:05"), 48).explanation == (
        "自 2026-10-01 周四 08:00:05 起，计 48 自然小时，昼夜、周末和节假日照计",
        "故于 2026-10-03 周六 08:00:05 到期",
    )


def test_a_closed_single_day_is_named_with_its_date() -> None:
    own = CALENDAR.with_days("A", [SpecialDay(date(2026, 11, 24), DayKind.CLOSED, "搬迁")])
    assert "搬迁 11-24 休息" in add_working_days(own, USUAL_HOURS, china("2026-11-23T10:00"), 1).explanation


@given(st.integers(0, 60 * 24 * 700), st.integers(1, 60), st.sampled_from(["wd", "wm", "nh"]))
def test_every_explanation_names_start_and_end(offset: int, length: int, unit: str) -> None:
    add = {"wd": add_working_days, "wm": add_working_minutes, "nh": add_natural_hours}[unit]
    start = china("2025-06-01T00:00") + timedelta(minutes=offset)
    due = add(CALENDAR, USUAL_HOURS, start, length)
    local = due.due_at.astimezone(CHINA)
    assert due.explanation[0].startswith(f"自 {start:%Y-%m-%d} 周")
    assert f"{local:%Y-%m-%d} 周" in due.explanation[-1]
    assert f"{local:%H:%M}" in due.explanation[-1]
    assert due.provisional == any("尚未公布" in sentence for sentence in due.explanation)


def test_working_moments_have_neighbours() -> None:
    assert is_working_moment(CALENDAR, USUAL_HOURS, china("2026-10-10T09:00"))
    assert not is_working_moment(CALENDAR, USUAL_HOURS, china("2026-10-10T12:00"))
    assert not is_working_moment(CALENDAR, USUAL_HOURS, china("2026-10-11T10:00"))
    assert next_working_moment(CALENDAR, USUAL_HOURS, china("2026-10-01T00:00")) == china("2026-10-08T09:00")
    assert previous_working_moment(CALENDAR, USUAL_HOURS, china("2026-10-05T00:00")) == china("2026-09-30T17:29")
    assert opening_after(CALENDAR, USUAL_HOURS, china("2026-09-30T17:30"), 2) == china("2026-10-09T09:00")
    assert opening_after(CALENDAR, Hours.parse("10:00-24:00"), china("2026-11-23T10:00"), 1) == china(
        "2026-11-24T10:00"
    )


def test_a_friday_kept_short_shortens_no_make_up_saturday() -> None:
    hours = Hours.parse("周一至周四 09:00-12:00,13:30-17:30; 周五 09:00-12:00")
    assert add_working_days(CALENDAR, hours, china("2026-10-08T10:00"), 1).due_at == china("2026-10-09T12:00")
    assert add_working_days(CALENDAR, hours, china("2026-10-08T10:00"), 2).due_at == china("2026-10-10T17:30")


def test_differences_have_a_sign() -> None:
    a, b = china("2026-10-09T17:29"), china("2026-10-10T09:02")
    assert working_minutes_between(CALENDAR, USUAL_HOURS, a, b) == 3
    assert working_minutes_between(CALENDAR, USUAL_HOURS, b, a) == -3
    assert working_minutes_between(CALENDAR, USUAL_HOURS, a, a + timedelta(seconds=59)) == 0
    assert working_days_between(CALENDAR, a, b) == 1
    assert working_days_between(CALENDAR, b, a) == -1


def test_what_cannot_be_reckoned_is_refused() -> None:
    now = china("2026-11-23T10:00")
    refusals: list[tuple[Callable[[], object], str]] = [
        (lambda: add_working_days(CALENDAR, USUAL_HOURS, now, 0), "1 or more"),
        (lambda: add_working_minutes(CALENDAR, USUAL_HOURS, now, -1), "negative"),
        (lambda: add_natural_hours(CALENDAR, USUAL_HOURS, now, -1), "negative"),
        (lambda: add_working_days(CALENDAR, USUAL_HOURS, now, 10**6), "after 2060-12-31"),
        (lambda: add_working_minutes(CALENDAR, USUAL_HOURS, now, 10**9), "after 2060-12-31"),
        (lambda: add_natural_hours(CALENDAR, USUAL_HOURS, now, 10**6), "after 2060-12-31"),
        (lambda: next_working_moment(CALENDAR, USUAL_HOURS, china("2060-12-31T23:00")), "after 2060-12-31"),
        (lambda: previous_working_moment(CALENDAR, USUAL_HOURS, china("1992-01-01T00:00")), "no working time"),
        (lambda: add_working_days(CALENDAR, USUAL_HOURS, datetime(2026, 1, 1), 1), "UTC offset"),
        (lambda: add_working_days(CALENDAR, USUAL_HOURS, china("2061-01-01T00:00"), 1), "outside"),
        (lambda: add_working_days(CALENDAR, USUAL_HOURS, china("1991-12-31T23:59"), 1), "outside"),
    ]
    for refused, part in refusals:
        with pytest.raises(CalendarError, match=part):
            refused()


def test_seconds_beside_an_opening_or_a_closing_count_for_what_they_are() -> None:
    early = china("2026-11-23T08:59:59")
    assert add_working_minutes(CALENDAR, USUAL_HOURS, early, 1).due_at == china("2026-11-23T09:01:00")
    assert add_working_minutes(CALENDAR, USUAL_HOURS, china("2026-11-23T11:59:59"), 1).due_at == china(
        "2026-11-23T13:30:59"
    )
    at = china("2026-11-23T10:00:00")
    assert working_minutes_between(CALENDAR, USUAL_HOURS, at + timedelta(seconds=90), at) == -1


def test_a_day_that_closes_at_midnight_belongs_to_its_own_date() -> None:
    until_midnight = Hours.parse("09:00-24:00")
    eve = add_working_minutes(CALENDAR, until_midnight, china("2026-12-31T23:00"), 60)
    assert eve.due_at == china("2027-01-01T00:00")
    assert not eve.provisional
    before_holiday = add_working_minutes(CALENDAR, until_midnight, china("2026-09-30T22:00"), 120)
    assert not any("国庆节" in sentence for sentence in before_holiday.explanation)


def test_days_counted_from_the_morrow_leave_the_start_day_unexplained() -> None:
    sentences = add_working_days(CALENDAR, USUAL_HOURS, china("2026-10-10T10:00"), 1).explanation
    assert not any("调休" in sentence for sentence in sentences)
