"""What the envelope's page says of its number: one of the pool on offer, not registered yet, refused, a second one."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.errors import Rejected
from logistics.rules import pool as rules
from logistics.rules import refusals
from logistics.store import pool
from logistics.store.find import Whole
from logistics.tables import Consignment, CourierAccount
from logistics.terms import DiscrepancyKind, ErrandKind, Stage
from logistics.web.language import locale
from logistics.web.visit import look, now, world


@dataclass(frozen=True)
class Number:
    """`offered`: the number that could be taken at once; `pooled`: the courier takes such numbers. `waits`: the courier
    does not know it yet. `second`: the courier's other number; `advice`: what to do about its refusal.
    """

    offered: str = ""
    left: int = 0
    pooled: bool = False
    waits: bool = False
    refused: str = ""
    second: str = ""
    withdrawing: bool = False
    advice: str = ""


def of(whole: Whole, consignment: Consignment) -> Number:
    """What holds now, with the reader's eyes."""
    if consignment.stage is Stage.SEALED and consignment.refusal:
        return Number(advice=_advice(consignment))
    if consignment.stage is Stage.BOOKING:
        return _on_offer(whole, consignment)
    if consignment.stage in (Stage.PACKING, Stage.SEALED, Stage.VOIDED, Stage.RECEIVED):
        return Number()
    with look() as session:
        row = pool.number_of(session, consignment)
    if row is None or row.registered_at is not None:
        return Number()
    open_ = [one for one in whole.discrepancies if one.consignment_id == consignment.id and one.settled_at is None]
    second = next((one.key.rpartition(":")[2] for one in open_ if one.kind is DiscrepancyKind.SECOND_WAYBILL), "")
    cancelling = any(
        one.kind is ErrandKind.CANCEL and one.done_at is None and one.payload.get("waybill_no") == second
        for one in whole.errands
        if one.consignment_id == consignment.id
    )
    refused = any(one.kind is DiscrepancyKind.UNREGISTERED for one in open_)
    words = consignment.refusal or next((one.note for one in open_ if one.kind is DiscrepancyKind.UNREGISTERED), "")
    return Number(
        waits=True,
        refused=words if refused else "",
        second=second,
        withdrawing=cancelling,
        advice=_advice(consignment) if refused else "",
    )


def _on_offer(whole: Whole, consignment: Consignment) -> Number:
    courier = world().couriers.get(consignment.courier)
    if courier is None or not courier.takes_pool_numbers:
        return Number()
    owed = [
        one
        for one in whole.errands
        if one.consignment_id == consignment.id and one.kind is ErrandKind.BOOK and one.done_at is None
    ]
    with look() as session:
        account = session.get(CourierAccount, consignment.courier)
        offered = pool.next_free(session, consignment.from_agency_id, consignment.courier)
        left = pool.free(session, consignment.from_agency_id, consignment.courier)
    try:
        rules.require_need(account, owed[-1] if owed else None, consignment.dispatched_at, now())
    except Rejected:
        return Number(pooled=True, left=left)
    return Number(offered=offered, left=left, pooled=True)


def _advice(consignment: Consignment) -> str:
    code, _, words = consignment.refusal.partition(" ")
    found = refusals.advice(consignment.courier, code, words)
    if found is None:
        return ""
    return found[0] if locale() == "zh" else found[1]
