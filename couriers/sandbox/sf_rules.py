"""What SF wants to find in each call: required fields, lists of values, forms of text, and the code of each no.

Facts: 丰桥 open platform, EXP_RECE_CREATE_ORDER and the other calls, with their business codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from couriers.contract import Party

LANGUAGES = ("zh-CN", "zh-TW", "zh-HK", "zh-MO", "en")
PRODUCTS = {1: "顺丰特快", 2: "顺丰标快", 6: "顺丰即日", 231: "陆运包裹", 247: "电商标快"}
ADDED_SERVICES = ("COD", "INSURE", "IN26")
MOST_PARCELS = 307
_CARD = re.compile(r"[0-9]{10}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PHONE = re.compile(r"\+?[0-9()-]{5,20}")
_FLAGS = ("isDocall", "isSignBack", "isReturnRoutelabel", "isUnifiedWaybillNo", "isGenWaybillNo")
_LONGEST = {"orderId": 64, "custReferenceNo": 100, "remark": 100, "cargoDesc": 20, "orderSource": 50}
_LONGEST_OF_CONTACT = {
    "company": 100,
    "contact": 100,
    "tel": 20,
    "mobile": 20,
    "country": 30,
    "province": 30,
    "city": 100,
    "county": 30,
    "address": 200,
    "postCode": 25,
}
# role -> contactType, code of an empty address, contact, phone
_ROLES = {"寄件人": ("1", "1010", "1011", "1012"), "收件人": ("2", "1014", "1015", "1016")}


class No(Exception):
    """SF's business refusal: its errorCode, words, and the msgData beside them."""

    def __init__(self, code: str, words: str, content: object = None) -> None:
        super().__init__(words)
        self.code, self.words, self.content = code, words, content


def text_of(value: object) -> str:
    """A text or a number as SF reads it, "" for anything else: the platform takes 1 for "1"."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def required(content: Mapping[str, Any], name: str, code: str = "S0002") -> str:
    """The field's text. Raises `No` when it is empty."""
    text = text_of(content.get(name))
    if not text:
        raise No(code, f"必传参数 {name} 为空")
    return text


