"""Whatever 快递100, or anybody in its name, may send: read or refused, nothing lost, every scan itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from couriers.adapters.kuaidi100_events import meaning_of
from couriers.contract import (
    Garbled,
    Milestone,
    Push,
    Reply,
    TrackingEvent,
)
from tests.couriers.kuaidi100_samples import (
    ADAPTER,
    PUSH_READERS,
    READERS,
    SAMPLES,
    loaded,
    read,
    signed,
)


def pushed(rows: list[dict[str, Any]], **more: str) -> list[TrackingEvent]:
    leg = {"status": "200", "nu": "1100000000011", "com": "ems", "data": rows[::-1], **more}
    return list(ADAPTER.read_push(signed(json.dumps({"status": "polling", "lastResult": leg}))))


def test_two_scans_of_one_second_have_two_keys_and_a_repeat_has_one() -> None:
    rows = [{"ftime": "2026-01-03 12:00:00", "context": words, "statusCode": "0"} for words in ("甲", "乙", "甲")]
    events = pushed(rows)
    assert len(events) == 3
    assert len({event.natural_key for event in events}) == 2


ROW = st.fixed_dictionaries(
    {"ftime": st.sampled_from(["2026-01-03 12:00:00", "2026-01-03 12:00:01"]), "context": st.sampled_from("甲乙丙丁")},
    optional={
        "statusCode": st.sampled_from(["0", "1002", "301", "999", None, ""]),
        "status": st.sampled_from(["在途", "本人签收", "没有这样的状态", None]),
        "areaCode": st.sampled_from(["CN000000000000", None]),
    },
)


@given(
    st.lists(ROW, min_size=2, max_size=6).map(lambda rows: sorted(rows, key=lambda row: str(row["ftime"]))),
    st.integers(1, 5),
    st.sampled_from(["0", "3", "301", "999", ""]),
)
def test_a_scan_keeps_its_identity_when_more_scans_follow_and_the_state_changes(
    rows: list[dict[str, Any]], first: int, state: str
) -> None:
    early = pushed(rows[:first], state="0", ischeck="0")
    late = pushed(rows, state=state, ischeck="1")
    assert [event.natural_key for event in early] == [event.natural_key for event in late][: len(early)]
    seen = [(event.natural_key, event.text) for event in late]
    assert len({key for key, _ in seen}) == len(set(seen))


def test_the_newest_scan_without_a_code_is_read_as_the_state_and_is_the_same_scan_later() -> None:
    rows = [{"ftime": f"2026-01-03 1{hour}:00:00", "context": f"词{hour}"} for hour in range(3)]
    early, late = pushed(rows[:2], state="5"), pushed(rows, state="3", ischeck="1")
    assert [event.milestone for event in early] == [Milestone.UNRECOGNISED, Milestone.OUT_FOR_DELIVERY]
    assert late[-1].milestone is Milestone.DELIVERED
    assert [event.natural_key for event in early] == [event.natural_key for event in late[:2]]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["time", "ftime", "context", "statusCode", "status", "areaCode", "areaName", "location"]
ITEM = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, ODD),
        "ftime": st.sampled_from(["2026-01-03 16:20:05", "2099-12-31 23:59:59", "2026-02-30 00:00:00"]) | ODD,
        "statusCode": st.sampled_from(["301", "501", "0", "999"]) | ODD,
    },
)


def storable(event: TrackingEvent) -> bool:
    texts = (event.waybill_no, event.code, event.detail_code, event.text, event.place, event.reference, event.org_code)
    return all("\x00" not in text and text.encode().decode() == text for text in (*texts, event.natural_key))


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 404, 429, 500]))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    for reader in READERS:
        read(reader, Reply(status, {}, body))
    push = Push({}, body)
    assert ADAPTER.trusts(push) is False
    assert ADAPTER.answer(push, False).status == 401
    for push_reader in PUSH_READERS:
        assert read(push_reader, push) is None


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_sample_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    body = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(body) - 1)))
        body[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=4))
    for reader in READERS:
        read(reader, Reply(200, {}, bytes(body)))
    for push_reader in PUSH_READERS:
        read(push_reader, signed(bytes(body).decode("utf-8", "replace")))


@given(st.data())
def test_a_push_changed_anywhere_is_not_trusted(data: st.DataObject) -> None:
    form = loaded("callback_form")
    param = form["param"]
    place = data.draw(st.integers(0, len(param) - 1))
    forged = param[:place] + data.draw(st.text(max_size=2)) + param[place + 1 :]
    try:
        body = urlencode({"param": forged, "sign": form["sign"]}).encode()
    except UnicodeEncodeError:
        return
    assert ADAPTER.trusts(Push({}, body)) is (forged == param)


@given(st.lists(ITEM | ODD, min_size=1, max_size=6), ODD)
def test_no_item_is_lost_and_every_text_can_be_stored(items: list[Any], state: object) -> None:
    answer = {"status": "200", "nu": "1100000000011", "com": "ems", "state": state, "data": items}
    events = read(ADAPTER.read_tracking, Reply(200, {}, json.dumps(answer).encode()))
    if events is None:
        return
    assert len(events) == len(items)
    assert all(storable(event) for event in events)
    assert [event.happened_at for event in events] == sorted(event.happened_at for event in events)
    coded = [event for event in events if event.code]
    assert all(event.milestone is meaning_of(event.code).milestone for event in coded)


@given(ODD, ODD, ODD, st.sampled_from(["abort", "polling", "shutdown"]) | ODD)
def test_any_signed_content_is_read_or_refused(last: object, destination: object, new: object, status: object) -> None:
    content = {"status": status, "lastResult": last, "destResult": destination, "comNew": new, "message": new}
    push = signed(json.dumps(content))
    assert ADAPTER.trusts(push)
    for event in read(ADAPTER.read_push, push) or ():
        assert storable(event)
    read(ADAPTER.read_push_notice, push)


@given(ODD, st.sampled_from([200, "200", 30005, None]), st.booleans() | ODD)
def test_any_json_in_the_label_envelope_is_read_or_refused(data: object, code: object, success: object) -> None:
    body = json.dumps({"success": success, "code": code, "data": data, "returnCode": code, "result": success}).encode()
    for reader in READERS:
        read(reader, Reply(200, {}, body))


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"status":"200","data":['])
def test_a_tower_of_brackets_is_garbled(opening: str) -> None:
    tower = opening * 100_000
    for reader in READERS:
        with pytest.raises(Garbled):
            reader(Reply(200, {}, tower.encode()))
    with pytest.raises(Garbled):
        ADAPTER.read_push(signed(tower))


def test_ten_megabytes_are_no_danger() -> None:
    body = b"param=" + b"%41" * (10 * 1024 * 1024 // 3) + b"&sign=x"
    assert ADAPTER.trusts(Push({}, body)) is False
    assert ADAPTER.trusts(Push({}, b"a=b&" * 100_000)) is False
