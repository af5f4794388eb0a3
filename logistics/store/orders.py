"""Orders at couriers as the verbs under way keep them: a waybill is set, changed or its order known, with all that
hangs on the number.
"""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from sqlalchemy import func, text, update
from sqlmodel import col, select

from couriers.contract import Booking
from logistics.decision import Decision, Errand, Fact, Settlement
from logistics.errors import Rejected
from logistics.rules import registering, stages
from logistics.rules.pool import MANUAL
from logistics.store import pool
from logistics.store.work import Work
from logistics.tables import Consignment, Discrepancy, Dossier, LedgerEntry, PoolNumber
from logistics.tables import Errand as ErrandRow
from logistics.terms import DiscrepancyKind, ErrandKind, Resolution, Stage, Verb

FIRST_POLL = timedelta(hours=2)

_NEW_NUMBER = text("""
    UPDATE errand SET payload = jsonb_set(payload, '{waybill_no}', to_jsonb(CAST(:new AS text)))
    WHERE consignment_id = :consignment AND done_at IS NULL AND payload->>'waybill_no' = :old
        AND kind NOT IN ('cancel', 'register')""")
_SUBSCRIBE_ANEW = text("""
    UPDATE subscription SET waybill_no = :new, stands_since = NULL, heard_at = NULL, renew_at = :now
    WHERE consignment_id = :consignment AND waybill_no = :old AND ended_at IS NULL""")


def book(w: Work, dossier: Dossier, consignment: Consignment, booking: Booking) -> None:
    """The courier's waybill, or the number of a form, stands on the consignment, which is asked after from now on."""
    stage = stages.move(consignment.stage, Verb.RECORD_BOOKING)
    _set(w, consignment, booking)
    by_hand = consignment.courier == MANUAL
    consignment.registered_at = None if by_hand else w.now
    fact = Fact(
        "consignment:booked",
        "",
        {
            "consignment": consignment.no,
            "courier": consignment.courier,
            "waybill": booking.waybill_no,
            "route_code": booking.route_code,
        },
    )
    errands = () if by_hand else (_tracking(w, consignment, booking.waybill_no),)
    w.carry_out(Decision(stage=stage, facts=(fact,), errands=errands), dossier, consignment)


def _set(w: Work, consignment: Consignment, booking: Booking) -> None:
    consignment.waybill_no = booking.waybill_no
    consignment.route_code = booking.route_code
    consignment.destination_mark = booking.destination_name
    consignment.package_name = booking.package_name
    consignment.booked_at = w.now
    w.session.add(consignment)


def _tracking(w: Work, consignment: Consignment, waybill_no: str) -> Errand:
    payload = {"consignment_no": consignment.no, "courier": consignment.courier, "waybill_no": waybill_no}
    return Errand(ErrandKind.TRACK, f"track:{consignment.no}", payload, w.now + FIRST_POLL)


def book_from_pool(w: Work, dossier: Dossier, consignment: Consignment) -> str:
    """The agency's next free number is the waybill, at once; its order is owed to the courier. The number.

    An order that was owed before is not tried again: the registration asks the courier under the same reference.
    Raises `Rejected`: "pool_empty", "stage".
    """
    number = pool.take(w.session, consignment, consignment.courier, w.now).number
    decision = registering.taken(consignment, number, registrations(w, consignment) + 1)
    _set(w, consignment, Booking(number))
    consignment.registered_at = None
    w.session.execute(
        update(ErrandRow)
        .where(col(ErrandRow.consignment_id) == consignment.id, col(ErrandRow.kind) == ErrandKind.BOOK)
        .where(col(ErrandRow.done_at).is_(None))
        .values(done_at=w.now, parked_at=None, last_error=f"已改用号段号 {number}，由补登继续")
    )
    w.carry_out(decision, dossier, consignment)
    w.owe(_tracking(w, consignment, number), dossier, consignment)
    return number


def reference(w: Work, dossier: Dossier, consignment: Consignment, waybill_no: str) -> str:
    """By what the courier knows our order of that number: the consignment's own, and for a number of the pool that is
    ordered after the courier withdrew another order of ours, the own with a count: a withdrawn one is not taken again.
    """
    withdrawn = _withdrawn(w, dossier, consignment) - {waybill_no}
    if not withdrawn or pool.number_of(w.session, consignment, waybill_no) is None:
        return consignment.no
    return registering.reference_after(consignment, len(withdrawn))


def may_know(w: Work, consignment: Consignment) -> bool:
    """True when the courier may have an order of this consignment besides that of a pool number: one was sent."""
    tried = select(ErrandRow.id).where(ErrandRow.consignment_id == consignment.id, ErrandRow.kind == ErrandKind.BOOK)
    return w.session.exec(tried.where(ErrandRow.attempts > 0)).first() is not None


def registrations(w: Work, consignment: Consignment) -> int:
    """How often the order of a number of the pool has been owed for this consignment."""
    counted = select(func.count()).select_from(ErrandRow).where(ErrandRow.consignment_id == consignment.id)
    return w.session.exec(counted.where(ErrandRow.kind == ErrandKind.REGISTER)).one()


