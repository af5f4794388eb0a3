"""Deadlines: planned over holidays, reminded inside working time, each rung once whatever the callers do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.errors import Rejected
from logistics.rules.deadlines import (
    DEFAULT_POLICIES,
    Audience,
    Leg,
    Plan,
    Policy,
    Rung,
    RungKind,
    Unit,
    days_late,
    is_late,
    next_moment,
    next_rung,
    plan,
    plan_promised,
)
from logistics.rules.workdays import CHINA, USUAL_HOURS, CalendarError, Hours, is_working_moment, state_calendar
from logistics.terms import LaneScope

CALENDAR = state_calendar()
RECEIPT = DEFAULT_POLICIES[Leg.DELIVERED_TO_RECEIVED, LaneScope.CROSS]


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def moments(planned: Plan) -> dict[str, str]:
    return {rung.name: rung.fires_at.astimezone(CHINA).strftime("%m-%d %H:%M") for rung in planned.rungs}


starts = st.integers(0, 60 * 24 * 800).map(lambda minutes: china("2025-01-01T00:00") + timedelta(minutes=minutes))
all_hours = st.sampled_from(
    [USUAL_HOURS, Hours.parse("08:30-12:00,14:30-18:00"), Hours.parse("周一至周四 09:00-17:00; 周五 09:00-12:00")]
)
policies = st.sampled_from(list(DEFAULT_POLICIES.values())) | st.builds(
    Policy,
    st.sampled_from(Leg),
    st.sampled_from(LaneScope),
    st.integers(1, 100),
    st.sampled_from(Unit),
)


def test_receipt_over_national_day_2026_is_due_on_the_first_working_day_after() -> None:
    planned = plan(RECEIPT, CALENDAR, USUAL_HOURS, china("2026-09-30T16:00"))
    assert planned.due_at == china("2026-10-08T17:30")
    assert planned.due_at.tzinfo is UTC
    assert not planned.provisional
    assert planned.calendar_version == CALENDAR.version
    assert "国庆节 10-01 至 10-07 休息" in planned.explanation
    assert moments(planned) == {
        "warning": "10-08 15:22",  # 1.5 h on 09-30 and 7 h on 10-08: three quarters of 8.5 h
        "due": "10-08 17:30",
        "overdue": "10-09 09:00",
        "escalated": "10-10 09:00",  # the make-up Saturday
        "escalated_upper": "10-13 09:00",
    }


def test_a_warning_that_would_fall_into_the_night_waits_for_the_morning() -> None:
    policy = Policy(Leg.TRANSIT, LaneScope.CROSS, 72, Unit.NATURAL_HOURS)
    planned = plan(policy, CALENDAR, USUAL_HOURS, china("2026-11-16T18:00"))
    assert moments(planned)["warning"] == "11-19 09:00"
    assert moments(planned)["due"] == "11-19 18:00"


def test_a_warning_that_would_come_too_late_comes_in_the_last_working_minute_before() -> None:
    policy = Policy(Leg.TRANSIT, LaneScope.CITY, 24, Unit.NATURAL_HOURS)
    planned = plan(policy, CALENDAR, USUAL_HOURS, china("2026-11-20T10:00"))  # due on a Saturday morning
    assert moments(planned)["warning"] == "11-20 17:29"
    assert moments(planned)["due"] == "11-21 10:00"


def test_a_warning_with_no_working_time_before_the_due_moment_is_left_out() -> None:
    policy = Policy(Leg.TRANSIT, LaneScope.CITY, 24, Unit.NATURAL_HOURS)
    planned = plan(policy, CALENDAR, USUAL_HOURS, china("2026-11-20T18:00"))
    assert [rung.name for rung in planned.rungs] == ["due", "overdue", "escalated", "escalated_upper"]


@settings(max_examples=400, deadline=None)
@given(policies, all_hours, starts)
def test_every_reminder_but_the_due_one_lies_inside_working_time_in_the_ladders_order(
    policy: Policy, hours: Hours, start: datetime
) -> None:
    planned = plan(policy, CALENDAR, hours, start)
    assert planned.due_at > start
    for rung in planned.rungs:
        assert rung.fires_at >= start
        if rung.kind is RungKind.DUE:
            assert rung.fires_at == planned.due_at
        else:
            assert is_working_moment(CALENDAR, hours, rung.fires_at)
            assert (rung.fires_at < planned.due_at) == (rung.kind is RungKind.WARNING)
    ladder = [rung.name for rung in policy.rungs]
    assert [rung.name for rung in planned.rungs] in (ladder, ladder[1:])


@settings(max_examples=400, deadline=None)
@given(policies, starts, st.lists(st.integers(-60 * 24, 60 * 24 * 60), max_size=30), st.data())
def test_no_rung_fires_twice_or_early_for_any_pattern_of_calls(
    policy: Policy, start: datetime, visits: list[int], data: st.DataObject
) -> None:
    """Clocks run back and forth, and a scheduler that dies may have recorded only the first of what it took."""
    planned = plan(policy, CALENDAR, USUAL_HOURS, start)
    fired: list[str] = []
    for minutes in [*visits, 60 * 24 * 400]:
        now = start + timedelta(minutes=minutes)
        ready = next_rung(planned.rungs, frozenset(fired), now)
        assert all(rung.fires_at <= now for rung in ready)
        assert [rung.fires_at for rung in ready] == sorted(rung.fires_at for rung in ready)
        recorded = len(ready) if minutes == 60 * 24 * 400 else data.draw(st.integers(0, len(ready)))
        fired += [rung.name for rung in ready[:recorded]]
    assert Counter(fired) == Counter(rung.name for rung in planned.rungs)
    assert next_moment(planned.rungs, frozenset(fired)) is None


@given(starts, st.frozensets(st.sampled_from(["warning", "due", "overdue", "escalated", "escalated_upper"])))
def test_the_next_moment_is_the_first_at_which_something_is_ready(start: datetime, fired: frozenset[str]) -> None:
    rungs = plan(RECEIPT, CALENDAR, USUAL_HOURS, start).rungs
    moment = next_moment(rungs, fired)
    if moment is None:
        assert next_rung(rungs, fired, start + timedelta(days=400)) == ()
    else:
        assert next_rung(rungs, fired, moment)
        assert next_rung(rungs, fired, moment - timedelta(seconds=1)) == ()


def test_a_backlog_fires_in_order_after_an_outage() -> None:
    planned = plan(RECEIPT, CALENDAR, USUAL_HOURS, china("2026-09-30T16:00"))
    ready = next_rung(reversed(planned.rungs), frozenset({"warning"}), china("2026-11-01T00:00"))
    assert [rung.name for rung in ready] == ["due", "overdue", "escalated", "escalated_upper"]


def test_a_deadline_into_an_unsettled_year_says_so() -> None:
    planned = plan(
        DEFAULT_POLICIES[Leg.CHECKED_TO_DECISION, LaneScope.CITY], CALENDAR, USUAL_HOURS, china("2026-12-10T10:00")
    )
    assert planned.provisional
    assert any("2027 年放假安排尚未公布" in sentence for sentence in planned.explanation)


def test_a_promised_date_is_kept_and_a_promised_day_off_moves_to_the_next_working_day() -> None:
    policy = DEFAULT_POLICIES[Leg.CHECKED_TO_DECISION, LaneScope.CROSS]
    start = china("2026-09-20T10:00")
    assert plan_promised(policy, CALENDAR, USUAL_HOURS, start, date(2026, 9, 25)).due_at == china("2026-09-28T17:30")
    planned = plan_promised(policy, CALENDAR, USUAL_HOURS, start, date(2026, 10, 10))
    assert planned.due_at == china("2026-10-10T17:30")
    assert moments(planned)["overdue"] == "10-12 09:00"
    with pytest.raises(Rejected, match="before the leg's start"):
        plan_promised(policy, CALENDAR, USUAL_HOURS, start, date(2026, 9, 18))
    for impossible in (date.min, date(2061, 1, 1)):
        with pytest.raises(CalendarError, match="outside the calendar"):
            plan_promised(policy, CALENDAR, USUAL_HOURS, start, impossible)


def test_late_is_after_the_due_moment_and_counted_in_working_days() -> None:
    due = china("2026-09-30T17:30")
    assert not is_late(due, due, china("2026-12-01T00:00"))
    assert is_late(due, due + timedelta(seconds=1), due)
    assert is_late(due, None, china("2026-10-01T09:00"))
    assert not is_late(due, None, due)
    assert days_late(CALENDAR, due, None, china("2026-10-07T23:59")) == 0  # late, but no working day has begun
    assert days_late(CALENDAR, due, None, china("2026-10-08T09:00")) == 1
    assert days_late(CALENDAR, due, china("2026-10-12T09:00"), china("2026-12-01T00:00")) == 4
    assert days_late(CALENDAR, due, china("2026-09-29T09:00"), china("2026-12-01T00:00")) == 0


def test_a_ladder_of_ones_own_is_kept() -> None:
    rungs = (
        Rung("half", RungKind.WARNING, Audience.COUNTERPART, share=50),
        Rung("due", RungKind.DUE, Audience.OWNER, share=100),
    )
    policy = Policy(Leg.NOTICE_TO_ANSWER, LaneScope.CITY, 14, Unit.WORKING_HOURS, rungs)
    planned = plan(policy, CALENDAR, USUAL_HOURS, china("2026-10-09T13:30"))
    assert planned.due_at == china("2026-10-12T12:00")
    assert moments(planned) == {"half": "10-10 13:30", "due": "10-12 12:00"}  # half the time ends with the morning
    assert planned.rungs[0].audience is Audience.COUNTERPART


def test_a_warning_never_coincides_with_the_due_moment() -> None:
    policy = Policy(Leg.TRANSIT, LaneScope.CITY, 16, Unit.NATURAL_HOURS)
    planned = plan(policy, CALENDAR, USUAL_HOURS, china("2026-11-23T17:00"))
    assert planned.due_at == china("2026-11-24T09:00")
    assert moments(planned)["warning"] == "11-23 17:29"


def test_a_promise_for_today_made_at_closing_time_is_refused() -> None:
    policy = DEFAULT_POLICIES[Leg.CHECKED_TO_DECISION, LaneScope.CROSS]
    with pytest.raises(Rejected):
        plan_promised(policy, CALENDAR, USUAL_HOURS, china("2026-11-23T17:30"), date(2026, 11, 23))
