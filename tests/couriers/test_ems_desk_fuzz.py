"""Whatever comes to EMS's desk is answered in its envelope; nothing that is not sealed with the key is acted upon."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.adapters.ems import FORM
from couriers.adapters.ems_orders import order_of
from couriers.adapters.ems_wire import seal
from couriers.sandbox import ems
from couriers.sandbox.desk import Asked
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS, ems_at, request_of

DESK = ems.make(SETTINGS)
KEY = SETTINGS["COURIER_EMS_SIGN_KEY"]
CODES = ["010004", "020003", "020006", "030005", "040001", "050001", "050005", "060001"]
ORDER: dict[str, Any] = order_of(request_of(), ems_at("http://127.0.0.1:9").settings)
FIELDS = sorted(
    {*ORDER, "type", "getURL", "isReturn", "cancelReason", "direction", "address", "prov", "city", "county"}
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud800", "\x00", "9" * 5000, "1" * 13, "129"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World(":memory:", clock=lambda: datetime(2026, 9, 28, 1, 0, tzinfo=UTC), first_number=11)
    yield made
    made.close()


def answered(world: World, body: bytes, content_type: str = FORM) -> dict[str, Any]:
    asked = Asked("POST", ems.PATHS[0], "", {"Content-Type": content_type}, body, "http://127.0.0.1")
    said = DESK.handle(asked, world.account("ems"))
    answer: dict[str, Any] = json.loads(said.body)
    assert said.status == 200
    assert answer["success"] is (answer["retCode"] == "00000")
    assert answer["retMsg"]
    return answer


def form(text: str, api_code: str) -> bytes:
    fields = {
        "apiCode": api_code,
        "senderNo": SETTINGS["COURIER_EMS_SENDER_NO"],
        "authorization": SETTINGS["COURIER_EMS_AUTHORIZATION"],
        "timeStamp": "2026-09-28 09:00:00",
        "logitcsInterface": text,
    }
    return urlencode(fields).encode()


@given(body=st.binary(max_size=300), content_type=st.sampled_from([FORM, "application/json", ""]))
def test_any_bytes_are_refused(world: World, body: bytes, content_type: str) -> None:
    assert answered(world, body, content_type)["success"] is False


@given(content=ODD, api_code=st.sampled_from(CODES))
def test_any_sealed_content_is_answered(world: World, content: object, api_code: str) -> None:
    answered(world, form(seal(json.dumps(content), KEY, suffix=True), api_code))


@given(name=st.sampled_from(sorted(ORDER)), value=ODD, role=st.sampled_from(["", "sender", "receiver"]))
def test_an_order_with_anything_in_one_field_is_taken_or_refused(
    world: World, name: str, value: object, role: str
) -> None:
    order = copy.deepcopy(ORDER)
    (order[role] if role else order)[name] = value
    answered(world, form(seal(json.dumps([order]), KEY, suffix=True), "020003"))


@given(place=st.integers(0, 200), instead=st.characters(codec="ascii"))
def test_a_sealed_order_that_was_touched_is_refused(world: World, place: int, instead: str) -> None:
    text = seal(json.dumps([ORDER]), KEY, suffix=True)
    touched = text[:place] + instead + text[place + 1 :]
    if touched != text:
        assert answered(world, form(touched, "020003"))["success"] is False


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_tower_of_brackets_is_refused(world: World, opening: str) -> None:
    assert answered(world, form(seal(opening * 100_000, KEY, suffix=True), "020003"))["success"] is False
