"""电子面单 V2 of 快递100: an order's `param`, a cancellation's, and what the answers carry.

Twice the same `orderId` is one order only with `reorder` false and only for 48 hours after the first success; after
that every call makes a new one. Only who sends can know when it first sent: see `REMEMBERED`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from couriers.adapters.kuaidi100_wire import denied, granted, opened_object
from couriers.adapters.texts import said
from couriers.contract import Booking, BookingRequest, Garbled, LabelFile, Party, Refused, Reply

REMEMBERED = timedelta(hours=48)
_PAYERS = {"sender": "MONTHLY", "receiver": "CONSIGNEE", "third_party": "THIRDPARTY"}
_ROLES = ("sender", "receiver")
_MOMENTS = ("created_at", "pickup_from", "pickup_until")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_IMAGE = "image/png"  # of printType IMAGE (inferred)
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
class Particulars:
    """What an order's answer has beyond the booking: `link` to the drawn label, the carrier's own order number."""

    task_id: str
    link: str
    carrier_order_no: str
    child_waybills: tuple[str, ...]
    return_waybill: str


def order_of(
    request: BookingRequest, account: Account, carrier: str, service: str, template: str = ""
) -> dict[str, Any]:
    """The `param` of an order, with a label drawn by 快递100 when a template is named.

    Raises `Refused` for what the field rules forbid.
    """
    if not request.reference or request.weight_grams < 1 or request.payer not in _PAYERS:
        raise Refused("FIELD", "订单号、重量（克，至少 1）和付费方（寄方、收方或第三方）必须填写，请补齐后再下单。")
    window = {
        name: int(moment.timestamp() * 1000)
        for name, moment in (("startGotTime", request.pickup_from), ("endGotTime", request.pickup_until))
        if moment is not None
    }
    return {
        **({"printType": "IMAGE", "tempId": template} if template else {"printType": "NON"}),
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


def request_in(fields: object, at: datetime) -> BookingRequest:
    """The request of a plain object in our words; `created_at` is `at` when it says none. Raises `Refused`."""
    try:
        given = dict(fields) if isinstance(fields, Mapping) else {}
        parties = {role: Party(**{name: str(text) for name, text in given.pop(role).items()}) for role in _ROLES}
        moments = {name: datetime.fromisoformat(given.pop(name)) for name in _MOMENTS if given.get(name)}
        return BookingRequest(**{"created_at": at, **given, **parties, **moments})
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise Refused("FIELD", f"订单文件的内容不对（{e}）；所需的项见 courier-call --help，请改正后再试。") from e


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


def booking_in(reply: Reply) -> tuple[Booking, Particulars]:
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
    particulars = Particulars(
        task_id=texts.get("taskId", ""),
        link=texts.get("label", ""),
        carrier_order_no=texts.get("kdComOrderNum", ""),
        child_waybills=tuple(child.strip() for child in texts.get("childNum", "").split(",") if child.strip()),
        return_waybill=texts.get("returnNum", ""),
    )
    return booking, particulars


def label_in(reply: Reply) -> LabelFile:
    """Where 快递100 keeps the label that it drew of an order. Raises as `accepted`; `Refused` when it drew none."""
    booking, particulars = booking_in(reply)
    if not particulars.link:
        raise Refused(
            "NO_LABEL", "快递100 没有给出面单：首次下单时未要求出图，重复下单只返回首次的结果；请打印本方的面单。"
        )
    return LabelFile(booking.waybill_no, _IMAGE, url=particulars.link)
