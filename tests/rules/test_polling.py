"""When a courier is asked again, as a pure function."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone
from logistics.rules.polling import (
    AT_AN_END,
    NEAR_OR_LATE,
    ON_THE_WAY,
    PUSHES_SILENT,
    SECOND_SOONEST,
    Situation,
    next_poll,
    next_second,
)
from logistics.terms import Stage

NOW = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)
moments = st.none() | st.integers(0, 5 * 365 * 24).map(lambda hours: NOW - timedelta(hours=hours))
situations = st.builds(
    Situation,
    st.sampled_from(Stage),
    st.none() | st.sampled_from(Milestone),
    st.booleans(),
    moments,
    st.none() | st.integers(1, 500).map(lambda hours: timedelta(hours=hours)),
    moments,
    moments,
)


@given(situations)
def test_asking_ends_only_with_receipt_or_voiding_however_old_the_envelope(known: Situation) -> None:
    over = known.stage in (Stage.RECEIVED, Stage.VOIDED)
    assert (next_poll(NOW, known) is None) == over
    assert (next_second(NOW, known) is None) == over


@given(situations)
def test_no_envelope_waits_longer_than_half_a_day_for_its_next_question(known: Situation) -> None:
    wait = next_poll(NOW, known)
    assert wait is None or NEAR_OR_LATE <= wait <= timedelta(hours=12)


@given(situations)
def test_a_second_source_is_asked_more_seldom_and_never_within_the_hour(known: Situation) -> None:
    first, second = next_poll(NOW, known), next_second(NOW, known)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert second > first
        assert second >= SECOND_SOONEST


def test_the_pace_of_asking_by_what_is_expected() -> None:
    assert next_poll(NOW, Situation(Stage.ON_THE_WAY, Milestone.IN_TRANSIT)) == ON_THE_WAY
    assert next_poll(NOW, Situation(Stage.ON_THE_WAY, Milestone.OUT_FOR_DELIVERY)) == NEAR_OR_LATE
    assert next_poll(NOW, Situation(Stage.BOOKED, late=True)) == NEAR_OR_LATE
    assert next_poll(NOW, Situation(Stage.DELIVERED, Milestone.DELIVERED, late=True)) == AT_AN_END


def test_the_lanes_own_measured_pace_brings_the_questions_closer_near_the_end() -> None:
    early = Situation(
        Stage.ON_THE_WAY, Milestone.IN_TRANSIT, picked_up_at=NOW - timedelta(hours=30), usual=timedelta(hours=40)
    )
    assert next_poll(NOW, early) == ON_THE_WAY
    assert next_poll(NOW + timedelta(hours=2), early) == NEAR_OR_LATE


def test_pushes_that_arrive_spare_questions_and_pushes_that_stopped_bring_them_back() -> None:
    pushed = Situation(Stage.ON_THE_WAY, Milestone.IN_TRANSIT, pushed_at=NOW - timedelta(hours=3))
    assert next_poll(NOW, pushed) == ON_THE_WAY * 3
    assert next_poll(NOW + timedelta(hours=10), pushed) == ON_THE_WAY
    stopped = Situation(Stage.ON_THE_WAY, Milestone.IN_TRANSIT, account_pushed_at=NOW - timedelta(hours=25))
    assert next_poll(NOW, stopped) == PUSHES_SILENT
