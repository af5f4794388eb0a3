"""On-time shares with their intervals: what may be said of a lane."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.shares import Z95, wilson

samples = st.integers(0, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [  # printed in Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_is_the_one_in_the_literature(hits: int, total: int, low: str, high: str) -> None:
    found = wilson(hits, total)
    assert Decimal(f"{found.low:.4f}") == Decimal(low)
    assert Decimal(f"{found.high:.4f}") == Decimal(high)


@given(samples)
def test_the_share_lies_in_its_interval_and_both_between_nothing_and_all(sample: tuple[int, int]) -> None:
    found = wilson(*sample)
    assert 0 <= found.low <= found.high <= 1
    assert found.value is None or found.low <= found.value <= found.high


@given(samples.filter(lambda sample: sample[1] > 0))
def test_a_bound_is_where_the_share_is_just_z_deviations_away(sample: tuple[int, int]) -> None:
    hits, total = sample
    found = wilson(hits, total)
    for bound in (found.low, found.high):
        distance = abs(hits / total - bound)
        if bound not in (0.0, 1.0) and distance > 1e-9:
            assert distance == pytest.approx(Z95 * (bound * (1 - bound) / total) ** 0.5, rel=1e-6, abs=1e-12)


@given(samples.filter(lambda sample: sample[1] > 0))
def test_misses_mirror_hits(sample: tuple[int, int]) -> None:
    hits, total = sample
    there, here = wilson(hits, total), wilson(total - hits, total)
    assert there.low == pytest.approx(1 - here.high, abs=1e-9)
    assert there.high == pytest.approx(1 - here.low, abs=1e-9)


@given(samples.filter(lambda sample: sample[1] > 0), st.integers(2, 20))
def test_the_same_share_of_more_cases_is_known_better(sample: tuple[int, int], times: int) -> None:
    hits, total = sample
    few, many = wilson(hits, total), wilson(hits * times, total * times)
    assert many.high - many.low < few.high - few.low


def test_of_an_empty_sample_nothing_is_known() -> None:
    found = wilson(0, 0)
    assert (found.value, found.low, found.high) == (None, 0.0, 1.0)


@pytest.mark.parametrize(("hits", "total"), [(-1, 3), (4, 3), (1, 0)])
def test_more_hits_than_cases_are_no_share(hits: int, total: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(hits, total)
