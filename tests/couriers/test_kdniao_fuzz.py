"""快递鸟: a forged push is not believed; whatever bytes arrive are read, or refused by a courier's error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.adapters.kdniao_wire import sign
from couriers.contract import (
    CourierError,
    Garbled,
    Milestone,
    Push,
    Reply,
    TrackingEvent,
)
from tests.couriers.test_kdniao import ADAPTER, ANSWERS, FORM, KEY, NUMBER, READERS, SAMPLES, SETTINGS, sample

CUSTOMER = SETTINGS["COURIER_KDNIAO_EBUSINESS_ID"]
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
