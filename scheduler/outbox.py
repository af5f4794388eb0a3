"""Do what we owe the outside, one errand at a time: the lease of each starts when somebody begins it.

The lease outlives the call. A process that dies between call and record leaves the errand leased; when that lapses the
same reference is sent again and the courier's first answer comes back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from couriers.contract import Busy, CourierError, Garbled
from logistics import logs
from logistics.errors import YoudangError
from logistics.store import queues
from logistics.store.accounts import LONGEST_SPREAD
from logistics.store.context import Context
from logistics.store.queues import Leased
from logistics.terms import ErrandKind
from scheduler import asking, calls, enquiring, printing, subscribing
from scheduler.access import Closed, Means
from scheduler.channels import delivery
from scheduler.mail import Post
from scheduler.outcome import Again, Done, Failed, ForAPerson, Outcome, Postponed
from scheduler.patience import USUAL, Patience

LAPSES_PER_FAILURE = 3  # a lease that lapsed says little about the errand: processes die for many reasons
ORDERS_WITHIN, OTHERS_WITHIN = 0.02, 0.2  # of a postponement: so far apart come those who waited together
_ORDERS = (ErrandKind.BOOK, ErrandKind.REGISTER, ErrandKind.CANCEL)
LONGEST_CALL = 12.0  # seconds; a process that is told to stop waits for the call it is in
log = logs.get("outbox")
_dice = random.SystemRandom()


def once(
    ctx: Context,
    lease_seconds: float,
    limit: int,
    *,
    post: Post | None = None,
    patience: Patience = USUAL,
    means: Means | None = None,
    going_on: Callable[[], bool] = lambda: True,
) -> int:
    """Up to `limit` due errands have been tried; how many. Stops early when nothing is due or `going_on` says no."""
    tried, means = 0, means or Means()
    while tried < limit and going_on():
        errand = queues.claim_errand(ctx.engine, ctx.clock(), timedelta(seconds=lease_seconds))
        if errand is None:
            break
        tried += 1
        outcome = _try(ctx, errand, min(LONGEST_CALL, lease_seconds / 2), post, patience, means)
        _settle(ctx, errand, outcome, patience)
    return tried


def _try(ctx: Context, errand: Leased, seconds: float, post: Post | None, patience: Patience, means: Means) -> Outcome:
    if errand.attempts > LAPSES_PER_FAILURE * patience.limit:  # whoever takes it up dies of it
        return ForAPerson(f"已尝试 {errand.attempts - 1} 次而没有结果。请查明原因后重试。")
    try:
        return _do(ctx, errand, seconds, post, means)
    except Closed as closed:
        return Postponed(str(closed), closed.until, closed.tried)
    except Busy as busy:
        return Failed(str(busy), busy.retry_after_seconds)
    except Garbled as garbled:
        return Failed(str(garbled), unreadable=True)
    except CourierError as refused:
        return ForAPerson(str(refused))
    except YoudangError as rejected:
        return ForAPerson(rejected.zh)
    except DBAPIError:
        raise  # the database's trouble, not the errand's: its lease lapses and it is tried again
    except Exception as fault:  # a fault of ours with one errand must not stand in the way of all others
        log.exception("errand_fault", errand_key=errand.key, kind=errand.kind.value)
        return Failed(f"程序内部错误({type(fault).__name__}),已记入日志;稍后重试。")


def _do(ctx: Context, errand: Leased, seconds: float, post: Post | None, means: Means) -> Outcome:
    match errand.kind:
        case ErrandKind.BOOK:
            return calls.book(ctx, errand, seconds, means)
        case ErrandKind.REGISTER:
            return calls.register(ctx, errand, seconds, means)
        case ErrandKind.CANCEL:
            return calls.cancel(ctx, errand, seconds, means)
        case ErrandKind.TRACK:
            return asking.track(ctx, errand, seconds, means)
        case ErrandKind.SECOND_SOURCE:
            return asking.second_source(ctx, errand, seconds, means)
        case ErrandKind.SUBSCRIBE:
            return subscribing.subscribe(ctx, errand, seconds, means)
        case ErrandKind.ENQUIRE:
            return enquiring.enquire(ctx, errand, seconds, means)
        case ErrandKind.NOTIFY:
            return delivery.deliver(ctx, errand, seconds, delivery.Means(post, means.pace))
        case ErrandKind.PRINT:
            return printing.print_paper(ctx, errand, seconds)


def _settle(ctx: Context, errand: Leased, outcome: Outcome, patience: Patience) -> None:
    """The errand's row says what came of it, and so does the log, in one line."""
    now = ctx.clock()
    limit = patience.limit
    if isinstance(outcome, Failed) and outcome.unreadable:
        limit = min(limit, patience.unreadable_limit)
    match outcome:
        case Done(note):
            queues.finish_errand(ctx.engine, errand, now, note)
        case Again(wait):
            queues.repeat_errand(ctx.engine, errand, now, now + wait)
        case Failed(why) if errand.failures + 1 >= limit:
            queues.park_errand(ctx.engine, errand, now, f"已尝试 {errand.failures + 1} 次：{why}")
            outcome = ForAPerson(why)
        case Failed(why, retry_after):
            wait = patience.wait(errand.failures + 1, _dice.random(), retry_after)
            queues.retry_errand(ctx.engine, errand, now + wait, why)
        case Postponed(why, until, was_tried):
            due_at = _spread(errand, now, until, _dice.random())
            queues.postpone_errand(ctx.engine, errand, due_at, why, was_tried=was_tried)
        case ForAPerson(why):
            queues.park_errand(ctx.engine, errand, now, why)
    log.info(
        "errand",
        errand_key=errand.key,
        kind=errand.kind.value,
        attempt=errand.attempts,
        outcome=type(outcome).__name__.lower(),
    )


def _spread(errand: Leased, now: datetime, until: datetime, dice: float) -> datetime:
    """When a postponed errand is taken up: what waited together comes apart, and orders come before questions."""
    share = ORDERS_WITHIN if errand.kind in _ORDERS else OTHERS_WITHIN
    seconds = min((until - now).total_seconds() * share, LONGEST_SPREAD.total_seconds())
    return until + timedelta(seconds=max(0.0, seconds) * dice)
