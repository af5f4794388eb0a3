"""Numbers that a courier gave in advance: added, taken once, registered afterwards, and one waybill in the end."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from couriers.contract import Booking
from logistics.errors import Malformed, NotAllowed, Rejected
from logistics.services import dispatch, papers, pool, receipt, registrations
from logistics.store import find
from logistics.store import pool as pool_store
from logistics.store.work import reading
from logistics.tables import CourierAccount, Discrepancy, PoolNumber
from logistics.terms import DiscrepancyKind, Resolution, Role, Stage
from tests import builders
from tests.builders import Envelope, House

FIRST, LAST = "1000000000100", "1000000000104"
OTHER = "1100000000011"


def stocked(hall: House) -> None:
    pool.add(hall.web, hall.window, hall.command(), "ems", first=FIRST, last=LAST)


def out_of_order(hall: House) -> None:
    """The EMS account's calls fail, and nobody calls for an hour."""
    with Session(hall.system.engine) as session, session.begin():
        session.merge(CourierAccount(code="ems", failures=5, open_until=hall.clock() + timedelta(hours=1)))


def from_pool(hall: House) -> Envelope:
    """An envelope that left under the first number of the pool."""
    stocked(hall)
    out_of_order(hall)
    envelope = builders.sealed(hall)
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems", from_pool=True)
    return envelope


def numbers(hall: House) -> list[PoolNumber]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(PoolNumber).order_by(PoolNumber.id)))  # type: ignore[arg-type]


def facts(hall: House, envelope: Envelope, what: str) -> list[dict[str, object]]:
    with Session(hall.system.engine) as session:
        whole = find.whole(session, find.dossier_by_no(session, envelope.dossier_no))
        return [entry.facts for entry in whole.entries if entry.what == what]


def differences(hall: House, kind: DiscrepancyKind) -> list[Discrepancy]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(Discrepancy).where(Discrepancy.kind == kind)))


def test_a_range_is_added_once_and_shows_what_is_left(hall: House) -> None:
    command = hall.command()
    first = pool.add(hall.web, hall.window, command, "ems", first=FIRST, last=LAST)
    assert first == {"added": 5, "left": 5}
    assert pool.add(hall.web, hall.window, command, "ems", first=FIRST, last=LAST) == first
    with reading(hall.web.engine, hall.window) as session:
        (stock,) = pool_store.stocks(session, hall.window.agency_id or 0)
    assert (stock.free, stock.taken, stock.spoilt, stock.next_number) == (5, 0, 0, FIRST)


def test_a_list_with_faults_names_each_row_and_adds_nothing(hall: House) -> None:
    stocked(hall)
    listed = f"1000000000200\nABC\n1000000000200\n{FIRST}"
    tried = pool.try_out(hall.web, hall.window, "ems", listed=listed)
    assert [(one.row, one.number) for one in tried["faults"]] == [(2, "ABC"), (3, "1000000000200"), (4, FIRST)]
    with pytest.raises(Malformed) as refused:
        pool.add(hall.web, hall.window, hall.command(), "ems", listed=listed)
    assert "第 2 行 ABC：不是中国邮政 EMS的运单号格式" in refused.value.fields["listed"][0]
    assert len(numbers(hall)) == 5


def test_a_number_in_another_agencys_pool_is_refused_without_saying_whose(hall: House) -> None:
    stocked(hall)
    stranger = replace(hall.receiver, roles=frozenset({Role.RECEIVER}))
    with pytest.raises(Malformed) as refused:
        pool.add(hall.web, stranger, hall.command(), "ems", listed=FIRST)
    assert refused.value.fields["listed"] == [f"第 1 行 {FIRST}：已在别的单位的号段中"]


def test_a_manager_keeps_no_pool(hall: House) -> None:
    manager = replace(hall.manager, roles=frozenset({Role.MANAGER}))
    with pytest.raises(NotAllowed):
        pool.add(hall.web, manager, hall.command(), "ems", first=FIRST, last=LAST)


def test_two_agencies_may_have_forms_of_the_same_number(hall: House) -> None:
    for who in (hall.window, hall.receiver):
        assert pool.add(hall.web, who, hall.command(), "manual", first="ZR-0001", last="ZR-0002")["added"] == 2


