"""What a person does about a number of the pool that did not register as it should: once more, the courier's number
instead, or have the courier withdraw its own.
"""

from __future__ import annotations

from typing import Any, cast

from logistics.actor import Actor
from logistics.decision import Decision
from logistics.errors import Rejected
from logistics.rules import access, registering
from logistics.store import orders, pool
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import Consignment, Dossier, PoolNumber
from logistics.terms import DiscrepancyKind, Stage


def register_again(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """The order of the envelope's pool number is owed to the courier once more, after what it refused was put right."""
    with work(ctx, actor, "register_again", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment, number = _unregistered(w, actor, consignment_no)
        _require_one_number(w, consignment)
        if consignment.stage is Stage.VOIDED:
            raise Rejected("寄递件已作废，无须补登。", "The envelope is void; there is nothing to register.", "stage")
        attempt = orders.registrations(w, consignment) + 1
        consignment.refusal = ""
        w.session.add(consignment)
        errand = registering.registration(consignment, number.number, attempt)
        orders.settle(w, dossier, consignment, DiscrepancyKind.UNREGISTERED, "已再次补登")
        w.carry_out(Decision(errands=(errand,)), dossier, consignment)
        return w.finish(consignment=consignment.no)


def adopt_number(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """The number by which the courier took the order is the envelope's waybill; the label is to be printed anew, the
    pool's number is spoilt. Only while the envelope is at hand. Raises `Rejected`.
    """
    with work(ctx, actor, "adopt_number", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment, number = _unregistered(w, actor, consignment_no)
        other = _second(w, consignment)
        orders.adopt(w, dossier, consignment, number, other)
        return w.finish(consignment=consignment.no, waybill=other)


def withdraw_number(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """The envelope keeps the number that stands on it; the courier is owed the withdrawal of its own.

    The difference is settled when the courier has withdrawn it, and the pool's number is registered once more then.
    """
    with work(ctx, actor, "withdraw_number", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment, number = _unregistered(w, actor, consignment_no)
        other = _second(w, consignment)
        errand = registering.withdrawal(consignment, other, f"封套上是 {number.number}，撤销重复运单")
        w.carry_out(Decision(errands=(errand,)), dossier, consignment)
        return w.finish(consignment=consignment.no, withdrawn=other)


def _unregistered(w: Work, actor: Actor, consignment_no: str) -> tuple[Dossier, Consignment, PoolNumber]:
    dossier, consignment = w.consignment(consignment_no)
    access.require_role(actor.roles, access.role_for("dispatch", consignment.direction))
    access.require_agency(cast(int, actor.agency_id), consignment.from_agency_id)
    number = pool.number_of(w.session, consignment)
    if number is None or number.registered_at is not None:
        raise Rejected(
            f"寄递件 {consignment.no} 没有待补登的号段号，无须处理。请刷新页面。",
            f"Consignment {consignment.no} has no number of the pool to register.",
            "registered",
        )
    return dossier, consignment, number


def _second(w: Work, consignment: Consignment) -> str:
    other = orders.second_number(w, consignment)
    if not other:
        raise Rejected(
            f"寄递件 {consignment.no} 只有一个运单号，无须处理。请刷新页面。",
            f"Consignment {consignment.no} has one number only.",
            "one_number",
        )
    return other


def _require_one_number(w: Work, consignment: Consignment) -> None:
    other = orders.second_number(w, consignment)
    if other:
        raise Rejected(
            f"快递方已按运单 {other} 接单，再补登不会有别的结果。请先改用 {other}，或请快递方撤销它。",
            f"The courier knows this order as {other}. Take that number, or have it withdrawn.",
            "second_number",
        )
