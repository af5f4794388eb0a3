"""SF's further services: access token, address filter, delivery time and price, cloud print. Contents and readers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from couriers.adapters.sf_events import read_time
from couriers.adapters.sf_orders import TIME, UNSERVED, fitting
from couriers.adapters.sf_wire import message_of, open_inner, open_outer
from couriers.adapters.texts import said
from couriers.contract import BookingRequest, Garbled, LabelFile, Party, Quote, Refused, Reply, Scope

PRINT_BATCH = 20
PDF = "application/pdf"
_VERDICTS = {"1": None, "2": True, "3": False, "4": None}
_UNDECIDED = {"1": "须由顺丰人工确认", "4": "顺丰无法判断"}


@dataclass(frozen=True)
class Token:
    """An OAuth2 access token and the seconds that it lives."""

    value: str = field(repr=False)
    expires_in_seconds: int


def read_token(reply: Reply) -> Token:
    """The access token. Raises as `open_outer`, `Garbled` when there is no token."""
    envelope = open_outer(reply)
    value, seconds = said(envelope.get("accessToken")), said(envelope.get("expiresIn"))
    if not value or not (seconds.isascii() and seconds.isdigit() and len(seconds) < 10):
        raise Garbled("顺丰的授权应答没有 accessToken 或 expiresIn。", reply.body)
    return Token(value, int(seconds))


def scope_query(monthly_card: str, party: Party) -> dict[str, Any]:
    """The msgData of the address filter for one address, decided by SF's system alone (filterType 1).

    SF wants an order number here too; it stands for no order, and one address has always the same.
    """
    named = {"tel": party.phone, "country": "CN", "province": party.province, "city": party.city}
    contact = {**named, "county": party.county, "address": party.address}
    number = uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(("scope", *contact.values()))).hex.upper()
    return {
        "filterType": 1,
        "orderId": f"SCOPE-{number}",
        "monthlyCard": monthly_card,
        "contactInfos": [{name: value for name, value in contact.items() if value}],
    }


def read_scope(reply: Reply) -> Scope:
    """The filter's verdict: 2 serves, 3 does not, 1 (a person looks) and 4 cannot tell. Raises `CourierError`."""
    content = message_of(reply)
    verdict = said(content.get("filterResult")) if isinstance(content, dict) else ""
    if verdict not in _VERDICTS:
        raise Garbled("顺丰的筛单应答没有可读的 filterResult。", reply.body)
    remark = said(content.get("remark"))
    words = UNSERVED.get(remark, remark) if verdict == "3" else _UNDECIDED.get(verdict, "")
    return Scope(_VERDICTS[verdict], words[:200])


def quote_query(request: BookingRequest, at: datetime, zone: tzinfo) -> dict[str, Any]:
    """The msgData of a delivery-time query with prices, handed over at the pick-up's beginning or else at `at`."""
    return {
        "srcAddress": _place(request.sender),
        "destAddress": _place(request.receiver),
        "weight": round(request.weight_grams / 1000, 3),
        "consignedTime": (request.pickup_from or at).astimezone(zone).strftime(TIME),
        "searchPrice": "1",
    }


def _place(party: Party) -> dict[str, str]:
    named = {"province": party.province, "city": party.city, "district": party.county, "address": party.address}
    return {name: value for name, value in named.items() if value}


def read_quotes(reply: Reply, list_name: str, zone: tzinfo) -> tuple[Quote, ...]:
    """One quote for each product, from the list called `list_name` (or a bare list). Raises `CourierError`."""
    content = message_of(reply)
    rows = content.get(list_name) if isinstance(content, dict) else content
    if not isinstance(rows, list):
        raise Garbled(f"顺丰的时效应答里没有列表 {list_name}（设置 COURIER_SF_DELIVERTM_LIST）。", reply.body)
    return tuple(_quote(row, zone) for row in rows if isinstance(row, dict))


def _quote(row: dict[str, Any], zone: tzinfo) -> Quote:
    """deliverTime is "start,end": what is promised is the end."""
    first, _, last = said(row.get("deliverTime")).partition(",")
    product, name = said(row.get("businessType")), said(row.get("businessTypeDesc"))
    return Quote(product, name, _yuan(said(row.get("fee"))), read_time(last or first, zone))


def _yuan(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def print_order(partner_id: str, template: str, waybill_nos: Sequence[str], remark: str) -> dict[str, Any]:
    """The msgData of a cloud print as PDF; `template` is "fm_150_standard", "fm_76130_standard" and the like."""
    if not 1 <= len(waybill_nos) <= PRINT_BATCH:
        raise Refused("FIELD", f"云打印一次须为 1 至 {PRINT_BATCH} 个运单号，请分批。")
    numbers = [fitting(number, 30, "运单号", wanted=True) for number in waybill_nos]
    return {
        "templateCode": f"{template}_{partner_id}",
        "version": "2.0",
        "fileType": "pdf",
        "sync": True,
        "documents": [{"masterWaybillNo": number, **({"remark": remark} if remark else {})} for number in numbers],
    }


def read_labels(reply: Reply) -> tuple[LabelFile, ...]:
    """Where the label files are, in SF's order, each with the token that opens it.

    This answer has its own inner shape: success, errorMessage, obj. Raises `CourierError`.
    """
    body = open_inner(reply)
    if body.get("success") is False:
        raise Refused("PRINT", said(body.get("errorMessage")) or "顺丰没有说明原因。")
    shell = body.get("obj")
    files = shell.get("files") if isinstance(shell, dict) else None
    rows = [row for row in files if isinstance(row, dict)] if isinstance(files, list) else []
    found = tuple(_file(row) for row in rows if said(row.get("url")).startswith(("https://", "http://")))
    if body.get("success") is not True or not found:
        raise Garbled("顺丰的云打印应答里没有面单文件。", reply.body)
    return found


def _file(row: dict[str, Any]) -> LabelFile:
    return LabelFile(said(row.get("waybillNo")), PDF, url=said(row.get("url")), token=said(row.get("token")))
