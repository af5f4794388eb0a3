"""Whatever bytes arrive, the readers return a value or raise one of the couriers' errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from couriers.adapters import ems_legacy
from couriers.adapters.ems import Ems
from couriers.adapters.ems_wire import compact, seal
from couriers.contract import CourierError, Milestone, Push, Reply, TrackingEvent
from tests.couriers.conftest import SETTINGS, ems_at

KEY = SETTINGS["COURIER_EMS_SIGN_KEY"]
ADAPTER: Ems = ems_at("https://gateway.example/x")
ZONE = ZoneInfo("Asia/Shanghai")
READERS: list[Callable[[Reply], Any]] = [ADAPTER.read_tracking, ADAPTER.read_booking, ADAPTER.read_cancel]
SAMPLES = ["040001_track_response", "040001_track_empty", "020003_order_response", "020006_cancel_response"]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["opTime", "opCode", "opName", "opDesc", "opOrgCode", "opOrgName", "waybillNo", "orderNo", "deliverCode"]
ITEM = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, ODD),
        "opTime": st.sampled_from(["2026-01-03 16:20:05", "2099-12-31 23:59:59", "2026-02-30 00:00:00"]) | ODD,
        "opCode": st.sampled_from(["704", "705", "203", "743"]) | ODD,
    },
)


def read(reader: Callable[[Any], Any], given_value: object) -> Any:
    try:
        return reader(given_value)
    except CourierError:
        return None


def storable(event: TrackingEvent) -> bool:
    texts = (event.waybill_no, event.code, event.detail_code, event.text, event.place, event.reference, event.org_code)
    return all("\x00" not in text and text.encode().decode() == text for text in (*texts, event.natural_key))


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 404, 429, 500]))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    for reader in READERS:
        read(reader, Reply(status, {}, body))
    push = Push({"Content-Type": "application/json"}, body)
    assert ADAPTER.trusts(push) is False
    assert ADAPTER.answer(push, False).status == 401
    read(ADAPTER.read_push, push)
    read(lambda raw: ems_legacy.read_traces(raw, "1", ZONE), body)
    read(lambda raw: ems_legacy.read_express_mail(raw, ZONE), body)
    read(ems_legacy.read_order_answer, body.decode("utf-8", "replace"))


@pytest.mark.parametrize("name", SAMPLES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_sample_is_read_or_refused(shared_ems: Path, name: str, data: st.DataObject) -> None:
    body = bytearray((shared_ems / f"{name}.json").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=4))
    for reader in READERS:
        read(reader, Reply(200, {}, bytes(body)))


@given(ODD, st.sampled_from(["00000", "00001", 0, None]), ODD)
def test_any_json_in_the_envelope_is_read_or_refused(body: object, code: object, words: object) -> None:
    envelope = json.dumps({"retCode": code, "retMsg": words, "retBody": body, "success": True}).encode()
    for reader in READERS:
        read(reader, Reply(200, {}, envelope))


@given(st.lists(ITEM | ODD, min_size=1, max_size=6), st.booleans())
def test_no_item_is_lost_and_every_text_can_be_stored(items: list[Any], as_text: bool) -> None:
    body: object = {"responseItems": items}
    envelope = {"retCode": "00000", "retBody": json.dumps(body) if as_text else body}
    events = read(ADAPTER.read_tracking, Reply(200, {}, json.dumps(envelope).encode()))
    if events is None:
        return
    assert len(events) == len(items)
    assert all(storable(event) for event in events)
    assert [event.happened_at for event in events] == sorted(event.happened_at for event in events)
    assert all(event.code or event.milestone is Milestone.UNRECOGNISED for event in events)


@given(ITEM | ODD)
def test_any_sealed_content_of_a_push_is_read_or_refused(content: object) -> None:
    try:
        text = compact(content)
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(content)
    outer = {"senderNo": SETTINGS["COURIER_EMS_SENDER_NO"], "logitcsInterface": seal(text, KEY, suffix=False)}
    push = Push({"content-type": "application/json"}, json.dumps(outer).encode())
    assert ADAPTER.trusts(push) is isinstance(content, dict | list)
    for event in read(ADAPTER.read_push, push) or ():
        assert storable(event)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_tower_of_brackets_is_garbled(opening: str) -> None:
    tower = (opening * 100_000).encode()
    for reader in READERS:
        assert read(reader, Reply(200, {}, tower)) is None
        assert (
            read(reader, Reply(200, {}, json.dumps({"retCode": "00000", "retBody": tower.decode()}).encode())) is None
        )
