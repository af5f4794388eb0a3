"""Whatever comes to 快递鸟's desk is answered in its own envelope; nothing that is not signed is ever acted upon."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.adapters.kdniao_orders import order_of
from couriers.adapters.kdniao_wire import FORM, sign
from couriers.sandbox import kdniao
from couriers.sandbox.desk import Asked
from couriers.sandbox.kdniao_rules import ALL_TYPES, PATHS
from couriers.sandbox.world import World
from tests.couriers.test_sandbox_kdniao import KEY, OURS, made, request

DESK = kdniao.make(OURS)
TYPES = sorted(PATHS[ALL_TYPES])
ORDER: dict[str, Any] = order_of(request(), made("http://127.0.0.1:9").settings)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud800", "\x00", "1" * 5000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted({*ORDER, "LogisticCode", "CallBack", "Sort", "ExpNo", "IsSubscribe", "StartDate"}))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made_world = World(":memory:", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), first_number=11)
    yield made_world
    made_world.close()


def answered(world: World, body: bytes, content_type: str = FORM) -> dict[str, Any]:
    asked = Asked("POST", ALL_TYPES, "", {"Content-Type": content_type}, body, "http://127.0.0.1")
    said = DESK.handle(asked, world.account("kdniao"))
    assert said.status == 200
    answer: dict[str, Any] = json.loads(said.body)
    assert answer["EBusinessID"] == OURS["COURIER_KDNIAO_EBUSINESS_ID"]
    assert answer["Reason"] if answer["Success"] is not True else said.operation is not None
    return answer


def form(data: str, request_type: str, **changed: str) -> bytes:
    fields = {"RequestData": data, "EBusinessID": OURS["COURIER_KDNIAO_EBUSINESS_ID"], "RequestType": request_type}
    signed = {"DataSign": sign(data, KEY), "DataType": "2"}
    return urlencode({**fields, **signed, **changed}).encode()


@given(st.binary(max_size=300), st.sampled_from([FORM, "", "application/json"]))
def test_any_bytes_are_refused(world: World, body: bytes, content_type: str) -> None:
    assert answered(world, body, content_type)["Success"] is False


@given(st.sampled_from(TYPES), ODD)
def test_any_signed_value_is_answered(world: World, request_type: str, content: object) -> None:
    answered(world, form(json.dumps(content), request_type))


@given(st.sampled_from(TYPES), st.dictionaries(NAMES, ODD, max_size=3))
def test_any_field_of_an_order_or_query_may_be_odd(world: World, request_type: str, changed: dict[str, Any]) -> None:
    answered(world, form(json.dumps({**ORDER, "LogisticCode": "1100000000011", "ExpNo": "1", **changed}), request_type))


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=2))
def test_a_signed_order_that_was_touched_orders_nothing_else(world: World, place: int, instead: bytes) -> None:
    body = bytearray(form(json.dumps(ORDER, ensure_ascii=False), "1007"))
    place %= len(body)
    body[place : place + len(instead)] = instead
    answer = answered(world, bytes(body))
    references = {order["reference"] for order in world.state()["orders"]}
    assert references <= {ORDER["OrderCode"]} or answer["Success"] is False


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_tower_of_brackets_is_refused(world: World, opening: str) -> None:
    assert answered(world, form(opening * 100_000, "1007"))["ResultCode"] == "103"
