"""快递100 to the letter: its vectors, its tables, its queries and orders."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters, contract
from couriers.adapters import kuaidi100_wire as wire
from couriers.adapters.kuaidi100_events import carrier_of, carriers, meaning_of, meanings
from couriers.contract import (
    Milestone,
    Push,
    Refused,
    Reply,
)
from tests.couriers.conftest import request_of
from tests.couriers.kuaidi100_samples import (
    ADAPTER,
    AT,
    SAMPLES,
    SETTINGS,
    answered,
    courier,
    form_of,
    loaded,
    vector,
)


def test_every_vector_is_met() -> None:
    query, push, label, cloud, sms = (vector(what) for what in ("query", "callback", "label/order", "cloud", "sms"))
    assert wire.sign_query(query["param"], query["key"], query["customer"]) == query["sign"]
    assert wire.sign_push(push["param"], push["salt"]) == push["sign"]
    assert wire.sign_label(label["param"], label["t"], label["key"], label["secret"]) == label["sign"]
    assert wire.sign_cloud(cloud["key"], cloud["secret"]) == cloud["sign"]
    assert wire.sign_sms(sms["key"], sms["userid"]) == sms["sign"]
    assert len(loaded("vectors")) == 5


def test_a_query_is_asked_in_the_published_words() -> None:
    call = ADAPTER.ask_tracking("1100000000011", AT)
    assert form_of(call) == loaded("query_request_form")
    assert call.url == "https://poll.kuaidi100.com/poll/query.do"


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1100000000011", "ems"),
        ("EA123456785CN", "ems"),
        ("RA123456785CN", "youzhengguoji"),
        ("SF1234567890123", "shunfeng"),
        ("YT9693083639795", "yuantong"),
        ("JT1234567890123", "jtexpress"),
        ("nobody's", ""),
    ],
)
def test_a_number_is_asked_for_at_the_carrier_its_form_speaks_for(number: str, carrier: str) -> None:
    assert carrier_of(number) == carrier
    fallback = courier(CARRIER="yunda")
    assert json.loads(form_of(fallback.ask_tracking(number, AT))["param"])["com"] == (carrier or "yunda")


def test_the_carrier_may_be_written_before_the_number_and_only_some_see_our_phone() -> None:
    param = json.loads(form_of(ADAPTER.ask_tracking("shunfeng:123456789012", AT))["param"])
    assert param == {"com": "shunfeng", "num": "123456789012", "phone": "0001", "resultv2": "4"}
    assert "phone" not in json.loads(form_of(ADAPTER.ask_tracking("yunda:3950055201640", AT))["param"])
    widened = courier(PHONE_CARRIERS="yunda, shunfeng")
    assert json.loads(form_of(widened.ask_tracking("yunda:3950055201640", AT))["param"])["phone"] == "0001"
    more = json.loads(form_of(ADAPTER.ask_query("ems", "1100000000011", order="asc", **{"from": "省-市-区"}))["param"])
    assert (more["order"], more["from"]) == ("asc", "省-市-区")


@pytest.mark.parametrize("number", ["", "ems:", "EMS:1", "e/m:1", "1" * 33])
def test_a_number_that_cannot_be_asked_for_is_refused_before_it_is_sent(number: str) -> None:
    with pytest.raises(Refused, match="FIELD"):
        ADAPTER.ask_tracking(number, AT)


@pytest.mark.parametrize(
    ("url", "query", "label", "recognition"),
    [
        (
            "https://poll.kuaidi100.com/poll/query.do",
            "https://poll.kuaidi100.com/poll/query.do",
            "https://api.kuaidi100.com/label/order",
            "https://www.kuaidi100.com/autonumber/auto",
        ),
        (
            "http://127.0.0.1:8080/",
            "http://127.0.0.1:8080/poll/query.do",
            "http://127.0.0.1:8080/label/order",
            "http://127.0.0.1:8080/autonumber/auto",
        ),
    ],
)
def test_one_address_leads_to_every_interface(url: str, query: str, label: str, recognition: str) -> None:
    made = courier(URL=url)
    assert made.ask_tracking("1100000000011", AT).url == query
    assert made.ask_cancel("1100000000011", "YD-1", "x", AT).url == label
    assert made.ask_recognition("1").url.split("?")[0] == recognition
    assert courier(URL=url, LABEL_URL="https://own.example").ask_cancel("1", "2", "x", AT).url.startswith("https://own")


def test_query_and_push_of_one_scan_are_one_event() -> None:
    asked = ADAPTER.read_tracking(answered("query_response"))
    form = loaded("callback_form")
    body = urlencode({"param": form["param"], "sign": form["sign"]}).encode()
    pushed = ADAPTER.read_push(Push({}, body))
    assert [event.natural_key for event in asked] == [event.natural_key for event in pushed]
    assert json.loads(form["param"]) == loaded("callback_param")
    assert len({event.natural_key for event in asked}) == 4


def test_a_list_in_ascending_order_keeps_its_order() -> None:
    times = ["2026-01-03 12:00:00", "2026-01-03 12:00:00", "2026-01-03 13:00:00"]
    rows = [{"time": time, "context": str(place), "statusCode": "0"} for place, time in enumerate(times)]
    for data in (rows, rows[::-1]):
        answer = {"status": "200", "nu": "1", "com": "ems", "data": data}
        events = ADAPTER.read_tracking(Reply(200, {}, json.dumps(answer).encode()))
        assert [event.text for event in events] == ["0", "1", "2"]


def test_another_zone_moves_the_instants() -> None:
    moved = courier(TIMEZONE="UTC").read_tracking(answered("query_response_basic"))
    usual = ADAPTER.read_tracking(answered("query_response_basic"))
    assert moved[-1].happened_at - usual[-1].happened_at == timedelta(hours=8)


def test_an_order_in_the_couriers_own_words_is_sent_as_it_is() -> None:
    order = loaded("label_order_param")
    for given_order in (order, [order]):
        form = form_of(ADAPTER.ask_booking_as(given_order, AT))
        assert json.loads(form["param"]) == order
        assert form["sign"] == wire.sign_label(form["param"], "1767229200000", "TestKey00001", "testsecret0001")


def test_an_answered_order_has_its_label() -> None:
    label = ADAPTER.read_particulars(answered("label_order_response"))
    assert (label.link, label.carrier_order_no) == ("https://example.invalid/label/short", "TEST-20260101-0001")
    assert label.child_waybills == ()
    more = json.dumps(
        {"success": True, "code": 200, "data": {"kuaidinum": "1100000000011", "childNum": "1,2"}}
    ).encode()
    assert ADAPTER.read_particulars(Reply(200, {}, more)).child_waybills == ("1", "2")


def test_an_order_is_asked_in_the_same_words_however_late_and_says_how_long_it_is_known() -> None:
    request = request_of()
    late = request.created_at + timedelta(days=30)
    first, again = (form_of(ADAPTER.ask_booking(request, at))["param"] for at in (request.created_at, late))
    assert first == again
    assert json.loads(first)["reorder"] is False
    assert ADAPTER.remembers_orders_for == timedelta(hours=48)


def test_a_label_is_drawn_where_a_template_is_named() -> None:
    drawn = json.loads(form_of(courier(TEMPLATE="TESTTEMPLATE").ask_label(request_of(), AT))["param"])
    assert (drawn["printType"], drawn["tempId"]) == ("IMAGE", "TESTTEMPLATE")
    assert json.loads(form_of(ADAPTER.ask_booking(request_of(), AT))["param"])["printType"] == "NON"


@pytest.mark.parametrize(
    "given_file", [[], "x", {}, {"sender": {}, "receiver": {}}, {"reference": 1, "sender": [], "receiver": None}]
)
def test_a_file_that_is_no_order_is_refused_with_what_to_do(given_file: object) -> None:
    with pytest.raises(Refused, match="--help"):
        ADAPTER.services[contract.Operation.LABEL].ask([given_file], AT)


def test_without_an_account_no_empty_account_is_sent() -> None:
    bare = courier(PARTNER_ID="", PARTNER_KEY="")
    param = json.loads(form_of(bare.ask_booking(request_of(), request_of().created_at))["param"])
    assert not [name for name in param if name.startswith("partner")]


def test_secrets_stay_out_of_what_is_printed() -> None:
    printed = repr(courier(PARTNER_SECRET="hidden0001"))
    for name in ("KEY", "CUSTOMER", "SECRET", "SALT", "PARTNER_KEY"):
        assert f"'{SETTINGS[f'COURIER_KUAIDI100_{name}']}'" not in printed
    assert "hidden0001" not in printed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "ftp://x.example"),
        ("URL", "http://[bad"),
        ("LABEL_URL", "label"),
        ("SALT", "x" * 33),
        ("CARRIER", "EMS"),
        ("RESULTV2", "5"),
        ("SUBSCRIPTION_DAYS", "0"),
        ("SUBSCRIPTION_DAYS", "x"),
        ("TIMEZONE", "Nowhere"),
        ("KEY", " "),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(contract.BadSettings, match=f"COURIER_KUAIDI100_{name}"):
        courier(**{name: value})


def published(table: str) -> list[list[str]]:
    """The rows that were published, kept apart from the table the adapter carries."""
    rows: list[list[str]] = json.loads((SAMPLES / "published_tables.json").read_text("utf-8"))[table]
    return rows


def test_every_published_state_is_in_the_table_and_no_other() -> None:
    rows = published("states")
    for code, name, *_ in rows:
        assert meaning_of(code).name == name or code == "14"
    advanced = {code for row in rows for code in re.findall(r"\b(?:[1-5]0[0-9]|210|100[1-3]|1[0-4])\b", row[3])}
    assert set(meanings()) == {row[0] for row in rows} | advanced
    assert len(meanings()) == 36
    assert {code for code in meanings() if meaning_of(code).milestone is Milestone.DELIVERED} == {
        "3",
        *("301", "302", "303", "304"),
    }
    assert meaning_of("501").milestone is Milestone.AVAILABLE


def test_every_published_carrier_is_in_the_table() -> None:
    rows = published("carriers")
    assert [code for code, _ in rows] == list(carriers())


def test_the_tables_have_one_row_for_each_code() -> None:
    for name in ("kuaidi100_codes.csv", "kuaidi100_carriers.csv"):
        text = (Path(adapters.__file__).parent / name).read_text("utf-8")
        codes = [row["code"] for row in csv.DictReader(line for line in text.splitlines() if line[:1] != "#")]
        assert len(codes) == len(set(codes))


@given(st.text(max_size=6))
def test_a_code_in_no_table_is_unrecognised(code: str) -> None:
    if code not in meanings():
        assert meaning_of(code).milestone is Milestone.UNRECOGNISED
