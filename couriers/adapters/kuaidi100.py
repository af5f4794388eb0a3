"""快递100, an aggregator: query, subscription, salted push, number recognition, and orders by 电子面单 V2.

Events have this courier's code; the carrier stands in front of `org_code` ("ems:CN430100000000"). A number is asked for
at the carrier that its form speaks for, or at the one written before it ("shunfeng:SF1234567890123").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from couriers.adapters import kuaidi100_access as access
from couriers.adapters.kuaidi100_events import carrier_of, code_of, read_events
from couriers.adapters.kuaidi100_labels import (
    REMEMBERED,
    Particulars,
    accepted,
    booking_in,
    cancel_of,
    label_in,
    order_of,
)
from couriers.adapters.kuaidi100_services import carriers_in, services_of
from couriers.adapters.kuaidi100_subscription import (
    Notice,
    Subscription,
    notice_events,
    param_of,
    read_answer,
    read_notice,
)
from couriers.adapters.kuaidi100_wire import (
    FORM,
    JSON,
    compact,
    failed,
    opened_object,
    read_json,
    refusal,
    sign_label,
    sign_query,
    signed_param,
)
from couriers.adapters.texts import said
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

CODE = "kuaidi100"
SETTINGS = access.NAMES
READING = access.READING
_NOTHING_YET = "500"
_NO_ACCESS = frozenset({"503", "600", "601", "URL"})  # wrong signature, not an authorised key, expired or no quota left


def make(env: Mapping[str, str]) -> Kuaidi100:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    return Kuaidi100(access.access_in(env))


@dataclass(frozen=True)
class Kuaidi100:
    """The adapter; see `couriers.contract.Courier` for what each method promises."""

    access: access.Access
    code: str = CODE
    name_zh: str = "快递100"
    name_en: str = "Kuaidi100"
    postal_enterprise: bool = False
    takes_pool_numbers: bool = False
    natives: ClassVar[Mapping[Operation, str]] = {Operation.TRACK: "poll/query"}
    remembers_orders_for: timedelta = REMEMBERED
    offers: frozenset[Operation] = frozenset(
        {
            Operation.BOOK,
            Operation.CANCEL,
            Operation.TRACK,
            Operation.PUSH,
            Operation.LABEL,
            Operation.RECOGNISE,
            Operation.SUBSCRIBE,
        }
    )

    @property
    def services(self) -> Mapping[Operation, Service]:
        return services_of(self)

    @property
    def subscription_days(self) -> int | None:
        return self.access.subscription_days

    def denies_access(self, refused: Refused) -> bool:
        return refused.code in _NO_ACCESS or refused.code.startswith("HTTP 4")

    def carrier_code(self, courier: str) -> str:
        return code_of(courier)

    def carrier_of(self, waybill_no: str) -> str:
        return self.addressed(waybill_no)[0]

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        carrier, number = self.addressed(waybill_no)
        return self.ask_tracking_of(number, carrier, at)

    def ask_tracking_of(self, waybill_no: str, carrier: str, at: datetime, phone: str = "") -> Call:  # noqa: ARG002
        """Of `phone` only the last four digits go out, to carriers that want them. Not more often than every 30 min."""
        carrier = carrier or self.carrier_of(waybill_no)
        return self.ask_query(carrier, waybill_no, self.access.phone_for(carrier, phone))

    def ask_query(self, carrier: str, number: str, phone: str = "", **more: str) -> Call:
        """The real-time query; `phone` whole or its last four digits; `more`: from, to, show, order, lang.

        The same number must not be asked for more often than every 30 minutes, or 快递100 may lock it.
        """
        if not access.CARRIER.fullmatch(carrier) or not 0 < len(number) <= 32:
            raise Refused("FIELD", "快递公司编码应为小写字母与数字，运单号应为 1 至 32 个字符，请核对后再查。")
        fields = {"com": carrier, "num": number, "phone": phone, "resultv2": self.access.resultv2, **more}
        param = compact({name: value for name, value in fields.items() if value})
        ours = self.access
        form = {"customer": ours.customer, "sign": sign_query(param, ours.key, ours.customer), "param": param}
        return Call("POST", f"{ours.url}/poll/query.do", {"Content-Type": FORM}, form=form)

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        answer = opened_object(reply)
        if failed(answer):
            if said(answer.get("returnCode")) == _NOTHING_YET:
                return ()
            raise refusal(answer)
        if said(answer.get("status")) != "200":
            raise Garbled("快递100 的查询应答没有 status 200，也没有失败代码，无法判断。", reply.body)
        return self._read(answer, reply.body)

    def ask_subscription(self, waybill_no: str, carrier: str, hook_url: str, phone: str, at: datetime) -> Call:  # noqa: ARG002
        carrier = carrier or self.carrier_of(waybill_no)
        return self.ask_subscription_to(
            Subscription(waybill_no, hook_url, carrier, phone=self.access.phone_for(carrier, phone))
        )

    def ask_subscription_to(self, wanted: Subscription) -> Call:
        """The subscription with all that 快递100 can be told; the same one twice is one subscription."""
        ours = self.access
        carrier = wanted.carrier or ("" if wanted.recognise else self.carrier_of(wanted.number))
        param = param_of(wanted, carrier, ours.key, ours.salt, ours.resultv2, ours.phone_for(carrier))
        form = {"schema": "json", "param": compact(param)}
        return Call("POST", f"{ours.url}/poll", {"Content-Type": FORM}, form=form)

    def read_subscription(self, reply: Reply) -> None:
        read_answer(opened_object(reply))

    def ask_recognition(self, number: str) -> Call:
        """The question which carriers a number may belong to."""
        asked = urlencode({"num": number, "key": self.access.key})
        return Call("GET", f"{self.access.recognition_url}/autonumber/auto?{asked}")

    def read_recognition(self, reply: Reply) -> tuple[Carrier, ...]:
        """The carriers, likeliest first; () when nothing fits. Raises `CourierError`."""
        return carriers_in(reply)

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        ours = self.access
        return self.ask_booking_as(order_of(request, ours.account, ours.carrier, ours.service, ours.template), at)

    def ask_booking_as(self, order: object, at: datetime) -> Call:
        """Orders with a `param` already in 快递100's own words, or an array of one."""
        return self.label_call("order", order[0] if isinstance(order, list) and len(order) == 1 else order, at)

    def ask_label(self, request: BookingRequest, at: datetime) -> Call:
        """The order of that reference once more, for its label; it is ordered if it was not yet.

        Only a label that its first order asked for comes back: see COURIER_KUAIDI100_TEMPLATE.
        """
        return self.ask_booking(request, at)

    def read_label(self, reply: Reply) -> LabelFile:
        """Where the drawn label is. Raises `CourierError`, `Refused` too when none was drawn."""
        return label_in(reply)

    def label_call(self, method: str, param: object, at: datetime) -> Call:
        """The request for any method of the label interface, signed."""
        ours, text, t = self.access, compact(param), str(int(at.timestamp() * 1000))
        sign = sign_label(text, t, ours.key, ours.secret)
        form = {"method": method, "key": ours.key, "t": t, "sign": sign, "param": text}
        return Call("POST", f"{ours.label_url}/label/order", {"Content-Type": FORM}, form=form)

    def read_booking(self, reply: Reply) -> Booking:
        return booking_in(reply)[0]

    def read_particulars(self, reply: Reply) -> Particulars:
        """What an order's answer has beyond the booking. Raises as `read_booking`."""
        return booking_in(reply)[1]

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:
        ours = self.access
        param = cancel_of(waybill_no, reference, reason, ours.account, ours.carrier, ours.service)
        return self.label_call("cancel", param, at)

    def read_cancel(self, reply: Reply) -> None:
        accepted(reply)

    def trusts(self, push: Push) -> bool:
        # the sign alone proves a push; a content type proves nothing
        try:
            signed_param(push.body, self.access.salt)
        except Garbled:
            return False
        return True

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        content = self._open_push(push)
        legs = [leg for leg in (content.get("lastResult"), content.get("destResult")) if isinstance(leg, dict)]
        notice = read_notice(content)
        if not notice.status or (not legs and not notice.stopped):
            raise Garbled("快递100 的推送没有 status，或没有 lastResult。", push.body)
        events = [event for leg in legs for event in self._read(leg, push.body)]
        if any(not event.waybill_no for event in events):
            raise Garbled("快递100 的推送没有运单号。", push.body)
        events.sort(key=lambda event: event.happened_at)
        return (*events, *notice_events(notice, events))

    def read_push_notice(self, push: Push) -> Notice:
        """What a push says about the subscription itself: finished, stopped, carrier corrected. Raises `Garbled`."""
        return read_notice(self._open_push(push))

    def answer(self, push: Push, accepted: bool) -> Answer:
        words: dict[str, Any] = {"result": True, "returnCode": "200", "message": "成功"}
        if not accepted:
            words = {"result": False, "returnCode": "500", "message": "未接收"}
        status = 200 if accepted or self.trusts(push) else 401
        return Answer(status, JSON, compact(words).encode())

    def addressed(self, waybill_no: str) -> tuple[str, str]:
        """The carrier to ask under, and the number without the carrier that may stand before it."""
        carrier, colon, number = waybill_no.strip().rpartition(":")
        return (carrier if colon else carrier_of(number) or self.access.carrier), number

    def _read(self, answer: Mapping[str, Any], body: bytes) -> tuple[TrackingEvent, ...]:
        try:
            return read_events(answer, self.access.zone)
        except Garbled as e:
            raise Garbled(str(e), body) from e

    def _open_push(self, push: Push) -> dict[str, Any]:
        content = read_json(signed_param(push.body, self.access.salt))
        if not isinstance(content, dict):
            raise Garbled("快递100 的推送内容不是 JSON 对象。", push.body)
        return content
