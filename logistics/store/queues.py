"""The two queues at rest: errands owed outward, pushes not yet read. Any number of processes may empty them at once.

Taking is one statement (FOR UPDATE SKIP LOCKED) that also sets the lease. What a taker stores later is fenced by the
very lease it got: one that slept past its lease changes nothing that a second taker has in hand. System role only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Session, select

from logistics.store.packed import unpack
from logistics.tables import Consignment
from logistics.terms import ErrandKind, Stage

OVER = (Stage.RECEIVED, Stage.VOIDED)
"""Stages after which a courier has nothing more to tell us."""

UNDER_WAY = (Stage.BOOKED, Stage.ON_THE_WAY, Stage.DELIVERED, Stage.RETURNED, Stage.LOST)
"""Stages in which a waybill is asked after, however old it is."""


@dataclass(frozen=True)
class Leased:
    """An errand that is ours until `lease_until`. `attempts` counts this one; `failures` those that came to nothing."""

    id: int
    kind: ErrandKind
    key: str
    payload: Mapping[str, Any]
    dossier_id: int | None
    consignment_id: int | None
    attempts: int
    failures: int
    created_at: datetime
    lease_until: datetime


@dataclass(frozen=True)
class Message:
    """A push that is ours until `due_at`. `attempts` counts this one."""

    id: int
    courier: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    attempts: int
    due_at: datetime


_CLAIM_ERRAND = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM errand
        WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= :now AND (lease_until IS NULL OR lease_until <= :now)
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE errand SET lease_until = :until, attempts = attempts + 1 FROM due WHERE errand.id = due.id
    RETURNING errand.id, kind, key, payload, dossier_id, consignment_id, attempts, failures, created_at,
        lease_until""")

