"""快递鸟's desk: an aggregator that carries nothing itself.

It sees every parcel of the world, takes label orders for the carriers that the world has, and pushes whole traces about
numbers that were subscribed (an order subscribes its own).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from couriers import waybills
from couriers.adapters.ems_wire import compact
from couriers.adapters.kdniao_carriers import NAMES, OURS
from couriers.adapters.kdniao_wire import DUPLICATE, FORM, MONEY, OK, OVER_QUOTA, sign
from couriers.contract import Call, Operation, Party, Reply
from couriers.sandbox import desk
from couriers.sandbox.desk import Asked, Owed, Said
from couriers.sandbox.kdniao_rules import (
    ORDERS,
    PATHS,
    Customer,
    No,
    check_order,
    check_sort,
    request_data,
    shipper_of,
    texts_of,
)
from couriers.sandbox.kdniao_words import parcel_words
from couriers.sandbox.scans import Order

if TYPE_CHECKING:
    from couriers.sandbox.account import Account

CODE = "kdniao"
SETTINGS = ("COURIER_KDNIAO_EBUSINESS_ID", "COURIER_KDNIAO_APP_KEY")
_CARRIED_BY = {shipper: courier for courier, shipper in OURS.items() if courier in ("ems", "sf", "jdl")}
_OPERATIONS = {
    "1002": Operation.TRACK,
    "8001": Operation.TRACK,
    "1008": Operation.SUBSCRIBE,
    "8008": Operation.SUBSCRIBE,
    "1007": Operation.BOOK,
    "1147": Operation.CANCEL,
    "2002": Operation.RECOGNISE,
}
_PHONE_WANTED = frozenset({"SF"})
_NUMBER = re.compile(r"[0-9A-Za-z-]{6,40}")


def make(settings: Mapping[str, str]) -> KdniaoDesk:
    """The desk of the COURIER_KDNIAO_* settings. KeyError names one that is missing."""
    customer = Customer(settings["COURIER_KDNIAO_EBUSINESS_ID"], settings["COURIER_KDNIAO_APP_KEY"])
    return KdniaoDesk(customer, settings.get("COURIER_KDNIAO_EXTENDED", "0") == "1")


class KdniaoDesk:
    """Answers one customer; `extended` says whether the numbers of its orders are pushed with extended states."""

    code = CODE
    paths = tuple(PATHS)
    at_once: int | None = None

    def __init__(self, customer: Customer, extended: bool = False) -> None:
        self._customer = customer
        self._extended = extended
        self._verbs: dict[str, Callable[[str, dict[str, Any], Account], dict[str, Any]]] = {
            "1002": self._track,
            "8001": self._track,
            "1008": self._subscribe,
            "8008": self._subscribe,
            "1007": self._order,
            "1147": self._cancel,
            "2002": self._recognise,
        }

    def addresses(self, root: str) -> Mapping[str, str]:
        """The host alone: each RequestType has its own path."""
        return {"COURIER_KDNIAO_URL": root}

    def handle(self, asked: Asked, account: Account) -> Said:
        """Always HTTP 200; a refusal has Success false, a Reason, and for orders a ResultCode."""
        request_type = ""
        try:
            content_type = asked.header("Content-Type")
            request_type, content = request_data(asked.method, asked.path, content_type, asked.body, self._customer)
            answer = self._verbs[request_type](request_type, content, account)
            return Said(_OPERATIONS[request_type], self._words(answer))
        except No as no:
            return Said(None, self._refusal(request_type or _type_in(asked), no))

    def throttled(self, asked: Asked, account: Account) -> Said | None:  # noqa: ARG002 - the same for everybody
        """Orders over the day's quota have a ResultCode of their own, queries only a Reason."""
        return Said(None, self._refusal(_type_in(asked), No("业务错误[请求过于频繁，请稍后再试]", OVER_QUOTA)))

    def push_calls(self, hook_url: str, owed: Owed, account: Account) -> Sequence[Call]:
        """One message with the parcel's whole trace, to a subscriber who named its carrier; a notice is 107."""
        wish, order = owed.subscription, owed.order
        if wish is None or order is None or wish.carrier != OURS.get(order.courier):
            return ()
        parcel = self._parcel(wish.carrier, order.waybill_no, str(wish.extra.get("order_code", "")))
        echo = {"CallBack": wish.extra.get("echo", "")}
        if owed.notice is not None:
            return (self._push(hook_url, MONEY, {**parcel, **echo, **owed.notice}, account),)
        if not owed.all_scans:
            return ()
        extended = bool(wish.extra.get("extended"))
        trace = parcel_words(owed.all_scans, order.receiver.city, extended)
        return (self._push(hook_url, "102" if extended else "101", {**parcel, **trace, **echo}, account),)

    def _push(self, hook_url: str, request_type: str, parcel: dict[str, Any], account: Account) -> Call:
        ours = {"EBusinessID": self._customer.ebusiness_id}
        data = compact({**ours, "PushTime": account.wall_time(), "Count": "1", "Data": [parcel]})
        signed = {"DataSign": sign(data, self._customer.app_key), **ours}
        form = {"RequestData": data, "RequestType": request_type, **signed}
        return Call("POST", hook_url, {"Content-Type": FORM}, form=form)

    def acknowledged(self, reply: Reply) -> bool:
        """True for a JSON answer in our customer's name with Success true."""
        try:
            said = json.loads(reply.body)
        except (ValueError, RecursionError):
            return False
        ours = isinstance(said, dict) and said.get("EBusinessID") == self._customer.ebusiness_id
        return reply.status == 200 and ours and said.get("Success") is True

    def _track(self, request_type: str, content: dict[str, Any], account: Account) -> dict[str, Any]:
        shipper, newest_first = shipper_of(content), check_sort(content)
        (number,) = texts_of(content, "LogisticCode")
        order = account.parcel(number, _CARRIED_BY.get(shipper, "-"))
        if shipper in _PHONE_WANTED:
            _check_tail(content.get("CustomerName"), order)
        scans = account.scans(number) if order else ()
        city = order.receiver.city if order else ""
        said = self._parcel(shipper, number, str(content.get("OrderCode") or ""))
        said |= parcel_words(scans, city, request_type == "8001", newest_first)
        return said if scans else {**said, "Reason": "暂无轨迹信息"}

    def _subscribe(self, request_type: str, content: dict[str, Any], account: Account) -> dict[str, Any]:
        shipper = shipper_of(content)
        check_sort(content)
        (number,) = texts_of(content, "LogisticCode")
        if not _NUMBER.fullmatch(number):
            raise No("非法参数[LogisticCode格式错误]", "103")
        if shipper in _PHONE_WANTED:
            _check_tail(content.get("CustomerName"), account.parcel(number))
        echo = content.get("CallBack") or content.get("Callback") or ""
        self._wish(account, number, shipper, request_type == "8008", str(content.get("OrderCode") or ""), str(echo))
        return {"UpdateTime": account.wall_time(), "Success": True, "Reason": "", "EstimatedDeliveryTime": ""}

    def _order(self, request_type: str, content: dict[str, Any], account: Account) -> dict[str, Any]:  # noqa: ARG002
        check_order(content)
        courier = _CARRIED_BY.get(content["ShipperCode"])
        if courier is None or courier not in desk.codes():
            raise No(f"快递公司{content['ShipperCode']}暂不支持电子面单")
        sender, receiver = (_party(content[role]) for role in ("Sender", "Receiver"))
        kept = {name: content.get(name, "") for name in ("ShipperCode", "CustomerName", "CallBack")}
        order, new = account.book(content["OrderCode"], sender, receiver, kept, courier)
        if order.cancelled:
            raise No("订单号已取消,请更换订单号")
        booked = self._booked(order, with_label=str(content.get("IsReturnPrintTemplate", "0")) == "1")
        if not new:
            raise _repeated(order, booked, account.fault("refuse_duplicates"))
        if str(content.get("IsSubscribe", "1")) == "1":
            echo = str(content.get("CallBack") or "")
            self._wish(account, order.waybill_no, content["ShipperCode"], self._extended, order.reference, echo)
        return booked

    def _cancel(self, request_type: str, content: dict[str, Any], account: Account) -> dict[str, Any]:  # noqa: ARG002
        shipper = shipper_of(content)
        reference, number = texts_of(content, "OrderCode", "ExpNo")
        order = account.order(reference)
        if order is None or order.waybill_no != number or order.body["ShipperCode"] != shipper:
            raise No("订单不存在，请核对订单号与快递单号", "102")
        if order.body["CustomerName"] != content.get("CustomerName", ""):
            raise No("客户账号与下单时不一致", "104")
        if not order.cancelled and not account.cancel(order):
            raise No("快件已揽收，不能取消")
        return {"Success": True, "ResultCode": OK, "Reason": "成功"}

    def _recognise(self, request_type: str, content: dict[str, Any], account: Account) -> dict[str, Any]:  # noqa: ARG002
        (number,) = texts_of(content, "LogisticCode")
        if not _NUMBER.fullmatch(number):
            raise No("非法参数[LogisticCode格式错误]", "103")
        order = account.parcel(number)
        likely = [OURS.get(found.courier, "") for found in waybills.candidates(number)]
        codes = dict.fromkeys([OURS.get(order.courier, "") if order else "", *likely])
        shippers = [{"ShipperCode": code, "ShipperName": NAMES[code]} for code in codes if code]
        return {"LogisticCode": number, "Success": True, "Code": OK, "Shippers": shippers}

    def _wish(self, account: Account, number: str, shipper: str, extended: bool, order_code: str, echo: str) -> None:
        account.subscribe(number, shipper, "", extended=extended, order_code=order_code, echo=echo)

    def _booked(self, order: Order, with_label: bool) -> dict[str, Any]:
        names = ("OriginCode", "OriginName", "DestinatioCode", "DestinatioName", "SortingCode")
        return {
            "Order": {
                "OrderCode": order.reference,
                "ShipperCode": order.body["ShipperCode"],
                "LogisticCode": order.waybill_no,
                "MarkDestination": order.receiver.city,
                **dict.fromkeys(names, ""),
                "PackageCode": f"4{order.waybill_no[-7:]}",
                "PackageName": f"{order.receiver.city}集包地",
            },
            "PrintTemplate": f"<html><body>演示面单 {order.waybill_no}</body></html>" if with_label else "",
            "Success": True,
            "ResultCode": OK,
            "Reason": "成功",
            "UniquerRequestNumber": str(uuid.uuid4()),
            "SubCount": 0,
            "SubOrders": [],
        }

    def _parcel(self, shipper: str, number: str, order_code: str) -> dict[str, Any]:
        ours = {"EBusinessID": self._customer.ebusiness_id, "OrderCode": order_code, "ShipperCode": shipper}
        return {**ours, "LogisticCode": number, "Success": True, "Reason": ""}

    def _refusal(self, request_type: str, no: No) -> bytes:
        code = {"ResultCode": no.code} if request_type in ORDERS else {}
        return self._words({"Success": False, **code, "Reason": no.words, **no.beside})

    def _words(self, answer: dict[str, Any]) -> bytes:
        return compact({"EBusinessID": self._customer.ebusiness_id, **answer}).encode()


