"""Errands to couriers: book, cancel, ask after. No transaction is open during a call; its raw answer is kept first."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from couriers import transport
from couriers.contract import Call, Courier, Operation, Refused, Reply
from logistics.actor import SYSTEM
from logistics.services import dispatch, tracking
from logistics.store import find, queues
from logistics.store.context import Context
from logistics.store.queues import Leased
from logistics.store.work import reading
from logistics.terms import Stage
from scheduler.outcome import Again, Done, ForAPerson, Outcome
from scheduler.patience import next_poll


def book(ctx: Context, errand: Leased, seconds: float) -> Outcome:
    """The waybill stands on the consignment, or the courier's refusal does. A consignment that no longer waits for a
    waybill is left alone. Raises `Busy`, `Garbled`."""
    no, code = str(errand.payload["consignment_no"]), str(errand.payload["courier"])
    if _stage(ctx, no) is not Stage.BOOKING:
        return Done("寄递件已不在下单中,未再联系快递方。")
    courier = _courier(ctx, code, Operation.BOOK)
    if isinstance(courier, ForAPerson):
        return courier
    try:
        call = courier.ask_booking(dispatch.booking_request(ctx, no), ctx.clock())
        booking = courier.read_booking(_send(ctx, no, Operation.BOOK, call, seconds))
    except Refused as no_:
        dispatch.record_refusal(ctx, no, no_.code, no_.words)
        return Done("快递方拒单,已记录。")
    dispatch.record_booking(ctx, no, booking)
    return Done()


def cancel(ctx: Context, errand: Leased, seconds: float) -> Outcome:
    """The order is withdrawn at the courier, or its refusal stands in the ledger. Raises `Busy`, `Garbled`."""
    no, code = str(errand.payload["consignment_no"]), str(errand.payload["courier"])
    courier = _courier(ctx, code, Operation.CANCEL)
    if isinstance(courier, ForAPerson):
        return courier
    waybill_no, why = str(errand.payload["waybill_no"]), str(errand.payload["reason"])
    refused: str | None = None
    try:
        call = courier.ask_cancel(waybill_no, no, why, ctx.clock())
        courier.read_cancel(_send(ctx, no, Operation.CANCEL, call, seconds))
    except Refused as no_:
        refused = f"{no_.code} {no_.words}".strip()
    dispatch.record_cancelled(ctx, no, refused)
    return Done("快递方不同意撤单,已记录。" if refused is not None else "")


def track(ctx: Context, errand: Leased, seconds: float) -> Outcome:
    """What the courier knows of the waybill stands on the consignment, and the errand is owed again until the envelope
    is received or void. Raises `CourierError`."""
    no, code = str(errand.payload["consignment_no"]), str(errand.payload["courier"])
    if _stage(ctx, no) in queues.OVER:
        return Done()
    courier = _courier(ctx, code, Operation.TRACK)
    if isinstance(courier, ForAPerson):
        return courier
    waybill_no = str(errand.payload["waybill_no"])
    asked_at = ctx.clock()
    reply = _send(ctx, no, Operation.TRACK, courier.ask_tracking(waybill_no, asked_at), seconds)
    # an answer to a query for one waybill may leave its number out
    events = [replace(one, waybill_no=one.waybill_no or waybill_no) for one in courier.read_tracking(reply)]
    ours = [one for one in events if one.waybill_no == waybill_no]
    tracking.absorb(ctx, code, ours, "poll", hashlib.sha256(reply.body).hexdigest(), asked_at)
    with reading(ctx.engine, SYSTEM) as session:
        _, consignment = find.consignment_by_no(session, no)
        found = queues.progress(session, consignment, ctx.clock())
    wait = next_poll(found.stage, found.last, found.late)
    return Done() if wait is None else Again(wait)


def _stage(ctx: Context, no: str) -> Stage:
    with reading(ctx.engine, SYSTEM) as session:
        return find.consignment_by_no(session, no)[1].stage


def _courier(ctx: Context, code: str, operation: Operation) -> Courier | ForAPerson:
    courier = ctx.couriers.get(code)
    if courier is None:
        return ForAPerson(f"没有配置快递 {code}。请系统管理人员补上其设置后重试。")
    if operation not in courier.offers:
        return ForAPerson(f"{courier.name_zh} 不提供此项接口({operation.value})。请与快递方电话联系。")
    return courier


def _send(ctx: Context, no: str, operation: Operation, call: Call, seconds: float) -> Reply:
    reply = transport.send(call, seconds)
    tracking.keep_reply(ctx, no, operation.value, reply)
    return reply
