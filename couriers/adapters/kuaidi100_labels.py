"""电子面单 V2 of 快递100: an order's `param`, a cancellation's, and what the answers carry.

Twice the same `orderId` is one order only with `reorder` false and only for 48 hours; after that every call makes a new
one, so an order older than that is not asked for again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from couriers.adapters.kuaidi100_wire import denied, granted, opened_object, said
from couriers.contract import Booking, BookingRequest, Garbled, Party, Refused, Reply

REMEMBERED = timedelta(hours=48)
_PAYERS = {"sender": "MONTHLY", "receiver": "CONSIGNEE", "third_party": "THIRDPARTY"}
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_WAYBILL = re.compile(r"[0-9A-Z][0-9A-Z-]{5,31}")


@dataclass(frozen=True)
class Account:
    """The agency's own account at the carrier, in the order's field names. Fields left "" are not sent."""

    partner_id: str = ""
    partner_key: str = field(default="", repr=False)
    partner_secret: str = field(default="", repr=False)
    partner_name: str = ""
    net: str = ""
    partner_code: str = ""
    check_man: str = ""

    def fields(self) -> dict[str, str]:
        """The fields of `param` that name this account."""
        named = {
            "partnerId": self.partner_id,
            "partnerKey": self.partner_key,
            "partnerSecret": self.partner_secret,
            "partnerName": self.partner_name,
            "net": self.net,
            "code": self.partner_code,
            "checkMan": self.check_man,
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Label:
    """What an order's answer has beyond the booking: `link` to the drawn label, the carrier's own order number."""

    task_id: str
    link: str
    carrier_order_no: str
    child_waybills: tuple[str, ...]
    return_waybill: str


def order_of(request: BookingRequest, at: datetime, account: Account, carrier: str, service: str) -> dict[str, Any]:
    """The `param` of an order. Raises `Refused` for what the field rules forbid, and when a repeat would double."""
    if not request.reference or request.weight_grams < 1 or request.payer not in _PAYERS:
        raise Refused("FIELD", "订单号、重量（克，至少 1）和付费方（寄方、收方或第三方）必须填写，请补齐后再下单。")
    if at - request.created_at >= REMEMBERED:
        raise Refused(
            "48H",
            "首次下单已超过 48 小时，快递100 已不认得原订单号，重发会另生一单；请先向其核实有无运单，再换单寄送。",
        )
    window = {
        name: int(moment.timestamp() * 1000)
        for name, moment in (("startGotTime", request.pickup_from), ("endGotTime", request.pickup_until))
        if moment is not None
    }
    return {
        "printType": "NON",  # we draw the label ourselves
        **account.fields(),
        "kuaidicom": carrier,
        "recMan": _party(request.receiver, "收件人"),
        "sendMan": _party(request.sender, "寄件人"),
        "cargo": "文件",
        "count": 1,
        "weight": request.weight_grams / 1000,
        "payType": _PAYERS[request.payer],
        "expType": service,
        "remark": request.note,
        **window,
        "orderId": request.reference,
        "reorder": False,
    }


def _party(party: Party, role: str) -> dict[str, str]:
    wanted = {"姓名": party.name, "电话": party.phone, "省": party.province, "市": party.city, "地址": party.address}
    missing = "、".join(label for label, value in wanted.items() if not value.strip())
    if missing:
        raise Refused("FIELD", f"{role}缺少{missing}，快递100 不受理；请补齐后再下单。")
    number = re.sub(r"[\s-]", "", party.phone)
    telephone = {"mobile": number[-11:]} if _MOBILE.fullmatch(number) else {"tel": party.phone.strip()}
    address = f"{party.province}{party.city}{party.county}{party.address}"
    return {"name": party.name, **telephone, "printAddr": address}


def cancel_of(
    waybill_no: str, order_no: str, reason: str, account: Account, carrier: str, service: str
) -> dict[str, str]:
    """The `param` of a cancellation; `order_no` is the carrier's, which repeats ours."""
    return {
        **account.fields(),
        "kuaidicom": carrier,
        "kuaidinum": waybill_no,
        "orderId": order_no,
        "reason": reason,
        "expType": service,
    }


def accepted(reply: Reply) -> dict[str, Any]:
    """The answer of the label interface when it says yes. Raises `Refused` for any code but 200, `Garbled`, `Busy`."""
    answer = opened_object(reply)
    code = said(answer.get("code")) or said(answer.get("returnCode"))
    if not code:
        raise Garbled("快递100 的面单应答没有 code，无法判断是否受理。", reply.body)
    if code != "200":
        raise Refused(code, said(answer.get("message")) or "快递100 没有说明原因。")
    flag = answer.get("success", answer.get("result"))
    if denied(flag) or not granted(flag):
        raise Garbled("快递100 的面单应答自相矛盾：code 为 200 而 success 不为是。", reply.body)
    return answer


def booking_in(reply: Reply) -> tuple[Booking, Label]:
    """The booking and the label's particulars of an order's answer. Raises as `accepted`."""
    data = accepted(reply).get("data")
    texts = {name: said(value) for name, value in data.items()} if isinstance(data, dict) else {}
    number = texts.get("kuaidinum", "")
    if not _WAYBILL.fullmatch(number):
        raise Garbled("快递100 说下单成功，却没有给出运单号；请以同一订单号再查。", reply.body)
    booking = Booking(
        number,
        route_code=texts.get("bulkpen", ""),
        package_code=texts.get("pkgCode", ""),
        package_name=texts.get("pkgName", ""),
        destination_code=texts.get("destSortingCode") or texts.get("destCode", ""),
        destination_name=texts.get("destSortingName") or texts.get("destName", ""),
    )
    label = Label(
        task_id=texts.get("taskId", ""),
        link=texts.get("label", ""),
        carrier_order_no=texts.get("kdComOrderNum", ""),
        child_waybills=tuple(child.strip() for child in texts.get("childNum", "").split(",") if child.strip()),
        return_waybill=texts.get("returnNum", ""),
    )
    return booking, label
