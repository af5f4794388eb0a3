"""What people type about an envelope that they carry themselves."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from couriers.contract import Booking, Milestone
from logistics.errors import Malformed, NotAllowed, Rejected
from logistics.rules import invariants
from logistics.services import dispatch, milestones
from logistics.store import find
from logistics.tables import Custody, LedgerEntry, Tracking
from logistics.terms import Stage
from tests import builders
from tests.builders import Envelope, House

PHOTO = b"\xff\xd8\xff\xe0 a photo of a signed form"


def carried(hall: House) -> Envelope:
    envelope = builders.sealed(hall)
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "manual", "ZR-0001")
    return envelope


def typed(
    hall: House, envelope: Envelope, code: str, at: datetime | None = None, proof: bytes | None = None, back: str = ""
) -> dict[str, object]:
    at = at or hall.clock()
    command = hall.command()
    return milestones.type_milestone(
        hall.web, hall.window, command, envelope.no, code, at, "湖南省长沙市芙蓉区", "交前台", proof, takes_back=back
    )


def test_the_stage_follows_what_a_person_typed_and_custody_does_not(hall: House) -> None:
    envelope = carried(hall)
    assert typed(hall, envelope, "departed")["stage"] == "on_the_way"
    hall.clock.advance(hours=5)
    assert typed(hall, envelope, "signed", proof=PHOTO)["stage"] == "delivered"
    row = hall.consignment(envelope.no)
    assert (row.stage, row.delivered_at) == (Stage.DELIVERED, hall.clock())
    with Session(hall.system.engine) as session:
        last = session.exec(select(Tracking).order_by(col(Tracking.id).desc())).first()
        entry = session.exec(
            select(LedgerEntry).where(LedgerEntry.what == "tracking:arrived").order_by(col(LedgerEntry.id).desc())
        ).first()
        holders = {link.to_officer_id for link in session.exec(select(Custody))}
        snapshot = find.snapshot(session, find.dossier_by_no(session, envelope.dossier_no))
        faults = invariants.check(snapshot, hall.clock(), slack=timedelta(days=400))
    assert last is not None
    assert entry is not None
    digest = hashlib.sha256(PHOTO).hexdigest()
    assert (last.source, last.courier, last.milestone, last.raw_sha256) == (
        "person",
        "manual",
        Milestone.DELIVERED,
        digest,
    )
    assert last.region_code == "430102"
    assert hall.web.files.get(digest) == PHOTO
    assert (entry.actor, entry.facts["proof"]) == (hall.window.id, digest)
    assert holders == {hall.window.officer_id}
    assert faults == []


def test_a_delivery_needs_proof(hall: House) -> None:
    envelope = carried(hall)
    for proof in (None, b"GIF89a"):
        with pytest.raises(Malformed) as wrong:
            typed(hall, envelope, "signed", proof=proof)
        assert set(wrong.value.fields) == {"proof"}
    assert hall.consignment(envelope.no).stage is Stage.BOOKED


def test_a_mistake_is_taken_back_by_a_later_statement(hall: House) -> None:
    envelope = carried(hall)
    typed(hall, envelope, "departed")
    hall.clock.advance(hours=1)
    typed(hall, envelope, "signed", proof=PHOTO)
    hall.clock.advance(hours=1)
    assert typed(hall, envelope, "correction", back="signed")["stage"] == "on_the_way"
    with pytest.raises(Malformed):
        typed(hall, envelope, "correction")
    with Session(hall.system.engine) as session:
        assert len(session.exec(select(Tracking)).all()) == 3


def test_the_same_statement_typed_twice_stands_once(hall: House) -> None:
    envelope = carried(hall)
    at = hall.clock()
    assert [typed(hall, envelope, "departed", at)["again"] for _ in range(2)] == [False, True]


def test_times_that_cannot_be_are_refused_at_the_field(hall: House) -> None:
    envelope = carried(hall)
    for at in (hall.clock() + timedelta(hours=1), hall.clock() - timedelta(days=1)):
        with pytest.raises(Malformed) as wrong:
            typed(hall, envelope, "departed", at)
        assert set(wrong.value.fields) == {"happened_at"}


def test_two_agencies_forms_of_one_number_do_not_share_events(hall: House) -> None:
    first, second = carried(hall), builders.sealed(hall)
    with Session(hall.system.engine) as session, session.begin():
        row = hall.consignment(first.no)
        row.waybill_no = "ZR-OTHER"
        session.merge(row)
    dispatch.dispatch(hall.web, hall.window, hall.command(), second.no, "manual", "ZR-0001")
    with Session(hall.system.engine) as session, session.begin():
        row = hall.consignment(second.no)
        row.waybill_no = "ZR-OTHER-2"
        session.merge(row)
    at = hall.clock()
    assert [typed(hall, one, "departed", at)["again"] for one in (first, second)] == [False, False]


def test_a_couriers_envelope_and_a_stranger_type_nothing(hall: House) -> None:
    envelope = builders.dispatched(hall)
    dispatch.record_booking(hall.system, envelope.no, Booking("1100000000011"))
    with pytest.raises(Rejected) as refused:
        typed(hall, envelope, "departed")
    assert refused.value.rule == "not_by_hand"
    mine = carried(hall)
    with pytest.raises(NotAllowed):
        milestones.type_milestone(
            hall.web, hall.receiver, hall.command(), mine.no, "signed", hall.clock(), "", "", PHOTO
        )
