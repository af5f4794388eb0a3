"""快递100's desk over real HTTP: strict about who asks and what, every parcel's trace, recognition."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from couriers import transport
from couriers.adapters.ems import Ems
from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.adapters.kuaidi100_wire import FORM
from couriers.contract import Call, Carrier, Reason, Refused
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.scans import Kind
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import request_of
from tests.couriers.kuaidi100_stage import (
    AT,
    DAY,
    KEY,
    OURS,
    SAMPLES,
    START,
    M,
    answered,
    made,
    parcel,
    query,
    subscribed,
    tracked,
)
from tests.couriers.kuaidi100_stage import courier_fixture as courier_fixture
from tests.couriers.kuaidi100_stage import ems_fixture as ems_fixture
from tests.couriers.kuaidi100_stage import hook_fixture as hook_fixture
from tests.couriers.kuaidi100_stage import sandbox_fixture as sandbox_fixture


def test_a_parcel_that_ems_carries_is_seen_with_its_whole_trace(courier: Kuaidi100, world: World) -> None:
    events = tracked(courier, parcel(world))
    codes = ["103", "1002", "0", "1002", "1001", "1002", "1001", "5", "301"]
    assert [event.code for event in events] == codes
    assert events[-1].happened_at == START + timedelta(seconds=DAY)
    assert (events[-1].milestone, events[-1].reason) == (M.DELIVERED, Reason.SIGNED_BY_ADDRESSEE)
    assert events[-1].place == "湖南省,长沙市"
    assert {event.org_code.split(":")[0] for event in events} == {"ems"}


def test_a_parcel_booked_at_ems_over_the_wire_is_seen_here(courier: Kuaidi100, ems: Ems, world: World) -> None:
    booking = ems.read_booking(transport.send(ems.ask_booking(request_of(), AT), 5))
    assert tracked(courier, booking.waybill_no) == ()
    world.tell(booking.waybill_no, Kind.ACCEPTED, START, "sender office")
    assert [event.milestone for event in tracked(courier, booking.waybill_no)] == [M.PICKED_UP]


def test_a_parcel_of_sf_is_shown_only_to_whom_the_phone_is_known(courier: Kuaidi100, world: World) -> None:
    number = parcel(world, "sf")
    for wrong in ("", "13800001234"):
        with pytest.raises(Refused, match="408") as caught:
            tracked(courier, number, "shunfeng", wrong)
        assert caught.value.words == json.loads((SAMPLES / "query_phone_required.json").read_text("utf-8"))["message"]
    for right in ("13000000000", "0731-80000000"):
        assert tracked(courier, number, "shunfeng", right)[-1].milestone is M.DELIVERED
    with pytest.raises(Refused, match="408"):
        tracked(courier, "SF0000000000000", "shunfeng")
    assert tracked(courier, "SF0000000000000", "shunfeng", "0000") == ()


def test_a_number_that_nobody_has_or_another_carrier_has_gets_no_result(sandbox: Sandbox, world: World) -> None:
    number = parcel(world)
    wanted = json.loads((SAMPLES / "query_no_result.json").read_text("utf-8"))
    assert answered(query(sandbox.root, {"com": "ems", "num": "1199999999999"})) == wanted
    assert answered(query(sandbox.root, {"com": "yuantong", "num": number})) == wanted
    assert answered(query(sandbox.root, {"com": "ems", "num": parcel(world, journey="", reference="YD-2")})) == wanted


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign": "0" * 32}, "503"),
        ({"customer": "ANOTHER"}, "503"),
        ({"sign": ""}, "400"),
        ({"customer": ""}, "400"),
        ({"param": ""}, "400"),
        ({"param": "{}"}, "503"),
    ],
)
def test_a_query_must_be_signed(sandbox: Sandbox, changed: dict[str, str], code: str) -> None:
    said = answered(query(sandbox.root, {"com": "ems", "num": "1"}, **changed))
    assert (said["result"], said["returnCode"]) == (False, code)
    if code == "503":
        assert said == json.loads((SAMPLES / "query_bad_sign.json").read_text("utf-8"))


def test_a_signature_in_small_letters_is_wrong(sandbox: Sandbox) -> None:
    call = query(sandbox.root, {"com": "ems", "num": "1"})
    assert call.form is not None
    small = query(sandbox.root, {"com": "ems", "num": "1"}, sign=call.form["sign"].lower())
    assert answered(small)["returnCode"] == "503"


@pytest.mark.parametrize(
    "param",
    [
        "no json",
        "[]",
        {},
        {"com": "ems"},
        {"num": "1100000000011"},
        {"com": "nobody", "num": "1100000000011"},
        {"com": "EMS", "num": "1100000000011"},
        {"com": "ems", "num": "1" * 33},
        {"com": "ems", "num": 1100000000011},
        {"com": "ems", "num": "1", "resultv2": "5"},
        {"com": "ems", "num": "1", "order": "up"},
        {"com": "ems", "num": "1", "show": "1"},
        {"com": "ems", "num": "1", "needCourierInfo": "true"},
    ],
)
def test_a_query_with_a_field_against_the_rules_is_incomplete(sandbox: Sandbox, param: object) -> None:
    assert answered(query(sandbox.root, param))["returnCode"] == "400"


def test_only_a_url_encoded_form_by_post_is_read(sandbox: Sandbox) -> None:
    call = query(sandbox.root, {"com": "ems", "num": "1"})
    body = urlencode(call.form or {}).encode()
    for wrong in (
        replace(call, method="GET"),
        replace(call, form=None, body=body, headers={"Content-Type": "application/json"}),
        replace(call, form=None, body=body + b"&sign=x"),
        replace(call, form=None, body="param=参数".encode()),
    ):
        assert answered(wrong)["returnCode"] == "400"


def test_the_detail_of_an_answer_is_what_was_asked_for(sandbox: Sandbox, world: World) -> None:
    number = parcel(world, journey="locker")
    bare, named, full = (
        answered(query(sandbox.root, {"com": "ems", "num": number, "resultv2": v})) for v in ("0", "1", "4")
    )
    assert (bare["state"], named["state"], full["state"]) == ("3", "3", "304")
    assert set(bare["data"][0]) == {"time", "ftime", "context"}
    assert ("status" in named["data"][0], "statusCode" in named["data"][0]) == (True, False)
    published = json.loads((SAMPLES / "query_response.json").read_text("utf-8"))
    assert set(full) == set(published)
    assert set(full["data"][0]) == set(published["data"][0])
    assert set(bare) == set(json.loads((SAMPLES / "query_response_basic.json").read_text("utf-8")))
    upward = answered(query(sandbox.root, {"com": "ems", "num": number, "resultv2": "4", "order": "asc"}))
    assert upward["data"] == full["data"][::-1]


def test_every_kind_of_scan_is_worded_in_a_published_state(courier: Kuaidi100, world: World) -> None:
    for place, journey in enumerate(name for name in JOURNEYS if name != "unknown_code"):
        events = tracked(courier, parcel(world, journey=journey, reference=f"YD-{place}"))
        assert len(events) == len(JOURNEYS[journey])
        assert M.UNRECOGNISED not in {event.milestone for event in events}
    ends = {
        name: tracked(courier, parcel(world, journey=name, reference=f"E-{name}"))[-1].milestone for name in JOURNEYS
    }
    assert ends == {
        **dict.fromkeys(("delivered", "unknown_code", "locker", "attempted", "held", "corrected"), M.DELIVERED),
        "lost": M.HELD,
        "station": M.AVAILABLE,
        "damaged": M.DAMAGED,
        "delivered_then_not": M.ATTEMPTED,
        "returned": M.RETURNED,
    }


def test_a_code_in_no_table_is_sent_on_request(courier: Kuaidi100, world: World) -> None:
    events = tracked(courier, parcel(world, journey="unknown_code"))
    assert [event.code for event in events if event.milestone is M.UNRECOGNISED] == ["999"]


def test_an_expired_key_opens_nothing(world: World) -> None:
    with Sandbox(world, {**OURS, "SANDBOX_KUAIDI100_KEY_UNTIL": AT.isoformat()}) as running:
        late = made(running.root)
        for ask in (
            lambda: tracked(late, "1100000000011"),
            lambda: subscribed(late, "1100000000011", "http://127.0.0.1/x"),
            lambda: late.read_recognition(transport.send(late.ask_recognition("1"), 5)),
            lambda: late.read_booking(transport.send(late.ask_booking(request_of(), AT), 5)),
        ):
            with pytest.raises(Refused, match="601"):
                ask()


def test_a_number_is_recognised_by_who_has_it_and_by_its_form(courier: Kuaidi100, world: World) -> None:
    def recognised(number: str) -> tuple[Carrier, ...]:
        return courier.read_recognition(transport.send(courier.ask_recognition(number), 5))

    assert recognised(parcel(world))[0] == Carrier("ems", "EMS")
    assert recognised(parcel(world, "sf", reference="YD-2"))[0] == Carrier("shunfeng", "顺丰")
    assert recognised("YT9693083639795") == (Carrier("yuantong", "圆通"),)
    assert recognised("x") == ()


def test_recognition_wants_a_number_and_our_key(sandbox: Sandbox) -> None:
    for asked, code in (("num=1", "600"), ("num=1&key=other", "600"), (f"key={KEY}", "400")):
        assert answered(Call("GET", f"{sandbox.root}/autonumber/auto?{asked}"))["returnCode"] == code
    form = {"num": "1100000000011", "key": KEY}
    (row,) = answered(Call("POST", f"{sandbox.root}/autonumber/auto", {"Content-Type": FORM}, form=form))
    assert set(row) - {"name"} == set(json.loads((SAMPLES / "autonumber_response.json").read_text("utf-8"))[0])
