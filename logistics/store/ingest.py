"""Couriers' statements at rest, many at once: whose they are, what of them is new, and what they lead to.

However many messages a batch has, it takes a handful of statements; only an envelope that something happens to is
touched on its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from couriers.contract import TrackingEvent
from logistics.actor import courier_actor
from logistics.decision import Fact
from logistics.rules.chain import stamp
from logistics.rules.places import region_code
from logistics.store.carried import Spoken, consignments_of
from logistics.store.following import follow_all
from logistics.store.work import Work

_STORE = """
    INSERT INTO tracking (dossier_id, consignment_id, natural_key, courier, waybill_no, milestone, reason, code,
        detail_code, text, place, voids, happened_at, received_at, source, raw_sha256, region_code)
    SELECT * FROM unnest(%b::int8[], %b::int8[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
        %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::text[],
        %b::text[], %b::text[])
    ON CONFLICT (natural_key) DO NOTHING RETURNING natural_key"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one message says of one waybill. `courier`: whose account speaks. `raw_sha256`: of the message's bytes."""

    courier: str
    waybill_no: str
    events: Sequence[TrackingEvent]
    source: str
    raw_sha256: str
    received_at: datetime

    @property
    def spoken(self) -> Spoken:
        """The waybill, as this account names it."""
        return Spoken(self.courier, self.waybill_no)


def by_waybill(
    courier: str, events: Sequence[TrackingEvent], source: str, raw_sha256: str, received_at: datetime
) -> list[Arrival]:
    """One message's statements, waybill by waybill."""
    apart: dict[str, list[TrackingEvent]] = {}
    for event in events:
        apart.setdefault(event.waybill_no, []).append(event)
    return [Arrival(courier, no, said, source, raw_sha256, received_at) for no, said in apart.items()]


def take_in(w: Work, arrivals: Sequence[Arrival]) -> set[Spoken]:
    """What is new in the arrivals stands on its consignments, in that order, each followed to what all its statements
    lead to; returns the waybills of no consignment of ours.

    The verb keeps its dossiers locked, in order of their ids, until it ends.
    """
    owners = consignments_of(w.session, w.ctx.couriers, {one.spoken for one in arrivals})
    envelopes = w.consignments(owners.values())
    keyed = [
        (arrival, owners[arrival.spoken], [(event.natural_key, event) for event in arrival.events])
        for arrival in arrivals
        if arrival.spoken in owners
    ]
    rows: dict[str, tuple[object, ...]] = {}
    for arrival, owner, events in keyed:
        for key, event in events:
            if key not in rows:
                rows[key] = _row(envelopes[owner][0].id, owner, key, event, arrival)
    fresh = _store(w.session, rows.values())
    touched: dict[int, list[tuple[Arrival, list[Fact]]]] = {}
    for arrival, owner, events in keyed:
        facts = [_fact(key, event, arrival.source) for key, event in events if key in fresh]
        fresh.difference_update(key for key, _ in events)  # told by two messages of one batch: the first one's
        if facts:
            touched.setdefault(owner, []).append((arrival, facts))
    _carry_out(w, envelopes, touched)
    return {one.spoken for one in arrivals} - owners.keys()


def _carry_out(w: Work, envelopes: Any, touched: dict[int, list[tuple[Arrival, list[Fact]]]]) -> None:
    w.chains.know([envelopes[owner][0] for owner in touched])
    w.clocks.know([envelopes[owner][0] for owner in touched])
    lead = follow_all(w, [envelopes[owner][1] for owner in touched])
    for owner, told in touched.items():
        dossier, consignment = envelopes[owner]
        for arrival, facts in told:
            courier = w.ctx.couriers.get(arrival.courier)
            w.actor = courier_actor(arrival.courier, courier.name_zh if courier else arrival.courier)
            for fact in facts:
                w.record(dossier, fact, consignment)
        w.carry_out(lead[owner], dossier, consignment)


def _row(dossier_id: int | None, owner: int, key: str, event: TrackingEvent, arrival: Arrival) -> tuple[object, ...]:
    return (
        dossier_id,
        owner,
        key,
        event.courier,
        event.waybill_no,
        event.milestone.value,
        event.reason.value if event.reason else None,
        event.code,
        event.detail_code,
        event.text,
        event.place,
        event.voids,
        event.happened_at,
        arrival.received_at,
        arrival.source,
        arrival.raw_sha256,
        region_code(event.place),
    )


def _store(session: Session, rows: Iterable[tuple[object, ...]]) -> set[str]:
    """The natural keys that were not there before."""
    columns = tuple(map(list, zip(*rows, strict=True)))
    if not columns:
        return set()
    return {key for (key,) in session.connection().exec_driver_sql(_STORE, columns)}


def _fact(key: str, event: TrackingEvent, source: str) -> Fact:
    """The ledger names code, milestone and time; the courier's words stay in the event, for they may name people."""
    data: dict[str, Any] = {
        "waybill": event.waybill_no,
        "milestone": event.milestone.value,
        "code": event.code,
        "event_at": stamp(event.happened_at),
        "source": source,
        "event": hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest(),
    }
    return Fact("tracking:arrived", "", data)
