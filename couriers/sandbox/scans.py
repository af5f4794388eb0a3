"""What happens to a parcel, in nobody's words: kinds of scans, places, orders, subscriptions. Each desk words them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from couriers.contract import Milestone, Party, Reason


class Kind(StrEnum):
    """What one scan says. A desk that has no word for one uses the nearest it has."""

    ACCEPTED = "accepted"  # taken in from the sender
    ACCEPTANCE_TAKEN_BACK = "acceptance_taken_back"
    LEFT = "left"
    ARRIVED = "arrived"
    OUT_FOR_DELIVERY = "out_for_delivery"
    SIGNED = "signed"  # by the addressee
    SIGNED_BY_OTHER = "signed_by_other"
    DELIVERY_TAKEN_BACK = "delivery_taken_back"  # the latest signature was none
    ATTEMPT_FAILED = "attempt_failed"  # why: `Scan.reason`
    INTO_LOCKER = "into_locker"
    TAKEN_FROM_LOCKER = "taken_from_locker"
    AT_STATION = "at_station"
    RETURNING = "returning"  # `Scan.other_waybill_no`: the number under which it goes on, where it gets a new one
    RETURNED = "returned"
    HELD = "held"
    DAMAGED = "damaged"
    LOST = "lost"
    ORDER_CANCELLED = "order_cancelled"
    NOTED = "noted"  # says something, moves nothing
    UNKNOWN = "unknown"  # to be given a code that is in no table of anybody


_OF_MILESTONE = {
    Milestone.ORDER_CREATED: Kind.NOTED,
    Milestone.PICKED_UP: Kind.ACCEPTED,
    Milestone.IN_TRANSIT: Kind.LEFT,
    Milestone.ARRIVED: Kind.ARRIVED,
    Milestone.OUT_FOR_DELIVERY: Kind.OUT_FOR_DELIVERY,
    Milestone.ATTEMPTED: Kind.ATTEMPT_FAILED,
    Milestone.DELIVERED: Kind.SIGNED,
    Milestone.RETURNING: Kind.RETURNING,
    Milestone.RETURNED: Kind.RETURNED,
    Milestone.HELD: Kind.HELD,
    Milestone.DAMAGED: Kind.DAMAGED,
    Milestone.LOST: Kind.LOST,
    Milestone.CANCELLED: Kind.ORDER_CANCELLED,
    Milestone.INFO: Kind.NOTED,
    Milestone.UNRECOGNISED: Kind.UNKNOWN,
}


def kind_of(milestone: Milestone, reason: Reason | None) -> Kind:
    """The kind of a scan that somebody told in a courier's own code, by what the code means."""
    if milestone is Milestone.AVAILABLE:
        return Kind.INTO_LOCKER if reason is Reason.IN_LOCKER else Kind.AT_STATION
    if milestone is Milestone.DELIVERED and reason in (Reason.SIGNED_BY_OTHER, Reason.MAILROOM):
        return Kind.SIGNED_BY_OTHER
    return _OF_MILESTONE[milestone]


@dataclass(frozen=True)
class Place:
    """Where a scan was made. `kind` is "office" or "centre"; `code` has 8 digits and stays when the name is respelt."""

    province: str
    city: str
    county: str
    kind: str
    name: str

    @property
    def code(self) -> str:
        """The courier's own number of the place."""
        return f"{zlib.crc32(f'{self.city}{self.kind}'.encode()) % 10**8:08d}"


def place_of(party: Party, kind: str) -> Place:
    """The office or centre that serves an address."""
    name = f"{party.city}中心揽投部" if kind == "office" else f"{party.city}邮件处理中心"
    return Place(party.province, party.city, party.county, kind, name)


@dataclass(frozen=True)
class Scan:
    """One scan as one account is shown it.

    `courier` carries the parcel. `code` and `more` are in that courier's own words and overrule what its desk would say
    (for tests); other desks go by `kind` and `reason`. `wording` above 0: the same scan said again in other words.
    """

    id: int
    waybill_no: str
    reference: str
    courier: str
    kind: Kind
    happened_at: datetime
    place: Place
    reason: Reason | None = None
    other_waybill_no: str = ""
    operator: str = "演示操作员"
    code: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    wording: int = 0

    def said_again(self) -> Scan:
        """The same scan some seconds later, at the same place under another spelling; `words` differ too."""
        respelt = f"【{self.place.name.replace('市', '', 1)}】"
        return Scan(
            **{
                **vars(self),
                "happened_at": self.happened_at + timedelta(seconds=1 + self.id % 20),
                "place": Place(**{**vars(self.place), "name": respelt}),
                "wording": self.wording + 1,
            }
        )

    def words(self, text: str) -> str:
        """A desk's text for this scan: as it is, or in other words when the scan is said again."""
        return f"您的邮件{text.replace('，', '。')}（补录）" if self.wording else text


@dataclass(frozen=True)
class Order:
    """An order as it is kept: `account` is the courier (or aggregator) that took it, `courier` who carries it.

    `body` is whatever the desk wants to keep of its own words. `returns` is the number of which this parcel is the way
    back.
    """

    account: str
    reference: str
    courier: str
    waybill_no: str
    sender: Party
    receiver: Party
    body: Mapping[str, Any]
    cancelled: bool = False
    returns: str = ""


@dataclass(frozen=True)
class Subscription:
    """A wish for pushes about one number. `extra` is the desk's own, such as a salt; `callback` "" means the hook."""

    id: int
    account: str
    waybill_no: str
    carrier: str
    callback: str
    extra: Mapping[str, Any]
