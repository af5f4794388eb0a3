"""A whole installation for the kill test: PostgreSQL with fsync, web, two schedulers, sandbox; each can be killed."""

from __future__ import annotations

import faulthandler
import json
import multiprocessing
import os
import secrets
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from logistics import logs, world
from logistics.cli import main
from logistics.cli.supervisor import die_with_parent
from logistics.config import Config
from logistics.demo.seed import seed
from logistics.services import clients
from logistics.store import embedded
from logistics.store.embedded import Server
from logistics.store.migrate import upgrade
from scheduler.outbox import LONGEST_CALL
from tests.journeys.door import serve

_FORKS = multiprocessing.get_context("forkserver")  # a real process each, without paying the imports at each start
_PRELOADED = ["tests.journeys.door", "tests.journeys.town", "logistics.cli.processes", "scheduler.__main__"]
WEB, SANDBOX, POSTGRES = "web", "sandbox", "postgres"
SCHEDULERS = ("scheduler-1", "scheduler-2")
WINDOW, RECEIVER = "xn-window", "fr-receiver"


Answer = tuple[int, dict[str, Any]]


class Town:
    """The running installation."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.tokens: dict[str, str] = {}
        self.server = server
        self.env = _settings(folder, server)
        self.config = Config.from_env(self.env)
        self._running: dict[str, Any] = {}
        self._starts: dict[str, Callable[[], None]] = {
            WEB: lambda: self._begin(WEB, []),
            SANDBOX: lambda: self._begin(SANDBOX, ["sandbox", "--lapse-seconds", "2"]),
            **{name: (lambda name=name: self._begin(name, ["scheduler"])) for name in SCHEDULERS},
        }

    def start(self, name: str) -> None:
        """The process of that name runs (PostgreSQL: and answers)."""
        if name == POSTGRES:
            self.server.revive()
        else:
            self._starts[name]()

    def kill(self, name: str) -> None:
        """SIGKILL, and it is gone."""
        if name == POSTGRES:
            pid = self.server.pid()
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        else:
            self._running[name].kill()
            self._running[name].join()

    def stop(self, name: str) -> int | None:
        """SIGTERM; its exit code."""
        self._running[name].terminate()
        self._running[name].join(self.config.lease_seconds + LONGEST_CALL + 15)  # later it goes by itself, and says so
        if self._running[name].is_alive():  # its log then says where every thread of it stands
            os.kill(self._running[name].pid, signal.SIGUSR1)
            time.sleep(1)
        return self._running[name].exitcode  # type: ignore[no-any-return]

    def close(self) -> None:
        for process in self._running.values():
            process.kill()
            process.join()

    def ask(self, who: str, path: str, key: str = "", given: Mapping[str, Any] | None = None) -> Answer:
        """One request to the web's API: an act with an idempotency key, else a reading.

        Raises OSError, HTTPException or ValueError when no whole answer comes.
        """
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}
        if key:
            return _speak(self.config.port, "POST", f"/api/v1{path}", {**headers, "Idempotency-Key": key}, given or {})
        return _speak(self.config.port, "GET", f"/api/v1{path}", headers, None)

    def tell_sandbox(self, **faults: object) -> bool:
        """The couriers' side misbehaves so from now on; False when it does not answer."""
        headers = {"Content-Type": "application/json"}
        try:
            return _speak(self.config.sandbox_port, "POST", "/_control", headers, {"faults": faults})[0] == 200
        except (OSError, HTTPException):
            return False

    def tail(self, name: str) -> str:
        """The end of a process's output."""
        return "\n".join((self.folder / f"{name}.log").read_text(errors="replace").splitlines()[-200:])

    def _begin(self, name: str, words: list[str]) -> None:
        process = _FORKS.Process(target=_live, args=(name, words, self.env, self.folder / f"{name}.log"), daemon=True)
        process.start()
        self._running[name] = process


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Everything runs inside the block, over a seeded database with fsync on."""
    _FORKS.set_forkserver_preload(_PRELOADED)
    with _data_folder() as data, embedded.ensure(data / "postgres", fsync=True) as server:
        upgrade(server.urls.owner)
        running = Town(folder, server)
        with world.context(running.config, "system") as ctx:
            seed(ctx)
            running.tokens = {who: clients.admit(ctx, f"系统 {who}", who) for who in (WINDOW, RECEIVER)}
        try:
            for name in (WEB, SANDBOX, *SCHEDULERS):
                running.start(name)
            yield running
        finally:
            running.close()
            server.revive()  # so that it can be stopped in good order


@contextmanager
def _data_folder() -> Iterator[Path]:
    """A folder that the server's account may pass through, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="youdang-kill-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, server: Server) -> dict[str, str]:
    web, sandbox = _free_ports(2)
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": server.urls.app,
        "DATABASE_SYSTEM_URL": server.urls.system,
        "DATABASE_OWNER_URL": server.urls.owner,
        "YOUDANG_VAR": str(folder),
        "YOUDANG_PORT": str(web),
        "YOUDANG_SANDBOX_PORT": str(sandbox),
        "YOUDANG_TICK_SECONDS": "0.2",
        "YOUDANG_LEASE_SECONDS": "2",
        "YOUDANG_CHECKPOINT_SECONDS": "2",
        "COURIER_EMS_URL": f"http://127.0.0.1:{sandbox}/amp-prod-api/f/amp/api/test",
        "COURIER_EMS_SENDER_NO": "1100000000000",
        "COURIER_EMS_AUTHORIZATION": secrets.token_hex(8),
        "COURIER_EMS_SIGN_KEY": "VGVzdFNpZ25LZXkwMDAxIQ==",
    }


def _live(name: str, words: list[str], env: Mapping[str, str], log: Path) -> None:
    """The life of a child: its own environment and log, then the command as an administrator gives it."""
    os.environ.clear()
    os.environ.update(env)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    die_with_parent(os.getppid())
    if name == WEB:
        logs.configure("info")
        serve(Config.from_env(env))
    else:
        main(words, standalone_mode=False)


def _speak(port: int, method: str, path: str, headers: Mapping[str, str], given: Mapping[str, Any] | None) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, None if given is None else json.dumps(given), dict(headers))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_until(fact: Callable[[], bool], seconds: float, what: str) -> None:
    """Returns when it is so; fails after that long."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, f"not in {seconds} s: {what}"
        time.sleep(0.1)
