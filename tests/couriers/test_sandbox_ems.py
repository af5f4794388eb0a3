"""The EMS sandbox over real HTTP: it refuses whatever the gateway would refuse, and keeps its promises."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from couriers import transport
from couriers.adapters.ems import FORM, Ems
from couriers.adapters.ems_orders import order_of
from couriers.adapters.ems_wire import compact, seal
from couriers.contract import Booking, Call, Operation, Refused, Reply
from couriers.plain import plain
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS, Hook, ems_at, request_of, wait_for

AT = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
KEY = SETTINGS["COURIER_EMS_SIGN_KEY"]


def ret_code(reply: Reply) -> str:
    assert reply.status == 200
    return str(json.loads(reply.body)["retCode"])


def with_form(call: Call, **changes: str | None) -> Call:
    assert call.form is not None
    form = {name: value for name, value in {**call.form, **changes}.items() if value is not None}
    return replace(call, form=form)


def order(ems: Ems) -> dict[str, Any]:
    return copy.deepcopy(order_of(request_of(), ems.settings))


def sent(ems: Ems, body: object) -> str:
    return ret_code(transport.send(ems.ask_booking_as(body, AT), 5))


def test_a_customer_with_another_key_is_refused(sandbox: Sandbox) -> None:
    stranger = ems_at(sandbox.url)
    stranger = replace(stranger, settings=replace(stranger.settings, sign_key="TvaBgrhE46sft3nZlfe7xw=="))
    assert ret_code(transport.send(stranger.ask_tracking("1100000000011", AT), 5)) == "S00001"
    with pytest.raises(Refused):
        stranger.read_booking(transport.send(stranger.ask_booking(request_of(), AT), 5))
    assert sandbox.world.state()["orders"] == []


def test_a_body_without_the_keys_text_at_its_end_is_refused(ems: Ems) -> None:
    body = seal(compact([order(ems)]), KEY, suffix=False)
    assert ret_code(transport.send(with_form(ems.ask_booking(request_of(), AT), logitcsInterface=body), 5)) == "S00001"


@pytest.mark.parametrize("name", ["apiCode", "senderNo", "authorization", "timeStamp", "logitcsInterface"])
def test_a_missing_form_field_is_refused(ems: Ems, name: str) -> None:
    assert ret_code(transport.send(with_form(ems.ask_booking(request_of(), AT), **{name: None}), 5)) == "A0004"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("senderNo", "1100000000001", "A0002"),
        ("authorization", "TESTAUTHCODE0002", "A0001"),
        ("timeStamp", "2026-09-28T09:00:00", "A0004"),
        ("timeStamp", "2026-02-30 09:00:00", "A0004"),
        ("msgType", "1", "A0004"),
        ("apiCode", "999999", "A0005"),
        ("logitcsInterface", "plain", "S00001"),
    ],
)
def test_a_wrong_form_field_is_refused(ems: Ems, name: str, value: str, code: str) -> None:
    assert ret_code(transport.send(with_form(ems.ask_booking(request_of(), AT), **{name: value}), 5)) == code


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", FORM.replace("UTF-8", "GBK")])
def test_a_wrong_content_type_is_refused(ems: Ems, content_type: str) -> None:
    call = replace(ems.ask_booking(request_of(), AT), headers={"Content-Type": content_type})
    assert ret_code(transport.send(call, 5)) == "A0003"


def test_only_post_is_answered(ems: Ems, sandbox: Sandbox) -> None:
    assert ret_code(transport.send(replace(ems.ask_tracking("1", AT), method="GET"), 5)) == "A0003"
    assert transport.send(Call("POST", sandbox.root + "/elsewhere"), 5).status == 404


@pytest.mark.parametrize(
    "name", ["createdTime", "ecommerceUserId", "logisticsOrderNo", "contentsAttribute", "bizProductNo"]
)
def test_an_order_without_a_required_field_is_refused(ems: Ems, name: str) -> None:
    lacking = order(ems)
    del lacking[name]
    assert sent(ems, [lacking]) == "B0001"


@pytest.mark.parametrize(
    "change",
    [
        {"weight": 120},
        {"weight": "heavy"},
        {"bizProductNo": "7"},
        {"paymentMode": "9"},
        {"createdTime": "2026-09-28"},
        {"senderNo": "1100000000001"},
        {"ecommerceUserId": "x" * 50},
        {"sender": "测试寄件人"},
    ],
    ids=str,
)
def test_an_order_with_a_wrong_value_is_refused(ems: Ems, change: dict[str, Any]) -> None:
    assert sent(ems, [{**order(ems), **change}]) == "B0001"


@pytest.mark.parametrize("role", ["sender", "receiver"])
@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"prov": " "},
        {"address": ""},
        {"phone": "", "mobile": ""},
        {"mobile": "23000000000"},
        {"phone": "not a number"},
        {"city": 1},
    ],
    ids=str,
)
def test_a_party_that_cannot_be_reached_is_refused(ems: Ems, role: str, change: dict[str, Any]) -> None:
    wrong = order(ems)
    wrong[role] |= change
    assert sent(ems, [wrong]) == "B0001"


def test_an_order_that_is_not_an_array_of_one_is_refused(ems: Ems) -> None:
    assert ret_code(transport.send(ems.call("020003", order(ems), AT), 5)) == "B0001"
    assert sent(ems, [order(ems), order(ems)]) == "B0001"
    assert sent(ems, []) == "B0001"


def test_the_published_order_is_taken_and_its_number_has_thirteen_digits(ems: Ems, shared_ems: Path) -> None:
    form = json.loads((shared_ems / "020003_order_request_form.json").read_text("utf-8"))
    reply = transport.send(Call("POST", ems.settings.url, {"Content-Type": FORM}, form=form), 5)
    booking = ems.read_booking(reply)
    assert booking.waybill_no == "1100000000011"
    assert booking.route_code
    assert booking.destination_name == "示例二市"


def test_the_published_cancellation_scope_and_query_are_answered(ems: Ems, shared_ems: Path) -> None:
    order_plain = json.loads((shared_ems / "020003_order_request_plain.json").read_text("utf-8"))
    ems.read_booking(transport.send(ems.ask_booking_as(order_plain, AT), 5))
    for api_code, name in (("020006", "020006_cancel_request_plain"), ("030005", "030005_pickup_scope_request_plain")):
        body = json.loads((shared_ems / f"{name}.json").read_text("utf-8"))
        assert ret_code(transport.send(ems.call(api_code, body, AT), 5)) == "00000"
        for field in body:
            lacking = {other: value for other, value in body.items() if other != field}
            assert ret_code(transport.send(ems.call(api_code, lacking, AT), 5)) == "B0001"


def test_one_reference_gets_one_number_however_often_it_is_asked(ems: Ems) -> None:
    first = ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5))
    assert ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5)) == first
    other = ems.read_booking(transport.send(ems.ask_booking(request_of("YD-2026-000002"), AT), 5))
    assert other.waybill_no != first.waybill_no


@pytest.mark.parametrize("manner", ["words", "body", True])
def test_a_refused_duplicate_that_names_the_number_reads_as_the_first_success(
    ems: Ems, world: World, manner: object
) -> None:
    first = ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5))
    world.set_fault("refuse_duplicates", manner)
    assert ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5)).waybill_no == first.waybill_no


def test_a_refused_duplicate_without_a_number_needs_a_person(ems: Ems, world: World) -> None:
    ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5))
    world.set_fault("refuse_duplicates", "bare")
    with pytest.raises(Refused, match="重复"):
        ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5))


def test_an_order_can_be_cancelled_until_it_is_picked_up(ems: Ems, world: World) -> None:
    first, second = (
        ems.read_booking(transport.send(ems.ask_booking(request_of(name), AT), 5)).waybill_no for name in ("A", "B")
    )
    cancel = ems.ask_cancel(first, "A", "不寄了", AT)
    ems.read_cancel(transport.send(cancel, 5))
    ems.read_cancel(transport.send(cancel, 5))
    with pytest.raises(Refused, match="已撤单"):
        ems.read_booking(transport.send(ems.ask_booking(request_of("A"), AT), 5))
    world.tell(second, "203", AT, "sender office")
    with pytest.raises(Refused, match="已收寄"):
        ems.read_cancel(transport.send(ems.ask_cancel(second, "B", "不寄了", AT), 5))
    world.tell(second, "207", AT, "sender office")
    ems.read_cancel(transport.send(ems.ask_cancel(second, "B", "不寄了", AT), 5))
    with pytest.raises(Refused, match="不存在"):
        ems.read_cancel(transport.send(ems.ask_cancel(first, "B", "不寄了", AT), 5))


def test_an_unknown_number_has_no_events_yet(ems: Ems) -> None:
    assert ems.read_tracking(transport.send(ems.ask_tracking("1199999999999", AT), 5)) == ()


def test_a_customer_that_ems_does_not_know_is_refused_and_not_taken_for_a_parcel_without_events(ems: Ems) -> None:
    stranger = replace(ems, settings=replace(ems.settings, sender_no="1100000000001"))
    with pytest.raises(Refused, match="协议客户号不存在"):
        stranger.read_tracking(transport.send(stranger.ask_tracking("1199999999999", AT), 5))


def test_many_at_once_never_share_a_number_and_one_reference_never_gets_two(ems: Ems) -> None:
    def book(count: int) -> tuple[str, str]:
        reference = f"YD-{count % 10}"
        return reference, ems.read_booking(transport.send(ems.ask_booking(request_of(reference), AT), 20)).waybill_no

    with ThreadPoolExecutor(8) as pool:
        booked = set(pool.map(book, range(40)))
    assert len(booked) == len({number for _, number in booked}) == 10


def test_the_body_may_come_as_an_object(ems: Ems, world: World) -> None:
    world.set_fault("object_body")
    waybill_no = ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5)).waybill_no
    world.tell(waybill_no, "203", AT, "sender office")
    assert [event.code for event in ems.read_tracking(transport.send(ems.ask_tracking(waybill_no, AT), 5))] == ["203"]


def test_control_takes_only_json_from_loopback_and_says_what_it_did_not_understand(sandbox: Sandbox) -> None:
    control = sandbox.root + "/_control"
    assert requests.get(control, timeout=5).json()["orders"] == []
    assert requests.post(control, json={"faults": {"slow": 0.01}}, timeout=5).json()["faults"] == {"slow": 0.01}
    assert requests.post(control, json={"faults": {"slow": None}, "advance": 60}, timeout=5).json()["faults"] == {}
    assert requests.post(control, data='{"advance": 1}', timeout=5).status_code == 415
    wrong: list[Any] = [{"explode": 1}, {"faults": {"nope": 1}}, {"tell": {}}, ["advance"], {"advance": "soon"}]
    for wish in wrong:
        assert requests.post(control, json=wish, timeout=5).status_code == 422


def test_control_tells_and_plays(sandbox: Sandbox, ems: Ems, hook: Hook) -> None:
    waybill_no = ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5)).waybill_no
    told = {"waybill_no": waybill_no, "code": "203", "op_time": "2026-09-28T10:00:00+08:00", "place": "sender office"}
    control = sandbox.root + "/_control"
    assert requests.post(control, json={"tell": told}, timeout=5).status_code == 200
    play = {"waybill_no": waybill_no, "journey": "lost", "start": "2026-09-28T11:00:00+08:00", "seconds": 86400}
    assert requests.post(control, json={"play": play}, timeout=5).status_code == 200
    wait_for(lambda: len(hook.events) == 6)
    wait_for(lambda: requests.get(control, timeout=5).json()["pushes_owed"] == 0)
    assert requests.post(control, json={"tell": {**told, "op_time": "2026-09-28"}}, timeout=5).status_code == 422


def test_the_state_survives_being_closed_and_opened(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    world = World(path)
    with Sandbox(world, SETTINGS) as running:
        ems = ems_at(running.url)
        first = ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5))
        world.set_fault("slow", 0.01)
    world.close()
    again = World(path)
    with Sandbox(again, SETTINGS) as running:
        ems = ems_at(running.url)
        assert ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5)) == first
        assert again.fault("slow") == 0.01
    again.close()


def answered(ems: Ems, api_code: str, body: object) -> Any:
    reply = transport.send(ems.call(api_code, body, AT), 5)
    said = json.loads(reply.body)
    assert said["retCode"] == "00000", said
    return json.loads(said["retBody"]) if said["retBody"][:1] in ("{", "[") else said["retBody"]


def booked(ems: Ems, reference: str = "YD-2026-000001", waybill_no: str = "") -> Booking:
    request = replace(request_of(reference), waybill_no=waybill_no)
    return ems.read_booking(transport.send(ems.ask_booking(request, AT), 5))


def test_a_number_from_the_pool_is_taken_once_and_for_one_order(ems: Ems) -> None:
    assert booked(ems, "A", "1199000000001").waybill_no == "1199000000001"
    assert booked(ems, "A", "1199000000001").waybill_no == "1199000000001"
    with pytest.raises(Refused, match="已被其他订单使用"):
        booked(ems, "B", "1199000000001")
    assert booked(ems, "A", "1199000000002").waybill_no == "1199000000001", "the order's first number stands"
    assert sent(ems, [{**order(ems), "waybillNo": "12"}]) == "B0001"


@pytest.mark.parametrize(("template", "size"), [("129", b"215 366"), ("149", b"215 422"), ("179", b"283 510")])
def test_a_label_comes_as_a_pdf_of_its_size_or_as_an_address_that_leads_to_it(
    ems: Ems, template: str, size: bytes
) -> None:
    number = booked(ems).waybill_no
    by_text = ems.read_label(transport.send(ems.call("010004", {"waybillNo": number, "type": template}, AT), 5))
    assert by_text.content.startswith(b"%PDF-1.4")
    assert number.encode() in by_text.content
    assert b"[0 0 " + size + b"]" in by_text.content
    asked = {"waybillNo": number, "type": template, "getURL": "1"}
    by_address = ems.read_label(transport.send(ems.call("010004", asked, AT), 5))
    fetched = transport.send(Call("GET", by_address.url), 5)
    assert (fetched.body, fetched.header("Content-Type")) == (by_text.content, "application/pdf")
    assert transport.send(Call("GET", by_address.url.replace(number, "1100000000099")), 5).status == 404


def test_a_label_of_nobodys_parcel_or_of_no_size_is_refused(ems: Ems) -> None:
    number = booked(ems).waybill_no
    for body, code in (
        ({"waybillNo": "1199999999999", "type": "129"}, "B0003"),
        ({"waybillNo": number, "type": "100"}, "B0001"),
        ({"waybillNo": number}, "B0001"),
    ):
        assert ret_code(transport.send(ems.call("010004", body, AT), 5)) == code


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 0),
        ({"prov": "台湾省"}, 1),
        ({"address": "范围外的路1号"}, 1),
        ({"type": "9"}, 2),
        ({"bizProductNo": ""}, 3),
        ({"bizProductNo": "77"}, 4),
        ({"address": "无结果路1号"}, 8),
        ({"address": "路"}, 9),
        ({"address": "无频次路1号"}, 10),
    ],
    ids=str,
)
def test_the_pick_up_scope_has_its_statuses(ems: Ems, shared_ems: Path, change: dict[str, str], status: int) -> None:
    body = json.loads((shared_ems / "030005_pickup_scope_request_plain.json").read_text("utf-8"))
    assert answered(ems, "030005", {**body, **change}) == {"status": status}


def test_postage_is_known_once_the_parcel_was_taken_in(ems: Ems, world: World) -> None:
    number = booked(ems).waybill_no
    asked = {"logisticsOrderNo": "YD-2026-000001", "waybillNo": number}
    assert ret_code(transport.send(ems.call("050001", asked, AT), 5)) == "B0007"
    world.tell(number, "accepted", AT, "sender office")
    assert answered(ems, "050001", asked) == {"postageTotal": "20.00", "realWeight": "120"}


def test_a_quote_grows_with_the_weight_and_the_way(ems: Ems) -> None:
    near, far = {"prov": "湖北省", "city": "咸宁市"}, {"prov": "湖南省", "city": "长沙市"}
    asked = {"productCode": "115104300000691", "senderInfo": near}
    fees = [
        float(answered(ems, "050005", {**asked, "weight": weight, "receiveInfo": there})["totalFee"])
        for weight, there in (("500", near), ("501", near), ("500", far), ("1001", far))
    ]
    assert fees == [12, 14, 20, 32]
    assert ret_code(transport.send(ems.call("050005", {**asked, "weight": "0", "receiveInfo": far}, AT), 5)) == "B0001"
    assert ret_code(transport.send(ems.call("050005", {**asked, "weight": "5"}, AT), 5)) == "B0001"


def test_whole_addresses_are_taken_apart(ems: Ems, shared_ems: Path) -> None:
    published = json.loads((shared_ems / "060001_address_parse_request_plain.json").read_text("utf-8"))
    [parts] = answered(ems, "060001", published)
    assert [parts[name] for name in ("prov", "city", "county", "address")] == [
        "示例省",
        "示例市",
        "示例区",
        "示例路1号",
    ]
    whole = [{"wholeAddress": text} for text in ("北京市东城区东长安街1号", "湖北省咸宁市咸安区示例路1号", "某处")]
    capital, province, nothing = answered(ems, "060001", whole)
    assert (capital["city"], capital["county"], capital["proCode"]) == ("北京市", "东城区", "110000")
    assert (province["county"], province["proCode"]) == ("咸安区", "420000")
    assert (nothing["prov"], nothing["address"]) == ("", "某处")
    assert ret_code(transport.send(ems.call("060001", [{}], AT), 5)) == "B0001"


def test_everything_that_the_adapter_can_ask_is_answered(ems: Ems, world: World) -> None:
    number = booked(ems).waybill_no
    world.tell(number, "accepted", AT, "sender office")
    party = plain(request_of().sender)
    request = plain(request_of())
    told: dict[Operation, list[Any]] = {
        Operation.LABEL: [number, "129", "0", "0"],
        Operation.SCOPE: [party],
        Operation.QUOTE: [request],
        Operation.POSTAGE: [number, "YD-2026-000001"],
        Operation.PARSE_ADDRESS: ["湖北省咸宁市咸安区示例路1号"],
    }
    assert set(told) == set(ems.services)
    for operation, service in ems.services.items():
        assert service.read(transport.send(service.ask(told[operation], AT), 5)) is not None
