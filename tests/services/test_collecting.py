"""A courier comes to collect: appointments, and the list that its collector signs envelope by envelope."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from couriers.contract import Booking
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected
from logistics.rules import collecting
from logistics.services import dispatch, handovers, pickups, registrations
from logistics.store import find
from logistics.store import pickups as stored
from logistics.store.work import reading
from logistics.tables import Custody, HandoverLine, HandoverList, Pickup
from tests import builders
from tests.builders import TUESDAY, Envelope, House

PNG = b"\x89PNG\r\n\x1a\n" + b"a drawn name"
AFTERNOON = TUESDAY + timedelta(hours=5)  # 14:30 in China


def booked(hall: House, number: int, originals: int = 1) -> Envelope:
    envelope = builders.dispatched(hall, originals)
    dispatch.record_booking(hall.system, envelope.no, Booking(f"11000000000{number:02d}", "长沙 01-02"))
    return envelope


def started(hall: House) -> str:
    return str(handovers.start(hall.web, hall.window, hall.command(), "ems")["list"])


def scanned(hall: House, no: str, code: str) -> dict[str, object]:
    return handovers.scan(hall.web, hall.window, hall.command(), no, code)


def signed(hall: House, no: str, proof: bytes = PNG) -> dict[str, object]:
    return handovers.sign(hall.web, hall.window, hall.command(), no, "赵示例", "YG-10086", proof)


def lines(hall: House, no: str) -> list[HandoverLine]:
    with reading(hall.web.engine, hall.window) as session:
        return list(stored.lines_of(session, stored.list_by_no(session, no)))


def appoint(hall: House, start: datetime, hours: float = 2) -> dict[str, object]:
    end = start + timedelta(hours=hours)
    return pickups.appoint(hall.web, hall.window, hall.command(), "ems", start, end, "走西门")


def test_an_order_carries_the_time_at_which_the_courier_is_expected(hall: House) -> None:
    appoint(hall, AFTERNOON)
    envelope = builders.dispatched(hall)
    request = dispatch.booking_request(hall.system, envelope.no)
    assert (request.pickup_from, request.pickup_until) == (AFTERNOON, AFTERNOON + timedelta(hours=2))
    hall.clock.advance(hours=8)
    assert dispatch.booking_request(hall.system, envelope.no).pickup_from is None


@pytest.mark.parametrize(
    ("start", "hours", "why"),
    [
        (TUESDAY + timedelta(hours=9), 1, "办公时间"),  # 18:30
        (TUESDAY + timedelta(days=4), 1, "办公时间"),  # Saturday
        (TUESDAY - timedelta(days=1), 1, "两周"),
        (TUESDAY + timedelta(days=20), 1, "两周"),
        (AFTERNOON, 24, "同一天"),
        (AFTERNOON, 0.1, "30 分钟"),
        (AFTERNOON, -1, "30 分钟"),
    ],
)
def test_nobody_is_asked_to_come_when_nobody_opens(hall: House, start: datetime, hours: float, why: str) -> None:
    with pytest.raises(Rejected) as refused:
        appoint(hall, start, hours)
    assert refused.value.rule == "pickup_time"
    assert why in refused.value.zh


def test_the_midday_break_may_lie_inside_and_two_appointments_do_not_overlap(hall: House) -> None:
    appoint(hall, TUESDAY + timedelta(hours=1), 5)
    with pytest.raises(Rejected, match="an appointment then"):
        appoint(hall, AFTERNOON, 1)


def test_a_pick_up_is_called_off_with_a_reason_once(hall: House) -> None:
    key = int(str(appoint(hall, AFTERNOON)["pickup"]))
    with pytest.raises(Rejected) as refused:
        pickups.cancel(hall.web, hall.window, hall.command(), key, " ")
    assert refused.value.rule == "reason"
    with pytest.raises((NotYours, NotAllowed)):
        pickups.cancel(hall.web, hall.receiver, hall.command(), key, "别人的")
    pickups.cancel(hall.web, hall.window, hall.command(), key, "今天没有件")
    with Session(hall.system.engine) as session:
        row = session.exec(select(Pickup)).one()
    assert (row.cancelled_by, row.cancelled_why) == (hall.window.officer_id, "今天没有件")
    with pytest.raises(Rejected):
        pickups.cancel(hall.web, hall.window, hall.command(), key, "再来一次")
    appoint(hall, AFTERNOON)


def test_what_was_not_scanned_is_not_on_the_signed_list(hall: House) -> None:
    first, second, third = (booked(hall, n) for n in (1, 2, 3))
    no = started(hall)
    assert started(hall) == no
    assert [one.scanned_at for one in lines(hall, no)] == [None, None, None]
    assert scanned(hall, no, "1100000000003") == {"consignment": third.no, "seq": 3, "again": False}
    assert scanned(hall, no, first.no)["again"] is False
    assert scanned(hall, no, hall.consignment(first.no).seal_no)["again"] is True
    signed(hall, no)
    assert [(one.seq, one.waybill_no) for one in lines(hall, no)] == [(1, "1100000000001"), (2, "1100000000003")]
    with reading(hall.web.engine, hall.window) as session:
        left = [one.no for one in stored.waiting(session, hall.window.agency_id or 0, "ems")]
    assert left == [second.no]


def test_the_signature_binds_the_lines_and_each_dossier_has_the_fact(hall: House) -> None:
    first, second = booked(hall, 1), booked(hall, 2)
    no = started(hall)
    for one in (first, second):
        scanned(hall, no, one.no)
    done = signed(hall, no)
    with Session(hall.system.engine) as session:
        row = session.exec(select(HandoverList)).one()
        facts = [
            entry.facts
            for one in (first, second)
            for entry in find.whole(session, find.dossier_by_no(session, one.dossier_no)).entries
            if entry.what == "consignment:handed_to_courier"
        ]
        holders = {link.to_officer_id for link in session.exec(select(Custody))}
    again = [collecting.line(seq, hall.consignment(one.no), hall.clock()) for seq, one in enumerate((first, second), 1)]
    assert row.list_sha256 == done["list_sha256"] == collecting.list_sha256(no, "421200", "ems", again)
    assert row.signature_sha256 == hashlib.sha256(PNG).hexdigest()
    assert hall.web.files.get(row.signature_sha256) == PNG
    assert handovers.collector_of(hall.web, row) == ("赵示例", "YG-10086")
    assert "赵示例" not in row.collector_sealed
    assert [(one["list"], one["line"], one["of"], one["list_sha256"]) for one in facts] == [
        (no, 1, 2, row.list_sha256),
        (no, 2, 2, row.list_sha256),
    ]
    assert "赵示例" not in str(facts)
    assert holders == {hall.window.officer_id}, "custody does not move by a courier's signature"


def test_each_scan_that_does_not_fit_is_refused_with_its_own_sentence(hall: House) -> None:
    here = booked(hall, 1)
    no = started(hall)
    with pytest.raises(Malformed) as unknown:
        scanned(hall, no, "NOBODY-KNOWS")
    assert "code" in unknown.value.fields
    unsent = builders.sealed(hall)
    void = booked(hall, 2)
    dispatch.void(hall.web, hall.window, hall.command(), void.no, "装错")
    by_hand = builders.sealed(hall)
    dispatch.dispatch(hall.web, hall.window, hall.command(), by_hand.no, "manual", "ZR-1")
    for envelope, rule in ((unsent, "stage"), (void, "stage"), (by_hand, "foreign_courier")):
        with pytest.raises(Rejected) as refused:
            scanned(hall, no, envelope.no)
        assert refused.value.rule == rule
        assert envelope.no in refused.value.zh
    scanned(hall, no, here.no)
    signed(hall, no)
    second = started(hall)
    assert second != no
    with pytest.raises(Rejected) as refused:
        scanned(hall, second, here.no)
    assert refused.value.rule == "handed_over"
    with pytest.raises(Rejected) as refused:
        scanned(hall, no, here.no)
    assert refused.value.rule == "list_signed"


def test_an_envelope_with_two_numbers_is_not_handed_over_before_one_is_settled(hall: House) -> None:
    from tests.services.test_pool import OTHER, switched

    envelope = switched(hall)
    dispatch.record_registered(hall.system, envelope.no, Booking(OTHER))
    no = started(hall)
    with pytest.raises(Rejected) as refused:
        scanned(hall, no, envelope.no)
    assert refused.value.rule == "second_number"
    registrations.adopt_number(hall.web, hall.window, hall.command(), envelope.no)
    scanned(hall, no, OTHER)
    signed(hall, no)
    assert [one.waybill_no for one in lines(hall, no)] == [OTHER]


def test_an_envelope_is_taken_off_before_the_signature_only(hall: House) -> None:
    first, second = booked(hall, 1), booked(hall, 2)
    no = started(hall)
    for one in (first, second):
        scanned(hall, no, one.no)
    handovers.remove(hall.web, hall.window, hall.command(), no, first.no)
    with pytest.raises(NotYours):
        handovers.remove(hall.web, hall.window, hall.command(), no, first.no)
    signed(hall, no)
    with pytest.raises(Rejected):
        handovers.remove(hall.web, hall.window, hall.command(), no, second.no)
    assert [one.seq for one in lines(hall, no)] == [1]


def test_nothing_is_signed_for_without_a_scan_a_name_and_a_signature(hall: House) -> None:
    envelope = booked(hall, 1)
    no = started(hall)
    with pytest.raises(Rejected) as refused:
        signed(hall, no)
    assert refused.value.rule == "nothing_scanned"
    scanned(hall, no, envelope.no)
    with pytest.raises(Malformed) as wrong:
        handovers.sign(hall.web, hall.window, hall.command(), no, " ", "", b"GIF89a")
    assert set(wrong.value.fields) == {"collector", "signature"}


def test_an_envelope_voided_after_its_scan_is_not_signed_for(hall: House) -> None:
    first, second = booked(hall, 1), booked(hall, 2)
    no = started(hall)
    for one in (first, second):
        scanned(hall, no, one.no)
    dispatch.void(hall.web, hall.window, hall.command(), first.no, "申请人撤回")
    with pytest.raises(Rejected, match=first.no):
        signed(hall, no)
    handovers.remove(hall.web, hall.window, hall.command(), no, first.no)
    assert signed(hall, no)["count"] == 1


def test_no_other_agency_sees_or_scans_the_list(hall: House) -> None:
    booked(hall, 1)
    no = started(hall)
    with pytest.raises(NotYours):
        handovers.scan(hall.web, hall.receiver, hall.command(), no, "1100000000001")


def test_the_day_in_the_number_is_chinas(hall: House) -> None:
    booked(hall, 1)
    hall.clock.now = datetime(2026, 9, 8, 16, 30, tzinfo=UTC)
    assert started(hall) == "421200-JJ20260909-01"
