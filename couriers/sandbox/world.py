"""What is true on the couriers' side: orders, parcels' events, pushes owed, faults. Kept in one SQLite file.

Everything is written through to the disk before a method returns, so a killed sandbox forgets nothing it answered.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from couriers.sandbox.journeys import JOURNEYS, Event, Step, describe
from couriers.sandbox.statefile import StateFile

ZONE = ZoneInfo("Asia/Shanghai")
FAULTS = frozenset(
    {
        "slow",  # seconds to wait before every answer
        "timeout_after_order",  # takes an order, then says nothing for so many seconds
        "5xx",  # the HTTP status to answer with, nothing being done
        "garbled",  # does what was asked, then answers half a text
        "duplicate_push",  # every push twice
        "out_of_order",  # of a parcel's waiting pushes the newest first; a lone one waits so many seconds for company
        "silent",  # no pushes while it lasts
        "lost",  # parcels booked while it lasts are lost
        "returned",  # … come back
        "unknown_code",  # … meet an operation code that is in no table
        "refuse_duplicates",  # a repeated reference is refused: "words" names the first number, "bare" does not
        "object_body",  # retBody as an object, not as text
    }
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    reference TEXT PRIMARY KEY, waybill TEXT NOT NULL UNIQUE, body TEXT NOT NULL, cancelled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, waybill TEXT NOT NULL, due REAL NOT NULL, op_time TEXT NOT NULL,
    body TEXT NOT NULL, pushed INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    retry_at REAL NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS events_of ON events (waybill, op_time);
CREATE INDEX IF NOT EXISTS events_owed ON events (pushed, due);
"""
_PICKED_UP, _NOT_PICKED_UP = ("203", "208"), ("207", "212")


@dataclass(frozen=True)
class Order:
    """An order as the courier keeps it; `body` is the order object that came over the wire."""

    reference: str
    waybill_no: str
    body: Mapping[str, Any]
    cancelled: bool


@dataclass(frozen=True)
class OwedPush:
    """One event that the hook has not acknowledged, after so many attempts."""

    id: int
    waybill_no: str
    event: Event
    attempts: int


