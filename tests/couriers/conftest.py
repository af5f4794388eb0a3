"""A sandbox and a hook that really listen, on loopback."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from couriers import adapters
from couriers.adapters.ems import Ems
from couriers.contract import Answer, BookingRequest, Party, Push, TrackingEvent
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from tests.couriers.listening import listening

SETTINGS = {
    "COURIER_EMS_URL": "http://127.0.0.1:9/unset",
    "COURIER_EMS_SENDER_NO": "1100000000000",
    "COURIER_EMS_AUTHORIZATION": "TESTAUTHCODE0001",
    "COURIER_EMS_SIGN_KEY": "VGVzdFNpZ25LZXkwMDAxIQ==",
}


def ems_at(url: str) -> Ems:
    courier = adapters.make("ems", {**SETTINGS, "COURIER_EMS_URL": url})
    assert isinstance(courier, Ems)
    return courier


def request_of(reference: str = "YD-2026-000001") -> BookingRequest:
    sender = Party("测试寄件人", "13000000000", "湖北省", "咸宁市", "咸安区", "示例路1号", "437000")
    receiver = Party("测试收件人𠮷", "0731-80000000", "湖南省", "长沙市", "芙蓉区", "样例街2号", "410000")
    return BookingRequest(reference, sender, receiver, 120, 3, datetime(2026, 9, 28, 1, 0, tzinfo=UTC))


def wait_for(fact: Callable[[], bool], seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


@dataclass
class Hook:
    """Our side's hook: keeps what it trusts and answers in EMS's words; fails the first `failures` times."""

    url: str = ""
    failures: int = 0
    pushes: list[Push] = field(default_factory=list)
    events: list[TrackingEvent] = field(default_factory=list)

    def codes(self) -> list[str]:
        return [event.code for event in self.events]


@pytest.fixture
def hook() -> Iterator[Hook]:
    kept = Hook()
    courier = ems_at("http://127.0.0.1:9/")

    def take(push: Push) -> Answer:
        kept.pushes.append(push)
        accepted = courier.trusts(push) and kept.failures == 0
        kept.failures = max(0, kept.failures - 1)
        if accepted:
            kept.events.extend(courier.read_push(push))
        return courier.answer(push, accepted)

    with listening(take) as address:
        kept.url = f"{address}/hooks/ems"
        yield kept


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "world.sqlite", first_number=11)
    yield made
    made.close()


@pytest.fixture
def sandbox(world: World, hook: Hook) -> Iterator[Sandbox]:
    with Sandbox(world, SETTINGS, hook.url, push_retry_seconds=(0.05,)) as running:
        yield running


@pytest.fixture
def ems(sandbox: Sandbox) -> Ems:
    return ems_at(sandbox.url)


@pytest.fixture(scope="session")
def shared_ems() -> Path:
    """Recorded payloads and vectors of EMS."""
    return Path(__file__).parents[1] / "data" / "samples" / "ems"


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
