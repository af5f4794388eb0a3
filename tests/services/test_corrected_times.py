"""A courier tells a time again, otherwise: the clocks it moved are planned anew, each with an entry in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from couriers.contract import Booking, Milestone, TrackingEvent
from logistics.rules import invariants
from logistics.services import dispatch, receipt, reminding, tracking
from logistics.store import find
from logistics.tables import Deadline, LedgerEntry, Rung
from logistics.terms import Outcome
from tests import builders
from tests.builders import Envelope, House

WAYBILL = "1100000000011"


@pytest.fixture
def way(hall: House) -> Envelope:
    envelope = builders.dispatched(hall)
    dispatch.record_booking(hall.system, envelope.no, Booking(WAYBILL, "长沙 01-02"))
    return envelope


def scan(at: datetime, milestone: Milestone, code: str = "x", voids: str | None = None) -> TrackingEvent:
    return TrackingEvent(WAYBILL, milestone, None, code, "", "文字", at, "某地", voids, "ems")


def told(hall: House, *events: TrackingEvent) -> None:
    assert tracking.absorb(hall.system, "ems", events, "push", "0" * 64, hall.clock()) == []


def clocks(hall: House) -> dict[str, Deadline]:
    with Session(hall.system.engine) as session:
        return {row.key.split("/")[0] + row.key.partition("#")[2]: row for row in session.exec(select(Deadline))}


def recomputed(hall: House) -> list[dict[str, Any]]:
    with Session(hall.system.engine) as session:
        found = session.exec(select(LedgerEntry).order_by(col(LedgerEntry.id)))
        return [dict(one.facts) for one in found if one.what == "deadline:recomputed"]


def violations(hall: House, envelope: Envelope) -> list[invariants.Violation]:
    with Session(hall.system.engine) as session:
        snapshot = find.snapshot(session, find.dossier_by_no(session, envelope.dossier_no))
        return invariants.check(snapshot, hall.clock(), slack=timedelta(days=400))


def test_a_pick_up_told_late_moves_both_clocks_that_it_moves_and_says_so(hall: House, way: Envelope) -> None:
    start = hall.clock()
    hall.clock.advance(hours=8)
    told(hall, scan(start + timedelta(hours=6), Milestone.IN_TRANSIT))
    assert clocks(hall)["transit"].started_at == start + timedelta(hours=6)
    hall.clock.advance(hours=1)
    told(hall, scan(start + timedelta(hours=2), Milestone.PICKED_UP))
    after = clocks(hall)
    assert after["booked_to_picked_up"].met_at == start + timedelta(hours=2)
    assert after["transit"].started_at == start + timedelta(hours=2)
    assert after["transit"].due_at == start + timedelta(hours=98)
    by_key = {one["key"].split("/")[0]: one for one in recomputed(hall)}
    assert set(by_key) == {"booked_to_picked_up", "transit"}
    assert (by_key["transit"]["started_before"], by_key["transit"]["started_at"]) == (
        f"{start + timedelta(hours=6):%Y-%m-%dT%H:%M:%S.%fZ}",
        f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M:%S.%fZ}",
    )
    assert by_key["transit"]["due_before"] > by_key["transit"]["due_at"]
    assert violations(hall, way) == []


def test_a_rung_that_fired_by_the_first_time_does_not_fire_again_by_the_second(hall: House, way: Envelope) -> None:
    start = hall.clock()
    told(hall, scan(start, Milestone.PICKED_UP, "203"))
    with Session(hall.system.engine) as session:
        transit = session.exec(select(Deadline).where(Deadline.leg == "transit")).one()
        warning = session.exec(select(Rung).where(Rung.deadline_id == transit.id, Rung.name == "warning")).one()
    hall.clock.now = warning.fires_at
    assert reminding.chase(hall.system, transit.id or 0) == ["warning"]
    hall.clock.advance(minutes=1)
    # the courier takes the pick-up back and tells it anew, a day later
    later = start + timedelta(days=1)
    told(
        hall, scan(start + timedelta(minutes=1), Milestone.INFO, "204", "203"), scan(later, Milestone.PICKED_UP, "203")
    )
    assert clocks(hall)["transit"].due_at == later + timedelta(hours=96)
    assert reminding.chase(hall.system, transit.id or 0) == []
    with Session(hall.system.engine) as session:
        rungs = {one.name: one for one in session.exec(select(Rung).where(Rung.deadline_id == transit.id))}
    assert rungs["warning"].fires_at == warning.fires_at
    assert rungs["due"].fires_at == later + timedelta(hours=96)


def test_a_pick_up_taken_back_lets_the_first_clock_run_on(hall: House, way: Envelope) -> None:
    start = hall.clock()
    told(hall, scan(start, Milestone.PICKED_UP, "203"))
    told(hall, scan(start + timedelta(minutes=5), Milestone.INFO, "204", "203"))
    assert clocks(hall)["booked_to_picked_up"].met_at is None
    assert clocks(hall)["transit"].waived_at is not None
    told(hall, scan(start + timedelta(hours=5), Milestone.PICKED_UP, "203"))
    assert clocks(hall)["transit2"].started_at == start + timedelta(hours=5)


def test_a_delivery_told_with_another_time_moves_the_clock_it_stopped_and_the_one_it_started(
    hall: House, way: Envelope
) -> None:
    start = hall.clock()
    hall.clock.advance(days=6)
    first, second = start + timedelta(hours=100), start + timedelta(hours=90)
    told(hall, scan(start, Milestone.PICKED_UP, "203"), scan(first, Milestone.DELIVERED, "704"))
    assert clocks(hall)["transit"].met_at == first > clocks(hall)["transit"].due_at
    told(hall, scan(second, Milestone.DELIVERED, "704"))
    after = clocks(hall)
    assert after["transit"].met_at == second < after["transit"].due_at
    assert after["delivered_to_received"].started_at == second
    assert [one["key"].split("/")[0] for one in recomputed(hall)] == ["transit", "delivered_to_received"]
    assert violations(hall, way) == []


def test_a_delivery_reversed_and_told_anew_starts_the_receivers_clock_once_more(hall: House, way: Envelope) -> None:
    start = hall.clock()
    hall.clock.advance(hours=40)
    told(hall, scan(start, Milestone.PICKED_UP, "203"), scan(start + timedelta(hours=20), Milestone.DELIVERED, "704"))
    told(hall, scan(start + timedelta(hours=21), Milestone.INFO, "743", "704"))
    assert clocks(hall)["transit"].met_at is None
    told(hall, scan(start + timedelta(hours=30), Milestone.DELIVERED, "704"))
    after = clocks(hall)
    assert after["transit"].met_at == start + timedelta(hours=30)
    assert after["delivered_to_received2"].started_at == start + timedelta(hours=30)


def test_a_scan_that_comes_after_the_receipt_starts_no_clock_and_corrects_the_one_it_ended(
    hall: House, way: Envelope
) -> None:
    start = hall.clock()
    hall.clock.advance(hours=30)
    found = dict.fromkeys(way.originals, Outcome.RECEIVED)
    receipt.receive(hall.web, hall.receiver, hall.command(), way.no, hall.consignment(way.no).seal_no, found)
    hall.clock.advance(hours=1)
    told(
        hall,
        scan(start + timedelta(hours=3), Milestone.PICKED_UP),
        scan(start + timedelta(hours=20), Milestone.DELIVERED),
    )
    after = clocks(hall)
    assert "transit" not in after
    assert "delivered_to_received" not in after
    assert after["booked_to_picked_up"].met_at == start + timedelta(hours=3)
    assert violations(hall, way) == []


def test_the_senders_clock_stops_when_the_receiver_signs_and_not_at_the_couriers_delivered(
    hall: House, way: Envelope
) -> None:
    start = hall.clock()
    hall.clock.advance(hours=40)
    told(hall, scan(start, Milestone.PICKED_UP), scan(start + timedelta(hours=20), Milestone.DELIVERED))
    handover = clocks(hall)["dispatch_to_received"]
    assert (handover.owner_agency_id, handover.met_at) == (hall.window.agency_id, None)
    assert clocks(hall)["transit"].met_at is not None
    found = dict.fromkeys(way.originals, Outcome.RECEIVED)
    receipt.receive(hall.web, hall.receiver, hall.command(), way.no, hall.consignment(way.no).seal_no, found)
    assert clocks(hall)["dispatch_to_received"].met_at == hall.clock()


def test_a_time_that_cannot_be_moves_no_clock(hall: House, way: Envelope) -> None:
    start = hall.clock()
    told(hall, scan(start, Milestone.PICKED_UP))
    told(hall, scan(start - timedelta(days=400), Milestone.PICKED_UP, "y"))
    assert clocks(hall)["transit"].started_at == start
    assert recomputed(hall) == []
