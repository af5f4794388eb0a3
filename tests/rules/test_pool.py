"""Ranges of numbers and what may be among a courier's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import waybills
from logistics.errors import Rejected
from logistics.rules import pool
from logistics.tables import CourierAccount, Errand
from logistics.terms import ErrandKind

NOW = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)


@given(st.integers(0, 10**8 - 500), st.integers(1, 400))
def test_every_number_of_an_s10_range_has_its_own_right_check_digit(start: int, count: int) -> None:
    def s10(serial: int) -> str:
        return f"EA{serial:08d}{waybills.s10_check_digit(f'{serial:08d}')}CN"

    numbers = pool.series(s10(start), s10(start + count - 1))
    assert len(numbers) == len(set(numbers)) == count
    assert pool.faults("ems", "EMS", numbers, {}) == []


@given(st.integers(0, 999_000), st.integers(1, 500), st.sampled_from(["ZR-", "", "JY26"]))
def test_a_range_is_every_number_between_its_ends_in_order(start: int, count: int, head: str) -> None:
    numbers = pool.series(f"{head}{start:06d}", f"{head}{start + count - 1:06d}")
    assert numbers == [f"{head}{start + n:06d}" for n in range(count)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("1000000000100", "100000000101"),
        ("1000000000100", "1000000000099"),
        ("1000000000000", "1000000010000"),
        ("EA473124829CN", "EB473124829CN"),
        ("EA473124828CN", "EA473124829CN"),
        ("AB100", "CD101"),
        ("", ""),
    ],
)
def test_two_numbers_that_are_no_range_are_refused(first: str, last: str) -> None:
    with pytest.raises(Rejected) as refused:
        pool.series(first, last)
    assert refused.value.rule == "number_range"


@given(st.text())
def test_any_pasted_text_is_read_row_by_row(text: str) -> None:
    numbers = pool.written(text)
    for fault in pool.faults("ems", "EMS", numbers, {}):
        assert numbers[fault.row - 1] == fault.number


def test_the_pool_is_for_hours_in_which_the_interface_fails() -> None:
    waits = Errand(kind=ErrandKind.BOOK, key="b", payload={}, created_at=NOW, due_at=NOW)
    failed = Errand(kind=ErrandKind.BOOK, key="b", payload={}, created_at=NOW, due_at=NOW, failures=1)
    out = CourierAccount(code="ems", failures=0, open_until=NOW + timedelta(minutes=1))
    well = CourierAccount(code="ems", failures=0, open_until=NOW - timedelta(minutes=1))
    pool.require_need(out, None, None, NOW)
    pool.require_need(None, failed, NOW, NOW)
    pool.require_need(well, waits, NOW - pool.PATIENCE, NOW)
    for account, booking, asked_at in ((None, None, None), (well, waits, NOW), (well, None, NOW - pool.PATIENCE)):
        with pytest.raises(Rejected):
            pool.require_need(account, booking, asked_at, NOW)
