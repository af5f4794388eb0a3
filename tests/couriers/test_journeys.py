"""Whole journeys of parcels over real HTTP, each with one thing going wrong on the courier's side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from couriers import transport
from couriers.adapters.ems import Ems
from couriers.contract import Busy, CourierError, Garbled, Milestone, Push, TrackingEvent
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.server import Sandbox, serve
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS, Hook, ems_at, request_of, wait_for

AT = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
DELIVERED = ["203", "305", "954", "389", "954", "389", "713", "702", "704"]
CODES = {
    "delivered": DELIVERED,
    "unknown_code": [*DELIVERED[:4], "Z99", *DELIVERED[4:]],
    "lost": [*DELIVERED[:4], "987"],
    "locker": [*DELIVERED[:8], "747", "748"],
    "station": [*DELIVERED[:8], "723"],
    "attempted": [*DELIVERED[:8], "705", "702", "704"],
    "held": [*DELIVERED[:4], "651", *DELIVERED[4:]],
    "damaged": [*DELIVERED[:4], "651"],
    "corrected": [*DELIVERED, "743", "704"],
    "delivered_then_not": [*DELIVERED, "743", "705"],
    "returned": [*DELIVERED[:4], "954", "713", "702", "705", "708", "954", "713", "711"],
}


def book(ems: Ems, reference: str = "YD-2026-000001") -> str:
    return ems.read_booking(transport.send(ems.ask_booking(request_of(reference), AT), 5)).waybill_no


def track(ems: Ems, waybill_no: str) -> tuple[TrackingEvent, ...]:
    return ems.read_tracking(transport.send(ems.ask_tracking(waybill_no, AT), 5))


def keys(events: list[TrackingEvent] | tuple[TrackingEvent, ...]) -> set[str]:
    return {event.natural_key for event in events}


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_push_and_a_query_tell_the_same_events(ems: Ems, world: World, hook: Hook, journey: str) -> None:
    waybill_no = book(ems)
    world.play(waybill_no, journey, AT, 86400)
    wait_for(lambda: len(hook.events) == len(JOURNEYS[journey]))
    queried = track(ems, waybill_no)
    assert [event.code for event in queried] == CODES[journey] == hook.codes()
    assert keys(queried) == keys(hook.events)
    assert len(keys(queried)) == len(queried)
    assert {event.reference for event in hook.events} == {"YD-2026-000001"}


def test_a_time_lapse_parcel_goes_from_pick_up_to_delivered(tmp_path: Path, hook: Hook) -> None:
    clock = [AT]
    world = World(tmp_path / "w.sqlite", clock=lambda: clock[0], lapse_seconds=100)
    with Sandbox(world, SETTINGS, hook.url) as running:
        ems = ems_at(running.url)
        waybill_no = book(ems)
        assert track(ems, waybill_no) == ()
        for seconds, seen in ((5, 1), (40, 4), (99, 8), (100, 9)):
            clock[0] = AT + timedelta(seconds=seconds)
            assert len(track(ems, waybill_no)) == seen
        wait_for(lambda: hook.codes() == DELIVERED)
        assert hook.events[-1].happened_at == AT + timedelta(seconds=100)
        cancelled = book(ems, "YD-2026-000002")
        ems.read_cancel(transport.send(ems.ask_cancel(cancelled, "YD-2026-000002", "不寄了", AT), 5))
        world.advance(1000)
        assert track(ems, cancelled) == ()
    world.close()


@pytest.mark.parametrize(
    ("fault", "end"),
    [("lost", Milestone.LOST), ("returned", Milestone.RETURNED), ("unknown_code", Milestone.DELIVERED)],
)
def test_a_parcel_booked_under_a_fault_meets_its_fate(tmp_path: Path, fault: str, end: Milestone) -> None:
    world = World(tmp_path / "w.sqlite", clock=lambda: AT, lapse_seconds=50)
    with Sandbox(world, SETTINGS) as running:
        world.set_fault(fault)
        ems = ems_at(running.url)
        waybill_no = book(ems)
        world.advance(50)
        events = track(ems, waybill_no)
        assert events[-1].milestone is end
        assert (Milestone.UNRECOGNISED in {event.milestone for event in events}) is (fault == "unknown_code")
    world.close()


def test_an_order_taken_but_never_answered_is_found_again_by_its_reference(ems: Ems, world: World) -> None:
    world.set_fault("timeout_after_order")
    with pytest.raises(Busy):
        transport.send(ems.ask_booking(request_of(), AT), 0.3)
    world.set_fault("timeout_after_order", None)
    assert book(ems) == world.state()["orders"][0]["waybill_no"]
    assert len(world.state()["orders"]) == 1


def test_a_server_error_does_nothing_and_says_when_to_come_back(ems: Ems, world: World) -> None:
    world.set_fault("5xx")
    with pytest.raises(Busy) as caught:
        book(ems)
    assert caught.value.retry_after_seconds == 1
    assert world.state()["orders"] == []


def test_a_garbled_answer_to_an_order_is_settled_by_asking_again(ems: Ems, world: World) -> None:
    world.set_fault("garbled")
    with pytest.raises(Garbled):
        book(ems)
    world.set_fault("garbled", None)
    assert book(ems) == world.state()["orders"][0]["waybill_no"]


def test_a_slow_courier_is_waited_for_only_so_long(ems: Ems, world: World) -> None:
    world.set_fault("slow", 0.4)
    with pytest.raises(Busy):
        transport.send(ems.ask_tracking("1", AT), 0.1)
    assert track(ems, "1100000000011") == ()


def test_a_push_comes_until_it_is_acknowledged(ems: Ems, world: World, hook: Hook) -> None:
    hook.failures = 3
    world.tell(book(ems), "203", AT, "sender office")
    wait_for(lambda: hook.codes() == ["203"])
    assert len(hook.pushes) == 4
    wait_for(lambda: world.state()["pushes_owed"] == 0)


def test_a_push_that_comes_twice_has_one_natural_key(ems: Ems, world: World, hook: Hook) -> None:
    world.set_fault("duplicate")
    waybill_no = book(ems)
    world.play(waybill_no, "delivered", AT, 86400)
    wait_for(lambda: len(hook.events) == 2 * len(DELIVERED))
    assert keys(hook.events) == keys(track(ems, waybill_no))


def test_pushes_out_of_order_are_all_there(ems: Ems, world: World, hook: Hook) -> None:
    world.set_fault("out_of_order", 0.3)
    waybill_no = book(ems)
    world.play(waybill_no, "delivered", AT, 86400)
    wait_for(lambda: len(hook.events) == len(DELIVERED))
    assert hook.codes() == DELIVERED[::-1]
    assert [event.code for event in track(ems, waybill_no)] == DELIVERED


def test_a_silent_courier_is_still_found_by_asking_and_catches_up_later(ems: Ems, world: World, hook: Hook) -> None:
    world.set_fault("silent")
    waybill_no = book(ems)
    world.play(waybill_no, "delivered", AT, 86400)
    time.sleep(0.2)
    assert hook.events == []
    assert len(track(ems, waybill_no)) == len(DELIVERED)
    world.set_fault("silent", False)
    wait_for(lambda: hook.codes() == DELIVERED)


def test_a_late_scan_and_an_unknown_code_are_told_as_they_are(ems: Ems, world: World, hook: Hook) -> None:
    waybill_no = book(ems)
    world.tell(waybill_no, "954", AT + timedelta(hours=5), "sender centre")
    world.tell(waybill_no, "203", AT, "sender office")
    world.tell(waybill_no, "X01", AT + timedelta(hours=6), "sender centre", opDesc="新流程")
    wait_for(lambda: len(hook.events) == 3)
    assert [event.code for event in track(ems, waybill_no)] == ["203", "954", "X01"]
    assert hook.events[-1].milestone is Milestone.UNRECOGNISED
    assert hook.events[-1].text == "新流程"


def test_a_forged_push_is_not_trusted(hook: Hook, world: World, ems: Ems) -> None:
    world.tell(book(ems), "704", AT, deliverCode="10")
    wait_for(lambda: len(hook.pushes) == 1)
    real = hook.pushes[0]
    assert ems.trusts(real)
    for forged in (
        real.body.replace(b"1100000000000", b"1100000000009"),
        real.body.replace(b"|$4|", b"|$4|AAAA"),
        real.body.replace(b"|$4|", b""),
        real.body[:-2],
        b"",
        b"{}",
    ):
        assert not ems.trusts(Push(real.headers, forged))
    assert not ems.trusts(Push({"Content-Type": "text/plain"}, real.body))


def test_serve_starts_a_sandbox_on_a_free_port(world: World) -> None:
    running = serve(0, world, None, SETTINGS)
    try:
        assert book(ems_at(running.url)) == "1100000000011"
    finally:
        running.stop()


_PROCESS = """
import os, sys
from couriers.sandbox.server import run
run("127.0.0.1", int(sys.argv[1]), sys.argv[2], None, None, os.environ)
"""


def start_process(port: int, state: Path) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _PROCESS, str(port), str(state)]
    return subprocess.Popen(command, cwd=root, env={**os.environ, **SETTINGS, "PYTHONPATH": str(root)})


def answering(ems: Ems) -> bool:
    try:
        track(ems, "1100000000099")
    except CourierError:
        return False
    return True


def test_a_killed_sandbox_forgets_nothing_it_answered_and_ends_cleanly_when_asked(
    tmp_path: Path, free_port: int
) -> None:
    ems = ems_at(f"http://127.0.0.1:{free_port}/amp-prod-api/f/amp/api/test")
    numbers: dict[str, str] = {}
    for life in range(3):
        process = start_process(free_port, tmp_path / "state.sqlite")
        try:
            wait_for(lambda: answering(ems), 20)
            for reference, number in numbers.items():
                assert book(ems, reference) == number
            for count in range(3):
                reference = f"YD-{life}-{count}"
                numbers[reference] = book(ems, reference)
            process.send_signal(signal.SIGKILL if life < 2 else signal.SIGTERM)
            assert process.wait(10) == (-signal.SIGKILL if life < 2 else 0)
        finally:
            process.kill()
            process.wait()
    assert len(set(numbers.values())) == 9
