"""Keep the number pool (号段) and the book of forms: add numbers that a courier gave, spoil one, see what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlmodel import col, select

from couriers import waybills
from logistics.actor import Actor
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected, Said
from logistics.rules import pool as rules
from logistics.rules.pool import MANUAL, Fault
from logistics.store import pool
from logistics.store.context import Context
from logistics.store.work import reading, work
from logistics.tables import Agency, PoolNumber
from logistics.terms import Role

SHOWN = 20
"""Faults and numbers that an answer names one by one."""


def add(
    ctx: Context,
    actor: Actor,
    command_id: str,
    courier: str,
    *,
    first: str = "",
    last: str = "",
    listed: str = "",
    agency_id: int | None = None,
) -> dict[str, Any]:
    """All the numbers are in the pool, or none: a range `first` to `last`, or a pasted list. `{"added": n, "left": n}`.

    Raises `Malformed` naming the rows that cannot be added, `Rejected` for what is no range, `NotAllowed`, `NotYours`.
    """
    with work(ctx, actor, "add_pool_numbers", command_id) as w:
        if w.done is not None:
            return w.done
        agency = w.session.get(Agency, _agency_of(actor, agency_id))
        if agency is None:
            raise NotYours("单位", "agency")
        numbers = _given(first, last, listed)
        key = cast(int, agency.id)
        _require_sound(_faults(ctx, courier, numbers, pool.known(w.session, key, courier, numbers)))
        strangers = pool.keep(w.session, key, courier, numbers, cast(int, actor.officer_id), w.now)
        _require_sound(
            [
                Fault(row, number, "已在别的单位的号段中", "it is in another agency's pool")
                for row, number in enumerate(numbers, 1)
                if number in strangers
            ]
        )
        return w.finish(added=len(numbers), left=pool.free(w.session, key, courier))


def try_out(
    ctx: Context,
    actor: Actor,
    courier: str,
    *,
    first: str = "",
    last: str = "",
    listed: str = "",
    agency_id: int | None = None,
) -> dict[str, Any]:
    """What `add` would do, without doing it: `{"count", "first", "last", "faults": [...]}`. Stores nothing.

    A number that is in another agency's pool is found only when it is added: one agency does not see another's.
    """
    key = _agency_of(actor, agency_id)
    numbers = _given(first, last, listed)
    with reading(ctx.engine, actor) as session:
        known = pool.known(session, key, courier, numbers)
    found = _faults(ctx, courier, numbers, known)
    return {"count": len(numbers), "first": numbers[0], "last": numbers[-1], "faults": found}


def spoil(ctx: Context, actor: Actor, command_id: str, number_id: int, why: str) -> dict[str, Any]:
    """The number is never taken (a damaged form, a lost sheet); who and why stand beside it. Raises `Rejected` for one
    that is on an envelope.
    """
    with work(ctx, actor, "spoil_pool_number", command_id) as w:
        if w.done is not None:
            return w.done
        row = w.session.exec(select(PoolNumber).where(PoolNumber.id == number_id).with_for_update()).first()
        if row is None:
            raise NotYours("号码", "number")
        _agency_of(actor, row.agency_id)
        if row.taken_at is not None:
            raise Rejected(
                f"号码 {row.number} 已用在一件寄递件上，不能在这里作废。面单破损请再打一份；不寄了请作废那件寄递件。",
                f"Number {row.number} is on an envelope. Print its label again, or void the envelope.",
                "number_taken",
            )
        if row.spoilt_at is not None:
            raise Rejected(f"号码 {row.number} 已经作废过了。", f"{row.number} is spoilt already.", "number_spoilt")
        if not why.strip():
            raise Rejected("作废号码须写明原因，请填写。", "Give the reason.", "reason")
        row.spoilt_at, row.spoilt_by, row.spoilt_why = w.now, actor.officer_id, why.strip()
        w.session.add(row)
        return w.finish(number=row.number)


def find_free(ctx: Context, actor: Actor, courier: str, number: str) -> int:
    """The id of a number of the reader's own pool that nobody has taken. Raises `NotYours`."""
    with reading(ctx.engine, actor) as session:
        found = session.exec(
            select(PoolNumber.id)
            .where(PoolNumber.courier == courier, col(PoolNumber.agency_id) == actor.agency_id)
            .where(PoolNumber.number == waybills.normalise(number))
        ).first()
    if found is None:
        raise NotYours("号码", "number")
    return found


def _agency_of(actor: Actor, wanted: int | None) -> int:
    """The agency whose pool it is. The window keeps its own; an administrator also those below."""
    own = cast(int, actor.agency_id)
    agency_id = own if wanted is None else wanted
    if Role.ADMINISTRATOR in actor.roles and agency_id in actor.agencies:
        return agency_id
    if actor.roles & {Role.WINDOW, Role.RECEIVER} and agency_id == own:
        return agency_id
    raise NotAllowed(
        "号段由本单位的窗口、收件人员或系统管理人员维护。请联系他们办理。",
        "The pool is kept by the agency's own officers or its administrator.",
        "role",
    )


def _given(first: str, last: str, listed: str) -> list[str]:
    if bool(listed.strip()) == bool(first.strip() or last.strip()):
        raise Malformed(
            "还没有入库：请填写首号和末号，或者粘贴号码，二者取一。",
            "Nothing added: give a first and a last number, or paste a list, one of the two.",
            {"first": [Said("请填写首号和末号，或改为粘贴号码。", "First and last number, or a pasted list.")]},
        )
    if listed.strip():
        numbers = rules.written(listed)
        if len(numbers) > rules.MOST:
            raise Malformed(
                f"一次最多入库 {rules.MOST} 个号码，这里有 {len(numbers)} 个。请分几次。",
                f"{rules.MOST} numbers at most at once.",
                {"listed": [Said(f"最多 {rules.MOST} 个。", f"{rules.MOST} at most.")]},
            )
        return numbers
    return rules.series(first or last, last or first)


def _faults(ctx: Context, courier: str, numbers: Sequence[str], known: dict[str, str]) -> list[Fault]:
    configured = ctx.couriers.get(courier)
    if courier != MANUAL and (configured is None or not configured.takes_pool_numbers):
        name = configured.name_zh if configured is not None else courier
        raise Rejected(
            f"{name}不接受号段运单，或尚未配置。只有能补登号段的快递才有号段。",
            f"{courier} takes no numbers from a pool, or is not set up.",
            "no_pool_courier",
        )
    return rules.faults(courier, configured.name_zh if configured is not None else "", numbers, known)


def _require_sound(found: Sequence[Fault]) -> None:
    if not found:
        return
    said = [
        Said(f"第 {one.row} 行 {one.number}：{one.zh}", f"Line {one.row}, {one.number}: {one.en}")
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        said.append(Said(f"……另有 {len(found) - SHOWN} 个", f"… and {len(found) - SHOWN} more"))
    raise Malformed(
        f"没有入库：{len(found)} 个号码有问题，整批未动。请改正后再提交。",
        f"Nothing was added: {len(found)} number(s) are wrong. Correct them and send again.",
        {"listed": said},
    )
