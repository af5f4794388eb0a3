"""Look ahead by the lanes' own measured times, and warn of what will probably be late. The verb looks again and warns
once, however many processes look."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from logistics import logs
from logistics.services import foresight
from logistics.store.context import Context
from logistics.store.foresight import Reckoned
from logistics.store.locks import Lock
from scheduler.alone import alone

log = logs.get("foresight")


def once(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """What is foretold stands; how many deadlines' owners were warned here. 0 also when another process is looking."""
    with alone(ctx, Lock.LOOK_AHEAD) as mine:  # two would only reckon the same twice
        return _look(ctx, going_on) if mine else 0


def _look(ctx: Context, going_on: Callable[[], bool]) -> int:
    warned = 0
    for one in foresight.foresee(ctx, going_on=going_on):
        if not going_on():
            break
        warned += _warn(ctx, one)
    return warned


def _warn(ctx: Context, one: Reckoned) -> int:
    try:
        warned = foresight.warn(ctx, one)
    except DBAPIError:
        raise  # the database's trouble: the next look finds it again
    except Exception:  # a fault of ours with one deadline must not stand in the way of all others
        log.exception("foresight_fault", deadline=one.deadline_id)
        return 0
    if warned:
        share = one.forecast.share
        log.info("at_risk", deadline=one.deadline_id, late=share.hits, of=share.total)
    return int(warned)
