"""Work that one process does for all: the others look again another time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from sqlalchemy import text

from logistics.store.context import Context


class Task(IntEnum):
    """The advisory lock of each such work. A lock ends with its process, or with the database's connection to it."""

    CHECK = 4202652  # the nightly check
    LOOK_AHEAD = 4202653
    CALENDARS = 4202655
    POLICIES = 4202656


@contextmanager
def alone(ctx: Context, task: Task) -> Iterator[bool]:
    """Whether this process does the work now; False while another one does."""
    with ctx.engine.connect() as keeper:
        mine = bool(keeper.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": int(task)}).scalar_one())
        keeper.commit()
        try:
            yield mine
        finally:
            if mine:
                keeper.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": int(task)})
