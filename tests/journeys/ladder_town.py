"""An installation for the kill test of the ladder: PostgreSQL with fsync, four schedulers; each can be killed, and the
clock of each scheduler's machine can be stepped while it lives."""

from __future__ import annotations

import importlib
import mmap
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import psycopg

from logistics import world
from logistics.cli import main
from logistics.cli.supervisor import die_with_parent
from logistics.config import Config
from logistics.demo.seed import seed
from logistics.store import embedded
from logistics.store.embedded import Server
from logistics.store.migrate import upgrade
from logistics.store.pg_roles import DATABASE
from tests.journeys.town import _FORKS, _data_folder, _settings

SCHEDULERS = tuple(f"scheduler-{number}" for number in range(1, 5))
_PRELOADED = ["tests.journeys.ladder_town", "logistics.cli.processes", "scheduler.__main__"]
_STEP = struct.Struct("d")
_READ_THE_TIME = ("logistics.store.context", "scheduler.timetable", "apscheduler.")


class LadderTown:
    """The running installation."""

    def __init__(self, folder: Path, server: Server, tick_seconds: float) -> None:
        self.folder, self.server = folder, server
        settings = _settings(folder, server) | {"YOUDANG_TICK_SECONDS": str(tick_seconds)}
        self.config = Config.from_env(settings)  # for who acts: window, manager, administrator
        # schedulers without a courier: what they owe EMS waits, and nothing but the ladder keeps them busy
        self._env = {name: value for name, value in settings.items() if not name.startswith("COURIER_")}
        self._steps_file = folder / "steps"
        self._steps_file.write_bytes(bytes(_STEP.size * len(SCHEDULERS)))
        with self._steps_file.open("r+b") as file:
            self._steps = mmap.mmap(file.fileno(), 0)
        self._running: dict[str, Any] = {}

    def start(self, name: str) -> None:
        """The scheduler of that name runs, over the clock of its machine."""
        said = (SCHEDULERS.index(name), self._env, self._steps_file, self.folder / f"{name}.log")
        process = _FORKS.Process(target=_live, args=said, daemon=True)
        process.start()
        self._running[name] = process

    def step(self, name: str, days: float) -> None:
        """That machine's clock is so far from the true time from now on."""
        _STEP.pack_into(self._steps, _STEP.size * SCHEDULERS.index(name), timedelta(days=days).total_seconds())

    def kill(self, name: str) -> None:
        """SIGKILL, and it is gone."""
        self._running[name].kill()
        self._running[name].join()

    def stop(self, name: str) -> int | None:
        """SIGTERM; its exit code."""
        self._running[name].terminate()
        self._running[name].join(20)
        return self._running[name].exitcode  # type: ignore[no-any-return]

    def kill_postgres(self) -> None:
        """SIGKILL to the database server; `server.revive` starts it again."""
        pid = self.server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the superuser is answered, while the database lives."""
        with self.server.connect(DATABASE) as connection:
            found = connection.execute(statement, values or None)
            return found.fetchall() if found.description else []

    def connect(self) -> psycopg.Connection:
        """A superuser's connection to the product's database."""
        return self.server.connect(DATABASE)

    def faults(self) -> list[str]:
        """What the schedulers logged as an error; to leave at its time what is not finished is none."""
        logs = [self.folder / f"{name}.log" for name in SCHEDULERS]
        lines = [line for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
        return [line for line in lines if '"level": "error"' in line and '"left_unfinished"' not in line]

    def close(self) -> None:
        """Nothing runs."""
        for process in self._running.values():
            process.kill()
            process.join()
        self._steps.close()


@contextmanager
def ladder_town(folder: Path, tick_seconds: float) -> Iterator[LadderTown]:
    """The database answers inside the block, with the demo's directory in it; no scheduler runs yet."""
    _FORKS.set_forkserver_preload(_PRELOADED)
    with _data_folder() as data, embedded.ensure(data / "postgres", fsync=True) as server:
        upgrade(server.urls.owner)
        running = LadderTown(folder, server, tick_seconds)
        with world.context(running.config, "system") as ctx:
            seed(ctx)
        try:
            yield running
        finally:
            running.close()
            server.revive()  # so that it can be stopped in good order


def _live(number: int, env: Mapping[str, str], steps: Path, log: Path) -> None:
    """The life of a child: its own environment, log and clock, then the command as an administrator gives it."""
    os.environ.clear()
    os.environ.update(env)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    die_with_parent(os.getppid())
    with steps.open("rb") as file:
        shared = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    _keep_time(lambda: float(_STEP.unpack_from(shared, _STEP.size * number)[0]))
    main(["scheduler"], standalone_mode=False)


def _keep_time(ahead: Callable[[], float]) -> None:
    """Whatever reads the time in this process, our clock and the ticker's, reads it so many seconds ahead."""

    class Kind(type(datetime)):  # type: ignore[misc]
        def __instancecheck__(cls, thing: object) -> bool:
            return isinstance(thing, datetime)

    class Stepped(datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=ahead())

    importlib.import_module("scheduler.timetable")
    for name, module in list(sys.modules.items()):
        if name.startswith(_READ_THE_TIME) and getattr(module, "datetime", None) is datetime:
            module.datetime = Stepped  # type: ignore[attr-defined]
