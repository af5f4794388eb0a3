"""The figures' computation: quantiles, outcomes, periods; and what the ledger tells of any moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules import figures as rules
from logistics.rules import reporting
from logistics.rules.figures import Asked, Case, Outcome, Side, Step, Which
from logistics.rules.policies import Leg
from logistics.rules.troubles import Kind
from logistics.rules.workdays import china_date

T0 = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
AS_OF = T0 + timedelta(days=40)
WHOLE = Asked(date(2026, 8, 1), date(2026, 12, 31))
LEGS = [Leg.DISPATCH_TO_RECEIVED.value, Leg.TRANSIT.value, Leg.RECEIVED_TO_CHECKED.value]


def case(**values: Any) -> Case:
    usual = Case("A-1", "dispatch_to_received/A-1-1", LEGS[0], 1, 2, 1, "ems", T0, T0 + timedelta(days=3), None, False,
                 False)  # fmt: skip
    return usual._replace(**values)


@st.composite
def any_case(draw: st.DrawFn) -> Case:
    """A clock of any outcome; moments to the minute."""
    started = T0 + timedelta(minutes=draw(st.integers(-60_000, 57_000)))
    ended = draw(st.none() | st.integers(-600, 30_000))
    leg = draw(st.sampled_from(LEGS))
    return Case(
        f"A-{draw(st.integers(1, 30))}", f"{leg}/{draw(st.integers(1, 10**9))}", leg, draw(st.integers(1, 3)),
        draw(st.integers(4, 5)), draw(st.integers(1, 5)), draw(st.sampled_from(["ems", "sf", ""])), started,
        started + timedelta(minutes=draw(st.integers(1, 20_000))),
        None if ended is None else started + timedelta(minutes=ended), draw(st.booleans()) and draw(st.booleans()),
        ended is None and draw(st.booleans()),
    )  # fmt: skip


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_the_least_case_that_so_many_do_not_exceed(sample: list[int], percent: int) -> None:
    ordered = sorted(sample)
    value = rules.nearest_rank(ordered, percent)
    assert value in sample
    assert 100 * sum(one <= value for one in sample) >= percent * len(sample)
    smaller = [one for one in sample if one < value]
    assert not smaller or 100 * sum(one <= max(smaller) for one in sample) < percent * len(sample)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"met_at": T0 + timedelta(days=3)}, Outcome.KEPT),  # on the due moment itself
        ({"met_at": T0 + timedelta(days=3, microseconds=1)}, Outcome.MISSED),
        ({}, Outcome.LATE),
        ({"paused": True}, Outcome.OPEN),
        ({"due_at": AS_OF}, Outcome.OPEN),
        ({"waived": True}, Outcome.WAIVED),
        ({"met_at": T0 - timedelta(seconds=1)}, Outcome.ODD),
    ],
)
def test_what_became_of_a_clock(values: dict[str, Any], outcome: Outcome) -> None:
    assert rules.judge(case(**values), AS_OF).outcome is outcome


@given(st.lists(any_case(), max_size=40))
def test_every_case_is_counted_once_and_every_number_is_the_length_of_its_list(cases: list[Case]) -> None:
    judged = rules.of_period(cases, WHOLE, AS_OF)
    for leg in LEGS:
        known = rules.summary(one for one in judged if one.case.leg == leg)
        length = {which: len(rules.chosen(judged, leg, which)) for which in Which}
        assert known.started == length[Which.STARTED]
        assert known.closed == length[Which.CLOSED]
        assert known.open == length[Which.OPEN]
        assert known.late == length[Which.LATE]
        assert known.waived == length[Which.WAIVED]
        assert known.odd == length[Which.ODD]
        assert known.kept == length[Which.KEPT]
        assert known.decided == length[Which.DECIDED]
        assert known.decided - known.kept == length[Which.NOT_KEPT]
        assert known.started == known.closed + known.open + known.waived + known.odd
        assert known.decided == known.closed + known.late


@given(st.lists(any_case(), max_size=40), st.sampled_from(Step), st.sampled_from(["", *LEGS]))
def test_the_parts_of_the_screen_add_up(cases: list[Case], step: Step, leg: str) -> None:
    asked = Asked(WHOLE.since, WHOLE.until, leg=leg)
    found = rules.figures(cases, asked, AS_OF, step)
    for parts in ([one.known for one in found.lanes], [one.known for one in found.trend]):
        assert sum(one.started for one in parts) == found.whole.started
        assert sum(one.total for one in parts) == found.whole.total
        assert sum(one.kept for one in parts) == found.whole.kept
    assert sum(bar.kept + bar.missed for bar in found.bars) == found.whole.closed
    judged = rules.of_period(cases, asked, AS_OF)
    for bar in found.bars:
        of_bar = rules.chosen(judged, asked.measured, Which.CLOSED, bar.low, bar.high)
        assert len(of_bar) == bar.kept + bar.missed
    assert sum(known.started for known in found.heat.values()) == len(judged)
    for name, side, known in found.split:
        assert known.closed == len(rules.chosen(judged, name, Which.CLOSED, of=side))


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 500), st.sampled_from(Step))
def test_stretches_hold_every_day_of_the_period_once(since: date, days: int, step: Step) -> None:
    until = since + timedelta(days=days)
    found = rules.stretches(since, until, step)
    every = [first + timedelta(days=n) for first, last in found for n in range((last - first).days + 1)]
    assert every == [since + timedelta(days=n) for n in range(days + 1)]
    for first, _last in found[1:]:
        assert first.weekday() == 0 if step is Step.WEEK else first.day == 1


def test_a_clock_falls_into_the_day_it_started_in_china() -> None:
    before_midnight = datetime(2026, 10, 1, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Beijing
    for moment, there in ((before_midnight, True), (before_midnight + timedelta(seconds=1), False)):
        asked = Asked(date(2026, 10, 1), date(2026, 10, 1))
        assert bool(rules.of_period([case(started_at=moment)], asked, AS_OF)) is there
        assert (china_date(moment) == date(2026, 10, 1)) is there


def test_too_few_cases_have_no_percentile_but_their_count() -> None:
    def of(count: int) -> rules.Summary:
        cases = [case(key=str(n), met_at=T0 + timedelta(hours=n + 1)) for n in range(count)]
        return rules.summary(rules.of_period(cases, WHOLE, AS_OF))

    assert (of(4).closed, of(4).median, of(4).p80, of(4).p95) == (4, None, None, None)
    assert (of(5).median, of(5).p80, of(5).p95) == (3 * 3600, 4 * 3600, None)
    assert (of(20).median, of(20).p80, of(20).p95) == (10 * 3600, 16 * 3600, 19 * 3600)


def test_the_road_is_the_couriers_and_the_rest_is_whose_clock_it_is() -> None:
    assert rules.side(case(leg=Leg.TRANSIT.value)) is Side.COURIER
    assert rules.side(case(leg=Leg.ACCEPT_TO_DISPATCH.value, owner_id=1)) is Side.SENDER
    assert rules.side(case(leg=Leg.RECEIVED_TO_CHECKED.value, owner_id=2)) is Side.RECEIVER


@given(st.lists(any_case(), max_size=20))
def test_lines_of_the_same_figures_are_the_same_and_of_others_differ(cases: list[Case]) -> None:
    found = rules.figures(cases, WHOLE, AS_OF)
    numbers = dict.fromkeys(Kind, 0)
    said = reporting.lines(found, numbers)
    assert len({place for place, _value in said}) == len(said)
    assert reporting.lines(rules.figures(list(reversed(cases)), WHOLE, AS_OF), numbers) == said
    more = [*cases, case(key="other")]
    other = reporting.lines(rules.figures(more, WHOLE, AS_OF), numbers)
    assert reporting.digest(other) != reporting.digest(said)
    assert "whole/started" in {one.place for one in reporting.differences(said, other)}
    assert reporting.differences(said, said) == []


@given(st.sampled_from([None, (1, 2)]), st.sampled_from(["", "sf"]), st.sampled_from([None, 7]), st.sampled_from(Step))
def test_what_was_asked_is_read_back_as_it_was_stored(
    lane: tuple[int, int] | None, courier: str, agency: int | None, step: Step
) -> None:
    asked = Asked(date(2026, 1, 2), date(2026, 3, 4), lane, courier, agency, "transit")
    assert reporting.read(reporting.plain(asked, step, [3, 1])) == (asked, step)


def test_what_happened_after_the_report_is_no_late_fact() -> None:
    later = [case(met_at=AS_OF + timedelta(hours=1)), case(started_at=AS_OF + timedelta(hours=1))]
    assert reporting.as_known_later(later, AS_OF) == [case()]
