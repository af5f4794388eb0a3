"""快递鸟 label orders (电子面单): a `BookingRequest` as RequestData of 1007, and the `Booking` in its answer."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import Any

from couriers.adapters.kdniao_settings import KdniaoSettings
from couriers.adapters.kdniao_wire import DUPLICATE
from couriers.adapters.texts import said
from couriers.contract import Booking, BookingRequest, LabelFile, Party, Refused

TIME = "%Y-%m-%d %H:%M:%S"
_WAYBILL = re.compile(r"[0-9A-Za-z-]{6,40}")
_WAYBILL_IN_WORDS = re.compile(r"(?:运单号?|快递单号|邮件号码?|LogisticCode)\W{0,4}([0-9A-Za-z]{8,30})(?![0-9A-Za-z])")
# 106, and those of the 105 whose words say the same
_DUPLICATE_WORDS = re.compile(r"订单号?已存在|订单号?重复|已下单")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_PAY_NOW, _PAY_MONTHLY = 1, 3
_OTHER_PAYERS = {"receiver": 2, "third_party": 4}
_POSTCODE_WANTED = frozenset({"EMS", "YZPY"})


def order_of(request: BookingRequest, settings: KdniaoSettings) -> dict[str, Any]:
    """The RequestData of 1007. Raises `Refused` for what the field rules forbid."""
    if not request.reference or request.weight_grams < 1 or request.contents_count < 1:
        raise Refused("FIELD", "订单号、重量（克，至少 1）和件内份数（至少 1）必须填写，请补齐后再下单。")
    monthly = bool(settings.customer_name or settings.month_code)
    pay_type = {**_OTHER_PAYERS, "sender": _PAY_MONTHLY if monthly else _PAY_NOW}.get(request.payer)
    if pay_type is None:
        raise Refused("FIELD", "付费方只能是寄方、收方或第三方，请改正后再下单。")
    return {
        "OrderCode": request.reference,
        "ShipperCode": settings.shipper,
        **settings.account,
        **({"MonthCode": settings.month_code} if settings.month_code else {}),
        "PayType": pay_type,
        "ExpType": settings.exp_type,
        "Quantity": 1,
        "Sender": _party(request.sender, "寄件人", settings.shipper),
        "Receiver": _party(request.receiver, "收件人", settings.shipper),
        "Commodity": [{"GoodsName": "文件", "Goodsquantity": request.contents_count}],
        "Weight": request.weight_grams / 1000,
        **_pickup(request, settings.zone),
        **({"Remark": request.note} if request.note else {}),
        "IsReturnPrintTemplate": "0",  # the label is drawn by us
    }


def _pickup(request: BookingRequest, zone: tzinfo) -> dict[str, Any]:
    """0 calls the courier, 1 does not: we call where a time for it was agreed."""
    moments: dict[str, datetime | None] = {"StartDate": request.pickup_from, "EndDate": request.pickup_until}
    window = {name: when.astimezone(zone).strftime(TIME) for name, when in moments.items() if when is not None}
    return {"IsNotice": 0 if window else 1, **window}


def _party(party: Party, role: str, shipper: str) -> dict[str, str]:
    wanted = {
        "姓名": party.name,
        "电话": party.phone,
        "省": party.province,
        "市": party.city,
        "区县": party.county,
        "地址": party.address,
    }
    if shipper in _POSTCODE_WANTED:
        wanted["邮政编码"] = party.postcode
    missing = "、".join(label for label, value in wanted.items() if not value.strip())
    if missing:
        raise Refused("FIELD", f"{role}缺少{missing}，快递鸟不受理；请补齐后再下单。")
    number = re.sub(r"[\s-]", "", party.phone)
    phone = {"Mobile": number[-11:]} if _MOBILE.fullmatch(number) else {"Tel": party.phone.strip()}
    return {
        "Name": party.name,
        **phone,
        **({"PostCode": party.postcode} if party.postcode else {}),
        "ProvinceName": party.province,
        "CityName": party.city,
        "ExpAreaName": party.county,
        "Address": party.address,
    }


def booking_in(answer: dict[str, Any]) -> Booking | None:
    """The booking of an answer's `Order`; None when there is no waybill number in it."""
    order = answer.get("Order")
    if not isinstance(order, dict):
        return None
    names = ("LogisticCode", "MarkDestination", "PackageCode", "PackageName", "DestinatioCode", "DestinatioName")
    booking = Booking(*(said(order.get(name)) for name in names))
    return booking if _WAYBILL.fullmatch(booking.waybill_no) else None


def first_booking(answer: dict[str, Any]) -> Booking | None:
    """The first label that a refusal "this order exists" gives again (that it always does is not confirmed).

    None when it is another refusal, or names no waybill.
    """
    words = said(answer.get("Reason"))
    if said(answer.get("ResultCode")) != DUPLICATE and not _DUPLICATE_WORDS.search(words):
        return None
    named = _WAYBILL_IN_WORDS.search(words)
    return booking_in(answer) or (Booking(named[1]) if named else None)


def label_in(answer: dict[str, Any]) -> LabelFile | None:
    """The HTML label of a first or a repeated order; None when it, or the number it belongs to, is not there."""
    booking, html = booking_in(answer), answer.get("PrintTemplate")
    if booking is None or not isinstance(html, str) or not html.strip():
        return None
    return LabelFile(booking.waybill_no, "text/html", html.encode("utf-8", "replace"))
