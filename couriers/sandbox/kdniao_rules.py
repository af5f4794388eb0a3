"""What 快递鸟's gateway wants to find: the form and its signature, and the fields of each RequestType."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from couriers.adapters.kdniao_carriers import NAMES
from couriers.adapters.kdniao_wire import sign

BAD_KEY = "非法参数[请核实ID和key]"
ALL_TYPES = "/kdniaosandbox/gateway/exterfaceInvoke.json"
PATHS = {
    "/Ebusiness/EbusinessOrderHandle.aspx": frozenset({"1002", "8001", "2002"}),
    "/api/dist": frozenset({"1008", "8008"}),
    "/api/EOrderService": frozenset({"1007", "1147"}),
    ALL_TYPES: frozenset({"1002", "8001", "2002", "1008", "8008", "1007", "1147"}),
}
ORDERS = frozenset({"1007", "1147"})  # only their answers have a ResultCode
_FORM_FIELDS = ("RequestData", "EBusinessID", "RequestType", "DataSign", "DataType")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_TEL = re.compile(r"[0-9+() -]{5,20}")
_TIMES = ("StartDate", "EndDate")
_POSTCODE_WANTED = frozenset({"EMS", "YZPY"})
_CHOICES = {
    "PayType": "1234",
    "IsNotice": "01",
    "IsReturnPrintTemplate": "01",
    "IsReturnSignBill": "01",
    "IsSubscribe": "01",
}


@dataclass(frozen=True)
class Customer:
    """The one customer that the desk knows."""

    ebusiness_id: str
    app_key: str = field(repr=False)


class No(Exception):
    """A refusal in 快递鸟's words; `code` is its ResultCode: 101 missing, 102 not allowed, 103 wrong form."""

    def __init__(self, words: str, code: str = "105", beside: Mapping[str, Any] | None = None) -> None:
        super().__init__(words)
        self.words, self.code, self.beside = words, code, beside or {}


def form_of(data: bytes) -> dict[str, str]:
    """The fields of the body. Raises `No` when it is no form, or names one twice."""
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as e:
        raise No("非法参数[请求不是表单]", "103") from e
    if len(dict(pairs)) != len(pairs):
        raise No("非法参数[参数重复]", "103")
    return dict(pairs)


def request_data(method: str, path: str, content_type: str, data: bytes, customer: Customer) -> tuple[str, Any]:
    """RequestType and the RequestData of a call that our customer signed. Raises `No`."""
    kind, _, parameters = content_type.lower().replace(" ", "").partition(";")
    if method != "POST" or kind != "application/x-www-form-urlencoded" or parameters not in ("", "charset=utf-8"):
        raise No("非法参数[只接受POST表单，编码UTF-8]", "103")
    form = form_of(data)
    for name in _FORM_FIELDS:
        if not form.get(name):
            raise No(f"非法参数[{name}不能为空]", "101")
    if form["DataType"] != "2":
        raise No("非法参数[DataType应为2]", "102")
    known = hmac.compare_digest(form["EBusinessID"].encode(), customer.ebusiness_id.encode())
    signed = hmac.compare_digest(form["DataSign"].encode(), sign(form["RequestData"], customer.app_key).encode())
    if not (known and signed):
        raise No(BAD_KEY, "104")
    if form["RequestType"] not in PATHS[path]:
        raise No("非法参数[RequestType与接口地址不符]", "102")
    try:
        content = json.loads(form["RequestData"])
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair can be escaped, and cannot be kept
    except (ValueError, RecursionError) as e:
        raise No("非法参数[RequestData不是JSON]", "103") from e
    if not isinstance(content, dict):
        raise No("非法参数[RequestData应为对象]", "103")
    return form["RequestType"], content


def texts_of(content: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """These fields, which must be texts that say something. Raises `No`."""
    for name in names:
        if name not in content or content[name] in ("", None):
            raise No(f"非法参数[{name}不能为空]", "101")
        if not isinstance(content[name], str):
            raise No(f"非法参数[{name}应为字符串]", "103")
    return tuple(content[name] for name in names)


def shipper_of(content: Mapping[str, Any]) -> str:
    """The ShipperCode, one of the known ones. Raises `No`."""
    (shipper,) = texts_of(content, "ShipperCode")
    if shipper not in NAMES:
        raise No("非法参数[ShipperCode不存在]", "102")
    return shipper


def check_sort(content: Mapping[str, Any]) -> bool:
    """True when the newest is wanted first. Raises `No`."""
    if str(content.get("Sort", "0")) not in ("0", "1"):
        raise No("非法参数[Sort只能为0或1]", "102")
    return str(content.get("Sort", "0")) == "1"


def check_order(order: Mapping[str, Any]) -> None:
    """Raises `No` with 101, 102 or 103 for what is wrong with the RequestData of 1007."""
    texts_of(order, "OrderCode", "ExpType")
    shipper = shipper_of(order)
    for name in ("PayType", "Quantity"):
        if order.get(name) in (None, ""):
            raise No(f"{name}不能为空", "101")
    for name, allowed in _CHOICES.items():
        value = order.get(name, allowed[0])
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise No(f"{name}格式错误", "103")
        if len(str(value)) != 1 or str(value) not in allowed:
            raise No(f"{name}取值{value}不在允许范围内", "102")
    _check_numbers(order)
    for name in _TIMES:
        if order.get(name) and not is_time(order[name]):
            raise No(f"{name}应为yyyy-MM-dd HH:mm:ss", "103")
    for role in ("Sender", "Receiver"):
        _check_party(order.get(role), role, shipper)
    _check_goods(order.get("Commodity"))


def _check_numbers(order: Mapping[str, Any]) -> None:
    quantity = order["Quantity"]
    if isinstance(quantity, bool) or not re.fullmatch(r"[1-9][0-9]{0,3}", str(quantity)):
        raise No("Quantity应为正整数", "103")
    for name in ("Weight", "Volume", "Cost", "OtherCost"):
        if name in order and not (
            re.fullmatch(r"[0-9]+(\.[0-9]+)?", str(order[name])) and not isinstance(order[name], bool)
        ):
            raise No(f"{name}应为数字", "103")


def _check_party(party: object, role: str, shipper: str) -> None:
    if not isinstance(party, dict):
        raise No(f"{role}不能为空", "101")
    wanted = ["Name", "ProvinceName", "CityName", "ExpAreaName", "Address"]
    for name in (*wanted, "PostCode") if shipper in _POSTCODE_WANTED else wanted:
        if not isinstance(party.get(name), str) or not party[name].strip():
            raise No(f"{role}.{name}不能为空", "101")
    mobile, tel = party.get("Mobile") or "", party.get("Tel") or ""
    if not mobile and not tel:
        raise No(f"{role}的Tel与Mobile必须填一项", "101")
    if mobile and not _MOBILE.fullmatch(str(mobile)):
        raise No(f"{role}.Mobile格式错误", "103")
    if tel and not _TEL.fullmatch(str(tel)):
        raise No(f"{role}.Tel格式错误", "103")


def _check_goods(goods: object) -> None:
    if goods is None:
        return
    if not isinstance(goods, list) or not all(isinstance(one, dict) for one in goods):
        raise No("Commodity应为数组", "103")
    if not all(isinstance(one.get("GoodsName"), str) and one["GoodsName"] for one in goods):
        raise No("Commodity.GoodsName不能为空", "101")


def is_time(text: object) -> bool:
    """True for `yyyy-MM-dd HH:mm:ss` of a day that exists."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text, re.ASCII):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
