"""What time it is for the scheduler: the database server's own clock, however the clock of this machine stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from logistics.store.context import Clock, wall_clock

ASK_EVERY = 10.0  # seconds by this machine's steady clock; between two questions it is counted on
ASK_AGAIN = 1.0  # seconds after a question without an answer
TOLERATED = timedelta(minutes=1)

log = structlog.get_logger("timekeeping")


class DatabaseClock:
    """The database server's time, asked for now and then and counted on by the steady clock, which no one can set.

    A machine whose clock is wrong or is set meanwhile does everything at the true moment all the same, and says in its
    log that its clock is wrong. While the database does not answer, the steady clock alone goes on.
    """

    def __init__(self, engine: Engine, local: Clock = wall_clock, steady: Callable[[], float] = time.monotonic) -> None:
        """Nothing is asked yet. `local`: this machine's clock; `steady`: seconds that only grow."""
        self._engine, self._local, self._steady = engine, local, steady
        self._asking = threading.Lock()
        self._known: tuple[float, datetime] | None = None
        self._ask_at = 0.0
        self._was_wrong = False

    def __call__(self) -> datetime:
        """The present instant, aware, in UTC. Raises `OperationalError` if the database has never answered."""
        if self._known is None:
            with self._asking:
                if self._known is None:
                    self._ask()
        elif self._steady() >= self._ask_at and self._asking.acquire(blocking=False):
            try:
                self._ask()
            except SQLAlchemyError as away:
                self._ask_at = self._steady() + ASK_AGAIN
                log.warning("clock_not_asked", error=type(away).__name__)
            finally:
                self._asking.release()
        assert self._known is not None  # asked above, or raised
        at, then = self._known
        return then + timedelta(seconds=self._steady() - at)

    def _ask(self) -> None:
        with self._engine.connect() as connection:
            told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        at = self._steady()  # read after the answer: what it took makes us late, never early
        self._known, self._ask_at = (at, told.astimezone(UTC)), at + ASK_EVERY
        self._compare(told)

    def _compare(self, told: datetime) -> None:
        """Say it once when this machine's clock goes wrong, and once when it is right again."""
        apart = self._local() - told
        wrong = abs(apart) > TOLERATED
        if wrong != self._was_wrong:
            say = log.warning if wrong else log.info
            say("clock_differs" if wrong else "clock_agrees", seconds=round(apart.total_seconds(), 1))
        self._was_wrong = wrong
