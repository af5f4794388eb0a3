"""Waiting, as a pure function."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.patience import LONGEST_RETRY_AFTER, Patience

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
