"""Rungs of real deadlines: each fires once, whoever looks, however often."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, select

from logistics.services import dispatch
from logistics.store.context import Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
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
