"""Look for silent parcels: one look at the database for all that might be, then the rule for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from logistics import logs
from logistics.rules.silence import SHORTEST
from logistics.services import silences
from logistics.store import silences as store
from logistics.store.context import Context

PAGE = 500

log = logs.get("silence")


def once(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every parcel silent for too long has its difference, those that arrived have none open; how many are silent."""
    silent = 0
    with Session(ctx.engine) as session:
        arrived = store.over(session, PAGE)
    for no in (*arrived, *_quiet(ctx)):
        if not going_on():
            break
        silent += _watch(ctx, no)
    return silent


def _quiet(ctx: Context) -> Iterator[str]:
    """Numbers page by page, so that one look is never long."""
    since, after = ctx.clock() - timedelta(hours=SHORTEST), 0  # a working hour is an hour at least
    while True:
        with Session(ctx.engine) as session:
            page = store.quiet(session, since, after, PAGE)
        yield from (no for _key, no in page)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def _watch(ctx: Context, no: str) -> int:
    try:
        silent = silences.watch(ctx, no)
    except DBAPIError:
        raise  # the database's trouble: the next look finds it again
    except Exception:  # a fault of ours with one envelope must not stand in the way of all others
        log.exception("silence_fault", consignment=no)
        return 0
    if silent:
        log.info("silent", consignment=no)
    return int(silent)
