"""Read again what was told in a code that somebody has decided since: over all agencies, one envelope at a time."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from logistics import logs
from logistics.services import codes
from logistics.store.codes import lagging
from logistics.store.context import Context

log = logs.get("rereading")


def once(ctx: Context, limit: int = 200, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Up to `limit` consignments have followed their events with the newest meanings; how many."""
    with Session(ctx.engine) as session:
        waiting = lagging(session, limit)
    done = 0
    for no in waiting:
        if not going_on():
            break
        done += _reread(ctx, no)
    return done


def _reread(ctx: Context, no: str) -> int:
    try:
        codes.reread(ctx, no)
    except DBAPIError:
        raise  # the database's trouble: the next look finds it again
    except Exception:  # a fault of ours with one envelope must not stand in the way of all others
        log.exception("reread_fault", consignment=no)
        return 0
    log.info("reread", consignment=no)
    return 1
