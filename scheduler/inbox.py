"""Read what couriers pushed: each message once, in whatever order, by however many processes."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from couriers.contract import Garbled, Push, TrackingEvent
from logistics import logs
from logistics.actor import SYSTEM
from logistics.services import tracking
from logistics.store import queues
from logistics.store.context import Context
from logistics.store.queues import Message
from logistics.store.work import reading
from scheduler import subscribing
from scheduler.outcome import Done, Failed, ForAPerson, Outcome
from scheduler.patience import USUAL, Patience

LEASE_SECONDS = 60.0
STRANGERS_WAIT = timedelta(minutes=50)
"""How long a push may name a waybill we do not know: the booking's own answer may still be under way."""

log = logs.get("inbox")
_dice = random.SystemRandom()


def once(
    ctx: Context,
    limit: int,
    *,
    lease_seconds: float = LEASE_SECONDS,
    patience: Patience = USUAL,
    going_on: Callable[[], bool] = lambda: True,
) -> int:
    """Up to `limit` unread pushes have been read or put off; how many."""
    looked_at = 0
    while looked_at < limit and going_on():
        message = queues.claim_message(ctx.engine, ctx.clock(), timedelta(seconds=lease_seconds))
        if message is None:
            break
        looked_at += 1
        _settle(ctx, message, _read(ctx, message), patience)
    return looked_at


def _read(ctx: Context, message: Message) -> Outcome:
    courier = ctx.couriers.get(message.courier)
    if courier is None:
        return Failed(f"没有配置快递 {message.courier}。请系统管理人员补上其设置后重试。")
    try:
        events = _named(ctx, message.courier, courier.read_push(Push(message.headers, message.body)))
        known = [event for event in events if event.waybill_no]
        digest = hashlib.sha256(message.body).hexdigest()
        strangers = tracking.absorb(ctx, message.courier, known, "push", digest, message.received_at)
        subscribing.heard(ctx, courier, message, known)
    except Garbled as garbled:
        return ForAPerson(str(garbled))
    except DBAPIError:
        raise  # the database's trouble, not the push's: its lease lapses and it is read again
    except Exception as fault:  # a fault of ours with one push must not stand in the way of all others
        log.exception("push_fault", push=message.id, courier=message.courier)
        return Failed(f"程序内部错误({type(fault).__name__}),已记入日志;稍后重试。")
    if not strangers and len(known) == len(events):
        return Done()
    return _unknown(ctx, message)


def _named(ctx: Context, courier_code: str, events: Sequence[TrackingEvent]) -> list[TrackingEvent]:
    """The events with their waybill's number, where the courier gave only our own reference."""
    with reading(ctx.engine, SYSTEM) as session:
        return [
            event
            if event.waybill_no
            else replace(event, waybill_no=queues.waybill_of(session, courier_code, event.reference))
            for event in events
        ]


def _unknown(ctx: Context, message: Message) -> Outcome:
    why = "推送里的运单号不属于本系统的任何寄递件。请与快递方核实。"
    if ctx.clock() - message.received_at >= STRANGERS_WAIT:
        return ForAPerson(why)
    return Failed(why)


def _settle(ctx: Context, message: Message, outcome: Outcome, patience: Patience) -> None:
    now = ctx.clock()
    match outcome:
        case Failed(why) if message.attempts >= patience.limit:
            outcome = ForAPerson(why)
        case Failed(why):
            again = now + patience.wait(message.attempts, _dice.random())
            decided = message.received_at + STRANGERS_WAIT  # by then a push for nobody is a person's affair
            queues.retry_message(ctx.engine, message, min(again, decided) if decided > now else again, why)
    match outcome:
        case ForAPerson(why):
            queues.park_message(ctx.engine, message, now, why)
        case Done():
            queues.finish_message(ctx.engine, message, now)
    log.info(
        "push",
        push=message.id,
        courier=message.courier,
        attempt=message.attempts,
        outcome=type(outcome).__name__.lower(),
    )
