"""One SQLite file that is on the disk before any method returns."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class StateFile:
    """A small database and a drawer of named JSON values. Safe to use from several threads of one process."""

    def __init__(self, path: Path | str, schema: str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE IF NOT EXISTS drawer (name TEXT PRIMARY KEY, value TEXT NOT NULL);" + schema
        )

    def close(self) -> None:
        """The file is closed; nothing is lost."""
        with self._lock:
            self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside is written as a whole or not at all; nobody else writes meanwhile."""
        with self._lock:
            outermost = self._depth == 0
            self._depth += 1
            try:
                if outermost:
                    self._db.execute("BEGIN IMMEDIATE")
                yield
                if outermost:
                    self._db.execute("COMMIT")
            except BaseException:
                if outermost and self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> None:
        """The change is on the disk, unless inside `together`."""
        with self._lock:
            self._db.execute(sql, values)

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The named value, `otherwise` when there is none."""
        rows = self.rows("SELECT value FROM drawer WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else otherwise

    def under(self, prefix: str) -> dict[str, Any]:
        """All named values whose name begins so, by the rest of their names."""
        rows = self.rows("SELECT name, value FROM drawer WHERE substr(name, 1, ?) = ?", len(prefix), prefix)
        return {name[len(prefix) :]: json.loads(value) for name, value in rows}

    def put(self, name: str, value: Any) -> None:
        """The named value is kept; None takes it out."""
        if value is None:
            self.run("DELETE FROM drawer WHERE name = ?", name)
        else:
            self.run("INSERT OR REPLACE INTO drawer VALUES (?, ?)", name, json.dumps(value))
