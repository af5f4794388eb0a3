"""When a courier's account is called and when it is left alone. Pure: the caller keeps the row and locks it.

Closed, every call goes. After so many failures in a row, or at once when the courier says how long to wait, the account
is open: nobody calls until a moment. Then one caller tries (half-open). What it finds closes the account, or opens it
for longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LONGEST_RETRY_AFTER = timedelta(hours=1)
"""A courier may ask us to wait; not for longer than this."""


@dataclass(frozen=True)
class Breaker:
    """Opens after `threshold` failures in a row, first for `first` seconds, doubling up to `longest`.

    The one who tries has `probe` seconds for it; whoever died trying is followed by another.
    """

    threshold: int = 5
    first: float = 30.0
    longest: float = 1800.0
    probe: float = 60.0

    def wait(self, failures: int) -> timedelta:
        """How long the account stays open after so many failures in a row."""
        doublings = min(max(0, failures - self.threshold), 30)
        return timedelta(seconds=min(self.first * 2**doublings, self.longest))


USUAL = Breaker()


@dataclass(frozen=True)
class State:
    """What is known of an account: failures in a row, since when and until when it is open, who tries until when."""

    failures: int = 0
    opened_at: datetime | None = None
    open_until: datetime | None = None
    probe_until: datetime | None = None

    def is_down(self, breaker: Breaker = USUAL) -> bool:
        """True when the account has failed so often in a row that no single errand is to blame."""
        return self.open_until is not None and self.failures >= breaker.threshold


@dataclass(frozen=True)
class Go:
    """Call now. `probe`: the account is open and this call alone finds out whether it works again."""

    probe: bool = False


@dataclass(frozen=True)
class Wait:
    """Do not call before `until`. `why` is "open", "probing", "minute" or "day"."""

    until: datetime
    why: str


def standing(state: State, now: datetime) -> str:
    """"working", "open" (nobody calls yet), "probing" (one call is finding out) or "due" (the next call finds out)."""
    if state.open_until is None:
        return "working"
    if now < state.open_until:
        return "open"
    return "probing" if state.probe_until is not None and now < state.probe_until else "due"


def ask(state: State, now: datetime, breaker: Breaker = USUAL) -> tuple[Go | Wait, State]:
    """Whether to call, and what is known afterwards: a caller that is to probe holds the probe."""
    if state.open_until is None:
        return Go(), state
    if now < state.open_until:
        return Wait(state.open_until, "open"), state
    if state.probe_until is not None and now < state.probe_until:
        return Wait(state.probe_until, "probing"), state
    return Go(probe=True), replace(state, probe_until=now + timedelta(seconds=breaker.probe))


def succeeded() -> State:
    """The courier answered, whatever it said: the account is closed."""
    return State()


def failed(
    state: State, now: datetime, go: Go, retry_after_seconds: int | None = None, breaker: Breaker = USUAL
) -> State:
    """What is known after a failure. One that set out before the account opened changes only how long to wait, and
    only where the courier said so."""
    asked = min(timedelta(seconds=retry_after_seconds or 0), LONGEST_RETRY_AFTER)
    if state.open_until is not None and not go.probe:
        return replace(state, open_until=max(state.open_until, now + asked))
    failures = state.failures + 1
    is_down = failures >= breaker.threshold
    if not (go.probe or asked or is_down):
        return replace(state, failures=failures)
    ours = breaker.wait(failures) if is_down or not asked else timedelta()
    return State(failures, state.opened_at or now, now + max(ours, asked), None)


def refused(state: State, now: datetime, breaker: Breaker = USUAL) -> State:
    """What is known after the other side said that it does not accept us: left alone for the longest time at once."""
    return State(state.failures + 1, state.opened_at or now, now + breaker.wait(10**6), None)
