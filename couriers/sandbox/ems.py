"""The EMS gateway's desk: checks who asks and what, answers in EMS's envelope, and words its pushes."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from couriers.adapters.ems_wire import FAILURE, SUCCESS, compact, read_json, seal, unseal
from couriers.contract import Call, Garbled, Reply
from couriers.sandbox.ems_rules import fields_fault, is_time, order_fault
from couriers.sandbox.journeys import Event
from couriers.sandbox.world import ZONE, Order, World

PATHS = ("/amp-prod-api/f/amp/api/test", "/amp-prod-api/f/amp/api/open")
_FORM_FIELDS = ("apiCode", "senderNo", "authorization", "timeStamp", "logitcsInterface")


@dataclass(frozen=True)
class Account:
    """The one agreement customer that the desk knows."""

    sender_no: str
    authorization: str = field(repr=False)
    sign_key: str = field(repr=False)

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> Account:
        """The account of the COURIER_EMS_* settings. KeyError names one that is missing."""
        return cls(*(settings[f"COURIER_EMS_{name}"] for name in ("SENDER_NO", "AUTHORIZATION", "SIGN_KEY")))


class _No(Exception):
    """A refusal on the way to the envelope."""

    def __init__(self, code: str, words: str, body: object = "") -> None:
        super().__init__(words)
        self.code, self.words, self.body = code, words, body


class EmsDesk:
    """Answers calls for one account out of one world."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        self._verbs = {
            "020003": self._order,
            "020006": self._cancel,
            "030005": self._scope,
            "040001": self._track,
        }

    def handle(self, method: str, content_type: str, data: bytes) -> tuple[str, bytes]:
        """The apiCode that was understood ("" if none) and the JSON answer (always HTTP 200, as the gateway does)."""
        api_code = ""
        try:
            form = self._form(method, content_type, data)
            verb = self._verbs.get(form["apiCode"])
            if verb is None:
                raise _No("A0005", f"不支持的 apiCode：{form['apiCode']}")
            api_code = form["apiCode"]
            return api_code, self._envelope(SUCCESS, "成功", verb(self._body(form)))
        except _No as no:
            return api_code, self._envelope(no.code, no.words, no.body)

    def push_call(self, hook_url: str, event: Event) -> Call:
        """The push of one event, sealed without the key's text as EMS does."""
        wire = {
            "logitcsInterface": seal(compact(event), self._account.sign_key, suffix=False),
            "method": "040002",
            "msgType": "0",
            "senderNo": self._account.sender_no,
            "serialNo": uuid.uuid4().hex.upper(),
            "timeStamp": self._time(),
            "version": "v1.0.0",
        }
        return Call("POST", hook_url, {"Content-Type": "application/json; charset=UTF-8"}, body=compact(wire).encode())

    @staticmethod
    def acknowledged(reply: Reply) -> bool:
        """True when the hook said 00000."""
        try:
            said = read_json(reply.body)
        except Garbled:
            return False
        return reply.status == 200 and isinstance(said, dict) and said.get("code") == SUCCESS

    def _form(self, method: str, content_type: str, data: bytes) -> dict[str, str]:
        kind, _, parameters = content_type.lower().replace(" ", "").partition(";")
        if method != "POST" or kind != "application/x-www-form-urlencoded" or parameters not in ("", "charset=utf-8"):
            raise _No("A0003", "只接受 POST，内容类型 application/x-www-form-urlencoded; charset=UTF-8")
        try:
            pairs = parse_qs(data.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
        except ValueError as e:
            raise _No("A0004", "表单无法解析") from e
        form = {name: values[0] for name, values in pairs.items() if len(values) == 1}
        for name in _FORM_FIELDS:
            if not form.get(name):
                raise _No("A0004", f"缺少参数 {name}")
        if form.get("msgType", "0") != "0" or not is_time(form["timeStamp"]):
            raise _No("A0004", "msgType 应为 0，timeStamp 应为 yyyy-MM-dd HH:mm:ss")
        if not hmac.compare_digest(form["senderNo"].encode(), self._account.sender_no.encode()):
            raise _No("A0002", "协议客户号不存在")
        if not hmac.compare_digest(form["authorization"].encode(), self._account.authorization.encode()):
            raise _No("A0001", "授权码错误")
        return form

    def _body(self, form: Mapping[str, str]) -> Any:
        try:
            return read_json(unseal(form["logitcsInterface"], self._account.sign_key, suffix=True))
        except Garbled as e:
            raise _No(FAILURE, "报文解密失败") from e

    def _order(self, body: Any) -> object:
        if fault := order_fault(body, self._account.sender_no):
            raise _No("B0001", fault)
        order, new = self._world.book(body[0]["logisticsOrderNo"], body[0])
        if order.cancelled:
            raise _No("B0005", "该订单已撤单，请换订单号")
        answer = _booking(order)
        refuse = None if new else self._world.fault("refuse_duplicates")
        if refuse:
            words = "订单号重复" if refuse == "bare" else f"订单号重复，运单号：{order.waybill_no}"
            raise _No("B0002", words, answer if refuse == "body" else "")
        return answer

    def _cancel(self, body: Any) -> object:
        if fault := fields_fault(body, ("logisticsOrderNo", "waybillNo", "cancelReason")):
            raise _No("B0001", fault)
        order = self._world.order(body["logisticsOrderNo"])
        if order is None or order.waybill_no != body["waybillNo"]:
            raise _No("B0003", "订单不存在")
        if not order.cancelled and not self._world.cancel(order):
            raise _No("B0004", "邮件已收寄，不能撤单")
        return ""

    def _track(self, body: Any) -> object:
        if fault := fields_fault(body, ("waybillNo", "direction")):
            raise _No("B0001", fault)
        events = self._world.events(body["waybillNo"])
        if not events:
            raise _No("00001", "查无邮件信息")
        return {"responseItems": events}

    def _scope(self, body: Any) -> object:
        names = ("address", "prov", "city", "county", "bizProductNo", "type", "senderNo")
        if fault := fields_fault(body, names):
            raise _No("B0001", fault)
        return {"status": 0 if body["type"] in ("1", "2", "3") else 2}

    def _envelope(self, code: str, words: str, body: object) -> bytes:
        as_text = not self._world.fault("object_body")
        envelope = {
            "serialNo": str(uuid.uuid4()),
            "retCode": code,
            "retMsg": words,
            "retBody": compact(body) if as_text and not isinstance(body, str) else body,
            "retDate": self._time(),
            "success": code == SUCCESS,
        }
        return compact(envelope).encode()

    def _time(self) -> str:
        return self._world.now().astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _booking(order: Order) -> dict[str, str]:
    receiver = order.body["receiver"]
    centre = f"{receiver['city']}集包地"
    return {
        "waybillNo": order.waybill_no,
        "routeCode": f"{receiver['city'].removesuffix('市')} {order.waybill_no[-4:-2]}-{order.waybill_no[-2:]} 03",
        "packageCode": f"4{order.waybill_no[-7:]}",
        "packageCodeName": centre,
        "markDestinationCode": order.waybill_no[-4:],
        "markDestinationName": receiver["city"],
    }
