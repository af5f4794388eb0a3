"""Durable ingest: pushes put in the inbox, read, and stored as statements, stage, clocks and ledger; and the raw limit.

The raw limit is the very same rows, read back from the run before, put into a database of the same tables, indexes,
constraints and triggers, in transactions of the same size, by somebody who does nothing else.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import psycopg
from psycopg import sql

from bench import house, pushes
from bench.report import line
from couriers.contract import Push
from logistics.services import tracking
from logistics.store import letterbox
from logistics.store.embedded import Server
from scheduler import inbox

ENVELOPES = 600  # for each courier
RUNS = 3
BATCH = inbox.BATCH
TABLES = ("inbox", "tracking", "ledger_entry", "log_pending", "deadline", "rung")


@dataclass
class Times:
    """Seconds of each run. `rows`: what the last run stored, table by table."""

    put: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)  # the reader's own processor time
    insert: list[float] = field(default_factory=list)
    copied: list[float] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    batches: int = 0  # transactions in which the reader stored them, and so do the raw ones


def main(running: Server) -> None:
    """Measure both kinds of pushes and print."""
    for code, made in (
        ("kuaidi100", pushes.of_kuaidi100(ENVELOPES, pushes.SINCE)),
        ("ems", pushes.of_ems(ENVELOPES, pushes.SINCE)),
    ):
        events = ENVELOPES * pushes.STEPS
        times = Times()
        for _ in range(RUNS):
            run(running, code, made, events, times)
        _say(code, made, events, times)


def run(running: Server, code: str, made: Sequence[Push], events: int, times: Times) -> None:
    """One run of ours and both raw ones, each in a database of its own."""
    with house.copy(running) as (urls, name):
        with house.context(urls, "app") as web:
            start = time.perf_counter()
            for first in range(0, len(made), BATCH):
                now = web.clock()
                letterbox.post(web.engine, [tracking.letter_of(code, one, now) for one in made[first : first + BATCH]])
            times.put.append(time.perf_counter() - start)
        with house.context(urls, "system") as system:
            start, worked = time.perf_counter(), time.process_time()
            looks: list[bool] = []
            read = inbox.once(system, len(made) + 1, going_on=lambda: looks.append(True) or True)
            times.read.append(time.perf_counter() - start)
            times.worked.append(time.process_time() - worked)
        with contextlib.closing(running.connect(name)) as connection:
            rows = _stored(connection, code, events)
    if read != len(made):
        raise SystemExit(f"{read} of {len(made)} pushes were read")
    times.rows = {table: len(found) for table, (_, found) in rows.items()}
    times.batches = batches = len(looks) - 1  # the last look found nothing
    with house.copy(running) as (_, name):
        times.insert.append(_inserted(running, name, rows, batches))
    with house.copy(running) as (_, name):
        times.copied.append(_copied(running, name, rows, batches))


Rows = dict[str, tuple[list[tuple[str, str]], list[tuple[object, ...]]]]


def _stored(connection: psycopg.Connection, code: str, events: int) -> Rows:
    """Every row the run stored, by table: columns with their types, and the rows."""
    check = "SELECT count(*) FROM consignment WHERE courier = %s AND stage = 'delivered'"
    delivered = connection.execute(check, [code]).fetchone()
    if delivered != (ENVELOPES,):
        raise SystemExit(f"{delivered} envelopes were followed to their end")
    kept: Rows = {}
    for table in TABLES:
        kind = "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND "
        columns = connection.execute(kind + "attnum > 0 AND NOT attisdropped ORDER BY attnum", [table]).fetchall()
        chosen = sql.SQL(", ").join(
            sql.SQL("{}::text" if type_ == "jsonb" else "{}").format(sql.Identifier(name)) for name, type_ in columns
        )
        new = {"deadline": f"leg <> 'booked_to_picked_up' AND started_at >= '{pushes.SINCE:%F}'"}.get(table, "true")
        if table == "rung":
            new = "deadline_id IN (SELECT id FROM deadline WHERE leg IN ('transit', 'delivered_to_received'))"
        if table == "deadline":
            new = "leg IN ('transit', 'delivered_to_received')"
        if table in ("ledger_entry", "log_pending"):
            new = f"{'id' if table == 'ledger_entry' else 'entry_id'} > (SELECT max(id) FROM ledger_entry WHERE "
            new += "dossier_id = (SELECT min(id) FROM dossier))"
        by = "entry_id" if table == "log_pending" else "id"
        found = connection.execute(
            sql.SQL("SELECT {} FROM {} WHERE " + new + " ORDER BY {}").format(
                chosen, sql.Identifier(table), sql.Identifier(by)
            )
        ).fetchall()
        kept[table] = [(str(n), str(t)) for n, t in columns], found
    if len(kept["tracking"][1]) != events:
        raise SystemExit(f"{len(kept['tracking'][1])} of {events} events were stored")
    return kept


def _inserted(running: Server, name: str, rows: Rows, batches: int) -> float:
    """Seconds for multi-row INSERTs of the rows, table by table, in so many transactions."""
    statements = {}
    for table, (columns, _) in rows.items():
        values = ", ".join(f"%b::{'text' if type_ == 'jsonb' else type_}[]" for _, type_ in columns)
        names = ", ".join(name for name, _ in columns)
        cast = ", ".join(f"t.{name}::jsonb" if type_ == "jsonb" else f"t.{name}" for name, type_ in columns)
        statements[table] = (
            f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {cast} FROM unnest({values}) AS t({names})"
        )
    with contextlib.closing(running.connect(name)) as connection:
        connection.autocommit = False
        start = time.perf_counter()
        for number in range(batches):
            for table, (_, found) in rows.items():
                part = _share(found, number, batches)
                if part:
                    connection.execute(statements[table], tuple(map(list, zip(*part, strict=True))))
            connection.commit()
        return time.perf_counter() - start


def _copied(running: Server, name: str, rows: Rows, batches: int) -> float:
    """Seconds for COPY of the rows, from text made beforehand, in so many transactions."""
    text: dict[str, list[bytes]] = {}
    with contextlib.closing(running.connect(name)) as connection:
        connection.autocommit = False
        for table, (columns, found) in rows.items():
            text[table] = [_text(connection, columns, _share(found, number, batches)) for number in range(batches)]
        connection.rollback()
        start = time.perf_counter()
        for number in range(batches):
            for table, (columns, _) in rows.items():
                names = ", ".join(name for name, _ in columns)
                with connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    copy.write(text[table][number])
            connection.commit()
        return time.perf_counter() - start


def _text(connection: psycopg.Connection, columns: list[tuple[str, str]], part: list[tuple[object, ...]]) -> bytes:
    """The rows in COPY's text format, as the server itself writes them."""
    names = ", ".join(name for name, _ in columns)
    values = ", ".join(f"%b::{'text' if type_ == 'jsonb' else type_}[]" for _, type_ in columns)
    if not part:
        return b""
    made = BytesIO()
    connection.execute(
        f"CREATE TEMP TABLE part ON COMMIT DROP AS SELECT * FROM unnest({values}) AS t({names})",
        tuple(map(list, zip(*part, strict=True))),
    )
    with connection.cursor().copy("COPY part TO STDOUT") as copy:
        for chunk in copy:
            made.write(chunk)
    connection.execute("DROP TABLE part")
    return made.getvalue()


