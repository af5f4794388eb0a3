"""Thousands of spoilt pushes at the real door of a running web, signed ones among them, and what the scheduler makes of
those that were believed."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import structlog
from sqlmodel import Session, col, select

from couriers.adapters import ems_wire, kdniao_wire, kuaidi100_wire
from couriers.contract import Booking, CourierError, Push
from logistics.api.tokens import LARGEST
from logistics.services import dispatch
from logistics.store.embedded import Server
from logistics.store.packed import unpack
from logistics.tables import InboxMessage, Tracking
from scheduler import inbox
from tests.conftest import _new_database
from tests.couriers.mutations import Recorded, monsters, recorded, spoilt
from tests.journeys.courier_town import CourierTown, courier_town, settings

CODES = ("ems", "sf", "kuaidi100", "kdniao")
ROUNDS = 550  # spoilt messages for each courier, as they come
SIGNED = 120  # … and spoilt within, then signed as the courier would
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
ODD_TYPES = ("", "text/xml", "multipart/form-data; boundary=x", "application/json; charset=\xff", "x" * 2000, "/;=,")
ODD_PATHS = ("jdl", "cainiao", "manual", "EMS", "ems/", "ems%00", "%2e%2e%2f", "sf%2fems", "ems?token=%ff", "x" * 3000)
METHODS = ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")


@pytest.fixture(scope="module")
def town(postgres: Server, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourierTown]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # thousands of refusals
    with _new_database(postgres, seeded_template) as urls, courier_town(urls, tmp_path_factory.mktemp("door")) as made:
        for code in CODES:
            _carry_the_recorded_number(made, code)
        yield made
    structlog.reset_defaults()


def _carry_the_recorded_number(town: CourierTown, code: str) -> None:
    """An envelope of ours has the number that most recorded pushes of that courier are about."""
    courier, numbers = town.house.system.couriers[code], Counter[str]()
    for one in recorded(code):
        push = Push({**one.headers, "X-Push-Token": settings()["COURIER_SF_PUSH_TOKEN"]}, one.body)
        with suppress(CourierError):
            if one.operation == "push" and courier.trusts(push):
                numbers.update(event.waybill_no for event in courier.read_push(push) if event.waybill_no)
    dispatch.record_booking(town.house.system, town.sent(code), Booking(numbers.most_common(1)[0][0]))


def send(
    town: CourierTown, path: str, body: bytes, content_type: str | None = JSON, method: str = "POST"
) -> tuple[int, bytes]:
    """Status and body; 413 as well when the door was shut while we still spoke."""
    connection = HTTPConnection(urlsplit(town.house.web.base_url).netloc, timeout=20)
    try:
        connection.putrequest(method, path)
        if content_type is not None:
            connection.putheader("Content-Type", content_type.encode("latin-1"))
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        with suppress(ConnectionError):
            connection.send(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (ConnectionError, HTTPException):
        assert len(body) > LARGEST, (path, method)
        return 413, b""
    finally:
        connection.close()


def door(code: str, token: bool = True) -> str:
    """The registered address of a courier's hook."""
    query = urlencode({"token": settings()["COURIER_SF_PUSH_TOKEN"]}) if code == "sf" and token else ""
    return f"/hooks/{code}?{query}"


def content_type_of(message: Recorded, dice: random.Random) -> str:
    given = next((value for name, value in message.headers.items() if name.lower() == "content-type"), "")
    return given or dice.choice((JSON, FORM))


def inside(code: str, body: bytes) -> bytes:
    """What a recorded push says, out of its envelope."""
    match code:
        case "ems":
            given = json.loads(body)["logitcsInterface"]
            return ems_wire.unseal(given, settings()["COURIER_EMS_SIGN_KEY"], suffix=False).encode()
        case "kuaidi100":
            return parse_qs(body.decode())["param"][0].encode()
        case "kdniao":
            return parse_qs(body.decode())["RequestData"][0].encode()
    return body


