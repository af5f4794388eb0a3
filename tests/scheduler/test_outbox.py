"""Errands against a real database and the sandbox over HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from couriers import transport
from couriers.contract import Call, Reply
from couriers.sandbox.world import World
from logistics.errors import NotAllowed, Rejected
from logistics.services import dispatch, queues
from logistics.store import queues as stored
from logistics.tables import Exchange, LedgerEntry, Tracking
from logistics.terms import ErrandKind, Stage
from scheduler import outbox, polling
from scheduler.patience import Patience
from tests.builders import Envelope, House, dispatched, received, sealed

LEASE = 4.0
SHORT = Patience(first=10, longest=600, limit=3, unreadable_limit=2)


def run(youdang: House, limit: int = 20) -> int:
    return outbox.once(youdang.system, LEASE, limit, patience=SHORT)


def waybills(world: World) -> list[tuple[str, str]]:
    return [(order["reference"], order["waybill_no"]) for order in world.state()["orders"]]


def said(youdang: House, what: str) -> list[LedgerEntry]:
    with Session(youdang.system.engine) as session:
        return list(session.exec(select(LedgerEntry).where(LedgerEntry.what == what)))


def the(youdang: House, kind: ErrandKind) -> object:
    return youdang.errands(kind=kind)[-1]


def test_a_dispatched_envelope_gets_its_waybill_from_the_courier(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    assert run(youdang) == 1
    kept = youdang.consignment(envelope.no)
    assert waybills(world) == [(envelope.no, kept.waybill_no)]
    assert (kept.stage, kept.destination_mark) == (Stage.BOOKED, "长沙市")
    assert run(youdang) == 0
    with Session(youdang.system.engine) as session:
        assert [one.operation for one in session.exec(select(Exchange))] == ["book"]


def test_an_envelope_no_longer_waiting_is_not_booked_again(youdang: House, world: World) -> None:
    dispatched(youdang)
    run(youdang)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = NULL WHERE kind = 'book'")
    world.set_fault("5xx")  # a call would fail
    assert run(youdang) == 1
    assert youdang.errands(kind=ErrandKind.BOOK)[0].done_at is not None
    assert len(waybills(world)) == 1


def test_a_crash_between_call_and_record_books_no_second_waybill(
    youdang: House, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = dispatched(youdang)

    class Killed(BaseException):
        pass

    def dies_after_sending(call: Call, seconds: float) -> Reply:
        transport.send(call, seconds)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("scheduler.access.transport", type("Dying", (), {"send": staticmethod(dies_after_sending)}))
        with pytest.raises(Killed):
            run(youdang)
    first = waybills(world)
    assert len(first) == 1
    assert youdang.consignment(envelope.no).stage is Stage.BOOKING
    assert run(youdang) == 0, "the dead process still holds the lease"
    youdang.clock.advance(seconds=LEASE)
    assert run(youdang) == 1
    assert waybills(world) == first
    assert youdang.consignment(envelope.no).waybill_no == first[0][1]


def test_an_order_whose_answer_never_came_is_the_same_order_later(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    world.set_fault("timeout_after_order", 1.0)
    assert outbox.once(youdang.system, 0.6, 1, patience=SHORT) == 1  # the call gives up after 0.3 s
    errand = youdang.errands(kind=ErrandKind.BOOK)[0]
    assert errand.due_at > youdang.clock.now
    assert errand.lease_until is None
    world.set_fault("timeout_after_order", None)
    youdang.clock.advance(seconds=20)
    run(youdang)
    assert waybills(world) == [(envelope.no, youdang.consignment(envelope.no).waybill_no)]


def test_a_busy_courier_is_asked_later_and_later_and_then_a_person_is(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    world.set_fault("5xx")
    waits = []
    for _ in range(3):
        run(youdang)
        errand = youdang.errands(kind=ErrandKind.BOOK)[0]
        waits.append((errand.due_at - youdang.clock.now).total_seconds())
        youdang.clock.advance(seconds=max(0, waits[-1]))
    assert 5 <= waits[0] <= 10 <= waits[1] <= 20
    assert errand.parked_at is not None
    assert "HTTP 503" in errand.last_error
    assert run(youdang) == 0
    world.set_fault("5xx", None)
    youdang.clock.advance(seconds=2)  # as the courier's Retry-After wants it
    with pytest.raises(NotAllowed):
        queues.retry(youdang.web, youdang.receiver, "r0", errand.id)
    queues.retry(youdang.web, youdang.window, "r1", errand.id)
    queues.retry(youdang.web, youdang.window, "r1", errand.id)
    assert run(youdang) == 1
    assert youdang.consignment(envelope.no).stage is Stage.BOOKED
    assert len(said(youdang, "errand:retried")) == 1
    with pytest.raises(Rejected, match="not parked"):
        queues.retry(youdang.web, youdang.window, "r2", errand.id)


def test_an_unreadable_answer_is_kept_and_parked_sooner(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    world.set_fault("garbled")
    for _ in range(2):
        run(youdang)
        youdang.clock.advance(minutes=5)
    errand = youdang.errands(kind=ErrandKind.BOOK)[0]
    assert errand.parked_at is not None
    assert youdang.consignment(envelope.no).stage is Stage.BOOKING
    assert len(waybills(world)) == 1


def test_a_refusal_is_recorded_in_the_couriers_words_and_the_envelope_waits(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE agency SET phone = 'no number' WHERE region_code = '430102'")
    run(youdang)
    kept = youdang.consignment(envelope.no)
    assert kept.stage is Stage.SEALED
    assert kept.refusal
    assert youdang.errands(kind=ErrandKind.BOOK)[0].done_at is not None
    assert waybills(world) == []


def test_a_voided_waybill_is_cancelled_once_even_when_told_twice(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    dispatch.void(youdang.web, youdang.window, youdang.command(), envelope.no, "装错了")
    run(youdang)
    assert world.state()["orders"][0]["cancelled"]
    with youdang.system.engine.begin() as connection:  # as if the process had died before it could say done
        connection.exec_driver_sql("UPDATE errand SET done_at = NULL WHERE kind = 'cancel'")
    run(youdang)
    assert len(said(youdang, "waybill:cancelled")) == 1


def test_a_cancellation_too_late_stands_in_the_ledger(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    dispatch.void(youdang.web, youdang.window, youdang.command(), envelope.no, "装错了")
    world.tell(youdang.consignment(envelope.no).waybill_no, "203", youdang.clock.now)
    run(youdang)
    assert len(said(youdang, "waybill:cancel_refused")) == 1
    assert youdang.errands(kind=ErrandKind.CANCEL)[0].done_at is not None


def test_tracking_is_asked_for_more_often_when_the_postman_is_near(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    waybill_no = youdang.consignment(envelope.no).waybill_no
    youdang.clock.advance(hours=2)
    world.tell(waybill_no, "203", youdang.clock.now - timedelta(hours=1))
    run(youdang)
    errand = youdang.errands(kind=ErrandKind.TRACK)[0]
    assert errand.due_at - youdang.clock.now == timedelta(hours=2)
    assert youdang.consignment(envelope.no).stage is Stage.ON_THE_WAY
    assert youdang.consignment(envelope.no).polled_at == youdang.clock.now
    world.tell(waybill_no, "702", youdang.clock.now + timedelta(hours=1))
    youdang.clock.advance(hours=2)
    run(youdang)
    errand = youdang.errands(kind=ErrandKind.TRACK)[0]
    assert errand.due_at - youdang.clock.now == timedelta(minutes=30)
    assert errand.attempts == 0
    with Session(youdang.system.engine) as session:
        assert {one.source for one in session.exec(select(Tracking))} == {"poll"}


def test_asking_ends_when_the_envelope_is_received_and_not_before(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    for _ in range(4):
        youdang.clock.advance(days=90)
        run(youdang)
    assert youdang.errands(kind=ErrandKind.TRACK)[0].done_at is None
    world.tell(youdang.consignment(envelope.no).waybill_no, "704", youdang.clock.now)
    received(youdang, envelope)
    youdang.clock.advance(hours=7)
    run(youdang)
    assert youdang.errands(kind=ErrandKind.TRACK)[0].done_at is not None


def test_a_lost_poll_is_healed(youdang: House) -> None:
    dispatched(youdang)
    run(youdang)
    assert polling.once(youdang.system) == 0
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = now() WHERE kind = 'track'")
    assert polling.once(youdang.system) == 1
    assert polling.once(youdang.system) == 0
    assert youdang.errands(kind=ErrandKind.TRACK)[0].done_at is None


def test_two_schedulers_at_once_share_the_work_and_book_each_envelope_once(youdang: House, world: World) -> None:
    envelopes = [dispatched(youdang, 1) for _ in range(6)]
    start = threading.Barrier(3)

    def work() -> int:
        start.wait()
        return outbox.once(youdang.system, LEASE, 20, patience=SHORT)

    with ThreadPoolExecutor(3) as pool:
        done = [future.result() for future in [pool.submit(work) for _ in range(3)]]
    assert sum(done) == 6
    assert sorted(reference for reference, _ in waybills(world)) == sorted(one.no for one in envelopes)
    assert len({waybill for _, waybill in waybills(world)}) == 6
    assert len(said(youdang, "consignment:booked")) == 6


def test_one_that_slept_past_its_lease_changes_nothing_of_the_next(youdang: House) -> None:
    dispatched(youdang)
    engine, lease = youdang.system.engine, timedelta(seconds=LEASE)
    slow = stored.claim_errand(engine, youdang.clock.now, lease)
    assert slow is not None
    assert stored.claim_errand(engine, youdang.clock.now, lease) is None
    youdang.clock.advance(seconds=LEASE + 1)
    next_one = stored.claim_errand(engine, youdang.clock.now, lease)
    assert next_one is not None
    assert next_one.attempts == 2
    assert not stored.retry_errand(engine, slow, youdang.clock.now, "late")
    assert not stored.park_errand(engine, slow, youdang.clock.now, "late")
    assert stored.retry_errand(engine, next_one, youdang.clock.now, "mine")


def test_an_errand_that_kills_every_process_is_parked_in_the_end(youdang: House) -> None:
    dispatched(youdang)
    for _ in range(outbox.LAPSES_PER_FAILURE * SHORT.limit):
        assert stored.claim_errand(youdang.system.engine, youdang.clock.now, timedelta(seconds=1)) is not None
        youdang.clock.advance(seconds=2)
    run(youdang)
    errand = youdang.errands(kind=ErrandKind.BOOK)[0]
    assert errand.parked_at is not None


def test_a_courier_without_settings_is_a_matter_for_a_person(youdang: House) -> None:
    sealed_one: Envelope = sealed(youdang)
    dispatch.dispatch(youdang.web, youdang.window, youdang.command(), sealed_one.no, "ems")
    youdang.system.couriers.clear()  # type: ignore[attr-defined]
    run(youdang)
    errand = youdang.errands(kind=ErrandKind.BOOK)[0]
    assert errand.parked_at is not None
    assert "没有配置快递" in errand.last_error
