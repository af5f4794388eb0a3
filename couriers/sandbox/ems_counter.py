"""What EMS's desk answers besides orders and tracking: labels, pick-up scope, postage, quotes, address parsing.

Some answers follow rules of play, since the real ones are not published: prices (`_fee`), and scope by words in the
address (范围外: out of scope, 无结果: no result, 无频次: no collection times kept).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from couriers.sandbox.account import Account
from couriers.sandbox.ems_rules import PRODUCTS, No, fields_fault
from couriers.sandbox.label_pdf import label_pdf
from couriers.sandbox.scans import Order

CODE = "ems"
LABELS = "/amp-prod-api/f/amp/label/"
_SIZES = {"129": (76, 129), "149": (76, 149), "179": (100, 180)}
_OUTSIDE = ("香港", "澳门", "台湾")
_SPECIAL = {"范围外": 1, "无结果": 8, "无频次": 10}
# GB/T 2260 codes of the provinces, by the beginning of their names.
_PROVINCES = {
    "北京": "11", "天津": "12", "河北": "13", "山西": "14", "内蒙古": "15",
    "辽宁": "21", "吉林": "22", "黑龙江": "23",
    "上海": "31", "江苏": "32", "浙江": "33", "安徽": "34", "福建": "35", "江西": "36", "山东": "37",
    "河南": "41", "湖北": "42", "湖南": "43", "广东": "44", "广西": "45", "海南": "46",
    "重庆": "50", "四川": "51", "贵州": "52", "云南": "53", "西藏": "54",
    "陕西": "61", "甘肃": "62", "青海": "63", "宁夏": "64", "新疆": "65",
    "台湾": "71",
    "香港": "81", "澳门": "82",
}  # fmt: skip
_ADDRESS = re.compile(
    r"(?P<prov>[^省区市]{2,8}?(?:省|自治区|特别行政区)|(?:北京|天津|上海|重庆)市)?"
    r"(?P<city>[^省市州盟]{1,10}?(?:市|自治州|地区|盟))?"
    r"(?P<county>[^区县市旗]{1,10}?(?:区|县|市|旗))?"
    r"(?P<address>.*)"
)


def label(body: Any, account: Account, root: str, sign_key: str) -> str:
    """010004: Base64 text of a PDF, or the address of one when getURL is 1."""
    if fault := fields_fault(body, ("waybillNo", "type")):
        raise No("B0001", fault)
    if body["type"] not in _SIZES or any(body.get(name, "0") not in ("", "0", "1") for name in ("getURL", "isReturn")):
        raise No("B0001", "type 应为 129、149 或 179，getURL 与 isReturn 应为 0 或 1")
    order = account.parcel(body["waybillNo"], CODE)
    if order is None or order.account != account.code:
        raise No("B0003", "订单不存在")
    if order.cancelled:
        raise No("B0005", "该订单已撤单")
    name = f"{order.waybill_no}-{body['type']}-{body.get('isReturn') or '0'}"
    if body.get("getURL") == "1":
        return f"{root}{LABELS}{name}-{_seal(name, sign_key)}.pdf"
    return base64.b64encode(_sheet(name)).decode("ascii")


def label_file(path: str, sign_key: str) -> bytes | None:
    """The PDF that a label's address leads to, None for an address that the desk never gave out."""
    name, _, seal = path.removeprefix(LABELS).removesuffix(".pdf").rpartition("-")
    return _sheet(name) if hmac.compare_digest(seal.encode(), _seal(name, sign_key).encode()) else None


def _seal(name: str, sign_key: str) -> str:
    return hmac.new(sign_key.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]


def _sheet(name: str) -> bytes:
    waybill_no, kind, is_return = name.split("-")
    lines = (waybill_no, "EMS SANDBOX - NOT A REAL LABEL", *(("RETURN",) if is_return == "1" else ()))
    return label_pdf(*_SIZES[kind], lines)


