"""快递100's 电子面单 over real HTTP: one order for one orderId, labels, cancelling."""

from __future__ import annotations

import json

import pytest

from couriers import transport
from couriers.adapters.ems import Ems
from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.contract import Call, Refused
from couriers.sandbox.scans import Kind
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import request_of
from tests.couriers.kuaidi100_stage import (
    AT,
    DAY,
    SAMPLES,
    START,
    answered,
    label,
    made,
    parcel,
    tracked,
)
from tests.couriers.kuaidi100_stage import courier_fixture as courier_fixture
from tests.couriers.kuaidi100_stage import ems_fixture as ems_fixture
from tests.couriers.kuaidi100_stage import hook_fixture as hook_fixture
from tests.couriers.kuaidi100_stage import sandbox_fixture as sandbox_fixture


def test_an_order_is_carried_by_the_chosen_carrier(
    courier: Kuaidi100, sandbox: Sandbox, ems: Ems, world: World
) -> None:
    booking = courier.read_booking(transport.send(courier.ask_booking(request_of(), AT), 5))
    kept = world.parcel(booking.waybill_no)
    assert kept is not None
    assert (kept.account, kept.courier, kept.reference) == ("kuaidi100", "ems", "YD-2026-000001")
    assert (kept.sender.province, kept.sender.city, kept.sender.county) == ("湖北省", "咸宁市", "咸安区")
    assert (kept.receiver.phone, kept.receiver.address) == ("0731-80000000", "样例街2号")
    world.play(booking.waybill_no, "delivered", START, DAY)
    theirs = ems.read_tracking(transport.send(ems.ask_tracking(booking.waybill_no, AT), 5))
    ours = tracked(courier, booking.waybill_no)
    assert [event.happened_at for event in theirs] == [event.happened_at for event in ours]
    by_sf = made(sandbox.root, CARRIER="shunfeng")
    assert by_sf.read_booking(transport.send(by_sf.ask_booking(request_of("YD-2"), AT), 5)).waybill_no.startswith("SF")


def test_the_same_order_within_48_hours_is_one_order_and_later_another(courier: Kuaidi100, world: World) -> None:
    def booked() -> str:
        return courier.read_booking(transport.send(courier.ask_booking(request_of(), AT), 5)).waybill_no

    first = booked()
    world.advance(48 * 3600 - 60)
    assert booked() == first
    world.advance(120)
    second = booked()
    assert second != first
    assert booked() == second


def test_with_reorder_every_call_is_a_new_order(sandbox: Sandbox) -> None:
    sample = json.loads((SAMPLES / "label_order_param.json").read_text("utf-8")) | {"reorder": True}
    numbers = [answered(label(sandbox.root, "order", sample))["data"]["kuaidinum"] for _ in range(3)]
    assert len(set(numbers)) == 3


def test_the_published_order_is_answered_in_the_published_shape(sandbox: Sandbox) -> None:
    sample = json.loads((SAMPLES / "label_order_param.json").read_text("utf-8"))
    said = answered(label(sandbox.root, "order", sample))
    published = json.loads((SAMPLES / "label_order_response.json").read_text("utf-8"))
    assert set(said) == set(published)
    assert set(published["data"]) <= set(said["data"])
    assert (said["code"], said["data"]["kdComOrderNum"]) == (200, "TEST-20260101-0001")


def test_a_label_is_drawn_when_the_order_asked_for_it(sandbox: Sandbox, courier: Kuaidi100) -> None:
    drawing = made(sandbox.root, TEMPLATE="TESTTEMPLATE")
    file = drawing.read_label(transport.send(drawing.ask_label(request_of(), AT), 5))
    picture = transport.send(Call("GET", file.url), 5)
    assert (picture.header("Content-Type"), picture.body[:8]) == (file.media_type, b"\x89PNG\r\n\x1a\n")
    assert transport.send(Call("GET", file.url + "0"), 5).status == 404
    courier.read_booking(transport.send(courier.ask_booking(request_of("YD-2"), AT), 5))
    with pytest.raises(Refused, match="NO_LABEL"):
        drawing.read_label(transport.send(drawing.ask_label(request_of("YD-2"), AT), 5))


@pytest.mark.parametrize(
    "changed",
    [
        {"kuaidicom": ""},
        {"kuaidicom": "nobody"},
        {"partnerId": ""},
        {"payType": "LATER"},
        {"printType": "PAPER"},
        {"tempId": ""},
        {"weight": "1"},
        {"count": 0},
        {"count": True},
        {"reorder": "false"},
        {"startGotTime": "2026-01-01"},
        {"recMan": None},
        {"recMan": {"name": "测试", "mobile": "130"}},
        {"recMan": {"name": "测试", "printAddr": "示例省示例市"}},
        {"recMan": {"name": "", "mobile": "13000000001", "printAddr": "示例省示例市"}},
        {"sendMan": {"name": "测试", "tel": "x", "printAddr": "示例省示例市"}},
        {"sendMan": {"name": "测试", "tel": "0731-80000000"}},
        {"orderId": 1},
    ],
)
def test_an_order_must_keep_the_rules(sandbox: Sandbox, world: World, changed: dict[str, object]) -> None:
    sample = json.loads((SAMPLES / "label_order_param.json").read_text("utf-8"))
    said = answered(label(sandbox.root, "order", sample | changed))
    assert (said["success"], said["data"]) == (False, None)
    assert world.state()["orders"] == []


def test_a_label_call_must_be_signed_with_our_key(sandbox: Sandbox) -> None:
    for changed, code in (
        ({"sign": "0" * 32}, 503),
        ({"key": "other"}, 601),
        ({"t": "1"}, 400),
        ({"method": "backOrder"}, 400),
        ({"param": "["}, 503),
    ):
        assert answered(label(sandbox.root, "order", {}, **changed))["code"] == code


def test_an_order_is_cancelled_until_it_is_picked_up(courier: Kuaidi100, world: World) -> None:
    def cancel(number: str, reference: str) -> None:
        courier.read_cancel(transport.send(courier.ask_cancel(number, reference, "不寄了", AT), 5))

    numbers = [
        courier.read_booking(transport.send(courier.ask_booking(request_of(f"YD-{n}"), AT), 5)).waybill_no
        for n in range(2)
    ]
    for _ in range(2):
        cancel(numbers[0], "YD-0")
    kept = world.parcel(numbers[0])
    assert kept is not None
    assert kept.cancelled
    with pytest.raises(Refused, match="换 orderId"):
        courier.read_booking(transport.send(courier.ask_booking(request_of("YD-0"), AT), 5))
    world.tell(numbers[1], Kind.ACCEPTED, START, "sender office")
    for number, reference in ((numbers[1], "YD-1"), (numbers[1], "other"), ("1199999999999", "YD-1")):
        with pytest.raises(Refused):
            cancel(number, reference)
    with pytest.raises(Refused):
        cancel(parcel(world, reference="EMS-1"), "EMS-1")


def test_a_carrier_without_cancelling_says_so(sandbox: Sandbox) -> None:
    param = {"partnerId": "x", "kuaidicom": "yuantong", "kuaidinum": "YT1", "orderId": "1", "reason": "x"}
    published = json.loads((SAMPLES / "label_error.json").read_text("utf-8"))
    assert answered(label(sandbox.root, "cancel", param)) | {"time": 12} == published
