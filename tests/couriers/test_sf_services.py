"""What SF can be asked beyond an order and its routes, in the words all couriers share; and its access tokens."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from couriers.adapters.sf import Sf
from couriers.adapters.sf_services import Token, read_token
from couriers.contract import (
    BookingRequest,
    Call,
    ChecksScope,
    FindsOrders,
    Garbled,
    NeedsToken,
    Operation,
    Quote,
    Quotes,
    Refused,
    Reply,
    Scope,
)
from tests.couriers.test_sf import AT, RECEIVER, SENDER, SETTINGS, SF, answered, loaded, reply, sent, sf_with


def bearer_of(courier: Sf) -> Sf:
    bearer, seconds = courier.with_token_from(reply("oauth2_response.json"))
    assert isinstance(bearer, Sf)
    assert seconds == 7199
    return bearer


def test_a_token_takes_the_place_of_the_digest() -> None:
    token = read_token(reply("oauth2_response.json"))
    assert token == Token("TESTACCESSTOKEN0123456789", 7199)
    bearer = bearer_of(SF)
    form = bearer.ask_tracking("SF7444400043266", AT).form
    assert form is not None
    assert form["accessToken"] == token.value
    assert "msgDigest" not in form
    assert token.value not in repr(bearer) + repr(token)


def test_an_account_of_tokens_asks_nothing_before_it_has_one() -> None:
    assert not SF.needs_token
    unready = sf_with(AUTH="oauth2")
    assert isinstance(unready, NeedsToken)
    assert unready.needs_token
    with pytest.raises(Refused) as caught:
        unready.ask_tracking("SF7444400043266", AT)
    assert unready.token_expired(caught.value)
    ready = bearer_of(unready)
    assert not ready.needs_token
    assert ready.ask_tracking("SF7444400043266", AT).form is not None


def test_only_a_refused_token_is_fetched_again() -> None:
    with pytest.raises(Refused) as caught:
        SF.read_tracking(answered(None, platform="A1011"))
    assert SF.token_expired(caught.value)
    assert not SF.token_expired(Refused("A1006", "数字签名无效"))


@pytest.mark.parametrize(
    ("changed", "url"),
    [
        ({}, "https://gateway.example/oauth2/accessToken"),
        ({"URL": "https://bspgw.sf-express.com/std/service"}, "https://sfapi.sf-express.com/oauth2/accessToken"),
        ({"URL": "http://127.0.0.1:8080/std/service"}, "http://127.0.0.1:8080/oauth2/accessToken"),
        ({"OAUTH_URL": "https://other.example/token"}, "https://other.example/token"),
    ],
)
def test_the_token_is_asked_for_beside_the_gateway(changed: dict[str, str], url: str) -> None:
    call = sf_with(**changed).ask_token()
    secret = SETTINGS["COURIER_SF_CHECKWORD"]
    assert (call.method, call.url) == ("POST", url)
    assert call.form == {"partnerID": "TESTPARTNER", "secret": secret, "grantType": "password"}


@pytest.mark.parametrize("body", [{"expiresIn": 7199}, {"accessToken": "x", "expiresIn": "soon"}, {"accessToken": "x"}])
def test_half_a_token_is_garbled(body: dict[str, object]) -> None:
    with pytest.raises(Garbled):
        SF.with_token_from(Reply(200, {}, json.dumps({"apiResultCode": "A1000", **body}).encode()))


def test_further_child_numbers_come_after_their_parent() -> None:
    asked = sent(SF.ask_sub_waybills("TEST-1", 2, AT), "EXP_RECE_GET_SUB_MAILNO")
    assert asked == {"orderId": "TEST-1", "parcelQty": 2}
    rows = [{"waybillType": 2, "waybillNo": "SF0000000000002"}, {"waybillType": 1, "waybillNo": "SF0000000000001"}]
    assert SF.read_sub_waybills(answered({"waybillNoInfoList": rows})) == ("SF0000000000001", "SF0000000000002")
    with pytest.raises(Garbled):
        SF.read_sub_waybills(answered({"waybillNoInfoList": []}))


def test_an_address_is_filtered_before_it_is_sealed() -> None:
    asked = sent(SF.ask_scope(RECEIVER, AT), "EXP_RECE_FILTER_ORDER_BSP")
    assert asked["contactInfos"][0]["county"] == "白云区"
    assert asked["filterType"] == 1
    assert asked["orderId"] == sent(SF.ask_scope(RECEIVER, AT), "EXP_RECE_FILTER_ORDER_BSP")["orderId"]
    assert asked["orderId"] != sent(SF.ask_scope(SENDER, AT), "EXP_RECE_FILTER_ORDER_BSP")["orderId"]


@pytest.mark.parametrize(
    ("content", "scope"),
    [
        ({"filterResult": 2, "originCode": "755", "destCode": "020", "remark": ""}, Scope(True)),
        ({"filterResult": "3", "remark": "1"}, Scope(False, "收方超出服务范围")),
        ({"filterResult": 3, "remark": "疫情停运"}, Scope(False, "疫情停运")),
        ({"filterResult": 1}, Scope(None, "须由顺丰人工确认")),
        ({"filterResult": 4}, Scope(None, "顺丰无法判断")),
    ],
)
def test_what_the_filter_cannot_tell_is_no_verdict(content: dict[str, object], scope: Scope) -> None:
    assert SF.read_scope(answered(content)) == scope


def test_a_products_promise_is_the_end_of_its_window() -> None:
    request = BookingRequest("", SENDER, RECEIVER, 500, 1, AT)
    asked = sent(SF.ask_quotes(request, AT), "EXP_RECE_QUERY_DELIVERTM")
    assert (asked["consignedTime"], asked["destAddress"]["district"]) == ("2026-01-01 09:00:00", "白云区")
    later = sent(SF.ask_quotes(replace(request, pickup_from=AT.replace(hour=6)), AT), "EXP_RECE_QUERY_DELIVERTM")
    assert later["consignedTime"] == "2026-01-01 14:00:00"
    row = {"businessType": "2", "businessTypeDesc": "顺丰标快", "fee": 18.5}
    rows = [{**row, "deliverTime": "2026-01-03 10:00:00,2026-01-03 12:00:00"}, {"fee": "NaN", "deliverTime": "明天"}]
    first, odd = SF.read_quotes(answered({"deliverTmDto": rows}))
    assert first == Quote("2", "顺丰标快", Decimal("18.5"), datetime(2026, 1, 3, 4, tzinfo=UTC))
    assert (odd.arrives_by, odd.yuan) == (None, None)
    assert SF.read_quotes(answered(rows)) == (first, odd)
    other = sf_with(DELIVERTM_LIST="rows")
    assert other.read_quotes(answered({"rows": rows})) == (first, odd)
    with pytest.raises(Garbled, match="COURIER_SF_DELIVERTM_LIST"):
        SF.read_quotes(answered({"rows": rows}))


def test_a_label_is_printed_and_fetched_with_its_own_token() -> None:
    asked = sent(SF.ask_print(["SF7444400043266"], "fm_150_standard", AT, "测试"), "COM_RECE_CLOUD_PRINT_WAYBILLS")
    assert asked == loaded("cloud_print_msgdata.json")
    (file,) = SF.read_print(reply("cloud_print_response.json"))
    assert (file.waybill_no, file.media_type, file.content) == ("SF7444400043266", "application/pdf", b"")
    assert "AUTH_tkTEST" not in repr(file)
    assert SF.ask_file(file) == Call("GET", "https://example.invalid/print/file.pdf", {"X-Auth-token": "AUTH_tkTEST"})
    with pytest.raises(Refused, match="not matched"):
        SF.read_print(reply("cloud_print_error.json"))
    with pytest.raises(Refused):
        SF.ask_print([], "fm_150_standard", AT)


def test_sf_has_every_service_that_it_is_used_for() -> None:
    assert isinstance(SF, FindsOrders)
    assert isinstance(SF, ChecksScope)
    assert isinstance(SF, Quotes)
    assert isinstance(SF, NeedsToken)
    assert {operation.value: service.native for operation, service in SF.services.items()} == {
        "order": "EXP_RECE_SEARCH_ORDER_RESP",
        "update": "EXP_RECE_UPDATE_ORDER",
        "label": "COM_RECE_CLOUD_PRINT_WAYBILLS",
        "scope": "EXP_RECE_FILTER_ORDER_BSP",
        "quote": "EXP_RECE_QUERY_DELIVERTM",
        "sub-waybills": "EXP_RECE_GET_SUB_MAILNO",
        "token": "oauth2/accessToken",
    }


ORDER_FILE = {"sender": asdict(SENDER), "receiver": asdict(RECEIVER), "weight_grams": 500}


@pytest.mark.parametrize(
    ("operation", "arguments", "named"),
    [
        (Operation.SCOPE, [{**asdict(SENDER), "street": "x"}], "street"),
        (Operation.SCOPE, [{"name": "测试"}], "phone"),
        (Operation.SCOPE, [{**asdict(SENDER), "city": 1}], "city"),
        (Operation.SCOPE, [["测试"]], "JSON 对象"),
        (Operation.QUOTE, [{"sender": asdict(SENDER)}], "receiver"),
        (Operation.QUOTE, [{**ORDER_FILE, "weight_grams": "heavy"}], "weight_grams"),
        (Operation.QUOTE, [{**ORDER_FILE, "weight_grams": True}], "weight_grams"),
        (Operation.QUOTE, [{**ORDER_FILE, "surprise": 1}], "surprise"),
        (Operation.QUOTE, [{**ORDER_FILE, "pickup_from": "明天"}], "pickup_from"),
        (Operation.QUOTE, [None], "JSON 对象"),
        (Operation.UPDATE, ["SF7444400043266", "TEST-1", {"surprise": 1}], "surprise"),
        (Operation.UPDATE, ["SF7444400043266", "TEST-1", {"weight_grams": 0}], "weight_grams"),
        (Operation.UPDATE, ["SF7444400043266", "TEST-1", {"pickup_until": 5}], "pickup_until"),
        (Operation.UPDATE, ["SF7444400043266", "TEST-1", "x"], "JSON 对象"),
        (Operation.SUB_WAYBILLS, ["TEST-1", "many"], "件数"),
        (Operation.SUB_WAYBILLS, ["TEST-1", "308"], "件数"),
        (Operation.SUB_WAYBILLS, ["", "2"], "订单号"),
        (Operation.ORDER, [" "], "订单号"),
        (Operation.LABEL, [""], "运单号"),
    ],
)
def test_what_a_person_wrote_wrongly_is_named(operation: Operation, arguments: list[Any], named: str) -> None:
    with pytest.raises(Refused, match=named):
        SF.services[operation].ask(arguments, AT)


def test_a_file_may_leave_out_what_a_quote_does_not_need() -> None:
    asked = sent(SF.services[Operation.QUOTE].ask([ORDER_FILE], AT), "EXP_RECE_QUERY_DELIVERTM")
    assert asked["weight"] == 0.5
    local = {**ORDER_FILE, "pickup_from": "2026-01-01T14:00:00"}
    asked = sent(SF.services[Operation.QUOTE].ask([local], AT), "EXP_RECE_QUERY_DELIVERTM")
    assert asked["consignedTime"] == "2026-01-01 14:00:00"


@pytest.mark.parametrize("code", ["6150", "8018", "8024"])
def test_an_order_that_sf_does_not_know_is_none(code: str) -> None:
    inner = {"success": False, "errorCode": code, "errorMsg": "无", "msgData": None}
    body = json.dumps({"apiResultCode": "A1000", "apiResultData": json.dumps(inner)}).encode()
    assert SF.read_order(Reply(200, {}, body)) is None
    with pytest.raises(Refused):
        SF.read_booking(Reply(200, {}, body))


def test_our_own_phones_open_what_the_receiver_paid() -> None:
    asked = sent(sf_with(PHONES="0000,0001").ask_tracking("SF7444400043266", AT), "EXP_RECE_SEARCH_ROUTES")
    assert asked["checkPhoneNo"] == "0000,0001"
