"""Pushes accepted over real HTTP: the product's own server and settings, every push committed before it is answered."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import house, pushes
from bench.answers import DATA
from couriers.contract import Push
from logistics.cli.processes import WEB_THREADS, WEB_WORKERS
from logistics.store.embedded import Server

HERE = Path(__file__).parent
ENVELOPES, RUNS, CONNECTIONS = 300, 3, 32


def main(running: Server) -> None:
    """Measure ours and the bare server in turns, and print."""
    made = pushes.of_ems(ENVELOPES, pushes.SINCE)
    print(
        f"webhook, {len(made)} EMS pushes over HTTP, {CONNECTIONS} connections, Granian {WEB_WORKERS} workers x "
        f"{WEB_THREADS} threads, load generator and PostgreSQL on the same machine:"
    )
    ours, bare = [], []
    for _ in range(RUNS):
        with house.copy(running) as (urls, name):
            with _product(
                {"DATABASE_URL": urls.app, "DATABASE_SYSTEM_URL": urls.system, "DATABASE_OWNER_URL": urls.owner}
            ) as port:
                ours.append(load(port, made, '"00000"'))
            with contextlib.closing(running.connect(name)) as connection:
                kept = connection.execute("SELECT count(*) FROM inbox").fetchone()
            if kept != (len(made),):
                raise SystemExit(f"{kept} of {len(made)} acknowledged pushes are in the inbox")
        with _bare() as port:
            bare.append(load(port, made, '"00000"'))
    say("youdang: believed, committed, answered", ours)
    say("raw: Granian reads the body and answers", bare)
    rates = [mine[0] / theirs[0] for mine, theirs in zip(ours, bare, strict=True)]
    print(f"    {100 * statistics.median(rates):.0f} % of the bare server's rate; every answered push was in the inbox")


def load(port: int, made: Sequence[Push], wanted: str) -> tuple[float, list[float]]:
    """Pushes a second, and how long each answer took, in order."""
    head = f"POST /hooks/ems HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {made[0].header('Content-Type')}\r\n"
    bodies = [base64.b64encode(one.body).decode() for one in made]
    order = {"port": port, "head": head, "bodies": bodies, "connections": CONNECTIONS, "wanted": wanted}
    done = subprocess.run(
        [sys.executable, str(HERE / "push_load.py"), "go"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    if told["wrong"] or len(told["taken"]) != len(made):
        raise SystemExit(f"{len(told['taken'])} of {len(made)} pushes were answered; {told['wrong'][:1]}")
    return len(made) / told["seconds"], told["taken"]


def say(name: str, runs: Sequence[tuple[float, list[float]]]) -> None:
    """One line: rate and latency, each the median over the runs, and the slowest run's."""
    rates = [rate for rate, _ in runs]
    halves = [taken[len(taken) // 2] * 1000 for _, taken in runs]
    slow = [taken[int(len(taken) * 0.99)] * 1000 for _, taken in runs]
    print(
        f"  {name:<44} {statistics.median(rates):>8,.0f}/s (worst {min(rates):,.0f}, best {max(rates):,.0f})   "
        f"p50 {statistics.median(halves):.1f} ms   p99 {statistics.median(slow):.1f} ms (worst {max(slow):.1f})   "
        f"n={len(runs)}"
    )


@contextlib.contextmanager
def _product(urls: dict[str, str]) -> Iterator[int]:
    """`youdang web` over that database."""
    port = _free_port()
    settings = json.loads((DATA / "ems" / "settings.json").read_text())
    with TemporaryDirectory() as var:
        here = {
            "YOUDANG_VAR": var,
            "YOUDANG_PORT": str(port),
            "YOUDANG_HOST": "127.0.0.1",
            "YOUDANG_LOG_LEVEL": "warning",
        }
        with _running([str(Path(sys.executable).with_name("youdang")), "web"], {**settings, **urls, **here}, port):
            yield port


@contextlib.contextmanager
def _bare() -> Iterator[int]:
    """Granian as the product starts it, over an application that does nothing."""
    port = _free_port()
    command = [
        str(Path(sys.executable).with_name("granian")),
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(WEB_WORKERS),
        "--blocking-threads",
        str(WEB_THREADS),
        "--no-ws",
        "bench.peers.body_only:app",
    ]
    with _running(command, {}, port):
        yield port


@contextlib.contextmanager
def _running(command: Sequence[str], settings: dict[str, str], port: int) -> Iterator[None]:
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), **settings}
    process = subprocess.Popen(
        command, cwd=HERE.parent, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.1)
        time.sleep(2)  # the second worker comes up, too
        yield
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
