"""菜鸟 LINK: its digest, its recorded payloads, its pushes, and whatever else may arrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters
from couriers.adapters import cainiao
from couriers.adapters.cainiao import MEANINGS, SETTINGS, digest_of, make
from couriers.contract import (
    Aggregates,
    BadSettings,
    Courier,
    CourierError,
    Garbled,
    Milestone,
    Operation,
    Push,
    Refused,
    Reply,
    TrackingEvent,
)
from tests.couriers.conftest import request_of

DATA = Path(__file__).parents[1] / "data"
SAMPLES = DATA / "samples" / "cainiao"
ENV: dict[str, str] = json.loads((DATA / "couriers" / "cainiao" / "settings.json").read_text("utf-8"))
SECRET = ENV["COURIER_CAINIAO_APP_SECRET"]
AT = datetime.fromisoformat("2026-01-01T09:00:00+08:00")
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
ITEM = '{"mailNo":"1100000000011","operateTime":"2026-01-03 16:20:05","status":"07"}'
ADAPTER = make(ENV)


def push_of(content: str, secret: str = SECRET, msg_type: str = "TMS_PRACTICE_TRACE_INFO") -> Push:
    form = {"logistics_interface": content, "data_digest": digest_of(content, secret), "msg_type": msg_type}
    return Push(FORM, urlencode(form).encode())


def test_the_published_digest_is_reproduced_to_the_letter() -> None:
    (vector,) = json.loads((SAMPLES / "vectors.json").read_text("utf-8"))
    assert digest_of(vector["logistics_interface"], vector["app_secret"]) == vector["data_digest"]


def test_the_recorded_request_is_made_to_the_letter() -> None:
    recorded = json.loads((SAMPLES / "cainiao_track_request_form.json").read_text("utf-8"))
    assert recorded.pop("_appsecret_used") == SECRET
    call = ADAPTER.ask_tracking_of("1100000000011", ADAPTER.carrier_code("ems"), AT, "130-0000-0001")
    assert dict(call.form or {}) == recorded
    assert dict(call.headers) == {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}


def test_the_recorded_refusal_is_read() -> None:
    with pytest.raises(Refused) as caught:
        ADAPTER.read_tracking(Reply(200, {}, (SAMPLES / "cainiao_error.json").read_bytes()))
    assert (caught.value.code, caught.value.words) == ("S02", "非法的数字签名")


def test_any_call_of_the_gateway_is_signed_and_the_target_may_be_left_out() -> None:
    form = ADAPTER.call("CN_OVERSEA_LOGISTICS_INQUIRY_TRACKING", "", {"mailNo": "LP𠮷"}).form or {}
    assert "to_code" not in form
    assert form["data_digest"] == digest_of('{"mailNo":"LP𠮷"}', SECRET)


def test_another_carrier_is_asked_after_by_a_setting() -> None:
    courier = make({**ENV, "COURIER_CAINIAO_CP_CODE": "ZTO"})
    asked = json.loads((courier.ask_tracking("1", AT).form or {})["logistics_interface"])
    assert asked == {"arg0": {"appCode": "testapp", "mailNo": "1", "cpCode": "ZTO"}}


def test_the_code_may_stand_in_another_field() -> None:
    courier = make({**ENV, "COURIER_CAINIAO_STATUS_FIELD": "opCode"})
    detail = {"detail": [{"opTime": "2026-01-03 16:20:05", "opCode": "07"}]}
    (event,) = courier.read_tracking(Reply(200, {}, json.dumps({"success": True, "result": {"data": detail}}).encode()))
    assert event.milestone is Milestone.DELIVERED


def test_the_table_holds_every_published_code_and_no_more() -> None:
    assert sorted(MEANINGS) == [f"{number:02}" for number in range(14)]
    assert "CC BY 4.0" in Path(cainiao.__file__).read_text("utf-8")


def test_a_push_in_xml_is_answered_in_xml_and_left_to_a_person() -> None:
    push = push_of("<request><mailNo>1</mailNo></request>")
    assert ADAPTER.trusts(push)
    taken, refused = ADAPTER.answer(push, True), ADAPTER.answer(push, False)
    assert (taken.status, taken.content_type) == (200, "text/xml;charset=UTF-8")
    assert b"<responses><responseItems><response><success>true</success>" in taken.body
    assert refused.status == 200
    assert b"<success>false</success><errorCode>S07</errorCode>" in refused.body
    with pytest.raises(Garbled):
        ADAPTER.read_push(push)


def test_a_true_push_that_could_not_be_stored_is_told_to_come_again() -> None:
    answer = ADAPTER.answer(push_of(ITEM), False)
    assert (answer.status, json.loads(answer.body)["errorCode"]) == (200, "S07")


@given(st.text(max_size=40), st.text(max_size=20))
def test_a_push_signed_with_another_secret_is_never_believed(content: str, secret: str) -> None:
    content, secret = (text.encode("utf-8", "replace").decode() for text in (content, secret))
    assert ADAPTER.trusts(push_of(content, secret)) is (bool(content) and content + secret == content + SECRET)
    with pytest.raises(Garbled):
        ADAPTER.read_push(push_of(content, secret))


def test_it_is_known_as_an_aggregator() -> None:
    assert isinstance(ADAPTER, Aggregates)
    assert (ADAPTER.carrier_code("ems"), ADAPTER.carrier_code("sf")) == ("EMS", "")


def test_two_scans_of_one_second_with_one_code_are_two_and_a_repeat_is_one() -> None:
    item = {"opTime": "2026-01-03 16:20:05", "status": "01", "opMessage": "到达甲"}
    detail = {"mailNo": "1", "detail": [item, {**item, "opMessage": "到达乙"}, item]}
    body = json.dumps({"success": True, "result": {"data": detail}}).encode()
    events = ADAPTER.read_tracking(Reply(200, {}, body))
    assert len({event.natural_key for event in events}) == 2


def test_what_cainiao_does_not_offer_is_said() -> None:
    courier: Courier = ADAPTER
    assert courier.offers == {Operation.TRACK, Operation.PUSH}
    assert not courier.postal_enterprise
    empty = Reply(200, {}, b"{}")
    refused: list[Callable[[], Any]] = [
        lambda: courier.ask_booking(request_of(), AT),
        lambda: courier.read_booking(empty),
        lambda: courier.ask_cancel("1", "YD-1", "", AT),
        lambda: courier.read_cancel(empty),
    ]
    for attempt in refused:
        with pytest.raises(Refused):
            attempt()


@pytest.mark.parametrize(("name", "value"), [("URL", "ftp://x"), ("URL", "http://[bad"), ("TIMEZONE", "Nowhere")])
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"COURIER_CAINIAO_{name}"):
        make({**ENV, f"COURIER_CAINIAO_{name}": value})


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        make({})
    assert all(name in str(caught.value) for name in SETTINGS)


def test_secrets_stay_out_of_what_is_printed() -> None:
    assert SECRET not in repr(ADAPTER)
    assert ENV["COURIER_CAINIAO_PROVIDER_ID"] not in repr(ADAPTER)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
TIME = st.sampled_from(["2026-01-03 16:20:05", "2099-12-31 23:59:59", "2026-02-30 00:00:00"]) | ODD
NAMES = ("opDesc", "opMessage", "operateDescription", "orgName", "mailNo")
ODD_ITEM = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(NAMES, ODD),
        "opTime": TIME,
        "operateTime": TIME,
        "status": st.sampled_from(["00", "07", "99", 7]) | ODD,
    },
)


def read(reader: Callable[[Any], tuple[TrackingEvent, ...]], value: Push | Reply) -> tuple[TrackingEvent, ...] | None:
    try:
        return reader(value)
    except CourierError:
        return None


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 404, 429, 500]), st.booleans())
def test_any_bytes_are_read_or_refused(body: bytes, status: int, as_form: bool) -> None:
    read(ADAPTER.read_tracking, Reply(status, {}, body))
    push = Push(FORM if as_form else {}, body)
    assert ADAPTER.trusts(push) is False
    assert ADAPTER.answer(push, False).status == 401
    assert read(ADAPTER.read_push, push) is None


@given(ODD, st.sampled_from([True, False, "true", "FALSE", None, 1]), ODD, ODD)
def test_any_json_in_the_envelope_is_read_or_refused(data: object, flag: object, code: object, result: object) -> None:
    for inner in ({"data": data}, {"data": json.dumps(data)}, {"data": {"detail": data}}, result):
        envelope = {"success": flag, "errorCode": code, "errorMsg": data, "result": inner}
        read(ADAPTER.read_tracking, Reply(200, {}, json.dumps(envelope).encode()))


@given(ODD)
def test_any_signed_content_is_read_or_refused(content: object) -> None:
    for value in (content, {"mailNo": "1", "operationDetails": content}):
        push = push_of(json.dumps(value))
        assert ADAPTER.trusts(push)
        read(ADAPTER.read_push, push)


@given(st.lists(ODD_ITEM | ODD, min_size=1, max_size=6), st.booleans())
def test_no_item_is_lost_and_every_text_can_be_stored(items: list[Any], pushed: bool) -> None:
    if pushed:
        events = read(ADAPTER.read_push, push_of(json.dumps({"mailNo": "1", "operationDetails": items})))
    else:
        envelope = {"success": True, "result": {"data": json.dumps({"detail": items})}}
        events = read(ADAPTER.read_tracking, Reply(200, {}, json.dumps(envelope).encode()))
    if events is None:
        return
    assert len(events) == len(items)
    assert [event.happened_at for event in events] == sorted(event.happened_at for event in events)
    for event in events:
        texts = [value for value in asdict(event).values() if isinstance(value, str)]
        assert all("\x00" not in text and text.encode().decode() == text for text in (*texts, event.natural_key))
        assert event.code in MEANINGS or event.milestone is Milestone.UNRECOGNISED


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_tower_of_brackets_is_garbled(opening: str) -> None:
    tower = opening * 100_000
    assert read(ADAPTER.read_tracking, Reply(200, {}, tower.encode())) is None
    assert read(ADAPTER.read_push, push_of(tower)) is None


def test_the_seventh_courier_is_one_file_and_one_folder() -> None:
    """Nothing else says what it is: only the formats of numbers and an aggregator's list of carriers name it at all."""
    root = Path(cainiao.__file__).parents[2]
    own = sorted(path.name for path in Path(cainiao.__file__).parent.glob("*cainiao*") if path.is_file())
    assert own == ["cainiao.py"]
    sources = [path for part in ("couriers", "logistics", "scheduler") for path in (root / part).rglob("*.py")]
    naming = {path.name for path in sources if "cainiao" in path.read_text("utf-8").lower()} - {"cainiao.py"}
    assert naming <= {"waybills.py", "waybill.py", "kuaidi100_events.py", "config.py"}
    assert adapters.names().count("cainiao") == 1