def require_free_waybill(w: Work, consignment: Consignment, waybill_no: str) -> None:
    """Returns when no other envelope under way has this number. Raises `Rejected` ("waybill_in_use")."""
    other = w.session.exec(
        select(Consignment.no).where(
            Consignment.waybill_no == waybill_no,
            Consignment.courier == consignment.courier,
            Consignment.id != consignment.id,
            col(Consignment.stage).not_in([Stage.RECEIVED, Stage.VOIDED]),
        )
    ).first()
    if other is not None:
        raise Rejected(
            f"快递方给寄递件 {consignment.no} 的运单号 {waybill_no} 正由寄递件 {other} 使用。请与快递方核实。",
            f"Waybill {waybill_no}, given for {consignment.no}, is in use for {other}. Ask the courier.",
            "waybill_in_use",
        )


def require_fresh_form(w: Work, consignment: Consignment, form_no: str) -> None:
    """Returns when no envelope of the agency went with this form. Raises `Rejected` ("form_used")."""
    used = w.session.exec(
        select(Consignment.no).where(
            Consignment.waybill_no == form_no,
            Consignment.courier == MANUAL,
            Consignment.from_agency_id == consignment.from_agency_id,
        )
    ).first()
    if used is not None:
        raise Rejected(
            f"单据号 {form_no} 已用于寄递件 {used}。一张单据只用一次，请核对后填写新的单据号。",
            f"Form {form_no} was used for {used}. A form is used once; check the number.",
            "form_used",
        )


def registered(w: Work, dossier: Dossier, consignment: Consignment, number: PoolNumber, booking: Booking) -> None:
    """What the courier answered to the order of a number of the pool stands on the row, in the ledger and as owed."""
    told = booking.waybill_no
    if number.registered_at is not None or told in _others(w, consignment, still_open=True):
        return
    withdrawn = told in _withdrawn(w, dossier, consignment)
    decision = registering.answered(consignment, number.number, told, withdrawn, registrations(w, consignment))
    if told in ("", number.number):
        number.registered_at = consignment.registered_at = w.now
        consignment.refusal = ""
        consignment.route_code = booking.route_code or consignment.route_code
        consignment.destination_mark = booking.destination_name or consignment.destination_mark
        consignment.package_name = booking.package_name or consignment.package_name
        w.session.add(number)
        w.session.add(consignment)
    w.carry_out(decision, dossier, consignment)
    if number.registered_at is not None:
        settle(w, dossier, consignment, DiscrepancyKind.UNREGISTERED, "补登成功")


def adopt(w: Work, dossier: Dossier, consignment: Consignment, number: PoolNumber, other: str) -> None:
    """`other`, by which the courier knows the order, is the waybill; the pool's number is spoilt; what was owed under
    the old number is owed under the new one. Raises `Rejected`: "stage", "waybill_in_use".
    """
    require_free_waybill(w, consignment, other)
    decision = registering.adopted(consignment, number.number, other)
    number.spoilt_at, number.spoilt_by = w.now, w.actor.officer_id
    number.spoilt_why = f"快递方已按 {other} 接单"
    w.session.add(number)
    values = {"consignment": consignment.id, "old": number.number, "new": other, "now": w.now}
    consignment.waybill_no, consignment.registered_at, consignment.refusal = other, w.now, ""
    w.session.add(consignment)
    w.session.flush()
    w.session.execute(_NEW_NUMBER, values)
    w.session.execute(_SUBSCRIBE_ANEW, values)
    w.carry_out(decision, dossier, consignment)
    settle(w, dossier, consignment, DiscrepancyKind.SECOND_WAYBILL, f"改用 {other}，重打面单")
    settle(w, dossier, consignment, DiscrepancyKind.UNREGISTERED, f"改用 {other}")


def settle(w: Work, dossier: Dossier, consignment: Consignment, kind: DiscrepancyKind, note: str) -> None:
    """The open differences of this kind about the consignment are settled as explained."""
    rows = w.session.exec(
        select(Discrepancy).where(
            Discrepancy.consignment_id == consignment.id,
            Discrepancy.kind == kind,
            col(Discrepancy.settled_at).is_(None),
        )
    ).all()
    found = tuple(Settlement(cast(int, row.id), Resolution.EXPLAINED, note) for row in rows)
    w.carry_out(Decision(settlements=found), dossier, consignment)


def second_number(w: Work, consignment: Consignment) -> str:
    """The other number by which the courier knows the order and that nobody has settled yet; "" when there is none."""
    return next(iter(sorted(_others(w, consignment, still_open=True))), "")


def _others(w: Work, consignment: Consignment, *, still_open: bool) -> set[str]:
    query = select(Discrepancy.key).where(
        Discrepancy.consignment_id == consignment.id, Discrepancy.kind == DiscrepancyKind.SECOND_WAYBILL
    )
    if still_open:
        query = query.where(col(Discrepancy.settled_at).is_(None))
    return {key.rpartition(":")[2] for key in w.session.exec(query)}


def _withdrawn(w: Work, dossier: Dossier, consignment: Consignment) -> set[str]:
    """Numbers under which the courier withdrew our order of this consignment."""
    rows = w.session.exec(
        select(LedgerEntry.facts).where(LedgerEntry.dossier_id == dossier.id, LedgerEntry.what == "waybill:cancelled")
    )
    return {str(facts.get("waybill")) for facts in rows if facts.get("consignment") == consignment.no}
