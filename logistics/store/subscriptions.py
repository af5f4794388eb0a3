"""Subscriptions for pushes, and the errands that the scheduler owes by itself: second sources and subscriptions.

A subscription is asked for once for each consignment under way and account, renewed before it lapses, ended when the
envelope is received or void. System role only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from logistics.store.queues import OVER, UNDER_WAY
from logistics.tables import Consignment, Subscription

EARLY = timedelta(days=1)
"""A subscription is renewed so long before it lapses, or after half its time where that is less."""

REFUSED_AGAIN = timedelta(days=1)

_OWE = """
    INSERT INTO errand (dossier_id, consignment_id, kind, key, payload, created_at, due_at, attempts, failures,
        last_error)
    SELECT c.dossier_id, c.id, '{kind}', '{kind}:' || c.no || ':' || CAST(:account AS text),
        jsonb_build_object('consignment_no', c.no, 'courier', CAST(:account AS text), 'waybill_no', c.waybill_no),
        :now, :now, 0, 0, ''
    FROM consignment c
    LEFT JOIN subscription s ON s.consignment_id = c.id AND s.courier = :account
    WHERE c.stage = ANY(:stages) AND c.courier = ANY(:couriers) AND c.waybill_no <> '' AND {condition}
        AND NOT EXISTS (SELECT 1 FROM errand e
            WHERE e.key = '{kind}:' || c.no || ':' || CAST(:account AS text) AND e.done_at IS NULL)
    ON CONFLICT (key) DO UPDATE SET done_at = NULL, due_at = EXCLUDED.due_at, attempts = 0, failures = 0,
        lease_until = NULL, payload = EXCLUDED.payload
        WHERE errand.done_at IS NOT NULL
    RETURNING id"""
_TOLD = """
    UPDATE subscription SET renew_at = %s, last_error = %s, carrier = coalesce(nullif(%s, ''), carrier)
    WHERE courier = %s AND waybill_no = %s AND ended_at IS NULL"""
_WANTED = "(s.id IS NULL OR s.renew_at <= :now)"
_SUBSCRIBE = text(_OWE.format(kind="subscribe", condition=_WANTED))
_SECOND = text(_OWE.format(kind="second_source", condition="true"))
_END = text("""
    UPDATE subscription SET ended_at = :now, renew_at = NULL FROM consignment c
    WHERE c.id = subscription.consignment_id AND c.stage = ANY(:stages) AND subscription.ended_at IS NULL""")


def owe_subscriptions(engine: Engine, now: datetime, account: str, couriers: list[str]) -> int:
    """Every consignment under way of these couriers has a subscription at `account` that stands, or an errand for it;
    those that are over have none any more. How many errands are new."""
    with engine.begin() as connection:
        connection.execute(_END, {"now": now, "stages": [stage.value for stage in OVER]})
        return len(connection.execute(_SUBSCRIBE, _values(now, account, couriers)).all())


def owe_second_source(engine: Engine, now: datetime, account: str, couriers: list[str]) -> int:
    """Every consignment under way of these couriers is asked after at `account` too; how many were not."""
    with engine.begin() as connection:
        return len(connection.execute(_SECOND, _values(now, account, couriers)).all())


def _values(now: datetime, account: str, couriers: list[str]) -> Mapping[str, object]:
    return {"now": now, "account": account, "couriers": couriers, "stages": [stage.value for stage in UNDER_WAY]}


def stands(
    engine: Engine, consignment_no: str, account: str, carrier: str, waybill_no: str, now: datetime, days: int | None
) -> None:
    """The subscription stands since `now`; where the courier lets it lapse after `days`, it is renewed before."""
    with Session(engine) as session, session.begin():
        made = insert(Subscription).values(
            **_ends(session, consignment_no),
            courier=account,
            carrier=carrier,
            waybill_no=waybill_no,
            asked_at=now,
            stands_since=now,
            renew_at=renewal(now, days),
            last_error="",
        )
        new = made.excluded
        session.execute(
            made.on_conflict_do_update(
                index_elements=["consignment_id", "courier"],
                set_={
                    "carrier": new.carrier,
                    "waybill_no": new.waybill_no,
                    "asked_at": new.asked_at,
                    "stands_since": new.stands_since,
                    "renew_at": new.renew_at,
                    "ended_at": None,
                    "last_error": "",
                },
            )
        )


def refused(engine: Engine, consignment_no: str, account: str, waybill_no: str, now: datetime, why: str) -> None:
    """The courier does not want to subscribe to it: asked again tomorrow, polled meanwhile."""
    again = now + REFUSED_AGAIN
    with Session(engine) as session, session.begin():
        made = insert(Subscription).values(
            **_ends(session, consignment_no),
            courier=account,
            carrier="",
            waybill_no=waybill_no,
            asked_at=now,
            renew_at=again,
            last_error=why,
        )
        session.execute(
            made.on_conflict_do_update(
                index_elements=["consignment_id", "courier"],
                set_={"asked_at": now, "renew_at": again, "last_error": why},
            )
        )


def heard(engine: Engine, account: str, waybill_nos: list[str], at: datetime, days: int | None) -> None:
    """Pushes about these waybills came by subscription: it need not be renewed for a while."""
    with Session(engine) as session, session.begin():
        session.execute(
            update(Subscription)
            .where(
                col(Subscription.courier) == account,
                col(Subscription.waybill_no).in_(waybill_nos),
                col(Subscription.ended_at).is_(None),
                col(Subscription.stands_since).is_not(None),
            )
            .values(heard_at=at, renew_at=renewal(at, days))
        )


class News(NamedTuple):
    """What a push said about its own subscription. `carrier`: the right one, "" when it did not say. `renew_at`: when
    it is asked for again; None: it has ended or goes on by itself."""

    waybill_no: str
    carrier: str
    renew_at: datetime | None
    why: str


def told(engine: Engine, account: str, news: Sequence[News]) -> None:
    """The account's subscriptions stand as its pushes said, one after the other."""
    values = [(one.renew_at, one.why, one.carrier, account, one.waybill_no) for one in news]
    if values:
        with engine.begin() as connection:
            connection.exec_driver_sql(_TOLD, values)


def carrier_of(engine: Engine, consignment_id: int, account: str) -> str:
    """The carrier under which the consignment is subscribed at that account, "" when it is not."""
    with Session(engine) as session:
        found = session.exec(
            select(Subscription.carrier).where(
                Subscription.consignment_id == consignment_id, Subscription.courier == account
            )
        ).first()
    return found or ""


def renewal(at: datetime, days: int | None) -> datetime | None:
    """When a subscription that lapses `days` after `at` is asked for again; None: never."""
    if days is None:
        return None
    whole = timedelta(days=days)
    return at + max(whole - EARLY, whole / 2)


def _ends(session: Session, consignment_no: str) -> dict[str, int | None]:
    found = session.exec(select(Consignment.id, Consignment.dossier_id).where(Consignment.no == consignment_no)).one()
    return {"consignment_id": found[0], "dossier_id": found[1]}
