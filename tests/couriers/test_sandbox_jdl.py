"""JDL's desk over real HTTP: every signature, the clock, the body; and the parcels of the world in JDL's own nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from couriers import adapters, transport
from couriers.adapters.jdl import TRACE, Jdl
from couriers.contract import (
    Call,
    Refused,
    TrackingEvent,
)
from couriers.sandbox.jdl_rules import (
    BAD_CALL,
    BAD_CLOCK,
    BAD_FIELD,
    BAD_SIGN,
    BAD_TOKEN,
    NO_METHOD,
    NOTHING_YET,
)
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World

DATA = Path(__file__).parents[1] / "data"
OURS: dict[str, str] = json.loads((DATA / "couriers" / "jdl" / "settings.json").read_text("utf-8"))
KDNIAO: dict[str, str] = json.loads((DATA / "couriers" / "kdniao" / "settings.json").read_text("utf-8"))
SAMPLES = DATA / "samples" / "jdl"
NOW = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
START = datetime(2025, 12, 30, 2, 0, tzinfo=UTC)
DAY = 86400.0
JSON = "application/json;charset=UTF-8"
FIRST = "JDVA00000000011"


def made(url: str, **changed: str) -> Jdl:
    names = {f"COURIER_JDL_{name}": value for name, value in changed.items()}
    courier = adapters.make("jdl", {**OURS, "COURIER_JDL_URL": url, **names})
    assert isinstance(courier, Jdl)
    return courier


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jdl]:
    """A desk with one parcel that was not scanned, for what is refused."""
    world = World(tmp_path_factory.mktemp("strict") / "world.sqlite", clock=lambda: NOW, first_number=11)
    assert world.book("jdl", "J-1")[0].waybill_no == FIRST
    with Sandbox(world, OURS) as running:
        yield made(running.root)
    world.close()


def said(call: Call) -> tuple[str, bool]:
    reply = transport.send(call, 5)
    assert reply.status == 200
    answer = json.loads(reply.body)
    assert answer["msg"]
    return str(answer["code"]), answer["success"]


def with_query(call: Call, **changes: str | None) -> Call:
    parts = urlsplit(call.url)
    query = {name.replace("LOP-DN", "LOP_DN"): value for name, value in parse_qsl(parts.query)}
    kept = {name.replace("LOP_DN", "LOP-DN"): v for name, v in {**query, **changes}.items() if v is not None}
    return replace(call, url=parts._replace(query=urlencode(kept, quote_via=quote)).geturl())


def track(courier: Jdl, number: str, at: datetime = NOW) -> tuple[TrackingEvent, ...]:
    return courier.read_tracking(transport.send(courier.ask_tracking(number, at), 5))


# who asks, and how


@pytest.mark.parametrize(
    "changed",
    [
        *({"ALGORITHM": name} for name in ("md5-salt", "HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512")),
        {"MD5_CASE": "lower"},
        {"LOP_TZ": "none"},
        {"ORDER_ORIGIN": "0", "CUSTOMER_CODE": "other"},
    ],
)
def test_every_published_way_to_sign_is_taken(strict: Jdl, changed: dict[str, str]) -> None:
    assert said(made(strict.settings.url, **changed).ask_tracking(FIRST, NOW)) == ("0", True)


def test_the_published_request_is_taken_to_the_letter(strict: Jdl) -> None:
    vector = json.loads((SAMPLES / "vectors.json").read_text("utf-8"))[0]
    query = {name: vector[name] for name in ("app_key", "access_token", "timestamp")}
    query |= {"v": "2.0", "LOP-DN": "ECAP"}
    for algorithm in ("md5-salt", "HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512"):
        signed = urlencode({**query, "algorithm": algorithm, "sign": vector[algorithm]})
        url = f"{strict.settings.url}{vector['method']}?{signed}"
        call = Call("POST", url, {"Content-Type": JSON}, body=vector["param_json"].encode())
        assert said(call) == (NOTHING_YET, False)  # signed as it should be; the number is nobody's


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("sign", "D359D0F24C7ED23B4492BB75C32CA01B", BAD_SIGN),
        ("sign", "签名", BAD_SIGN),
        ("algorithm", "HMacSHA256", BAD_SIGN),
        ("algorithm", "md5", BAD_CALL),
        ("app_key", "testappkey0002", BAD_TOKEN),
        ("access_token", "testaccesstoken0002", BAD_TOKEN),
        ("timestamp", "2026-01-01 09:00:01", BAD_SIGN),
        ("v", "1.0", BAD_CALL),
        ("LOP_DN", "OTHER", BAD_CALL),
        *(
            (name, None, BAD_CALL)
            for name in ("sign", "algorithm", "app_key", "access_token", "timestamp", "v", "LOP_DN")
        ),
    ],
)
def test_a_wrong_or_missing_parameter_is_refused(strict: Jdl, name: str, value: str | None, code: str) -> None:
    call = with_query(strict.ask_tracking(FIRST, NOW), **{name: value})
    assert said(call) == (code, False)
    with pytest.raises(Refused) as caught:
        strict.read_tracking(transport.send(call, 5))
    assert caught.value.code == code


def test_another_secret_body_or_path_is_not_what_was_signed(strict: Jdl) -> None:
    stranger = made(strict.settings.url, APP_SECRET="testappsecret0002")
    assert said(stranger.ask_tracking(FIRST, NOW)) == (BAD_SIGN, False)
    call = strict.ask_tracking(FIRST, NOW)
    assert said(replace(call, body=(call.body or b"").replace(b"011", b"012"))) == (BAD_SIGN, False)
    assert said(replace(call, body=b"[ " + (call.body or b"")[1:])) == (BAD_SIGN, False)
    assert said(replace(call, url=call.url.replace("trace/query", "status/get"))) == (BAD_SIGN, False)


@pytest.mark.parametrize(("minutes", "code"), [(0, "0"), (10, "0"), (-10, "0"), (11, BAD_CLOCK), (-11, BAD_CLOCK)])
def test_a_call_is_good_for_ten_minutes_about_its_time(strict: Jdl, minutes: int, code: str) -> None:
    assert said(strict.ask_tracking(FIRST, NOW + timedelta(minutes=minutes)))[0] == code


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json;charset=GBK"]
)
def test_another_content_type_method_or_zone_is_refused(strict: Jdl, content_type: str) -> None:
    call = strict.ask_tracking(FIRST, NOW)
    assert said(replace(call, headers={"Content-Type": content_type})) == (BAD_CALL, False)
    assert said(replace(call, headers={"Content-Type": JSON, "lop-tz": "Asia"})) == (BAD_CALL, False)
    assert said(replace(call, method="PUT")) == (BAD_CALL, False)
    assert said(replace(call, url=call.url + "&v=2.0")) == (BAD_CALL, False)


@pytest.mark.parametrize("name", ["create", "cancel", "status/get", "print", "nothing"])
def test_what_is_not_published_is_answered_as_not_opened(strict: Jdl, name: str) -> None:
    assert said(strict.call(f"/ecap/v1/orders/{name}", {}, NOW)) == (NO_METHOD, False)


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ({"waybillCode": FIRST, "orderOrigin": 1}, BAD_FIELD),
        ({"waybillCode": FIRST, "orderOrigin": 1, "customerCode": "010K000001"}, BAD_FIELD),
        ({"waybillCode": FIRST, "orderOrigin": 3, "customerCode": "010K000000"}, BAD_FIELD),
        ({"waybillCode": FIRST, "orderOrigin": True}, BAD_FIELD),
        ({"waybillCode": FIRST}, BAD_FIELD),
        ({"orderOrigin": 0}, BAD_FIELD),
        ({"waybillCode": 11, "orderOrigin": 0}, BAD_FIELD),
        ([], BAD_CALL),
        ("x", BAD_CALL),
    ],
)
def test_an_argument_that_breaks_the_rules_is_refused(strict: Jdl, argument: object, code: str) -> None:
    assert said(strict.call(TRACE, argument, NOW)) == (code, False)
