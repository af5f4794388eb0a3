"""The scheduler's time is the database server's, however its machine's clock stands and whatever happens to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from logistics.store.embedded import Urls
from logistics.store.timekeeping import ASK_AGAIN, ASK_EVERY, DatabaseClock

HARDLY = timedelta(seconds=2)


class Machine:
    """A machine whose clock can be set, and whose steady clock runs on by hand."""

    def __init__(self) -> None:
        self.off = timedelta(0)
        self.seconds = 1000.0

    def wall(self) -> datetime:
        return datetime.now(UTC) + self.off

    def steady(self) -> float:
        return self.seconds


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def engine(seeded: Urls) -> Iterator[Engine]:
    made = create_engine(seeded.system)
    yield made
    made.dispose()


def true_time(engine: Engine) -> datetime:
    with engine.connect() as connection:
        return connection.execute(text("SELECT clock_timestamp()")).scalar_one()  # type: ignore[no-any-return]


@pytest.mark.parametrize("days", [-1, 1, 400])
def test_a_clock_that_is_set_moves_nothing_and_is_told_once(engine: Engine, machine: Machine, days: int) -> None:
    clock = DatabaseClock(engine, machine.wall, machine.steady)
    assert abs(clock() - true_time(engine)) < HARDLY
    machine.off = timedelta(days=days)
    with capture_logs() as said:
        for _ in range(5):
            machine.seconds += ASK_EVERY
            assert abs(clock() - true_time(engine)) < HARDLY
        machine.off = timedelta(0)
        machine.seconds += ASK_EVERY
        clock()
    assert [line["event"] for line in said] == ["clock_differs", "clock_agrees"]
    assert said[0]["seconds"] == pytest.approx(days * 86400, abs=2)
    assert said[0]["log_level"] == "warning"


def test_between_two_questions_the_steady_clock_counts(engine: Engine, machine: Machine) -> None:
    clock = DatabaseClock(engine, machine.wall, machine.steady)
    first = clock()
    machine.seconds += ASK_EVERY / 2
    assert clock() - first == timedelta(seconds=ASK_EVERY / 2)
    assert clock().tzinfo is UTC


def test_time_goes_on_while_the_database_is_away(seeded: Urls, machine: Machine) -> None:
    engine = create_engine(seeded.system)
    clock = DatabaseClock(engine, machine.wall, machine.steady)
    first = clock()
    engine.dispose()
    away = DatabaseClock(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing"), machine.wall, machine.steady)
    with pytest.raises(OperationalError):
        away()
    clock._engine = away._engine
    machine.seconds += 3600
    with capture_logs() as said:
        assert clock() - first == timedelta(seconds=3600)
        assert clock() - first == timedelta(seconds=3600)
        machine.seconds += ASK_AGAIN
        clock()
    assert [line["event"] for line in said] == ["clock_not_asked", "clock_not_asked"]
