"""快递100's subscriptions and pushes over real HTTP: whole lists, signed, repeated, corrected, stopped."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.scans import Kind
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import wait_for
from tests.couriers.kuaidi100_stage import (
    AT,
    KEY,
    SAMPLES,
    START,
    Hook,
    answered,
    parcel,
    poll,
    subscribed,
    tracked,
)
from tests.couriers.kuaidi100_stage import courier_fixture as courier_fixture
from tests.couriers.kuaidi100_stage import hook_fixture as hook_fixture
from tests.couriers.kuaidi100_stage import sandbox_fixture as sandbox_fixture


def test_a_subscription_brings_every_scan_signed_and_ends_with_the_signature(
    courier: Kuaidi100, world: World, hook: Hook
) -> None:
    number = parcel(world, journey="")
    subscribed(courier, number, hook.url)
    world.tell(number, Kind.ACCEPTED, START, "sender office")
    wait_for(lambda: len(hook.events) == 1)
    assert hook.statuses == ["polling"]
    world.tell(number, Kind.SIGNED, START + timedelta(days=1))
    wait_for(lambda: len(hook.events) == 2)
    assert hook.statuses[-1] == "shutdown"
    assert hook.timeline() == [(event.happened_at, event.code) for event in tracked(courier, number)]
    assert list(hook.events) == [event.natural_key for event in tracked(courier, number)]
    world.tell(number, Kind.DELIVERY_TAKEN_BACK, START + timedelta(days=2))
    wait_for(lambda: len(hook.events) == 3)
    assert hook.statuses[-1] == "updateall"


def test_a_push_is_in_the_published_shape_and_unsigned_without_a_salt(
    courier: Kuaidi100, sandbox: Sandbox, world: World, hook: Hook
) -> None:
    number = parcel(world)
    subscribed(courier, number, hook.url)
    wait_for(lambda: len(hook.pushes) > 0)
    assert set(parse_qs(hook.pushes[0].body.decode())) == {"param", "sign"}
    published = json.loads((SAMPLES / "callback_param.json").read_text("utf-8"))
    param = {"company": "ems", "number": number, "key": KEY, "parameters": {"callbackurl": hook.url + "?2"}}
    assert answered(poll(sandbox.root, param))["returnCode"] == "200"
    wait_for(lambda: any(b"sign=" not in push.body for push in hook.pushes))
    bare = next(push for push in hook.pushes if b"sign=" not in push.body)
    assert not hook.courier.trusts(bare)
    shown = json.loads(parse_qs(bare.body.decode())["param"][0])
    assert set(shown) == set(published)
    assert set(shown["lastResult"]) == set(published["lastResult"])


def test_subscribing_twice_is_one_subscription(sandbox: Sandbox, courier: Kuaidi100, hook: Hook) -> None:
    sample = json.loads((SAMPLES / "subscribe_param.json").read_text("utf-8"))
    assert answered(poll(sandbox.root, sample)) == json.loads((SAMPLES / "subscribe_response.json").read_text("utf-8"))
    twice = answered(poll(sandbox.root, sample))
    assert twice == json.loads((SAMPLES / "subscribe_duplicate.json").read_text("utf-8"))
    for _ in range(2):
        subscribed(courier, "1100000000011", hook.url)


@pytest.mark.parametrize(
    ("changed", "parameters", "code"),
    [
        ({"key": "other"}, {}, "600"),
        ({"key": 1}, {}, "600"),
        ({"company": "nobody"}, {}, "700"),
        ({"company": ""}, {}, "700"),
        ({"number": ""}, {}, "700"),
        ({"number": "1" * 33}, {}, "700"),
        ({}, {"callbackurl": "ftp://x"}, "700"),
        ({}, {"callbackurl": ""}, "700"),
        ({}, {"callbackurl": "http://[bad"}, "700"),
        ({"number": "\ud800"}, {}, "700"),
        ({}, {"salt": "x" * 33}, "700"),
        ({}, {"resultv2": "9"}, "700"),
        ({"company": "yunda"}, {"interCom": "1"}, "700"),
        ({"parameters": []}, {}, "700"),
        ({"company": "huitongkuaidi"}, {}, "701"),
        ({"company": "", "number": "nobody's"}, {"autoCom": "1"}, "702"),
        ({"company": ""}, {"autoCom": "1"}, "200"),
    ],
)
def test_a_subscription_must_keep_the_rules(
    sandbox: Sandbox, changed: dict[str, Any], parameters: dict[str, str], code: str
) -> None:
    sample = json.loads((SAMPLES / "subscribe_param.json").read_text("utf-8"))
    sample["parameters"] |= parameters
    assert answered(poll(sandbox.root, json.dumps(sample | changed)))["returnCode"] == code
    assert answered(poll(sandbox.root, "["))["returnCode"] == "700"


def test_a_push_that_is_not_taken_comes_three_times_more(courier: Kuaidi100, world: World, hook: Hook) -> None:
    hook.failures = 3
    number = parcel(world)
    subscribed(courier, number, hook.url)
    wait_for(lambda: len(hook.events) == 9)
    assert len(hook.pushes) == 4


def test_after_four_failures_only_a_new_scan_brings_the_list_again(
    courier: Kuaidi100, world: World, hook: Hook
) -> None:
    hook.failures = 4
    order, _ = world.book("kuaidi100", "YD-1", "ems")
    number = order.waybill_no
    world.tell(number, Kind.ACCEPTED, START, "sender office")
    subscribed(courier, number, hook.url)
    wait_for(lambda: world.state()["pushes_owed"] == 0)
    assert (len(hook.pushes), hook.events) == (4, {})
    world.tell(number, Kind.LEFT, START + timedelta(hours=1), "sender office")
    wait_for(lambda: len(hook.events) == 2)


def test_a_wrong_carrier_is_corrected_by_an_abort_and_then_in_every_push(
    courier: Kuaidi100, world: World, hook: Hook
) -> None:
    number = parcel(world, journey="")
    subscribed(courier, number, hook.url, carrier="youzhengguonei")
    world.tell(number, Kind.ACCEPTED, START, "sender office")
    wait_for(lambda: len(hook.statuses) == 2)
    world.tell(number, Kind.LEFT, START + timedelta(hours=1), "sender office")
    wait_for(lambda: len(hook.statuses) == 3)
    assert hook.statuses == ["abort", "polling", "polling"]
    notices = [hook.courier.read_push_notice(push) for push in hook.pushes]
    assert [(one.corrected_from, one.corrected_to) for one in notices] == [("youzhengguonei", "ems")] * 3
    assert [one.renew_after for one in notices] == [None] * 3
    assert {event.org_code.split(":")[0] for event in hook.events.values()} == {"ems"}


def test_a_stopped_subscription_says_so_and_can_be_renewed(courier: Kuaidi100, world: World, hook: Hook) -> None:
    number = "1100000000099"
    subscribed(courier, number, hook.url)
    world.notify("kuaidi100", number, {"status": "abort", "message": "3天查询无记录"})
    wait_for(lambda: hook.statuses == ["abort"])
    notice = hook.courier.read_push_notice(hook.pushes[0])
    assert (notice.number, notice.carrier, notice.words) == (number, "ems", "3天查询无记录")
    assert notice.renew_after == timedelta(minutes=30)
    call = courier.ask_subscription(number, notice.carrier_now, hook.url, "", AT)
    assert answered(call)["returnCode"] == "200"


def test_a_stop_after_scans_comes_with_them(courier: Kuaidi100, world: World, hook: Hook) -> None:
    number = parcel(world, journey="")
    world.tell(number, Kind.ACCEPTED, START, "sender office")
    subscribed(courier, number, hook.url)
    wait_for(lambda: len(hook.events) == 1)
    hook.failures = 1
    world.notify("kuaidi100", number, {"status": "abort", "message": "60天无变化"})
    wait_for(lambda: hook.statuses == ["polling", "abort"])
    assert [event.code for event in hook.events.values()] == ["103", "abort"]


def test_pushes_about_sf_come_only_with_the_right_phone(courier: Kuaidi100, world: World, hook: Hook) -> None:
    number = parcel(world, "sf")
    subscribed(courier, number, hook.url, "shunfeng", "9999")
    subscribed(courier, number, hook.url + "?2", "shunfeng", "0731-80000000")
    wait_for(lambda: len(hook.events) == len(JOURNEYS["delivered"]))
    assert len(hook.pushes) == 1
