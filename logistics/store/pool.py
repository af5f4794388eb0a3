"""Numbers that couriers gave in advance, at rest: taken once each, by any number of windows at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from logistics.errors import Rejected
from logistics.rules.pool import MANUAL
from logistics.tables import Consignment, PoolNumber

_CHUNK = 1000


@dataclass(frozen=True)
class Stock:
    """How one agency's numbers of one courier stand; `unregistered` are taken and not yet known to the courier."""

    courier: str
    free: int
    taken: int
    unregistered: int
    spoilt: int
    next_number: str


def take(session: Session, consignment: Consignment, courier: str, now: datetime) -> PoolNumber:
    """The agency's next free number is the consignment's, and nobody else's.

    Raises `Rejected` (rule "pool_empty") when there is none.
    """
    row = session.exec(
        select(PoolNumber)
        .where(PoolNumber.agency_id == consignment.from_agency_id, PoolNumber.courier == courier)
        .where(col(PoolNumber.taken_at).is_(None), col(PoolNumber.spoilt_at).is_(None))
        .order_by(col(PoolNumber.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        raise Rejected(
            "号段已经用完，没有可用的号码。请系统管理人员补充号段，或等接口恢复后下单。",
            "The pool is empty. Have numbers added, or wait until the courier's interface answers.",
            "pool_empty",
        )
    _give(session, row, consignment, now)
    return row


def take_named(session: Session, consignment: Consignment, courier: str, number: str, now: datetime) -> None:
    """A number that stands in the pool and was typed by hand is the consignment's; a typed one outside it is nobody's
    business here. Raises `Rejected` (rule "number_spoilt") for a spoilt one.
    """
    row = session.exec(
        select(PoolNumber)
        .where(PoolNumber.agency_id == consignment.from_agency_id, PoolNumber.courier == courier)
        .where(PoolNumber.number == number)
        .with_for_update()
    ).first()
    if row is None:
        return
    if row.spoilt_at is not None:
        raise Rejected(
            f"单据号 {number} 已作废（{row.spoilt_why}），不能再用。请换一张单据。",
            f"Form {number} was spoilt. Take another one.",
            "number_spoilt",
        )
    _give(session, row, consignment, now)


def _give(session: Session, row: PoolNumber, consignment: Consignment, now: datetime) -> None:
    row.taken_at, row.consignment_id = now, cast(int, consignment.id)
    row.registered_at = now if row.courier == MANUAL else None  # a form needs no courier to know it
    session.add(row)
    session.flush()


def number_of(session: Session, consignment: Consignment, waybill_no: str = "") -> PoolNumber | None:
    """The number from the pool that is the consignment's waybill now (or the `waybill_no` asked for); None when its
    waybill came by an order."""
    return session.exec(
        select(PoolNumber)
        .where(PoolNumber.consignment_id == consignment.id, PoolNumber.courier == consignment.courier)
        .where(PoolNumber.number == (waybill_no or consignment.waybill_no), col(PoolNumber.spoilt_at).is_(None))
    ).first()


def free(session: Session, agency_id: int, courier: str) -> int:
    """How many numbers are left."""
    return session.exec(
        select(func.count())
        .select_from(PoolNumber)
        .where(PoolNumber.agency_id == agency_id, PoolNumber.courier == courier)
        .where(col(PoolNumber.taken_at).is_(None), col(PoolNumber.spoilt_at).is_(None))
    ).one()


def next_free(session: Session, agency_id: int, courier: str) -> str:
    """The number that would be taken next, "" when there is none."""
    found = session.exec(
        select(PoolNumber.number)
        .where(PoolNumber.agency_id == agency_id, PoolNumber.courier == courier)
        .where(col(PoolNumber.taken_at).is_(None), col(PoolNumber.spoilt_at).is_(None))
        .order_by(col(PoolNumber.id))
    ).first()
    return found or ""


def stocks(session: Session, agency_id: int) -> list[Stock]:
    """How the agency's numbers stand, by courier."""
    is_spoilt = col(PoolNumber.spoilt_at).is_not(None)
    is_taken = col(PoolNumber.taken_at).is_not(None)
    late = is_taken & col(PoolNumber.registered_at).is_(None) & ~is_spoilt
    count = func.count()
    rows = session.execute(
        select_columns(
            col(PoolNumber.courier),
            count.filter(~is_taken & ~is_spoilt),
            count.filter(is_taken),
            count.filter(late),
            count.filter(is_spoilt),
        )
        .where(col(PoolNumber.agency_id) == agency_id)
        .group_by(col(PoolNumber.courier))
        .order_by(col(PoolNumber.courier))
    )
    return [
        Stock(courier, left, taken, unregistered, spoilt, next_free(session, agency_id, courier))
        for courier, left, taken, unregistered, spoilt in rows
    ]


def known(session: Session, agency_id: int, courier: str, numbers: Sequence[str]) -> dict[str, str]:
    """Those of the numbers that the reader's agency has already, in a pool or on an envelope, with where in Chinese."""
    found: dict[str, str] = {}
    for start in range(0, len(numbers), _CHUNK):
        wanted = list(numbers[start : start + _CHUNK])
        used = select(Consignment.waybill_no, Consignment.no).where(
            Consignment.courier == courier,
            Consignment.from_agency_id == agency_id,
            col(Consignment.waybill_no).in_(wanted),
        )
        found |= {number: f"已用于寄递件 {no}" for number, no in session.exec(used).all()}
        pooled = select(PoolNumber.number).where(
            PoolNumber.agency_id == agency_id, PoolNumber.courier == courier, col(PoolNumber.number).in_(wanted)
        )
        found |= dict.fromkeys(session.exec(pooled).all(), "已在号段中")
    return found


def keep(
    session: Session, agency_id: int, courier: str, numbers: Sequence[str], officer_id: int, now: datetime
) -> set[str]:
    """The numbers stand in the agency's pool; returns those that did not go in because another agency has them."""
    stored: set[str] = set()
    for start in range(0, len(numbers), _CHUNK):
        rows = [
            {
                "agency_id": agency_id,
                "courier": courier,
                "number": number,
                "added_at": now,
                "added_by": officer_id,
                "spoilt_why": "",
            }
            for number in numbers[start : start + _CHUNK]
        ]
        made = session.execute(
            insert(PoolNumber).values(rows).on_conflict_do_nothing().returning(col(PoolNumber.number))
        )
        stored.update(made.scalars())
    return set(numbers) - stored