def test_a_spoilt_number_is_never_taken(hall: House) -> None:
    stocked(hall)
    key = pool.find_free(hall.web, hall.window, "ems", FIRST)
    pool.spoil(hall.web, hall.window, hall.command(), key, "面单纸被撕坏")
    out_of_order(hall)
    envelope = builders.sealed(hall)
    sent = dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems", from_pool=True)
    assert sent["waybill"] == "1000000000101"
    with pytest.raises(Rejected, match="spoilt already"):
        pool.spoil(hall.web, hall.window, hall.command(), key, "again")
    taken = pool.find_free(hall.web, hall.window, "ems", "1000000000101")
    with pytest.raises(Rejected) as refused:
        pool.spoil(hall.web, hall.window, hall.command(), taken, "面单纸被撕坏")
    assert refused.value.rule == "number_taken"


def test_while_the_interface_works_the_pool_is_left_alone(hall: House) -> None:
    stocked(hall)
    envelope = builders.sealed(hall)
    with pytest.raises(Rejected) as refused:
        dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems", from_pool=True)
    assert refused.value.rule == "interface_works"
    assert hall.consignment(envelope.no).stage is Stage.SEALED


def test_an_empty_pool_is_said(hall: House) -> None:
    out_of_order(hall)
    envelope = builders.sealed(hall)
    with pytest.raises(Rejected) as refused:
        dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems", from_pool=True)
    assert refused.value.rule == "pool_empty"


def test_a_number_of_the_pool_is_the_waybill_at_once_and_its_label_prints(hall: House) -> None:
    envelope = from_pool(hall)
    row = hall.consignment(envelope.no)
    assert (row.stage, row.waybill_no, row.registered_at) == (Stage.BOOKED, FIRST, None)
    assert [errand.key for errand in hall.errands(kind="register")] == [f"register:{envelope.no}"]
    assert hall.errands(kind="book") == []
    assert papers.make_label(hall.web, hall.window, hall.command(), envelope.no)["paper"]
    request = dispatch.booking_request(hall.system, envelope.no)
    assert (request.reference, request.waybill_no) == (envelope.no, FIRST)
    assert facts(hall, envelope, "consignment:booked")[0]["from_pool"] is True


def test_registered_once_the_order_is_known_and_the_route_is_there(hall: House) -> None:
    envelope = from_pool(hall)
    for _ in range(2):
        dispatch.record_registered(hall.system, envelope.no, Booking(FIRST, "长沙 01-02"))
    row = hall.consignment(envelope.no)
    assert row.registered_at == hall.clock()
    assert row.route_code == "长沙 01-02"
    assert numbers(hall)[0].registered_at == hall.clock()
    assert len(facts(hall, envelope, "waybill:registered")) == 1


def test_a_refused_registration_stands_in_the_couriers_words_until_it_is_done(hall: House) -> None:
    envelope = from_pool(hall)
    dispatch.record_registration_refused(hall.system, envelope.no, "B00012", "收件人电话不完整")
    assert hall.consignment(envelope.no).refusal == "B00012 收件人电话不完整"
    (difference,) = differences(hall, DiscrepancyKind.UNREGISTERED)
    assert "收件人电话不完整" in difference.note
    registrations.register_again(hall.web, hall.window, hall.command(), envelope.no)
    assert [errand.key for errand in hall.errands(kind="register")][-1] == f"register:{envelope.no}:2"
    dispatch.record_registration_refused(hall.system, envelope.no, "B00012", "收件人电话不完整")
    assert [row.settled_at is None for row in differences(hall, DiscrepancyKind.UNREGISTERED)] == [False, True]
    dispatch.record_registered(hall.system, envelope.no, Booking(FIRST))
    assert all(row.settled_at for row in differences(hall, DiscrepancyKind.UNREGISTERED))
    assert hall.consignment(envelope.no).refusal == ""


def test_an_order_that_waits_is_switched_to_the_pool_and_not_asked_for_twice(hall: House) -> None:
    stocked(hall)
    envelope = builders.dispatched(hall)
    with pytest.raises(Rejected) as refused:
        dispatch.book_from_pool(hall.web, hall.window, hall.command(), envelope.no)
    assert refused.value.rule == "interface_works"
    hall.clock.advance(seconds=21)
    command = hall.command()
    for _ in range(2):
        assert dispatch.book_from_pool(hall.web, hall.window, command, envelope.no)["waybill"] == FIRST
    (book,) = hall.errands(kind="book")
    assert book.done_at is not None
    assert [errand.key for errand in hall.errands(kind="register")] == [f"register:{envelope.no}"]


