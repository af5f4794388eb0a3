"""New versions of rules of time: list the open clocks that one would move, and move those of a confirmed list."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from logistics import logs
from logistics.services import policy_moves
from logistics.store.context import Context
from logistics.store.locks import Lock
from logistics.store.policies import waiting
from scheduler.alone import alone

log = logs.get("policies")


def once(ctx: Context, *, going_on: Callable[[], bool] = lambda: True) -> int:
    """Every list that is asked for is made and every confirmed one applied, as far as `going_on` allows; how many.

    0 also while another process does so.
    """
    with alone(ctx, Lock.POLICY_MOVES) as mine:
        return _all(ctx, going_on) if mine else 0


def _all(ctx: Context, going_on: Callable[[], bool]) -> int:
    with Session(ctx.engine) as session:
        found = [(row.id or 0, row.confirmed_at is not None) for row in waiting(session)]
    done = 0
    for version_id, is_confirmed in found:
        if not going_on():
            break
        if is_confirmed:
            while going_on() and policy_moves.apply(ctx, version_id):
                pass
            log.info("policy_applied", version=version_id)
        else:
            log.info("policy_listed", version=version_id, moves=policy_moves.list_moves(ctx, version_id))
        done += 1
    return done
