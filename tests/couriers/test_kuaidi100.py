"""快递100 to the letter: its vectors, its tables, its recorded payloads, and whatever else may arrive."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from couriers import adapters, contract, waybills
from couriers.adapters import kuaidi100_wire as wire
from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.adapters.kuaidi100_events import carrier_of, carriers, meaning_of, meanings
from couriers.adapters.kuaidi100_subscription import ForgetsReferences, Subscription, TellsOfSubscriptions
from couriers.contract import (
    Aggregates,
    Call,
    Carrier,
    CourierError,
    Garbled,
    Milestone,
    Push,
    Refused,
    Reply,
    Subscribes,
    TellsAccess,
    TrackingEvent,
)
from tests.couriers.conftest import request_of

DATA = Path(__file__).parent.parent / "data"
SAMPLES = DATA / "samples" / "kuaidi100"
SETTINGS: dict[str, str] = json.loads((DATA / "couriers" / "kuaidi100" / "settings.json").read_text("utf-8"))
SALT = SETTINGS["COURIER_KUAIDI100_SALT"]
HOOK = "https://example.invalid/kd100/callback"
AT = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)


def courier(**changes: str) -> Kuaidi100:
    made = adapters.make("kuaidi100", SETTINGS | {f"COURIER_KUAIDI100_{name}": text for name, text in changes.items()})
    assert isinstance(made, Kuaidi100)
    return made


ADAPTER = courier()
READERS: list[Callable[[Reply], Any]] = [
    ADAPTER.read_tracking,
    ADAPTER.read_booking,
    ADAPTER.read_label,
    ADAPTER.read_particulars,
    ADAPTER.read_cancel,
    ADAPTER.read_subscription,
    ADAPTER.read_recognition,
]
PUSH_READERS: list[Callable[[Push], Any]] = [ADAPTER.read_push, ADAPTER.read_push_notice]


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def loaded(name: str) -> Any:
    return json.loads(sample(name))


def answered(name: str) -> Reply:
    return Reply(200, {}, sample(name))


def signed(param: str) -> Push:
    body = urlencode({"param": param, "sign": wire.sign_push(param, SALT)}, errors="surrogatepass").encode()
    return Push({"Content-Type": "application/x-www-form-urlencoded"}, body)


def form_of(call: Call) -> dict[str, str]:
    assert call.form is not None
    return dict(call.form)


def read(reader: Callable[[Any], Any], given_value: object) -> Any:
    try:
        return reader(given_value)
    except CourierError:
        return None


def vector(what: str) -> dict[str, str]:
    (found,) = [row for row in loaded("vectors") if row["what"] == what]
    return dict(found)


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


def test_a_subscription_is_asked_in_the_published_words_and_a_second_one_is_no_failure() -> None:
    wanted = Subscription("1100000000011", "https://example.invalid/kd100/callback", phone="0001")
    call = ADAPTER.ask_subscription_to(wanted)
    assert (call.method, call.url) == ("POST", "https://poll.kuaidi100.com/poll")
    assert form_of(call)["schema"] == "json"
    assert json.loads(form_of(call)["param"]) == loaded("subscribe_param")
    for answer in ("subscribe_response", "subscribe_duplicate"):
        ADAPTER.read_subscription(answered(answer))


def test_only_the_last_four_digits_of_a_phone_go_out_and_only_to_carriers_that_want_them() -> None:
    for carrier, phone, seen in (
        ("shunfeng", "0731-80001234", "1234"),
        ("shunfeng", "", "0001"),
        ("zhongtong", "138 0013 5678", "5678"),
        ("ems", "13800135678", None),
    ):
        asked = json.loads(form_of(ADAPTER.ask_tracking_of("1100000000011", carrier, AT, phone))["param"])
        subscribed = json.loads(form_of(ADAPTER.ask_subscription("1100000000011", carrier, HOOK, phone, AT))["param"])
        assert (asked["com"], subscribed["company"]) == (carrier, carrier)
        assert asked.get("phone") == subscribed["parameters"].get("phone") == seen
    assert json.loads(form_of(ADAPTER.ask_tracking_of("SF1000000000011", "", AT))["param"])["com"] == "shunfeng"
    assert json.loads(form_of(ADAPTER.ask_subscription("SF1000000000011", "", HOOK, "", AT))["param"])["company"] == (
        "shunfeng"
    )


def test_it_does_what_an_aggregator_does() -> None:
    assert isinstance(ADAPTER, Aggregates)
    assert isinstance(ADAPTER, Subscribes)
    assert isinstance(ADAPTER, TellsOfSubscriptions)
    assert isinstance(ADAPTER, ForgetsReferences)
    assert {ADAPTER.carrier_code(one.courier) for one in waybills.candidates("YT9693083639795")} == {"yuantong"}
    assert {code: ADAPTER.carrier_code(code) for code in (*adapters.names(), "nobody")} == dict.fromkeys(
        (*adapters.names(), "nobody"), ""
    ) | {"ems": "ems", "sf": "shunfeng", "jdl": "jd", "cainiao": "danniao"}
    assert ADAPTER.carrier_of("SF1000000000011") == "shunfeng"
    assert courier(CARRIER="yunda").carrier_of("nobody's") == "yunda"


@pytest.mark.parametrize(
    ("code", "denied"),
    [*[(code, True) for code in ("503", "600", "601", "HTTP 401", "HTTP 404", "URL")]]
    + [(code, False) for code in ("400", "408", "700", "701", "702", "30005", "FIELD")],
)
def test_a_refusal_of_our_account_is_told_from_one_of_the_matter(code: str, denied: bool) -> None:
    assert isinstance(ADAPTER, TellsAccess)
    assert ADAPTER.denies_access(Refused(code, "x")) is denied


def test_a_subscription_is_renewed_before_it_can_have_stopped_unseen() -> None:
    assert ADAPTER.subscription_days == 3
    assert courier(SUBSCRIPTION_DAYS="60").subscription_days == 60


def test_a_subscription_may_leave_the_carrier_to_kuaidi100_and_follow_abroad() -> None:
    wanted = Subscription("LZ123456785CN", "https://x.example", recognise=True, international=True)
    param = json.loads(form_of(ADAPTER.ask_subscription_to(wanted))["param"])
    assert "company" not in param
    assert (param["parameters"]["autoCom"], param["parameters"]["interCom"]) == ("1", "1")
    for wrong in (Subscription("", "https://x.example"), Subscription("1100000000011", "")):
        with pytest.raises(Refused):
            ADAPTER.ask_subscription_to(wrong)


@pytest.mark.parametrize(
    ("code", "result", "error"),
    [
        ("500", False, "Busy"),
        ("600", False, "Refused"),
        ("601", False, "Refused"),
        ("700", False, "Refused"),
        ("701", False, "Refused"),
        ("702", False, "Refused"),
        ("", True, "Garbled"),
        ("200", False, "Garbled"),
    ],
)
def test_a_subscription_fails_as_the_code_says(code: str, result: bool, error: str) -> None:
    body = json.dumps({"result": result, "returnCode": code, "message": "x"}).encode()
    with pytest.raises(getattr(contract, error)):
        ADAPTER.read_subscription(Reply(200, {}, body))


def test_a_number_is_recognised() -> None:
    call = ADAPTER.ask_recognition("11 & 22")
    assert call.method == "GET"
    assert call.url == "https://www.kuaidi100.com/autonumber/auto?num=11+%26+22&key=TestKey00001"
    assert ADAPTER.read_recognition(answered("autonumber_response")) == (Carrier("ems", "EMS"),)
    assert ADAPTER.read_recognition(Reply(200, {}, b"[]")) == ()
    with pytest.raises(Refused):
        ADAPTER.read_recognition(answered("query_bad_sign"))
    with pytest.raises(Garbled):
        ADAPTER.read_recognition(Reply(200, {}, b"{}"))


def test_an_abort_says_why_and_when_to_subscribe_again() -> None:
    push = signed(json.dumps(loaded("callback_abort_param"), ensure_ascii=False))
    notice = ADAPTER.read_push_notice(push)
    assert (notice.status, notice.words, notice.number) == ("abort", "3天查询无记录", "1100000000011")
    assert (notice.stopped, notice.finished, notice.carrier_now) == (True, False, "ems")
    assert notice.renew_after == timedelta(minutes=30)
    assert ADAPTER.read_push(push) == ()


def test_a_corrected_carrier_is_told_with_the_abort_and_after_it_and_needs_no_new_subscription() -> None:
    first = loaded("callback_abort_param") | {"comNew": "shunfeng"}
    later = loaded("callback_param") | {"autoCheck": "1", "comOld": "ems", "comNew": "shunfeng", "status": "polling"}
    for content in (first, later):
        notice = ADAPTER.read_push_notice(signed(json.dumps(content)))
        assert (notice.corrected_from, notice.corrected_to) == ("ems", "shunfeng")
        assert (notice.carrier_now, notice.renew_after) == ("shunfeng", None)


def test_a_finished_subscription_is_not_renewed_and_a_running_one_neither() -> None:
    finished = ADAPTER.read_push_notice(signed(json.dumps(loaded("callback_param"))))
    running = ADAPTER.read_push_notice(signed(vector("callback")["param"]))
    assert (finished.finished, finished.stopped, finished.renew_after) == (True, False, None)
    assert (running.finished, running.stopped, running.renew_after) == (False, False, None)


def test_our_answer_to_a_push_is_the_published_one() -> None:
    answer = ADAPTER.answer(signed("{}"), True)
    assert (answer.status, json.loads(answer.body)) == (200, loaded("callback_answer"))
    assert ADAPTER.answer(signed("{}"), False).status == 200
    assert json.loads(ADAPTER.answer(signed("{}"), False).body)["result"] is False


def test_the_published_callback_vector_is_trusted_as_a_push() -> None:
    push = vector("callback")
    body = urlencode({"param": push["param"], "sign": push["sign"]}).encode()
    assert ADAPTER.trusts(Push({}, body))
    assert ADAPTER.read_push(Push({}, body)) == ()
    assert not courier(SALT="Another").trusts(Push({}, body))
    assert not ADAPTER.trusts(Push({}, body.replace(push["sign"].encode(), push["sign"].lower().encode())))


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
