"""SF at its sandbox: a hook that hears its pushes, its adapter, and short words to ask with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from couriers import adapters, transport
from couriers.adapters.sf import Sf
from couriers.contract import Answer, Booking, BookingRequest, Call, Operation, Party, Push, Reply, TrackingEvent
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.listening import listening

DATA = Path(__file__).parents[1] / "data"
SETTINGS: dict[str, str] = json.loads((DATA / "couriers" / "sf" / "settings.json").read_text("utf-8"))
SENDER = Party("测试寄件人", "13000000000", "广东省", "深圳市", "南山区", "示例路1号")
RECEIVER = Party("测试收件人", "020-80000001", "广东省", "广州市", "白云区", "样例街2号")
AT = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Hook:
    """Our side's hook for SF: the address's token reaches the adapter as a header, as the product has it."""

    url: str = ""
    failures: int = 0
    pushes: list[Push] = field(default_factory=list)
    events: list[TrackingEvent] = field(default_factory=list)

    def codes(self) -> list[str]:
        return [event.code for event in self.events]


@pytest.fixture
def hook() -> Iterator[Hook]:
    kept = Hook()
    courier = adapters.make("sf", SETTINGS)

    def take(push: Push) -> Answer:
        kept.pushes.append(push)
        accepted = courier.trusts(push) and kept.failures == 0
        kept.failures = max(0, kept.failures - 1)
        if accepted:
            kept.events.extend(courier.read_push(push))
        return courier.answer(push, accepted)

    with listening(take) as address:
        kept.url = f"{address}/hooks/sf"
        yield kept


@pytest.fixture
def extra() -> dict[str, str]:
    """Further settings, for a test to override."""
    return {}


@pytest.fixture
def sandbox(world: World, hook: Hook, extra: dict[str, str]) -> Iterator[Sandbox]:
    with Sandbox(world, {**SETTINGS, **extra}, hook.url, push_retry_seconds=(0.05,)) as running:
        yield running


@pytest.fixture
def sf(sandbox: Sandbox) -> Sf:
    courier = adapters.make("sf", sandbox.settings)
    assert isinstance(courier, Sf)
    return courier


def request_of(reference: str = "TEST-1", **changed: Any) -> BookingRequest:
    return replace(BookingRequest(reference, SENDER, RECEIVER, 500, 1, AT), **changed)


def sent(call: Call) -> Reply:
    return transport.send(call, 5)


def book(sf: Sf, reference: str = "TEST-1", **changed: Any) -> Booking:
    return sf.read_booking(sent(sf.ask_booking(request_of(reference, **changed), datetime.now(UTC))))


def ask(sf: Sf, operation: Operation, *arguments: Any) -> Any:
    service = sf.services[operation]
    return service.read(sent(service.ask(arguments, AT)))


def platform_code(call: Call) -> str:
    reply = sent(call)
    assert reply.status == 200
    return str(json.loads(reply.body)["apiResultCode"])


def business_code(sf: Sf, service: str, content: object) -> str:
    envelope = json.loads(sent(sf.call(service, content, AT)).body)
    assert envelope["apiResultCode"] == "A1000"
    assert isinstance(envelope["apiResultData"], str)  # JSON in a text, as on the wire
    return str(json.loads(envelope["apiResultData"])["errorCode"])


def with_form(call: Call, **changes: str | None) -> Call:
    assert call.form is not None
    return replace(call, form={name: text for name, text in {**call.form, **changes}.items() if text is not None})


def tracked(sf: Sf, waybill_no: str) -> tuple[TrackingEvent, ...]:
    return sf.read_tracking(sent(sf.ask_tracking(waybill_no, AT)))


def loaded(name: str) -> Any:
    return json.loads((DATA / "samples" / "sf" / name).read_text("utf-8"))
