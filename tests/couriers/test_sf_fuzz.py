"""Whatever bytes arrive from SF, the readers return a value or raise one of the couriers' errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import CourierError, Milestone, Push, Reply, TrackingEvent
from tests.couriers.test_sf import FORM, JSON, SAMPLES, SF

READERS: list[Callable[[Reply], Any]] = [
    SF.read_tracking,
    SF.read_booking,
    SF.read_cancel,
    SF.read_update,
    SF.with_token_from,
    SF.read_order,
    SF.read_labels,
    SF.read_sub_waybills,
    SF.read_scope,
    SF.read_quotes,
    SF.read_print,
]
NAMES = sorted(path.name for path in SAMPLES.iterdir() if "response" in path.name or "request" in path.name)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
TIMES = st.sampled_from(["2026-01-03 16:20:05", "2099-12-31 23:59:59", "2026-02-30 00:00:00"])
FIELDS = ["acceptAddress", "remark", "mailno", "orderid", "reasonCode", "reasonName", "orderNo", "waybillNo", "netCode"]
ITEM = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, ODD),
        "acceptTime": TIMES | ODD,
        "lastTime": TIMES | ODD,
        "opCode": st.sampled_from(["80", "70", "33", "125"]) | ODD,
        "orderStateCode": st.sampled_from(["04-40001"]) | ODD,
    },
)
CODES = st.sampled_from(["S0000", "8016", "8253", None]) | ODD


def read(reader: Callable[[Any], Any], given_value: object) -> Any:
    try:
        return reader(given_value)
    except CourierError:
        return None


def storable(event: TrackingEvent) -> bool:
    texts = (event.waybill_no, event.code, event.detail_code, event.text, event.place, event.reference, event.org_code)
    return all("\x00" not in text and text.encode().decode() == text for text in (*texts, event.natural_key))


def read_everything(body: bytes, status: int = 200) -> None:
    for reader in READERS:
        read(reader, Reply(status, {}, body))
    for headers in (JSON, FORM):
        push = Push(headers, body)
        assert SF.trusts(push)
        assert not SF.trusts(Push({"Content-Type": headers["Content-Type"]}, body))
        for event in read(SF.read_push, push) or ():
            assert storable(event)
        assert SF.answer(push, False).status == 200
        assert SF.answer(Push({}, body), False).status == 401


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 404, 429, 500]))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    read_everything(body, status)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_damaged_sample_is_read_or_refused(name: str, data: st.DataObject) -> None:
    body = bytearray((SAMPLES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=4))
    read_everything(bytes(body))
    if name.endswith(".xml"):
        read_everything(urlencode({"content": bytes(body)}).encode())


@given(ODD, CODES, ODD | st.booleans(), ODD, st.booleans())
def test_any_json_in_the_envelopes_is_read_or_refused(
    content: object, code: object, success: object, words: object, as_text: bool
) -> None:
    inner: object = {"success": success, "errorCode": code, "errorMsg": words, "msgData": content, "obj": content}
    outer = {"apiResultCode": "A1000", "apiErrorMsg": words, "apiResultData": json.dumps(inner) if as_text else inner}
    for reader in READERS:
        read(reader, Reply(200, {}, json.dumps({**outer, "accessToken": words, "expiresIn": code}).encode()))


@given(st.dictionaries(st.sampled_from(["filterResult", "remark", "destCode"]), ODD), ODD, ODD)
def test_any_order_answer_is_read_or_refused(fields: dict[str, Any], numbers: object, labels: object) -> None:
    content = {**fields, "waybillNoInfoList": numbers, "routeLabelInfo": labels, "deliverTmDto": numbers}
    inner = {"success": True, "errorCode": "S0000", "msgData": content}
    for reader in READERS:
        read(reader, Reply(200, {}, json.dumps({"apiResultCode": "A1000", "apiResultData": inner}).encode()))


@given(st.lists(ITEM | ODD, min_size=1, max_size=6))
def test_no_item_is_lost_and_every_text_can_be_stored(items: list[Any]) -> None:
    inner = {"success": True, "errorCode": "S0000", "msgData": {"routeResps": [{"mailNo": "SF1", "routes": items}]}}
    answer = Reply(200, {}, json.dumps({"apiResultCode": "A1000", "apiResultData": inner}).encode())
    routes = Push(JSON, json.dumps({"Body": {"WaybillRoute": items}}).encode())
    states = Push(JSON, json.dumps({"orderState": items}).encode())
    for events in (read(SF.read_tracking, answer), read(SF.read_push, routes), read(SF.read_push, states)):
        if events is None:
            continue
        assert len(events) == len(items)
        assert all(storable(event) for event in events)
        assert [event.happened_at for event in events] == sorted(event.happened_at for event in events)
        assert all(event.code or event.milestone is Milestone.UNRECOGNISED for event in events)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"orderState":', "<a>", "content=%3Ca%3E", "&"])
def test_a_tower_is_garbled(opening: str) -> None:
    read_everything((opening * 100_000).encode())
    nested = {"apiResultCode": "A1000", "apiResultData": {"success": True, "errorCode": "S0000"}}
    nested["apiResultData"] = {"success": True, "errorCode": "S0000", "msgData": opening * 100_000}
    for reader in READERS:
        assert read(reader, Reply(200, {}, json.dumps(nested).encode())) is None or reader == SF.read_labels
