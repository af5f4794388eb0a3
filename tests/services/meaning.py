"""One booked envelope and couriers that speak of it, for the tests of what their words mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from couriers.contract import Booking, Milestone, TrackingEvent
from logistics.rules import invariants
from logistics.services import dispatch, tracking
from logistics.store import find
from logistics.tables import Consignment, Discrepancy, LedgerEntry
from logistics.terms import DiscrepancyKind
from tests import builders
from tests.builders import Envelope, House

WAYBILL = "1100000000011"


def booked(hall: House, waybill_no: str = WAYBILL) -> Envelope:
    """An envelope under way with EMS."""
    envelope = builders.dispatched(hall)
    dispatch.record_booking(hall.system, envelope.no, Booking(waybill_no, "长沙 01-02"))
    return envelope


def said(
    hall: House,
    milestone: Milestone,
    hours: float,
    code: str = "x",
    *,
    courier: str = "ems",
    text: str = "文字",
    place: str = "某地",
    detail: str = "",
    voids: str | None = None,
    waybill_no: str = WAYBILL,
) -> TrackingEvent:
    """A courier's statement so many hours from now."""
    at = hall.clock() + timedelta(hours=hours)
    return TrackingEvent(waybill_no, milestone, None, code, detail, text, at, place, voids, courier)


def hear(hall: House, *events: TrackingEvent, source: str = "push") -> list[str]:
    """The events are taken in as the scheduler does; the numbers that are nobody's."""
    return tracking.absorb(hall.system, events[0].courier, events, source, "0" * 64, hall.clock())


def differences(hall: House, envelope: Envelope, kind: DiscrepancyKind) -> Sequence[Discrepancy]:
    """The envelope's differences of one kind, oldest first."""
    with Session(hall.system.engine) as session:
        return session.exec(
            select(Discrepancy)
            .join(Consignment, col(Consignment.id) == Discrepancy.consignment_id)
            .where(Consignment.no == envelope.no, Discrepancy.kind == kind)
            .order_by(col(Discrepancy.id))
        ).all()


def entries(hall: House, envelope: Envelope, what: str) -> Sequence[LedgerEntry]:
    """The dossier's entries of one kind, oldest first."""
    with Session(hall.system.engine) as session:
        dossier = find.dossier_by_no(session, envelope.dossier_no)
        return session.exec(
            select(LedgerEntry)
            .where(LedgerEntry.dossier_id == dossier.id, LedgerEntry.what == what)
            .order_by(col(LedgerEntry.seq))
        ).all()


def violations(hall: House, envelope: Envelope) -> list[invariants.Violation]:
    """What does not hold, apart from queues that nobody empties in these tests."""
    with Session(hall.system.engine) as session:
        snapshot = find.snapshot(session, find.dossier_by_no(session, envelope.dossier_no))
        return invariants.check(snapshot, hall.clock(), slack=timedelta(days=400))
