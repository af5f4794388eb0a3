"""Errands that ask before an order: whether the courier collects here, what it would cost and when it would arrive."""

from __future__ import annotations

from couriers.contract import BookingRequest, ChecksScope, Courier, Operation, Quotes, Refused
from couriers.plain import plain
from logistics.services import choice, dispatch
from logistics.store.context import Context
from logistics.store.queues import Leased
from logistics.terms import Stage
from scheduler.access import Door, Means, keeper
from scheduler.outcome import Done, Outcome
from scheduler.subject import Subject, stage_of, subject_of


def enquire(ctx: Context, errand: Leased, seconds: float, means: Means | None = None) -> Outcome:
    """What the courier says of scope and price of a sealed envelope is recorded, as far as it tells. Raises
    `CourierError`, `Closed`."""
    subject = subject_of(errand)
    if stage_of(ctx, subject.no) is not Stage.SEALED:
        return Done("寄递件已不待寄出，未再询问。")
    courier = ctx.couriers.get(subject.courier)
    if courier is None:
        return Done(f"没有配置快递 {subject.courier}，未询问。")
    door = Door(ctx, courier, seconds, means or Means())
    request = dispatch.booking_request(ctx, subject.no)
    if isinstance(courier, ChecksScope) and Operation.SCOPE in courier.offers:
        choice.record_answer(ctx, subject.no, courier.code, Operation.SCOPE, _scope(door, subject, request))
    if isinstance(courier, Quotes) and Operation.QUOTE in courier.offers:
        choice.record_answer(ctx, subject.no, courier.code, Operation.QUOTE, _quotes(door, subject, request))
    return Done()


def _scope(door: Door, subject: Subject, request: BookingRequest) -> dict[str, object]:
    """Whether the courier collects where we are; its refusal to tell is told as its words."""
    try:
        answer = door.ask(
            Operation.SCOPE,
            lambda one, at: _checker(one).ask_scope(request.sender, at),
            lambda one, reply: _checker(one).read_scope(reply),
            keeper(door.ctx, subject.no, Operation.SCOPE),
        )
    except Refused as refused:
        return {"serves": None, "words": f"{refused.code} {refused.words}".strip()}
    return {"serves": answer.serves, "words": answer.words}


def _quotes(door: Door, subject: Subject, request: BookingRequest) -> dict[str, object]:
    try:
        found = door.ask(
            Operation.QUOTE,
            lambda one, at: _quoter(one).ask_quotes(request, at),
            lambda one, reply: _quoter(one).read_quotes(reply),
            keeper(door.ctx, subject.no, Operation.QUOTE),
        )
    except Refused as refused:
        return {"quotes": [], "words": f"{refused.code} {refused.words}".strip()}
    return {"quotes": plain(found), "words": ""}


def _checker(courier: Courier) -> ChecksScope:
    assert isinstance(courier, ChecksScope), "a token does not change what a courier offers"
    return courier


def _quoter(courier: Courier) -> Quotes:
    assert isinstance(courier, Quotes), "a token does not change what a courier offers"
    return courier
