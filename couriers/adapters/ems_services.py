"""What EMS can be asked besides: label 010004, scope 030005, postage 050001 and 050005, address parsing 060001.

Bodies as public integrations show them; the shape of senderInfo and receiveInfo, and the unit of the
amounts (yuan) are inferred.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from couriers.adapters.ems_settings import EmsSettings
from couriers.adapters.ems_wire import open_reply, refusal, succeeded
from couriers.adapters.texts import said
from couriers.contract import (
    AddressParts,
    BookingRequest,
    Busy,
    Garbled,
    LabelFile,
    Party,
    Quote,
    Refused,
    Reply,
    Scope,
)

TEMPLATES = ("129", "149", "179")  # millimetres: 76 by 129 (head office), 76 by 149, 100 by 180
_FLAGS = ("0", "1")
_PDF = b"%PDF-"
# status of 030005: what it says, and what it comes to
_SERVED = {"0": "在揽收范围内", "1": "不在揽收范围内"}
_CANNOT_TELL = {"8": "没有判断结果", "9": "地址不够详细", "10": "该地没有维护揽收频次"}
_ILL_ASKED = {"2": "参数不能解析", "3": "产品代码为空", "4": "产品代码不合法"}
_TROUBLE = {"6": "服务异常", "7": "读取参数失败"}
_MOST_YUAN = Decimal(10_000_000)


@dataclass(frozen=True)
class Postage:
    """What a finished consignment cost: yuan, and the weight in grams that it was charged for; None where not said."""

    yuan: Decimal | None
    charged_grams: Decimal | None


def label_body(waybill_no: str, template: str, as_url: str, is_return: str) -> dict[str, str]:
    """The body of 010004. Raises `Refused` for a template or a flag that EMS does not have."""
    if template not in TEMPLATES or as_url not in _FLAGS or is_return not in _FLAGS:
        raise Refused("FIELD", "面单模板应是 129、149 或 179，取网址与反向面单应是 0（否）或 1（是）；请改正后再取。")
    return {"waybillNo": waybill_no, "type": template, "getURL": as_url, "isReturn": is_return}


def read_label(reply: Reply) -> LabelFile:
    """The label's bytes, or its address where the answer is one; its number stands only in the question."""
    body = _success(reply)
    text = said(body)
    if text.startswith(("https://", "http://")) and text.isprintable() and " " not in text:
        return LabelFile("", "application/pdf", url=text)
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as e:
        raise Garbled("EMS 的面单既不是网址，也不是 Base64 文本。", reply.body) from e
    if not content.startswith(_PDF):
        raise Garbled("EMS 的面单不是 PDF 文件。", reply.body)
    return LabelFile("", "application/pdf", content)


def scope_body(party: Party, settings: EmsSettings) -> dict[str, str]:
    """The body of 030005 for one address."""
    return {
        "address": party.address,
        "prov": party.province,
        "city": party.city,
        "county": party.county,
        "bizProductNo": settings.product,
        "type": settings.scope_type,
        "senderNo": settings.sender_no,
    }


def read_scope(reply: Reply) -> Scope:
    """Served, not served, or not to be told. A status in no table is `Garbled`."""
    body = _success(reply)
    status = said(body.get("status") if isinstance(body, dict) else body)
    if status in _SERVED:
        return Scope(status == "0", _SERVED[status])
    if status in _CANNOT_TELL:
        return Scope(None, _CANNOT_TELL[status])
    if status in _ILL_ASKED:
        raise Refused(status, f"{_ILL_ASKED[status]}；请核对地址与产品代码后再查。")
    if status in _TROUBLE:
        raise Busy(f"EMS 揽收范围查询暂时不可用（{_TROUBLE[status]}），稍后重试。")
    raise Garbled("EMS 的揽收范围应答里没有认识的 status。", reply.body)


def quote_body(request: BookingRequest, settings: EmsSettings) -> dict[str, Any]:
    """The body of 050005. Raises `Refused` without a weight."""
    if request.weight_grams < 1:
        raise Refused("FIELD", "估算资费要有重量（克，至少 1），请补齐后再算。")
    return {
        "productCode": settings.quote_product,
        "weight": str(request.weight_grams),
        "senderInfo": _place(request.sender),
        "receiveInfo": _place(request.receiver),
    }


def read_quotes(reply: Reply, settings: EmsSettings) -> tuple[Quote, ...]:
    """One quote, of what would really be paid (realFee), else the total, else the standard price."""
    body = _object(_success(reply), reply)
    amounts = (_amount(body.get(name), reply) for name in ("realFee", "totalFee", "standardFee"))
    yuan = next((amount for amount in amounts if amount is not None), None)
    return (Quote(settings.quote_product, said(body.get("productName")), yuan),)


def read_postage(reply: Reply) -> Postage:
    """The postage of a finished consignment."""
    body = _object(_success(reply), reply)
    return Postage(_amount(body.get("postageTotal"), reply), _amount(body.get("realWeight"), reply))


def read_address(reply: Reply) -> AddressParts:
    """The one address that was asked for, taken apart; all "" when EMS found nothing in it."""
    body = _success(reply)
    items = body if isinstance(body, list) else [body] if isinstance(body, dict) else []
    if len(items) > 1 or not all(isinstance(item, dict) for item in items) or (body and not items):
        raise Garbled("EMS 的地址解析应答不是一个地址。", reply.body)
    found = items[0] if items else {}
    province, city, county, address = (said(found.get(name)) for name in ("prov", "city", "county", "address"))
    codes = (said(found.get(name)) for name in ("countyCode", "cityCode", "proCode"))
    return AddressParts(province, city, county, address, next((code for code in codes if code), ""))


def _success(reply: Reply) -> Any:
    envelope, body = open_reply(reply)
    if not succeeded(envelope, body):
        raise refusal(envelope, body)
    return body


def _object(body: object, reply: Reply) -> dict[str, Any]:
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, dict):
        raise Garbled("EMS 的应答里没有资费内容。", reply.body)
    return body


def _place(party: Party) -> dict[str, str]:
    return {"prov": party.province, "city": party.city, "county": party.county, "address": party.address}


def _amount(value: object, reply: Reply) -> Decimal | None:
    text = said(value)
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as e:
        raise Garbled("EMS 应答里的金额或重量不是数字。", reply.body) from e
    if not amount.is_finite() or not 0 <= amount <= _MOST_YUAN:
        raise Garbled("EMS 应答里的金额或重量不合理。", reply.body)
    return amount
