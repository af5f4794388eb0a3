"""Pushes that must be asked for: subscribe, renew, and hear what a push says about its own subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from couriers.contract import (
    Courier,
    Garbled,
    Operation,
    Push,
    Refused,
    Subscribes,
    SubscriptionNotice,
    TellsOfSubscriptions,
    TrackingEvent,
)
from logistics.store import accounts, queues, subscriptions
from logistics.store.context import Context
from logistics.store.queues import Leased, Message
from logistics.store.subscriptions import News
from scheduler.access import Door, Means, keeper
from scheduler.asking import carrier_and_phone
from scheduler.outcome import Done, ForAPerson, Outcome
from scheduler.subject import courier_for, stage_of, subject_of


def subscribe(ctx: Context, errand: Leased, seconds: float, means: Means | None = None) -> Outcome:
    """The courier pushes about this waybill from now on; a refusal stands beside the subscription and is asked again
    tomorrow: polling goes on meanwhile. Raises `CourierError`, `Closed`."""
    subject = subject_of(errand)
    if stage_of(ctx, subject.no) in queues.OVER:
        return Done()
    courier = courier_for(ctx, subject.courier, Operation.SUBSCRIBE)
    if isinstance(courier, ForAPerson):
        return courier
    if not isinstance(courier, Subscribes):
        return Done("这家快递无须订阅。")
    now, hook = ctx.clock(), f"{ctx.base_url}/hooks/{courier.code}"
    carrier, phone = carrier_and_phone(ctx, courier, subject)
    carrier = _corrected(ctx, errand, courier.code) or carrier or courier.carrier_of(subject.waybill_no)
    try:
        Door(ctx, courier, seconds, means or Means()).ask(
            Operation.SUBSCRIBE,
            lambda one, at: _subscriber(one).ask_subscription(subject.waybill_no, carrier, hook, phone, at),
            lambda one, reply: _subscriber(one).read_subscription(reply),
            keeper(ctx, subject.no, Operation.SUBSCRIBE),
        )
    except Refused as no_:
        why = f"{no_.code} {no_.words}".strip()
        subscriptions.refused(ctx.engine, subject.no, courier.code, subject.waybill_no, now, why)
        return Done("快递方没有接受订阅，轨迹仍按查询更新。")
    days = courier.subscription_days
    subscriptions.stands(ctx.engine, subject.no, courier.code, carrier, subject.waybill_no, now, days)
    return Done()


@dataclass(frozen=True)
class Heard:
    """A push that was read, and what it says about its own subscription, where it says anything."""

    message: Message
    events: Sequence[TrackingEvent]
    notice: SubscriptionNotice | None = None


def notice_of(courier: Courier, message: Message) -> SubscriptionNotice | None:
    """What a push that was read says about its own subscription; None for nothing."""
    if not isinstance(courier, TellsOfSubscriptions):
        return None
    try:
        notice = courier.read_push_notice(Push(message.headers, message.body))
    except Garbled:
        return None  # its events were read, and nothing in it is about the subscription
    return notice if notice.changes else None


def heard(ctx: Context, courier: Courier, read: Sequence[Heard]) -> None:
    """These pushes of one courier, in order of arrival, stand in the account's health and in the subscriptions that
    they came by."""
    latest = read[-1].message.received_at
    accounts.heard_push(ctx.engine, courier.code, latest)
    if not isinstance(courier, Subscribes):
        return
    numbers = sorted({event.waybill_no for one in read for event in one.events if event.waybill_no})
    subscriptions.heard(ctx.engine, courier.code, numbers, latest, courier.subscription_days)
    news = [_news(one, one.notice) for one in read if one.notice is not None]
    subscriptions.told(ctx.engine, courier.code, [one for one in news if one.waybill_no])


def _news(one: Heard, notice: SubscriptionNotice) -> News:
    numbers = {event.waybill_no for event in one.events}
    number = notice.number or (min(numbers) if len(numbers) == 1 else "")
    renew_at = None if notice.renew_after is None else one.message.received_at + notice.renew_after
    return News(number, notice.carrier_now, renew_at, notice.words)


def _corrected(ctx: Context, errand: Leased, account: str) -> str:
    """The carrier that the aggregator itself found to be the right one, "" when it said nothing."""
    if errand.consignment_id is None:
        return ""
    return subscriptions.carrier_of(ctx.engine, errand.consignment_id, account)


def _subscriber(courier: Courier) -> Subscribes:
    assert isinstance(courier, Subscribes), "a token does not change what a courier offers"
    return courier
