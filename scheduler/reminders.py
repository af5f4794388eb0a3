"""Fire the rungs that are due. Each fires once, however many processes look: the verb locks and looks again."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from logistics import logs
from logistics.services import deadlines
from logistics.store.context import Context

LOOK = 5_000  # deadlines a look: a morning on which many fall due at once is over within a minute
log = logs.get("reminders")


def once(ctx: Context, limit: int = LOOK, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """The due rungs of up to `limit` deadlines have fired; how many did so here."""
    fired = 0
    for deadline_id in deadlines.due(ctx, limit):
        if not going_on():
            break
        fired += _chase(ctx, deadline_id)
    return fired


def _chase(ctx: Context, deadline_id: int) -> int:
    try:
        names = deadlines.chase(ctx, deadline_id)
    except DBAPIError:
        raise
    except Exception:  # a fault of ours with one deadline must not stand in the way of all others
        log.exception("deadline_fault", deadline=deadline_id)
        return 0
    if names:
        log.info("rungs", deadline=deadline_id, fired=names)
    return len(names)
