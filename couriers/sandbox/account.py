"""The world as one account sees it during one call or push: what a desk works with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from couriers.contract import Party
from couriers.sandbox.scans import Order, Scan, Subscription

if TYPE_CHECKING:
    from couriers.sandbox.world import World

ZONE = ZoneInfo("Asia/Shanghai")


def wall_time(moment: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss` in China Standard Time, as most couriers write an instant."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


class Account:
    """One courier's account (or aggregator's), and the faults that hold for it now."""

    def __init__(self, world: World, code: str, held: Mapping[str, Any]) -> None:
        self.world = world
        self.code = code
        self._held = held

    def fault(self, name: str) -> Any:
        """The fault's value, None when it is off."""
        return self._held.get(name)

    def now(self) -> datetime:
        """This courier's clock, right or wrong: for the times of answers and pushes, and to judge ours."""
        return self.world.now() + timedelta(seconds=self._held.get("clock_skew", 0))

    def wall_time(self) -> str:
        """Now, as `wall_time` writes it."""
        return wall_time(self.now())

    def book(
        self,
        reference: str,
        sender: Party,
        receiver: Party,
        body: Mapping[str, Any],
        courier: str = "",
        waybill_no: str = "",
    ) -> tuple[Order, bool]:
        """The order of that reference, and whether it is new; see `World.book`. Raises `NumberTaken`, KeyError."""
        return self.world.book(self.code, reference, courier, sender, receiver, body, waybill_no)

    def order(self, reference: str) -> Order | None:
        """The order of that reference that this account took."""
        return self.world.order(self.code, reference)

    def parcel(self, waybill_no: str, courier: str = "") -> Order | None:
        """The order of that number, whoever took it; with `courier` only when that one carries it."""
        found = self.world.parcel(waybill_no)
        return found if found is not None and courier in ("", found.courier) else None

    def keep(self, order: Order, body: Mapping[str, Any]) -> None:
        """The desk's own words about an order are replaced."""
        self.world.parcels.keep(order, body)

    def picked_up(self, order: Order) -> bool:
        """True once its parcel was taken in."""
        return self.world.picked_up(order.waybill_no)

    def cancel(self, order: Order) -> bool:
        """True: it is withdrawn. False: it was picked up."""
        return self.world.cancel(order)

    def scans(self, waybill_no: str) -> tuple[Scan, ...]:
        """What a query shows of a number, by time: () for an unknown one; less or more than is true under faults."""
        return self.shown(tuple(self.world.scans(waybill_no)))

    def shown(self, scans: tuple[Scan, ...]) -> tuple[Scan, ...]:
        """These scans as they are under half_answer (the first half) and reworded (each said again later)."""
        if self.fault("half_answer") not in (None, "cut"):
            scans = scans[: len(scans) // 2]
        if self.fault("reworded"):
            again = (scan.said_again() for scan in scans)
            scans = tuple(sorted((*scans, *again), key=lambda scan: (scan.happened_at, scan.id)))
        return scans

    def subscribe(
        self, waybill_no: str, carrier: str = "", callback: str = "", **extra: Any
    ) -> tuple[Subscription, bool]:
        """The subscription that stands, and whether it is new; `extra` is the desk's own. The number may be unknown."""
        return self.world.subscribe(self.code, waybill_no, carrier, callback, **extra)

    def subscriptions(self, waybill_no: str) -> list[Subscription]:
        """This account's subscriptions of a number."""
        return self.world.pushes.subscriptions(waybill_no, self.code)

    def unsubscribe(self, subscription: Subscription) -> None:
        """It ends."""
        self.world.pushes.unsubscribe(subscription)

    def notify(self, waybill_no: str, notice: Mapping[str, Any]) -> None:
        """Something that is no scan is owed to this account's hook; the desk words it in `push_calls`."""
        self.world.notify(self.code, waybill_no, notice)
