"""What every courier's adapter speaks: plain values, one protocol, three ways to fail. No I/O in this file.

An adapter builds a `Call` and reads a `Reply`; somebody else sends it. It checks and reads a `Push` and words the
`Answer`. Every instant that leaves or enters here is aware.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from json.encoder import encode_basestring
from typing import Any, Protocol, runtime_checkable

_LONGEST_READABLE_KEY = 300


class Milestone(StrEnum):
    """节点: what one courier's operation code means in our words. A code in no table is UNRECOGNISED, never guessed."""

    ORDER_CREATED = "order_created"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"  # somebody tried to deliver and failed
    AVAILABLE = "available"  # waits in a locker, station or at a counter: for collection, NOT delivered
    DELIVERED = "delivered"
    RETURNING = "returning"  # on its way back to the sender
    RETURNED = "returned"  # back at the sender: the return is finished
    HELD = "held"
    DAMAGED = "damaged"
    LOST = "lost"
    CANCELLED = "cancelled"
    INFO = "info"  # says something about the waybill, moves nothing
    UNRECOGNISED = "unrecognised"


class Reason(StrEnum):
    """Why, or in which manner, a milestone was reached, when the courier says so."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    ADDRESS = "address"
    DAMAGED = "damaged"
    HELD = "held"
    CUSTOMS = "customs"
    IN_LOCKER = "in_locker"
    AT_STATION = "at_station"
    AT_COUNTER = "at_counter"
    SIGNED_BY_ADDRESSEE = "signed_by_addressee"
    SIGNED_BY_OTHER = "signed_by_other"
    MAILROOM = "mailroom"
    POSTPONED = "postponed"
    WITHDRAWN = "withdrawn"
    COMPENSATED = "compensated"
    FORCE_MAJEURE = "force_majeure"
    OTHER = "other"


class Operation(StrEnum):
    """What a courier can be asked for, or may send us (PUSH). From ORDER on, each is a `Service` of the courier."""

    BOOK = "book"
    CANCEL = "cancel"
    TRACK = "track"
    PUSH = "push"
    ORDER = "order"  # what became of an order of ours: its waybill, if it has one
    UPDATE = "update"
    LABEL = "label"
    SCOPE = "scope"  # whether an address is served
    QUOTE = "quote"  # price, and the promised arrival where the courier says one
    POSTAGE = "postage"  # what a finished consignment cost
    PARSE_ADDRESS = "parse-address"
    RECOGNISE = "recognise"  # which carriers a number could be from
    SUBSCRIBE = "subscribe"  # pushes about one waybill
    SUB_WAYBILLS = "sub-waybills"
    TOKEN = "token"  # noqa: S105 - the name of an operation


@dataclass(frozen=True)
class Call:
    """One HTTP request that would be sent. At most one of `form` (url-encoded UTF-8 by the transport) and `body`."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    body: bytes | None = None


def _header(headers: Mapping[str, str], name: str) -> str:
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


@dataclass(frozen=True)
class Reply:
    """One HTTP response as it came: header names in any case, `body` the raw bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """The header's value whatever its case, "" when absent."""
        return _header(self.headers, name)


@dataclass(frozen=True)
class Push:
    """What a courier sent to our hook, before anybody believed it: header names in any case, `body` the raw bytes."""

    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """The header's value whatever its case, "" when absent."""
        return _header(self.headers, name)


@dataclass(frozen=True)
class Answer:
    """What our hook says back to the courier, in the courier's own words."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Party:
    """Sender or receiver of a consignment. `phone` is a mobile or a landline number; the adapter tells them apart."""

    name: str
    phone: str
    province: str
    city: str
    county: str
    address: str
    postcode: str = ""


@dataclass(frozen=True)
class BookingRequest:
    """What a courier needs to take a consignment.

    `reference` is ours and unique for ever: asking twice with the same one must never make two waybills.
    `payer` is "sender", "receiver" or "third_party". `waybill_no` is a number from a pool that the courier gave us in
    advance (号段) and that stands on the label already; "" lets the courier choose one. Only a courier that
    `takes_pool_numbers` is given one.
    """

    reference: str
    sender: Party
    receiver: Party
    weight_grams: int
    contents_count: int
    created_at: datetime
    pickup_from: datetime | None = None
    pickup_until: datetime | None = None
    payer: str = "sender"
    note: str = ""
    waybill_no: str = ""


@dataclass(frozen=True)
class Booking:
    """The courier's contract: the waybill and what its label prints large. Text the courier left out is ""."""

    waybill_no: str
    route_code: str = ""
    package_code: str = ""
    package_name: str = ""
    destination_code: str = ""
    destination_name: str = ""


