"""Orders and the scans of their parcels, in the sandbox's file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from couriers.contract import Party, Reason
from couriers.sandbox import desk
from couriers.sandbox.journeys import moments
from couriers.sandbox.scans import Kind, Order, Place, Scan, place_of
from couriers.sandbox.statefile import StateFile

SCHEMA = """
CREATE TABLE IF NOT EXISTS parcels (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, reference TEXT NOT NULL, courier TEXT NOT NULL,
    waybill TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, receiver TEXT NOT NULL, body TEXT NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0, returns TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX IF NOT EXISTS parcels_of ON parcels (account, reference) WHERE reference <> '';
CREATE TABLE IF NOT EXISTS scans (
    id INTEGER PRIMARY KEY AUTOINCREMENT, waybill TEXT NOT NULL, due REAL NOT NULL, happened_at TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS scans_of ON scans (waybill, happened_at);
"""
_ORDER = "SELECT account, reference, courier, waybill, sender, receiver, body, cancelled, returns FROM parcels"
_SAYS = (
    "SELECT s.id, s.waybill, p.reference, p.courier, s.happened_at, s.body FROM scans s JOIN parcels p USING (waybill)"
)
SOMEBODY = Party("演示寄件人", "13000000000", "示例省", "示例市", "示例区", "示例路1号", "100000")


class NumberTaken(ValueError):
    """A waybill number that an order was to carry belongs to another order."""


class Parcels:
    """What was ordered and what was scanned."""

    def __init__(self, file: StateFile) -> None:
        self._file = file

    def add(self, order: Order) -> Order:
        """The order is on record; without a number it gets the next one of its courier. Raises `NumberTaken`."""
        with self._file.together():
            number = order.waybill_no or self._next_number(order.courier)
            if self.parcel(number) is not None:
                raise NumberTaken(f"运单号 {number} 已被使用")
            kept = Order(**{**vars(order), "waybill_no": number})
            parties = (json.dumps(asdict(one), ensure_ascii=False) for one in (kept.sender, kept.receiver))
            sql = (
                "INSERT INTO parcels (account, reference, courier, waybill, sender, receiver, body, returns) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            )
            body = json.dumps(kept.body, ensure_ascii=False)
            self._file.run(sql, kept.account, kept.reference, kept.courier, number, *parties, body, kept.returns)
            return kept

    def claim(self, order: Order) -> Order | None:
        """The order of a parcel that its courier collected before; None when there is no such parcel of that number."""
        with self._file.together():
            found = self.parcel(order.waybill_no) if order.waybill_no else None
            if found is None or found.reference or found.returns or found.courier != order.courier:
                return None
            parties = (json.dumps(asdict(one), ensure_ascii=False) for one in (order.sender, order.receiver))
            sql = "UPDATE parcels SET account = ?, reference = ?, sender = ?, receiver = ?, body = ? WHERE waybill = ?"
            body = json.dumps(order.body, ensure_ascii=False)
            self._file.run(sql, order.account, order.reference, *parties, body, order.waybill_no)
            return order

    def order(self, account: str, reference: str) -> Order | None:
        """The order of that reference at that account, None when there is none."""
        return next(self._orders(f"{_ORDER} WHERE account = ? AND reference = ?", account, reference), None)

    def parcel(self, waybill_no: str) -> Order | None:
        """The order of that number, None when there is none."""
        return next(self._orders(f"{_ORDER} WHERE waybill = ?", waybill_no), None)

    def orders(self) -> list[Order]:
        """All of them, in the order of their coming."""
        return list(self._orders(f"{_ORDER} ORDER BY id"))

    def keep(self, order: Order, body: Mapping[str, Any]) -> None:
        """The desk's own words about an order are replaced (an update of the order)."""
        text = json.dumps(body, ensure_ascii=False)
        self._file.run("UPDATE parcels SET body = ? WHERE waybill = ?", text, order.waybill_no)

    def withdraw(self, order: Order, now: float) -> None:
        """The order is cancelled and nothing that lay ahead of its parcel will happen."""
        self._file.run("UPDATE parcels SET cancelled = 1 WHERE waybill = ?", order.waybill_no)
        self._file.run("DELETE FROM scans WHERE waybill = ? AND due > ?", order.waybill_no, now)

    def scan(self, waybill_no: str, due: float, happened_at: datetime, **body: Any) -> int:
        """A scan is on record, shown from `due` on (seconds since 1970); its id."""
        sql = "INSERT INTO scans (waybill, due, happened_at, body) VALUES (?, ?, ?, ?)"
        moment = happened_at.astimezone(UTC).isoformat(timespec="microseconds")
        with self._file.together():
            self._file.run(sql, waybill_no, due, moment, json.dumps(body, ensure_ascii=False))
            return int(self._file.rows("SELECT last_insert_rowid()")[0][0])

    def lay(
        self, order: Order, journey: str, start: datetime, seconds: float, at_once: bool
    ) -> list[tuple[Order, int, float]]:
        """A whole journey is on record; each scan with the parcel it is of. `at_once`: shown now, else when it is time.

        Raises KeyError for an unknown journey.
        """
        laid: list[tuple[Order, int, float]] = []
        carried, first = order, order
        with self._file.together():
            for step, moment in moments(journey, start, seconds):
                fields: dict[str, Any] = {"kind": step.kind, "place": asdict(stand(first, step.place))}
                fields |= {"reason": step.reason} if step.reason else {}
                if step.kind is Kind.RETURNING and desk.carrier(order.courier).returns_anew:
                    back = self.add(_way_back(order))
                    fields["other"] = back.waybill_no
                elif carried is not order and step.kind is Kind.RETURNED:
                    fields |= {"kind": Kind.SIGNED, "reason": Reason.SIGNED_BY_ADDRESSEE}
                due = 0.0 if at_once else moment.timestamp()
                laid.append((carried, self.scan(carried.waybill_no, due, moment, **fields), due))
                if "other" in fields:
                    carried = back
        return laid

    def scans(self, waybill_no: str, now: float) -> list[Scan]:
        """What has been scanned of a number until now, by the time it is said to have happened."""
        sql = f"{_SAYS} WHERE s.waybill = ? AND s.due <= ? ORDER BY s.happened_at, s.id"
        return list(_scans(self._file.rows(sql, waybill_no, now)))

    def scan_ids(self, waybill_no: str) -> list[tuple[int, float]]:
        """Every scan of a number, those to come too: id and when it is due."""
        return [(row[0], row[1]) for row in self._file.rows("SELECT id, due FROM scans WHERE waybill = ?", waybill_no)]

    def picked_up(self, waybill_no: str, now: float) -> bool:
        """True once it was taken in and that was not taken back."""
        kinds = [scan.kind for scan in self.scans(waybill_no, now)]
        return kinds.count(Kind.ACCEPTED) > kinds.count(Kind.ACCEPTANCE_TAKEN_BACK)

    def _next_number(self, courier: str) -> str:
        number = self._file.get("next_number")
        self._file.put("next_number", number + 1)
        return desk.carrier(courier).waybill(number % 10**11)

    def _orders(self, sql: str, *values: object) -> Iterator[Order]:
        for account, reference, courier, waybill, sender, receiver, body, cancelled, returns in self._file.rows(
            sql, *values
        ):
            ends = Party(**json.loads(sender)), Party(**json.loads(receiver))
            yield Order(account, reference, courier, waybill, *ends, json.loads(body), bool(cancelled), returns)


def stand(order: Order, place: str) -> Place:
    """The place of "sender office", "sender centre", "receiver centre" or "receiver office". ValueError for another."""
    side, _, kind = place.partition(" ")
    if side not in ("sender", "receiver") or kind not in ("office", "centre"):
        raise ValueError(
            f"没有名为 {place} 的地点；可用：sender office、sender centre、receiver centre、receiver office"
        )
    return place_of(order.sender if side == "sender" else order.receiver, kind)


def _way_back(order: Order) -> Order:
    return Order(
        order.account, "", order.courier, "", order.receiver, order.sender, order.body, False, order.waybill_no
    )


def _scans(rows: Iterable[tuple[Any, ...]]) -> Iterator[Scan]:
    for number, waybill_no, reference, courier, happened_at, text in rows:
        body = json.loads(text)
        yield Scan(
            id=number,
            waybill_no=waybill_no,
            reference=reference,
            courier=courier,
            kind=Kind(body["kind"]),
            happened_at=datetime.fromisoformat(happened_at),
            place=Place(**body["place"]),
            reason=Reason(body["reason"]) if body.get("reason") else None,
            other_waybill_no=body.get("other", ""),
            operator=body.get("operator", "演示操作员"),
            code=body.get("code", ""),
            more=body.get("more", {}),
        )
