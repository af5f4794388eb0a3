"""京东物流 JDL: its published signatures, its code tables, its recorded payloads, and whatever else may arrive."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.adapters import jdl_wire
from couriers.adapters.jdl import OPTIONAL, READING, SETTINGS, Jdl, make
from couriers.adapters.jdl_events import meaning_of, meanings
from couriers.contract import (
    BadSettings,
    Courier,
    CourierError,
    Garbled,
    Milestone,
    Operation,
    Push,
    Reason,
    Refused,
    Reply,
    TrackingEvent,
)
from tests.couriers.conftest import request_of

DATA = Path(__file__).parents[1] / "data"
SAMPLES = DATA / "samples" / "jdl"
ENV: dict[str, str] = json.loads((DATA / "couriers" / "jdl" / "settings.json").read_text("utf-8"))
AT = datetime.fromisoformat("2026-01-01T09:00:00+08:00")
WAYBILL = "JDVA00000000001"
LOP, JOS = json.loads((SAMPLES / "vectors.json").read_text("utf-8"))
SAMPLE = (SAMPLES / "jdl_trace_query_response.json").read_bytes()


def jdl(**changes: str) -> Jdl:
    return make({**ENV, **{f"COURIER_JDL_{name}": value for name, value in changes.items()}})


def asked(courier: Jdl) -> dict[str, str]:
    """The query of the tracking request, decoded."""
    parts = urlsplit(courier.ask_tracking(WAYBILL, AT).url)
    return {name: value for name, (value,) in parse_qs(parts.query, strict_parsing=True).items()}


def test_the_signed_content_is_reproduced_to_the_letter() -> None:
    content = jdl_wire.lop_content(LOP["method"], LOP["param_json"], LOP["timestamp"], jdl().settings)
    assert content == LOP["content"]


@pytest.mark.parametrize("algorithm", ["HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512"])
def test_every_keyed_signature_is_reproduced_to_the_letter(algorithm: str) -> None:
    assert jdl_wire.lop_sign(LOP["content"], jdl(ALGORITHM=algorithm).settings) == LOP[algorithm]
    query = asked(jdl(ALGORITHM=algorithm))
    assert (query["algorithm"], query["sign"]) == (algorithm, LOP[algorithm])


def test_the_salted_signature_is_reproduced_in_both_cases_of_its_digits() -> None:
    assert asked(jdl(MD5_CASE="lower"))["sign"] == LOP["md5-salt"]
    assert asked(jdl())["sign"] == LOP["md5-salt"].upper()


def test_a_waybill_is_asked_after_in_jdls_own_words() -> None:
    call = jdl().ask_tracking(WAYBILL, AT)
    assert (call.method, call.form) == ("POST", None)
    assert call.url.startswith("https://gateway.example/ecap/v1/orders/trace/query?")
    assert dict(call.headers) == {"Content-Type": "application/json;charset=UTF-8", "lop-tz": "8"}
    assert (call.body or b"").decode() == LOP["param_json"]
    assert json.loads(call.body or b"") == json.loads((SAMPLES / "jdl_trace_query_request_body.json").read_bytes())
    assert asked(jdl()) == {
        "LOP-DN": "ECAP",
        "access_token": LOP["access_token"],
        "app_key": LOP["app_key"],
        "timestamp": LOP["timestamp"],
        "v": "2.0",
        "algorithm": "md5-salt",
        "sign": LOP["md5-salt"].upper(),
    }


def test_an_order_is_asked_after_by_its_own_number() -> None:
    body = jdl(ORDER_ORIGIN="2").ask_tracking_of_order("ESL0001", AT).body
    assert json.loads(body or b"") == [{"orderCode": "ESL0001", "orderOrigin": 2, "customerCode": "010K000000"}]


def test_chinese_and_signs_in_a_number_survive_the_address_and_the_signature() -> None:
    courier = make({**ENV, "COURIER_JDL_ACCESS_TOKEN": "a+b/c=&𠮷"})
    call = courier.ask_tracking("𠮷&=?#", AT)
    query = parse_qs(urlsplit(call.url).query)
    assert query["access_token"] == ["a+b/c=&𠮷"]
    content = jdl_wire.lop_content(LOP["method"], (call.body or b"").decode(), LOP["timestamp"], courier.settings)
    assert query["sign"] == [jdl_wire.lop_sign(content, courier.settings)]


def test_the_old_gateways_signature_is_reproduced_to_the_letter() -> None:
    call = jdl(JOS_URL="https://old.example/routerjson").ask_old_trace(WAYBILL, AT)
    form = dict(call.form or {})
    assert form.pop("sign") == JOS["sign"]
    secret = ENV["COURIER_JDL_APP_SECRET"]
    assert secret + "".join(name + form[name] for name in sorted(form)) + secret == JOS["content"]
    assert call.url == "https://old.example/routerjson"


def test_the_header_of_the_zone_can_be_left_out() -> None:
    assert "lop-tz" not in jdl(LOP_TZ="none").ask_tracking(WAYBILL, AT).headers


def test_the_tables_hold_every_published_code_once() -> None:
    kinds = [kind for kind, _ in meanings()]
    assert (kinds.count("category"), kinds.count("state")) == (12, 63)
    table = Path(jdl_wire.__file__).with_name("jdl_codes.csv").read_text("utf-8")
    assert len(re.findall(r"^(?:state|category),", table, re.M)) == len(meanings())
    assert "CC BY 4.0" in table
    assert all(meaning.name and meaning.milestone is not Milestone.UNRECOGNISED for meaning in meanings().values())


def test_no_published_code_of_a_station_or_of_an_envelope_not_yet_taken_says_too_much() -> None:
    assert {meaning_of(code).milestone for code in ("200051", "200057")} == {Milestone.AVAILABLE}
    not_taken = ("200052", "200062", "200064", "200067", "200010", "200065")
    quiet = {Milestone.ORDER_CREATED, Milestone.INFO, Milestone.CANCELLED}
    assert {meaning_of(code).milestone for code in not_taken} <= quiet
    assert meaning_of("10035").reason is meaning_of("", "530").reason is Reason.REFUSED


@given(st.text(max_size=8), st.text(max_size=4))
def test_only_codes_in_no_table_are_unrecognised(state: str, category: str) -> None:
    decides = ("state", state) if state else ("category", category)
    assert (meaning_of(state, category).milestone is Milestone.UNRECOGNISED) is (decides not in meanings())


@pytest.mark.parametrize("category", sorted(code for kind, code in meanings() if kind == "category"))
def test_an_unknown_node_is_not_guessed_from_the_order_status_beside_it(category: str) -> None:
    assert meaning_of("999999", category).milestone is Milestone.UNRECOGNISED
    answer = json.loads(SAMPLE)
    answer["data"]["traceDetails"] = [{**answer["data"]["traceDetails"][0], "state": 999999, "category": int(category)}]
    (event,) = jdl().read_tracking(Reply(200, {}, json.dumps(answer).encode()))
    assert (event.milestone, event.code, event.detail_code) == (Milestone.UNRECOGNISED, "999999", category)
    assert event.text == "配送员完成揽收"


def test_the_recorded_answer_reads_without_settings_of_anybody() -> None:
    events = make(READING).read_tracking(Reply(200, {}, SAMPLE))
    assert [event.milestone for event in events] == [Milestone.PICKED_UP, Milestone.DELIVERED]
    assert all(event.waybill_no == WAYBILL and "测试员" not in event.text for event in events)


def test_two_scans_of_one_second_at_one_node_are_two_and_a_repeat_is_one() -> None:
    answer = json.loads(SAMPLE)
    item = answer["data"]["traceDetails"][0]
    other = {**item, "operationRemark": "另一件事"}
    answer["data"]["traceDetails"] = [item, other, other]
    events = jdl().read_tracking(Reply(200, {}, json.dumps(answer).encode()))
    assert len(events) == 3
    assert len({event.natural_key for event in events}) == 2


def test_an_item_without_a_number_has_the_answers_own() -> None:
    answer = json.loads(SAMPLE)
    for item in answer["data"]["traceDetails"]:
        del item["waybillCode"]
    events = jdl().read_tracking(Reply(200, {}, json.dumps(answer).encode()))
    assert {event.waybill_no for event in events} == {WAYBILL}


def test_what_jdl_does_not_offer_is_said_and_no_push_is_believed() -> None:
    courier: Courier = jdl()
    assert courier.offers == {Operation.TRACK}
    assert not courier.postal_enterprise
    empty = Reply(200, {}, b"{}")
    refused: list[Callable[[], Any]] = [
        lambda: courier.ask_booking(request_of(), AT),
        lambda: courier.read_booking(empty),
        lambda: courier.ask_cancel(WAYBILL, "YD-1", "", AT),
        lambda: courier.read_cancel(empty),
    ]
    for attempt in refused:
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "UNSUPPORTED"
    push = Push({"Content-Type": "application/json"}, SAMPLE)
    assert courier.trusts(push) is False
    assert courier.answer(push, False).status == 401
    with pytest.raises(Garbled):
        courier.read_push(push)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "ftp://gateway.example"),
        ("URL", "http://[bad"),
        ("URL", "https://gateway.example/?a=1"),
        ("JOS_URL", "nowhere"),
        ("ALGORITHM", "md5"),
        ("MD5_CASE", "title"),
        ("ORDER_ORIGIN", "3"),
        ("TIMEZONE", "Nowhere"),
        ("LOP_TZ", "东八区"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"COURIER_JDL_{name}"):
        jdl(**{name: value})


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        make({"COURIER_JDL_TIMEZONE": "Nowhere"})
    assert all(name in str(caught.value) for name in (*SETTINGS, "COURIER_JDL_TIMEZONE"))
    assert set(OPTIONAL).isdisjoint(SETTINGS)


def test_secrets_stay_out_of_what_is_printed() -> None:
    printed = repr(jdl())
    assert ENV["COURIER_JDL_APP_SECRET"] not in printed
    assert ENV["COURIER_JDL_ACCESS_TOKEN"] not in printed


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("waybillCode", "operationTime", "operationTitle", "operationRemark", "state", "category", "categoryName")
ITEM = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, ODD),
        "operationTime": st.sampled_from(["2026-01-03 16:20:05", "2099-12-31 23:59:59", "2026-02-30 00:00:00"]) | ODD,
        "state": st.sampled_from(["10034", 200051, "999999"]) | ODD,
    },
)


def read(body: bytes, status: int = 200) -> tuple[TrackingEvent, ...] | None:
    try:
        return jdl().read_tracking(Reply(status, {}, body))
    except CourierError:
        return None


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 404, 429, 500]))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    read(body, status)
    assert jdl().trusts(Push({"Content-Type": "application/json"}, body)) is False


@given(st.data())
def test_a_damaged_sample_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=4))
    read(bytes(body))


@given(ODD, st.sampled_from([0, "0", 1, 4000, None]), ODD, ODD)
def test_any_json_in_the_envelope_is_read_or_refused(data: object, code: object, words: object, flag: object) -> None:
    read(json.dumps({"code": code, "msg": words, "data": data, "success": flag}).encode())
    read(json.dumps(data).encode())


@given(st.lists(ITEM | ODD, min_size=1, max_size=6))
def test_no_item_is_lost_and_every_text_can_be_stored(items: list[Any]) -> None:
    answer = {"code": 0, "success": True, "data": {"traceDetails": items}}
    events = read(json.dumps(answer).encode())
    if events is None:
        return
    assert len(events) == len(items)
    assert [event.happened_at for event in events] == sorted(event.happened_at for event in events)
    for event in events:
        texts = [value for value in asdict(event).values() if isinstance(value, str)]
        assert all("\x00" not in text and text.encode().decode() == text for text in (*texts, event.natural_key))
        assert event.code or event.milestone is Milestone.UNRECOGNISED


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_tower_of_brackets_is_garbled(opening: str) -> None:
    assert read((opening * 100_000).encode()) is None
