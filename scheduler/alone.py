"""Work that one process does for all: the others look again another time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from logistics.store.context import Context
from logistics.store.locks import Lock


@contextmanager
def alone(ctx: Context, task: Lock) -> Iterator[bool]:
    """Whether this process does the work now; False while another one does."""
    with ctx.engine.connect() as keeper:
        mine = bool(keeper.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": task.value}).scalar_one())
        keeper.commit()
        try:
            yield mine
        finally:
            if mine:
                keeper.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": task.value})
