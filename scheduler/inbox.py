"""Read what couriers pushed: each message once, in whatever order, by however many processes.

Messages are taken, read and stored a batch at a time. A batch that cannot be stored is read one by one, so that no
message harms another.
"""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import InterfaceError, OperationalError

from couriers.contract import Courier, Garbled, Push, TellsOfSubscriptions, TrackingEvent
from logistics import logs
from logistics.actor import SYSTEM
from logistics.services import tracking
from logistics.store import messages, queues
from logistics.store.context import Context
from logistics.store.queues import Message
from logistics.store.work import reading
from scheduler import subscribing
from scheduler.outcome import Done, Failed, ForAPerson, Outcome
from scheduler.patience import USUAL, Patience
from scheduler.subscribing import Heard

LEASE_SECONDS = 60.0
BATCH = 200  # messages stored in one transaction, until it is known how much they say
MOST = 1000  # messages: read one by one, should it come to that, they still take but a part of their lease
STATEMENTS = 2000  # of couriers, stored in one transaction: it holds their dossiers for a fraction of a second
STRANGERS_WAIT = timedelta(minutes=50)
"""How long a push may name a waybill we do not know: the booking's own answer may still be under way."""

log = logs.get("inbox")
_dice = random.SystemRandom()


@dataclass(frozen=True)
class Told(Heard):
    """A message that was read. `events`: those whose waybill is known; `whole`: that is all of them."""

    whole: bool = True


def once(
    ctx: Context,
    limit: int,
    *,
    lease_seconds: float = LEASE_SECONDS,
    patience: Patience = USUAL,
    going_on: Callable[[], bool] = lambda: True,
) -> int:
    """Up to `limit` unread pushes have been read or put off; how many."""
    looked_at, many = 0, BATCH
    while looked_at < limit and going_on():
        lease = timedelta(seconds=lease_seconds)
        batch = messages.claim(ctx.engine, ctx.clock(), lease, min(many, limit - looked_at))
        if not batch:
            break
        looked_at += len(batch)
        with _undisturbed():
            many = fitting(len(batch), _take(ctx, batch, patience))
    return looked_at


