"""The log's head is signed by one process at a time; at night everything is checked, and a change is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from couriers.contract import Push
from logistics.services import tracking
from logistics.store import health
from logistics.store.context import connect
from logistics.store.embedded import Server, Urls
from logistics.store.locks import Lock
from logistics.tables import Checkpoint
from scheduler import checkpoints, nightly, outbox
from tests.builders import House, dispatched, opened
from tests.journeys import aftermath


def heads(youdang: House) -> list[int]:
    with Session(youdang.system.engine) as session:
        return sorted(session.exec(select(Checkpoint.size)))


def as_superuser(postgres: Server, urls: Urls, statement: str) -> None:
    """What somebody with the server's password could do behind our back."""
    engine = connect(urls.owner)
    with postgres.connect(str(engine.url.database)) as connection:
        connection.execute("SET session_replication_role = replica")  # past the triggers that refuse it
        connection.execute(statement.encode())
    engine.dispose()


def test_a_head_is_signed_when_there_is_something_new_and_not_too_often(youdang: House) -> None:
    assert checkpoints.once(youdang.system) == 0
    opened(youdang)
    assert checkpoints.once(youdang.system, 300) == 1
    assert checkpoints.once(youdang.system, 300) == 0
    opened(youdang)
    assert checkpoints.once(youdang.system, 300) == 0, "the newest is too young"
    youdang.clock.advance(seconds=300)
    assert checkpoints.once(youdang.system, 300) == 1
    with Session(youdang.system.engine) as session:
        assert health.look(session, youdang.clock.now).entries_unlogged == 0


def test_heads_signed_by_many_at_once_while_people_work_all_reproduce(youdang: House) -> None:
    def work(number: int) -> None:
        for _ in range(3):
            opened(youdang) if number % 2 else checkpoints.once(youdang.system)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    checkpoints.once(youdang.system)
    count, wrong = aftermath.checkpoints_wrong(youdang.system)
    assert wrong == []
    assert count == len(set(heads(youdang)))


def test_a_quiet_night_finds_nothing(youdang: House) -> None:
    for _ in range(3):
        dispatched(youdang, 1)
    outbox.once(youdang.system, 4, 10)
    checkpoints.once(youdang.system)
    assert nightly.once(youdang.system, batch=2) == 0


def test_an_entry_changed_behind_our_back_is_found(youdang: House, postgres: Server, seeded: Urls) -> None:
    opened(youdang)
    checkpoints.once(youdang.system)
    as_superuser(postgres, seeded, "UPDATE ledger_entry SET actor_name = '别人' WHERE seq = 1")
    assert {one.rule for one in nightly.violations(youdang.system)} == {"chain"}
    as_superuser(postgres, seeded, "UPDATE ledger_entry SET hash = repeat('0', 64) WHERE seq = 1")
    assert {one.rule for one in nightly.violations(youdang.system)} == {"chain", "log"}
    assert nightly.once(youdang.system) > 0


def test_a_head_changed_behind_our_back_is_found(youdang: House, postgres: Server, seeded: Urls) -> None:
    opened(youdang)
    checkpoints.once(youdang.system)
    as_superuser(postgres, seeded, "UPDATE log_node SET hash = decode(repeat('00', 32), 'hex')")
    assert {one.rule for one in nightly.violations(youdang.system)} == {"checkpoint", "log"}


def test_a_scheduler_that_stood_still_is_found(youdang: House) -> None:
    dispatched(youdang)
    youdang.clock.advance(days=30)
    assert {one.rule for one in nightly.violations(youdang.system)} == {"errand", "deadline"}


def test_only_one_checks_at_a_time(youdang: House) -> None:
    opened(youdang)
    with youdang.system.engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": Lock.CHECK})
        assert nightly.once(youdang.system) == 0
        other.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": Lock.CHECK})


@pytest.mark.parametrize("minutes", [30, 90])
def test_a_push_unread_for_an_hour_is_found(youdang: House, minutes: int) -> None:
    tracking.accept_push(youdang.web, "ems", Push({}, b"{}"))
    youdang.clock.advance(minutes=minutes)
    found = [one.rule for one in nightly.violations(youdang.system)]
    assert ("inbox" in found) is (timedelta(minutes=minutes) > nightly.LONGEST_UNREAD)
