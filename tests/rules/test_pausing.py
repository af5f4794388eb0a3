"""Time under a pause is not counted: exact in minutes, fair in days, the same however it was cut into pieces."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.decision import Json
from logistics.rules.deadlines import DEFAULT_POLICIES, Leg, Policy, Unit, plan
from logistics.rules.pausing import (
    PauseReason,
    Relief,
    Stretch,
    due_after,
    plain_pause,
    relief_of,
    spans,
)
from logistics.rules.workdays import CHINA, USUAL_HOURS, Hours, is_working_moment, next_working_moment, state_calendar
from logistics.terms import LaneScope
from tests.rules.slow_clock import SlowClock

CALENDAR = state_calendar()
PERIODS = [[("09:00", "12:00"), ("13:30", "17:30")]] * 4 + [[("09:00", "12:00")]]
HOURS = Hours.parse("周一至周四 09:00-12:00,13:30-17:30; 周五 09:00-12:00")
SLOW = SlowClock(PERIODS)
ORIGIN = datetime(2025, 1, 1, tzinfo=CHINA)
MINUTE = timedelta(minutes=1)

starts = st.integers(0, 60 * 24 * 500).map(lambda minutes: ORIGIN + minutes * MINUTE)
legs = st.tuples(st.sampled_from(Unit), st.integers(1, 12))


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, Unit, int, tuple[Stretch, ...]]:
    """A start, a length and some pauses near it, which may overlap and may reach beyond the end."""
    start, (unit, length) = draw(starts), draw(legs)
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        begins = start + draw(st.integers(-300, 60 * 24 * 16)) * MINUTE
        pauses.append(Stretch(begins, begins + draw(st.integers(0, 60 * 24 * 6)) * MINUTE))
    return start, unit, length, tuple(pauses)


def due(start: datetime, unit: Unit, length: int, pauses: tuple[Stretch, ...] = ()) -> datetime:
    return due_after(unit, length, CALENDAR, HOURS, start, Relief(pauses)).due_at


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def pause(begins: str, ends: str, reason: PauseReason = PauseReason.EXAMINATION) -> Stretch:
    return Stretch(beijing(begins).astimezone(UTC), beijing(ends).astimezone(UTC), reason)


def counted_by_hand(start: datetime, unit: Unit, length: int, pauses: tuple[Stretch, ...]) -> datetime:
    """The same, walked minute by minute, day by day: no sums, no look-ups."""
    still = {SLOW._minute(one.from_at) + n for one in pauses for n in range(int((one.until_at - one.from_at) / MINUTE))}
    at = SLOW._minute(start)
    if unit is not Unit.WORKING_DAYS:
        left = length * 60
        while left:
            left -= at not in still and (unit is Unit.NATURAL_HOURS or SLOW.line[at])
            at += 1
        return SLOW._moment(at)
    day, used = at // 1440, Fraction()
    while used < length:
        day += 1
        worked = [minute for minute in range(day * 1440, day * 1440 + 1440) if SLOW.line[minute]]
        if worked:
            used += Fraction(sum(minute not in still for minute in worked), len(worked))
            closes = worked[-1] + 1
    return SLOW._moment(closes)


@given(cases())
@settings(max_examples=150, deadline=None)
def test_a_leg_with_pauses_ends_when_a_clock_that_walks_every_minute_says(
    case: tuple[datetime, Unit, int, tuple[Stretch, ...]],
) -> None:
    assert due(*case) == counted_by_hand(*case)


@given(cases(), st.integers(0, 60 * 24 * 20), st.integers(0, 60 * 24 * 9))
@settings(max_examples=100)
def test_one_more_pause_never_makes_a_leg_end_sooner(
    case: tuple[datetime, Unit, int, tuple[Stretch, ...]], offset: int, length: int
) -> None:
    start, unit, total, pauses = case
    more = Stretch(start + offset * MINUTE, start + (offset + length) * MINUTE)
    assert due(start, unit, total, (*pauses, more)) >= due(start, unit, total, pauses)


@given(cases(), st.integers(0, 60 * 24 * 20), st.integers(0, 59))
@settings(max_examples=100)
def test_a_pause_of_no_length_changes_nothing(
    case: tuple[datetime, Unit, int, tuple[Stretch, ...]], offset: int, seconds: int
) -> None:
    start, unit, total, pauses = case
    none = Stretch(start + offset * MINUTE, start + offset * MINUTE + timedelta(seconds=seconds))
    assert due(start, unit, total, (*pauses, none)) == due(start, unit, total, pauses)


@given(cases(), st.integers(0, 60 * 24 * 9), st.integers(0, 60 * 24 * 4), st.integers(0, 60 * 24 * 4))
@settings(max_examples=100)
def test_two_pauses_that_meet_are_one(
    case: tuple[datetime, Unit, int, tuple[Stretch, ...]], offset: int, first: int, second: int
) -> None:
    start, unit, total, pauses = case
    a, b, c = (start + minutes * MINUTE for minutes in (offset, offset + first, offset + first + second))
    pieces = (*pauses, Stretch(b, c), Stretch(a, b))
    assert due(start, unit, total, pieces) == due(start, unit, total, (*pauses, Stretch(a, c)))
    assert spans(pieces) == spans((*pauses, Stretch(a, c)))


@given(cases(), st.integers(0, 60 * 24 * 20))
@settings(max_examples=100)
def test_a_pause_while_nobody_works_changes_no_leg_of_working_time(
    case: tuple[datetime, Unit, int, tuple[Stretch, ...]], offset: int
) -> None:
    start, unit, total, pauses = case
    begins = start + offset * MINUTE
    if unit is Unit.NATURAL_HOURS or is_working_moment(CALENDAR, HOURS, begins):
        return
    asleep = Stretch(begins, next_working_moment(CALENDAR, HOURS, begins))
    assert due(start, unit, total, (*pauses, asleep)) == due(start, unit, total, pauses)


@given(cases(), st.integers(1, 10))
@settings(max_examples=60)
def test_more_time_is_as_if_the_leg_had_been_longer(
    case: tuple[datetime, Unit, int, tuple[Stretch, ...]], amount: int
) -> None:
    start, unit, total, pauses = case
    extended = due_after(unit, total, CALENDAR, HOURS, start, Relief(pauses, (amount,)))
    assert extended.due_at == due(start, unit, total + amount, pauses)


@given(st.sampled_from(list(DEFAULT_POLICIES.values())), cases())
@settings(max_examples=60, deadline=None)
def test_a_ladder_with_pauses_stands_in_order_and_its_due_rung_at_the_end(
    policy: Policy, case: tuple[datetime, Unit, int, tuple[Stretch, ...]]
) -> None:
    start, _, _, pauses = case
    planned = plan(policy, CALENDAR, HOURS, start, Relief(pauses))
    moments = [rung.fires_at for rung in planned.rungs]
    assert moments == sorted(moments)
    assert [rung.fires_at for rung in planned.rungs if rung.name == "due"] == [planned.due_at]


EXAMINED = pause("2026-10-12 10:00", "2026-10-14 09:00")


@pytest.mark.parametrize(
    ("unit", "length", "pauses", "ends"),
    [
        (Unit.WORKING_DAYS, 2, (), "2026-10-13 17:30"),
        # six hours of the Monday and the whole Tuesday: 1.86 days' worth, so two days more
        (Unit.WORKING_DAYS, 2, (EXAMINED,), "2026-10-15 17:30"),
        # an hour is not counted either; the day whose end the leg has is the next one
        (Unit.WORKING_DAYS, 2, (pause("2026-10-12 10:00", "2026-10-12 11:00"),), "2026-10-14 17:30"),
        # two such hours share the one day that they moved the end by
        (
            Unit.WORKING_DAYS,
            2,
            (pause("2026-10-12 10:00", "2026-10-12 11:00"), pause("2026-10-13 10:00", "2026-10-13 11:00")),
            "2026-10-14 17:30",
        ),
        # the rest of the day it started on was not counted, so a pause in it takes nothing
        (Unit.WORKING_DAYS, 2, (pause("2026-10-10 16:30", "2026-10-12 09:00"),), "2026-10-13 17:30"),
        (Unit.WORKING_HOURS, 4, (), "2026-10-12 11:30"),
        (Unit.WORKING_HOURS, 4, (EXAMINED,), "2026-10-14 10:30"),
        (Unit.NATURAL_HOURS, 48, (), "2026-10-12 16:00"),
        (Unit.NATURAL_HOURS, 48, (EXAMINED,), "2026-10-14 15:00"),
        (Unit.NATURAL_HOURS, 48, (pause("2026-10-12 16:00", "2026-10-14 09:00"),), "2026-10-12 16:00"),
    ],
)
def test_what_is_left_runs_on_after_a_pause(unit: Unit, length: int, pauses: tuple[Stretch, ...], ends: str) -> None:
    start = beijing("2026-10-10 16:00")  # the Saturday worked for National Day
    assert due_after(unit, length, CALENDAR, USUAL_HOURS, start, Relief(pauses)).due_at == beijing(ends)


def test_the_explanation_names_each_pause_and_each_extension_before_the_end() -> None:
    policy = Policy(Leg.CHECKED_TO_DECISION, LaneScope.CROSS, 5, Unit.WORKING_DAYS)
    planned = plan(policy, CALENDAR, USUAL_HOURS, beijing("2026-10-10 16:00"), Relief((EXAMINED,), (3,)))
    assert planned.explanation[0] == "自 2026-10-10 周六 16:00 起，次日起计 5 个工作日"
    assert planned.explanation[-4:] == (
        "2026-10-12 10:00 至 2026-10-14 09:00 暂停（专家评审、检验检测或鉴定），不计",
        "暂停占去的工作时间按各日作息折成工作日，不足一日的按一日顺延",
        "经批准延长 3 个工作日",
        "故于 2026-10-23 周五 17:30 到期",
    )


def test_what_stands_beside_a_clock_is_read_back_as_it_was() -> None:
    relief = Relief((EXAMINED, pause("2026-10-20 09:00", "2026-10-21 09:00", PauseReason.FORCE_MAJEURE)), (3,))
    frozen: dict[str, Json] = {"pauses": [plain_pause(one) for one in relief.pauses], "extensions": [3]}
    assert relief_of(frozen) == relief
    assert relief_of({}) == Relief()
