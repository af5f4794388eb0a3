"""Orders for numbers of the pool: what follows when the courier knows the order, by which number, or refuses it.

One envelope ends with one waybill. The courier knows our order by the consignment's number, and an order after a
withdrawn one by that number with a count; if it took an order that we believed lost, it answers the registration with
the number it gave then. Two numbers for one envelope are a difference that a person settles: by a new label with the
courier's number, or by having the courier withdraw its own.
"""

from __future__ import annotations

from logistics.decision import Decision, Errand, Fact, Json, NewDiscrepancy
from logistics.errors import Rejected
from logistics.rules import stages
from logistics.tables import Consignment
from logistics.terms import DiscrepancyKind, ErrandKind, Stage, Verb


def taken(consignment: Consignment, number: str, attempt: int) -> Decision:
    """The envelope is BOOKED under a number of the pool, and its order is owed to the courier (REGISTER).

    Raises `Rejected` ("stage") when the envelope does not wait for a waybill.
    """
    stage = stages.move(consignment.stage, Verb.RECORD_BOOKING)
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "courier": consignment.courier,
        "waybill": number,
        "route_code": "",
        "from_pool": True,
    }
    return Decision(
        stage=stage,
        facts=(Fact("consignment:booked", "", data),),
        errands=(registration(consignment, number, attempt),),
    )


def registration(consignment: Consignment, number: str, attempt: int) -> Errand:
    """The errand that gives the courier the order of a number of the pool; `attempt` counts from 1."""
    key = f"register:{consignment.no}" if attempt == 1 else f"register:{consignment.no}:{attempt}"
    payload: dict[str, Json] = {
        "consignment_no": consignment.no,
        "courier": consignment.courier,
        "waybill_no": number,
    }
    return Errand(ErrandKind.REGISTER, key, payload)


def reference_after(consignment: Consignment, withdrawn: int) -> str:
    """The reference of an order after so many of ours that the courier withdrew."""
    return f"{consignment.no}-{withdrawn + 1}"


def withdrawal(consignment: Consignment, waybill_no: str, why: str) -> Errand:
    """The errand that has the courier withdraw its order under one number, once for each number."""
    payload: dict[str, Json] = {
        "consignment_no": consignment.no,
        "courier": consignment.courier,
        "waybill_no": waybill_no,
        "reason": why,
    }
    return Errand(ErrandKind.CANCEL, f"cancel:{consignment.no}:{waybill_no}", payload)


def second_key(consignment: Consignment, other_no: str) -> str:
    """The key of the difference that the courier knows our order by `other_no`."""
    return f"second:{consignment.no}:{other_no}"


def unregistered_key(consignment: Consignment, number: str, attempt: int) -> str:
    """The key of the difference that the courier refused the order for `number` at that attempt."""
    return f"unregistered:{consignment.no}:{number}:{attempt}"


def answered(consignment: Consignment, number: str, told: str, withdrawn: bool, attempt: int) -> Decision:
    """What follows when the courier answers the order of the pool's `number` with the number `told`.

    The same (or none): the order is known. Another: a difference for a person; when that one was `withdrawn` already,
    the courier will not take the order again, which a person must take up with it. An envelope that was voided in the
    meantime is owed a withdrawal of whatever the courier just took.
    """
    data: dict[str, Json] = {"consignment": consignment.no, "courier": consignment.courier, "waybill": number}
    if told in ("", number):
        facts = (Fact("waybill:registered", "", data),)
        if consignment.stage is Stage.VOIDED:
            return Decision(facts=facts, errands=(withdrawal(consignment, number, "寄递件已作废"),))
        return Decision(facts=facts)
    fact = Fact("waybill:second_number", "", {**data, "other": told})
    if consignment.stage is Stage.VOIDED:
        return Decision(facts=(fact,), errands=(withdrawal(consignment, told, "寄递件已作废"),))
    if withdrawn:
        words = f"快递方仍以已撤销的运单 {told} 应答"
        return refused(consignment, number, "", words, attempt)
    note = (
        f"快递方已按运单 {told} 接下这一单，封套上贴的却是号段号 {number}。"
        f"封套还在手边的，改用 {told} 并重打面单；已随 {number} 交出的，请快递方撤销 {told}。"
    )
    new = NewDiscrepancy(
        DiscrepancyKind.SECOND_WAYBILL, second_key(consignment, told), note, consignment_id=consignment.id
    )
    return Decision(facts=(fact,), discrepancies=(new,))