def scope(body: Any, sender_no: str) -> object:
    """030005: the status of an address, by its table."""
    if fault := fields_fault(body, ("address", "prov", "city", "county", "type", "senderNo")):
        raise No("B0001", fault)
    if not isinstance(body.get("bizProductNo"), str):
        raise No("B0001", "bizProductNo 不能为空")
    if body["senderNo"] != sender_no:
        raise No("B0001", "senderNo 与协议客户号不一致")
    return {"status": _scope_status(body)}


def _scope_status(body: Mapping[str, str]) -> int:
    special = next((status for words, status in _SPECIAL.items() if words in body["address"]), None)
    if body["type"] not in ("1", "2", "3"):
        return 2
    if not body["bizProductNo"]:
        return 3
    if body["bizProductNo"] not in PRODUCTS:
        return 4
    if special is not None:
        return special
    if body["prov"].startswith(_OUTSIDE):
        return 1
    return 0 if len(body["address"].strip()) >= 4 else 9


def postage(body: Any, account: Account) -> object:
    """050001: what an order cost once it was taken in: yuan and grams, as text."""
    if fault := fields_fault(body, ("logisticsOrderNo", "waybillNo")):
        raise No("B0001", fault)
    order = account.order(body["logisticsOrderNo"])
    if order is None or order.waybill_no != body["waybillNo"]:
        raise No("B0003", "订单不存在")
    if not account.picked_up(order):
        raise No("B0007", "邮件尚未收寄，没有资费")
    weight = _weight(order)
    fee = _fee(weight, order.sender.province == order.receiver.province)
    return {"postageTotal": str(fee), "realWeight": str(weight)}


def quote(body: Any) -> object:
    """050005: what a consignment would cost, in yuan as text."""
    if fault := fields_fault(body, ("productCode", "weight")):
        raise No("B0001", fault)
    if not re.fullmatch(r"[0-9]{15}", body["productCode"]) or not re.fullmatch(r"[1-9][0-9]{0,6}", body["weight"]):
        raise No("B0001", "productCode 应为 15 位数字，weight 应为克数")
    for name in ("senderInfo", "receiveInfo"):
        if fault := fields_fault(body.get(name), ("prov", "city")):
            raise No("B0001", f"{name}：{fault}")
    fee = _fee(int(body["weight"]), body["senderInfo"]["prov"] == body["receiveInfo"]["prov"])
    reduced = (fee * Decimal("0.9")).quantize(Decimal("0.01"))
    return {"totalFee": str(fee), "realFee": str(reduced), "standardFee": str(fee)}


def _fee(grams: int, near: bool) -> Decimal:
    """A rule of play: the first 500 g, and every further 500 g begun, dearer into another province."""
    first, further = (Decimal(12), Decimal(2)) if near else (Decimal(20), Decimal(6))
    return (first + further * max(0, -(-(grams - 500) // 500))).quantize(Decimal("0.01"))


def _weight(order: Order) -> int:
    return int(Decimal(order.body.get("weight") or 100))


def parsed(body: Any) -> object:
    """060001: each whole address taken apart; codes only of provinces, "" where nothing was found."""
    if not isinstance(body, list) or not 0 < len(body) <= 100:
        raise No("B0001", "报文应为 1 至 100 个地址的数组")
    for item in body:
        if fault := fields_fault(item, ("wholeAddress",)):
            raise No("B0001", fault)
    return [_parts(item["wholeAddress"]) for item in body]


def _parts(whole: str) -> dict[str, str]:
    match = _ADDRESS.fullmatch("".join(whole.split()))
    found = {name: value or "" for name, value in match.groupdict().items()} if match else {"address": whole}
    province = found.get("prov", "")
    if province.endswith("市"):  # a municipality is its own city
        found["city"] = found["city"] or province
    code = next((number for name, number in _PROVINCES.items() if province.startswith(name)), "")
    return {
        "prov": province,
        "city": found.get("city", ""),
        "county": found.get("county", ""),
        "address": found["address"],
        "proCode": f"{code}0000" if code else "",
        "cityCode": "",
        "countyCode": "",
        "districtCode": "",
    }
