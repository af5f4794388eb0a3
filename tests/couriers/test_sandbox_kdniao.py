"""快递鸟's desk over real HTTP: it refuses whatever the gateway would refuse, in the gateway's own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from couriers import adapters, transport
from couriers.adapters.kdniao import Kdniao
from couriers.adapters.kdniao_orders import order_of
from couriers.adapters.kdniao_wire import FORM, sign
from couriers.contract import (
    BookingRequest,
    Call,
    Party,
    Refused,
    TrackingEvent,
)
from couriers.sandbox.kdniao_rules import ALL_TYPES, BAD_KEY, is_time
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS as EMS
from tests.couriers.conftest import request_of

DATA = Path(__file__).parents[1] / "data"
OURS: dict[str, str] = json.loads((DATA / "couriers" / "kdniao" / "settings.json").read_text("utf-8"))
JDL: dict[str, str] = json.loads((DATA / "couriers" / "jdl" / "settings.json").read_text("utf-8"))
SAMPLES = DATA / "samples" / "kdniao"
KEY = OURS["COURIER_KDNIAO_APP_KEY"]
AT = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
START = datetime(2026, 9, 27, 2, 0, tzinfo=UTC)
DAY = 86400.0


def made(url: str, **changed: str) -> Kdniao:
    names = {f"COURIER_KDNIAO_{name}": value for name, value in changed.items()}
    courier = adapters.make("kdniao", {**OURS, "COURIER_KDNIAO_URL": url, **names})
    assert isinstance(courier, Kdniao)
    return courier


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kdniao]:
    """A desk of which nobody remembers anything, for what is refused."""
    world = World(tmp_path_factory.mktemp("strict") / "world.sqlite", first_number=11)
    with Sandbox(world, {**EMS, **OURS}) as running:
        yield made(running.root)
        assert world.state()["orders"] == []
    world.close()


def said(call: Call) -> dict[str, Any]:
    reply = transport.send(call, 5)
    assert reply.status == 200
    answer: dict[str, Any] = json.loads(reply.body)
    assert answer["EBusinessID"] == OURS["COURIER_KDNIAO_EBUSINESS_ID"]
    return answer


def with_form(call: Call, **changes: str | None) -> Call:
    assert call.form is not None
    return replace(call, form={name: value for name, value in {**call.form, **changes}.items() if value is not None})


def asked(courier: Kdniao, number: str = "1100000000011") -> Call:
    return courier.ask_tracking(number, AT)


def party(phone: str = "13000000001") -> Party:
    return Party("测试", phone, "湖南省", "长沙市", "芙蓉区", "样例街2号", "410000")


def request(reference: str = "YD-1") -> BookingRequest:
    return replace(request_of(reference), sender=party("13000000000"), receiver=party())


def booked(courier: Kdniao, reference: str = "YD-1") -> str:
    return courier.read_booking(transport.send(courier.ask_booking(request(reference), AT), 5)).waybill_no


def track(courier: Kdniao, number: str) -> tuple[TrackingEvent, ...]:
    return courier.read_tracking(transport.send(courier.ask_tracking(number, AT), 5))


# who asks, and how


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EBusinessID", "test0000002", BAD_KEY),
        ("DataSign", "ZWQyZTE1NGEyNzAxYWMxN2I3NDAzMWYwMjA2ZjAxZTE=", BAD_KEY),
        ("RequestData", '{"ShipperCode":"EMS"}', BAD_KEY),
        ("DataType", "1", "非法参数[DataType应为2]"),
        ("RequestType", "1008", "非法参数[RequestType与接口地址不符]"),
        ("RequestType", "9999", "非法参数[RequestType与接口地址不符]"),
        *((name, None, f"非法参数[{name}不能为空]") for name in ("RequestData", "EBusinessID", "DataSign", "DataType")),
    ],
)
def test_a_wrong_or_missing_form_field_is_refused(strict: Kdniao, name: str, value: str | None, words: str) -> None:
    answer = said(with_form(asked(strict), **{name: value}))
    assert (answer["Success"], answer["Reason"]) == (False, words)
    with pytest.raises(Refused, match="非法参数"):
        strict.read_tracking(transport.send(with_form(asked(strict), **{name: value}), 5))


def test_another_key_or_a_signature_over_raw_bytes_is_refused(strict: Kdniao) -> None:
    stranger = replace(strict, settings=replace(strict.settings, app_key="TestAppKey-0002-0000"))
    assert said(asked(stranger)) == json.loads((SAMPLES / "error_bad_key.json").read_text("utf-8"))
    form = asked(strict).form or {}
    upper = sign(form["RequestData"], KEY).swapcase()
    assert said(with_form(asked(strict), DataSign=upper))["Reason"] == BAD_KEY


def test_request_data_that_was_encoded_twice_is_refused(strict: Kdniao) -> None:
    form = asked(strict).form or {}
    twice = with_form(asked(strict), RequestData=quote(form["RequestData"]), DataSign=quote(form["DataSign"]))
    assert said(twice)["Reason"] == BAD_KEY
    resigned = with_form(twice, DataSign=sign(quote(form["RequestData"]), KEY))
    assert said(resigned)["Reason"] == "非法参数[RequestData不是JSON]"


def test_the_published_bytes_on_the_wire_are_taken(strict: Kdniao) -> None:
    form = json.loads((SAMPLES / "1002_request_form.json").read_text("utf-8"))
    call = asked(strict)
    answer = said(Call("POST", call.url, {"Content-Type": FORM}, body=urlencode(form).encode()))
    assert answer == json.loads((SAMPLES / "1002_no_trace.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded; charset=GBK"]
)
def test_another_content_type_or_method_is_refused(strict: Kdniao, content_type: str) -> None:
    call = replace(asked(strict), headers={"Content-Type": content_type})
    assert said(call)["Success"] is False
    assert said(replace(asked(strict), method="GET"))["Success"] is False


def test_a_field_twice_and_what_is_no_form_are_refused(strict: Kdniao) -> None:
    call = asked(strict)
    wire = urlencode(call.form or {})
    for body in (f"{wire}&RequestType=1002", "no form", "RequestData=%ff", wire.replace("&", ";;")):
        answer = said(Call("POST", call.url, {"Content-Type": FORM}, body=body.encode()))
        assert (answer["Success"], answer["Reason"][:5]) == (False, "非法参数[")


@pytest.mark.parametrize("content", [[], "x", 7, None])
def test_request_data_must_be_an_object(strict: Kdniao, content: object) -> None:
    assert said(strict.call("1002", content))["Success"] is False


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"LogisticCode": "1"}, "ShipperCode不能为空"),
        ({"ShipperCode": "EMS"}, "LogisticCode不能为空"),
        ({"ShipperCode": "EMS", "LogisticCode": 11}, "LogisticCode应为字符串"),
        ({"ShipperCode": "ems", "LogisticCode": "1"}, "ShipperCode不存在"),
        ({"ShipperCode": "EMS", "LogisticCode": "1", "Sort": 2}, "Sort只能为0或1"),
        ({"ShipperCode": "SF", "LogisticCode": "SF1234567890123"}, "CustomerName"),
        ({"ShipperCode": "SF", "LogisticCode": "SF1234567890123", "CustomerName": "471"}, "CustomerName"),
    ],
)
@pytest.mark.parametrize("request_type", ["1002", "8001", "1008", "8008"])
def test_a_query_or_subscription_that_lacks_something_is_refused(
    strict: Kdniao, content: dict[str, Any], words: str, request_type: str
) -> None:
    answer = said(strict.call(request_type, content))
    assert (answer["Success"], words in answer["Reason"], "ResultCode" in answer) == (False, True, False)


def test_a_subscription_is_answered_in_the_published_shape(strict: Kdniao) -> None:
    content = json.loads((SAMPLES / "1008_subscribe_request_data.json").read_text("utf-8"))
    answer = said(strict.call("1008", content))
    published = json.loads((SAMPLES / "1008_subscribe_response.json").read_text("utf-8"))
    assert {**answer, "UpdateTime": ""} == {**published, "UpdateTime": ""}
    assert is_time(answer["UpdateTime"])


def test_one_address_for_all_types_is_served_too(strict: Kdniao) -> None:
    one = made(strict.settings.url + ALL_TYPES)
    assert track(one, "1100000000011") == ()
    with pytest.raises(Refused):
        one.read_cancel(transport.send(one.ask_cancel("1100000000011", "YD-1", "", AT), 5))


# orders


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *(({name: None}, "101") for name in ("OrderCode", "ShipperCode", "PayType", "ExpType", "Quantity")),
        *(({name: None}, "101") for name in ("Sender", "Receiver")),
        ({"PayType": 5}, "102"),
        ({"PayType": "x"}, "102"),
        ({"PayType": [1]}, "103"),
        ({"ShipperCode": "XX"}, "102"),
        ({"Quantity": 0}, "103"),
        ({"Quantity": True}, "103"),
        ({"Weight": "heavy"}, "103"),
        ({"IsNotice": 2}, "102"),
        ({"StartDate": "2026-02-30 09:00:00"}, "103"),
        ({"EndDate": "2026-01-01T09:00:00"}, "103"),
        ({"Commodity": [{"GoodsCode": "1"}]}, "101"),
        ({"Commodity": "文件"}, "103"),
        ({"ShipperCode": "ZTO"}, "105"),
    ],
)
def test_an_order_is_refused_with_the_code_of_its_mistake(strict: Kdniao, change: dict[str, Any], code: str) -> None:
    order = {
        name: value for name, value in {**order_of(request(), strict.settings), **change}.items() if value is not None
    }
    answer = said(strict.call("1007", order))
    assert (answer["Success"], answer["ResultCode"]) == (False, code)
    with pytest.raises(Refused) as caught:
        strict.read_booking(transport.send(strict.call("1007", order), 5))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *(({name: ""}, "101") for name in ("Name", "ProvinceName", "CityName", "ExpAreaName", "Address", "PostCode")),
        ({"Mobile": ""}, "101"),
        ({"Mobile": "12345"}, "103"),
        ({"Mobile": "", "Tel": "电话"}, "103"),
    ],
)
@pytest.mark.parametrize("role", ["Sender", "Receiver"])
def test_a_party_is_checked(strict: Kdniao, role: str, change: dict[str, str], code: str) -> None:
    order = order_of(request(), strict.settings)
    assert said(strict.call("1007", {**order, role: {**order[role], **change}}))["ResultCode"] == code


def test_an_order_whose_signature_is_wrong_has_a_result_code(strict: Kdniao) -> None:
    call = strict.ask_booking(request(), AT)
    assert said(with_form(call, DataSign="x"))["ResultCode"] == "104"