class World:
    """The couriers' side. Safe to use from several threads of one process.

    `lapse_seconds` None: parcels move only when told (`tell`, `play`). A number: a booked parcel makes its whole
    journey in that many seconds of the clock.
    """

    def __init__(
        self,
        path: Path | str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lapse_seconds: float | None = None,
        first_number: int | None = None,
    ) -> None:
        self._clock = clock
        self.lapse_seconds = lapse_seconds
        self._file = StateFile(path, _SCHEMA)
        self._seen: dict[int, float] = {}
        if self._file.get("next_number") is None:
            # Without a wish, numbers start by the clock: a sandbox whose file was thrown away does not reuse old ones.
            start = first_number if first_number is not None else int(clock().timestamp()) * 10
            self._file.put("next_number", start)

    def close(self) -> None:
        """The file is closed; nothing is lost."""
        self._file.close()

    def now(self) -> datetime:
        """The clock, moved on by whatever `advance` was told."""
        return self._clock() + timedelta(seconds=self._file.get("offset", 0.0))

    def advance(self, seconds: float) -> None:
        """The sandbox's time has moved on."""
        with self._file.together():
            self._file.put("offset", self._file.get("offset", 0.0) + seconds)

    def fault(self, name: str) -> Any:
        """The fault's value, None when it is off."""
        return self._file.get(f"fault:{name}")

    def set_fault(self, name: str, value: Any = True) -> None:
        """The fault is on with that value; None or False switches it off. Raises ValueError for an unknown name."""
        if name not in FAULTS:
            raise ValueError(f"没有名为 {name} 的故障；可用：{'、'.join(sorted(FAULTS))}")
        self._file.put(f"fault:{name}", None if value is False else value)

    def book(self, reference: str, body: Mapping[str, Any]) -> tuple[Order, bool]:
        """The order of that reference, and whether it is new. One reference never gets two numbers."""
        with self._file.together():
            known = self.order(reference)
            if known is not None:
                return known, False
            number = self._file.get("next_number")
            order = Order(reference, f"11{number % 10**11:011d}", body, cancelled=False)
            self._file.put("next_number", number + 1)
            text = json.dumps(body, ensure_ascii=False)
            sql = "INSERT INTO orders (reference, waybill, body) VALUES (?, ?, ?)"
            self._file.run(sql, reference, order.waybill_no, text)
            if self.lapse_seconds is not None:
                journey = next((name for name in ("lost", "returned", "unknown_code") if self.fault(name)), "delivered")
                for step, moment in _moments(JOURNEYS[journey], self.now(), self.lapse_seconds):
                    self._add(order, describe(body, step), moment.timestamp(), moment)
            return order, True

    def order(self, reference: str) -> Order | None:
        """The order of that reference, None when there is none."""
        return self._order("SELECT reference, waybill, body, cancelled FROM orders WHERE reference = ?", reference)

    def parcel(self, waybill_no: str) -> Order | None:
        """The order of that number, None when there is none."""
        return self._order("SELECT reference, waybill, body, cancelled FROM orders WHERE waybill = ?", waybill_no)

    def picked_up(self, waybill_no: str) -> bool:
        """True once a pick-up was scanned and not taken back."""
        codes = [event["opCode"] for event in self.events(waybill_no)]
        taken, undone = (sum(code in group for code in codes) for group in (_PICKED_UP, _NOT_PICKED_UP))
        return taken > undone

    def cancel(self, order: Order) -> bool:
        """True: the order is withdrawn and what lay ahead of its parcel will not happen. False: it was picked up."""
        with self._file.together():
            if self.picked_up(order.waybill_no):
                return False
            self._file.run("UPDATE orders SET cancelled = 1 WHERE reference = ?", order.reference)
            now = self.now().timestamp()
            self._file.run("DELETE FROM events WHERE waybill = ? AND due > ?", order.waybill_no, now)
            return True

    def tell(self, waybill_no: str, code: str, op_time: datetime, place: str = "receiver office", **more: str) -> None:
        """A scan is on record from now on, with the time it is said to have happened. Any code is allowed.

        `place` is "sender office", "sender centre", "receiver centre" or "receiver office"; `more` are further `op*`
        fields such as deliverCode. Raises KeyError for an unknown parcel.
        """
        order = self._known(waybill_no)
        self._add(order, describe(order.body, Step(0, code, place, more)), 0.0, op_time)

    def play(self, waybill_no: str, journey: str, start: datetime, seconds: float) -> None:
        """A whole journey is on record at once, laid from `start` over so many seconds. KeyError: unknown name."""
        with self._file.together():
            order = self._known(waybill_no)
            for step, moment in _moments(JOURNEYS[journey], start, seconds):
                self._add(order, describe(order.body, step), 0.0, moment)

    def events(self, waybill_no: str) -> list[Event]:
        """What has happened to a parcel until now, by the time it is said to have happened."""
        sql = "SELECT id, body FROM events WHERE waybill = ? AND due <= ? ORDER BY op_time, id"
        return [_event(*row) for row in self._file.rows(sql, waybill_no, self.now().timestamp())]

    def owed(self) -> list[OwedPush]:
        """Pushes to attempt now: of each parcel one, the oldest (out_of_order: the newest). None while silent."""
        if self.fault("silent"):
            return []
        sql = "SELECT id, waybill, body, attempts, retry_at FROM events WHERE pushed = 0 AND due <= ? ORDER BY id"
        parcels: dict[str, list[tuple[float, OwedPush]]] = {}
        for number, waybill_no, body, attempts, retry_at in self._file.rows(sql, self.now().timestamp()):
            self._seen.setdefault(number, time.monotonic())
            push = OwedPush(number, waybill_no, _event(number, body), attempts)
            parcels.setdefault(waybill_no, []).append((retry_at, push))
        return [push for waiting in parcels.values() for push in self._next(waiting)]

    def pushed(self, push: OwedPush) -> None:
        """The hook has acknowledged the event."""
        self._seen.pop(push.id, None)
        self._file.run("UPDATE events SET pushed = 1, attempts = attempts + 1 WHERE id = ?", push.id)

    def push_failed(self, push: OwedPush, wait_seconds: float) -> None:
        """The event is still owed and will be tried again after so many real seconds."""
        sql = "UPDATE events SET attempts = attempts + 1, retry_at = ? WHERE id = ?"
        self._file.run(sql, time.time() + wait_seconds, push.id)

    def state(self) -> dict[str, Any]:
        """Everything a test or a trainer wants to see, as JSON values."""
        orders = self._file.rows("SELECT reference, waybill, cancelled FROM orders ORDER BY rowid")
        return {
            "now": self.now().isoformat(),
            "lapse_seconds": self.lapse_seconds,
            "faults": {name: value for name in sorted(FAULTS) if (value := self.fault(name)) is not None},
            "orders": [
                {"reference": r, "waybill_no": w, "cancelled": bool(c), "events": self.events(w)} for r, w, c in orders
            ],
            "pushes_owed": self._file.rows("SELECT count(*) FROM events WHERE pushed = 0")[0][0],
        }

    def _order(self, sql: str, value: str) -> Order | None:
        rows = self._file.rows(sql, value)
        return Order(rows[0][0], rows[0][1], json.loads(rows[0][2]), bool(rows[0][3])) if rows else None

    def _known(self, waybill_no: str) -> Order:
        order = self.parcel(waybill_no)
        if order is None:
            raise KeyError(f"没有运单 {waybill_no}")
        return order

    def _add(self, order: Order, event: Event, due: float, op_time: datetime) -> None:
        text = op_time.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        body = {"waybillNo": order.waybill_no, "orderNo": order.reference, "opTime": text, **event}
        sql = "INSERT INTO events (waybill, due, op_time, body) VALUES (?, ?, ?, ?)"
        self._file.run(sql, order.waybill_no, due, text, json.dumps(body, ensure_ascii=False))

    def _next(self, waiting: list[tuple[float, OwedPush]]) -> list[OwedPush]:
        hold = self.fault("out_of_order")
        retry_at, push = waiting[-1 if hold else 0]
        alone = hold and len(waiting) == 1 and push.attempts == 0
        if retry_at > time.time() or (alone and time.monotonic() - self._seen[push.id] < float(hold)):
            return []
        return [push]


def _event(number: int, body: str) -> Event:
    event: Event = {"traceNo": f"T{number:06d}", **json.loads(body)}
    return event


def _moments(steps: tuple[Step, ...], start: datetime, seconds: float) -> Iterator[tuple[Step, datetime]]:
    """Each step with its time: whole seconds, each later than the one before, however short the journey."""
    last = start.replace(microsecond=0)
    for step in steps:
        exact = (start + timedelta(seconds=step.share * seconds)).replace(microsecond=0)
        last = max(exact, last + timedelta(seconds=1))
        yield step, last
