"""What is foretold agrees with counting by hand, never speaks of too few, and does not waver."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone
from logistics.rules import repeats
from logistics.rules.foresight import (
    ALIKE,
    AT_RISK,
    ENOUGH,
    RECOVERED,
    Among,
    Comparison,
    Forecast,
    Passage,
    Scan,
    Step,
    forecast,
    furthest,
    is_at_risk,
    reached,
    scan,
    stem,
)
from logistics.rules.foresight_words import said, short
from logistics.rules.shares import wilson
from logistics.tables import Tracking

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
HOUR = 3600
ON_THE_WAY = (Step.PICKED_UP, Step.IN_TRANSIT, Step.ARRIVED, Step.OUT_FOR_DELIVERY, Step.ATTEMPTED)


def passages(most: int = 60) -> st.SearchStrategy[list[Passage]]:
    """Finished parcels, each with some of the steps at any age, even odd ones."""
    ages = st.integers(0, 120)
    steps = st.dictionaries(st.sampled_from(ON_THE_WAY[1:]), ages, max_size=4)
    made = st.builds(lambda took, given: Passage(took, {Step.PICKED_UP: 0, **given}), ages, steps)
    return st.lists(made, max_size=most)


def stood(one: Passage, age: int) -> Step | None:
    """Where it stood at that age, by looking at every step; None when it had come already."""
    if age >= one.took:
        return None
    return [step for step in ON_THE_WAY if step in one.steps and one.steps[step] <= age][-1]


@given(passages(), st.integers(0, 100), st.integers(1, 60), st.sampled_from(ON_THE_WAY))
def test_a_forecast_is_what_counting_by_hand_gives(made: list[Passage], age: int, left: int, step: Step) -> None:
    found = forecast(step, [Comparison(Among.LANE, made, MONDAY)], age, age + left)
    alike = [one.took for one in made if stood(one, age) is step]
    assert (found.share.hits, found.share.total) == (sum(took > age + left for took in alike), len(alike))
    ever = sum(any(stood(one, at) is step for at in range(one.took)) for one in made)
    assert found.compared == ever
    assert found.is_known == (ever >= ENOUGH and len(alike) >= ALIKE)


@given(passages(), st.integers(0, 100), st.integers(1, 60), st.integers(0, 60), st.sampled_from(ON_THE_WAY))
def test_more_time_never_makes_it_worse(made: list[Passage], age: int, left: int, more: int, step: Step) -> None:
    lane = [Comparison(Among.LANE, made, MONDAY)]
    sooner, later = (forecast(step, lane, age, age + left + extra) for extra in (0, more))
    assert later.share.total == sooner.share.total
    assert later.share.hits <= sooner.share.hits
    assert is_at_risk(False, sooner) or not is_at_risk(False, later)


@given(st.integers(0, 100), st.integers(1, 60), st.sampled_from(Step))
def test_of_nothing_nothing_is_foretold(age: int, left: int, step: Step) -> None:
    for comparisons in ([], [Comparison(Among.LANE, [], None), Comparison(Among.SCOPE, [], None)]):
        found = forecast(step, comparisons, age, age + left)
        assert not found.is_known
        assert not is_at_risk(False, found)
        assert "不作预测" in said(found)[0]


def lane(count: int, took: int, among: Among = Among.LANE) -> Comparison:
    return Comparison(among, [Passage(took, {Step.PICKED_UP: 0})] * count, MONDAY)


def test_the_nearest_that_suffices_speaks_and_the_wider_one_says_that_it_is_wider() -> None:
    near = forecast(Step.PICKED_UP, [lane(ENOUGH, 50), lane(200, 10, Among.SCOPE)], 5, 20)
    assert (near.among, near.share.value) == (Among.LANE, 1.0)
    wide = forecast(Step.PICKED_UP, [lane(ENOUGH - 1, 50), lane(200, 10, Among.SCOPE)], 5, 20)
    assert (wide.among, wide.share.value) == (Among.SCOPE, 0.0)
    assert "放宽" in said(wide)[0]
    assert "放宽" not in said(near)[0]


def test_one_that_outlasts_all_others_is_not_foretold_and_the_figures_say_why() -> None:
    found = forecast(Step.PICKED_UP, [lane(200, 10)], 12, 20)
    assert not found.is_known
    assert (found.compared, found.share.total) == (200, 0)
    assert "200" in said(found)[0]
    assert "至少要 5 件" in said(found)[0]


def test_what_returns_or_is_past_due_is_not_foretold() -> None:
    assert not forecast(Step.RETURNING, [lane(200, 50)], 5, 20).is_known
    assert short(forecast(Step.RETURNING, [lane(200, 50)], 5, 20)) == ("正在退回", "returning")
    for age, allowed in ((20, 20), (30, 20), (-1, 20)):
        with pytest.raises(ValueError, match="nothing to foretell"):
            forecast(Step.PICKED_UP, [lane(200, 50)], age, allowed)


def told(hits: int, total: int) -> Forecast:
    return Forecast(Step.PICKED_UP, Among.LANE, total, wilson(hits, total), MONDAY)


@given(st.integers(0, 200), st.integers(1, 200))
def test_it_rises_by_the_lower_bound_and_falls_by_the_share_itself(hits: int, total: int) -> None:
    found = told(min(hits, total), total)
    assert found.share.value is not None
    assert is_at_risk(False, found) == (found.share.low >= AT_RISK)
    assert is_at_risk(True, found) == (found.share.value >= RECOVERED)
    assert is_at_risk(True, found) or not is_at_risk(False, found)  # what falls does not rise again at once


def test_a_share_that_wavers_is_told_once_and_what_cannot_be_foretold_changes_nothing() -> None:
    rises, before = 0, False
    for hits in (70, 55, 70, 45, 30, 70, 26, 70):
        now = is_at_risk(before, told(hits, 100))
        rises, before = rises + (now and not before), now
    assert rises == 1
    nothing = forecast(Step.PICKED_UP, [], 1, 2)
    assert is_at_risk(True, nothing)
    assert not is_at_risk(False, nothing)
    assert not is_at_risk(True, told(24, 100))


def row(hours: float, milestone: Milestone, heard: float | None = None, code: str = "x", region: str = "") -> Tracking:
    at, told_at = MONDAY + timedelta(hours=hours), MONDAY + timedelta(hours=hours if heard is None else heard)
    return Tracking(
        dossier_id=1, consignment_id=1, natural_key=f"{hours}/{milestone}/{code}", courier="ems", waybill_no="1",
        milestone=milestone, code=code, text="", happened_at=at, received_at=told_at, source="push", raw_sha256="",
        region_code=region,
    )  # fmt: skip


def test_a_parcel_stands_at_the_step_nearest_to_its_end_since_it_first_came_there() -> None:
    rows = [
        row(2, Milestone.IN_TRANSIT),
        row(20, Milestone.ARRIVED, region="420100"),  # a hub of another city
        row(30, Milestone.ARRIVED, region="430103"),
        row(33, Milestone.OUT_FOR_DELIVERY),
        row(36, Milestone.ATTEMPTED),
        row(57, Milestone.OUT_FOR_DELIVERY),
    ]
    steps = reached([scan(one) for one in rows], MONDAY, "430102")
    hours = {step: (at - MONDAY) / timedelta(hours=1) for step, at in steps.items()}
    assert hours == {
        Step.PICKED_UP: 0, Step.IN_TRANSIT: 2, Step.ARRIVED: 30, Step.OUT_FOR_DELIVERY: 33, Step.ATTEMPTED: 36,
    }  # fmt: skip
    assert furthest(steps) == (Step.ATTEMPTED, MONDAY + timedelta(hours=36))


def test_an_arrival_without_a_place_is_no_arrival_in_the_city_and_a_time_that_cannot_be_counts_from_when_we_heard() -> (
    None
):
    steps = reached([scan(row(9, Milestone.ARRIVED)), scan(row(900, Milestone.OUT_FOR_DELIVERY, 10))], MONDAY, "430102")
    assert Step.ARRIVED not in steps
    assert steps[Step.OUT_FOR_DELIVERY] == MONDAY + timedelta(hours=10)
    assert reached([scan(row(-50, Milestone.IN_TRANSIT))], MONDAY, "430102")[Step.IN_TRANSIT] == MONDAY


@pytest.mark.parametrize(
    ("code", "expected"), [("430102", "4301"), ("110105", "11"), ("429004", "429004"), ("420000", "42")]
)
def test_a_city_is_known_by_how_its_codes_begin(code: str, expected: str) -> None:
    assert stem(code) == expected


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([*Milestone]), st.sampled_from("ab")), max_size=8))
def test_a_scan_told_twice_changes_no_step(told_twice: list[tuple[int, Milestone, str]]) -> None:
    rows = [row(minutes / 120, milestone, code=code) for minutes, milestone, code in told_twice]
    heads = [one.head for one in repeats.folded(rows)]
    plain = [Scan(one.milestone, one.region_code, min(one.happened_at, one.received_at)) for one in rows]
    assert reached(map(scan, heads), MONDAY, "430102") == reached(plain, MONDAY, "430102")


def test_what_is_told_has_its_basis() -> None:
    zh, en = said(told(18, 25))
    for figure in ("25 件", "18 件", "72%", "52%–86%", "2026-09-07"):
        assert figure in zh
    for figure in ("25", "18", "72%", "52%–86%", "2026-09-07"):
        assert figure in en
    assert short(told(18, 25)) == ("可比的 25 件中 18 件超时（72%）", "18 of 25 comparable ones were late (72%)")
