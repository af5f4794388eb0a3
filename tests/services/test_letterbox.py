"""Pushes that share a transaction: none is acknowledged before it is committed, and a bad one fails alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from couriers.contract import Push
from logistics.services import tracking
from logistics.store import letterbox
from logistics.store.context import connect, wall_clock
from logistics.store.embedded import Server, Urls
from logistics.store.letterbox import Letter, Letterbox


@pytest.fixture
def app(database: Urls) -> Iterator[Engine]:
    engine = connect(database.app)
    yield engine
    engine.dispose()


@pytest.fixture
def owner(database: Urls) -> Iterator[Engine]:
    engine = create_engine(database.owner)
    yield engine
    engine.dispose()


def letter(words: str) -> Letter:
    return tracking.letter_of("ems", Push({"Content-Type": "application/json"}, words.encode()), wall_clock())


def kept(owner: Engine) -> list[str]:
    with owner.connect() as connection:
        return sorted(connection.execute(text("SELECT convert_from(body, 'UTF8') FROM inbox")).scalars())


@contextmanager
def together(app: Engine, owner: Engine, words: list[str]) -> Iterator[list[object]]:
    """Pushes that all wait behind a first one, whose insert waits for a lock; in the end, what came of each."""
    box, came = Letterbox(), list[object]()
    with ThreadPoolExecutor(len(words) + 1) as pool:
        with owner.begin() as connection:
            connection.execute(text("LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE"))
            tasks = [pool.submit(box.put, app, letter("first"))]
            wait_until(lambda: box._storing)
            tasks += [pool.submit(box.put, app, letter(one)) for one in words]
            wait_until(lambda: len(box._waiting) == len(words))
            assert not any(task.done() for task in tasks), "nothing is acknowledged before it is committed"
            yield came
        came += [task.exception() or task.result() for task in tasks]


def wait_until(true: object) -> None:
    tick = threading.Event()
    for _ in range(2000):
        if true():  # type: ignore[operator]
            return
        tick.wait(0.005)
    raise AssertionError("waited in vain")


def test_pushes_that_come_together_are_all_committed_and_each_told_whether_it_is_new(
    app: Engine, owner: Engine
) -> None:
    with together(app, owner, ["a", "b", "c", "a"]) as came:
        pass
    assert came[0] is True
    assert sorted(map(bool, came[1:])) == [False, True, True, True], "the same bytes twice are one message"
    assert kept(owner) == ["a", "b", "c", "first"]


def test_a_push_that_the_commit_refuses_fails_alone(app: Engine, owner: Engine) -> None:
    refuse_at_commit(owner, "bad")
    with together(app, owner, ["a", "bad", "b"]) as came:
        pass
    assert [isinstance(one, DBAPIError) for one in came] == [False, False, True, False]
    assert kept(owner) == ["a", "b", "first"]


def test_no_push_is_acknowledged_when_every_commit_fails(app: Engine, owner: Engine) -> None:
    refuse_at_commit(owner, "%")
    with together(app, owner, ["a", "b"]) as came:
        pass
    assert all(isinstance(one, DBAPIError) for one in came)
    assert kept(owner) == []


def test_a_database_that_dies_under_a_push_acknowledges_nothing_and_the_next_push_is_taken(
    postgres: Server, app: Engine, owner: Engine
) -> None:
    with together(app, owner, ["a", "b"]) as came, postgres.connect() as root:
        root.execute("ALTER ROLE youdang_app SET lock_timeout = '300ms'")  # what comes after finds the table locked
        root.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'youdang_app' AND datname = %s",
            [app.url.database],
        )
        try:
            wait_until(lambda: root.execute("SELECT 1").fetchone())
            threading.Event().wait(0.8)
            assert kept_by(postgres, app) == 0
        finally:
            root.execute("ALTER ROLE youdang_app RESET lock_timeout")
    assert isinstance(came[0], OperationalError)
    stored = set(kept(owner))
    assert stored == {word for word, told in zip(("first", "a", "b"), came, strict=True) if told is True}
    assert Letterbox().put(app, letter("later"))


def kept_by(postgres: Server, app: Engine) -> int:
    with postgres.connect(str(app.url.database)) as root:
        row = root.execute("SELECT count(*) FROM inbox").fetchone()
    assert row is not None
    return int(row[0])


def refuse_at_commit(owner: Engine, like: str) -> None:
    """From now on a commit that stores such a body fails, after every statement went well."""
    with owner.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF convert_from(NEW.body, 'UTF8') LIKE '{like}' THEN RAISE EXCEPTION 'no'; END IF; "
                "RETURN NULL; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON inbox DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
        )


def test_a_process_has_one_letterbox_for_a_database(app: Engine) -> None:
    assert letterbox.of(app) is letterbox.of(app)
