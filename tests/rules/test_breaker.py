"""When an account is called and when it is left alone, as a pure function; and how much of a quota is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from logistics.rules.breaker import LONGEST_RETRY_AFTER, Breaker, Go, State, Wait, ask, failed, succeeded
from logistics.rules.quota import Quota, Spent, from_settings, take

NOW = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)
PACE = Breaker(threshold=3, first=10, longest=100, probe=20)


class Account(RuleBasedStateMachine):
    """Any number of callers over one account, each of which may answer, fail, or die under way."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.now = State(), NOW
        self.under_way: list[tuple[Go, datetime]] = []

    @rule()
    def somebody_asks(self) -> None:
        answer, self.state = ask(self.state, self.now, PACE)
        if isinstance(answer, Go):
            self.under_way.append((answer, self.now))
        else:
            assert answer.until > self.now

    @rule(seconds=st.integers(1, 60))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(data=st.data())
    def one_answers(self, data: st.DataObject) -> None:
        if self.under_way:
            self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
            self.state = succeeded()

    @rule(data=st.data(), asked=st.none() | st.integers(0, 10_000))
    def one_fails(self, data: st.DataObject, asked: int | None) -> None:
        if self.under_way:
            go, _ = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
            before = self.state
            self.state = failed(before, self.now, go, asked, PACE)
            if before.open_until is not None:
                assert self.state.open_until is not None, "a failure never closes an account"
            if asked:
                assert self.state.open_until is not None
                assert self.state.open_until >= self.now + min(timedelta(seconds=asked), LONGEST_RETRY_AFTER)

    @rule()
    def one_dies(self) -> None:
        if self.under_way:
            self.under_way.pop(0)

    @invariant()
    def at_most_one_probes(self) -> None:
        probing = [at for go, at in self.under_way if go.probe and self.now - at < timedelta(seconds=PACE.probe)]
        if self.state.probe_until is not None:
            assert len(probing) <= 1

    @invariant()
    def an_open_account_opens_for_no_longer_than_an_hour(self) -> None:
        if self.state.open_until is not None:
            assert self.state.open_until - self.now <= LONGEST_RETRY_AFTER
            assert self.state.opened_at is not None

    @invariant()
    def somebody_may_always_call_in_the_end(self) -> None:
        later = max(self.now, self.state.open_until or self.now) + timedelta(seconds=PACE.probe)
        answer, _ = ask(self.state, later, PACE)
        assert isinstance(answer, Go)


TestAccount = Account.TestCase


def fail(state: State, now: datetime, times: int = 1, probe: bool = False) -> State:
    for _ in range(times):
        state = failed(state, now, Go(probe), None, PACE)
    return state


def test_failures_in_a_row_open_the_account_and_one_answer_among_them_does_not() -> None:
    assert fail(State(), NOW, 2).open_until is None
    assert fail(State(), NOW, 3).open_until == NOW + timedelta(seconds=10)
    assert succeeded().failures == 0


def test_while_open_nobody_calls_then_one_tries_and_the_others_wait_for_it() -> None:
    state = fail(State(), NOW, 3)
    assert ask(state, NOW, PACE)[0] == Wait(NOW + timedelta(seconds=10), "open")
    later = NOW + timedelta(seconds=10)
    first, state = ask(state, later, PACE)
    assert first == Go(probe=True)
    assert ask(state, later, PACE)[0] == Wait(later + timedelta(seconds=20), "probing")
    again, _ = ask(state, later + timedelta(seconds=20), PACE)
    assert again == Go(probe=True), "whoever tried has died"


def test_a_failed_try_opens_the_account_for_longer_and_longer_up_to_the_longest() -> None:
    state, now, waits = fail(State(), NOW, 3), NOW, []
    for _ in range(6):
        assert state.open_until is not None
        waits.append((state.open_until - now).total_seconds())
        now = state.open_until
        _, state = ask(state, now, PACE)
        state = fail(state, now, probe=True)
    assert waits == [10, 20, 40, 80, 100, 100]
    assert state.opened_at == NOW, "since when it is out of order is not forgotten"


def test_a_failure_that_set_out_earlier_does_not_lengthen_the_wait() -> None:
    state = fail(State(), NOW, 3)
    assert fail(state, NOW + timedelta(seconds=5)) == state


def test_the_couriers_own_wish_opens_at_once_for_as_long_as_it_says_and_no_longer_than_an_hour() -> None:
    assert failed(State(), NOW, Go(), 7, PACE).open_until == NOW + timedelta(seconds=7)
    assert failed(State(), NOW, Go(), 10**6, PACE).open_until == NOW + LONGEST_RETRY_AFTER


@given(st.integers(1, 300), st.integers(1, 60), st.lists(st.booleans(), max_size=400))
def test_a_minute_never_sees_more_calls_than_its_quota(limit: int, seconds: int, urgent: list[bool]) -> None:
    spent, now = Spent(), NOW
    made: dict[datetime, int] = {}
    for first_class in urgent:
        spent, wait = take(spent, Quota(per_minute=limit), now, first_class)
        if wait is None:
            minute = now.replace(second=0)
            made[minute] = made.get(minute, 0) + 1
        now += timedelta(seconds=seconds / 60)
    assert all(count <= limit for count in made.values())


def test_orders_go_before_questions_when_the_quota_is_short() -> None:
    spent, quota = Spent(), Quota(per_day=10)
    while True:
        spent, wait = take(spent, quota, NOW, urgent=False)
        if wait is not None:
            break
    assert spent.day_calls == 8
    assert wait == (datetime(2026, 9, 8, 16, tzinfo=UTC), "day"), "the China day ends at 16:00 UTC"
    assert take(spent, quota, NOW, urgent=True)[1] is None
    assert take(spent, quota, NOW + timedelta(days=1), urgent=False)[1] is None


def test_a_quota_is_read_from_the_settings_and_a_wrong_one_is_named() -> None:
    env = {"COURIER_SF_CALLS_PER_MINUTE": "30", "COURIER_SF_CALLS_PER_DAY": "3000"}
    assert from_settings(env, "sf") == Quota(30, 3000)
    assert from_settings(env, "ems") == Quota()
    for wrong in ("0", "-1", "many", "1.5", "9" * 20):
        with pytest.raises(ValueError, match="COURIER_SF_CALLS_PER_DAY"):
            from_settings({"COURIER_SF_CALLS_PER_DAY": wrong}, "sf")
