"""SF's further services: access token, sub-waybills, address filter, delivery time, cloud print. Values and readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from couriers.adapters.sf_events import read_time
from couriers.adapters.sf_orders import TIME
from couriers.adapters.sf_wire import message_of, open_inner, open_outer, said
from couriers.contract import Garbled, Party, Refused, Reply

PRINT_BATCH = 20


@dataclass(frozen=True)
class Token:
    """An OAuth2 access token and the seconds that it lives."""

    value: str = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True)
class Served:
    """Whether SF serves an address: `verdict` 1 a person checks, 2 yes, 3 no, 4 cannot tell; area codes, SF's words."""

    verdict: str
    origin_code: str
    destination_code: str
    remark: str


@dataclass(frozen=True)
class DeliveryTime:
    """One product's promise: delivered between two aware instants (None when not readable), its price in yuan."""

    product: str
    product_name: str
    earliest: datetime | None
    latest: datetime | None
    fee: Decimal | None


@dataclass(frozen=True)
class PrintedFile:
    """A label file to be fetched with `Sf.ask_file`; the token is good for this file only."""

    waybill_no: str
    page: int
    url: str
    token: str = field(repr=False)


def read_token(reply: Reply) -> Token:
    """The access token. Raises as `open_outer`, `Garbled` when there is no token."""
    envelope = open_outer(reply)
    value, seconds = said(envelope.get("accessToken")), said(envelope.get("expiresIn"))
    if not value or not (seconds.isascii() and seconds.isdigit() and len(seconds) < 10):
        raise Garbled("顺丰的授权应答没有 accessToken 或 expiresIn。", reply.body)
    return Token(value, int(seconds))


def read_served(reply: Reply) -> Served:
    """The verdict of the address filter. Raises `CourierError`."""
    content = message_of(reply)
    verdict = said(content.get("filterResult")) if isinstance(content, dict) else ""
    if verdict not in ("1", "2", "3", "4"):
        raise Garbled("顺丰的筛单应答没有可读的 filterResult。", reply.body)
    return Served(verdict, *(said(content.get(name)) for name in ("originCode", "destCode", "remark")))


def read_delivery_times(reply: Reply, list_name: str, zone: tzinfo) -> tuple[DeliveryTime, ...]:
    """One row for each product, from the list called `list_name` (or a bare list). Raises `CourierError`."""
    content = message_of(reply)
    rows = content.get(list_name) if isinstance(content, dict) else content
    if not isinstance(rows, list):
        raise Garbled(f"顺丰的时效应答里没有列表 {list_name}（设置 COURIER_SF_DELIVERTM_LIST）。", reply.body)
    return tuple(_delivery_time(row, zone) for row in rows if isinstance(row, dict))


def _delivery_time(row: dict[str, Any], zone: tzinfo) -> DeliveryTime:
    first, _, last = said(row.get("deliverTime")).partition(",")
    return DeliveryTime(
        said(row.get("businessType")),
        said(row.get("businessTypeDesc")),
        read_time(first, zone),
        read_time(last or first, zone),
        _yuan(said(row.get("fee"))),
    )


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
    return {
        "templateCode": f"{template}_{partner_id}",
        "version": "2.0",
        "fileType": "pdf",
        "sync": True,
        "documents": [{"masterWaybillNo": number, **({"remark": remark} if remark else {})} for number in waybill_nos],
    }


def read_files(reply: Reply) -> tuple[PrintedFile, ...]:
    """The label files. This answer has its own inner shape: success, errorMessage, obj. Raises `CourierError`."""
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


def _file(row: dict[str, Any]) -> PrintedFile:
    page = said(row.get("pageNo"))
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
    return PrintedFile(said(row.get("waybillNo")), number, said(row.get("url")), said(row.get("token")))


def filter_order(reference: str, monthly_card: str, receiver: Party) -> dict[str, Any]:
    """The msgData of the address filter for one receiver."""
    named = {"tel": receiver.phone, "country": "CN", "province": receiver.province, "city": receiver.city}
    contact = {**named, "county": receiver.county, "address": receiver.address}
    return {"filterType": 1, "orderId": reference, "monthlyCard": monthly_card, "contactInfos": [contact]}


def delivery_time_query(sender: Party, receiver: Party, grams: int, local: datetime) -> dict[str, Any]:
    """The msgData of a delivery-time query with prices; `local` is the hand-over in the courier's zone."""
    return {
        "srcAddress": _place(sender),
        "destAddress": _place(receiver),
        "weight": round(grams / 1000, 3),
        "consignedTime": local.strftime(TIME),
        "searchPrice": "1",
    }


def _place(party: Party) -> dict[str, str]:
    named = {"province": party.province, "city": party.city, "district": party.county, "address": party.address}
    return {name: value for name, value in named.items() if value}
