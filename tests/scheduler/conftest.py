"""A seeded database for each test, the EMS sandbox over HTTP, and both contexts over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from couriers import adapters
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.store.embedded import Urls
from tests.builders import House, SlowClock, house

SETTINGS = {
    "COURIER_EMS_SENDER_NO": "1100000000000",
    "COURIER_EMS_AUTHORIZATION": "TESTAUTHCODE0001",
    "COURIER_EMS_SIGN_KEY": "VGVzdFNpZ25LZXkwMDAxIQ==",
}


@pytest.fixture
def clock() -> SlowClock:
    return SlowClock()


@pytest.fixture
def world(tmp_path: Path, clock: SlowClock) -> Iterator[World]:
    made = World(tmp_path / "world.sqlite", clock=clock, first_number=11)
    yield made
    made.close()


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, SETTINGS) as running:
        yield running


@pytest.fixture
def youdang(seeded: Urls, tmp_path: Path, sandbox: Sandbox, clock: SlowClock) -> Iterator[House]:
    ems = adapters.make("ems", {**SETTINGS, "COURIER_EMS_URL": sandbox.url})
    made = house(seeded, tmp_path, {"ems": ems}, clock)
    yield made
    made.close()
