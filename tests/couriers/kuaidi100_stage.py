"""A sandbox with 快递100's desk, our hook, the adapter between them, and calls made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from couriers import adapters, transport
from couriers.adapters.ems import Ems
from couriers.adapters.kuaidi100 import Kuaidi100
from couriers.adapters.kuaidi100_wire import FORM, compact, sign_label, sign_query
from couriers.contract import Answer, Call, Milestone, Push, TrackingEvent
from couriers.sandbox.kuaidi100 import make as desk_of
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import SETTINGS as EMS
from tests.couriers.conftest import ems_at, request_of
from tests.couriers.listening import listening

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
def hearing(hook: Hook) -> Iterator[Hook]:
    """The hook at an address of its own."""
    with listening(hook.take) as address:
        hook.url = f"{address}/hooks/kuaidi100"
        yield hook


@pytest.fixture(name="hook")
def hook_fixture() -> Iterator[Hook]:
    with hearing(Hook()) as kept:
        yield kept


@pytest.fixture(name="sandbox")
def sandbox_fixture(world: World, hook: Hook) -> Iterator[Sandbox]:
    with Sandbox(world, OURS, hook.url, push_retry_seconds=(0.05,)) as running:
        yield running


@pytest.fixture(name="ems")
def ems_fixture(world: World) -> Iterator[Ems]:
    with Sandbox(world, EMS) as running:
        yield ems_at(running.settings["COURIER_EMS_URL"])


@pytest.fixture(name="courier")
def courier_fixture(sandbox: Sandbox) -> Kuaidi100:
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
