"""The scheduler as a process: it starts by command, works, outlives its database, and finishes what it holds."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics import logs
from logistics.store.context import connect
from logistics.store.embedded import Urls
from logistics.terms import ErrandKind, Stage
from scheduler.timetable import Pace, Timetable
from tests.builders import House, dispatched
from tests.scheduler.conftest import SETTINGS


def wait_for(fact: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def command(seeded: Urls, folder: Path, sandbox: Sandbox) -> subprocess.Popen[bytes]:
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": seeded.app,
        "DATABASE_SYSTEM_URL": seeded.system,
        "DATABASE_OWNER_URL": seeded.owner,
        "YOUDANG_VAR": str(folder),
        "YOUDANG_TICK_SECONDS": "0.1",
        "YOUDANG_LEASE_SECONDS": "10",
        "YOUDANG_CHECKPOINT_SECONDS": "0.2",
        "COURIER_EMS_URL": sandbox.url,
        **SETTINGS,
    }
    words = [sys.executable, "-c", "from logistics.cli import main; main()", "scheduler"]
    with (folder / "scheduler.log").open("wb") as log:
        return subprocess.Popen(words, env=env, stdout=log, stderr=log)


def test_told_to_stop_it_finishes_the_call_it_is_in(
    youdang: House, seeded: Urls, tmp_path: Path, sandbox: Sandbox, world: World
) -> None:
    youdang.clock.now = datetime.now(UTC)
    first, second = dispatched(youdang, 1), None
    process = command(seeded, tmp_path, sandbox)
    try:
        wait_for(lambda: youdang.consignment(first.no).stage is Stage.BOOKED)
        world.set_fault("slow", 1.5)
        youdang.clock.now = datetime.now(UTC)
        second = dispatched(youdang, 1)
        wait_for(lambda: youdang.errands(kind=ErrandKind.BOOK)[-1].lease_until is not None)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()
    assert youdang.consignment(second.no).stage is Stage.BOOKED
    said = [json.loads(line) for line in (tmp_path / "scheduler.log").read_text().splitlines()]
    events = [line["event"] for line in said]
    assert events[0] == "started"
    assert events[-1] == "stopped"
    assert "checkpoint" in events


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    handlers, level = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    logs.configure("debug", stream, pretty=False)
    yield stream
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def test_a_database_that_is_away_is_waited_for(youdang: House, logged: io.StringIO) -> None:
    away = replace(youdang.system, engine=connect("postgresql+psycopg://youdang_system@/x?host=/nowhere&port=1"))
    timetable = Timetable(away, Pace(0.05, 0.05, 1), None)
    timetable.start()
    wait_for(lambda: logged.getvalue().count('"job": "inbox"') >= 3)
    timetable.stop()
    said = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert {line["event"] for line in said} == {"database_away"}
    assert {line["job"] for line in said} >= {"inbox", "outbox-1", "outbox-2", "reminders", "checkpoints", "polling"}
    away.engine.dispose()


STUCK = """
import time
from scheduler.__main__ import _finish

class Stuck:
    def stop(self):
        time.sleep(60)

_finish(Stuck(), 0.2)
print("reached")
"""


def test_a_scheduler_told_to_stop_goes_even_when_something_in_it_does_not_end_and_says_where_it_stood() -> None:
    done = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0
    assert "left_unfinished" in done.stdout
    assert "in stop" in done.stderr
    assert "reached" not in done.stdout
