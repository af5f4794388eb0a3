"""快递鸟 (KDNiao), an aggregator: tracking 1002/8001, subscription 1008/8008, label 1007/1147, recognition 2002, push.

Events are of the courier "kdniao"; who really carries stands in `org_code`. Times on this wire have no zone; they are
read in COURIER_KDNIAO_TIMEZONE. Pick-up orders (1001, 1004) and the balance of numbers (1127) are known by number only
and therefore not offered; there is no question after an order, so an order without an answer is sent again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from couriers.adapters.ems_wire import compact
from couriers.adapters.kdniao_carriers import OURS, carriers_in, shown_by
from couriers.adapters.kdniao_events import read_parcel, read_parcels, read_time
from couriers.adapters.kdniao_orders import TIME, booking_in, first_booking, label_in, order_of
from couriers.adapters.kdniao_settings import SETTINGS, KdniaoSettings, read_settings
from couriers.adapters.kdniao_wire import (
    FORM,
    MONEY,
    address_of,
    already_subscribed,
    hook_words,
    is_denial,
    no_trace_yet,
    open_push,
    open_reply,
    read_json,
    refusal,
    sign,
    succeeded,
)
from couriers.contract import (
    Answer,
    Booking,
    BookingRequest,
    Call,
    Carrier,
    Garbled,
    LabelFile,
    Operation,
    Push,
    Refused,
    Reply,
    Service,
    TrackingEvent,
)
from couriers.documents import request_of

CODE = "kdniao"
__all__ = ["CODE", "READING", "SETTINGS", "Kdniao", "make"]
READING = {
    "COURIER_KDNIAO_URL": "http://127.0.0.1/",
    "COURIER_KDNIAO_EBUSINESS_ID": "none",
    "COURIER_KDNIAO_APP_KEY": "none",
}

JSON = "application/json;charset=utf-8"
_OFFERS = frozenset(
    (
        *(Operation.BOOK, Operation.CANCEL, Operation.TRACK, Operation.PUSH),
        *(Operation.LABEL, Operation.RECOGNISE, Operation.SUBSCRIBE),
    )
)


def make(env: Mapping[str, str]) -> Kdniao:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    return Kdniao(read_settings(env))


@dataclass(frozen=True)
class Kdniao:
    """The adapter; see `couriers.contract.Courier` for what each method promises."""

    settings: KdniaoSettings
    code: str = CODE
    name_zh: str = "快递鸟"
    name_en: str = "KDNiao"
    postal_enterprise: bool = False
    takes_pool_numbers: bool = False
    offers: frozenset[Operation] = _OFFERS

    @property
    def natives(self) -> Mapping[Operation, str]:
        """Its own names of what is no service."""
        return {Operation.CANCEL: "1147", Operation.TRACK: "8001" if self.settings.extended else "1002"}

    @property
    def services(self) -> Mapping[Operation, Service]:
        subscribe = "8008" if self.settings.extended else "1008"
        return {
            Operation.SUBSCRIBE: Service(subscribe, ("WAYBILL",), self._subscription, self.read_subscription),
            Operation.RECOGNISE: Service(
                "2002", ("WAYBILL",), lambda args, at: self.ask_recognition(str(args[0]), at), self.read_recognition
            ),
            Operation.LABEL: Service(
                "1007", ("FILE.json",), lambda args, at: self.ask_label(request_of(args[0], at), at), self.read_label
            ),
        }

    def _subscription(self, args: Sequence[Any], at: datetime) -> Call:
        return self.ask_subscription(str(args[0]), "", "", "", at)

    @property
    def subscription_days(self) -> int | None:
        return self.settings.subscription_days or None

    def denies_access(self, refused: Refused) -> bool:
        return is_denial(refused)

    def carrier_code(self, courier: str) -> str:
        return OURS.get(courier, "")

    def call(self, request_type: str, content: object) -> Call:
        """The signed request for any RequestType. Nothing on this wire carries the time of asking."""
        ours, data = self.settings, compact(content)
        form = {
            "RequestData": data,
            "EBusinessID": ours.ebusiness_id,
            "RequestType": request_type,
            "DataSign": sign(data, ours.app_key),
            "DataType": "2",
        }
        return Call("POST", address_of(ours.url, request_type), {"Content-Type": FORM}, form=form)

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        return self.ask_booking_as(order_of(request, self.settings), at)

    def ask_booking_as(self, order: object, at: datetime) -> Call:  # noqa: ARG002 - not on this wire
        """Orders with a RequestData already in 快递鸟's own words."""
        return self.call("1007", order)

    def read_booking(self, reply: Reply) -> Booking:
        answer = open_reply(reply)
        if not succeeded(answer):
            first = first_booking(answer)
            if first is None:
                raise refusal(answer)
            return first
        booking = booking_in(answer)
        if booking is None:
            raise Garbled("快递鸟说下单成功，却没有给出运单号；请以同一订单号再查。", reply.body)
        return booking

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:  # noqa: ARG002
        ours = self.settings
        content = {"ShipperCode": ours.shipper, "OrderCode": reference, "ExpNo": waybill_no, **ours.account}
        return self.call("1147", content)

    def read_cancel(self, reply: Reply) -> None:
        self._accepted(reply)

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        return self.ask_tracking_of(waybill_no, self.carrier_of(waybill_no), at)

    def ask_tracking_of(self, waybill_no: str, carrier: str, at: datetime, phone: str = "") -> Call:  # noqa: ARG002
        """`carrier` is a ShipperCode; of `phone` only the last four digits go out, to carriers that want them."""
        content = {"ShipperCode": carrier, "LogisticCode": waybill_no, **self._phone(carrier, phone)}
        return self.call("8001" if self.settings.extended else "1002", content)

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        answer = open_reply(reply)
        if not succeeded(answer) and not answer.get("Traces"):
            if no_trace_yet(answer):
                return ()
            raise refusal(answer)
        try:
            return read_parcel(answer, self.settings.zone)
        except Garbled as e:
            raise Garbled(str(e), reply.body) from e

    def ask_subscription(
        self,
        waybill_no: str,
        carrier: str,
        hook_url: str,  # noqa: ARG002 - set once in 快递鸟's console, not in the call
        phone: str,
        at: datetime,  # noqa: ARG002 - not on this wire
        reference: str = "",
        echo: str = "",
    ) -> Call:
        """The request for pushes about a waybill; `echo` comes back in them as CallBack."""
        carrier = carrier or self.carrier_of(waybill_no)
        ours = {name: value for name, value in (("CallBack", echo), ("OrderCode", reference)) if value}
        content = {**ours, "ShipperCode": carrier, "LogisticCode": waybill_no, **self._phone(carrier, phone)}
        return self.call("8008" if self.settings.extended else "1008", content)

    def read_subscription(self, reply: Reply) -> None:
        answer = open_reply(reply)
        if not succeeded(answer) and not already_subscribed(answer):
            raise refusal(answer)

    def ask_label(self, request: BookingRequest, at: datetime) -> Call:  # noqa: ARG002 - not on this wire
        """The order of that reference once more, this time with its label as HTML; it is ordered if it was not yet."""
        return self.call("1007", {**order_of(request, self.settings), "IsReturnPrintTemplate": "1"})

    def read_label(self, reply: Reply) -> LabelFile:
        """快递鸟's own label. Raises `CourierError`, `Refused` too when a repeated order comes without it."""
        answer = open_reply(reply)
        label = label_in(answer)
        if label is None and not succeeded(answer):
            raise refusal(answer)
        if label is None:
            raise Garbled("快递鸟的应答里没有面单（PrintTemplate）或运单号。", reply.body)
        return label

    def ask_recognition(self, waybill_no: str, at: datetime) -> Call:  # noqa: ARG002 - not on this wire
        """The request for the carriers that a number could be from."""
        return self.call("2002", {"LogisticCode": waybill_no})

    def read_recognition(self, reply: Reply) -> tuple[Carrier, ...]:
        """The carriers, likeliest first; () when the courier knows none. Raises `CourierError`."""
        shippers = self._accepted(reply).get("Shippers")
        if shippers is None:
            return ()
        if not isinstance(shippers, list):
            raise Garbled("快递鸟的识别应答里没有 Shippers 列表。", reply.body)
        return carriers_in(shippers)

    def carrier_of(self, waybill_no: str) -> str:
        """The ShipperCode that the number itself shows in letters; else the one set for this customer."""
        return shown_by(waybill_no, self.settings.shipper)

    def trusts(self, push: Push) -> bool:
        try:
            self._open_push(push)
        except Garbled:
            return False
        return True

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        request_type, data = self._open_push(push)
        content = read_json(data)
        content = content if isinstance(content, dict) else {}
        parcels = content.get("Data")
        if request_type == MONEY:
            # It says nothing of where the parcel is. The type is not signed, so a trace in it is read all the same.
            given = parcels if isinstance(parcels, list) else []
            parcels = [one for one in given if isinstance(one, dict) and one.get("Traces")]
        if not isinstance(parcels, list):
            raise Garbled("快递鸟的推送里没有 Data 列表。", push.body)
        try:
            return read_parcels(parcels, self.settings.zone, read_time(content.get("PushTime"), self.settings.zone))
        except Garbled as e:
            raise Garbled(str(e), push.body) from e

    def answer(self, push: Push, accepted: bool) -> Answer:
        """The instant said is the push's own PushTime: up to then we have the courier's traces."""
        trusted, pushed_at = True, None
        try:
            content = read_json(self._open_push(push)[1])
            pushed_at = read_time(content.get("PushTime"), self.settings.zone) if isinstance(content, dict) else None
        except Garbled:
            trusted = self.trusts(push)
        at = pushed_at.astimezone(self.settings.zone).strftime(TIME) if pushed_at else ""
        return Answer(200 if accepted or trusted else 401, JSON, hook_words(self.settings.ebusiness_id, at, accepted))

    def _open_push(self, push: Push) -> tuple[str, str]:
        return open_push(push, self.settings.ebusiness_id, self.settings.app_key)

    def _accepted(self, reply: Reply) -> dict[str, Any]:
        answer = open_reply(reply)
        if not succeeded(answer):
            raise refusal(answer)
        return answer

    def _phone(self, carrier: str, phone: str) -> dict[str, str]:
        tail = re.sub(r"[^0-9]", "", phone)[-4:] or self.settings.phone_tail
        return {"CustomerName": tail} if tail and carrier in self.settings.phone_tail_for else {}
