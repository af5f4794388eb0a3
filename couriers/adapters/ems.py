"""EMS / China Post (中国邮政速递) for agreement customers: order 020003, cancel 020006, tracking 040001, push 040002.

Times on this wire have no zone; they are read in COURIER_EMS_TIMEZONE (China Standard Time unless set otherwise, which
is inferred, not documented).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from couriers.adapters.ems_events import read_events
from couriers.adapters.ems_orders import TIME, EmsSettings, booking_in, first_booking, order_of
from couriers.adapters.ems_wire import (
    FAILURE,
    SUCCESS,
    compact,
    key_of,
    open_reply,
    read_json,
    refusal,
    said,
    seal,
    succeeded,
    unseal,
)
from couriers.contract import (
    Answer,
    BadSettings,
    Booking,
    BookingRequest,
    Call,
    Garbled,
    Operation,
    Push,
    Reply,
    Service,
    TrackingEvent,
)

CODE = "ems"
SETTINGS = ("COURIER_EMS_URL", "COURIER_EMS_SENDER_NO", "COURIER_EMS_AUTHORIZATION", "COURIER_EMS_SIGN_KEY")
# name -> default: bizProductNo (1 特快专递, 11 国内标快, …, as the agreement says) and the zone of the wire's times
OPTIONAL = {"COURIER_EMS_PRODUCT": "1", "COURIER_EMS_TIMEZONE": "Asia/Shanghai"}
READING = {
    "COURIER_EMS_URL": "http://127.0.0.1/",
    "COURIER_EMS_SENDER_NO": "none",
    "COURIER_EMS_AUTHORIZATION": "none",
    "COURIER_EMS_SIGN_KEY": "AAAAAAAAAAAAAAAAAAAAAA==",
}

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
# A number that EMS does not know yet is no failure, but a customer or key that it does not know is one.
_ABOUT_ACCESS = ("协议客户", "授权", "签名", "解密", "apiCode")
_NOTHING_YET = ("无客户信息", "无查询信息", "查无", "不存在", "未查询到", "无邮件信息")


def make(env: Mapping[str, str]) -> Ems:
    """The courier, ready. Raises `BadSettings` that names every missing or wrong setting at once."""
    problems = [f"缺少设置 {name}" for name in SETTINGS if not env.get(name, "").strip()]
    url, sender_no, authorization, sign_key = (env.get(name, "").strip() for name in SETTINGS)
    product, zone_name = (env.get(name, "").strip() or default for name, default in OPTIONAL.items())
    if url and not _is_address(url):
        problems.append("COURIER_EMS_URL 应是 http 或 https 的完整网关地址")
    if sign_key:
        try:
            key_of(sign_key)
        except ValueError as e:
            problems.append(f"COURIER_EMS_SIGN_KEY 不可用：{e}")
    try:
        zone = ZoneInfo(zone_name)
    except (ValueError, OSError, KeyError):
        problems.append("COURIER_EMS_TIMEZONE 不是已知的时区名")
    if problems:
        raise BadSettings(problems)
    return Ems(EmsSettings(url, sender_no, authorization, sign_key, product, zone))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@dataclass(frozen=True)
class Ems:
    """The adapter; see `couriers.contract.Courier` for what each method promises."""

    settings: EmsSettings
    code: str = CODE
    name_zh: str = "中国邮政 EMS"
    postal_enterprise: bool = True
    takes_pool_numbers: bool = False
    offers: frozenset[Operation] = frozenset((Operation.BOOK, Operation.CANCEL, Operation.TRACK, Operation.PUSH))

    @property
    def services(self) -> Mapping[Operation, Service]:
        return {}

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
        """Orders with a body already in EMS's own words: an array of one order object."""
        return self.call("020003", order, at)

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

    def trusts(self, push: Push) -> bool:
        if push.header("Content-Type").split(";")[0].strip().lower() != "application/json":
            return False
        try:
            self._open_push(push)
        except Garbled:
            return False
        return True

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        content = self._open_push(push)
        events = read_events(content if isinstance(content, list) else [content], self.settings.zone)
        if not events or any(not event.waybill_no and not event.reference for event in events):
            raise Garbled("EMS 的推送没有运单号，也没有订单号。", push.body)
        return events

    def answer(self, push: Push, accepted: bool) -> Answer:
        try:
            outer = read_json(push.body)
        except Garbled:
            outer = None
        serial = said(outer.get("serialNo"))[:64] if isinstance(outer, dict) else ""
        words = {
            "serialNo": serial,
            "code": SUCCESS if accepted else FAILURE,
            "codeMessage": "" if accepted else "未接收",
            "senderNo": self.settings.sender_no,
        }
        status = 200 if accepted or self.trusts(push) else 401
        return Answer(status, JSON, compact(words).encode())

    def _open_push(self, push: Push) -> Any:
        outer = read_json(push.body)
        if not isinstance(outer, dict):
            raise Garbled("EMS 的推送不是 JSON 对象。", push.body)
        theirs = said(outer.get("senderNo")).encode()
        if not hmac.compare_digest(theirs, self.settings.sender_no.encode()):
            raise Garbled("EMS 的推送不是给本方协议客户号的。", push.body)
        content = read_json(unseal(said(outer.get("logitcsInterface")), self.settings.sign_key, suffix=False))
        if not isinstance(content, dict | list):
            raise Garbled("EMS 的推送内容不是 JSON 对象。", push.body)
        return content