def choice(content: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    """The field's text, one of `allowed`; `default` where it is left out. Raises `No`."""
    if default is not None and content.get(name) in (None, ""):
        return default
    text = required(content, name)
    if text not in allowed:
        raise No("S0003", f"{name} 取值 {text[:20]} 不在允许范围内")
    return text


def check_order(content: Mapping[str, Any], card: str) -> None:
    """The msgData of a new order by that account. Raises `No`."""
    choice(content, "language", LANGUAGES)
    required(content, "orderId", "6118")
    _check_texts(content, _LONGEST)
    _check_cargo(content)
    contacts_of(content)
    pay = choice(content, "payMethod", ("1", "2", "3"), "1")
    for name in _FLAGS:
        choice(content, name, ("0", "1"), None if name == "isReturnRoutelabel" else "0")
    check_card(content, card, wanted=pay == "3")
    if _number(content.get("expressTypeId", 1)) not in PRODUCTS:
        raise No("8057", "快件产品类别为空或未配置")
    _check_measures(content)
    _check_services(content)
    check_pickup(content)
    if text_of(content.get("isGenWaybillNo", 1)) == "0":
        raise No("8247", "运单号不合法：本账户没有自备号段")


def check_card(content: Mapping[str, Any], card: str, *, wanted: bool = False) -> None:
    """The monthly card, where there is one (or one is wanted). Raises `No`."""
    text = text_of(content.get("monthlyCard"))
    if not text and not wanted:
        return
    if not _CARD.fullmatch(text):
        raise No("6126", "月结卡号必须为 10 位数字")
    if text != card:
        raise No("8119", "月结卡号不存在或已失效")


def check_pickup(content: Mapping[str, Any]) -> None:
    """sendStartTm and its end, where there are any. Raises `No`."""
    extras = content.get("extraInfoList") or []
    if not isinstance(extras, list) or not all(isinstance(one, dict) for one in extras):
        raise No("S0003", "extraInfoList 应为对象列表")
    ends = [one.get("attrVal") for one in extras if one.get("attrName") == "pickupAppointEndTime"]
    for value in (content.get("sendStartTm"), content.get("pickupAppointEndtime"), *ends):
        if value not in (None, "") and not is_time(text_of(value)):
            raise No("S0003", "时间应为 YYYY-MM-DD HH:MM:SS")


def is_time(text: str) -> bool:
    """True for `YYYY-MM-DD HH:MM:SS` of a day that exists."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text, re.ASCII):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_texts(content: Mapping[str, Any], longest: Mapping[str, int]) -> None:
    for name, most in longest.items():
        value = content.get(name)
        if value is not None and not isinstance(value, str):
            raise No("S0003", f"{name} 应为字符串")
        if value is not None and len(value) > most:
            raise No("S0003", f"{name} 超过 {most} 个字符")
        if value is not None and any(ord(sign) < ord(" ") for sign in value):
            raise No("S0003", f"{name} 含有控制字符")


def _check_cargo(content: Mapping[str, Any]) -> None:
    cargo = content.get("cargoDetails")
    if not isinstance(cargo, list) or not cargo or not all(isinstance(one, dict) for one in cargo):
        raise No("S0002", "必传参数 cargoDetails 为空")
    for one in cargo:
        if len(required(one, "name", "1023")) > 128:
            raise No("S0003", "cargoDetails.name 超过 128 个字符")
        if one.get("count") is not None and _number(one["count"]) < 1:
            raise No("S0003", "cargoDetails.count 应为正整数")


def _check_measures(content: Mapping[str, Any]) -> None:
    parcels = _number(content.get("parcelQty", 1))
    if parcels > MOST_PARCELS:
        raise No("8067", f"包裹数不能超过 {MOST_PARCELS}")
    if parcels < 1:
        raise No("S0003", "parcelQty 应为正整数")
    for name in ("totalWeight", "totalLength", "totalWidth", "totalHeight", "totalVolume"):
        value = content.get(name)
        if value is not None and not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,5})?", text_of(value)):
            raise No("6130" if name == "totalVolume" else "S0003", f"{name} 不合法")
    if parcels > 1 and content.get("totalWeight") is None:
        raise No("S0002", "子母件必传 totalWeight")


def _check_services(content: Mapping[str, Any]) -> None:
    services = content.get("serviceList") or []
    if not isinstance(services, list) or not all(isinstance(one, dict) for one in services):
        raise No("S0003", "serviceList 应为对象列表")
    for one in services:
        name = required(one, "name", "6127")
        if name not in ADDED_SERVICES:
            raise No("6128", f"增值服务名 {name[:20]} 不合法")
        if name == "COD" and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text_of(one.get("value"))):
            raise No("6138", "代收货款金额不合法")
        if name == "COD" and text_of(one.get("value")).startswith("-"):
            raise No("6139", "代收货款金额小于 0")


def contacts_of(content: Mapping[str, Any]) -> tuple[Party, Party]:
    """Sender and receiver. Raises `No` with the code of what is missing."""
    rows = content.get("contactInfoList")
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise No("S0002", "必传参数 contactInfoList 为空")
    return _contact(rows, "寄件人"), _contact(rows, "收件人")


def _contact(rows: list[dict[str, Any]], role: str) -> Party:
    kind, no_address, no_contact, no_phone = _ROLES[role]
    row = next((one for one in rows if text_of(one.get("contactType")) == kind), None)
    if row is None:
        raise No("S0002", f"contactInfoList 里没有{role}")
    _check_texts(row, _LONGEST_OF_CONTACT)
    required(row, "country")
    if not text_of(row.get("address")):
        raise No(no_address, f"{role}地址不能为空")
    name = text_of(row.get("contact")) or text_of(row.get("company"))
    if not name:
        raise No(no_contact, f"{role}联系人不能为空")
    mobile, tel = text_of(row.get("mobile")), text_of(row.get("tel"))
    if not mobile and not tel:
        raise No(no_phone, f"{role}电话不能为空")
    if (mobile and not _MOBILE.fullmatch(mobile)) or (tel and not _PHONE.fullmatch(tel)):
        raise No("8196", f"{role}电话数据异常")
    province, city, county, address = (text_of(row.get(part)) for part in ("province", "city", "county", "address"))
    return Party(name, mobile or tel, province, city, county, address, text_of(row.get("postCode")))


def _number(value: object) -> int:
    text = text_of(value)
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) else 0