@dataclass(frozen=True)
class TrackingEvent:
    """轨迹: one statement of a courier about one waybill.

    `code`, `detail_code` and `text` are the courier's own; `voids` names the operation code of the earlier event that
    this one takes back (several, joined by "/", where the courier has one word for them: read `voided_codes`);
    `org_code` is the courier's own number of the place, where it gives one. `waybill_no` is "" when the courier left it
    out, which only an answer to a query for that waybill may do.
    """

    waybill_no: str
    milestone: Milestone
    reason: Reason | None
    code: str
    detail_code: str
    text: str
    happened_at: datetime
    place: str
    voids: str | None
    courier: str
    reference: str = ""
    org_code: str = ""

    def __post_init__(self) -> None:
        if self.happened_at.tzinfo is None:
            raise ValueError("TrackingEvent.happened_at must be aware")

    @property
    def voided_codes(self) -> tuple[str, ...]:
        """The operation codes of which this event takes back the latest earlier one; () for an ordinary event."""
        return tuple(self.voids.split("/")) if self.voids else ()

    @property
    def natural_key(self) -> str:
        """The event's identity, the same by push and by query, however often it arrives. At most 300 characters.

        Made of courier, waybill, instant, code, place and detail; the words count only where there is no code.
        """
        instant = self.happened_at.astimezone(UTC).isoformat(timespec="microseconds")
        parts = [self.courier, self.waybill_no, instant, self.code, self.org_code or self.place, self.detail_code]
        if not self.code:
            parts.append(self.text)
        key = f"[{','.join(map(encode_basestring, parts))}]"
        if len(key) <= _LONGEST_READABLE_KEY:
            return key
        return key[:200] + "#" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Scope:
    """Whether a courier serves an address: `serves` None when it cannot tell; `words` are the courier's own."""

    serves: bool | None
    words: str = ""


@dataclass(frozen=True)
class Quote:
    """What one product would cost in yuan and when it would arrive at the latest, each None where it is not said."""

    product: str
    product_name: str
    yuan: Decimal | None
    arrives_by: datetime | None = None


@dataclass(frozen=True)
class AddressParts:
    """A written address taken apart, by the courier's own reading; "" where it found nothing."""

    province: str
    city: str
    county: str
    address: str
    region_code: str = ""


@dataclass(frozen=True)
class LabelFile:
    """A courier's own label: its bytes, or where they are to be fetched (then `content` is empty)."""

    waybill_no: str
    media_type: str
    content: bytes = b""
    url: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Carrier:
    """One carrier that a number could be from: the courier's own code of it, and the name that people read."""

    code: str
    name: str


@dataclass(frozen=True)
class Service:
    """One further thing that a courier can be asked for, in a shape that any caller can use without knowing it.

    `native` is the courier's own name of the interface. `arguments` are named in order: one that ends in ".json" is a
    JSON document (given to `ask` as the value it holds), any other a text. `read` gives dataclasses, mappings, tuples,
    texts or None.
    """

    native: str
    arguments: tuple[str, ...]
    ask: Callable[[Sequence[Any], datetime], Call]
    read: Callable[[Reply], object]


class CourierError(Exception):
    """Something between us and a courier did not work. Its text is a Chinese sentence, ours except in `Refused`."""


class Busy(CourierError):
    """Nothing was decided, as far as we know: ask again later, with the same reference."""

    def __init__(self, words: str = "快递方暂时没有回应，稍后重试。", retry_after_seconds: int | None = None) -> None:
        super().__init__(words)
        self.retry_after_seconds = retry_after_seconds


class Refused(CourierError):
    """The courier understood and said no: `code` and `words` are its own (show them, never log them)."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"快递方拒绝（{code}）：{words}")
        self.code = code
        self.words = words


class Garbled(CourierError):
    """The answer cannot be read. `body` keeps its bytes for a person; what it decided is unknown."""

    def __init__(self, words: str, body: bytes = b"") -> None:
        super().__init__(words)
        self.body = body


class BadSettings(ValueError):
    """A courier's settings cannot be used. `problems` has one Chinese sentence for each name that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


class Courier(Protocol):
    """One courier. What is not in `offers` is never asked."""

    @property
    def code(self) -> str:
        """The short name used in settings, URLs and stored rows, such as "ems"."""

    @property
    def name_zh(self) -> str:
        """The name a person reads."""

    @property
    def name_en(self) -> str:
        """What the courier calls itself in English."""

    @property
    def postal_enterprise(self) -> bool:
        """True for 邮政企业, who alone may carry 国家机关公文 (Postal Law art. 55)."""

    @property
    def offers(self) -> frozenset[Operation]:
        """The operations this courier has: book, cancel, track and push as far as it has them, and its `services`."""

    @property
    def services(self) -> Mapping[Operation, Service]:
        """What else it can be asked for."""

    @property
    def takes_pool_numbers(self) -> bool:
        """True when an order may carry a waybill number that we took from a pool (号段) before."""

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        """The request that orders a waybill. Raises `Refused` when the courier's field rules already say no."""

    def read_booking(self, reply: Reply) -> Booking:
        """The waybill; an order that the courier already had reads as its first success. Raises `CourierError`."""

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:
        """The request that withdraws an order."""

    def read_cancel(self, reply: Reply) -> None:
        """Returns when the order is withdrawn. Raises `CourierError`."""

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        """The request for all events of a waybill."""

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        """The events, oldest first; () when the courier has none yet. Raises `CourierError`."""

    def trusts(self, push: Push) -> bool:
        """True when the raw bytes prove that the courier sent them. Never raises."""

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        """The events of a trusted push, oldest first. Raises `Garbled`."""

    def answer(self, push: Push, accepted: bool) -> Answer:
        """What our hook answers, in the courier's own words. Never raises."""


