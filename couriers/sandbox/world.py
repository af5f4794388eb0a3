"""What is true on the couriers' side: orders, parcels' scans, subscriptions, pushes owed, faults. Kept in one file.

Everything is written through to the disk before a method returns, so a killed sandbox forgets nothing it answered.
One world serves all couriers: a parcel ordered at one is seen through every account that asks for its number.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from couriers.contract import Party, Reason
from couriers.sandbox import desk, faults, parcels, pushes
from couriers.sandbox.account import Account
from couriers.sandbox.journeys import FATES
from couriers.sandbox.scans import Kind, Order, Scan, Subscription
from couriers.sandbox.statefile import StateFile

_NOBODY = (parcels.SOMEBODY, parcels.SOMEBODY)


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
        self._file = StateFile(path, parcels.SCHEMA + pushes.SCHEMA)
        self.parcels = parcels.Parcels(self._file)
        self.pushes = pushes.Pushes(self._file)
        self.faults = faults.Faults(self._file)
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

    def fault(self, name: str, account: str = "") -> Any:
        """The fault's value for an account (its own, else that of all), None when it is off."""
        return self.faults.held(account).get(name)

    def set_fault(self, name: str, value: Any = True, account: str = "") -> None:
        """The fault is on with that value, for one account or for all; None or False switches that off.

        Raises ValueError for an unknown name or a value it cannot have.
        """
        self.faults.put(name, value, account)

    def account(self, code: str, held: Mapping[str, Any] | None = None) -> Account:
        """The world as one account sees it, under the faults that hold for it (or those given)."""
        return Account(self, code, self.faults.met("call", code) if held is None else held)

    def book(
        self,
        account: str,
        reference: str,
        courier: str = "",
        sender: Party = parcels.SOMEBODY,
        receiver: Party = parcels.SOMEBODY,
        body: Mapping[str, Any] | None = None,
        waybill_no: str = "",
    ) -> tuple[Order, bool]:
        """The order of that reference, and whether it is new. One reference of one account never gets two numbers.

        `courier` carries it (else the account itself); `waybill_no` is a number that its sender had before. Raises
        `NumberTaken` when another order has that number.
        """
        with self._file.together():
            known = self.order(account, reference)
            if known is not None:
                return known, False
            wish = Order(account, reference, courier or account, waybill_no, sender, receiver, body or {})
            order = self.parcels.claim(wish) or self.parcels.add(wish)
            if self.lapse_seconds is not None:
                held = self.faults.met("order", account)
                journey = next((name for name in FATES if held.get(name)), "delivered")
                start = self.now() + timedelta(seconds=held.get("clock_skew", 0))
                self._lay(order, journey, start, self.lapse_seconds, at_once=False)
            return order, True

    def collect(self, courier: str, waybill_no: str) -> Order:
        """A postman took a parcel in whose label has a number of that courier and whose order nobody has sent yet.

        It can be scanned from now on; the order that comes with this number is its order.
        """
        with self._file.together():
            return self.parcel(waybill_no) or self.parcels.add(Order(courier, "", courier, waybill_no, *_NOBODY, {}))

    def order(self, account: str, reference: str) -> Order | None:
        """The order of that reference at that account, None when there is none."""
        return self.parcels.order(account, reference)

    def parcel(self, waybill_no: str) -> Order | None:
        """The order of that number, whoever took it, None when there is none."""
        return self.parcels.parcel(waybill_no)

    def picked_up(self, waybill_no: str) -> bool:
        """True once a pick-up was scanned and not taken back."""
        return self.parcels.picked_up(waybill_no, self.now().timestamp())

    def cancel(self, order: Order) -> bool:
        """True: the order is withdrawn and what lay ahead of its parcel will not happen. False: it was picked up."""
        with self._file.together():
            if self.picked_up(order.waybill_no):
                return False
            now = self.now().timestamp()
            self.parcels.withdraw(order, now)
            self.pushes.forget(order.waybill_no, now)
            return True

    def tell(
        self, waybill_no: str, what: str, happened_at: datetime, place: str = "receiver office", **more: str
    ) -> None:
        """A scan is on record from now on, with the time it is said to have happened.

        `what` is a `Kind`, or any code of the parcel's own courier. `place` is "sender office", "sender centre",
        "receiver centre" or "receiver office". Of `more`, reason, other and operator are neutral; `kind` beside a code
        is what all others are told instead; the rest are fields in the courier's own words, which then stand as they
        are. Raises KeyError for an unknown parcel, ValueError for what is no such kind, place, reason or text.
        """
        order = self._known(waybill_no)
        if not all(isinstance(value, str) for value in more.values()):
            raise ValueError("扫描的各项都应是文字")
        body: dict[str, Any] = {name: more.pop(name) for name in ("other", "operator") if name in more}
        body |= {name: of(more.pop(name)) for name, of in (("reason", Reason), ("kind", Kind)) if name in more}
        if what in set(Kind):
            body["kind"] = Kind(what)
        else:
            kind, reason = desk.carrier(order.courier).read(what, more)
            body = {"kind": kind, "code": what, **({"reason": reason} if reason else {}), **body}
        self._record(order, happened_at, {**body, "more": more, "place": asdict(parcels.stand(order, place))})

    def play(self, waybill_no: str, journey: str, start: datetime, seconds: float) -> None:
        """A whole journey is on record at once, laid from `start` over so many seconds. KeyError: unknown name."""
        with self._file.together():
            self._lay(self._known(waybill_no), journey, start, seconds, at_once=True)

    def scans(self, waybill_no: str) -> list[Scan]:
        """What has been scanned of a number until now, by the time it is said to have happened."""
        return self.parcels.scans(waybill_no, self.now().timestamp())

    def subscribe(
        self, account: str, waybill_no: str, carrier: str = "", callback: str = "", **extra: Any
    ) -> tuple[Subscription, bool]:
        """The subscription that stands, and whether it is new. All that was and will be scanned is owed to it."""
        with self._file.together():
            wish = Subscription(0, account, waybill_no, carrier, callback, extra)
            stands, new = self.pushes.subscribe(wish)
            for scan, due in self.parcels.scan_ids(waybill_no) if new else ():
                self.pushes.owe(account, waybill_no, due, scan, subscription=stands.id)
            return stands, new

    def notify(self, account: str, waybill_no: str, notice: Mapping[str, Any]) -> None:
        """Something that is no scan is owed to an account, in its desk's own words, once for each subscription."""
        with self._file.together():
            wishes: list[int | None] = [one.id for one in self.pushes.subscriptions(waybill_no, account)]
            for known in wishes or [None]:
                self.pushes.owe(account, waybill_no, 0.0, notice=notice, subscription=known)

    def owed(self, at_once: Mapping[str, int | None] | None = None) -> list[desk.Owed]:
        """Pushes to attempt now: of each account and number one, the oldest (out_of_order: the newest).

        `at_once`: how many scans go into one push of an account (else one), None for the whole list.
        """
        now = self.now().timestamp()
        groups: dict[tuple[str, str, int | None], list[pushes.Row]] = {}
        for row in self.pushes.waiting(now):
            if row.attempts == 0 and row.retry_at > time.time():
                continue  # put off, not failed: others go before it
            self._seen.setdefault(row.id, time.monotonic())
            groups.setdefault((row.account, row.waybill_no, row.subscription), []).append(row)
        found = (self._next(rows, (at_once or {}).get(account, 1)) for (account, *_), rows in groups.items())
        return [one for one in found if one is not None]

    def pushed(self, push: desk.Owed) -> None:
        """The hook has acknowledged it."""
        for number in push.ids:
            self._seen.pop(number, None)
        self.pushes.settled(push.ids)

    def push_failed(self, push: desk.Owed, wait_seconds: float, failed: bool = True) -> None:
        """It is still owed and will be tried again after so many real seconds; not `failed`: only put off."""
        self.pushes.later(push.ids, wait_seconds, failed)

    def state(self) -> dict[str, Any]:
        """Everything a test or a trainer wants to see, as JSON values."""
        return {
            "now": self.now().isoformat(),
            "lapse_seconds": self.lapse_seconds,
            "faults": self.faults.of(""),
            "account_faults": {code: held for code in desk.codes() if (held := self.faults.of(code))},
            "orders": [
                {
                    "account": one.account,
                    "reference": one.reference,
                    "courier": one.courier,
                    "waybill_no": one.waybill_no,
                    "cancelled": one.cancelled,
                    "scans": [{"kind": s.kind, "at": s.happened_at.isoformat()} for s in self.scans(one.waybill_no)],
                }
                for one in self.parcels.orders()
            ],
            "pushes_owed": self.pushes.count(),
        }

    def _known(self, waybill_no: str) -> Order:
        order = self.parcel(waybill_no)
        if order is None:
            raise KeyError(f"没有运单 {waybill_no}")
        return order

    def _record(self, order: Order, happened_at: datetime, body: dict[str, Any]) -> None:
        with self._file.together():
            self._owe(order, self.parcels.scan(order.waybill_no, 0.0, happened_at, **body), 0.0)

    def _lay(self, order: Order, journey: str, start: datetime, seconds: float, at_once: bool) -> None:
        for carried, scan, due in self.parcels.lay(order, journey, start, seconds, at_once):
            self._owe(carried, scan, due)

    def _owe(self, order: Order, scan: int, due: float) -> None:
        if order.account == order.courier and desk.carrier(order.courier).pushes:
            self.pushes.owe(order.account, order.waybill_no, due, scan)
        for wish in self.pushes.subscriptions(order.waybill_no):
            self.pushes.owe(wish.account, order.waybill_no, due, scan, subscription=wish.id)

    def _next(self, rows: list[pushes.Row], at_once: int | None) -> desk.Owed | None:
        account = rows[0].account
        hold = self.fault("out_of_order", account) if at_once is not None else None
        first = rows[-1 if hold else 0]
        if self.fault("silent", account) or first.retry_at > time.time():
            return None
        alone = hold and len(rows) == 1 and first.attempts == 0
        if alone and time.monotonic() - self._seen[first.id] < float(hold or 0):
            return None
        chosen = [first]
        if first.scan is not None and not hold:
            chosen = [row for row in rows if row.scan is not None][:at_once]
        order = self.parcel(first.waybill_no)
        known = self.scans(first.waybill_no)
        ids = {row.scan for row in chosen}
        wish = next((one for one in self.pushes.subscriptions(first.waybill_no) if one.id == first.subscription), None)
        return desk.Owed(
            ids=tuple(row.id for row in chosen),
            account=account,
            order=order,
            scans=tuple(scan for scan in known if scan.id in ids),
            all_scans=tuple(known),
            subscription=wish,
            notice=first.notice,
            attempts=max(row.attempts for row in chosen),
        )