def switched(hall: House) -> Envelope:
    """An envelope that took a number of the pool while its order was under way to the courier."""
    stocked(hall)
    envelope = builders.dispatched(hall)
    hall.clock.advance(seconds=21)
    dispatch.book_from_pool(hall.web, hall.window, hall.command(), envelope.no)
    return envelope


@pytest.mark.parametrize("late_answer", [dispatch.record_booking, dispatch.record_registered])
def test_when_the_courier_had_taken_the_order_its_number_is_a_difference(hall: House, late_answer: object) -> None:
    envelope = switched(hall)
    for _ in range(2):
        late_answer(hall.system, envelope.no, Booking(OTHER, "长沙 01-02"))  # type: ignore[operator]
    row = hall.consignment(envelope.no)
    assert (row.stage, row.waybill_no, row.registered_at) == (Stage.BOOKED, FIRST, None)
    (difference,) = differences(hall, DiscrepancyKind.SECOND_WAYBILL)
    assert OTHER in difference.note
    assert FIRST in difference.note
    with pytest.raises(Rejected) as refused:
        registrations.register_again(hall.web, hall.window, hall.command(), envelope.no)
    assert refused.value.rule == "second_number"


def test_the_couriers_number_is_taken_with_a_new_label_and_the_pools_is_void(hall: House) -> None:
    envelope = switched(hall)
    dispatch.record_registered(hall.system, envelope.no, Booking(OTHER))
    registrations.adopt_number(hall.web, hall.window, hall.command(), envelope.no)
    row = hall.consignment(envelope.no)
    assert (row.waybill_no, row.registered_at) == (OTHER, hall.clock())
    assert numbers(hall)[0].spoilt_why == f"快递方已按 {OTHER} 接单"
    assert [errand.payload["waybill_no"] for errand in hall.errands(kind="track")] == [OTHER]
    assert hall.errands(kind="cancel") == []
    assert [one.resolution for one in differences(hall, DiscrepancyKind.SECOND_WAYBILL)] == [Resolution.EXPLAINED]
    assert dispatch.booking_request(hall.system, envelope.no).waybill_no == ""
    assert facts(hall, envelope, "waybill:changed") == [
        {"consignment": envelope.no, "courier": "ems", "waybill": OTHER, "instead_of": FIRST}
    ]


def test_an_envelope_that_left_keeps_its_number_and_the_courier_withdraws_its_own(hall: House) -> None:
    envelope = switched(hall)
    dispatch.record_registered(hall.system, envelope.no, Booking(OTHER))
    registrations.withdraw_number(hall.web, hall.window, hall.command(), envelope.no)
    (cancel,) = hall.errands(kind="cancel")
    assert (cancel.key, cancel.payload["waybill_no"]) == (f"cancel:{envelope.no}:{OTHER}", OTHER)
    assert differences(hall, DiscrepancyKind.SECOND_WAYBILL)[0].settled_at is None
    for _ in range(2):
        dispatch.record_cancelled(hall.system, envelope.no, None, OTHER)
    assert differences(hall, DiscrepancyKind.SECOND_WAYBILL)[0].settled_at is not None
    assert [errand.key for errand in hall.errands(kind="register")][1:] == [f"register:{envelope.no}:2"]
    assert dispatch.booking_request(hall.system, envelope.no).reference == f"{envelope.no}-2", (
        "a withdrawn one is spent"
    )
    assert dispatch.order_reference(hall.system, envelope.no, FIRST) == f"{envelope.no}-2"
    assert dispatch.order_reference(hall.system, envelope.no, OTHER) == envelope.no
    dispatch.record_registered(hall.system, envelope.no, Booking(FIRST))
    row = hall.consignment(envelope.no)
    assert (row.waybill_no, row.registered_at) == (FIRST, hall.clock())