def fitting(pushes: int, told: int) -> int:
    """How many pushes to take next, when the last so many told so many statements."""
    return min(MOST, max(BATCH, STATEMENTS * pushes // max(told, 1)))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No search for unreachable objects meanwhile: a batch makes tens of thousands that live until its end, and looking
    at them again and again took a third of its time. What it leaves behind is found afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take(ctx: Context, batch: Sequence[Message], patience: Patience) -> int:
    """Every message of the batch has been read or put off; how many statements they told."""
    outcomes: Counter[str] = Counter()

    def settle(message: Message, outcome: Outcome) -> None:
        outcomes[type(_settle(ctx, message, outcome, patience)).__name__.lower()] += 1

    read, unread = _all_read(ctx, batch)
    for message, outcome in unread:
        settle(message, outcome)
    told = _named(ctx, read)
    try:
        _hear(ctx, told)
        whole = [one for one in told if one.whole]
        strangers = tracking.absorb_pushes(ctx, [(one.message, one.events) for one in whole]) if whole else []
    except Exception:  # one message may be at fault, or a lease has lapsed: each for itself
        log.exception("batch_not_stored", pushes=len(told))
        for one in told:
            settle(one.message, _alone(ctx, one))
    else:
        outcomes["done"] += strangers.count([])
        for one, nobodys in zip(whole, strangers, strict=True):
            if nobodys:
                settle(one.message, _unknown(ctx, one.message))
        for one in told:
            if not one.whole:
                settle(one.message, _alone(ctx, one))
    log.info("pushes", many=len(batch), **outcomes)
    return sum(len(one.events) for one in read)


def _all_read(ctx: Context, batch: Sequence[Message]) -> tuple[list[Heard], list[tuple[Message, Outcome]]]:
    """The messages with what they say, and those that could not be read with what becomes of them."""
    read, unread = list[Heard](), list[tuple[Message, Outcome]]()
    telling = {code for code, one in ctx.couriers.items() if isinstance(one, TellsOfSubscriptions)}
    for message in batch:
        courier = ctx.couriers.get(message.courier)
        if courier is None:
            unread.append((message, Failed(f"没有配置快递 {message.courier}。请系统管理人员补上其设置后重试。")))
            continue
        try:
            events = courier.read_push(Push(message.headers, message.body))
            notice = subscribing.notice_of(courier, message) if message.courier in telling else None
            read.append(Heard(message, events, notice))
        except Garbled as garbled:
            unread.append((message, ForAPerson(str(garbled))))
        except Exception as fault:  # a fault of ours with one push must not stand in the way of all others
            log.exception("push_fault", push=message.id, courier=message.courier)
            unread.append((message, _failed(fault)))
    return read, unread


def _named(ctx: Context, read: Sequence[Heard]) -> list[Told]:
    """The events with their waybill's number, where the courier gave only our own reference."""
    asked = {(one.message.courier, event.reference) for one in read for event in one.events if not event.waybill_no}
    found: Mapping[tuple[str, str], str] = {}
    if asked:
        with reading(ctx.engine, SYSTEM) as session:
            found = messages.waybills_of(session, asked)
    told = []
    for one in read:
        named = [_with_number(one.message.courier, event, found) for event in one.events]
        known = [event for event in named if event.waybill_no]
        told.append(Told(one.message, known, one.notice, len(known) == len(named)))
    return told


def _with_number(courier: str, event: TrackingEvent, found: Mapping[tuple[str, str], str]) -> TrackingEvent:
    return event if event.waybill_no else replace(event, waybill_no=found.get((courier, event.reference), ""))


def _hear(ctx: Context, told: Sequence[Told]) -> None:
    """Accounts and subscriptions know of these pushes. Before the messages count as read, so that none is missed."""
    by_courier: dict[str, list[Told]] = {}
    for one in told:
        by_courier.setdefault(one.message.courier, []).append(one)
    for code, read in by_courier.items():
        subscribing.heard(ctx, _courier(ctx, code), read)


def _courier(ctx: Context, code: str) -> Courier:
    return ctx.couriers[code]  # it has just read a push


def _alone(ctx: Context, one: Told) -> Outcome:
    """What becomes of a message that is stored in a transaction of its own."""
    message = one.message
    try:
        subscribing.heard(ctx, _courier(ctx, message.courier), [one])
        digest = tracking.digest_of(message.body)
        strangers = tracking.absorb(ctx, message.courier, one.events, "push", digest, message.received_at)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not the push's: its lease lapses and it is read again
    except Exception as fault:  # a fault of ours with one push must not stand in the way of all others
        log.exception("push_fault", push=message.id, courier=message.courier)
        return _failed(fault)
    return Done() if one.whole and not strangers else _unknown(ctx, message)


def _failed(fault: Exception) -> Outcome:
    return Failed(f"程序内部错误({type(fault).__name__}),已记入日志;稍后重试。")


def _unknown(ctx: Context, message: Message) -> Outcome:
    why = "推送里的运单号不属于本系统的任何寄递件。请与快递方核实。"
    if ctx.clock() - message.received_at >= STRANGERS_WAIT:
        return ForAPerson(why)
    return Failed(why)


def _names(ctx: Context, message: Message) -> set[str]:
    """Waybills and references that a message put off is about: a dossier they belong to waits for it to be read."""
    courier = ctx.couriers.get(message.courier)
    if courier is None:
        return set()
    try:
        events = courier.read_push(Push(message.headers, message.body))
    except Garbled:
        return set()
    except Exception:  # a fault of ours: the message is put off all the same, naming nobody
        log.exception("push_names", push=message.id, courier=message.courier)
        return set()
    return {name for event in events for name in (event.waybill_no, event.reference) if name}


def _settle(ctx: Context, message: Message, outcome: Outcome, patience: Patience) -> Outcome:
    """What became of the message is stored, and returned."""
    now = ctx.clock()
    match outcome:
        case Failed(why) if message.attempts >= patience.limit:
            outcome = ForAPerson(why)
        case Failed(why):
            again = now + patience.wait(message.attempts, _dice.random())
            decided = message.received_at + STRANGERS_WAIT  # by then a push for nobody is a person's affair
            again = min(again, decided) if decided > now else again
            queues.retry_message(ctx.engine, message, again, why, _names(ctx, message))
    match outcome:
        case ForAPerson(why):
            queues.park_message(ctx.engine, message, now, why, _names(ctx, message))
        case Done():
            queues.finish_message(ctx.engine, message, now)
    if not isinstance(outcome, Done):
        log.info(
            "push",
            push=message.id,
            courier=message.courier,
            attempt=message.attempts,
            outcome=type(outcome).__name__.lower(),
        )
    return outcome
