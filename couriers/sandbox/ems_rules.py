"""What the EMS gateway wants to find in each body: required fields, lists of allowed values, forms of text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

PRODUCTS = ("1", "2", "3", "9", "10", "11")
_REQUIRED = ("createdTime", "ecommerceUserId", "logisticsOrderNo", "contentsAttribute", "bizProductNo")
_CHOICES = {
    "oneBillFlag": "0 1",
    "oneBillFeeType": "1 2 3 4",
    "contentsAttribute": "1 2 3 4",
    "bizProductNo": " ".join(PRODUCTS),
    "insuranceFlag": "1 2 3",
    "deliverType": "1 2 3 4",
    "pickupType": "0 1",
    "paymentMode": "1 2 3 4 5 6 7",
    "codFlag": "1 2 9",
    "receiptFlag": "1 2 3 5 6 7 8",
    "valuableFlag": "0 1",
    "teanIncrementFlag": "0 1",
    "virtualNumFlag": "0 1",
}
_TIMES = ("createdTime", "deliverPreDate", "deliverPreEndDate", "pickupPreBeginTime", "pickupPreEndTime")
_NUMBERS = ("weight", "volume", "length", "width", "height", "postageTotal", "insuranceAmount", "codAmount")
_STRUCTURES = ("sender", "receiver", "cargos")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PHONE = re.compile(r"[0-9+()-]{5,20}")
_WAYBILL = re.compile(r"[0-9]{13}|[A-Z]{2}[0-9]{9}[A-Z]{2}")


class No(Exception):
    """A refusal on the way to the envelope."""

    def __init__(self, code: str, words: str, body: object = "") -> None:
        super().__init__(words)
        self.code, self.words, self.body = code, words, body


def order_fault(body: object, sender_no: str) -> str:
    """What is wrong with the body of 020003, "" when nothing is."""
    if not isinstance(body, list) or len(body) != 1 or not isinstance(body[0], dict):
        return "报文应为只含一个订单的数组"
    order = body[0]
    for name in _REQUIRED:
        if not order.get(name):
            return f"{name} 不能为空"
    for name, value in order.items():
        if name not in _STRUCTURES and not isinstance(value, str):
            return f"{name} 应为字符串"
    if len(order["ecommerceUserId"]) >= 50:
        return "ecommerceUserId 应少于 50 个字符"
    if order.get("senderNo") not in (None, "", sender_no):
        return "senderNo 与协议客户号不一致"
    if order.get("waybillNo") and not _WAYBILL.fullmatch(order["waybillNo"]):
        return "waybillNo 应为 13 位邮件号"
    return _value_fault(order) or party_fault(order, "sender") or party_fault(order, "receiver")


def _value_fault(order: Mapping[str, str]) -> str:
    for name, allowed in _CHOICES.items():
        if order.get(name) and order[name] not in allowed.split():
            return f"{name} 取值 {order[name]} 不在允许范围内"
    for name in _TIMES:
        if order.get(name) and not is_time(order[name]):
            return f"{name} 应为 yyyy-MM-dd HH:mm:ss"
    for name in _NUMBERS:
        if order.get(name) and not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", order[name]):
            return f"{name} 应为数字"
    return ""


def party_fault(order: Mapping[str, Any], role: str) -> str:
    """What is wrong with the sender or receiver, "" when nothing is."""
    party = order.get(role)
    if not isinstance(party, dict) or not all(isinstance(value, str) for value in party.values()):
        return f"{role} 应为对象，各项为字符串"
    for name in ("name", "prov", "city", "address"):
        if not party.get(name, "").strip():
            return f"{role}.{name} 不能为空"
    phone, mobile = party.get("phone", ""), party.get("mobile", "")
    if not phone and not mobile:
        return f"{role} 的 phone 与 mobile 不能同时为空"
    if mobile and not _MOBILE.fullmatch(mobile):
        return f"{role}.mobile 不是手机号"
    if phone and not _PHONE.fullmatch(phone):
        return f"{role}.phone 不是电话号码"
    return ""


def fields_fault(body: object, names: tuple[str, ...]) -> str:
    """What is wrong with a flat body that must have these texts, "" when nothing is."""
    if not isinstance(body, dict):
        return "报文应为对象"
    return next((f"{name} 不能为空" for name in names if not isinstance(body.get(name), str) or not body[name]), "")


def is_time(text: str) -> bool:
    """True for `yyyy-MM-dd HH:mm:ss` of a day that exists."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
