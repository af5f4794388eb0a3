"""快递鸟's desk over real HTTP: one label for one order, and an aggregator's view on every parcel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from couriers import transport
from couriers.adapters.kdniao import Kdniao
from couriers.adapters.kdniao_events import meanings
from couriers.contract import (
    Carrier,
    Milestone,
    Operation,
    Reason,
    Refused,
)
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.kdniao_words import UNKNOWN_ACTION, parcel_words
from couriers.sandbox.scans import Kind, Scan, place_of
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS as EMS
from tests.couriers.test_sandbox_kdniao import (
    AT,
    DAY,
    JDL,
    OURS,
    SAMPLES,
    START,
    asked,
    booked,
    made,
    party,
    request,
    said,
    track,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made_world = World(tmp_path / "world.sqlite", first_number=11)
    yield made_world
    made_world.close()


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    settings = {**EMS, **OURS, **JDL, "COURIER_KDNIAO_EXTENDED": "1"}
    with Sandbox(world, settings) as running:
        yield running


@pytest.fixture
def kdniao(sandbox: Sandbox) -> Kdniao:
    return made(sandbox.settings["COURIER_KDNIAO_URL"], EXTENDED="1")


def test_the_published_order_gets_an_answer_of_the_published_shape(sandbox: Sandbox, kdniao: Kdniao) -> None:
    order = json.loads((SAMPLES / "1007_order_request_data.json").read_text("utf-8"))
    answer = said(kdniao.ask_booking_as(order, AT))
    published = json.loads((SAMPLES / "1007_order_response.json").read_text("utf-8"))
    assert answer.keys() == published.keys()
    assert answer["Order"].keys() == published["Order"].keys()
    assert (answer["Success"], answer["ResultCode"], answer["Reason"]) == (True, "100", "成功")
    assert answer["Order"]["LogisticCode"] == "1100000000011"
    (known,) = sandbox.world.state()["orders"]
    assert (known["account"], known["courier"], known["reference"]) == ("kdniao", "ems", order["OrderCode"])


def test_the_same_order_twice_is_one_waybill(sandbox: Sandbox, kdniao: Kdniao) -> None:
    first = booked(kdniao)
    assert said(kdniao.ask_booking(request(), AT))["ResultCode"] == "106"
    assert booked(kdniao) == first
    sandbox.world.set_fault("refuse_duplicates", "words", "kdniao")
    assert booked(kdniao) == first
    sandbox.world.set_fault("refuse_duplicates", "bare", "kdniao")
    duplicate = json.loads((SAMPLES / "1007_duplicate.json").read_text("utf-8"))
    assert said(kdniao.ask_booking(request(), AT)) == duplicate
    with pytest.raises(Refused) as caught:
        booked(kdniao)
    assert caught.value.code == "106"
    assert len(sandbox.world.state()["orders"]) == 1


def test_a_label_is_drawn_for_the_order_of_that_reference(sandbox: Sandbox, kdniao: Kdniao) -> None:
    number = booked(kdniao)
    service = kdniao.services[Operation.LABEL]
    call = kdniao.ask_label(request(), AT)
    label: Any = service.read(transport.send(call, 5))
    assert (label.waybill_no, number in label.content.decode()) == (number, True)
    assert len(sandbox.world.state()["orders"]) == 1


def test_a_parcel_is_cancelled_before_it_was_picked_up_and_not_after(sandbox: Sandbox, kdniao: Kdniao) -> None:
    first, second = booked(kdniao, "YD-1"), booked(kdniao, "YD-2")

    def cancel(number: str, reference: str) -> None:
        kdniao.read_cancel(transport.send(kdniao.ask_cancel(number, reference, "", AT), 5))

    cancel(first, "YD-1")
    cancel(first, "YD-1")
    with pytest.raises(Refused, match="已取消"):
        booked(kdniao, "YD-1")
    for number, reference in ((first, "YD-2"), (second, "YD-1"), (second, "YD-3")):
        with pytest.raises(Refused, match="订单不存在"):
            cancel(number, reference)
    wrong = {"ShipperCode": "EMS", "OrderCode": "YD-2", "ExpNo": second, "CustomerName": "OTHER"}
    assert said(kdniao.call("1147", wrong))["ResultCode"] == "104"
    sandbox.world.tell(second, Kind.ACCEPTED, START, "sender office")
    with pytest.raises(Refused, match="已揽收"):
        cancel(second, "YD-2")
    assert [order["cancelled"] for order in sandbox.world.state()["orders"]] == [True, False]


def test_a_parcel_of_any_courier_is_seen(sandbox: Sandbox, kdniao: Kdniao) -> None:
    post, _ = sandbox.world.book("ems", "E-1")
    other, _ = sandbox.world.book("jdl", "J-1")
    for order in (post, other):
        sandbox.world.play(order.waybill_no, "delivered", START, DAY)
        events = track(kdniao, order.waybill_no)
        assert events[-1].milestone is Milestone.DELIVERED
        assert len(events) == len(JOURNEYS["delivered"])
        assert {event.waybill_no for event in events} == {order.waybill_no}
    assert other.waybill_no.startswith("JDVA")
    assert {event.org_code.split("/")[0] for event in track(kdniao, other.waybill_no)} == {"JD"}


def test_another_carriers_parcel_and_an_unknown_number_have_no_trace(sandbox: Sandbox, kdniao: Kdniao) -> None:
    order, _ = sandbox.world.book("ems", "E-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)
    for carrier, number in (("YTO", order.waybill_no), ("EMS", "1199999999999"), ("ZTO", order.waybill_no)):
        call = kdniao.ask_tracking_of(number, carrier, AT)
        answer = said(call)
        assert (answer["Success"], answer["State"], answer["Traces"]) == (True, "0", [])
        assert answer["Reason"] == "暂无轨迹信息"
        assert kdniao.read_tracking(transport.send(call, 5)) == ()


def test_the_ordinary_interface_gives_one_state_for_the_parcel(sandbox: Sandbox, kdniao: Kdniao) -> None:
    order, _ = sandbox.world.book("ems", "E-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)
    events = track(made(sandbox.root), order.waybill_no)
    assert [event.milestone for event in events[-2:]] == [Milestone.INFO, Milestone.DELIVERED]
    (known, *_), extended = track(made(sandbox.root), order.waybill_no), said(asked(kdniao, order.waybill_no))
    assert known.text == extended["Traces"][0]["AcceptStation"]
    newest_first = said(kdniao.call("8001", {"ShipperCode": "EMS", "LogisticCode": order.waybill_no, "Sort": 1}))
    assert newest_first["Traces"] == extended["Traces"][::-1]
    assert extended["StateEx"] == "301"
    published = json.loads((SAMPLES / "8001_response.json").read_text("utf-8"))
    assert extended["Traces"][0].keys() == published["Traces"][0].keys()
    assert extended.keys() <= published.keys()


@pytest.mark.parametrize("journey", sorted(JOURNEYS))
def test_every_journey_ends_for_the_adapter_as_the_aggregator_can_say_it(
    sandbox: Sandbox, kdniao: Kdniao, journey: str
) -> None:
    ends = {
        "lost": (Milestone.HELD, Reason.OTHER),
        "damaged": (Milestone.HELD, Reason.OTHER),
        "returned": (Milestone.RETURNED, None),
        "station": (Milestone.AVAILABLE, None),
        "delivered_then_not": (Milestone.ATTEMPTED, Reason.OTHER),
    }
    order, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(order.waybill_no, journey, START, DAY)
    last = track(kdniao, order.waybill_no)[-1]
    assert (last.milestone, last.reason) == ends.get(journey, (Milestone.DELIVERED, None))
    unknown = [one for one in track(kdniao, order.waybill_no) if one.milestone is Milestone.UNRECOGNISED]
    assert [one.code for one in unknown] == ([UNKNOWN_ACTION] if journey == "unknown_code" else [])


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_scan_has_words_in_the_aggregators_codes(kind: Kind) -> None:
    place = place_of(party(), "centre")
    scan = Scan(1, "1100000000011", "YD-1", "ems", kind, START, place)
    said_of_it = parcel_words((scan,), "长沙市", extended=True)
    (step,) = said_of_it["Traces"]
    assert step["AcceptStation"]
    assert (step["Action"] in meanings()) is (kind not in (Kind.UNKNOWN, Kind.NOTED))
    assert (said_of_it["State"] in meanings()) is (kind is not Kind.UNKNOWN)


def test_sf_wants_four_digits_of_somebodys_telephone(sandbox: Sandbox) -> None:
    number = "SF1234567890123"
    sandbox.world.book("ems", "S-1", "sf", party("13000004711"), party(), waybill_no=number)
    sandbox.world.tell(number, Kind.ACCEPTED, START, "sender office")
    for tail in ("4711", "0001"):
        assert len(track(made(sandbox.root, PHONE_TAIL=tail), number)) == 1
    for tail in ("4712", ""):
        with pytest.raises(Refused, match="CustomerName"):
            track(made(sandbox.root, PHONE_TAIL=tail), number)


def test_a_number_is_recognised_by_its_format_and_by_its_parcel(sandbox: Sandbox, kdniao: Kdniao) -> None:
    def carriers(number: str) -> tuple[Carrier, ...]:
        return kdniao.read_recognition(transport.send(kdniao.ask_recognition(number, AT), 5))

    assert carriers("1100000000011") == (Carrier("EMS", "EMS"),)
    assert [one.code for one in carriers("JDVA00000000001")] == ["JD"]
    assert carriers("ABCDEFGH") == ()
    order, _ = sandbox.world.book("jdl", "J-1", waybill_no="123456789012")
    assert carriers(order.waybill_no)[0].code == "JD"
    with pytest.raises(Refused, match="LogisticCode"):
        carriers("?")


@pytest.mark.parametrize(("shipper", "courier"), [("EMS", "ems"), ("SF", "sf"), ("JD", "jdl")])
def test_a_label_of_any_carrier_has_a_number_of_that_carrier_and_is_tracked(
    sandbox: Sandbox, shipper: str, courier: str
) -> None:
    ours = made(sandbox.root, SHIPPER=shipper, EXTENDED="1", PHONE_TAIL="0001")
    number = booked(ours)
    order = sandbox.world.order("kdniao", "YD-1")
    assert order is not None
    assert (order.waybill_no, order.courier) == (number, courier)
    sandbox.world.play(number, "delivered", START, DAY)
    assert track(ours, number)[-1].milestone is Milestone.DELIVERED
