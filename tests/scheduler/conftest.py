"""A seeded database for each test, the EMS sandbox over HTTP, and both contexts over it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from couriers import adapters
from couriers.sandbox.ems import Account
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.demo.seed import fill
from logistics.store.context import connect
from logistics.store.embedded import Server, Urls
from tests import conftest as session_wide
from tests.builders import House, SlowClock, house

SETTINGS = {
    "COURIER_EMS_SENDER_NO": "1100000000000",
    "COURIER_EMS_AUTHORIZATION": "TESTAUTHCODE0001",
    "COURIER_EMS_SIGN_KEY": "VGVzdFNpZ25LZXkwMDAxIQ==",
}
SEEDED = "seeded_for_scheduler"


@pytest.fixture(scope="session")
def seeded_template(postgres: Server, migrated_template: str) -> str:
    """Name of a database with the demo's directory, filled once; nobody may be connected to it."""
    with (Path(os.environ[session_wide.FOLDER]) / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = postgres.connect()
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [SEEDED]).fetchone()
        connection.close()
        if found is None:
            session_wide._create(postgres, SEEDED, migrated_template)
            engine = connect(postgres.urls.of_database(SEEDED).system)
            with Session(engine) as session, session.begin():
                fill(session)
            engine.dispose()
    return SEEDED


@pytest.fixture
def seeded(postgres: Server, seeded_template: str) -> Iterator[Urls]:
    """A fresh database with the demo's directory."""
    with session_wide._new_database(postgres, seeded_template) as urls:
        yield urls


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
    with Sandbox(world, Account.from_settings(SETTINGS)) as running:
        yield running


@pytest.fixture
def youdang(seeded: Urls, tmp_path: Path, sandbox: Sandbox, clock: SlowClock) -> Iterator[House]:
    ems = adapters.make("ems", {**SETTINGS, "COURIER_EMS_URL": sandbox.url})
    made = house(seeded, tmp_path, {"ems": ems}, clock)
    yield made
    made.close()
