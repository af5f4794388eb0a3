"""Pushes not yet read, many at once. What a reader stores is fenced by the lease it got (see `store.queues`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, text, tuple_
from sqlmodel import Session, col, select

from logistics.store.packed import unpack
from logistics.store.queues import Message
from logistics.tables import Consignment

_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM inbox WHERE read_at IS NULL AND parked_at IS NULL AND due_at <= :now
        ORDER BY received_at, id LIMIT :many FOR UPDATE SKIP LOCKED)
    UPDATE inbox SET due_at = :until, attempts = attempts + 1 FROM due WHERE inbox.id = due.id
    RETURNING inbox.id, courier, headers, body, packed, received_at, attempts, due_at""")

_FINISH = """
    UPDATE inbox SET read_at = %b, last_error = '' FROM unnest(%b::int8[], %b::timestamptz[]) AS mine(id, lease)
    WHERE inbox.id = mine.id AND read_at IS NULL AND parked_at IS NULL AND due_at = mine.lease"""


class Overtaken(Exception):
    """The lease of a push had lapsed, and another reader took it."""


def claim(engine: Engine, now: datetime, lease: timedelta, many: int) -> list[Message]:
    """Up to so many unread pushes that nobody holds are leased to the caller, in the order in which they came."""
    with engine.begin() as connection:
        rows = connection.execute(_CLAIM, {"now": now, "until": now + lease, "many": many}).all()
    found = [
        Message(id_, courier, headers, unpack(body, packed), received_at, attempts, due_at)
        for id_, courier, headers, body, packed, received_at, attempts, due_at in rows
    ]
    return sorted(found, key=lambda one: (one.received_at, one.id))


def finish(session: Session, messages: Sequence[Message], now: datetime) -> None:
    """These pushes have been read, together with all else that the transaction stores. Raises `Overtaken`."""
    if not messages:
        return
    values = now, [one.id for one in messages], [one.due_at for one in messages]
    done = session.connection().exec_driver_sql(_FINISH, values).rowcount
    if done != len(messages):
        raise Overtaken(f"{len(messages) - done} of {len(messages)}")


def waybills_of(session: Session, named: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """The waybill of each consignment that a courier names by our reference, by (courier, reference); those that have
    none (yet) are not in the answer."""
    wanted = sorted(set(named))
    if not wanted:
        return {}
    rows = session.exec(
        select(Consignment.courier, Consignment.no, Consignment.waybill_no).where(
            tuple_(col(Consignment.courier), col(Consignment.no)).in_(wanted)
        )
    )
    return {(courier, no): waybill_no for courier, no, waybill_no in rows if waybill_no}
