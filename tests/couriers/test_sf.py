"""SF's digests, envelopes, code table and every recorded payload; pushes believed only with our own token."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters
from couriers.adapters import sf_wire
from couriers.adapters.sf import TOKEN_HEADER, Sf
from couriers.adapters.sf_events import meaning_of, meanings
from couriers.contract import (
    BadSettings,
    BookingRequest,
    Busy,
    Call,
    Garbled,
    Milestone,
    Operation,
    Party,
    Push,
    Reason,
    Refused,
    Reply,
)

DATA = Path(__file__).parents[1] / "data"
SAMPLES = DATA / "samples" / "sf"
SETTINGS: dict[str, str] = json.loads((DATA / "couriers" / "sf" / "settings.json").read_text("utf-8"))
AT = datetime(2026, 1, 1, 1, tzinfo=UTC)
TOKEN = {TOKEN_HEADER: SETTINGS["COURIER_SF_PUSH_TOKEN"]}
JSON = {"Content-Type": "application/json;charset=UTF-8", **TOKEN}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", **TOKEN}
SENDER = Party("测试寄件人", "13000000000", "广东省", "深圳市", "南山区", "示例路1号")
RECEIVER = Party("测试收件人", "13000000001", "广东省", "广州市", "白云区", "样例街2号")


def sf_with(**changed: str) -> Sf:
    courier = adapters.make("sf", {**SETTINGS, **{f"COURIER_SF_{name}": value for name, value in changed.items()}})
    assert isinstance(courier, Sf)
    return courier


SF = sf_with()


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def loaded(name: str) -> Any:
    return json.loads(sample(name))


def reply(name: str) -> Reply:
    return Reply(200, {}, sample(name))


def answered(content: object, *, platform: str = "A1000") -> Reply:
    inner = json.dumps({"success": True, "errorCode": "S0000", "errorMsg": None, "msgData": content})
    return Reply(200, {}, json.dumps({"apiResultCode": platform, "apiResultData": inner}).encode())


def sent(call: Call, service: str) -> Any:
    """The msgData of a call, whose digest is right."""
    assert call.form is not None
    form = call.form
    assert form["serviceCode"] == service
    wanted = sf_wire.digest(form["msgData"], form["timestamp"], SETTINGS["COURIER_SF_CHECKWORD"])
    assert form["msgDigest"] == wanted
    return json.loads(form["msgData"])


def form_push(xml: str) -> Push:
    return Push(FORM, urlencode({"content": xml}).encode())


@pytest.mark.parametrize("vector", loaded("vectors.json"), ids=lambda vector: vector["msgData"][:30])
def test_published_digests_are_reproduced_to_the_letter(vector: dict[str, str]) -> None:
    given_values = vector["msgData"], vector["timestamp"], vector["checkword"]
    assert sf_wire.digest(*given_values) == vector["urlencoded"]
    assert sf_wire.digest(*given_values, "plain") == vector["plain"]
    if "encoded_text" in vector:
        assert sf_wire.encoded("".join(given_values)) == vector["encoded_text"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_text_is_encoded_as_java_encodes_it(text: str) -> None:
    kept = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*-._"
    wanted = "".join("+" if byte == 32 else chr(byte) if byte in kept else f"%{byte:02X}" for byte in text.encode())
    assert sf_wire.encoded(text) == wanted


def test_an_account_without_encoding_is_signed_plainly() -> None:
    form = sf_with(DIGEST="plain").ask_tracking("SF7444400043266", AT).form
    assert form is not None
    wanted = sf_wire.digest(form["msgData"], form["timestamp"], SETTINGS["COURIER_SF_CHECKWORD"], "plain")
    assert form["msgDigest"] == wanted
    assert form["timestamp"] == "1767229200000"


def test_the_recorded_order_is_ours_field_by_field() -> None:
    request = BookingRequest("TEST-20260101-0001", SENDER, RECEIVER, 500, 1, AT, note="测试")
    ours = sent(sf_with(PRODUCT="2").ask_booking(request, AT), "EXP_RECE_CREATE_ORDER")
    theirs = loaded("create_order_msgdata.json")
    for contact in theirs["contactInfoList"]:
        del contact["company"]  # our parties are people
    for name in ("weight", "amount", "currency", "sourceArea"):  # cross-border only; the weight is the whole order's
        del theirs["cargoDetails"][0][name]
    assert ours == {**theirs, "totalWeight": 0.5}


@pytest.mark.parametrize(
    "changed",
    [
        {"reference": " "},
        {"reference": "x" * 65},
        {"note": "长" * 101},
        {"weight_grams": 0},
        {"payer": "nobody"},
        {"sender": replace(SENDER, name="")},
        {"receiver": replace(RECEIVER, address="长" * 201)},
        {"receiver": replace(RECEIVER, name="半\ud800个")},
    ],
)
def test_what_the_field_rules_forbid_is_refused_before_it_is_sent(changed: dict[str, Any]) -> None:
    request = replace(BookingRequest("TEST-1", SENDER, RECEIVER, 500, 1, AT), **changed)
    with pytest.raises(Refused):
        SF.ask_booking(request, AT)


def test_a_repeated_order_is_found_by_its_own_number() -> None:
    with pytest.raises(Refused) as caught:
        SF.read_booking(reply("create_order_duplicate.json"))
    assert caught.value.code == "8016"
    asked = sent(SF.ask_order("TEST-20260101-0001", AT), "EXP_RECE_SEARCH_ORDER_RESP")
    assert asked == {"language": "zh-CN", "orderId": "TEST-20260101-0001", "searchType": "1"}
    assert SF.read_booking(reply("create_order_response.json")).waybill_no == "SF7444400043266"


def test_the_decoded_order_answer_reads_like_the_encoded_one() -> None:
    decoded = {**loaded("create_order_response.json"), "apiResultData": None}
    decoded["apiResultData"] = loaded("create_order_response_apiResultData_decoded.json")
    both = [reply("create_order_response.json"), Reply(200, {}, json.dumps(decoded).encode())]
    assert SF.read_booking(both[0]) == SF.read_booking(both[1])
    (label,) = SF.read_labels(both[0])
    assert SF.read_labels(both[1]) == (label,)
    assert label["twoDimensionCode"].startswith("MMM={'k1':'710VA'")


def test_withdrawing_and_changing_are_the_same_service() -> None:
    theirs = loaded("update_order_cancel_msgdata.json")
    numbers = theirs["waybillNoInfoList"][0]["waybillNo"], theirs["orderId"]
    changed = sent(SF.ask_update(*numbers, {"totalWeight": 1}, AT), "EXP_RECE_UPDATE_ORDER")
    assert {**changed, "dealType": 2} == theirs
    cancelled = sent(SF.ask_cancel(*numbers, "寄件方取消", AT), "EXP_RECE_UPDATE_ORDER")
    assert {**cancelled, "totalWeight": 1} == theirs
    SF.read_update(reply("update_order_response.json"))
    with pytest.raises(Refused, match="8024"):
        SF.read_update(reply("update_order_not_found.json"))


def test_routes_that_our_card_did_not_pay_are_opened_with_a_phone() -> None:
    call = SF.ask_routes(["SF7444400043266"], AT, phones=["13000000001"])
    assert sent(call, "EXP_RECE_SEARCH_ROUTES") == loaded("search_routes_msgdata.json")
    own = sent(SF.ask_routes(["TEST-1", "TEST-2"], AT, by_reference=True), "EXP_RECE_SEARCH_ROUTES")
    assert (own["trackingType"], own["trackingNumber"]) == (2, ["TEST-1", "TEST-2"])
    with pytest.raises(Refused):
        SF.ask_routes(["x"] * 11, AT)


def test_two_calls_never_share_a_request_number() -> None:
    calls = [SF.ask_tracking(number, moment) for number in ("A", "B") for moment in (AT, AT.replace(microsecond=1000))]
    assert len({call.form["requestID"] for call in calls if call.form}) == 4


def test_one_event_has_one_key_by_push_and_by_query() -> None:
    row = {"acceptAddress": "郑州市", "acceptTime": "2026-01-02 12:00:00", "remark": "派件不成功", "opCode": "70"}
    pushed = {**row, "mailno": "SF1", "orderid": "TEST-1", "id": "9", "reasonCode": "46", "reasonName": "取消寄件"}
    asked = {"mailNo": "SF1", "routes": [{**row, "firstStatusCode": "13", "secondaryStatusCode": "1301"}]}
    (by_push,) = SF.read_push(Push(JSON, json.dumps({"Body": {"WaybillRoute": [pushed]}}).encode()))
    (by_query,) = SF.read_tracking(answered({"routeResps": [asked]}))
    assert by_push.natural_key == by_query.natural_key
    assert (by_push.reason, by_query.reason) == (Reason.WITHDRAWN, None)
    assert "46 取消寄件" in by_push.text


def test_both_modes_of_the_push_say_the_same() -> None:
    by_json = Push(JSON, sample("route_push_request.json"))
    by_form = form_push(sample("route_push_request.xml").decode())
    assert SF.trusts(by_json)
    assert SF.trusts(by_form)
    assert SF.read_push(by_json) == SF.read_push(by_form) == SF.read_push(Push(FORM, sample("route_push_request.xml")))


@pytest.mark.parametrize(("accepted", "name"), [(True, "ok"), (False, "fail")])
def test_a_push_is_answered_in_the_form_it_came_in(accepted: bool, name: str) -> None:
    by_json = SF.answer(Push(JSON, sample("route_push_request.json")), accepted)
    by_form = SF.answer(form_push(sample("route_push_request.xml").decode()), accepted)
    assert json.loads(by_json.body) == loaded(f"route_push_answer_{name}.json")
    assert by_form.body.decode() == sample(f"route_push_answer_{name}.xml").decode().replace("\n", "")
    assert by_form.content_type.startswith("application/xml")
    assert by_json.status == by_form.status == 200  # ours, though not stored: SF sends the batch again


def test_an_order_state_is_answered_in_its_own_words() -> None:
    push = Push(JSON, sample("order_state_push_request.json"))
    assert json.loads(SF.answer(push, True).body) == loaded("order_state_push_answer.json")
    assert json.loads(SF.answer(push, False).body)["success"] is False
    assert SF.answer(replace(push, headers={}), False).status == 401
    set_otherwise = sf_with(STATE_ANSWER='{"success":"true"}')
    assert json.loads(set_otherwise.answer(push, True).body) == {"success": "true"}


def test_a_collectors_phone_is_never_carried_over() -> None:
    states = loaded("order_state_push_request.json")
    states["orderState"].append({**states["orderState"][0], "lastTime": "", "createTm": None})
    readable, odd = SF.read_push(Push(JSON, json.dumps(states).encode()))
    assert odd.milestone is Milestone.UNRECOGNISED
    assert "13000000003" not in repr((readable, odd))


def test_without_our_token_no_push_is_believed_or_offered() -> None:
    unset = sf_with(PUSH_TOKEN="")
    body = sample("route_push_request.json")
    for headers in ({}, {TOKEN_HEADER: ""}, TOKEN):
        assert not unset.trusts(Push({"Content-Type": "application/json", **headers}, body))
    assert unset.offers == SF.offers - {Operation.PUSH}
    assert not SF.postal_enterprise


@given(st.text() | st.just(SETTINGS["COURIER_SF_PUSH_TOKEN"][:-1]), st.sampled_from(["application/json", "text/xml"]))
def test_no_other_token_is_believed(token: str, media: str) -> None:
    assert not SF.trusts(Push({"content-type": media, TOKEN_HEADER: token}, sample("route_push_request.json")))


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]>',
    ],
)
def test_a_dtd_is_refused_before_anything_is_expanded(prologue: str) -> None:
    xml = prologue + '<a><WaybillRoute mailno="&y;" acceptTime="2026-01-02 12:00:00"/></a>'
    for push in (form_push(xml), Push(FORM, xml.encode())):
        with pytest.raises(Garbled):
            SF.read_push(push)
        assert SF.answer(push, False).content_type.startswith("application/xml")


def test_every_code_of_the_table_has_one_meaning() -> None:
    table = Path(adapters.__file__).with_name("sf_codes.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(line for line in table if not line.startswith("#")))
    assert len(rows) == len(meanings())
    assert {row["confidence"] for row in rows} == {"confirmed", "list", "class"}
    assert meaning_of("999999").milestone is Milestone.UNRECOGNISED


@pytest.mark.parametrize(
    ("text", "milestone"),
    [
        ("您的快件已签收", Milestone.DELIVERED),
        ("已签收，在丰巢智能柜取件", Milestone.DELIVERED),
        ("快件已派送至丰巢智能柜", Milestone.AVAILABLE),
        ("Your parcel was delivered to a self-service locker", Milestone.AVAILABLE),
        ("已送到代收点，请及时前往", Milestone.AVAILABLE),
        ("快件已投放至丰巢柜，请凭取件码 1234 取件", Milestone.AVAILABLE),
        ("已投放丰巢等待收件人取件", Milestone.AVAILABLE),
        ("已由【示例驿站】代收", Milestone.AVAILABLE),
        ("已签收，签收人：丰巢", Milestone.AVAILABLE),
        ("已投递至丰巢，收件人已取件", Milestone.DELIVERED),
        ("已派送至收件人本人，请对服务评价", Milestone.DELIVERED),
    ],
)
def test_signed_for_by_a_box_is_not_delivered(text: str, milestone: Milestone) -> None:
    assert meaning_of("80", text).milestone is milestone


def test_the_platforms_own_failures_are_told_apart() -> None:
    for code in ("A1005", "A1009", "A1099"):
        with pytest.raises(Busy):
            SF.read_tracking(answered(None, platform=code))
    for code in ("A1001", "A1002", "A1003", "A1004", "A1006", "A1007", "A1008", "A1010", "A1011", "A9999"):
        with pytest.raises(Refused) as caught:
            SF.read_tracking(answered(None, platform=code))
        assert caught.value.code == code
    with pytest.raises(Refused, match="COURIER_SF_CHECKWORD"):
        SF.read_tracking(reply("platform_error_signature.json"))


@pytest.mark.parametrize("code", ["A1002", "A1003", "A1004", "A1006", "A1011", "HTTP 403"])
def test_a_refusal_of_the_account_is_told_from_one_of_the_matter(code: str) -> None:
    assert SF.denies_access(Refused(code, ""))


@pytest.mark.parametrize("code", ["A1001", "8016", "8114", "filterResult 3", "FIELD"])
def test_a_refusal_of_the_matter_says_nothing_of_the_account(code: str) -> None:
    assert not SF.denies_access(Refused(code, ""))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "ftp://gateway.example"),
        ("URL", "http://[bad"),
        ("MONTHLY_CARD", "12345"),
        ("DIGEST", "sm3"),
        ("PRODUCT", "标快"),
        ("TIMEZONE", "Nowhere"),
        ("PUSH_TOKEN", "short"),
        ("OAUTH_URL", "gateway"),
        ("STATE_ANSWER", "[]"),
        ("AUTH", "password"),
        ("LABEL", "fm/150"),
        ("PHONES", "13000000000"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"COURIER_SF_{name}"):
        sf_with(**{name: value})


def test_half_a_configuration_names_what_is_missing() -> None:
    with pytest.raises(BadSettings) as caught:
        adapters.from_settings({"COURIER_SF_URL": SETTINGS["COURIER_SF_URL"]})
    assert len(caught.value.problems) == 3


def test_secrets_stay_out_of_what_is_printed() -> None:
    printed = repr(SF)
    assert SETTINGS["COURIER_SF_CHECKWORD"] not in printed
    assert SETTINGS["COURIER_SF_PUSH_TOKEN"] not in printed


def test_times_are_read_in_the_zone_that_is_set() -> None:
    (here, *_) = SF.read_tracking(reply("search_routes_response.json"))
    (there, *_) = sf_with(TIMEZONE="UTC").read_tracking(reply("search_routes_response.json"))
    assert here.happened_at == datetime(2026, 1, 1, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert there.happened_at == datetime(2026, 1, 1, 18, tzinfo=UTC)
