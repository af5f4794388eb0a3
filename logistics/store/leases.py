"""Long work that people may leave: a row with a state, how far it has come, and the lease of the process that does it.

A process that dies leaves nothing but a figure of progress; when its lease ends, another begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from sqlalchemy import Engine, and_, or_, select, update
from sqlmodel import Session, col

from logistics.tables import OldLedger, ReportOrder

Row = TypeVar("Row", OldLedger, ReportOrder)


class Interrupted(Exception):
    """We were told to stop, or the work is not ours any more: nothing was stored."""


@dataclass(frozen=True)
class Lease:
    """The work of one row, ours until `until` while the row is in that state."""

    id: int
    state: Enum
    until: datetime


def claim(
    engine: Engine, table: type[Row], states: Collection[Enum], now: datetime, lease: timedelta
) -> Lease | None:
    """The oldest row in one of these states that nobody works on, ours until the lease ends; None for none."""
    free = or_(col(table.lease_until).is_(None), col(table.lease_until) <= now)
    first = select(col(table.id)).where(col(table.state).in_(states), free).order_by(col(table.id)).limit(1)
    taken = (
        update(table)
        .where(col(table.id) == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(lease_until=now + lease)
        .returning(col(table.id), col(table.state))
    )
    with engine.begin() as connection:
        row = connection.execute(taken).first()
    return None if row is None else Lease(int(row[0] or 0), row[1], now + lease)


def progress(engine: Engine, table: type[Row], held: Lease, until: datetime, done: int, total: int) -> Lease | None:
    """People see how far the work is, and it stays ours until then; None when it is ours no longer."""
    mine = and_(col(table.id) == held.id, col(table.lease_until) == held.until, col(table.state) == held.state)
    statement = (
        update(table)
        .where(mine)
        .values(rows_done=done, rows_total=total, lease_until=until)
        .returning(col(table.id))
    )
    with engine.begin() as connection:
        still = connection.execute(statement).first()
    return None if still is None else replace(held, until=until)


def go_on(
    engine: Engine,
    table: type[Row],
    held: Lease,
    going_on: Callable[[], bool],
    until: datetime,
    done: int,
    total: int,
) -> Lease:
    """As `progress`, unless we are told to stop: then another may begin at once. Raises `Interrupted`."""
    if not going_on():
        release(engine, table, held)
        raise Interrupted
    still = progress(engine, table, held, until, done, total)
    if still is None:
        raise Interrupted
    return still


def release(engine: Engine, table: type[Row], held: Lease) -> None:
    """Another process may go on with it at once."""
    mine = and_(col(table.id) == held.id, col(table.lease_until) == held.until)
    with engine.begin() as connection:
        connection.execute(update(table).where(mine).values(lease_until=None))


def still_ours(session: Session, table: type[Row], held: Lease) -> Row | None:
    """The row, locked, while the lease holds and nobody decided otherwise; else None."""
    row = session.get(table, held.id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.lease_until == held.until and row.state is held.state else None
