"""One look of the clock with a thousand rungs due, among ten thousand, a hundred thousand and a million open deadlines;
then working time added, beside a walk over chinesecalendar.

The raw limit of the look: as many rows in as many transactions (locks, an update, an entry and two notices for each
rung, a commit) that decide nothing and link no chain. Other sizes: `bench/deadlines.py 1000 10000`.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # not this file's folder: `couriers` is the library, not that file

from bench import house, workdays  # noqa: E402
from bench.report import line, machine  # noqa: E402
from logistics.services import reminding  # noqa: E402
from logistics.store.context import Context  # noqa: E402
from logistics.store.embedded import Server  # noqa: E402
from scheduler import reminders  # noqa: E402

DOSSIERS = 3_200  # three clocks run for each: nearly ten thousand
OPEN = tuple(map(int, sys.argv[1:])) or (10_000, 100_000, 1_000_000)
DUE = 1_000
RUNS = 8  # and one before them that does not count
_GROW = """
    WITH row AS (INSERT INTO deadline OVERRIDING SYSTEM VALUE
                 SELECT (jsonb_populate_record(o, jsonb_build_object('id', 100000000 + n, 'key', 'grown/' || n,
                     'due_at', now() + interval '20 days', 'dossier_id', d.id))).*
                 FROM deadline o, generate_series(%s::bigint, %s::bigint) n
                 JOIN (SELECT id, row_number() OVER (ORDER BY id) r FROM dossier) d ON d.r = 1 + n %% %s
                 WHERE o.id = (SELECT min(id) FROM deadline WHERE met_at IS NULL AND waived_at IS NULL)
                 RETURNING id, dossier_id)
    INSERT INTO rung (dossier_id, deadline_id, seq, name, kind, audience, fires_at)
    SELECT dossier_id, id, 1, 'warning', 'warning', 'owner', now() + interval '15 days' FROM row"""
_RIPEN = """
    UPDATE rung SET fires_at = now() - interval '1 second' WHERE id IN (
        SELECT r.id FROM rung r JOIN deadline d ON d.id = r.deadline_id
        WHERE r.fired_at IS NULL AND r.dropped_at IS NULL AND r.fires_at > now() AND d.met_at IS NULL
          AND d.waived_at IS NULL AND r.name = 'warning' AND d.id < 100000000 ORDER BY r.id LIMIT %s)"""


_RAW = (
    "SELECT 1 FROM dossier WHERE id IN (SELECT dossier_id FROM rung WHERE id = ANY (%s)) FOR NO KEY UPDATE",
    "UPDATE rung SET fired_at = now() WHERE id = ANY (%s)",
    "INSERT INTO raw_row (rung, said) SELECT unnest(%s::int8[]), repeat('x', 600)",
    "INSERT INTO raw_row (rung, said) SELECT unnest(%s::int8[]), repeat('x', 300) FROM generate_series(1, 2)",
)


@dataclass
class Book:
    """A database with so many open deadlines, and how long each look took there: all of it, and to see what is due."""

    wanted: int
    name: str
    ctx: Context
    stand: int = 0
    whole: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)


def main(running: Server) -> None:
    """Measure and print. The looks go round the sizes, so that whatever else slows the machine slows all of them."""
    with contextlib.ExitStack() as stack:
        books = []
        for wanted in OPEN:
            urls, name = stack.enter_context(house.copy(running))
            book = Book(wanted, name, stack.enter_context(house.context(urls, "system")))
            book.stand = _grow(running, name, _open(running, name), wanted)
            books.append(book)
        for number in range(RUNS + 1):
            for book in books:
                _look(running, book, counts=number > 0)
        raw = line(f"raw: {DUE} rungs locked, updated, entered", [_raw(running, name) for _ in range(RUNS)], DUE)
        rates = [_said(book) for book in books]
    print(f"  ratio a look at {OPEN[-1]:,} open / at {OPEN[0]:,}: {rates[0] / rates[-1]:.2f} x the time")
    print(f"  ratio fired / raw at {OPEN[-1]:,}: {100 * rates[-1] / raw:.0f} %")


def _look(running: Server, book: Book, *, counts: bool) -> None:
    with contextlib.closing(running.connect(book.name)) as connection:
        connection.execute(_RIPEN, [DUE])
    start = time.perf_counter()
    assert len(reminding.due(book.ctx, DUE)) == DUE
    asked = time.perf_counter() - start
    start = time.perf_counter()
    assert reminders.once(book.ctx, DUE) == DUE
    if counts:
        book.whole.append(time.perf_counter() - start)
        book.asked.append(asked)


def _said(book: Book) -> float:
    print(f"  what is due, among {book.stand:,} open: {1000 * statistics.median(book.asked):.1f} ms")
    return line(f"fired, {DUE} due among {book.stand:,} open", book.whole, DUE)


def _open(running: Server, name: str) -> int:
    """How many deadlines are open; none of their rungs is due, for the envelopes were dispatched long ago."""
    with contextlib.closing(running.connect(name)) as connection:
        connection.execute(
            "UPDATE rung SET fires_at = now() + seq * interval '1 day' WHERE fired_at IS NULL AND dropped_at IS NULL"
        )
        found = connection.execute("SELECT count(*) FROM deadline WHERE met_at IS NULL AND waived_at IS NULL")
        row = found.fetchone()
    assert row is not None
    return int(row[0])


def _grow(running: Server, name: str, stand: int, wanted: int) -> int:
    with contextlib.closing(running.connect(name)) as connection:
        if wanted > stand:
            connection.execute(_GROW, [stand + 1, wanted, DOSSIERS])
        connection.execute("VACUUM ANALYZE")
    return max(stand, wanted)


def _raw(running: Server, name: str) -> float:
    with contextlib.closing(running.connect(name)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS raw_row (id bigserial PRIMARY KEY, rung bigint, said text)")
        ids = [row[0] for row in connection.execute("SELECT id FROM rung ORDER BY id LIMIT %s", [DUE])]
        start = time.perf_counter()
        for first in range(0, DUE, reminders.BATCH):
            with connection.transaction():
                for statement in _RAW:
                    connection.execute(statement, [ids[first : first + reminders.BATCH]])
        return time.perf_counter() - start


if __name__ == "__main__":
    with house.server() as server:
        print(machine("psycopg", "sqlalchemy", "chinesecalendar"), "·", house.version(server))
        began = time.perf_counter()
        house.furnish(server, DOSSIERS)
        print(f"  furnished in {time.perf_counter() - began:.0f} s")
        main(server)
    workdays.main()
