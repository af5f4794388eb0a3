"""Pushes against a real database, sealed by the sandbox's own desk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, select

from couriers.contract import Push
from couriers.sandbox import ems, ems_words
from couriers.sandbox.world import World
from logistics.services import tracking
from logistics.store import health, queues
from logistics.tables import InboxMessage, Tracking
from logistics.terms import Stage
from scheduler import inbox, outbox
from scheduler.patience import Patience
from tests.builders import House, dispatched
from tests.scheduler.conftest import SETTINGS

QUICK = Patience(first=10, longest=600)


def booked(youdang: House) -> tuple[str, str]:
    envelope = dispatched(youdang)
    outbox.once(youdang.system, 4, 1)
    return envelope.no, youdang.consignment(envelope.no).waybill_no


def pushes(world: World, waybill_no: str, **changed: str) -> list[Push]:
    desk = ems.make(SETTINGS)
    time = world.account("ems").wall_time()
    items = [{**ems_words.item_of(scan), **changed} for scan in world.scans(waybill_no)]
    calls = [desk.push_call("http://127.0.0.1/", item, time) for item in items]
    return [Push(call.headers, call.body or b"") for call in calls]


def messages(youdang: House) -> list[InboxMessage]:
    with Session(youdang.system.engine) as session:
        return list(session.exec(select(InboxMessage).order_by(InboxMessage.id)))  # type: ignore[arg-type]


def test_pushes_in_any_order_and_twice_lead_to_the_stage_of_the_last_scan(youdang: House, world: World) -> None:
    no, waybill_no = booked(youdang)
    world.play(waybill_no, "delivered", youdang.clock.now, 3600)
    sent = pushes(world, waybill_no)
    for push in [*reversed(sent), *sent]:
        tracking.accept_push(youdang.web, "ems", push)
    assert inbox.once(youdang.system, 100, patience=QUICK) == len(sent), "the same bytes are one message"
    assert youdang.consignment(no).stage is Stage.DELIVERED
    assert all(one.read_at is not None for one in messages(youdang))
    with Session(youdang.system.engine) as session:
        rows = session.exec(select(Tracking)).all()
    assert len(rows) == len(sent)
    assert {row.source for row in rows} == {"push"}
    assert inbox.once(youdang.system, 100, patience=QUICK) == 0


def test_several_schedulers_read_each_push_once(youdang: House, world: World) -> None:
    no, waybill_no = booked(youdang)
    world.play(waybill_no, "corrected", youdang.clock.now, 3600)
    sent = pushes(world, waybill_no)
    for push in sent:
        tracking.accept_push(youdang.web, "ems", push)
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda _: inbox.once(youdang.system, 100, patience=QUICK), range(4)))
    assert sum(read) == len(sent)
    assert youdang.consignment(no).stage is Stage.DELIVERED


def test_a_push_that_cannot_be_read_waits_for_a_person_with_its_bytes(youdang: House) -> None:
    tracking.accept_push(youdang.web, "ems", Push({"Content-Type": "application/json"}, b"{half"))
    inbox.once(youdang.system, 10, patience=QUICK)
    [kept] = messages(youdang)
    assert kept.parked_at is not None
    assert kept.last_error
    assert kept.body == b"{half"
    with Session(youdang.system.engine) as session:
        assert [one.id for one in health.parked_messages(session)] == [kept.id]
    assert queues.unpark_message(youdang.system.engine, kept.id or 0, youdang.clock.now)
    assert inbox.once(youdang.system, 10, patience=QUICK) == 1


def test_a_push_ahead_of_its_booking_is_kept_until_the_waybill_is_known(youdang: House, world: World) -> None:
    envelope = dispatched(youdang)
    order, _ = world.book("ems", envelope.no)  # taken; its answer was lost
    world.tell(order.waybill_no, "203", youdang.clock.now)
    for push in pushes(world, order.waybill_no):
        tracking.accept_push(youdang.web, "ems", push)
    inbox.once(youdang.system, 10, patience=QUICK)
    [kept] = messages(youdang)
    assert (kept.read_at, kept.parked_at) == (None, None)
    assert kept.due_at > youdang.clock.now
    youdang.clock.advance(seconds=30)
    outbox.once(youdang.system, 4, 1)
    inbox.once(youdang.system, 10, patience=QUICK)
    assert messages(youdang)[0].read_at is not None
    assert youdang.consignment(envelope.no).stage is Stage.ON_THE_WAY


def test_a_push_for_nobody_is_shown_to_a_person_within_the_hour(youdang: House, world: World) -> None:
    order, _ = world.book("ems", "SOMEBODY-ELSE")
    world.tell(order.waybill_no, "203", youdang.clock.now)
    for push in pushes(world, order.waybill_no):
        tracking.accept_push(youdang.web, "ems", push)
    begun = youdang.clock.now
    while messages(youdang)[0].parked_at is None:
        inbox.once(youdang.system, 10, patience=QUICK)
        youdang.clock.advance(minutes=3)
        assert youdang.clock.now - begun < timedelta(hours=1)
    assert "不属于" in messages(youdang)[0].last_error


def test_a_push_that_names_only_our_reference_finds_its_envelope(youdang: House, world: World) -> None:
    no, waybill_no = booked(youdang)
    world.tell(waybill_no, "203", youdang.clock.now)
    for push in pushes(world, waybill_no, waybillNo=""):
        tracking.accept_push(youdang.web, "ems", push)
    inbox.once(youdang.system, 10, patience=QUICK)
    assert youdang.consignment(no).stage is Stage.ON_THE_WAY
    with Session(youdang.system.engine) as session:
        assert session.exec(select(Tracking.waybill_no)).one() == waybill_no


def test_a_reader_that_died_holds_a_push_only_as_long_as_its_lease(youdang: House, world: World) -> None:
    no, waybill_no = booked(youdang)
    world.tell(waybill_no, "203", youdang.clock.now)
    for push in pushes(world, waybill_no):
        tracking.accept_push(youdang.web, "ems", push)
    dead = queues.claim_message(youdang.system.engine, youdang.clock.now, timedelta(seconds=60))
    assert dead is not None
    assert inbox.once(youdang.system, 10, patience=QUICK) == 0
    youdang.clock.advance(seconds=60)
    assert inbox.once(youdang.system, 10, patience=QUICK) == 1
    assert not queues.park_message(youdang.system.engine, replace(dead), youdang.clock.now, "too late")
    assert youdang.consignment(no).stage is Stage.ON_THE_WAY
