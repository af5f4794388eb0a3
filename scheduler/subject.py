"""What an errand to a courier is about: consignment, account, waybill; and who is asked."""

from __future__ import annotations

from dataclasses import dataclass

from couriers.contract import Courier, Operation
from logistics.actor import SYSTEM
from logistics.store import find
from logistics.store.context import Context
from logistics.store.queues import Leased
from logistics.store.work import reading
from logistics.terms import Stage
from scheduler.outcome import ForAPerson


@dataclass(frozen=True)
class Subject:
    """`courier` is the code of the account that is asked; `waybill_no` is "" before there is one."""

    no: str
    courier: str
    waybill_no: str


def subject_of(errand: Leased) -> Subject:
    """The subject in the errand's payload."""
    said = errand.payload
    return Subject(str(said["consignment_no"]), str(said["courier"]), str(said.get("waybill_no", "")))


def stage_of(ctx: Context, no: str) -> Stage:
    """Where the consignment is now."""
    with reading(ctx.engine, SYSTEM) as session:
        return find.consignment_by_no(session, no)[1].stage


def courier_for(ctx: Context, code: str, operation: Operation) -> Courier | ForAPerson:
    """The courier, or why a person must look: it has no settings, or does not offer this."""
    courier = ctx.couriers.get(code)
    if courier is None:
        return ForAPerson(f"没有配置快递 {code}。请系统管理人员补上其设置后重试。")
    if operation not in courier.offers:
        return ForAPerson(f"{courier.name_zh} 不提供此项接口（{operation.value}）。请与快递方电话联系。")
    return courier
