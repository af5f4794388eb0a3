"""Waiting, as a pure function."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone
from logistics.terms import Stage
from scheduler.patience import AT_AN_END, LONGEST_RETRY_AFTER, NEAR_OR_LATE, ON_THE_WAY, Patience, next_poll

dice = st.floats(0, 1)


@given(st.integers(1, 10**6), dice)
def test_a_wait_is_never_shorter_than_half_its_step_nor_longer_than_the_longest(attempts: int, thrown: float) -> None:
    wait = Patience(first=10, longest=1800).wait(attempts, thrown).total_seconds()
    assert min(10 * 2 ** min(attempts - 1, 30), 1800) / 2 <= wait <= 1800


@given(st.integers(1, 20), dice, st.integers(0, 10**7))
def test_a_couriers_retry_after_is_obeyed_up_to_an_hour(attempts: int, thrown: float, asked: int) -> None:
    patience = Patience(first=1, longest=2)
    wait = patience.wait(attempts, thrown, asked)
    assert wait >= min(timedelta(seconds=asked), LONGEST_RETRY_AFTER)
    assert wait <= max(timedelta(seconds=2), LONGEST_RETRY_AFTER)


@given(st.integers(1, 10), dice, dice)
def test_the_next_wait_is_never_shorter_than_this_one_was(attempts: int, first: float, second: float) -> None:
    patience = Patience(first=10, longest=10**9)
    assert patience.wait(attempts + 1, second) >= patience.wait(attempts, first)


@given(st.sampled_from(Stage), st.sampled_from(Milestone) | st.none(), st.booleans())
def test_asking_ends_only_with_receipt_or_voiding(stage: Stage, last: Milestone | None, late: bool) -> None:
    wait = next_poll(stage, last, late)
    assert (wait is None) == (stage in (Stage.RECEIVED, Stage.VOIDED))


def test_the_pace_of_asking_by_what_is_expected() -> None:
    assert next_poll(Stage.ON_THE_WAY, Milestone.IN_TRANSIT, False) == ON_THE_WAY
    assert next_poll(Stage.ON_THE_WAY, Milestone.OUT_FOR_DELIVERY, False) == NEAR_OR_LATE
    assert next_poll(Stage.BOOKED, None, True) == NEAR_OR_LATE
    assert next_poll(Stage.DELIVERED, Milestone.DELIVERED, True) == AT_AN_END
