"""Small things kept in order: documents listed before their numbers could be found, tries of days gone."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from logistics import logs
from logistics.store import inquiry, numbers
from logistics.store.context import Context

BATCH = 500
log = logs.get("housekeeping")


def once(ctx: Context, batch: int = BATCH, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every original is found by its document's own number, and no try to inquire is kept longer than two days; how
    many originals were looked at."""
    with Session(ctx.engine) as session, session.begin():
        forgotten = inquiry.forget(session, ctx.clock())
    last, looked_at = 0, 0
    while going_on():
        with Session(ctx.engine) as session, session.begin():
            done = numbers.digest_some(session, ctx.keyring, last, batch)
        if done is None:
            break
        last, looked_at = done[-1], looked_at + len(done)
    if forgotten or looked_at:
        log.info("in_order", tries_forgotten=forgotten, originals=looked_at)
    return looked_at
