"""SF orders: a `BookingRequest` as the msgData of EXP_RECE_CREATE_ORDER, and the `Booking` that its answer carries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from couriers.adapters.sf_wire import Auth, DigestMode
from couriers.adapters.texts import said
from couriers.contract import Booking, BookingRequest, Busy, Garbled, Party, Refused

TIME = "%Y-%m-%d %H:%M:%S"
LANGUAGE = "zh-CN"
ROUTE_BATCH = 10
_WAYBILL = re.compile(r"[0-9A-Z]{8,30}")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}", re.ASCII)
_PAYERS = {"sender": 1, "receiver": 2, "third_party": 3}
_LONGEST = {"company": 100, "contact": 100, "tel": 20, "mobile": 20, "province": 30, "city": 100, "county": 30}
_LONGEST |= {"address": 200, "postCode": 25}
UNSERVED = {"1": "收方超出服务范围", "2": "寄方超出服务范围", "3": "其他原因"}


@dataclass(frozen=True)
class SfSettings:
    """One customer's access to 丰桥. `checkword` and `push_token` are secrets and stay out of repr.

    `push_token` "" means that no push can be believed: SF's pushes carry no proof of their own.
    """

    url: str
    oauth_url: str
    partner_id: str
    checkword: str = field(repr=False)
    monthly_card: str
    digest_mode: DigestMode
    product: int
    zone: tzinfo
    push_token: str = field(repr=False)
    state_answer: str
    delivery_time_list: str
    auth: Auth
    label_template: str
    phones: tuple[str, ...]


def order_of(request: BookingRequest, settings: SfSettings) -> dict[str, Any]:
    """The msgData of an order. Raises `Refused` for what the field rules forbid."""
    if request.weight_grams < 1 or request.contents_count < 1 or request.payer not in _PAYERS:
        raise Refused(
            "FIELD", "重量（克，至少 1）、件数（至少 1）和付费方（寄方、收方或第三方）必须填写，请补齐后再下单。"
        )
    order: dict[str, Any] = {
        "language": LANGUAGE,
        "orderId": fitting(request.reference, 64, "订单号", wanted=True),
        "cargoDetails": [{"name": "文件", "count": request.contents_count, "unit": "份"}],
        "contactInfoList": [_contact(1, request.sender, "寄件人"), _contact(2, request.receiver, "收件人")],
        "payMethod": _PAYERS[request.payer],
        "expressTypeId": settings.product,
        "parcelQty": 1,
        "totalWeight": round(request.weight_grams / 1000, 3),
        "isDocall": 0 if request.pickup_from is None else 1,
        "isSignBack": 0,
        "isReturnRoutelabel": 1,
        "isUnifiedWaybillNo": 1,
        "isGenWaybillNo": 1,
        "remark": fitting(request.note, 100, "备注"),
    }
    if request.payer != "receiver":
        order["monthlyCard"] = settings.monthly_card
    if request.pickup_from is not None:
        order["sendStartTm"] = request.pickup_from.astimezone(settings.zone).strftime(TIME)
        if request.pickup_until is not None:
            until = request.pickup_until.astimezone(settings.zone).strftime(TIME)
            order["extraInfoList"] = [{"attrName": "pickupAppointEndTime", "attrVal": until}]
    return order


def fitting(text: str, longest: int, label: str, *, wanted: bool = False) -> str:
    """The text without blanks around it. Raises `Refused` when SF would not take it."""
    text = text.strip()
    if wanted and not text:
        raise Refused("FIELD", f"缺少{label}，顺丰不受理；请补齐后再办。")
    if len(text) > longest:
        raise Refused("FIELD", f"{label}超过 {longest} 个字，顺丰不受理；请缩短后再办。")
    if "\x00" in text or text.encode("utf-8", "replace").decode() != text:
        raise Refused("FIELD", f"{label}里有不能传送的字符，请改正后再办。")
    return text


def _contact(contact_type: int, party: Party, role: str) -> dict[str, Any]:
    wanted = {"姓名": party.name, "电话": party.phone, "省": party.province, "市": party.city, "地址": party.address}
    missing = "、".join(label for label, value in wanted.items() if not value.strip())
    if missing:
        raise Refused("FIELD", f"{role}缺少{missing}，顺丰不受理；请补齐后再下单。")
    number = re.sub(r"[\s-]", "", party.phone)
    phone = {"mobile": number[-11:]} if _MOBILE.fullmatch(number) else {"tel": party.phone}
    fields = {
        "contact": party.name,
        **phone,
        "country": "852" if party.province.strip().startswith("香港") else "CN",
        "province": party.province,
        "city": party.city,
        "county": party.county,
        "address": party.address,
        "postCode": party.postcode,
    }
    kept = {name: fitting(value, _LONGEST.get(name, 30), f"{role}的 {name} ") for name, value in fields.items()}
    return {"contactType": contact_type, **{name: value for name, value in kept.items() if value}}


def waybills_in(content: object) -> tuple[str, ...]:
    """The waybill numbers of an answer, the parent first; () when there is none."""
    items = content.get("waybillNoInfoList") if isinstance(content, dict) else None
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    rows.sort(key=lambda row: said(row.get("waybillType")) != "1")
    return tuple(number for number in (said(row.get("waybillNo")) for row in rows) if _WAYBILL.fullmatch(number))


def labels_in(content: object) -> tuple[dict[str, str], ...]:
    """What each label prints, in SF's own field names, of the labels that SF could make (code 1000)."""
    items = content.get("routeLabelInfo") if isinstance(content, dict) else None
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    data = [row.get("routeLabelData") for row in rows if said(row.get("code")) == "1000"]
    return tuple({name: said(value) for name, value in one.items()} for one in data if isinstance(one, dict))


