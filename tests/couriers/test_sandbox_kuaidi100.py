"""快递100's desk over real HTTP: strict about who asks and what, every parcel's trace, signed and repeated pushes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters, transport
from couriers.adapters.ems import Ems
from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.adapters.kuaidi100_wire import FORM, compact, sign_label, sign_query
from couriers.contract import Answer, Busy, Call, Carrier, Garbled, Milestone, Push, Reason, Refused, TrackingEvent
from couriers.sandbox.account import Account
from couriers.sandbox.desk import Asked
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.kuaidi100 import make as desk_of
from couriers.sandbox.scans import Kind
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS as EMS
from tests.couriers.conftest import ems_at, request_of, wait_for

DATA = Path(__file__).parents[1] / "data"
OURS: dict[str, str] = json.loads((DATA / "couriers" / "kuaidi100" / "settings.json").read_text("utf-8"))
OURS = {**OURS, "COURIER_KUAIDI100_PHONE": ""}
SAMPLES = DATA / "samples" / "kuaidi100"
KEY, CUSTOMER, SECRET = (OURS[f"COURIER_KUAIDI100_{name}"] for name in ("KEY", "CUSTOMER", "SECRET"))
AT = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
START = datetime(2026, 9, 27, 2, 0, tzinfo=UTC)
DAY = 86400.0
M = Milestone
DESK = desk_of(OURS)


def made(url: str, **changed: str) -> Kuaidi100:
    names = {f"COURIER_KUAIDI100_{name}": value for name, value in changed.items()}
    courier = adapters.make("kuaidi100", {**OURS, "COURIER_KUAIDI100_URL": url, **names})
    assert isinstance(courier, Kuaidi100)
    return courier


class Hook:
    """Our side's hook: keeps what it trusts, answers in 快递100's words; refuses the first `failures` pushes."""

    def __init__(self) -> None:
        self.url, self.failures = "", 0
        self.pushes: list[Push] = []
        self.events: dict[str, TrackingEvent] = {}
        self.statuses: list[str] = []
        self.courier = made("http://127.0.0.1:9")

    def take(self, push: Push) -> Answer:
        self.pushes.append(push)
        accepted = self.courier.trusts(push) and self.failures == 0
        self.failures = max(0, self.failures - 1)
        if accepted:
            self.statuses.append(self.courier.read_push_notice(push).status)
            self.events.update((event.natural_key, event) for event in self.courier.read_push(push))
        return self.courier.answer(push, accepted)

    def timeline(self) -> list[tuple[datetime, str]]:
        """What the hook knows, each statement once."""
        return sorted((event.happened_at, event.code) for event in self.events.values())


@contextmanager
def listening(hook: Hook) -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = hook.take(Push(dict(self.headers), body))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_port}/hooks/kuaidi100"
    yield hook
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with listening(Hook()) as kept:
        yield kept


@pytest.fixture
def sandbox(world: World, hook: Hook) -> Iterator[Sandbox]:
    with Sandbox(world, OURS, hook.url, push_retry_seconds=(0.05,)) as running:
        yield running


@pytest.fixture
def ems(world: World) -> Iterator[Ems]:
    with Sandbox(world, EMS) as running:
        yield ems_at(running.settings["COURIER_EMS_URL"])


@pytest.fixture
def courier(sandbox: Sandbox) -> Kuaidi100:
    return made(sandbox.settings["COURIER_KUAIDI100_URL"])


def parcel(world: World, courier: str = "ems", journey: str = "delivered", reference: str = "YD-1") -> str:
    """The number of a parcel of that courier, which has been through that journey ("": through nothing)."""
    request = request_of(reference)
    order, _ = world.book(courier, reference, sender=request.sender, receiver=request.receiver)
    if journey:
        world.play(order.waybill_no, journey, START, DAY)
    return order.waybill_no


def tracked(courier: Kuaidi100, number: str, carrier: str = "ems", phone: str = "") -> tuple[TrackingEvent, ...]:
    return courier.read_tracking(transport.send(courier.ask_tracking_of(number, carrier, AT, phone), 5))


def subscribed(courier: Kuaidi100, number: str, url: str, carrier: str = "ems", phone: str = "") -> None:
    courier.read_subscription(transport.send(courier.ask_subscription(number, carrier, url, phone, AT), 5))


def answered(call: Call) -> Any:
    return json.loads(transport.send(call, 5).body)


def query(root: str, param: object, /, **changed: str) -> Call:
    text = param if isinstance(param, str) else compact(param)
    form = {"customer": CUSTOMER, "sign": sign_query(text, KEY, CUSTOMER), "param": text, **changed}
    return Call("POST", f"{root}/poll/query.do", {"Content-Type": FORM}, form=form)


def label(root: str, method: str, param: object, /, **changed: str) -> Call:
    text, t = param if isinstance(param, str) else compact(param), "1767229200000"
    sign = sign_label(text, t, KEY, SECRET)
    form = {"method": method, "key": KEY, "t": t, "sign": sign, "param": text, **changed}
    return Call("POST", f"{root}/label/order", {"Content-Type": FORM}, form=form)


def poll(root: str, param: object) -> Call:
    form = {"schema": "json", "param": param if isinstance(param, str) else compact(param)}
    return Call("POST", f"{root}/poll", {"Content-Type": FORM}, form=form)


# --- queries


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


# --- recognition


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


# --- subscriptions and pushes


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


# --- labels


def test_an_order_is_carried_by_the_chosen_carrier(
    courier: Kuaidi100, sandbox: Sandbox, ems: Ems, world: World
) -> None:
    booking = courier.read_booking(transport.send(courier.ask_booking(request_of(), AT), 5))
    kept = world.parcel(booking.waybill_no)
    assert kept is not None
    assert (kept.account, kept.courier, kept.reference) == ("kuaidi100", "ems", "YD-2026-000001")
    assert (kept.sender.province, kept.sender.city, kept.sender.county) == ("湖北省", "咸宁市", "咸安区")
    assert (kept.receiver.phone, kept.receiver.address) == ("0731-80000000", "样例街2号")
    world.play(booking.waybill_no, "delivered", START, DAY)
    theirs = ems.read_tracking(transport.send(ems.ask_tracking(booking.waybill_no, AT), 5))
    ours = tracked(courier, booking.waybill_no)
    assert [event.happened_at for event in theirs] == [event.happened_at for event in ours]
    by_sf = made(sandbox.root, CARRIER="shunfeng")
    assert by_sf.read_booking(transport.send(by_sf.ask_booking(request_of("YD-2"), AT), 5)).waybill_no.startswith("SF")


def test_the_same_order_within_48_hours_is_one_order_and_later_another(courier: Kuaidi100, world: World) -> None:
    def booked() -> str:
        return courier.read_booking(transport.send(courier.ask_booking(request_of(), AT), 5)).waybill_no

    first = booked()
    world.advance(48 * 3600 - 60)
    assert booked() == first
    world.advance(120)
    second = booked()
    assert second != first
    assert booked() == second


def test_with_reorder_every_call_is_a_new_order(sandbox: Sandbox) -> None:
    sample = json.loads((SAMPLES / "label_order_param.json").read_text("utf-8")) | {"reorder": True}
    numbers = [answered(label(sandbox.root, "order", sample))["data"]["kuaidinum"] for _ in range(3)]
    assert len(set(numbers)) == 3


def test_the_published_order_is_answered_in_the_published_shape(sandbox: Sandbox) -> None:
    sample = json.loads((SAMPLES / "label_order_param.json").read_text("utf-8"))
    said = answered(label(sandbox.root, "order", sample))
    published = json.loads((SAMPLES / "label_order_response.json").read_text("utf-8"))
    assert set(said) == set(published)
    assert set(published["data"]) <= set(said["data"])
    assert (said["code"], said["data"]["kdComOrderNum"]) == (200, "TEST-20260101-0001")


def test_a_label_is_drawn_when_the_order_asked_for_it(sandbox: Sandbox, courier: Kuaidi100) -> None:
    drawing = made(sandbox.root, TEMPLATE="TESTTEMPLATE")
    file = drawing.read_label(transport.send(drawing.ask_label(request_of(), AT), 5))
    picture = transport.send(Call("GET", file.url), 5)
    assert (picture.header("Content-Type"), picture.body[:8]) == (file.media_type, b"\x89PNG\r\n\x1a\n")
    assert transport.send(Call("GET", file.url + "0"), 5).status == 404
    courier.read_booking(transport.send(courier.ask_booking(request_of("YD-2"), AT), 5))
    with pytest.raises(Refused, match="NO_LABEL"):
        drawing.read_label(transport.send(drawing.ask_label(request_of("YD-2"), AT), 5))


@pytest.mark.parametrize(
    "changed",
    [
        {"kuaidicom": ""},
        {"kuaidicom": "nobody"},
        {"partnerId": ""},
        {"payType": "LATER"},
        {"printType": "PAPER"},
        {"tempId": ""},
        {"weight": "1"},
        {"count": 0},
        {"count": True},
        {"reorder": "false"},
        {"startGotTime": "2026-01-01"},
        {"recMan": None},
        {"recMan": {"name": "测试", "mobile": "130"}},
        {"recMan": {"name": "测试", "printAddr": "示例省示例市"}},
        {"recMan": {"name": "", "mobile": "13000000001", "printAddr": "示例省示例市"}},
        {"sendMan": {"name": "测试", "tel": "x", "printAddr": "示例省示例市"}},
        {"sendMan": {"name": "测试", "tel": "0731-80000000"}},
        {"orderId": 1},
    ],
)
def test_an_order_must_keep_the_rules(sandbox: Sandbox, world: World, changed: dict[str, object]) -> None:
    sample = json.loads((SAMPLES / "label_order_param.json").read_text("utf-8"))
    said = answered(label(sandbox.root, "order", sample | changed))
    assert (said["success"], said["data"]) == (False, None)
    assert world.state()["orders"] == []


def test_a_label_call_must_be_signed_with_our_key(sandbox: Sandbox) -> None:
    for changed, code in (
        ({"sign": "0" * 32}, 503),
        ({"key": "other"}, 601),
        ({"t": "1"}, 400),
        ({"method": "backOrder"}, 400),
        ({"param": "["}, 503),
    ):
        assert answered(label(sandbox.root, "order", {}, **changed))["code"] == code


def test_an_order_is_cancelled_until_it_is_picked_up(courier: Kuaidi100, world: World) -> None:
    def cancel(number: str, reference: str) -> None:
        courier.read_cancel(transport.send(courier.ask_cancel(number, reference, "不寄了", AT), 5))

    numbers = [
        courier.read_booking(transport.send(courier.ask_booking(request_of(f"YD-{n}"), AT), 5)).waybill_no
        for n in range(2)
    ]
    for _ in range(2):
        cancel(numbers[0], "YD-0")
    kept = world.parcel(numbers[0])
    assert kept is not None
    assert kept.cancelled
    with pytest.raises(Refused, match="换 orderId"):
        courier.read_booking(transport.send(courier.ask_booking(request_of("YD-0"), AT), 5))
    world.tell(numbers[1], Kind.ACCEPTED, START, "sender office")
    for number, reference in ((numbers[1], "YD-1"), (numbers[1], "other"), ("1199999999999", "YD-1")):
        with pytest.raises(Refused):
            cancel(number, reference)
    with pytest.raises(Refused):
        cancel(parcel(world, reference="EMS-1"), "EMS-1")


def test_a_carrier_without_cancelling_says_so(sandbox: Sandbox) -> None:
    param = {"partnerId": "x", "kuaidicom": "yuantong", "kuaidinum": "YT1", "orderId": "1", "reason": "x"}
    published = json.loads((SAMPLES / "label_error.json").read_text("utf-8"))
    assert answered(label(sandbox.root, "cancel", param)) | {"time": 12} == published


# --- whatever may come


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


# --- faults


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
