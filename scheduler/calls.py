"""Errands about orders: book, register, cancel. No transaction is open during a call; its raw answer is kept first."""

from __future__ import annotations

from collections.abc import Callable

from couriers.contract import Booking, BookingRequest, Courier, FindsOrders, ForgetsReferences, Operation, Refused
from logistics.services import dispatch
from logistics.store.context import Context
from logistics.store.queues import Leased
from logistics.terms import Stage
from scheduler.access import Door, Means, keeper
from scheduler.outcome import Done, ForAPerson, Outcome
from scheduler.subject import Subject, courier_for, stage_of, subject_of

_TOO_OLD = (
    "这张订单最早下于 {days} 天以前，快递方可能已不记得本单编号，再下一次就会多出一个运单，系统不再自动下单。"
    "请先与快递方核实：没有运单的，点重试即再下单；已有运单的，请快递方撤销后再重试。"
)


def book(ctx: Context, errand: Leased, seconds: float, means: Means | None = None) -> Outcome:
    """The waybill stands on the consignment, or the courier's refusal does. A consignment that no longer waits for a
    waybill is left alone. Raises `Busy`, `Garbled`, `Closed`."""
    subject = subject_of(errand)
    if stage_of(ctx, subject.no) is not Stage.BOOKING:
        return Done("寄递件已不在下单中，未再联系快递方。")
    courier = courier_for(ctx, subject.courier, Operation.BOOK)
    if isinstance(courier, ForAPerson):
        return courier
    door = Door(ctx, courier, seconds, means or Means())
    return _order(
        door,
        errand,
        subject,
        lambda booking: dispatch.record_booking(ctx, subject.no, booking),
        lambda no_: dispatch.record_refusal(ctx, subject.no, no_.code, no_.words),
    )


def register(ctx: Context, errand: Leased, seconds: float, means: Means | None = None) -> Outcome:
    """The courier knows the order of a number from the pool, or its refusal is recorded. Raises as `book`.

    That of a void envelope is sent only where an earlier one may have got through: its answer says what to withdraw.
    """
    subject = subject_of(errand)
    if stage_of(ctx, subject.no) is Stage.VOIDED and not _was_sent(ctx, errand, subject):
        return Done("寄递件已作废，未再补登。")
    courier = courier_for(ctx, subject.courier, Operation.BOOK)
    if isinstance(courier, ForAPerson):
        return courier
    door = Door(ctx, courier, seconds, means or Means())
    return _order(
        door,
        errand,
        subject,
        lambda booking: dispatch.record_registered(ctx, subject.no, booking),
        lambda no_: dispatch.record_registration_refused(ctx, subject.no, no_.code, no_.words),
    )


def _was_sent(ctx: Context, errand: Leased, subject: Subject) -> bool:
    return errand.attempts > 1 or dispatch.may_be_ordered(ctx, subject.no)


def cancel(ctx: Context, errand: Leased, seconds: float, means: Means | None = None) -> Outcome:
    """The order is withdrawn at the courier, or its refusal stands in the ledger. Raises as `book`."""
    subject = subject_of(errand)
    courier = courier_for(ctx, subject.courier, Operation.CANCEL)
    if isinstance(courier, ForAPerson):
        return courier
    why, reference = str(errand.payload["reason"]), dispatch.order_reference(ctx, subject.no, subject.waybill_no)
    refused: str | None = None
    try:
        Door(ctx, courier, seconds, means or Means()).ask(
            Operation.CANCEL,
            lambda one, at: one.ask_cancel(subject.waybill_no, reference, why, at),
            lambda one, reply: one.read_cancel(reply),
            keeper(ctx, subject.no, Operation.CANCEL),
        )
    except Refused as no_:
        refused = f"{no_.code} {no_.words}".strip()
    dispatch.record_cancelled(ctx, subject.no, refused, subject.waybill_no)
    return Done("快递方不同意撤单，已记录。" if refused is not None else "")


def _order(
    door: Door,
    errand: Leased,
    subject: Subject,
    record: Callable[[Booking], None],
    record_refusal: Callable[[Refused], None],
) -> Outcome:
    """The order is at the courier exactly once, and what came of it is recorded.

    An earlier attempt may have got through without its answer, so a courier that tells what became of an order is asked
    first; and again where it refuses the order, which may be because it has it.
    """
    request = dispatch.booking_request(door.ctx, subject.no)
    try:
        booking = _found(door, subject, request.reference) if errand.attempts > 1 else None
        too_old = _too_old(door, errand) if booking is None else None
        if too_old is not None:
            return too_old
        booking = booking or _ordered(door, subject, request)
    except Refused as no_:
        booking = _found(door, subject, request.reference) if no_.code != "FIELD" else None
        if booking is None:
            record_refusal(no_)
            return Done("快递方拒单，已记录。")
    record(booking)
    return Done()


def _ordered(door: Door, subject: Subject, request: BookingRequest) -> Booking:
    return door.ask(
        Operation.BOOK,
        lambda one, at: one.ask_booking(request, at),
        lambda one, reply: one.read_booking(reply),
        keeper(door.ctx, subject.no, Operation.BOOK),
    )


def _found(door: Door, subject: Subject, reference: str) -> Booking | None:
    """The waybill that our order got before; None when there is no order, or nobody who would tell."""
    if not isinstance(door.courier, FindsOrders) or Operation.ORDER not in door.courier.offers:
        return None
    try:
        return door.ask(
            Operation.ORDER,
            lambda one, at: _finder(one).ask_order(reference, at),
            lambda one, reply: _finder(one).read_order(reply),
            keeper(door.ctx, subject.no, Operation.ORDER),
        )
    except Refused:
        return None


def _finder(courier: Courier) -> FindsOrders:
    assert isinstance(courier, FindsOrders), "a token does not change what a courier offers"
    return courier


def _too_old(door: Door, errand: Leased) -> ForAPerson | None:
    if errand.attempts == 1 or not isinstance(door.courier, ForgetsReferences):
        return None
    remembers = door.courier.remembers_orders_for
    if door.ctx.clock() - errand.created_at < remembers:
        return None
    return ForAPerson(_TOO_OLD.format(days=remembers.days))
