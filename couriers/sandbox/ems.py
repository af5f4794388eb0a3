"""The EMS gateway's desk: checks who asks and what, answers in EMS's envelope, and words its pushes."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from couriers.adapters.ems_wire import FAILURE, SUCCESS, compact, read_json, seal, unseal
from couriers.contract import Call, Garbled, Operation, Party, Reply
from couriers.sandbox import ems_counter
from couriers.sandbox.account import Account
from couriers.sandbox.desk import Asked, Carrier, Owed, Said
from couriers.sandbox.ems_rules import No, fields_fault, is_time, order_fault
from couriers.sandbox.ems_words import Item, item_of, read
from couriers.sandbox.parcels import NumberTaken
from couriers.sandbox.scans import Order

CODE = "ems"
SETTINGS = ("COURIER_EMS_SENDER_NO", "COURIER_EMS_AUTHORIZATION", "COURIER_EMS_SIGN_KEY")
CARRIER = Carrier(waybill=lambda serial: f"11{serial:011d}", read=read)
PATHS = ("/amp-prod-api/f/amp/api/test", "/amp-prod-api/f/amp/api/open")
_FORM_FIELDS = ("apiCode", "senderNo", "authorization", "timeStamp", "logitcsInterface")


@dataclass(frozen=True)
class Customer:
    """The one agreement customer that the desk knows."""

    sender_no: str
    authorization: str = field(repr=False)
    sign_key: str = field(repr=False)


def make(settings: Mapping[str, str]) -> EmsDesk:
    """The desk for the customer of the COURIER_EMS_* settings. KeyError names one that is missing."""
    return EmsDesk(Customer(*(settings[name] for name in SETTINGS)))


class EmsDesk:
    """The desk; see `couriers.sandbox.desk.Desk` for what each method promises."""

    code = CODE
    paths = (*PATHS, ems_counter.LABELS)
    at_once = 1

    def __init__(self, customer: Customer) -> None:
        self._customer = customer
        self._verbs: dict[str, tuple[Operation, Callable[[Any, Account], object]]] = {
            "020003": (Operation.BOOK, self._order),
            "020006": (Operation.CANCEL, self._cancel),
            "030005": (Operation.SCOPE, lambda body, _: ems_counter.scope(body, customer.sender_no)),
            "040001": (Operation.TRACK, self._track),
            "050001": (Operation.POSTAGE, ems_counter.postage),
            "050005": (Operation.QUOTE, lambda body, _: ems_counter.quote(body)),
            "060001": (Operation.PARSE_ADDRESS, lambda body, _: ems_counter.parsed(body)),
        }

    def addresses(self, root: str) -> Mapping[str, str]:
        return {"COURIER_EMS_URL": root + PATHS[0]}

    def handle(self, asked: Asked, account: Account) -> Said:
        if asked.path.startswith(ems_counter.LABELS):
            return self._label_file(asked)
        operation = None
        try:
            form = self._form(asked)
            if form["apiCode"] == "010004":
                operation = Operation.LABEL
                result: object = ems_counter.label(self._body(form), account, asked.root, self._customer.sign_key)
            elif form["apiCode"] in self._verbs:
                operation, verb = self._verbs[form["apiCode"]]
                result = verb(self._body(form), account)
            else:
                raise No("A0005", f"不支持的 apiCode：{form['apiCode']}")
            answer = _envelope(account, SUCCESS, "成功", result)
        except No as no:
            answer = _envelope(account, no.code, no.words, no.body)
        return Said(operation, answer)

    def throttled(self, _asked: Asked, _account: Account) -> Said | None:
        return None  # EMS publishes neither limits nor a code for them

    def push_calls(self, hook_url: str, owed: Owed, account: Account) -> tuple[Call, ...]:
        return tuple(self.push_call(hook_url, item_of(scan), account.wall_time()) for scan in owed.scans)

    def push_call(self, hook_url: str, item: Item, time: str) -> Call:
        """The push of one item, sealed without the key's text as EMS does."""
        wire = {
            "logitcsInterface": seal(compact(item), self._customer.sign_key, suffix=False),
            "method": "040002",
            "msgType": "0",
            "senderNo": self._customer.sender_no,
            "serialNo": uuid.uuid4().hex.upper(),
            "timeStamp": time,
            "version": "v1.0.0",
        }
        return Call("POST", hook_url, {"Content-Type": "application/json; charset=UTF-8"}, body=compact(wire).encode())

    def acknowledged(self, reply: Reply) -> bool:
        try:
            said = read_json(reply.body)
        except Garbled:
            return False
        return reply.status == 200 and isinstance(said, dict) and said.get("code") == SUCCESS

    def _label_file(self, asked: Asked) -> Said:
        content = ems_counter.label_file(asked.path, self._customer.sign_key) if asked.method == "GET" else None
        if content is None:
            return Said(None, b"not found", "text/plain", 404)
        return Said(Operation.LABEL, content, "application/pdf")

    def _form(self, asked: Asked) -> dict[str, str]:
        kind, _, parameters = asked.header("Content-Type").lower().replace(" ", "").partition(";")
        if (
            asked.method != "POST"
            or kind != "application/x-www-form-urlencoded"
            or parameters not in ("", "charset=utf-8")
        ):
            raise No("A0003", "只接受 POST，内容类型 application/x-www-form-urlencoded; charset=UTF-8")
        try:
            pairs = parse_qs(asked.body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
        except ValueError as e:
            raise No("A0004", "表单无法解析") from e
        form = {name: values[0] for name, values in pairs.items() if len(values) == 1}
        for name in _FORM_FIELDS:
            if not form.get(name):
                raise No("A0004", f"缺少参数 {name}")
        if form.get("msgType", "0") != "0" or not is_time(form["timeStamp"]):
            raise No("A0004", "msgType 应为 0，timeStamp 应为 yyyy-MM-dd HH:mm:ss")
        if not hmac.compare_digest(form["senderNo"].encode(), self._customer.sender_no.encode()):
            raise No("A0002", "协议客户号不存在")
        if not hmac.compare_digest(form["authorization"].encode(), self._customer.authorization.encode()):
            raise No("A0001", "授权码错误")
        return form

    def _body(self, form: Mapping[str, str]) -> Any:
        try:
            body = read_json(unseal(form["logitcsInterface"], self._customer.sign_key, suffix=True))
        except Garbled as e:
            raise No(FAILURE, "报文解密失败") from e
        if not _is_writable(body):
            raise No("B0001", "报文含有不能书写的字符")
        return body

    def _order(self, body: Any, account: Account) -> object:
        if fault := order_fault(body, self._customer.sender_no):
            raise No("B0001", fault)
        wish, number = body[0], body[0].get("waybillNo") or ""
        sender, receiver = _party(wish["sender"]), _party(wish["receiver"])
        try:
            order, new = account.book(wish["logisticsOrderNo"], sender, receiver, wish, waybill_no=number)
        except NumberTaken as e:
            raise No("B0006", f"运单号 {number} 已被其他订单使用") from e
        if order.cancelled:
            raise No("B0005", "该订单已撤单，请换订单号")
        answer = _booking(order)
        if number not in ("", order.waybill_no):
            raise No("B0002", f"订单号重复，运单号：{order.waybill_no}")
        refuse = None if new else account.fault("refuse_duplicates")
        if refuse:
            words = "订单号重复" if refuse == "bare" else f"订单号重复，运单号：{order.waybill_no}"
            raise No("B0002", words, answer if refuse == "body" else "")
        return answer

    def _cancel(self, body: Any, account: Account) -> object:
        if fault := fields_fault(body, ("logisticsOrderNo", "waybillNo", "cancelReason")):
            raise No("B0001", fault)
        order = account.order(body["logisticsOrderNo"])
        if order is None or order.waybill_no != body["waybillNo"]:
            raise No("B0003", "订单不存在")
        if not order.cancelled and not account.cancel(order):
            raise No("B0004", "邮件已收寄，不能撤单")
        return ""

    def _track(self, body: Any, account: Account) -> object:
        if fault := fields_fault(body, ("waybillNo", "direction")):
            raise No("B0001", fault)
        parcel = account.parcel(body["waybillNo"], CODE)
        scans = account.scans(parcel.waybill_no) if parcel else ()
        if not scans:
            raise No("00001", "查无邮件信息")
        return {"responseItems": [item_of(scan) for scan in scans]}


def _is_writable(body: object) -> bool:
    """False for half a surrogate pair, which JSON can name but no text can hold."""
    try:
        compact(body).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _envelope(account: Account, code: str, words: str, body: object) -> bytes:
    as_text = not account.fault("object_body")
    envelope = {
        "serialNo": str(uuid.uuid4()),
        "retCode": code,
        "retMsg": words,
        "retBody": compact(body) if as_text and not isinstance(body, str) else body,
        "retDate": account.wall_time(),
        "success": code == SUCCESS,
    }
    return compact(envelope).encode()


def _party(wire: Mapping[str, str]) -> Party:
    phone = wire.get("mobile") or wire.get("phone", "")
    names = ("prov", "city", "county", "address", "postCode")
    return Party(wire["name"], phone, *(wire.get(name, "") for name in names))


def _booking(order: Order) -> dict[str, str]:
    city, tail = order.receiver.city, order.waybill_no
    return {
        "waybillNo": order.waybill_no,
        "routeCode": f"{city.removesuffix('市')} {tail[-4:-2]}-{tail[-2:]} 03",
        "packageCode": f"4{tail[-7:]}",
        "packageCodeName": f"{city}集包地",
        "markDestinationCode": tail[-4:],
        "markDestinationName": city,
    }
