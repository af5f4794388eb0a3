"""Errands that ask what became of an envelope: its courier, and a second source."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from couriers.contract import (
    Aggregates,
    Courier,
    Operation,
    Refused,
    Reply,
    TrackingEvent,
)
from logistics.actor import SYSTEM
from logistics.rules.polling import Situation, next_poll, next_second
from logistics.services import tracking
from logistics.store import find, paces, queues
from logistics.store.context import Context
from logistics.store.queues import Leased
from logistics.store.work import reading
from logistics.tables import Agency
from logistics.terms import ErrandKind
from scheduler.access import Door, Means, keeper
from scheduler.outcome import Again, Done, ForAPerson, Outcome
from scheduler.subject import Subject, courier_for, stage_of, subject_of


def track(ctx: Context, errand: Leased, seconds: float, means: Means | None = None) -> Outcome:
    """What the courier knows of the waybill stands on the consignment, and the errand is owed again until the envelope
    is received or void. Raises `CourierError`, `Closed`."""
    subject = subject_of(errand)
    if stage_of(ctx, subject.no) in queues.OVER:
        return Done()
    courier = courier_for(ctx, subject.courier, Operation.TRACK)
    if isinstance(courier, ForAPerson):
        return courier
    asked_at = ctx.clock()
    digest, events = Door(ctx, courier, seconds, means or Means()).ask(
        Operation.TRACK,
        lambda one, at: one.ask_tracking(subject.waybill_no, at),
        lambda one, reply: _answer(one, reply, subject.waybill_no),
        keeper(ctx, subject.no, Operation.TRACK),
    )
    if events:
        tracking.absorb(ctx, subject.courier, events, "poll", digest, asked_at)
    return _again(next_poll(ctx.clock(), _situation(ctx, subject)))


def second_source(ctx: Context, errand: Leased, seconds: float, means: Means | None = None) -> Outcome:
    """What the aggregator knows of another courier's waybill is stored beside that courier's own words, and the errand
    is owed again at a slower pace. An aggregator that refuses is asked again all the same. Raises as `track`.
    """
    subject = subject_of(errand)
    if stage_of(ctx, subject.no) in queues.OVER:
        return Done()
    courier = courier_for(ctx, subject.courier, Operation.TRACK)
    if isinstance(courier, ForAPerson):
        return courier
    carrier, phone = carrier_and_phone(ctx, courier, subject)
    if not isinstance(courier, Aggregates) or not carrier:
        return Done("第二来源不认识这家快递，未再询问。")
    asked_at = ctx.clock()
    try:
        digest, events = Door(ctx, courier, seconds, means or Means()).ask(
            Operation.TRACK,
            lambda one, at: _aggregator(one).ask_tracking_of(subject.waybill_no, carrier, at, phone),
            lambda one, reply: _answer(one, reply, subject.waybill_no),
            keeper(ctx, subject.no, ErrandKind.SECOND_SOURCE),
        )
    except Refused:
        return _again(next_second(ctx.clock(), _situation(ctx, subject)))
    if events:
        tracking.absorb(ctx, subject.courier, events, "poll", digest, asked_at)
    return _again(next_second(ctx.clock(), _situation(ctx, subject)))


def carrier_and_phone(ctx: Context, courier: Courier, subject: Subject) -> tuple[str, str]:
    """The aggregator's own code of the courier that carries the envelope, "" when it has none or is no aggregator; and
    the sender's telephone, which some carriers want to see with a question."""
    if not isinstance(courier, Aggregates):
        return "", ""
    with reading(ctx.engine, SYSTEM) as session:
        _, consignment = find.consignment_by_no(session, subject.no)
        carrier = courier.carrier_code(consignment.courier)
        return carrier, session.get_one(Agency, consignment.from_agency_id).phone if carrier else ""


def _answer(courier: Courier, reply: Reply, waybill_no: str) -> tuple[str, list[TrackingEvent]]:
    """The answer's digest, and its events about this waybill: an answer to a query for one may leave its number out."""
    events = [replace(one, waybill_no=one.waybill_no or waybill_no) for one in courier.read_tracking(reply)]
    return hashlib.sha256(reply.body).hexdigest(), [one for one in events if one.waybill_no == waybill_no]


def _situation(ctx: Context, subject: Subject) -> Situation:
    with reading(ctx.engine, SYSTEM) as session:
        _, consignment = find.consignment_by_no(session, subject.no)
        return paces.situation(session, consignment, subject.courier, ctx.clock())


def _again(wait: timedelta | None) -> Outcome:
    return Done() if wait is None else Again(wait)


def _aggregator(courier: Courier) -> Aggregates:
    assert isinstance(courier, Aggregates), "a token does not change what a courier offers"
    return courier
