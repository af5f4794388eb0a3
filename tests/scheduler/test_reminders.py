"""Rungs of real deadlines: each fires once, whoever looks, however often."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, select
from structlog.testing import capture_logs

from logistics.services import dispatch
from logistics.store.context import Context, connect, wall_clock
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from logistics.store.timekeeping import DatabaseClock
from logistics.tables import Deadline, LedgerEntry, Notice, Rung
from logistics.terms import ErrandKind
from scheduler import reminders
from tests.builders import House, opened, sealed

LADDER = ["warning", "due", "overdue", "escalated", "escalated_upper"]


def chase_in_a_process(url: str, now: datetime) -> None:
    """What a scheduler of its own would do at `now`."""
    key = Ed25519PrivateKey.generate()
    ctx = Context(connect(url), lambda: now, new_keyring(), key, FileStore(Path("/nonexistent")), {})
    while reminders.once(ctx):
        pass


def fired(youdang: House) -> Counter[tuple[int, str]]:
    with Session(youdang.system.engine) as session:
        rows = session.exec(select(LedgerEntry).where(LedgerEntry.what == "deadline:rung_fired")).all()
    return Counter((row.dossier_id, str(row.facts["rung"])) for row in rows)


def test_the_ladder_is_climbed_rung_by_rung(youdang: House) -> None:
    opened(youdang)
    assert reminders.once(youdang.system) == 0
    seen: list[str] = []
    for _ in range(40):
        youdang.clock.advance(hours=6)
        before = fired(youdang)
        reminders.once(youdang.system)
        seen += [rung for _, rung in fired(youdang) - before]
    assert seen == LADDER
    assert reminders.once(youdang.system) == 0


def test_after_a_long_silence_all_due_rungs_fire_once_and_in_order(youdang: House) -> None:
    opened(youdang)
    youdang.clock.advance(days=12)
    assert reminders.once(youdang.system) == len(LADDER)
    assert reminders.once(youdang.system) == 0
    with Session(youdang.system.engine) as session:
        rows = session.exec(select(LedgerEntry).where(LedgerEntry.what == "deadline:rung_fired")).all()
    assert [row.facts["rung"] for row in sorted(rows, key=lambda row: row.seq)] == LADDER


def test_each_rung_fires_once_under_four_threads_and_two_processes(youdang: House, seeded: Urls) -> None:
    dossiers = [opened(youdang) for _ in range(5)]
    youdang.clock.advance(days=12)
    forks = multiprocessing.get_context("forkserver")
    processes = [forks.Process(target=chase_in_a_process, args=(seeded.system, youdang.clock.now)) for _ in range(2)]
    for process in processes:
        process.start()
    with ThreadPoolExecutor(4) as pool:
        by_threads = sum(pool.map(lambda _: reminders.once(replace(youdang.system)), range(4)))
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert by_threads <= 5 * len(LADDER)
    counted = fired(youdang)
    assert len(counted) == len(dossiers) * len(LADDER)
    assert set(counted.values()) == {1}
    with Session(youdang.system.engine) as session:
        notices = Counter(session.exec(select(Notice.key, Notice.officer_id)))
        rungs = session.exec(select(Rung).join(Deadline).where(Deadline.leg != "whole_case")).all()
    assert set(notices.values()) == {1}
    assert all(rung.fired_at is not None for rung in rungs)
    left = Counter(id_ for errand in youdang.errands(kind=ErrandKind.NOTIFY) for id_ in errand.payload["notices"])
    assert len(left) == len(notices)
    assert set(left.values()) == {1}


def test_a_deadline_that_was_met_stays_silent(youdang: House) -> None:
    envelope = sealed(youdang)
    dispatch.dispatch(youdang.web, youdang.window, youdang.command(), envelope.no, "ems")
    youdang.clock.advance(days=3)  # past the leg's due moment; the clocks that run on are not near theirs
    assert reminders.once(youdang.system) == 0


def test_one_deadline_that_cannot_be_chased_does_not_silence_the_others(youdang: House) -> None:
    first, _second = opened(youdang), opened(youdang)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE deadline SET leg = 'no such leg' WHERE dossier_id = (SELECT id FROM dossier WHERE no = %s)",
            (first,),
        )
    youdang.clock.advance(days=12)
    assert reminders.once(youdang.system) == len(LADDER)


GROW = """
    WITH clone AS (INSERT INTO deadline OVERRIDING SYSTEM VALUE
                   SELECT (jsonb_populate_record(d, jsonb_build_object('id', 10000 + n, 'key', 'grown/' || n))).*
                   FROM deadline d, generate_series(1, %s) n WHERE d.id = (SELECT min(id) FROM deadline)
                   RETURNING id, dossier_id)
    INSERT INTO rung (dossier_id, deadline_id, seq, name, kind, audience, fires_at)
    SELECT dossier_id, id, 1, 'warning', 'warning', 'owner', %s::timestamptz - (20000 - id) * interval '1 minute'
    FROM clone"""


def grown(youdang: House, count: int) -> None:
    """So many more deadlines, each with a rung that came due a minute after the one before, all long ago."""
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rung SET fires_at = fires_at + interval '99 days'")
        connection.exec_driver_sql(GROW, (count, youdang.clock.now))


def order_of(youdang: House) -> list[str]:
    """The keys of what fired, in the order of the ledger."""
    with Session(youdang.system.engine) as session:
        rows = session.exec(select(LedgerEntry).where(LedgerEntry.what == "deadline:rung_fired")).all()
    return [str(row.facts["key"]) for row in sorted(rows, key=lambda row: row.seq)]


def test_after_an_outage_the_backlog_goes_out_in_order_and_what_comes_due_meanwhile_does_not_wait_for_its_end(
    youdang: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "BATCH", 10)
    opened(youdang)
    grown(youdang, 200)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE rung SET fires_at = %s - interval '5 seconds' WHERE deadline_id > 10195", (youdang.clock.now,)
        )
    assert reminders.once(youdang.system, 60) >= 50
    first = order_of(youdang)
    fresh = [key for key in first if int(key.split("/")[1]) > 195]
    backlog = [key for key in first if key not in fresh]
    assert len(fresh) == 5, "what came due just now is among the first, though 145 older ones wait"
    assert backlog == [f"grown/{n}" for n in range(1, len(backlog) + 1)]
    while reminders.once(youdang.system):
        pass
    everything = [key for key in order_of(youdang) if key not in fresh]
    assert everything == [f"grown/{n}" for n in range(1, 196)]


def test_a_fault_is_said_once_and_left_alone_for_a_while(youdang: House) -> None:
    first, _second = opened(youdang), opened(youdang)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE deadline SET leg = 'no such leg' WHERE dossier_id = (SELECT id FROM dossier WHERE no = %s)",
            (first,),
        )
    youdang.clock.advance(days=60)
    faults = reminders.Faults()
    with capture_logs() as said:
        reminders.once(youdang.system, faults=faults)
        reminders.once(youdang.system, faults=faults)
    broken = [line["deadline"] for line in said if line["event"] == "deadline_fault"]
    assert sorted(broken) == sorted(set(broken)), "each is tried once"
    assert broken
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deadline SET leg = split_part(key, '/', 1)")
    youdang.clock.now += reminders.PATIENCE
    assert reminders.once(youdang.system, faults=faults) >= len(LADDER)


def test_a_dossier_that_somebody_has_in_hand_holds_up_nobody_else(youdang: House) -> None:
    mine, _other = opened(youdang), opened(youdang)
    youdang.clock.advance(days=60)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1 FROM dossier WHERE no = %s FOR UPDATE", (mine,))
        once = reminders.once(youdang.system)
        assert once >= len(LADDER)
    assert reminders.once(youdang.system) == once


@pytest.mark.parametrize("days", [-1, 1])
def test_a_machine_whose_clock_stands_a_day_off_fires_nothing_early_and_nothing_late(youdang: House, days: int) -> None:
    opened(youdang)
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rung SET fires_at = clock_timestamp() + (seq - 2) * interval '1 hour'")
        connection.exec_driver_sql("UPDATE deadline SET paused_at = now() WHERE id > (SELECT min(id) FROM deadline)")
    clock = DatabaseClock(youdang.system.engine, lambda: wall_clock() + timedelta(days=days))
    assert reminders.once(replace(youdang.system, clock=clock)) == 2
    assert [rung for _, rung in fired(youdang)] == ["warning", "due"]
