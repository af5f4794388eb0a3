"""JDL's desk over real HTTP: the parcels of the world in JDL's own nodes, whatever goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from couriers import adapters, transport
from couriers.adapters.jdl import Jdl
from couriers.adapters.jdl_events import meanings
from couriers.contract import Busy, CourierError, Garbled, Milestone, Operation, Reason, Refused, Reply
from couriers.sandbox import desk
from couriers.sandbox.jdl_rules import NOTHING_YET, UNKNOWN_NODE, trace_of
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.scans import Kind, Scan, place_of
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS as EMS
from tests.couriers.conftest import request_of
from tests.couriers.test_sandbox_jdl import DATA, FIRST, NOW, OURS, SAMPLES, made, said, track

KDNIAO: dict[str, str] = json.loads((DATA / "couriers" / "kdniao" / "settings.json").read_text("utf-8"))
START = datetime(2025, 12, 30, 2, 0, tzinfo=UTC)
DAY = 86400.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made_world = World(tmp_path / "world.sqlite", clock=lambda: NOW, first_number=11)
    yield made_world
    made_world.close()


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, {**EMS, **OURS, **KDNIAO}) as running:
        yield running


@pytest.fixture
def jdl(sandbox: Sandbox) -> Jdl:
    return made(sandbox.settings["COURIER_JDL_URL"])


def test_a_number_that_is_not_jdls_is_not_known_and_one_not_scanned_has_no_trace(sandbox: Sandbox, jdl: Jdl) -> None:
    post, _ = sandbox.world.book("ems", "E-1")
    ours, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(post.waybill_no, "delivered", START, DAY)
    assert said(jdl.ask_tracking(post.waybill_no, NOW)) == (NOTHING_YET, False)
    assert said(jdl.ask_tracking(ours.waybill_no, NOW)) == ("0", True)
    assert track(jdl, post.waybill_no) == track(jdl, ours.waybill_no) == track(jdl, "JDVA99999999999") == ()


def test_a_parcel_ordered_at_an_aggregator_is_tracked_here(sandbox: Sandbox, jdl: Jdl) -> None:
    url = sandbox.settings["COURIER_KDNIAO_URL"]
    kdniao = adapters.make("kdniao", {**KDNIAO, "COURIER_KDNIAO_URL": url, "COURIER_KDNIAO_SHIPPER": "JD"})
    number = kdniao.read_booking(transport.send(kdniao.ask_booking(request_of(), NOW), 5)).waybill_no
    sandbox.world.play(number, "delivered", START, DAY)
    events = track(jdl, number)
    assert events[-1].milestone is Milestone.DELIVERED
    seen = kdniao.read_tracking(transport.send(kdniao.ask_tracking(number, NOW), 5))
    assert [event.happened_at for event in seen] == [event.happened_at for event in events]


def test_the_trace_has_the_published_shape_and_is_found_by_the_order_number_too(sandbox: Sandbox, jdl: Jdl) -> None:
    order, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)
    answer = json.loads(transport.send(jdl.ask_tracking(order.waybill_no, NOW), 5).body)
    published = json.loads((SAMPLES / "jdl_trace_query_response.json").read_text("utf-8"))
    assert answer.keys() == published.keys()
    assert answer["data"].keys() == published["data"].keys()
    for item in answer["data"]["traceDetails"]:
        shown = published["data"]["traceDetails"][0]
        assert {name: type(value) for name, value in item.items()} == {name: type(shown[name]) for name in shown}
    first, last = answer["data"]["traceDetails"][0], answer["data"]["traceDetails"][-1]
    assert (first["state"], first["category"], first["categoryName"]) == ("200001", 420, "已揽收")
    assert (last["state"], last["category"], last["categoryName"]) == ("10034", 510, "妥投")
    by_order = transport.send(jdl.ask_tracking_of_order(answer["data"]["orderCode"], NOW), 5)
    assert json.loads(by_order.body) == answer


@pytest.mark.parametrize("journey", sorted(JOURNEYS))
def test_every_journey_ends_for_the_adapter_as_jdl_can_say_it(sandbox: Sandbox, jdl: Jdl, journey: str) -> None:
    ends = {
        "lost": (Milestone.CANCELLED, Reason.OTHER),
        "damaged": (Milestone.DAMAGED, Reason.DAMAGED),
        "returned": (Milestone.RETURNED, None),
        "station": (Milestone.AVAILABLE, Reason.AT_STATION),
        "delivered_then_not": (Milestone.ATTEMPTED, Reason.POSTPONED),
    }
    order, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(order.waybill_no, journey, START, DAY)
    events = track(jdl, order.waybill_no)
    assert (events[-1].milestone, events[-1].reason) == ends.get(journey, (Milestone.DELIVERED, None))
    unknown = [event.code for event in events if event.milestone is Milestone.UNRECOGNISED]
    assert unknown == ([UNKNOWN_NODE] if journey == "unknown_code" else [])


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_scan_has_a_node_of_the_published_table(kind: Kind) -> None:
    for where in ("office", "centre"):
        item = trace_of(Scan(1, FIRST, "J-1", "jdl", kind, START, place_of(request_of().receiver, where)))
        known = ("state", item["state"]) if item["state"] else ("category", str(item["category"]))
        assert (known in meanings()) is (kind is not Kind.UNKNOWN)
        assert item["operationRemark"]
        assert item["categoryName"]


@pytest.mark.parametrize("code", sorted(code for kind, code in meanings() if kind == "state"))
def test_any_node_may_be_told_and_is_shown_as_it_is(code: str) -> None:
    kind, reason = desk.carrier("jdl").read(code, {})
    scan = Scan(1, FIRST, "J-1", "jdl", kind, START, place_of(request_of().receiver, "office"), reason, code=code)
    item = trace_of(scan)
    assert (item["state"], item["operationTitle"]) == (code, meanings()["state", code].name)
    body = json.dumps({"code": 0, "success": True, "data": {"traceDetails": [item]}}).encode()
    (event,) = made("http://127.0.0.1:9").read_tracking(Reply(200, {}, body))
    assert (event.code, event.milestone) == (code, meanings()["state", code].milestone)


def test_nothing_is_pushed(sandbox: Sandbox) -> None:
    order, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)
    assert sandbox.world.state()["pushes_owed"] == 0
    assert Operation.PUSH not in made(sandbox.root).offers


# faults


@pytest.mark.parametrize(
    ("fault", "value", "error"),
    [
        ("throttled", True, Busy),
        ("throttled", "http", Busy),
        ("5xx", 502, Busy),
        ("garbled", True, Garbled),
        ("half_answer", "cut", Busy),
        ("clock_skew", 3600, Refused),
    ],
)
def test_a_call_fault_passes_and_the_trace_is_the_same_after_it(
    sandbox: Sandbox, jdl: Jdl, fault: str, value: object, error: type[CourierError]
) -> None:
    order, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)
    before = track(jdl, order.waybill_no)
    sandbox.world.set_fault(fault, value, "jdl")
    with pytest.raises(error):
        track(jdl, order.waybill_no)
    sandbox.world.set_fault(fault, None, "jdl")
    assert track(jdl, order.waybill_no) == before


def test_a_reworded_trace_holds_the_true_one_and_half_of_one_is_completed(sandbox: Sandbox, jdl: Jdl) -> None:
    order, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)
    keys: dict[str, set[str]] = {}
    for fault in ("", "reworded", "half_answer"):
        if fault:
            sandbox.world.set_fault(fault, True, "jdl")
        keys[fault] = {event.natural_key for event in track(jdl, order.waybill_no)}
        if fault:
            sandbox.world.set_fault(fault, None, "jdl")
    assert keys["half_answer"] < keys[""] < keys["reworded"]
    assert len(keys["reworded"]) == 2 * len(keys[""])


def test_a_slow_answer_is_waited_for_or_given_up(sandbox: Sandbox, jdl: Jdl) -> None:
    sandbox.world.book("jdl", "J-1")
    sandbox.world.set_fault("slow", 0.3, "jdl")
    assert track(jdl, FIRST) == ()
    with pytest.raises(Busy):
        transport.send(jdl.ask_tracking(FIRST, NOW), 0.1)


def test_a_desk_without_all_its_settings_names_the_missing_one() -> None:
    lacking: dict[str, Any] = {name: value for name, value in OURS.items() if "SECRET" not in name}
    with pytest.raises(KeyError, match="COURIER_JDL_APP_SECRET"):
        desk.desks(lacking)
