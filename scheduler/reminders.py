"""Fire the rungs that are due, oldest moment first, and let what they say leave the house.

Each fires once, however many processes look: whoever fires has the dossier locked and looks again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError

from logistics import logs
from logistics.services import reminding
from logistics.services.reminding import ALWAYS, Fired
from logistics.store.context import Context

LOOK = 20_000  # rungs a look, about as many as fire within half a minute
BATCH = 200  # rungs a transaction
FRESH = timedelta(seconds=50)
ONE_IN = 4  # batches: that one is for what came due just now, while older ones are being worked off
PATIENCE = timedelta(minutes=10)  # until a deadline that met a fault of ours is tried again
AWAY = (OperationalError, InterfaceError)
log = logs.get("reminders")


@dataclass
class Faults:
    """Deadlines that met a fault of ours in this process: they must not stand in the way of all others."""

    _until: dict[int, datetime] = field(default_factory=dict)

    def add(self, deadline_id: int, now: datetime) -> None:
        """It is left alone for a while."""
        self._until[deadline_id] = now + PATIENCE

    def __len__(self) -> int:
        """How many deadlines."""
        return len(self._until)

    def now(self, now: datetime) -> Collection[int]:
        """Those that are left alone."""
        self._until = {id_: until for id_, until in self._until.items() if until > now}
        return self._until.keys()


def once(
    ctx: Context, limit: int = LOOK, *, going_on: Callable[[], bool] = lambda: True, faults: Faults | None = None
) -> int:
    """Up to about `limit` due rungs have fired, and what may leave now is owed outward; how many fired here."""
    faults = Faults() if faults is None else faults
    total = batches = 0
    while total < limit and going_on():
        batches += 1
        since = ctx.clock() - FRESH if batches % ONE_IN == 0 else ALWAYS
        known = len(faults)
        fired = _batch(ctx, min(BATCH, limit - total), since, faults)
        total += sum(len(one.rungs) for one in fired)
        if not fired and since == ALWAYS and len(faults) <= known:
            break
    _post(ctx, going_on)
    return total


def _batch(ctx: Context, size: int, since: datetime, faults: Faults) -> list[Fired]:
    but = faults.now(ctx.clock())
    if not reminding.due(ctx, 1, since=since, but=but):
        return []
    try:
        fired = reminding.fire(ctx, size, since=since, but=but)
    except AWAY:
        raise
    except Exception:  # some deadline of these meets a fault of ours: find it, the others must not wait for it
        log.exception("batch_fault")
        fired = _one_by_one(ctx, reminding.due(ctx, size, since=since, but=but), faults)
    if fired:
        held = sum(len(one.held) for one in fired)
        log.info("rungs", deadlines=len(fired), fired=sum(len(one.rungs) for one in fired), held=held)
    return fired


def _one_by_one(ctx: Context, deadline_ids: list[int], faults: Faults) -> list[Fired]:
    fired = []
    for deadline_id in deadline_ids:
        try:
            names = reminding.chase(ctx, deadline_id)
        except AWAY:
            raise
        except Exception:
            log.exception("deadline_fault", deadline=deadline_id)
            faults.add(deadline_id, ctx.clock())
        else:
            fired += [Fired(deadline_id, tuple(names))] if names else []
    return fired


def _post(ctx: Context, going_on: Callable[[], bool]) -> None:
    seen: list[int] = []
    while going_on() and reminding.waits_to_leave(ctx):
        officers, owed = reminding.post(ctx, but=seen)
        if not officers:
            return
        seen += officers
        if owed:
            log.info("posted", officers=len(officers), messages=owed)
