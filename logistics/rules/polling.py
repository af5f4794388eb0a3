"""When to ask a courier again about a waybill. Pure. Age alone ends nothing: asking ends with receipt or voiding.

Usually every two hours; every half hour where something is about to happen or late; less often while pushes tell it
anyway; hourly where pushes used to come and have stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from couriers.contract import Milestone
from logistics.terms import Stage

NEAR_OR_LATE = timedelta(minutes=30)
PUSHES_SILENT = timedelta(hours=1)
ON_THE_WAY = timedelta(hours=2)
AT_AN_END = timedelta(hours=6)  # delivered, returned or lost: only a taking-back is still to be heard

PUSHED = 3
"""So many times longer while the waybill's own pushes arrive; twice where it is near or late."""

SECOND = 3
"""So many times longer for a second source, and never sooner than SECOND_SOONEST."""

SECOND_SOONEST = timedelta(hours=1)  # 快递100 may lock a number that is asked for more often than every half hour
SILENT_AFTER = timedelta(hours=24)  # an account that pushed and has not for so long: its hook may be broken
PUSH_FRESH = timedelta(hours=12)
"""A push of this waybill so recently speaks for more to come."""

NEAR_SHARE = 0.8
"""Of the lane's own p80 from pick-up to delivery: from then on the postman may come any hour."""

_NEAR = frozenset({Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPTED, Milestone.AVAILABLE})
_OVER = frozenset({Stage.RECEIVED, Stage.VOIDED})
_END = frozenset({Stage.DELIVERED, Stage.RETURNED, Stage.LOST})


@dataclass(frozen=True)
class Situation:
    """What the next question depends on. `late`: an open deadline of the envelope has passed.

    `usual`: the lane's measured p80 from pick-up to delivery, None while too few are known. `pushed_at`: the last push
    about this waybill; `account_pushed_at`: the last one of the courier's account about any.
    """

    stage: Stage
    last: Milestone | None = None
    late: bool = False
    picked_up_at: datetime | None = None
    usual: timedelta | None = None
    pushed_at: datetime | None = None
    account_pushed_at: datetime | None = None


def next_poll(now: datetime, known: Situation) -> timedelta | None:
    """How long to wait before the courier is asked again; None when there is nothing more to hear."""
    if known.stage in _OVER:
        return None
    pushed = known.pushed_at is not None and now - known.pushed_at < PUSH_FRESH
    if known.stage in _END:
        return AT_AN_END * (2 if pushed else 1)
    if known.late or known.last in _NEAR or is_expected(now, known):
        return NEAR_OR_LATE * (2 if pushed else 1)
    if pushed:
        return ON_THE_WAY * PUSHED
    return PUSHES_SILENT if _are_pushes_silent(now, known) else ON_THE_WAY


def next_second(now: datetime, known: Situation) -> timedelta | None:
    """The same for a second source, which is asked at a slower pace."""
    wait = next_poll(now, known)
    return None if wait is None else max(wait * SECOND, SECOND_SOONEST)


def is_expected(now: datetime, known: Situation) -> bool:
    """True from the moment at which envelopes of this lane begin to arrive."""
    if known.picked_up_at is None or known.usual is None:
        return False
    return now >= known.picked_up_at + known.usual * NEAR_SHARE


def _are_pushes_silent(now: datetime, known: Situation) -> bool:
    return known.account_pushed_at is not None and now - known.account_pushed_at > SILENT_AFTER
