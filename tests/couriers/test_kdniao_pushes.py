"""快递鸟's pushes and faults over real HTTP: signed, whole, repeated until taken, the same truth in the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from couriers import transport
from couriers.adapters.kdniao import Kdniao
from couriers.adapters.kdniao_events import read_time
from couriers.contract import (
    Answer,
    Busy,
    CourierError,
    Garbled,
    Push,
    Reply,
    TrackingEvent,
)
from couriers.sandbox.journeys import JOURNEYS
from couriers.sandbox.scans import Kind
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS as EMS
from tests.couriers.conftest import wait_for
from tests.couriers.listening import listening
from tests.couriers.test_sandbox_kdniao import (
    AT,
    DAY,
    JDL,
    OURS,
    SAMPLES,
    START,
    booked,
    made,
    request,
    said,
    track,
)


class Hook:
    """Our side's hook: keeps what it trusts, answers in 快递鸟's words; refuses the first `failures` pushes."""

    def __init__(self) -> None:
        self.url, self.failures, self.wrong = "", 0, False
        self.pushes: list[Push] = []
        self.events: list[TrackingEvent] = []
        self.courier = made("http://127.0.0.1:9")

    def take(self, push: Push) -> Answer:
        self.pushes.append(push)
        accepted = self.courier.trusts(push) and self.failures == 0
        self.failures = max(0, self.failures - 1)
        if accepted:
            self.events.extend(self.courier.read_push(push))
        return self.courier.answer(push, accepted)

    def timeline(self) -> list[tuple[datetime, str]]:
        """What the hook knows, each statement once."""
        return sorted({(event.happened_at, event.code) for event in self.events})


@contextmanager
def hearing(hook: Hook) -> Iterator[Hook]:
    """The hook at an address of its own."""
    with listening(hook.take) as address:
        hook.url = f"{address}/hooks/kdniao"
        yield hook


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made_world = World(tmp_path / "world.sqlite", first_number=11)
    yield made_world
    made_world.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hearing(Hook()) as kept:
        yield kept


@pytest.fixture
def sandbox(world: World, hook: Hook) -> Iterator[Sandbox]:
    settings = {**EMS, **OURS, **JDL, "COURIER_KDNIAO_EXTENDED": "1"}
    with Sandbox(world, settings, hook.url, push_retry_seconds=(0.05,)) as running:
        yield running


@pytest.fixture
def kdniao(sandbox: Sandbox) -> Kdniao:
    return made(sandbox.settings["COURIER_KDNIAO_URL"], EXTENDED="1")


def test_an_orders_number_is_pushed_signed_trusted_and_whole(sandbox: Sandbox, kdniao: Kdniao, hook: Hook) -> None:
    number = booked(kdniao)
    sandbox.world.tell(number, Kind.ACCEPTED, START, "sender office")
    wait_for(lambda: len(hook.events) == 1)
    sandbox.world.tell(number, Kind.SIGNED, START + timedelta(hours=9))
    wait_for(lambda: sandbox.world.state()["pushes_owed"] == 0)
    assert hook.timeline() == [(START, "1"), (START + timedelta(hours=9), "301")]
    assert {event.reference for event in hook.events} == {"YD-1"}
    assert {event.waybill_no for event in hook.events} == {number}


def test_a_number_is_pushed_only_after_somebody_subscribed_with_its_carrier(
    sandbox: Sandbox, kdniao: Kdniao, hook: Hook
) -> None:
    order, _ = sandbox.world.book("jdl", "J-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)

    def subscribe(carrier: str, echo: str) -> None:
        call = kdniao.ask_subscription(order.waybill_no, carrier, "", "", AT, reference="YD-9", echo=echo)
        kdniao.read_subscription(transport.send(call, 5))

    subscribe("EMS", "wrong")
    wait_for(lambda: sandbox.world.state()["pushes_owed"] == 0)
    assert hook.pushes == []
    subscribe("", "ours")
    subscribe("", "ours")  # it stands: said again, nothing more is owed
    wait_for(lambda: sandbox.world.state()["pushes_owed"] == 0)
    assert len(hook.pushes) == 1
    assert len(hook.events) == len(JOURNEYS["delivered"])
    assert {event.reference for event in hook.events} == {"YD-9"}
    by_query = {event.natural_key for event in track(kdniao, order.waybill_no)}
    assert by_query == {event.natural_key for event in hook.events}


def test_a_push_that_was_not_taken_comes_again(sandbox: Sandbox, kdniao: Kdniao, hook: Hook) -> None:
    hook.failures = 2
    number = booked(kdniao)
    sandbox.world.tell(number, Kind.ACCEPTED, START, "sender office")
    wait_for(lambda: len(hook.events) == 1)
    wait_for(lambda: sandbox.world.state()["pushes_owed"] == 0)
    assert len(hook.pushes) == 3


def test_a_push_has_the_published_form_and_one_touched_is_not_trusted(
    sandbox: Sandbox, kdniao: Kdniao, hook: Hook
) -> None:
    number = booked(kdniao)
    sandbox.world.tell(number, Kind.ACCEPTED, START, "sender office")
    wait_for(lambda: len(hook.pushes) == 1)
    (push,) = hook.pushes
    forged = replace(push, body=push.body.replace(b"EMS", b"JD"))
    assert (kdniao.trusts(push), kdniao.trusts(forged)) == (True, False)
    form = {name: values[0] for name, values in parse_qs(push.body.decode(), keep_blank_values=True).items()}
    published = json.loads((SAMPLES / "push_request_form.json").read_text("utf-8"))
    assert form.keys() == published.keys() - {"_appkey_used"}
    data, shown = json.loads(form["RequestData"]), json.loads((SAMPLES / "push_request_data.json").read_text("utf-8"))
    assert data.keys() == shown.keys()
    assert data["Data"][0].keys() == shown["Data"][0].keys()


def test_a_notice_is_a_money_push_that_is_taken_and_moves_nothing(sandbox: Sandbox, kdniao: Kdniao, hook: Hook) -> None:
    number = booked(kdniao)
    sandbox.world.notify("kdniao", number, {"Cost": "12.00"})
    wait_for(lambda: sandbox.world.state()["pushes_owed"] == 0)
    assert len(hook.pushes) == 1
    assert b"RequestType=107" in hook.pushes[0].body
    assert hook.events == []


def test_only_an_answer_in_our_name_is_an_acknowledgement(sandbox: Sandbox) -> None:
    desk = sandbox.desks["kdniao"]
    ours = OURS["COURIER_KDNIAO_EBUSINESS_ID"]
    for status, answer, taken in [
        (200, {"EBusinessID": ours, "Success": True}, True),
        (200, {"EBusinessID": ours, "Success": False}, False),
        (200, {"EBusinessID": ours, "Success": "true"}, False),
        (200, {"EBusinessID": "other", "Success": True}, False),
        (500, {"EBusinessID": ours, "Success": True}, False),
        (200, ["Success"], False),
    ]:
        assert desk.acknowledged(Reply(status, {}, json.dumps(answer).encode())) is taken
    assert desk.acknowledged(Reply(200, {}, b"success")) is False


@pytest.mark.parametrize("fault", ["duplicate", "reworded", "out_of_order"])
def test_a_push_fault_ends_in_the_same_truth(sandbox: Sandbox, kdniao: Kdniao, hook: Hook, fault: str) -> None:
    sandbox.world.set_fault(fault, True, "kdniao")
    number = booked(kdniao)
    sandbox.world.play(number, "delivered", START, DAY)
    wait_for(lambda: sandbox.world.state()["pushes_owed"] == 0)
    said_once = {(event.happened_at, event.code) for event in hook.events}
    sandbox.world.set_fault(fault, None, "kdniao")
    truth = {(event.happened_at, event.code) for event in track(kdniao, number)}
    assert truth <= said_once
    assert len(hook.pushes) == 2
    assert (said_once == truth) is (fault != "reworded")


@pytest.mark.parametrize(
    ("fault", "value", "error"),
    [
        ("throttled", True, Busy),
        ("throttled", "http", Busy),
        ("5xx", 503, Busy),
        ("garbled", True, Garbled),
        ("half_answer", "cut", Busy),
    ],
)
@pytest.mark.parametrize("what", ["book", "track", "cancel", "subscribe", "recognise"])
def test_a_call_fault_is_no_decision(
    sandbox: Sandbox, kdniao: Kdniao, fault: str, value: object, error: type[CourierError], what: str
) -> None:
    number = booked(kdniao)
    sandbox.world.set_fault(fault, value, "kdniao")
    attempts: dict[str, Callable[[], object]] = {
        "book": lambda: booked(kdniao, "YD-2"),
        "track": lambda: track(kdniao, number),
        "cancel": lambda: kdniao.read_cancel(transport.send(kdniao.ask_cancel(number, "YD-1", "", AT), 5)),
        "subscribe": lambda: kdniao.read_subscription(
            transport.send(kdniao.ask_subscription(number, "EMS", "", "", AT), 5)
        ),
        "recognise": lambda: kdniao.read_recognition(transport.send(kdniao.ask_recognition(number, AT), 5)),
    }
    with pytest.raises(error):
        attempts[what]()
    sandbox.world.set_fault(fault, None, "kdniao")
    attempts[what]()


def test_an_order_without_an_answer_is_asked_again_and_stays_one(sandbox: Sandbox, kdniao: Kdniao) -> None:
    sandbox.world.set_fault("timeout_after_order", 1.0, "kdniao")
    with pytest.raises(Busy):
        transport.send(kdniao.ask_booking(request(), AT), 0.2)
    sandbox.world.set_fault("timeout_after_order", None, "kdniao")
    number = booked(kdniao)
    assert [order["waybill_no"] for order in sandbox.world.state()["orders"]] == [number]


def test_half_a_trace_is_completed_by_the_next_query(sandbox: Sandbox, kdniao: Kdniao) -> None:
    order, _ = sandbox.world.book("ems", "E-1")
    sandbox.world.play(order.waybill_no, "delivered", START, DAY)
    sandbox.world.set_fault("half_answer", True, "kdniao")
    half = {event.natural_key for event in track(kdniao, order.waybill_no)}
    sandbox.world.set_fault("half_answer", None, "kdniao")
    whole = {event.natural_key for event in track(kdniao, order.waybill_no)}
    assert half < whole


def test_a_wrong_clock_shows_in_answers_and_moves_no_scan(sandbox: Sandbox, kdniao: Kdniao) -> None:
    order, _ = sandbox.world.book("ems", "E-1")
    sandbox.world.tell(order.waybill_no, Kind.ACCEPTED, START, "sender office")
    before = track(kdniao, order.waybill_no)
    sandbox.world.set_fault("clock_skew", 7200, "kdniao")
    assert track(kdniao, order.waybill_no) == before
    content = {"ShipperCode": "EMS", "LogisticCode": order.waybill_no}
    stamped = read_time(said(kdniao.call("1008", content))["UpdateTime"], kdniao.settings.zone)
    assert stamped is not None
    assert timedelta(minutes=119) < stamped - datetime.now(UTC) < timedelta(minutes=121)
