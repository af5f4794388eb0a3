"""Couriers' pushes: believed or refused on their bytes, stored once, answered in the courier's words."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from couriers.contract import Push
from logistics.app import create_app
from logistics.store.packed import unpack
from logistics.tables import InboxMessage
from tests.api.world import EMS_CASES, World

JSON = "application/json; charset=UTF-8"


def push(house: World, body: bytes | str, code: str = "ems", content_type: str = JSON) -> TestResponse:
    """What the hook answers."""
    return house.app.test_client().post(f"/hooks/{code}", data=body, content_type=content_type)


def recorded(name: str) -> dict[str, Any]:
    """A recorded case's push."""
    return dict(json.loads((EMS_CASES / f"{name}.json").read_text()))


@pytest.fixture(autouse=True)
def _empty_inbox(house: World) -> None:
    """Recorded pushes have the same bytes in every test."""
    engine = create_engine(house.urls.owner)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM inbox"))
    engine.dispose()


def inbox(house: World) -> list[InboxMessage]:
    """What is in the inbox."""
    with Session(house.system.engine) as session:
        return list(session.exec(select(InboxMessage)))


def test_a_trusted_push_is_stored_as_it_came_and_answered_as_ems_wants(house: World) -> None:
    case = recorded("push")
    answer = push(house, case["push"]["body"])
    assert answer.status_code == 200
    assert answer.get_json() == case["answer"]["json"]
    (row,) = inbox(house)
    assert (row.courier, row.read_at) == ("ems", None)
    assert unpack(row.body, row.packed) == case["push"]["body"].encode()


def test_the_same_push_twice_is_one_message_and_two_good_answers(house: World) -> None:
    body = recorded("push")["push"]["body"]
    answers = [push(house, body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert len(inbox(house)) == 1


@pytest.mark.parametrize("name", ["push_wrong_key", "push_wrong_sender"])
def test_a_forged_push_is_refused_and_leaves_nothing(house: World, name: str) -> None:
    answer = push(house, recorded(name)["push"]["body"])
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["rule"] == "forged_push"
    assert inbox(house) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"senderNo": 1}', b"[" * 100_000])
def test_bytes_that_are_no_push_are_refused_and_leave_nothing(house: World, body: bytes) -> None:
    assert push(house, body).status_code == 401
    assert inbox(house) == []


def test_a_push_of_another_content_type_is_told_so(house: World) -> None:
    answer = push(house, recorded("push")["push"]["body"], content_type="text/xml")
    assert answer.status_code == 415
    assert inbox(house) == []


def test_a_push_for_a_courier_we_do_not_have_finds_nothing(house: World) -> None:
    for code in ("sf", "manual", "ems/../x", "%00"):
        assert push(house, "{}", code).status_code == 404
    assert house.app.test_client().get("/hooks/ems").status_code == 405


def test_a_push_of_ten_megabytes_is_not_read(house: World) -> None:
    answer = push(house, b" " * (10 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    streamed = house.app.test_client().post(
        "/hooks/ems",
        input_stream=io.BytesIO(b" " * (2 * 1024 * 1024)),
        content_type=JSON,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert streamed.status_code == 413


def test_when_the_database_does_not_take_it_the_courier_is_told_to_send_again(house: World) -> None:
    body = recorded("push")["push"]["body"]
    impatient = create_engine(house.urls.app, connect_args={"options": "-c lock_timeout=50ms"})
    app = create_app(replace(house.web, engine=impatient))
    with Session(house.system.engine) as session, session.begin():
        session.connection().execute(text("LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE"))
        answer = app.test_client().post("/hooks/ems", data=body, content_type=JSON)
    impatient.dispose()
    expected = house.web.couriers["ems"].answer(Push({"content-type": JSON}, body.encode()), False)
    assert (answer.status_code, answer.data) == (expected.status, expected.body)
    assert answer.get_json()["code"] != "00000"
    assert inbox(house) == []
    assert push(house, body).status_code == 200
    assert len(inbox(house)) == 1