def _repeated(order: Order, booked: dict[str, Any], how: object) -> No:
    """106. The first label is usually given again; "bare" and "words" are the desk's switch for when it is not."""
    words = "该订单号已下单成功" + (f"，运单号：{order.waybill_no}" if how == "words" else "")
    given = {} if how in ("bare", "words") else {name: booked[name] for name in ("Order", "PrintTemplate")}
    return No(words, DUPLICATE, given)


def _check_tail(tail: object, order: Order | None) -> None:
    if not isinstance(tail, str) or not re.fullmatch(r"[0-9]{4}", tail):
        raise No("业务错误[顺丰须在CustomerName中填写收寄件人电话后四位]", "101")
    if order is not None and tail not in (order.sender.phone[-4:], order.receiver.phone[-4:]):
        raise No("业务错误[CustomerName与收寄件人电话后四位不符]", "102")


def _party(fields: Mapping[str, Any]) -> Party:
    names = ("Name", "ProvinceName", "CityName", "ExpAreaName", "Address")
    name, province, city, county, address = (str(fields[one]) for one in names)
    phone = str(fields.get("Mobile") or fields.get("Tel"))
    return Party(name, phone, province, city, county, address, str(fields.get("PostCode") or ""))


def _type_in(asked: Asked) -> str:
    """The RequestType of a call that need not be right in anything else, "" when none is found."""
    return dict(parse_qsl(asked.body.decode("ascii", "replace"))).get("RequestType", "")
