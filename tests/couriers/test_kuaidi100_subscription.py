"""快递100's subscriptions, pushes and notices, and what an aggregator tells."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from couriers import adapters, contract, waybills
from couriers.adapters.kuaidi100_subscription import Subscription
from couriers.contract import (
    Aggregates,
    Carrier,
    ForgetsReferences,
    Garbled,
    Push,
    Refused,
    Reply,
    Subscribes,
    TellsAccess,
    TellsOfSubscriptions,
)
from tests.couriers.kuaidi100_samples import (
    ADAPTER,
    AT,
    HOOK,
    answered,
    courier,
    form_of,
    loaded,
    signed,
    vector,
)


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