def update_of(deal: int, reference: str, waybill_no: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The msgData that confirms (1) or withdraws (2) an order."""
    numbers = {"waybillNoInfoList": [{"waybillType": 1, "waybillNo": waybill_no}]} if waybill_no else {}
    return {**changes, "dealType": deal, "language": LANGUAGE, "orderId": reference, **numbers}


def routes_query(numbers: Sequence[str], phones: Sequence[str], by_reference: bool) -> dict[str, Any]:
    """The msgData that asks for the routes of at most ten numbers. Raises `Refused` for more, or none."""
    if not 1 <= len(numbers) <= ROUTE_BATCH:
        raise Refused("FIELD", f"路由查询一次须为 1 至 {ROUTE_BATCH} 个单号，请分批。")
    content: dict[str, Any] = {"language": LANGUAGE, "trackingType": 2 if by_reference else 1}
    content |= {"trackingNumber": list(numbers), "methodType": 1}
    if phones:
        content["checkPhoneNo"] = ",".join(phone.strip()[-4:] for phone in phones)
    return content


def check_done(content: object) -> None:
    """Returns when the answer of EXP_RECE_UPDATE_ORDER says done (resStatus 2). Raises `Refused` or `Garbled`."""
    status = said(content.get("resStatus")) if isinstance(content, dict) else ""
    if status == "1":
        raise Refused("resStatus 1", "订单号与运单号不符，顺丰没有受理；请核对后再办。")
    if status != "2":
        raise Garbled("顺丰的应答没有可读的 resStatus，不能确认是否办成。")


def booking_in(content: object) -> Booking | None:
    """The booking of an order's answer; None when it has no parent waybill.

    Raises `Refused` when SF cannot serve the address, `Busy` while a person at SF looks at it and gave no number yet.
    """
    if not isinstance(content, dict):
        return None
    verdict = said(content.get("filterResult"))
    if verdict == "3":
        why = UNSERVED.get(said(content.get("remark")), said(content.get("remark")) or "没有说明原因")
        raise Refused("filterResult 3", f"顺丰不能收派这一地址：{why}。")
    numbers = waybills_in(content)
    if not numbers:
        if verdict == "1":
            raise Busy("顺丰正在人工确认能否收派，尚未给出运单号，稍后以同一订单号再查。")
        return None
    label = next((one for one in labels_in(content) if one.get("waybillNo", "") in ("", numbers[0])), {})
    return Booking(
        waybill_no=numbers[0],
        route_code=label.get("destRouteLabel", ""),
        destination_code=said(content.get("destCode")) or label.get("destCityCode", ""),
    )
