"""快递鸟: what an administrator sets decides where and how it is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from couriers import adapters
from couriers.adapters.kdniao_wire import address_of
from couriers.contract import (
    BadSettings,
    BookingRequest,
    Party,
    Refused,
)
from tests.couriers.test_kdniao import ADAPTER, AT, KEY, NUMBER, kdniao, reply


@pytest.mark.parametrize(("shipper", "postcode"), [("EMS", False), ("YZPY", False), ("SF", True)])
def test_the_post_wants_a_postcode_and_others_do_not(shipper: str, postcode: bool) -> None:
    party = Party("测试", "0100-8000000", "省", "市", "区", "路1号")
    request = BookingRequest("YD-1", party, party, 120, 1, AT)
    if postcode:
        assert kdniao(SHIPPER=shipper).ask_booking(request, AT)
        return
    with pytest.raises(Refused, match="邮政编码"):
        kdniao(SHIPPER=shipper).ask_booking(request, AT)


def test_a_sender_without_an_account_pays_at_once() -> None:
    party = Party("测试", "13000000000", "省", "市", "区", "路1号", "000000")
    request = BookingRequest("YD-1", party, party, 120, 1, AT)
    for settings, payer, wanted in [
        ({"CUSTOMER_NAME": "", "CUSTOMER_PWD": ""}, "sender", 1),
        ({"CUSTOMER_NAME": "", "MONTH_CODE": "M1"}, "sender", 3),
        ({}, "third_party", 4),
    ]:
        form = kdniao(**settings).ask_booking(replace(request, payer=payer), AT).form
        assert form is not None
        order = json.loads(form["RequestData"])
        assert (order["PayType"], order.get("MonthCode")) == (wanted, settings.get("MONTH_CODE"))
    for wrong in (replace(request, payer="nobody"), replace(request, reference=""), replace(request, weight_grams=0)):
        with pytest.raises(Refused):
            ADAPTER.ask_booking(wrong, AT)


def test_extended_states_are_asked_where_the_account_has_them() -> None:
    courier = kdniao(EXTENDED="1")
    asked = (courier.ask_tracking(NUMBER, AT).form, courier.ask_subscription(NUMBER, "", "", "", AT).form)
    assert [form and form["RequestType"] for form in asked] == ["8001", "8008"]


@pytest.mark.parametrize(
    ("number", "settings", "wanted"),
    [
        ("SF1234567890123", {"PHONE_TAIL": "0000"}, {"ShipperCode": "SF", "CustomerName": "0000"}),
        ("SF1234567890123", {}, {"ShipperCode": "SF"}),
        ("JD0012345678901", {"PHONE_TAIL": "0000"}, {"ShipperCode": "JD"}),
        (
            "JD0012345678901",
            {"PHONE_TAIL": "0000", "PHONE_TAIL_FOR": "SF, JD"},
            {"ShipperCode": "JD", "CustomerName": "0000"},
        ),
        ("123456789012", {}, {"ShipperCode": "EMS"}),
        ("123456789012", {"SHIPPER": "YZPY"}, {"ShipperCode": "YZPY"}),
        ("?", {}, {"ShipperCode": "EMS"}),
    ],
)
def test_a_query_names_the_carrier_and_what_it_wants(
    number: str, settings: dict[str, str], wanted: dict[str, str]
) -> None:
    form = kdniao(**settings).ask_tracking(number, AT).form
    assert form is not None
    assert json.loads(form["RequestData"]) == {**wanted, "LogisticCode": number}


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://api.kdniao.com", "http://api.kdniao.com/api/EOrderService"),
        ("http://api.kdniao.com/", "http://api.kdniao.com/api/EOrderService"),
        ("https://h.example/Ebusiness/EbusinessOrderHandle.aspx", "https://h.example/api/EOrderService"),
        ("http://127.0.0.1:8080/kdniaosandbox/gateway/exterfaceInvoke.json", None),
    ],
)
def test_each_request_type_has_its_path_except_where_one_takes_all(url: str, wanted: str | None) -> None:
    assert address_of(url, "1007") == (wanted or url)


def test_times_are_read_in_the_zone_that_is_set() -> None:
    here = ADAPTER.read_tracking(reply("8001_response"))
    there = kdniao(TIMEZONE="UTC").read_tracking(reply("8001_response"))
    assert [event.happened_at + timedelta(hours=8) for event in here] == [event.happened_at for event in there]
    assert ADAPTER.settings.zone == ZoneInfo("Asia/Shanghai")


def test_every_missing_setting_is_named_and_no_secret_is_printed() -> None:
    with pytest.raises(BadSettings) as caught:
        adapters.from_settings({"COURIER_KDNIAO_URL": "ftp://x", "COURIER_KDNIAO_EXTENDED": "yes"})
    for name in ("URL", "EBUSINESS_ID", "APP_KEY", "EXTENDED"):
        assert f"COURIER_KDNIAO_{name}" in str(caught.value)
    printed = repr(kdniao(PHONE_TAIL="4711"))
    assert not any(secret in printed for secret in (KEY, "TESTPASSWORD", "4711"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "http://[bad"),
        ("SHIPPER", "顺丰"),
        ("PHONE_TAIL", "12"),
        ("TIMEZONE", "Nowhere"),
        ("EXTENDED", "2"),
        ("SUBSCRIPTION_DAYS", "x"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"COURIER_KDNIAO_{name}"):
        kdniao(**{name: value})


def test_an_unset_setting_reads_recordings() -> None:
    assert adapters.make_reader("kdniao", {}).read_tracking(reply("8001_response"))