def refused(consignment: Consignment, number: str, code: str, words: str, attempt: int) -> Decision:
    """The courier will not take the order of the pool's `number`: its words stand as a difference for a person."""
    said = f"{code} {words}".strip()
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "courier": consignment.courier,
        "waybill": number,
        "code": code,
    }
    fact = Fact("waybill:registration_refused", words, data)
    if consignment.stage is Stage.VOIDED:
        return Decision(facts=(fact,))
    note = f"号段号 {number} 的补登被快递方拒绝，原话：{said}。请按原话改正后再补登一次，或作废后另行寄出。"
    new = NewDiscrepancy(
        DiscrepancyKind.UNREGISTERED,
        unregistered_key(consignment, number, attempt),
        note,
        consignment_id=consignment.id,
    )
    return Decision(facts=(fact,), discrepancies=(new,))


def adopted(consignment: Consignment, number: str, other: str) -> Decision:
    """The courier's own number is the envelope's waybill from now on; the pool's is void.

    Only while the envelope is at hand: raises `Rejected` ("stage") once the courier has it.
    """
    if consignment.stage is not Stage.BOOKED or consignment.picked_up_at is not None:
        raise Rejected(
            f"寄递件 {consignment.no} 已离开本单位，封套上的号码不能再换。请改为撤销快递方的运单 {other}。",
            f"Consignment {consignment.no} has left; its label cannot be changed. Have {other} withdrawn instead.",
            "stage",
        )
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "courier": consignment.courier,
        "waybill": other,
        "instead_of": number,
    }
    return Decision(facts=(Fact("waybill:changed", "快递方已按此运单接单，号段号作废", data),))


SETTLED_BY_WORDS_AT = frozenset({Stage.RECEIVED, Stage.VOIDED, Stage.LOST})
"""Stages in which no number of the envelope can be put right any more: what is left is to write down why."""


def require_settled_by_words(consignment: Consignment, kind: DiscrepancyKind, key: str, number: str) -> None:
    """Returns when a person may settle this difference with a reason alone.

    A second number and a refused order are settled by their own acts as long as one of them is open: `number` is the
    pool's number that the courier does not know yet, "" when there is none. Raises `Rejected` ("second_number",
    "unregistered") naming those acts.
    """
    if not number or consignment.stage in SETTLED_BY_WORDS_AT:
        return
    if kind is DiscrepancyKind.SECOND_WAYBILL:
        other = key.rpartition(":")[2]
        raise Rejected(
            f"一个封套只能留一个运单号，不能凭说明了结。请寄出单位到寄递件 {consignment.no} 的页面二选一："
            f"改用快递方的 {other} 并重打面单；或留用 {number}，请快递方撤销 {other}。",
            f"Two numbers are not settled by a note. On the page of {consignment.no} take the courier's {other} with a "
            f"new label, or keep {number} and have {other} withdrawn.",
            "second_number",
        )
    if kind is DiscrepancyKind.UNREGISTERED:
        raise Rejected(
            f"快递方还不知道号段号 {number}，不能凭说明了结。请寄出单位到寄递件 {consignment.no} 的页面“再补登一次”，"
            "补登成功后自动了结；封套还在手里的，也可以作废后另行寄出。",
            f"The courier does not know {number} yet; a note does not settle that. Register it again on the page of "
            f"{consignment.no}, or void the envelope while it is here.",
            "unregistered",
        )