_CLAIM_MESSAGE = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM inbox WHERE read_at IS NULL AND parked_at IS NULL AND due_at <= :now
        ORDER BY received_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE inbox SET due_at = :until, attempts = attempts + 1 FROM due WHERE inbox.id = due.id
    RETURNING inbox.id, courier, headers, body, packed, received_at, attempts, due_at""")


def claim_errand(engine: Engine, now: datetime, lease: timedelta) -> Leased | None:
    """The errand that has been due longest is leased to the caller; None when nothing is due that nobody holds."""
    with engine.begin() as connection:
        row = connection.execute(_CLAIM_ERRAND, {"now": now, "until": now + lease}).mappings().first()
    return None if row is None else Leased(**{**row, "kind": ErrandKind(row["kind"])})


def finish_errand(engine: Engine, errand: Leased, now: datetime, note: str = "") -> None:
    """The errand is done, whoever holds its lease now: what it owed has been recorded."""
    _run(
        engine,
        "UPDATE errand SET done_at = :now, parked_at = NULL, lease_until = NULL, last_error = :note "
        "WHERE id = :id AND done_at IS NULL",
        now=now,
        note=note,
        id=errand.id,
    )


def retry_errand(engine: Engine, errand: Leased, due_at: datetime, why: str) -> bool:
    """The errand is tried again at `due_at`. False when the lease had lapsed and somebody else took it."""
    return _run(
        engine,
        "UPDATE errand SET due_at = :due, lease_until = NULL, failures = failures + 1, last_error = :why "
        "WHERE id = :id AND done_at IS NULL AND lease_until = :lease",
        due=due_at,
        why=why,
        id=errand.id,
        lease=errand.lease_until,
    )


def repeat_errand(engine: Engine, errand: Leased, now: datetime, due_at: datetime) -> bool:
    """The errand succeeded and is owed again at `due_at`, as if new; its consignment was asked after at `now`."""
    if errand.consignment_id is not None:
        _run(engine, "UPDATE consignment SET polled_at = :now WHERE id = :id", now=now, id=errand.consignment_id)
    return _run(
        engine,
        "UPDATE errand SET due_at = :due, lease_until = NULL, attempts = 0, failures = 0, last_error = '' "
        "WHERE id = :id AND done_at IS NULL AND lease_until = :lease",
        due=due_at,
        id=errand.id,
        lease=errand.lease_until,
    )


def postpone_errand(engine: Engine, errand: Leased, due_at: datetime, why: str, *, was_tried: bool = False) -> bool:
    """The errand is taken up at `due_at`, with no failure of its own; unless it `was_tried`, as if it had not been
    taken up now. False as for `retry_errand`."""
    return _run(
        engine,
        "UPDATE errand SET due_at = :due, lease_until = NULL, attempts = attempts - :back, last_error = :why "
        "WHERE id = :id AND done_at IS NULL AND lease_until = :lease",
        due=due_at,
        back=0 if was_tried else 1,
        why=why,
        id=errand.id,
        lease=errand.lease_until,
    )


def park_errand(engine: Engine, errand: Leased, now: datetime, why: str) -> bool:
    """The errand waits for a person, with the reason. False when the lease had lapsed and somebody else took it."""
    return _run(
        engine,
        "UPDATE errand SET parked_at = :now, lease_until = NULL, last_error = :why "
        "WHERE id = :id AND done_at IS NULL AND lease_until = :lease",
        now=now,
        why=why,
        id=errand.id,
        lease=errand.lease_until,
    )


def claim_message(engine: Engine, now: datetime, lease: timedelta) -> Message | None:
    """The unread push that came first is leased to the caller; None when nothing is due that nobody holds."""
    with engine.begin() as connection:
        row = connection.execute(_CLAIM_MESSAGE, {"now": now, "until": now + lease}).mappings().first()
    if row is None:
        return None
    values = dict(row)
    values["body"] = unpack(values["body"], values.pop("packed"))
    return Message(**values)


def finish_message(engine: Engine, message: Message, now: datetime) -> None:
    """The push has been read; its bytes stay."""
    _run(
        engine,
        "UPDATE inbox SET read_at = :now, parked_at = NULL, last_error = '' WHERE id = :id AND read_at IS NULL",
        now=now,
        id=message.id,
    )


def retry_message(engine: Engine, message: Message, due_at: datetime, why: str, names: Collection[str] = ()) -> bool:
    """The push is read again at `due_at`; it is about `names`. False when the lease had lapsed and somebody else took
    it.
    """
    return _run(
        engine,
        "UPDATE inbox SET due_at = :due, last_error = :why, names = :names "
        "WHERE id = :id AND read_at IS NULL AND parked_at IS NULL AND due_at = :lease",
        due=due_at,
        why=why,
        names=sorted(names),
        id=message.id,
        lease=message.due_at,
    )


def park_message(engine: Engine, message: Message, now: datetime, why: str, names: Collection[str] = ()) -> bool:
    """The push waits for a person, with the reason; it is about `names`. False when the lease had lapsed and somebody
    else took it.
    """
    return _run(
        engine,
        "UPDATE inbox SET parked_at = :now, last_error = :why, names = :names "
        "WHERE id = :id AND read_at IS NULL AND parked_at IS NULL AND due_at = :lease",
        now=now,
        why=why,
        names=sorted(names),
        id=message.id,
        lease=message.due_at,
    )


def unpark_message(engine: Engine, message_id: int, now: datetime) -> bool:
    """The parked push is read again now, with all its attempts before it. False when it is not parked."""
    return _run(
        engine,
        "UPDATE inbox SET parked_at = NULL, due_at = :now, attempts = 0 WHERE id = :id AND parked_at IS NOT NULL",
        now=now,
        id=message_id,
    )


def unpark_errand(session: Session, errand_id: int, now: datetime) -> bool:
    """The parked errand is tried again now, with all its attempts before it. False when the reader sees none parked."""
    done = session.execute(
        text(
            "UPDATE errand SET parked_at = NULL, due_at = :now, attempts = 0, failures = 0, lease_until = NULL "
            "WHERE id = :id AND parked_at IS NOT NULL AND done_at IS NULL RETURNING id"
        ),
        {"now": now, "id": errand_id},
    )
    return done.first() is not None


def waybill_of(session: Session, courier_code: str, reference: str) -> str:
    """The waybill of the consignment that the courier knows by our reference; "" when it has none (yet)."""
    found = session.exec(
        select(Consignment.waybill_no).where(Consignment.no == reference, Consignment.courier == courier_code)
    ).first()
    return found or ""


_HEAL = text("""
    INSERT INTO errand (dossier_id, consignment_id, kind, key, payload, created_at, due_at, attempts, failures,
        last_error)
    SELECT c.dossier_id, c.id, 'track', 'track:' || c.no,
        jsonb_build_object('consignment_no', c.no, 'courier', c.courier, 'waybill_no', c.waybill_no), :now, :now, 0,
        0, ''
    FROM consignment c
    WHERE c.stage = ANY(:stages) AND c.courier = ANY(:couriers) AND c.waybill_no <> ''
        AND NOT EXISTS (SELECT 1 FROM errand e WHERE e.key = 'track:' || c.no AND e.done_at IS NULL)
    ON CONFLICT (key) DO UPDATE SET done_at = NULL, due_at = EXCLUDED.due_at, attempts = 0, failures = 0,
        lease_until = NULL
        WHERE errand.done_at IS NOT NULL
    RETURNING id""").bindparams(bindparam("stages", type_=ARRAY(TEXT)), bindparam("couriers", type_=ARRAY(TEXT)))


def heal_polls(engine: Engine, now: datetime, couriers: Collection[str]) -> int:
    """Every consignment under way with one of these couriers has a live TRACK errand (parked counts as live); how many
    had none."""
    values = {"now": now, "stages": [stage.value for stage in UNDER_WAY], "couriers": sorted(couriers)}
    with engine.begin() as connection:
        return len(connection.execute(_HEAL, values).all())


def _run(engine: Engine, statement: str, **values: object) -> bool:
    with engine.begin() as connection:
        return bool(connection.execute(text(statement), values).rowcount)
