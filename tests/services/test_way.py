"""Packing, sending, following, receiving, settling: the verbs of the way, against real PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from couriers.contract import Booking, Milestone, TrackingEvent
from logistics.demo.seed import PASSWORD
from logistics.errors import NotAllowed, Rejected
from logistics.rules import invariants
from logistics.services import deadlines, dispatch, dossiers, papers, people, receipt, reminding, tracking
from logistics.services.receipt import ExtraFound
from logistics.services.second_sealer import confirm_seal
from logistics.store import boards, find
from logistics.store.work import reading
from logistics.tables import Consignment, Custody, Deadline, Discrepancy, Notice, Packed, Rung, Tracking
from logistics.terms import DecisionResult, Direction, DiscrepancyKind, ErrandKind, Outcome, Resolution, Secrecy, Stage
from tests import builders
from tests.builders import Envelope, House

WAYBILL = "1100000000011"


def booked(hall: House, originals: int = 2) -> Envelope:
    envelope = builders.dispatched(hall, originals)
    dispatch.record_booking(hall.system, envelope.no, Booking(WAYBILL, "长沙 01-02"))
    return envelope


def scan(hall: House, milestone: Milestone, hours: float, code: str = "x", voids: str | None = None) -> TrackingEvent:
    at = hall.clock() + timedelta(hours=hours)
    return TrackingEvent(WAYBILL, milestone, None, code, "", "文字", at, "某地", voids, "ems")


def absorb(hall: House, events: Sequence[TrackingEvent]) -> None:
    assert tracking.absorb(hall.system, "ems", events, "push", "0" * 64, hall.clock()) == []


def violations(hall: House, dossier_no: str) -> list[invariants.Violation]:
    """What does not hold, apart from queues nobody empties in these tests."""
    with Session(hall.system.engine) as session:
        snapshot = find.snapshot(session, find.dossier_by_no(session, dossier_no))
        return invariants.check(snapshot, hall.clock(), slack=timedelta(days=400))


def test_an_original_is_in_one_open_envelope_only(hall: House) -> None:
    envelope = builders.sealed(hall)
    other = dispatch.start_consignment(hall.web, hall.window, hall.command(), envelope.dossier_no, Direction.OUTBOUND)[
        "consignment"
    ]
    with pytest.raises(Rejected) as refused:
        dispatch.pack(hall.web, hall.window, hall.command(), other, envelope.originals[0])
    assert refused.value.rule == "packed_elsewhere"


def test_a_seal_number_is_used_once(hall: House) -> None:
    first, second = builders.sealed(hall), builders.sealed(hall)
    dispatch.reopen(hall.web, hall.window, hall.command(), second.no, "漏装一份")
    with pytest.raises(Rejected) as refused:
        dispatch.seal(hall.web, hall.window, hall.command(), second.no, hall.consignment(first.no).seal_no)
    assert refused.value.rule == "seal_used"
    assert hall.consignment(second.no).stage is Stage.PACKING


def test_an_official_document_by_a_courier_company_is_refused_with_the_law(hall: House) -> None:
    envelope = builders.sealed(hall)
    with Session(hall.system.engine) as session, session.begin():
        row = find.whole(session, find.dossier_by_no(session, envelope.dossier_no)).originals[0]
        row.official_document = True
        session.add(row)
    company = replace(hall.web.couriers["ems"], postal_enterprise=False)  # type: ignore[type-var]
    web = replace(hall.web, couriers={"ems": company})
    with pytest.raises(Rejected) as refused:
        dispatch.dispatch(web, hall.window, hall.command(), envelope.no, "ems")
    assert "邮政法" in refused.value.zh
    assert hall.consignment(envelope.no).stage is Stage.SEALED
    assert hall.errands(kind="book") == []


def test_a_secret_goes_by_an_appointed_person_with_the_number_of_a_form(hall: House) -> None:
    envelope = builders.sealed(hall)
    with Session(hall.system.engine) as session, session.begin():
        row = find.whole(session, find.dossier_by_no(session, envelope.dossier_no)).originals[0]
        row.secrecy = Secrecy.SECRET
        session.add(row)
    colleague = people.vouch(hall.web, "xn-window2", PASSWORD)
    confirm_seal(hall.web, colleague, hall.command(), envelope.no, at_the_desk=True)
    with pytest.raises(Rejected) as refused:
        dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems")
    assert "保守国家秘密法" in refused.value.zh
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, dispatch.MANUAL, "ZR-0001")
    sent = hall.consignment(envelope.no)
    assert (sent.stage, sent.waybill_no) == (Stage.BOOKED, "ZR-0001")
    assert {errand.kind for errand in hall.errands()} == {ErrandKind.ENQUIRE}  # before it was known to be secret


def test_a_refused_order_leaves_the_envelope_sealed_with_the_couriers_words(hall: House) -> None:
    envelope = builders.dispatched(hall)
    dispatch.record_refusal(hall.system, envelope.no, "B0001", "地址不详")
    refused = hall.consignment(envelope.no)
    assert (refused.stage, refused.refusal) == (Stage.SEALED, "B0001 地址不详")
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems")
    assert [errand.key for errand in hall.errands(kind="book")] == [f"book:{envelope.no}:1", f"book:{envelope.no}:2"]


def test_voiding_frees_the_originals_and_owes_a_cancellation(hall: House) -> None:
    envelope = booked(hall)
    dispatch.void(hall.web, hall.window, hall.command(), envelope.no, "申请人撤回")
    assert hall.consignment(envelope.no).stage is Stage.VOIDED
    assert [errand.key for errand in hall.errands(kind="cancel")] == [f"cancel:{envelope.no}"]
    again = dispatch.start_consignment(hall.web, hall.window, hall.command(), envelope.dossier_no, Direction.OUTBOUND)[
        "consignment"
    ]
    dispatch.pack(hall.web, hall.window, hall.command(), again, envelope.originals[0])
    assert violations(hall, envelope.dossier_no) == []


def test_a_delivered_message_does_not_move_custody(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.PICKED_UP, 1, "203"), scan(hall, Milestone.DELIVERED, 20, "704")])
    assert hall.consignment(envelope.no).stage is Stage.DELIVERED
    with Session(hall.system.engine) as session:
        assert {link.to_officer_id for link in session.exec(select(Custody))} == {hall.window.officer_id}


def test_any_order_and_batching_of_events_leads_to_one_stage_and_one_set_of_clocks(hall: House) -> None:
    envelope = booked(hall)
    events = [
        scan(hall, Milestone.PICKED_UP, 1, "203"),
        scan(hall, Milestone.IN_TRANSIT, 5, "389"),
        scan(hall, Milestone.OUT_FOR_DELIVERY, 20, "702"),
        scan(hall, Milestone.DELIVERED, 21, "704"),
        scan(hall, Milestone.INFO, 22, "743", voids="704"),
        scan(hall, Milestone.DELIVERED, 23, "704"),
    ]
    shuffled = random.Random(7).sample(events, len(events))
    hall.clock.advance(hours=24)
    for event in (*shuffled, *events):
        absorb(hall, [event])
    row = hall.consignment(envelope.no)
    assert (row.stage, row.delivered_at) == (Stage.DELIVERED, events[-1].happened_at)
    assert violations(hall, envelope.dossier_no) == []
    with Session(hall.system.engine) as session:
        assert len(session.exec(select(Tracking.id)).all()) == len(events)
        running = session.exec(
            select(Deadline.leg).where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None))
        ).all()
    assert sorted(running) == ["delivered_to_received", "dispatch_to_received", "whole_case"]


def test_a_delivery_taken_back_runs_the_transit_clock_on(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.PICKED_UP, 1, "203"), scan(hall, Milestone.DELIVERED, 20, "704")])
    absorb(hall, [scan(hall, Milestone.INFO, 21, "743", voids="704")])
    assert hall.consignment(envelope.no).stage is Stage.ON_THE_WAY
    with Session(hall.system.engine) as session:
        rows = {row.leg: row for row in session.exec(select(Deadline)).all()}
    assert rows["transit"].met_at is None
    assert rows["delivered_to_received"].waived_at is not None


def test_an_unknown_code_moves_nothing_and_waits_for_a_person(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.UNRECOGNISED, 1, "Z99"), scan(hall, Milestone.UNRECOGNISED, 2, "Z99")])
    assert hall.consignment(envelope.no).stage is Stage.BOOKED
    with Session(hall.system.engine) as session:
        (row,) = session.exec(select(Discrepancy)).all()
    assert row.kind is DiscrepancyKind.UNRECOGNISED_CODE
    assert "Z99" in row.note


def test_a_courier_time_that_cannot_be_is_not_believed(hall: House) -> None:
    envelope = booked(hall)
    wrong = replace(scan(hall, Milestone.PICKED_UP, 0, "203"), happened_at=hall.clock() - timedelta(days=20000))
    absorb(hall, [wrong])
    with Session(hall.system.engine) as session:
        transit = session.exec(select(Deadline).where(Deadline.leg == "transit")).one()
        notes = session.exec(select(Discrepancy.note)).all()
    assert transit.started_at == hall.clock()
    assert any("不可能" in note for note in notes)
    assert hall.consignment(envelope.no).stage is Stage.ON_THE_WAY


def test_movement_of_a_voided_envelope_is_shown_to_a_person(hall: House) -> None:
    envelope = booked(hall)
    dispatch.void(hall.web, hall.window, hall.command(), envelope.no, "装错")
    absorb(hall, [scan(hall, Milestone.PICKED_UP, 1, "203")])
    assert hall.consignment(envelope.no).stage is Stage.VOIDED
    with Session(hall.system.engine) as session:
        assert session.exec(select(Discrepancy.kind)).all() == [DiscrepancyKind.ODD_MOVEMENT]


def test_what_is_there_passes_to_the_receiver_and_the_missing_one_stays_with_the_sender(hall: House) -> None:
    envelope = booked(hall)
    here, gone = envelope.originals
    count = receipt.receive(
        hall.web,
        hall.receiver,
        hall.command(),
        envelope.no,
        hall.consignment(envelope.no).seal_no,
        {here: Outcome.RECEIVED, gone: Outcome.MISSING},
    )
    assert (count["listed"], count["received"], count["missing"], count["unchecked"]) == (2, 1, 1, 0)
    with Session(hall.system.engine) as session:
        whole = find.whole(session, find.dossier_by_no(session, envelope.dossier_no))
    holder = {one.code: whole.last_custody()[one.id or 0].to_officer_id for one in whole.originals}
    assert holder == {here: hall.receiver.officer_id, gone: hall.window.officer_id}
    assert violations(hall, envelope.dossier_no) == []


def test_not_checked_is_not_missing_and_can_be_counted_later(hall: House) -> None:
    envelope = booked(hall)
    seal_no = hall.consignment(envelope.no).seal_no
    first, later = envelope.originals
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal_no, {first: Outcome.RECEIVED})
    with Session(hall.system.engine) as session:
        assert session.exec(select(Discrepancy)).all() == []
        assert {line.outcome for line in session.exec(select(Packed))} == {Outcome.RECEIVED, Outcome.UNCHECKED}
    count = receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal_no, {later: Outcome.RECEIVED})
    assert count["unchecked"] == 0
    assert violations(hall, envelope.dossier_no) == []


def test_a_missing_original_that_follows_is_settled_by_its_arrival(hall: House) -> None:
    envelope = booked(hall)
    here, gone = envelope.originals
    seal_no = hall.consignment(envelope.no).seal_no
    found = {here: Outcome.RECEIVED, gone: Outcome.MISSING}
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal_no, found)
    second = dispatch.start_consignment(hall.web, hall.window, hall.command(), envelope.dossier_no, Direction.OUTBOUND)[
        "consignment"
    ]
    dispatch.pack(hall.web, hall.window, hall.command(), second, gone)
    dispatch.seal(hall.web, hall.window, hall.command(), second, "FQ-NACH-1")
    dispatch.dispatch(hall.web, hall.window, hall.command(), second, dispatch.MANUAL, "ZR-2")
    receipt.receive(hall.web, hall.receiver, hall.command(), second, "FQ-NACH-1", {gone: Outcome.RECEIVED})
    with Session(hall.system.engine) as session:
        row = session.exec(select(Discrepancy)).one()
        outcomes = session.exec(select(Packed.outcome).order_by(col(Packed.id))).all()
    assert row.resolution is Resolution.FOLLOWED
    assert outcomes == [Outcome.RECEIVED, Outcome.MOVED, Outcome.RECEIVED]
    assert violations(hall, envelope.dossier_no) == []


def test_a_missing_original_cannot_be_talked_away(hall: House) -> None:
    envelope = booked(hall, originals=1)
    seal_no = hall.consignment(envelope.no).seal_no
    receipt.receive(
        hall.web, hall.receiver, hall.command(), envelope.no, seal_no, {envelope.originals[0]: Outcome.MISSING}
    )
    with Session(hall.system.engine) as session:
        row = session.exec(select(Discrepancy)).one()
    with pytest.raises(Rejected) as refused:
        receipt.settle(
            hall.web,
            hall.receiver,
            hall.command(),
            envelope.dossier_no,
            row.id or 0,
            Resolution.EXPLAINED,
            "应该在路上",
        )
    assert refused.value.rule == "missing_needs_arrival"


def test_a_line_counted_missing_by_mistake_is_corrected_by_a_later_act(hall: House) -> None:
    envelope = booked(hall, originals=1)
    code, seal_no = envelope.originals[0], hall.consignment(envelope.no).seal_no
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal_no, {code: Outcome.MISSING})
    receipt.correct(hall.web, hall.receiver, hall.command(), envelope.no, code, "夹在信封内层")
    with Session(hall.system.engine) as session:
        assert session.exec(select(Packed.outcome)).one() is Outcome.RECEIVED
        assert session.exec(select(Discrepancy.resolution)).one() is Resolution.FOUND
    assert violations(hall, envelope.dossier_no) == []


def test_an_empty_envelope_counts_every_line_missing(hall: House) -> None:
    envelope = booked(hall)
    seal_no = hall.consignment(envelope.no).seal_no
    count = receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal_no, {}, empty=True)
    assert (count["missing"], count["received"]) == (2, 0)
    with Session(hall.system.engine) as session:
        kinds = {row.kind for row in session.exec(select(Discrepancy))}
    assert kinds == {DiscrepancyKind.EMPTY, DiscrepancyKind.MISSING}


def test_an_unlisted_document_gets_a_number_and_a_holder(hall: House) -> None:
    envelope = booked(hall, originals=1)
    seal_no = hall.consignment(envelope.no).seal_no
    extra = ExtraFound("户口簿", "夹在毕业证书里")
    found = {envelope.originals[0]: Outcome.RECEIVED}
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal_no, found, [extra])
    with Session(hall.system.engine) as session:
        whole = find.whole(session, find.dossier_by_no(session, envelope.dossier_no))
    unlisted = next(one for one in whole.originals if one.unlisted)
    assert whole.last_custody()[unlisted.id or 0].to_officer_id == hall.receiver.officer_id
    assert [row.kind for row in whole.discrepancies] == [DiscrepancyKind.EXTRA]
    assert violations(hall, envelope.dossier_no) == []


def test_a_wrong_seal_is_a_difference_but_does_not_stop_the_count(hall: House) -> None:
    envelope = booked(hall, originals=1)
    found = {envelope.originals[0]: Outcome.RECEIVED}
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, "FQ-OTHER", found)
    with Session(hall.system.engine) as session:
        assert [row.kind for row in session.exec(select(Discrepancy))] == [DiscrepancyKind.SEAL]


def test_the_sender_cannot_sign_for_the_receiver(hall: House) -> None:
    envelope = booked(hall, originals=1)
    with pytest.raises((NotAllowed, Rejected)):
        receipt.receive(
            hall.web, hall.window, hall.command(), envelope.no, "X", {envelope.originals[0]: Outcome.RECEIVED}
        )
    assert hall.consignment(envelope.no).stage is Stage.BOOKED


def test_a_disputed_delivery_is_counted_and_the_two_words_stay_two(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.DELIVERED, 1, "704")])
    tracking.dispute_delivery(hall.web, hall.receiver, hall.command(), envelope.no, "收发室没有")
    row = hall.consignment(envelope.no)
    assert (row.stage, row.received_at) == (Stage.DELIVERED, None)
    with Session(hall.system.engine) as session:
        assert [one.kind for one in session.exec(select(Discrepancy))] == [DiscrepancyKind.DELIVERY_DISPUTED]


def test_each_due_rung_fires_once_and_tells_the_right_people(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.DELIVERED, 1, "704")])
    hall.clock.advance(days=14)
    for _ in range(3):
        for deadline_id in reminding.due(hall.system):
            reminding.chase(hall.system, deadline_id)
    with Session(hall.system.engine) as session:
        late = session.exec(select(Deadline.id).where(Deadline.leg == "delivered_to_received")).one()
        fired = session.exec(select(Rung).where(Rung.deadline_id == late, col(Rung.fired_at).is_not(None))).all()
        told = session.exec(select(Notice).where(Notice.deadline_id == late)).all()
        logins = {
            builders.officer(session, login).officer_id: login for login in ("fr-receiver", "fr-manager", "cs-manager")
        }
    assert [rung.name for rung in fired] == ["warning", "due", "overdue", "escalated", "escalated_upper"]
    by_officer = sorted(logins[notice.officer_id] for notice in told)
    assert by_officer == ["cs-manager", "fr-manager", *["fr-receiver"] * 3]
    assert violations(hall, envelope.dossier_no) == []


def test_a_met_deadline_fires_nothing_more(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.DELIVERED, 1, "704")])
    found = dict.fromkeys(envelope.originals, Outcome.RECEIVED)
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, hall.consignment(envelope.no).seal_no, found)
    hall.clock.advance(days=30)
    with Session(hall.system.engine) as session:
        late = session.exec(select(Deadline.id).where(Deadline.leg == "delivered_to_received")).one()
    assert late not in reminding.due(hall.system)
    assert reminding.chase(hall.system, late or 0) == []


def test_a_manager_waives_with_name_and_reason(hall: House) -> None:
    envelope = booked(hall)
    with Session(hall.system.engine) as session:
        row = session.exec(select(Deadline).where(Deadline.leg == "booked_to_picked_up")).one()
    with pytest.raises(NotAllowed):
        deadlines.waive(hall.web, hall.window, hall.command(), envelope.dossier_no, row.id or 0, "暴雨停运")
    deadlines.waive(hall.web, hall.manager, hall.command(), envelope.dossier_no, row.id or 0, "暴雨停运")
    with Session(hall.system.engine) as session:
        waived = session.get_one(Deadline, row.id)
    assert (waived.waiver_reason, waived.waived_by) == ("暴雨停运", hall.manager.officer_id)


def test_papers_are_kept_by_digest_witnessed_and_numbered_by_copy(hall: House) -> None:
    envelope = booked(hall)
    first = papers.make_label(hall.web, hall.window, hall.command(), envelope.no)
    again = papers.make_label(hall.web, hall.window, hall.command(), envelope.no)
    assert (first["paper"], again["paper"]) == (f"{envelope.no}-L01", f"{envelope.no}-L02")
    row, content = papers.fetch(hall.web, hall.receiver, first["paper"])
    assert content.startswith(b"%PDF")
    assert row.size_bytes == len(content)
    with reading(hall.web.engine, hall.window) as session:
        whole = find.whole(session, find.dossier_by_no(session, envelope.dossier_no))
    assert first["sha256"] in [entry.facts.get("sha256") for entry in whole.entries if entry.what == "paper:made"]


def test_a_label_before_the_waybill_and_a_slip_before_the_seal_are_refused(hall: House) -> None:
    no = builders.opened(hall)
    empty = dispatch.start_consignment(hall.web, hall.window, hall.command(), no, Direction.OUTBOUND)["consignment"]
    for make in (papers.make_label, papers.make_slip):
        with pytest.raises(Rejected):
            make(hall.web, hall.window, hall.command(), empty)


def test_each_role_sees_what_waits_for_it_and_the_late_come_first(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.DELIVERED, 1, "704")])
    hall.clock.advance(days=5)
    with reading(hall.web.engine, hall.receiver) as session:
        queues = {queue.key: queue for queue in boards.waiting(session, hall.receiver, hall.clock())}
        late = boards.late(session, hall.clock())
    assert [item.dossier_no for item in queues["coming_outbound"].items] == [envelope.dossier_no]
    assert queues["coming_outbound"].state == "late"
    assert [(row.leg, row.stage) for row in late] == [("delivered_to_received", Stage.DELIVERED)]


def test_any_number_on_any_paper_finds_the_dossier(hall: House) -> None:
    envelope = booked(hall)
    label = papers.make_label(hall.web, hall.window, hall.command(), envelope.no)["paper"]
    row: Consignment = hall.consignment(envelope.no)
    with reading(hall.web.engine, hall.window) as session:
        dossier = find.dossier_by_no(session, envelope.dossier_no)
        numbers = [
            dossier.no,
            dossier.case_no,
            envelope.no,
            WAYBILL,
            row.seal_no,
            envelope.originals[0],
            label,
            papers.qr("S", envelope.no, row.manifest_sha256),
        ]
        found = [find.by_code(session, number) for number in numbers]
    assert [one.dossier_no for one in found if one] == [envelope.dossier_no] * len(numbers)


def test_nobody_but_a_party_finds_anything_by_any_number(hall: House) -> None:
    envelope = booked(hall)
    with Session(hall.system.engine) as session:
        stranger = builders.officer(session, "hz-manager")
    with reading(hall.web.engine, stranger) as session:
        for number in (envelope.dossier_no, envelope.no, WAYBILL, envelope.originals[0]):
            assert find.by_code(session, number) is None


def test_the_way_back_ends_with_the_applicant(hall: House) -> None:
    envelope = booked(hall)
    no = envelope.dossier_no
    builders.received(hall, envelope)
    dossiers.decide(hall.web, hall.receiver, hall.command(), no, DecisionResult.APPROVED, "准予")
    back = dispatch.start_consignment(hall.web, hall.receiver, hall.command(), no, Direction.RETURN)["consignment"]
    for code in envelope.originals:
        dispatch.pack(hall.web, hall.receiver, hall.command(), back, code)
    dispatch.seal(hall.web, hall.receiver, hall.command(), back, "FR-1")
    dispatch.dispatch(hall.web, hall.receiver, hall.command(), back, dispatch.MANUAL, "ZR-9")
    found = dict.fromkeys(envelope.originals, Outcome.RECEIVED)
    receipt.receive(hall.web, hall.window, hall.command(), back, "FR-1", found)
    dossiers.give_to_applicant(hall.web, hall.window, hall.command(), no, tuple(envelope.originals))
    dossiers.close(hall.web, hall.window, hall.command(), no)
    with reading(hall.web.engine, hall.window) as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
    assert whole.entries[-1].what == "dossier:closed"
    assert {link.to_kind.value for link in whole.last_custody().values()} == {"applicant"}
    assert violations(hall, no) == []


def test_a_returned_envelope_is_taken_back_by_its_sender_and_its_clock_runs_again(hall: House) -> None:
    envelope = booked(hall)
    absorb(hall, [scan(hall, Milestone.PICKED_UP, 1, "203"), scan(hall, Milestone.RETURNED, 20, "711")])
    assert hall.consignment(envelope.no).stage is Stage.RETURNED
    seal_no = hall.consignment(envelope.no).seal_no
    found = dict.fromkeys(envelope.originals, Outcome.RECEIVED)
    receipt.receive(hall.web, hall.window, hall.command(), envelope.no, seal_no, found)
    with Session(hall.system.engine) as session:
        running = session.exec(
            select(Deadline.leg).where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None))
        ).all()
        assert {link.to_officer_id for link in session.exec(select(Custody))} == {hall.window.officer_id}
    assert sorted(running) == ["accept_to_dispatch", "whole_case"]
    assert violations(hall, envelope.dossier_no) == []


def test_a_form_number_is_used_once_by_an_agency(hall: House) -> None:
    first, second = builders.sealed(hall), builders.sealed(hall)
    dispatch.dispatch(hall.web, hall.window, hall.command(), first.no, dispatch.MANUAL, "ZR-7")
    with pytest.raises(Rejected) as refused:
        dispatch.dispatch(hall.web, hall.window, hall.command(), second.no, dispatch.MANUAL, " zr-7 ")
    assert refused.value.rule == "form_used"
    assert hall.consignment(second.no).stage is Stage.SEALED


def test_a_waybill_under_way_is_not_given_to_a_second_envelope_but_a_finished_one_may_come_again(hall: House) -> None:
    first = booked(hall)
    second = builders.dispatched(hall)
    with pytest.raises(Rejected) as refused:
        dispatch.record_booking(hall.system, second.no, Booking(WAYBILL))
    assert refused.value.rule == "waybill_in_use"
    builders.received(hall, first)
    dispatch.record_booking(hall.system, second.no, Booking(WAYBILL))
    absorb(hall, [scan(hall, Milestone.PICKED_UP, 1, "203")])
    assert hall.consignment(second.no).stage is Stage.ON_THE_WAY
    assert hall.consignment(first.no).stage is Stage.RECEIVED


def test_the_senders_window_may_settle_a_difference_of_the_way_back(hall: House) -> None:
    envelope = booked(hall, originals=1)
    found = {envelope.originals[0]: Outcome.DAMAGED}
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, hall.consignment(envelope.no).seal_no, found)
    with Session(hall.system.engine) as session:
        row = session.exec(select(Discrepancy)).one()
    receipt.settle(
        hall.web, hall.window, hall.command(), envelope.dossier_no, row.id or 0, Resolution.ACCEPTED, "封皮折痕"
    )
    with Session(hall.system.engine) as session:
        assert session.get_one(Discrepancy, row.id).settled_by == hall.window.officer_id