def signed(code: str, content: bytes, like: Recorded) -> bytes:
    """The content in the courier's envelope, as somebody who has its keys would send it."""
    ours, text = settings(), content.decode("utf-8", "replace")
    match code:
        case "ems":
            sealed = ems_wire.seal(text, ours["COURIER_EMS_SIGN_KEY"], suffix=False)
            return json.dumps({**json.loads(like.body), "logitcsInterface": sealed}).encode()
        case "kuaidi100":
            proof = kuaidi100_wire.sign_push(text, ours["COURIER_KUAIDI100_SALT"])
            return urlencode({"param": text, "sign": proof}).encode()
        case "kdniao":
            proof = kdniao_wire.sign(text, ours["COURIER_KDNIAO_APP_KEY"])
            form = {name: values[0] for name, values in parse_qs(like.body.decode()).items()}
            return urlencode({**form, "RequestData": text, "DataSign": proof}).encode()
    return content


def trusted(town: CourierTown, code: str, body: bytes, headers: Mapping[str, str]) -> bool:
    return town.house.web.couriers[code].trusts(Push(headers, body))


def stored(town: CourierTown) -> list[InboxMessage]:
    with Session(town.house.system.engine) as session:
        return list(session.exec(select(InboxMessage)))


def test_no_spoilt_push_is_stored_unless_it_is_proven_and_none_is_answered_with_a_fault(town: CourierTown) -> None:
    dice, proven, said = random.Random(20261122), set[bytes](), Counter[int]()
    for code in CODES:
        messages = [one for one in recorded(code) if one.operation in ("push", "sample")]
        for message in messages * (ROUNDS // len(messages) + 1):
            [body] = spoilt(message, dice, 1)
            kind, known = content_type_of(message, dice), dice.random() < 0.5
            headers = {"Content-Type": kind, **({"X-Push-Token": settings()["COURIER_SF_PUSH_TOKEN"]} if known else {})}
            if len(body) <= LARGEST and trusted(town, code, body, headers):
                proven.add(body)
            status, _ = send(town, door(code, known), body, kind)
            said[status] += 1
    assert said.total() > 2_000
    assert set(said) <= {200, 401, 413, 415}, said
    assert {unpack(row.body, row.packed) for row in stored(town)} == proven


def test_monsters_wrong_doors_types_and_methods_are_refused_and_the_process_lives(town: CourierTown) -> None:
    before = len(stored(town))
    for code in CODES:
        for name, body in monsters().items():
            status, _ = send(town, door(code, token=False), body, FORM if name.startswith("a form") else JSON)
            assert status in (401, 413, 415), (code, name, status)
        for kind in (*ODD_TYPES, None):
            assert send(town, door(code, token=False), b"{}", kind)[0] in (400, 401, 415), (code, kind)
        for method in METHODS:
            assert send(town, door(code), b"", JSON, method)[0] in (200, 204, 405, 501), (code, method)  # 200: OPTIONS
    for path in ODD_PATHS:
        assert send(town, f"/hooks/{path}", b"{}")[0] in (401, 404, 405), path
    assert len(stored(town)) == before
    assert send(town, "/healthz", b"", None, "GET")[0] == 200


def test_spoilt_content_with_a_good_signature_is_read_or_waits_for_a_person(town: CourierTown) -> None:
    dice, said = random.Random(7), Counter[tuple[str, int]]()
    for code in CODES:
        messages = [one for one in recorded(code) if one.operation == "push" and _opens(code, one)]
        for message in messages * (SIGNED // len(messages) + 1):
            plain = Recorded(code, "push", message.headers, inside(code, message.body))
            [content] = spoilt(plain, dice, 1)
            body = signed(code, content, message)
            said[code, send(town, door(code), body, content_type_of(message, dice))[0]] += 1
    assert {status for _, status in said} <= {200, 401, 413, 415}, said
    assert all(said[code, 200] > SIGNED // 3 for code in CODES), said
    for _ in range(30):
        town.house.clock.advance(hours=1)
        if not inbox.once(town.house.system, 5_000):
            break
    rows = stored(town)
    assert all(row.read_at is not None or row.parked_at is not None for row in rows)
    ours = {row.last_error for row in rows if "程序内部错误" in row.last_error}
    assert not ours, ours
    assert any(row.parked_at is not None for row in rows)
    with Session(town.house.system.engine) as session:
        couriers = set(session.exec(select(Tracking.courier).where(col(Tracking.source) == "push")))
    assert couriers == set(CODES)  # spoilt as they are, some say something of our envelopes


def _opens(code: str, message: Recorded) -> bool:
    with suppress(CourierError, ValueError, KeyError):
        return bool(inside(code, message.body))
    return False
