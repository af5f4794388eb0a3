"""快递100's desk when things go wrong, and whatever a stranger may send it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import transport
from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.contract import Busy, Garbled
from couriers.sandbox.account import Account
from couriers.sandbox.desk import Asked
from couriers.sandbox.world import World
from tests.couriers.conftest import request_of, wait_for
from tests.couriers.kuaidi100_stage import (
    AT,
    DESK,
    SAMPLES,
    Hook,
    M,
    label,
    parcel,
    poll,
    query,
    subscribed,
    tracked,
)
from tests.couriers.kuaidi100_stage import courier_fixture as courier_fixture
from tests.couriers.kuaidi100_stage import hook_fixture as hook_fixture
from tests.couriers.kuaidi100_stage import sandbox_fixture as sandbox_fixture


def test_a_busy_or_broken_server_is_told_in_its_own_codes(courier: Kuaidi100, world: World) -> None:
    for value, words in ((True, "502"), ("501", "501"), ("http", "429")):
        world.set_fault("throttled", value, "kuaidi100")
        with pytest.raises(Busy, match=words):
            tracked(courier, "1100000000011")
        with pytest.raises(Busy):
            subscribed(courier, "1100000000011", "http://127.0.0.1/x")
        with pytest.raises(Busy, match="429"):
            transport.send(courier.ask_booking(request_of(), AT), 5)
    world.set_fault("throttled", None, "kuaidi100")
    world.set_fault("5xx", True, "kuaidi100")
    with pytest.raises(Busy):
        tracked(courier, "1100000000011")
    assert world.state()["orders"] == []


def test_an_order_taken_in_silence_is_one_order_when_asked_again(courier: Kuaidi100, world: World) -> None:
    world.set_fault("timeout_after_order", 2, "kuaidi100")
    with pytest.raises(Busy):
        transport.send(courier.ask_booking(request_of(), AT), 0.3)
    world.set_fault("timeout_after_order", None, "kuaidi100")
    booking = courier.read_booking(transport.send(courier.ask_booking(request_of(), AT), 5))
    assert [one["waybill_no"] for one in world.state()["orders"]] == [booking.waybill_no]


def test_a_garbled_or_cut_answer_is_no_truth_and_half_of_the_scans_are_completed(
    courier: Kuaidi100, world: World
) -> None:
    number = parcel(world)
    world.set_fault("garbled", True, "kuaidi100")
    with pytest.raises(Garbled):
        tracked(courier, number)
    world.set_fault("garbled", None, "kuaidi100")
    world.set_fault("half_answer", "cut", "kuaidi100")
    with pytest.raises(Busy):
        tracked(courier, number)
    world.set_fault("half_answer", True, "kuaidi100")
    half = tracked(courier, number)
    world.set_fault("half_answer", None, "kuaidi100")
    whole = tracked(courier, number)
    assert len(half) == 4
    assert [event.natural_key for event in half] == [event.natural_key for event in whole][:4]


@pytest.mark.parametrize("fault", ["duplicate", "out_of_order"])
def test_a_push_again_or_out_of_order_ends_in_the_same_timeline(
    courier: Kuaidi100, world: World, hook: Hook, fault: str
) -> None:
    world.set_fault(fault, True, "kuaidi100")
    number = parcel(world)
    subscribed(courier, number, hook.url)
    wait_for(lambda: len(hook.pushes) >= 2)
    assert hook.timeline() == [(event.happened_at, event.code) for event in tracked(courier, number)]


def test_a_scan_said_again_in_other_words_has_the_same_meaning(courier: Kuaidi100, world: World, hook: Hook) -> None:
    number = parcel(world)
    plain = tracked(courier, number)
    world.set_fault("reworded", True, "kuaidi100")
    again = tracked(courier, number)
    assert len(again) == 2 * len(plain)
    assert {event.milestone for event in again} == {event.milestone for event in plain}
    assert {event.natural_key for event in plain} < {event.natural_key for event in again}
    assert {event.org_code for event in plain} == {event.org_code for event in again}


def test_a_silent_courier_pushes_nothing_and_forgets_nothing(courier: Kuaidi100, world: World, hook: Hook) -> None:
    world.set_fault("silent", True, "kuaidi100")
    number = parcel(world)
    subscribed(courier, number, hook.url)
    assert len(tracked(courier, number)) == 9
    assert hook.pushes == []
    world.set_fault("silent", None, "kuaidi100")
    wait_for(lambda: len(hook.events) == 9)


def test_a_return_under_a_new_number_names_it(courier: Kuaidi100, world: World) -> None:
    events = tracked(courier, parcel(world, "sf", "returned"), "shunfeng", "0000")
    assert events[-1].milestone is M.RETURNING
    back = events[-1].text.rpartition(" ")[2]
    assert tracked(courier, back, "shunfeng", "0000")[-1].milestone is M.DELIVERED


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PARAMS = {
    "/poll/query.do": {"com": "ems", "num": "1100000000011", "phone": "0001", "resultv2": "4", "order": "asc"},
    "/poll": json.loads((SAMPLES / "subscribe_param.json").read_text("utf-8")),
    "/label/order": json.loads((SAMPLES / "label_order_param.json").read_text("utf-8")),
}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    world = World(tmp_path_factory.mktemp("odd") / "world.sqlite", first_number=11)
    number = parcel(world)
    assert number == "1100000000011"
    yield world.account("kuaidi100")
    world.close()


def changed(param: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The param with some fields made odd, left out or added, on both levels."""
    made_odd = dict(param)
    for name in data.draw(st.lists(st.sampled_from([*param, "autoCom", "addr", "tel"]), max_size=3)):
        inner = made_odd.get(name)
        made_odd[name] = changed(inner, data) if isinstance(inner, dict) and inner else data.draw(ODD)
    return made_odd


@pytest.mark.parametrize("path", PARAMS)
@given(data=st.data())
def test_any_signed_param_is_answered_in_the_couriers_envelope(
    account: Account, path: str, data: st.DataObject
) -> None:
    text = json.dumps(changed(PARAMS[path], data))
    method = data.draw(st.sampled_from(["order", "cancel", "custom"]))
    call = {"/poll/query.do": query("", text), "/poll": poll("", text), "/label/order": label("", method, text)}[path]
    said = DESK.handle(Asked("POST", path, "", call.headers, urlencode(call.form or {}).encode(), ""), account)
    answer = json.loads(said.body)
    assert said.status == 200
    assert answer.keys() >= {"message"}
    assert str(answer.get("returnCode", answer.get("code", answer.get("status")))).isdigit()


@given(
    st.sampled_from([*PARAMS, "/autonumber/auto", "/label/image/x"]),
    st.sampled_from(["GET", "POST", "PUT"]),
    st.text(max_size=40),
    st.binary(max_size=200),
    st.sampled_from(["application/x-www-form-urlencoded", "text/plain", ""]),
)
def test_any_bytes_are_answered(
    account: Account, path: str, method: str, query_text: str, body: bytes, kind: str
) -> None:
    said = DESK.handle(Asked(method, path, query_text, {"content-type": kind}, body, ""), account)
    assert said.status in (200, 404)
    assert said.operation is None or path == "/autonumber/auto"


def test_a_tower_of_brackets_is_refused(account: Account) -> None:
    call = query("", "[" * 100_000)
    said = DESK.handle(
        Asked("POST", "/poll/query.do", "", call.headers, urlencode(call.form or {}).encode(), ""), account
    )
    assert json.loads(said.body)["returnCode"] == "400"
