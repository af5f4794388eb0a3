"""EMS orders: a `BookingRequest` as the order object of 020003, and the `Booking` that its answer carries."""

from __future__ import annotations

import re
from typing import Any

from couriers.adapters.ems_settings import EmsSettings
from couriers.adapters.texts import said
from couriers.contract import Booking, BookingRequest, Party, Refused

TIME = "%Y-%m-%d %H:%M:%S"
_DUPLICATE = re.compile(r"重复|已存在|已下单|duplicat|already", re.IGNORECASE)
_WAYBILL = re.compile(r"[0-9A-Z]{8,30}")
_WAYBILL_IN_WORDS = re.compile(
    r"(?:运单号?|邮件号码?|waybill_?No)\W{0,4}([0-9]{13}|[A-Z]{2}[0-9]{9}[A-Z]{2})(?![0-9A-Z])", re.IGNORECASE
)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_PAYERS = {"sender": "1", "receiver": "2", "third_party": "3"}


def order_of(request: BookingRequest, settings: EmsSettings) -> dict[str, Any]:
    """The order object of 020003; every value is text. Raises `Refused` for what the field rules forbid."""
    local = settings.zone
    window = {
        name: moment.astimezone(local).strftime(TIME)
        for name, moment in (
            ("pickupPreBeginTime", request.pickup_from),
            ("pickupPreEndTime", request.pickup_until),
        )
        if moment is not None
    }
    if not request.reference or request.weight_grams < 1 or request.payer not in _PAYERS:
        raise Refused("FIELD", "订单号、重量（克，至少 1）和付费方（寄方、收方或第三方）必须填写，请补齐后再下单。")
    if request.waybill_no and not _WAYBILL.fullmatch(request.waybill_no):
        raise Refused("FIELD", f"号段里的运单号 {request.waybill_no} 不是 EMS 的写法，请核对后再下单。")
    return {
        "createdTime": request.created_at.astimezone(local).strftime(TIME),
        "ecommerceUserId": request.reference[:49],
        "senderNo": settings.sender_no,
        "logisticsOrderNo": request.reference,
        "batchNo": "",
        "waybillNo": request.waybill_no,
        "oneBillFlag": "0",
        "contentsAttribute": "1",
        "bizProductNo": settings.product,
        "weight": str(request.weight_grams),
        "cargos": [{"cargoName": "文件", "cargoQuantity": str(request.contents_count)}],
        "insuranceFlag": "1",
        "deliverType": "2",  # to the door: an original must not wait in a box
        "pickupType": "1",
        **window,
        "paymentMode": _PAYERS[request.payer],
        "codFlag": "9",
        "receiptFlag": "1",
        "valuableFlag": "0",
        "remarks": request.note,
        "sender": _party(request.sender, "寄件人"),
        "receiver": _party(request.receiver, "收件人"),
    }


def _party(party: Party, role: str) -> dict[str, str]:
    wanted = {"姓名": party.name, "电话": party.phone, "省": party.province, "市": party.city, "地址": party.address}
    missing = "、".join(label for label, value in wanted.items() if not value.strip())
    if missing:
        raise Refused("FIELD", f"{role}缺少{missing}，EMS 不受理；请补齐后再下单。")
    number = re.sub(r"[\s-]", "", party.phone)
    mobile = bool(_MOBILE.fullmatch(number))
    return {
        "name": party.name,
        "postCode": party.postcode,
        "phone": "" if mobile else party.phone.strip(),
        "mobile": number[-11:] if mobile else "",
        "prov": party.province,
        "city": party.city,
        "county": party.county,
        "address": party.address,
    }


def booking_in(body: object) -> Booking | None:
    """The booking of an order's `retBody`; None when there is no waybill number in it."""
    if not isinstance(body, dict):
        return None
    names = ("waybillNo", "routeCode", "packageCode", "packageCodeName", "markDestinationCode", "markDestinationName")
    booking = Booking(*(said(body.get(name)) for name in names))
    return booking if _WAYBILL.fullmatch(booking.waybill_no) else None


def first_booking(envelope: dict[str, Any], body: object) -> Booking | None:
    """The booking that a refusal "this order exists" carries; None when it is another refusal or names no waybill."""
    words = " ".join((said(envelope.get("retMsg")), said(body)))
    if isinstance(body, dict):
        words = " ".join((words, said(body.get("reason")), said(body.get("errorMsg"))))
    if not _DUPLICATE.search(words):
        return None
    named = _WAYBILL_IN_WORDS.search(words)
    return booking_in(body) or (Booking(named[1]) if named else None)
