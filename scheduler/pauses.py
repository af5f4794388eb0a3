"""Approved pauses begin and end at the moments that were approved."""

from __future__ import annotations

from collections.abc import Callable

from logistics import logs
from logistics.services import pauses
from logistics.store.context import Context

log = logs.get("pauses")


def once(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every pause whose moment has come has begun or ended; how many facts that made."""
    made = 0
    for deadline_id in pauses.due(ctx):
        if not going_on():
            break
        facts = pauses.turn(ctx, deadline_id)
        log.info("pause_turned", deadline=deadline_id, facts=facts)
        made += len(facts)
    return made