def test_a_courier_that_still_answers_with_the_withdrawn_number_is_a_matter_for_a_person(hall: House) -> None:
    envelope = switched(hall)
    dispatch.record_registered(hall.system, envelope.no, Booking(OTHER))
    registrations.withdraw_number(hall.web, hall.window, hall.command(), envelope.no)
    dispatch.record_cancelled(hall.system, envelope.no, None, OTHER)
    dispatch.record_registered(hall.system, envelope.no, Booking(OTHER))
    (difference,) = differences(hall, DiscrepancyKind.UNREGISTERED)
    assert f"已撤销的运单 {OTHER}" in difference.note
    assert len([one for one in differences(hall, DiscrepancyKind.SECOND_WAYBILL) if one.settled_at is None]) == 0


def settle_by_words(hall: House, envelope: Envelope, difference: Discrepancy) -> None:
    args = (envelope.dossier_no, difference.id or 0, Resolution.EXPLAINED, "快递方电话答复")
    receipt.settle(hall.web, hall.window, hall.command(), *args)


def test_two_numbers_are_settled_by_choosing_one_and_not_by_words(hall: House) -> None:
    envelope = switched(hall)
    dispatch.record_registered(hall.system, envelope.no, Booking(OTHER))
    (difference,) = differences(hall, DiscrepancyKind.SECOND_WAYBILL)
    with pytest.raises(Rejected) as refused:
        settle_by_words(hall, envelope, difference)
    assert refused.value.rule == "second_number"
    assert f"改用快递方的 {OTHER} 并重打面单；或留用 {FIRST}，请快递方撤销 {OTHER}" in refused.value.zh
    registrations.adopt_number(hall.web, hall.window, hall.command(), envelope.no)
    assert differences(hall, DiscrepancyKind.SECOND_WAYBILL)[0].settled_at is not None


def test_a_refused_order_is_settled_by_registering_it_and_by_words_once_the_envelope_is_void(hall: House) -> None:
    envelope = from_pool(hall)
    dispatch.record_registration_refused(hall.system, envelope.no, "B00012", "收件人电话不完整")
    (difference,) = differences(hall, DiscrepancyKind.UNREGISTERED)
    with pytest.raises(Rejected) as refused:
        settle_by_words(hall, envelope, difference)
    assert refused.value.rule == "unregistered"
    assert "再补登一次" in refused.value.zh
    dispatch.void(hall.web, hall.window, hall.command(), envelope.no, "另行寄出")
    settle_by_words(hall, envelope, difference)
    assert differences(hall, DiscrepancyKind.UNREGISTERED)[0].settled_at is not None


def test_a_voided_envelope_that_the_courier_takes_afterwards_is_withdrawn_there(hall: House) -> None:
    envelope = from_pool(hall)
    dispatch.void(hall.web, hall.window, hall.command(), envelope.no, "申请人撤回")
    dispatch.record_registered(hall.system, envelope.no, Booking(FIRST))
    keys = [errand.key for errand in hall.errands(kind="cancel")]
    assert keys == [f"cancel:{envelope.no}", f"cancel:{envelope.no}:{FIRST}"]


def test_windows_at_the_same_time_never_take_one_number_twice(hall: House) -> None:
    stocked(hall)
    out_of_order(hall)
    envelopes = [builders.sealed(hall, 1) for _ in range(5)]
    got: list[str] = []

    def send(envelope: Envelope) -> None:
        done = dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems", from_pool=True)
        got.append(str(done["waybill"]))

    threads = [threading.Thread(target=send, args=(one,)) for one in envelopes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [str(int(FIRST) + n) for n in range(5)]


def test_an_appointed_person_takes_the_next_form_of_the_book(hall: House) -> None:
    pool.add(hall.web, hall.window, hall.command(), "manual", first="ZR-0008", last="ZR-0010")
    first, second = builders.sealed(hall), builders.sealed(hall)
    sent = dispatch.dispatch(hall.web, hall.window, hall.command(), first.no, "manual", from_pool=True)
    assert sent == {"consignment": first.no, "stage": "booked", "waybill": "ZR-0008"}
    dispatch.dispatch(hall.web, hall.window, hall.command(), second.no, "manual", "zr-0010")
    taken = [row.number for row in numbers(hall) if row.taken_at is not None]
    assert taken == ["ZR-0008", "ZR-0010"]
    dispatch.void(hall.web, hall.window, hall.command(), first.no, "不寄了")
    assert hall.errands(kind="cancel") == []