def _share(found: list[tuple[object, ...]], number: int, batches: int) -> list[tuple[object, ...]]:
    # rounded up, so that no rung comes in a transaction before its deadline
    return found[-(-len(found) * number // batches) : -(-len(found) * (number + 1) // batches)]


def _say(code: str, made: Sequence[Push], events: int, times: Times) -> None:
    each = events // len(made)
    print(
        f"durable ingest, {len(made)} pushes of {each} events ({code}), read in {times.batches} transactions; "
        "events a second:"
    )
    whole = [put + read for put, read in zip(times.put, times.read, strict=True)]
    line("push → inbox", times.put, events)
    line("inbox → events, stage, clocks, ledger", times.read, events)
    line("    by the reader's own processor time", times.worked, events)
    line("push → inbox → events, stage, clocks, ledger", whole, events)
    line("raw INSERT of the same rows", times.insert, events)
    line("raw COPY of the same rows", times.copied, events)
    ratios = [100 * raw / ours for raw, ours in zip(times.insert, whole, strict=True)]
    copies = [100 * raw / ours for raw, ours in zip(times.copied, whole, strict=True)]
    print(
        f"    of the raw limit of the same run: {statistics.median(ratios):.0f} % of INSERT "
        f"(worst {min(ratios):.0f}), {statistics.median(copies):.0f} % of COPY"
    )
    print("    rows a run: " + ", ".join(f"{table} {count}" for table, count in times.rows.items()))
