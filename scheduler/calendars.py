"""Announced days off: list what a draft would move, and move what a confirmed one moves."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from logistics import logs
from logistics.services import calendars
from logistics.store.calendars import waiting
from logistics.store.context import Context
from logistics.store.locks import Lock
from scheduler.alone import alone

log = logs.get("calendars")


def once(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every draft is listed and every confirmed announcement applied, as far as `going_on` allows; how many of both.

    0 also while another process does so.
    """
    with alone(ctx, Lock.CALENDAR_MOVES) as mine:
        return _all(ctx, going_on) if mine else 0


def _all(ctx: Context, going_on: Callable[[], bool]) -> int:
    with Session(ctx.engine) as session:
        found = [(notice.id or 0, notice.confirmed_at is not None) for notice in waiting(session)]
    done = 0
    for notice_id, is_confirmed in found:
        if not going_on():
            break
        if is_confirmed:
            while going_on() and calendars.apply(ctx, notice_id):
                pass
            log.info("calendar_applied", notice=notice_id)
        else:
            log.info("calendar_listed", notice=notice_id, moves=calendars.list_moves(ctx, notice_id))
        done += 1
    return done
