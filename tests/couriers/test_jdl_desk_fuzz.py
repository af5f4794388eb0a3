"""Whatever comes to JDL's desk is answered in its own envelope; what is not signed gets no trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.adapters.jdl import TRACE
from couriers.adapters.jdl_wire import lop_address
from couriers.sandbox import jdl
from couriers.sandbox.desk import Asked
from couriers.sandbox.world import World
from tests.couriers.test_sandbox_jdl import FIRST, JSON, NOW, OURS, made

DESK = jdl.make(OURS)
ADAPTER = made("http://127.0.0.1:9")
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["\ud800", "\x00", FIRST]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ARGUMENT = st.fixed_dictionaries(
    {},
    optional={
        "waybillCode": st.just(FIRST) | ODD,
        "orderCode": ODD,
        "orderOrigin": st.sampled_from([0, 1, 2]) | ODD,
        "customerCode": st.just(OURS["COURIER_JDL_CUSTOMER_CODE"]) | ODD,
    },
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made_world = World(":memory:", clock=lambda: NOW, first_number=11)
    made_world.book("jdl", "J-1")
    yield made_world
    made_world.close()


def answered(world: World, query: str, body: bytes, content_type: str = JSON) -> dict[str, Any]:
    asked = Asked("POST", TRACE, query, {"content-type": content_type}, body, "http://127.0.0.1")
    said = DESK.handle(asked, world.account("jdl"))
    assert said.status == 200
    answer: dict[str, Any] = json.loads(said.body)
    assert answer["success"] is (answer["code"] == 0)
    assert answer["msg"]
    return answer


@given(st.text(max_size=200), st.binary(max_size=200), st.sampled_from([JSON, "", "text/plain"]))
def test_any_query_and_bytes_are_refused(world: World, query: str, body: bytes, content_type: str) -> None:
    assert answered(world, query, body, content_type)["success"] is False


@given(ARGUMENT | ODD)
def test_any_signed_argument_is_answered(world: World, argument: object) -> None:
    body = json.dumps([argument])
    query = urlsplit(signed(body)).query
    answered(world, query, body.encode())


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=2))
def test_a_signed_call_that_was_touched_is_refused(world: World, place: int, instead: bytes) -> None:
    call = ADAPTER.ask_tracking(FIRST, NOW)
    query, body = urlsplit(call.url).query, bytearray(call.body or b"")
    place %= len(body)
    body[place : place + len(instead)] = instead
    assert answered(world, query, bytes(body))["success"] is (bytes(body) == call.body)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_tower_of_brackets_is_refused(world: World, opening: str) -> None:
    body = opening * 50_000
    assert answered(world, urlsplit(signed(body)).query, body.encode())["success"] is False


def signed(body: str) -> str:
    return lop_address(TRACE, body, NOW, ADAPTER.settings)
