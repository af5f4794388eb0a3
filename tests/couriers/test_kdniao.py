"""快递鸟: its vectors to the letter, every recorded payload, what is forged, and whatever bytes arrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters
from couriers.adapters.kdniao import Carrier, Kdniao
from couriers.adapters.kdniao_events import meanings
from couriers.adapters.kdniao_wire import address_of, sign
from couriers.contract import (
    BadSettings,
    BookingRequest,
    CourierError,
    Garbled,
    Milestone,
    Operation,
    Party,
    Push,
    Refused,
    Reply,
    TrackingEvent,
)

SAMPLES = Path(__file__).parents[1] / "data" / "samples" / "kdniao"
SETTINGS: dict[str, str] = json.loads((SAMPLES.parents[1] / "couriers" / "kdniao" / "settings.json").read_text("utf-8"))
KEY, CUSTOMER = SETTINGS["COURIER_KDNIAO_APP_KEY"], SETTINGS["COURIER_KDNIAO_EBUSINESS_ID"]
FORM = "application/x-www-form-urlencoded"
AT = datetime(2026, 1, 1, 1, tzinfo=UTC)
NUMBER = "1100000000011"


def kdniao(**changed: str) -> Kdniao:
    courier = adapters.make("kdniao", {**SETTINGS, **{f"COURIER_KDNIAO_{name}": v for name, v in changed.items()}})
    assert isinstance(courier, Kdniao)
    return courier


ADAPTER = kdniao()
READERS: list[Callable[[Reply], Any]] = [
    ADAPTER.read_tracking,
    ADAPTER.read_booking,
    ADAPTER.read_cancel,
    ADAPTER.read_subscription,
    ADAPTER.read_recognition,
]
ANSWERS = sorted(
    path.stem for path in SAMPLES.glob("*.json") if "request" not in path.stem and path.stem not in ("vectors",)
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
STEP = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("AcceptStation", "Location", "Remark"), ODD),
        "AcceptTime": st.sampled_from(["2026-01-03 16:20:05", "2026-01-03 16:20:06", "2026-02-30 00:00:00"]) | ODD,
        "Action": st.sampled_from(["1", "202", "211", "301", "9"]) | ODD,
    },
)
PARCEL = st.fixed_dictionaries(
    {"Success": st.booleans() | ODD},
    optional={
        **dict.fromkeys(("LogisticCode", "ShipperCode", "OrderCode", "CallBack", "Reason"), ODD),
        "State": st.sampled_from(["0", "2", "3"]) | ODD,
        "StateEx": st.sampled_from(["0", "3", "412"]) | ODD,
        "Traces": st.lists(STEP | ODD, max_size=4) | ODD,
    },
)


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def reply(name: str) -> Reply:
    return Reply(200, {}, (SAMPLES / f"{name}.json").read_bytes())


def pushed(request_data: str, **changed: str) -> Push:
    form = {"RequestData": request_data, "DataSign": sign(request_data, KEY), "EBusinessID": CUSTOMER, **changed}
    return Push({"Content-Type": FORM}, urlencode(form, errors="surrogatepass").encode())


def read(reader: Callable[[Any], Any], given_value: object) -> Any:
    try:
        return reader(given_value)
    except CourierError:
        return None


def storable(event: TrackingEvent) -> bool:
    texts = (event.waybill_no, event.code, event.text, event.place, event.reference, event.org_code)
    return all("\x00" not in text and text.encode().decode() == text for text in (*texts, event.natural_key))


def test_the_published_vectors_are_reproduced_to_the_letter() -> None:
    for vector in sample("vectors"):
        made = sign(vector["RequestData"], vector["AppKey"])
        assert made == vector["DataSign"]
        assert urlencode({"DataSign": made}) == f"DataSign={vector['DataSign_urlencoded']}"


def test_the_published_query_is_the_published_form() -> None:
    call = ADAPTER.ask_tracking(NUMBER, AT)
    assert call.form == sample("1002_request_form")
    assert call.form is not None
    wire = urlencode(call.form)
    assert "RequestData=%7B%22ShipperCode%22%3A%22EMS%22%2C%22LogisticCode%22%3A%221100000000011%22%7D" in wire


def test_the_published_order_is_sent_as_it_is() -> None:
    order = sample("1007_order_request_data")
    call = ADAPTER.ask_booking_as(order, AT)
    assert call.form is not None
    assert json.loads(call.form["RequestData"]) == order


def test_our_order_says_all_that_the_published_one_says() -> None:
    order = sample("1007_order_request_data")
    sender = Party("测试寄件人", "13000000000", "示例省", "示例市", "示例区", "示例路1号", "000000")
    receiver = Party("测试收件人", "13000000001", "示例二省", "示例二市", "示例二区", "样例街2号", "000000")
    request = BookingRequest(order["OrderCode"], sender, receiver, 120, 1, AT)
    form = ADAPTER.ask_booking(request, AT).form
    assert form is not None
    assert json.loads(form["RequestData"]) == {**order, "Weight": 0.12, "IsNotice": 1}


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


def test_the_published_subscription_is_asked_and_read() -> None:
    call = ADAPTER.ask_subscription(NUMBER, AT, reference="TEST-20260101-0001", echo="TEST-0001")
    assert call.url == "https://gateway.example/api/dist"
    assert call.form is not None
    assert call.form["RequestType"] == "1008"
    assert json.loads(call.form["RequestData"]) == sample("1008_subscribe_request_data")
    ADAPTER.read_subscription(reply("1008_subscribe_response"))
    with pytest.raises(Refused, match="非法参数"):
        ADAPTER.read_subscription(reply("error_bad_key"))


def test_a_number_is_recognised() -> None:
    form = ADAPTER.ask_recognition(NUMBER, AT).form
    assert form is not None
    assert (form["RequestType"], json.loads(form["RequestData"])) == ("2002", {"LogisticCode": NUMBER})
    assert ADAPTER.read_recognition(reply("2002_recognise_response")) == (Carrier("EMS", "EMS"),)
    answer = {**sample("2002_recognise_response"), "Shippers": [7, {"ShipperName": "?"}, {"ShipperCode": "SF"}]}
    assert ADAPTER.read_recognition(Reply(200, {}, json.dumps(answer).encode())) == (Carrier("SF", ""),)
    answer["Shippers"] = None
    assert ADAPTER.read_recognition(Reply(200, {}, json.dumps(answer).encode())) == ()
    answer["Shippers"] = "EMS"
    with pytest.raises(Garbled):
        ADAPTER.read_recognition(Reply(200, {}, json.dumps(answer).encode()))


def test_extended_states_are_asked_where_the_account_has_them() -> None:
    courier = kdniao(EXTENDED="1")
    asked = (courier.ask_tracking(NUMBER, AT).form, courier.ask_subscription(NUMBER, AT).form)
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


@pytest.mark.parametrize("name", ANSWERS)
def test_every_recorded_answer_is_read_by_its_reader(name: str) -> None:
    if name == "push_answer":
        return
    readers = {"1002": 0, "8001": 0, "1007": 1, "1008": 3, "2002": 4, "error": 0}
    reader = READERS[readers[name.split("_")[0]]]
    if name in ("1007_duplicate", "error_bad_key"):
        with pytest.raises(Refused):
            reader(reply(name))
    else:
        reader(reply(name))


def test_the_published_push_is_believed_read_and_answered_as_published() -> None:
    form = sample("push_request_form")
    assert form.pop("_appkey_used") == KEY
    assert json.loads(form["RequestData"]) == sample("push_request_data")
    push = Push({"Content-Type": f"{FORM};charset=utf-8"}, urlencode(form).encode())
    assert ADAPTER.trusts(push)
    assert [event.milestone for event in ADAPTER.read_push(push)] == [Milestone.PICKED_UP, Milestone.DELIVERED]
    answer = json.loads(ADAPTER.answer(push, True).body)
    assert answer == {**sample("push_answer"), "UpdateTime": "2026-01-03 16:25:00"}
    held_up = ADAPTER.answer(push, False)
    assert (held_up.status, json.loads(held_up.body)["Success"]) == (200, False)


def test_a_push_and_the_query_of_the_same_steps_have_the_same_keys() -> None:
    form = sample("push_request_form")
    push = Push({"Content-Type": FORM}, urlencode({name: form[name] for name in form if name[0] != "_"}).encode())
    by_push = {event.natural_key for event in ADAPTER.read_push(push)}
    assert by_push <= {event.natural_key for event in ADAPTER.read_tracking(reply("8001_response"))}


def test_a_state_that_changes_while_no_step_is_added_is_not_lost() -> None:
    answer = sample("1002_response")
    keys = set()
    for state in ("2", "3"):
        events = ADAPTER.read_tracking(Reply(200, {}, json.dumps({**answer, "State": state}).encode()))
        keys.add(events[-1].natural_key)
    assert len(keys) == 2


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_a_push_that_was_touched_is_not_believed(place: int, instead: bytes) -> None:
    good = pushed(json.dumps(sample("push_request_data"), ensure_ascii=False))
    place %= len(good.body)
    body = good.body[:place] + instead + good.body[place + len(instead) :]
    forged = Push(good.headers, body)
    if {name: v for name, v in parse_qs(body.decode("utf-8", "replace")).items() if name != "RequestType"} == parse_qs(
        good.body.decode()
    ):
        return  # it says the same: %2b for %2B
    assert not ADAPTER.trusts(forged)
    assert ADAPTER.answer(forged, False).status == 401
    assert read(ADAPTER.read_push, forged) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_other_key_signs_for_ours(key: str) -> None:
    data = json.dumps(sample("push_request_data"))
    assert ADAPTER.trusts(pushed(data, DataSign=sign(data, key))) is (key == KEY)


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 404, 429, 500]))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    for reader in READERS:
        read(reader, Reply(status, {"Retry-After": "5"}, body))
    for kind in ("application/json", FORM):
        push = Push({"Content-Type": kind}, body)
        assert ADAPTER.trusts(push) is False
        assert ADAPTER.answer(push, False).status == 401
        assert read(ADAPTER.read_push, push) is None


@given(st.sampled_from(ANSWERS), st.data())
def test_a_damaged_sample_is_read_or_refused(name: str, data: st.DataObject) -> None:
    body = bytearray((SAMPLES / f"{name}.json").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=4))
    for reader in READERS:
        read(reader, Reply(200, {}, bytes(body)))


@given(PARCEL, st.sampled_from(["100", "105", "106", "405", 100]) | ODD, ODD)
def test_any_json_in_the_envelope_is_read_or_refused(parcel: dict[str, Any], code: object, order: object) -> None:
    envelope = json.dumps({**parcel, "ResultCode": code, "Order": order, "Shippers": order}).encode()
    for reader in READERS:
        read(reader, Reply(200, {}, envelope))


@given(st.lists(STEP | ODD, min_size=1, max_size=6), st.sampled_from(["0", "2", "412"]))
def test_no_step_is_lost_and_every_text_can_be_stored(steps: list[Any], state: str) -> None:
    answer = {"Success": True, "LogisticCode": NUMBER, "State": "2", "StateEx": state, "Traces": steps}
    events = read(ADAPTER.read_tracking, Reply(200, {}, json.dumps(answer).encode()))
    if events is None:
        return
    assert len(events) - len(steps) in (0, 1)  # the state may say more than the newest step
    assert all(storable(event) for event in events)
    assert [event.happened_at for event in events] == sorted(event.happened_at for event in events)
    assert all(event.code or event.milestone in (Milestone.INFO, Milestone.UNRECOGNISED) for event in events)


@given(st.lists(PARCEL | ODD, max_size=4), ODD | st.just("2026-01-03 16:25:00"))
def test_any_signed_content_of_a_push_is_believed_and_read_or_kept(parcels: list[Any], at: object) -> None:
    push = pushed(json.dumps({"PushTime": at, "Data": parcels}))
    assert ADAPTER.trusts(push)
    assert ADAPTER.answer(push, True).status == 200
    for event in read(ADAPTER.read_push, push) or ():
        assert storable(event)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_tower_of_brackets_is_garbled(opening: str) -> None:
    for reader in READERS:
        with pytest.raises(Garbled):
            reader(Reply(200, {}, (opening * 100_000).encode()))
    push = pushed(opening * 100_000)
    assert ADAPTER.trusts(push)
    with pytest.raises(Garbled):
        ADAPTER.read_push(push)
    assert json.loads(ADAPTER.answer(push, True).body)["Success"]


def test_waiting_for_collection_is_not_delivered_and_what_moved_nothing_moves_nothing() -> None:
    table = {code: meaning.milestone for code, meaning in meanings().items()}
    assert table["211"] is Milestone.AVAILABLE
    assert {code for code, milestone in table.items() if milestone is Milestone.DELIVERED} == {
        "3",
        "301",
        "302",
        "304",
        "311",
    }
    assert table["401"] is table["403"] is Milestone.INFO
    assert (table["406"], table["407"]) == (Milestone.RETURNED, Milestone.RETURNING)
    assert all(meaning.name for meaning in meanings().values())


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
    [("URL", "http://[bad"), ("SHIPPER", "顺丰"), ("PHONE_TAIL", "12"), ("TIMEZONE", "Nowhere"), ("EXTENDED", "2")],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"COURIER_KDNIAO_{name}"):
        kdniao(**{name: value})


def test_an_aggregator_is_no_postal_enterprise() -> None:
    assert not ADAPTER.postal_enterprise
    assert ADAPTER.offers == frozenset(Operation)
    assert ADAPTER.name_zh == "快递鸟"


def test_an_unset_setting_reads_recordings() -> None:
    assert adapters.make_reader("kdniao", {}).read_tracking(reply("8001_response"))