@runtime_checkable
class FindsOrders(Protocol):
    """A courier that tells what an order of ours got (`Operation.ORDER`), for when its answer never came."""

    def ask_order(self, reference: str, at: datetime) -> Call:
        """The question after the order of that reference; `read_order` reads the answer."""

    def read_order(self, reply: Reply) -> Booking | None:
        """The waybill, None when the courier has no such order. Raises `CourierError`."""


@runtime_checkable
class ChecksScope(Protocol):
    """A courier that tells whether it collects at (or delivers to) an address (`Operation.SCOPE`)."""

    def ask_scope(self, party: Party, at: datetime) -> Call:
        """The question about one address."""

    def read_scope(self, reply: Reply) -> Scope:
        """The answer. Raises `CourierError`."""


@runtime_checkable
class Quotes(Protocol):
    """A courier that tells price or promised arrival before an order (`Operation.QUOTE`)."""

    def ask_quotes(self, request: BookingRequest, at: datetime) -> Call:
        """The question about one consignment; nothing is ordered."""

    def read_quotes(self, reply: Reply) -> tuple[Quote, ...]:
        """One for each product, in the courier's order. Raises `CourierError`."""


@runtime_checkable
class Subscribes(Protocol):
    """A courier that pushes only about waybills it was asked to (`Operation.SUBSCRIBE`).

    Asking for what stands already is no failure.
    """

    @property
    def subscription_days(self) -> int | None:
        """After so many days without a push a subscription lapses and must be renewed; None: it never lapses."""

    def carrier_of(self, waybill_no: str) -> str:
        """The courier's own code of the carrier that the number shows, or the one set for this customer."""

    def ask_subscription(self, waybill_no: str, carrier: str, hook_url: str, phone: str, at: datetime) -> Call:
        """The request for pushes to `hook_url`; `carrier` in the courier's own code, "" lets the number tell."""

    def read_subscription(self, reply: Reply) -> None:
        """Returns when the subscription stands. Raises `CourierError`."""


class SubscriptionNotice(Protocol):
    """What a push says about the subscription that it came by."""

    @property
    def number(self) -> str:
        """The waybill that is subscribed, "" when the push left it out."""

    @property
    def words(self) -> str:
        """The courier's own words about it."""

    @property
    def changes(self) -> bool:
        """True when it ended, stopped or moved; an ordinary push changes nothing about its subscription."""

    @property
    def carrier_now(self) -> str:
        """The carrier code to ask under from now on; another one when the courier corrected it."""

    @property
    def finished(self) -> bool:
        """True when the subscription ended after the signature; it is not to be renewed."""

    @property
    def renew_after(self) -> timedelta | None:
        """How long to wait before subscribing again, if the parcel is still wanted; None: do not."""


@runtime_checkable
class TellsOfSubscriptions(Protocol):
    """A courier whose pushes also say that a subscription ended, stopped or moved to another carrier."""

    def read_push_notice(self, push: Push) -> SubscriptionNotice:
        """What a trusted push says about its subscription. Raises `Garbled`."""


@runtime_checkable
class ForgetsReferences(Protocol):
    """A courier that knows an order's reference only for so long; a later repeat would be a second order."""

    @property
    def remembers_orders_for(self) -> timedelta:
        """Counted from the first success, which may have been our first attempt: after that, never send it again."""


@runtime_checkable
class Aggregates(Protocol):
    """An aggregator (快递100, 快递鸟): tells what another courier says, in its own words."""

    def carrier_code(self, courier: str) -> str:
        """Its own code for a courier of ours ("ems", "sf", "jdl"), "" when it does not know it."""

    def ask_tracking_of(self, waybill_no: str, carrier: str, at: datetime, phone: str = "") -> Call:
        """The request for all events of a waybill of that carrier; `read_tracking` reads the answer."""


@runtime_checkable
class NeedsToken(Protocol):
    """A courier whose calls must carry an access token that is fetched first (`Operation.TOKEN`)."""

    @property
    def needs_token(self) -> bool:
        """True while it has no token and the settings want one."""

    def ask_token(self) -> Call:
        """The request for one."""

    def with_token_from(self, reply: Reply) -> tuple[Courier, int]:
        """The same courier with the token, and for how many seconds it is good. Raises `CourierError`."""

    def token_expired(self, refused: Refused) -> bool:
        """True when this refusal means that the token is no longer good."""


@runtime_checkable
class TellsAccess(Protocol):
    """A courier that tells a refusal of our account from a refusal of the matter asked."""

    def denies_access(self, refused: Refused) -> bool:
        """True when credentials, signature, clock or address were refused, so that nothing was decided."""
