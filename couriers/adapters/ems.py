"""EMS / China Post (中国邮政速递) for agreement customers: order 020003, cancel 020006, tracking 040001, push 040002,
and the services of ems_services.py.

Times on this wire have no zone; they are read in COURIER_EMS_TIMEZONE (China Standard Time unless set otherwise, which
is inferred, not documented).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from couriers import documents
from couriers.adapters import ems_pushes, ems_services
from couriers.adapters.ems_events import read_events
from couriers.adapters.ems_orders import TIME, booking_in, first_booking, order_of
from couriers.adapters.ems_pushes import open_push
from couriers.adapters.ems_services import Postage
from couriers.adapters.ems_settings import OPTIONAL, SETTINGS, EmsSettings, settings_from
from couriers.adapters.ems_wire import compact, open_reply, refusal, seal, succeeded
from couriers.adapters.texts import said
from couriers.contract import (
    AddressParts,
    Answer,
    Booking,
    BookingRequest,
    Call,
    Garbled,
    LabelFile,
    Operation,
    Party,
    Push,
    Quote,
    Refused,
    Reply,
    Scope,
    Service,
    TrackingEvent,
)

CODE = "ems"
__all__ = ["CODE", "OPTIONAL", "READING", "SETTINGS", "Ems", "make"]
READING = {
    "COURIER_EMS_URL": "http://127.0.0.1/",
    "COURIER_EMS_SENDER_NO": "none",
    "COURIER_EMS_AUTHORIZATION": "none",
    "COURIER_EMS_SIGN_KEY": "AAAAAAAAAAAAAAAAAAAAAA==",
}

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
_CORE = frozenset((Operation.BOOK, Operation.CANCEL, Operation.TRACK, Operation.PUSH))
# A number that EMS does not know yet is no failure, but a customer or key that it does not know is one.
_ABOUT_ACCESS = ("协议客户", "授权", "签名", "解密", "apiCode")
_NOTHING_YET = ("无客户信息", "无查询信息", "查无", "不存在", "未查询到", "无邮件信息")


def make(env: Mapping[str, str]) -> Ems:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    return Ems(settings_from(env))


@dataclass(frozen=True)
class Ems:
    """The adapter; see `couriers.contract.Courier` for what each method promises."""

    settings: EmsSettings
    code: str = CODE
    name_zh: str = "中国邮政 EMS"
    name_en: str = "China Post EMS"
    postal_enterprise: bool = True
    takes_pool_numbers: bool = True
    natives: ClassVar[Mapping[Operation, str]] = {
        Operation.BOOK: "020003",
        Operation.CANCEL: "020006",
        Operation.TRACK: "040001",
        Operation.PUSH: "040002",
    }

    @property
    def offers(self) -> frozenset[Operation]:
        return _CORE | self.services.keys()

    @property
    def services(self) -> Mapping[Operation, Service]:
        return {
            Operation.LABEL: Service(
                "010004",
                ("WAYBILL", "129|149|179", "GET_URL", "IS_RETURN"),
                lambda told, at: self.call("010004", ems_services.label_body(*told), at),
                self.read_label,
            ),
            Operation.SCOPE: Service(
                "030005",
                ("FILE.json",),
                lambda told, at: self.ask_scope(documents.party_of(told[0]), at),
                self.read_scope,
            ),
            Operation.QUOTE: Service(
                "050005",
                ("FILE.json",),
                lambda told, at: self.ask_quotes(self._asked(told[0], at), at),
                self.read_quotes,
            ),
            Operation.POSTAGE: Service(
                "050001",
                ("WAYBILL", "ORDER_NO"),
                lambda told, at: self.ask_postage(told[0], told[1], at),
                self.read_postage,
            ),
            Operation.PARSE_ADDRESS: Service(
                "060001",
                ("ADDRESS",),
                lambda told, at: self.ask_address(told[0], at),
                self.read_address,
            ),
        }

    def denies_access(self, refused: Refused) -> bool:
        return refused.code in self.settings.access_codes or refused.code.startswith("HTTP ")

    def call(self, api_code: str, body: object, at: datetime) -> Call:
        """The request for any `apiCode` of the gateway, its body sealed."""
        ours = self.settings
        form = {
            "apiCode": api_code,
            "senderNo": ours.sender_no,
            "authorization": ours.authorization,
            "timeStamp": at.astimezone(ours.zone).strftime(TIME),
            "msgType": "0",
            "version": "V1.0.0",
            "logitcsInterface": seal(compact(body), ours.sign_key, suffix=True),
        }
        return Call("POST", ours.url, {"Content-Type": FORM}, form=form)

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        return self.ask_booking_as([order_of(request, self.settings)], at)

    def ask_booking_as(self, order: object, at: datetime) -> Call:
        """Orders with a body already in EMS's own words: an order object, or an array of one."""
        return self.call("020003", order if isinstance(order, list) else [order], at)

    def read_booking(self, reply: Reply) -> Booking:
        envelope, body = open_reply(reply)
        if isinstance(body, list) and len(body) == 1:
            body = body[0]
        if not succeeded(envelope, body):
            first = first_booking(envelope, body)
            if first is None:
                raise refusal(envelope, body)
            return first
        booking = booking_in(body)
        if booking is None:
            raise Garbled("EMS 说下单成功，却没有给出运单号；请以同一订单号再查。", reply.body)
        return booking

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:
        return self.call("020006", {"logisticsOrderNo": reference, "waybillNo": waybill_no, "cancelReason": reason}, at)

    def read_cancel(self, reply: Reply) -> None:
        envelope, body = open_reply(reply)
        if not succeeded(envelope, body):
            raise refusal(envelope, body)

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        return self.call("040001", {"waybillNo": waybill_no, "direction": "0"}, at)

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        envelope, body = open_reply(reply)
        words = f"{said(envelope.get('retMsg'))} {said(body)}"
        nothing_yet = any(text in words for text in _NOTHING_YET) and not any(text in words for text in _ABOUT_ACCESS)
        if not succeeded(envelope, body) and not nothing_yet:
            raise refusal(envelope, body)
        items = body.get("responseItems", body) if isinstance(body, dict) else body
        if not items or (nothing_yet and isinstance(items, str)):
            return ()
        if not isinstance(items, list):
            raise Garbled("EMS 的轨迹应答里没有 responseItems 列表。", reply.body)
        return read_events(items, self.settings.zone)

    def ask_label(
        self, waybill_no: str, at: datetime, template: str = "129", *, as_url: bool = False, is_return: bool = False
    ) -> Call:
        """Asks for the label as a PDF, or for its address; `is_return` for the label of the way back."""
        body = ems_services.label_body(waybill_no, template, str(int(as_url)), str(int(is_return)))
        return self.call("010004", body, at)

    def read_label(self, reply: Reply) -> LabelFile:
        """The label; its number stands only in the question. Raises `CourierError`."""
        return ems_services.read_label(reply)

    def ask_scope(self, party: Party, at: datetime) -> Call:
        return self.call("030005", ems_services.scope_body(party, self.settings), at)

    def read_scope(self, reply: Reply) -> Scope:
        return ems_services.read_scope(reply)

    def ask_quotes(self, request: BookingRequest, at: datetime) -> Call:
        return self.call("050005", ems_services.quote_body(request, self.settings), at)

    def read_quotes(self, reply: Reply) -> tuple[Quote, ...]:
        return ems_services.read_quotes(reply, self.settings)

    def ask_postage(self, waybill_no: str, reference: str, at: datetime) -> Call:
        """Asks what a finished consignment cost."""
        return self.call("050001", {"logisticsOrderNo": reference, "waybillNo": waybill_no}, at)

    def read_postage(self, reply: Reply) -> Postage:
        """Yuan and charged weight, None where EMS does not say. Raises `CourierError`."""
        return ems_services.read_postage(reply)

    def ask_address(self, written: str, at: datetime) -> Call:
        """Asks EMS to take one written address apart."""
        return self.call("060001", [{"wholeAddress": written}], at)

    def read_address(self, reply: Reply) -> AddressParts:
        """The parts that EMS found. Raises `CourierError`."""
        return ems_services.read_address(reply)

    def _asked(self, document: object, at: datetime) -> BookingRequest:
        return documents.request_of(document, at, self.settings.zone, ordering=False, label="寄递文件")

    def trusts(self, push: Push) -> bool:
        if push.header("Content-Type").split(";")[0].strip().lower() != "application/json":
            return False
        try:
            open_push(push, self.settings)
        except Garbled:
            return False
        return True

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        content = open_push(push, self.settings)
        events = read_events(content if isinstance(content, list) else [content], self.settings.zone)
        if not events or any(not event.waybill_no and not event.reference for event in events):
            raise Garbled("EMS 的推送没有运单号，也没有订单号。", push.body)
        return events

    def answer(self, push: Push, accepted: bool) -> Answer:
        return ems_pushes.answer(push, self.settings.sender_no, accepted, accepted or self.trusts(push))
