"""Retention, obstacles and two people: what decides over a package that is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.errors import NotAllowed, Rejected
from logistics.rules import keeping
from logistics.rules.keeping import Kept
from logistics.rules.workdays import CHINA
from logistics.terms import LockMode, Role, TransferLineState, TransferState, TransferTarget

codes = st.sampled_from(sorted(keeping.YEARS))
years = st.integers(2020, 2080)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2120, 1, 1), timezones=st.just(UTC))
lines = st.sampled_from([None, *TransferLineState])


@given(codes, years, instants)
def test_retention_is_over_from_new_years_day_in_china_and_never_for_what_is_permanent(
    code: str, year: int, at: datetime
) -> None:
    last = keeping.retained_until(code, year)
    if code == "Y":
        assert last is None
        assert not keeping.is_over(code, year, at)
        assert keeping.lock_until(code, year) is None
        return
    assert last == date(year + int(code[1:]), 12, 31)
    assert keeping.is_over(code, year, at) == (at.astimezone(CHINA).date() > last)
    lock = keeping.lock_until(code, year)
    assert lock is not None
    assert not keeping.is_over(code, year, lock - timedelta(seconds=1))
    assert keeping.is_over(code, year, lock), "an object is locked exactly as long as it must be kept"


@given(st.sampled_from(["", "Y", "D30", "D10"]), years, st.booleans(), lines, st.booleans(), instants)
def test_nothing_is_disposed_of_under_hold_in_a_batch_twice_or_too_early(
    code: str, year: int, hold: bool, line: TransferLineState | None, disposed: bool, at: datetime
) -> None:
    one = Kept(code, year, hold, line, disposed)
    free = keeping.disposal_obstacle(one, at) is None
    under_way = line in (TransferLineState.WAITING, TransferLineState.HANDED_OVER)
    over = code in keeping.YEARS and keeping.is_over(code, year, at)
    assert free == (over and not hold and not disposed and not under_way)


@given(st.sets(st.sampled_from(Role)), st.integers(1, 3), st.lists(st.integers(1, 3)))
def test_only_a_keeper_of_the_agency_or_above_it_acts(roles: set[Role], agency: int, agencies: list[int]) -> None:
    may = bool(roles & {Role.MANAGER, Role.ADMINISTRATOR}) and agency in agencies
    if may:
        keeping.require_keeper(roles, agencies, agency)
    else:
        with pytest.raises(NotAllowed):
            keeping.require_keeper(roles, agencies, agency)


@given(st.none() | st.integers(1, 3), st.none() | st.integers(1, 3))
def test_the_second_person_is_another(first: int | None, second: int | None) -> None:
    if first and second and first != second:
        keeping.require_another(first, second)
    else:
        with pytest.raises(NotAllowed):
            keeping.require_another(first, second)


def test_every_state_has_its_moves_and_each_way_ends() -> None:
    assert set(keeping.MOVES) == set(TransferState)
    assert set(keeping.LINE_MOVES) == set(TransferLineState)
    for ways in (keeping.MOVES, keeping.LINE_MOVES):
        for start in ways:
            seen, todo = set(), [start]
            while todo:
                one = todo.pop()
                assert one not in seen or one != start, "no way leads back"
                seen.add(one)
                todo += [to for to in ways[one] if to not in seen]  # type: ignore[index]
            assert any(not ways[one] for one in seen)  # type: ignore[index]


@pytest.mark.parametrize("target", TransferTarget)
@pytest.mark.parametrize("lock", LockMode)
def test_a_bucket_always_locks_and_nothing_else_can(target: TransferTarget, lock: LockMode) -> None:
    if (target is TransferTarget.S3) == (lock is not LockMode.NONE):
        assert keeping.lock_for(target, lock) is lock
    else:
        with pytest.raises(Rejected):
            keeping.lock_for(target, lock)
