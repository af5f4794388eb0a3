"""Who is to be told what: subscriptions, and what is owed for each scan and account until the hook has taken it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from couriers.sandbox.scans import Subscription
from couriers.sandbox.statefile import StateFile

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, waybill TEXT NOT NULL, carrier TEXT NOT NULL,
    callback TEXT NOT NULL, extra TEXT NOT NULL, UNIQUE (account, waybill, carrier, callback));
CREATE TABLE IF NOT EXISTS owed (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, waybill TEXT NOT NULL, scan INTEGER, notice TEXT,
    subscription INTEGER, due REAL NOT NULL, done INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    retry_at REAL NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS owed_now ON owed (done, due);
"""


@dataclass(frozen=True)
class Row:
    """One thing owed: a scan, or a notice."""

    id: int
    account: str
    waybill_no: str
    scan: int | None
    notice: Mapping[str, Any] | None
    subscription: int | None
    attempts: int
    retry_at: float


class Pushes:
    """The subscriptions and what is owed."""

    def __init__(self, file: StateFile) -> None:
        self._file = file

    def subscribe(self, wish: Subscription) -> tuple[Subscription, bool]:
        """The subscription that stands, and whether it is new. The same number, carrier and callback is the same."""
        with self._file.together():
            for known in self.subscriptions(wish.waybill_no, wish.account):
                if (known.carrier, known.callback) == (wish.carrier, wish.callback):
                    return known, False
            sql = "INSERT INTO subscriptions (account, waybill, carrier, callback, extra) VALUES (?, ?, ?, ?, ?)"
            extra = json.dumps(wish.extra, ensure_ascii=False)
            self._file.run(sql, wish.account, wish.waybill_no, wish.carrier, wish.callback, extra)
            number = int(self._file.rows("SELECT last_insert_rowid()")[0][0])
            return Subscription(**{**vars(wish), "id": number}), True

    def unsubscribe(self, subscription: Subscription) -> None:
        """It ends; what was still owed for it is not pushed any more."""
        with self._file.together():
            self._file.run("DELETE FROM owed WHERE subscription = ? AND done = 0", subscription.id)
            self._file.run("DELETE FROM subscriptions WHERE id = ?", subscription.id)

    def subscriptions(self, waybill_no: str, account: str = "") -> list[Subscription]:
        """Those of a number, of one account or of all."""
        sql = "SELECT id, account, waybill, carrier, callback, extra FROM subscriptions WHERE waybill = ?"
        rows = self._file.rows(sql + " ORDER BY id", waybill_no)
        found = (Subscription(n, a, w, c, back, json.loads(extra)) for n, a, w, c, back, extra in rows)
        return [one for one in found if account in ("", one.account)]

    def owe(
        self,
        account: str,
        waybill_no: str,
        due: float,
        scan: int | None = None,
        notice: Mapping[str, Any] | None = None,
        subscription: int | None = None,
    ) -> None:
        """The account is to be told, from `due` on."""
        sql = "INSERT INTO owed (account, waybill, scan, notice, subscription, due) VALUES (?, ?, ?, ?, ?, ?)"
        text = None if notice is None else json.dumps(notice, ensure_ascii=False)
        self._file.run(sql, account, waybill_no, scan, text, subscription, due)

    def forget(self, waybill_no: str, now: float) -> None:
        """Nothing that lies ahead is owed any more."""
        self._file.run("DELETE FROM owed WHERE waybill = ? AND due > ? AND done = 0", waybill_no, now)

    def waiting(self, now: float) -> Iterator[Row]:
        """All that is owed by now, in the order in which it came to be owed."""
        sql = (
            "SELECT id, account, waybill, scan, notice, subscription, attempts, retry_at FROM owed "
            "WHERE done = 0 AND due <= ? ORDER BY id"
        )
        for number, account, waybill, scan, notice, subscription, attempts, retry_at in self._file.rows(sql, now):
            told = None if notice is None else json.loads(notice)
            yield Row(number, account, waybill, scan, told, subscription, attempts, retry_at)

    def settled(self, ids: tuple[int, ...]) -> None:
        """The hook has taken them."""
        self._each("UPDATE owed SET done = 1, attempts = attempts + 1 WHERE id = ?", ids)

    def later(self, ids: tuple[int, ...], wait_seconds: float, failed: bool) -> None:
        """They are still owed, to be tried after so many real seconds; a failure counts as an attempt."""
        sql = "UPDATE owed SET attempts = attempts + ?, retry_at = ? WHERE id = ?"
        self._each(sql, ids, int(failed), time.time() + wait_seconds)

    def count(self) -> int:
        """How many are owed, those of scans to come too."""
        return int(self._file.rows("SELECT count(*) FROM owed WHERE done = 0")[0][0])

    def _each(self, sql: str, ids: tuple[int, ...], *values: float) -> None:
        with self._file.together():
            for number in ids:
                self._file.run(sql, *values, number)
