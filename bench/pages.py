"""Server time of every page on the demo's data, by role: the real application with PostgreSQL, without a network.

Each officer walks as people do, from the workbench along the links they are shown, a few addresses to each route, so
all arguments are real. Beside the times stands how many statements a page asks; the raw limit is a page that asks
nothing of the dossiers, in the same run. The verdict at the end counts the pages, names those whose median reaches
100 ms, and tells the 99th percentile of all visits.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

sys.path[0] = str(Path(__file__).parent.parent)  # not this file's folder

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import Engine, event  # noqa: E402
from werkzeug.exceptions import HTTPException  # noqa: E402

from bench.report import machine, seconds  # noqa: E402
from logistics import logs  # noqa: E402
from logistics.app import create_app  # noqa: E402
from logistics.demo import neighbours  # noqa: E402
from logistics.demo.days import live  # noqa: E402
from logistics.demo.months import town  # noqa: E402
from logistics.demo.seed import PASSWORD, seed  # noqa: E402
from logistics.services import people  # noqa: E402
from logistics.store import embedded, pg_roles  # noqa: E402
from logistics.store.context import Context, connect  # noqa: E402
from logistics.store.crypto import new_keyring  # noqa: E402
from logistics.store.files import FileStore  # noqa: E402
from logistics.store.migrate import upgrade  # noqa: E402

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # Friday, 12:00 in Beijing
OFFICERS = ("xn-window", "fr-receiver", "xn-manager", "hb-manager", "hb-admin")
TRIVIAL = "/password"
LIMIT = 0.1
RUNS = 9
EACH = 3
"""So many addresses of one route are visited: a dossier just opened, and one with a long story."""
NOT_PAGES = ("/static/", "/fonts/", "/login", "/logout", "/api/", "/hooks/")
HREF = re.compile(r'href="([^"#]+)')


@dataclass
class Visited:
    """One address: its route, what it took each time, how many statements it asked."""

    route: str
    address: str
    status: int
    size: int
    statements: int
    times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle run, in seconds."""
        return statistics.median(self.times)

    @property
    def slowest(self) -> float:
        """The 99th of a hundred runs, in seconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


class Statements:
    """How many statements an engine was asked since the last look."""

    def __init__(self, engine: Engine) -> None:
        """Count from now on."""
        self.asked: list[str] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.asked.append(statement)

    def taken(self) -> list[str]:
        """Those asked since the last look."""
        found, self.asked = self.asked, []
        return found


def main() -> None:
    """Play the demo, walk over its pages, print."""
    print(machine("flask", "sqlalchemy", "psycopg"))
    with house() as (app, ctx):
        report(app, ctx, RUNS)


@contextmanager
def house() -> Iterator[tuple[Flask, Context]]:
    """The application over the whole demo, in a database of this run's own; pages only read: no disk is waited for."""
    logs.configure("error")
    with embedded.temporary() as server, TemporaryDirectory() as folder:
        upgrade(server.urls.owner)
        keys = new_keyring(), Ed25519PrivateKey.generate(), FileStore(Path(folder))
        system = Context(connect(server.urls.system), lambda: NOW, *keys, {})
        ctx = Context(connect(server.urls.app), lambda: NOW, *keys, {})
        start = time.perf_counter()
        seed(system)
        neighbours.settle(system)
        played = live(system, ctx, cases=town())
        print(f"  {played} dossiers played in {time.perf_counter() - start:.0f} s")
        with server.connect(pg_roles.DATABASE) as connection:
            connection.autocommit = True
            connection.execute("ANALYZE")
        yield create_app(ctx), ctx
        ctx.engine.dispose()
        system.engine.dispose()


def report(app: Flask, ctx: Context, runs: int) -> list[Visited]:
    """Print every page's row for every officer, and the verdict; returns those that reach the limit."""
    counter, every = Statements(ctx.engine), list[Visited]()
    for login in OFFICERS:
        client = app.test_client()
        client.set_cookie("youdang_session", people.log_in(ctx, login, PASSWORD))
        raw = statistics.median(seconds(lambda: client.get(TRIVIAL), max(runs, 5)))  # noqa: B023 - used at once
        pages = list(walk(app, client, counter))
        print(f"\n{login}: {len(pages)} pages; raw limit ({TRIVIAL}) {raw * 1000:.1f} ms")
        print(f"  {'page':<58} {'median':>8} {'p99':>8} {'x raw':>6} {'SQL':>4} {'KiB':>6}")
        for one in sorted(pages, key=lambda page: page.route):
            one.times = seconds(lambda: client.get(one.address), runs)  # noqa: B023 - used at once
            times = f"{one.median * 1000:>7.1f}  {one.slowest * 1000:>7.1f}  {one.median / raw:>5.1f}"
            print(f"  {one.address[:58]:<58} {times} {one.statements:>4} {one.size / 1024:>6.0f}")
        every += pages
    counter.taken()
    return verdict(every)


def verdict(every: list[Visited]) -> list[Visited]:
    """Print how many pages keep the promise and which do not; returns the latter, the slowest first."""
    over = sorted((one for one in every if one.median >= LIMIT), key=lambda one: -one.median)
    visits = sorted(took for one in every for took in one.times)
    p99 = visits[min(len(visits) - 1, int(len(visits) * 0.99))]
    slowest = max(every, key=lambda one: one.median)
    kept = f"medians of {LIMIT * 1000:.0f} ms or more: {len(over)}"
    print(f"\n  verdict: {len(every)} pages of {len(OFFICERS)} officers; {kept}; p99 of all visits {p99 * 1000:.0f} ms")
    load = f"load of the machine at the end {os.getloadavg()[0]:.1f}"
    print(f"  slowest median: {slowest.median * 1000:.0f} ms  {slowest.address}; {load}")
    for one in over:
        print(f"    {one.median * 1000:6.0f} ms  {one.statements:4d} SQL  {one.address}")
    return over


def walk(app: Flask, client: FlaskClient, counter: Statements) -> Iterator[Visited]:
    """Pages reached from the workbench by links, and those without arguments, up to `EACH` addresses of a route."""
    plain = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    waiting, known, visits = ["/", *sorted(plain)], set(), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        route = _route(app, address)
        if address in known or not route or visits[route] >= EACH:
            continue
        known.add(address)
        counter.taken()
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        visits[route] += 1
        yield Visited(route, address, answer.status_code, len(answer.data), len(counter.taken()))
        if answer.mimetype == "text/html":
            waiting += [urljoin(address, unescape(found)) for found in HREF.findall(answer.text)]


def _route(app: Flask, address: str) -> str:
    """Which route answers the address; empty for what is no page of ours."""
    parts = urlsplit(address)
    if parts.netloc or parts.scheme or parts.path.startswith(NOT_PAGES):
        return ""
    try:
        rule, _values = app.url_map.bind("localhost").match(parts.path, method="GET", return_rule=True)
    except HTTPException:
        return ""
    return f"{rule.rule}?" if parts.query else str(rule.rule)


if __name__ == "__main__":
    main()
