"""One look of the clock with a thousand rungs due, among ten thousand, a hundred thousand and a million open deadlines.

The raw limit beside it: as many transactions of the same kind (a lock, an update, an insert, a commit) that decide
nothing. Each rung of the look is fired by its own transaction: ledger entry, notices, e-mails owed.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from pathlib import Path

import psycopg

sys.path[0] = str(Path(__file__).parent.parent)  # not this file's folder: `couriers` is the library, not that file

from bench import house  # noqa: E402
from bench.report import line, machine  # noqa: E402
from logistics.services import reminding  # noqa: E402
from logistics.store.context import Context  # noqa: E402
from logistics.store.embedded import Server  # noqa: E402
from scheduler import reminders  # noqa: E402

DOSSIERS = 10_000
OPEN = (10_000, 100_000, 1_000_000)
DUE = 1_000
RUNS = 3
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


def main(running: Server) -> None:
    """Measure and print."""
    looks: dict[int, float] = {}
    with house.copy(running) as (urls, name), house.context(urls, "system") as ctx:
        stand = _open(running, name)
        for wanted in OPEN:
            stand = _grow(running, name, stand, wanted)
            looks[wanted] = _look(running, name, ctx, stand)
        raw = line(f"raw: {DUE} locked updates and inserts", [_raw(running, name) for _ in range(RUNS)], DUE)
    print(f"  ratio a look at {OPEN[-1]:,} open / at {OPEN[0]:,}: {looks[OPEN[0]] / looks[OPEN[-1]]:.2f} x the time")
    print(f"  ratio fired / raw transactions at {OPEN[-1]:,}: {100 * looks[OPEN[-1]] / raw:.0f} %")


def _look(running: Server, name: str, ctx: Context, stand: int) -> float:
    whole, asked = [], []
    for _ in range(RUNS):
        with contextlib.closing(running.connect(name)) as connection:
            connection.execute(_RIPEN, [DUE])
            connection.execute("ANALYZE rung")
        start = time.perf_counter()
        assert len(reminding.due(ctx, DUE)) == DUE
        asked.append(time.perf_counter() - start)
        start = time.perf_counter()
        assert reminders.once(ctx, DUE) == DUE
        whole.append(time.perf_counter() - start)
    print(f"  what is due, among {stand:,} open: {1000 * statistics.median(asked):.1f} ms")
    return line(f"fired, {DUE} due among {stand:,} open", whole, DUE)


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
        connection.execute("CREATE TABLE IF NOT EXISTS raw_entry (id bigserial PRIMARY KEY, rung bigint, said text)")
        ids = [row[0] for row in connection.execute("SELECT id FROM rung ORDER BY id LIMIT %s", [DUE])]
        start = time.perf_counter()
        for id_ in ids:
            _transact(connection, id_)
        return time.perf_counter() - start


def _transact(connection: psycopg.Connection, rung: int) -> None:
    with connection.transaction():
        connection.execute("SELECT 1 FROM rung WHERE id = %s FOR UPDATE", [rung])
        connection.execute("UPDATE rung SET fired_at = now() WHERE id = %s", [rung])
        connection.execute("INSERT INTO raw_entry (rung, said) VALUES (%s, %s)", [rung, "x" * 300])


if __name__ == "__main__":
    with house.server() as server:
        print(machine("psycopg", "sqlalchemy"), "·", house.version(server))
        house.furnish(server, DOSSIERS)
        main(server)
