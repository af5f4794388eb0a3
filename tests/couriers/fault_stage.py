"""A sandbox with one courier's desk, a hook that keeps what it trusts, and the courier's real adapter between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from couriers import adapters, transport
from couriers.contract import (
    Aggregates,
    Answer,
    Booking,
    BookingRequest,
    Call,
    Courier,
    CourierError,
    NeedsToken,
    Operation,
    Party,
    Push,
    Reply,
    Subscribes,
    TrackingEvent,
)
from couriers.sandbox import desk
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.conftest import wait_for
from tests.couriers.listening import listening

DATA = Path(__file__).parents[1] / "data" / "couriers"
AT = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
START = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
DAY = 86400.0
PHONE = "13000000001"
SENDER = Party("测试寄件人", "13000000000", "湖北省", "咸宁市", "咸安区", "示例路1号", "437000")
RECEIVER = Party("测试收件人", PHONE, "湖南省", "长沙市", "芙蓉区", "样例街2号", "410000")
T = TypeVar("T")


@dataclass
class Stage:
    """One courier at its sandbox. `events` is what the hook read out of pushes that it trusted."""

    code: str
    world: World
    sandbox: Sandbox
    courier: Courier
    pushes: list[Push] = field(default_factory=list)
    events: list[TrackingEvent] = field(default_factory=list)
    failures: int = 0  # so many pushes are refused before one is taken
    count: int = 0

    def reference(self) -> str:
        """One that no order has."""
        self.count += 1
        return f"YD-2026-{self.count:06d}"

    def at(self) -> datetime:
        """Our clock, which is right."""
        return self.world.now()

    def set_fault(self, name: str, value: Any = True) -> None:
        self.world.set_fault(name, value, self.code)

    def calm(self) -> None:
        """No fault any more, and nothing owed."""
        for name in self.world.faults.held(self.code):
            self.set_fault(name, None)
        self.told()
        self.pushes.clear()
        self.events.clear()

    def told(self) -> None:
        """The hook has taken all that this account is owed."""
        wait_for(lambda: self.world.state()["pushes_owed"] == 0, 10)

    def can(self, operation: Operation) -> bool:
        return operation in self.courier.offers

    def request(self, reference: str) -> BookingRequest:
        return BookingRequest(reference, SENDER, RECEIVER, 120, 3, AT)

    def ask(self, call: Call, read: Callable[[Reply], T], seconds: float = 5.0) -> T:
        return read(transport.send(call, seconds))

    def book(self, reference: str, seconds: float = 5.0) -> Booking:
        courier = self.courier
        return self.ask(courier.ask_booking(self.request(reference), self.at()), courier.read_booking, seconds)

    def cancel(self, waybill_no: str, reference: str, seconds: float = 5.0) -> None:
        call = self.courier.ask_cancel(waybill_no, reference, "不寄了", self.at())
        self.ask(call, self.courier.read_cancel, seconds)

    def track(self, waybill_no: str, seconds: float = 5.0) -> tuple[TrackingEvent, ...]:
        courier, order = self.courier, self.world.parcel(waybill_no)
        call = courier.ask_tracking(waybill_no, self.at())
        if isinstance(courier, Aggregates) and order is not None:
            call = courier.ask_tracking_of(waybill_no, courier.carrier_code(order.courier), self.at(), PHONE)
        return self.ask(call, courier.read_tracking, seconds)

    def subscribe(self, waybill_no: str, seconds: float = 5.0) -> None:
        """Its pushes will come, if it pushes only what it was asked to push."""
        courier, order = self.courier, self.world.parcel(waybill_no)
        if not isinstance(courier, Subscribes) or order is None:
            return
        carrier = courier.carrier_code(order.courier) if isinstance(courier, Aggregates) else ""
        hook = self.sandbox.hook_url or ""
        call = courier.ask_subscription(waybill_no, carrier, hook, PHONE, self.at())
        self.ask(call, courier.read_subscription, seconds)

    def parcel(self) -> str:
        """A parcel that this courier can see, ordered at it where it takes orders; its number."""
        reference = self.reference()
        if self.can(Operation.BOOK):
            return self.book(reference).waybill_no
        carrier = self.code if self._carries() else "ems"
        return self.world.book(carrier, reference, "", SENDER, RECEIVER)[0].waybill_no

    def _carries(self) -> bool:
        try:
            desk.carrier(self.code)
        except KeyError:
            return False
        return True

    def take(self, push: Push) -> Answer:
        """What the hook answers; a trusted push is kept."""
        self.pushes.append(push)
        accepted = self.courier.trusts(push) and self.failures == 0
        self.failures = max(0, self.failures - 1)
        if accepted:
            self.events.extend(self.courier.read_push(push))
        return self.courier.answer(push, accepted)


@contextmanager
def opened(code: str, folder: Path) -> Iterator[Stage]:
    """The stage of one courier, with the account of its settings.json."""
    settings: dict[str, str] = json.loads((DATA / code / "settings.json").read_text("utf-8"))
    world = World(folder / f"{code}.sqlite", clock=lambda: AT, first_number=11)
    with Sandbox(world, settings, push_retry_seconds=(0.02,)) as sandbox:
        stage = Stage(code, world, sandbox, _courier(code, sandbox.settings))
        with listening(stage.take) as address:
            sandbox.hook_url = f"{address}/hooks/{code}"
            yield stage
    world.close()


def _courier(code: str, settings: dict[str, str]) -> Courier:
    courier = adapters.make(code, settings)
    if isinstance(courier, NeedsToken) and courier.needs_token:
        return courier.with_token_from(transport.send(courier.ask_token(), 5))[0]
    return courier


def settled(errand: Callable[[], T], tries: int = 40) -> T:
    """What the errand gives at last, tried again after every failure that a courier can have."""
    for _ in range(tries - 1):
        try:
            return errand()
        except CourierError:
            continue
    return errand()
