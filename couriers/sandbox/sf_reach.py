"""Where SF goes, how fast and for how much, when it is asked before an order.

An address that contains 超区 is out of its range; of one with 人工确认 a person must say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from couriers.contract import Party
from couriers.sandbox.account import ZONE, Account, wall_time
from couriers.sandbox.sf_label import area_code
from couriers.sandbox.sf_rules import PRODUCTS, No, check_card, choice, is_time, required, text_of

Content = Mapping[str, Any]
# days until delivery, first kilogram, each further one, in yuan
_TARIFF = {1: (1, 23, 13), 2: (2, 18, 8), 6: (0, 120, 30), 231: (4, 14, 4), 247: (3, 12, 5)}


def out_of_range(sender: Party, receiver: Party) -> str:
    """SF's remark for an address it does not serve: "1" the receiver's, "2" the sender's; "" when it serves both."""
    return "1" if "超区" in receiver.address else "2" if "超区" in sender.address else ""


def scope(content: Content, account: Account, card: str) -> object:  # noqa: ARG001 - the shape of every verb
    """EXP_RECE_FILTER_ORDER_BSP: 2 serves, 3 does not (remark says which side), 1 a person looks, 4 cannot tell."""
    if choice(content, "filterType", ("1", "2")) == "2":
        required(content, "orderId", "6118")
    check_card(content, card)
    rows = content.get("contactInfos")
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise No("S0002", "必传参数 contactInfos 为空")
    places = [_place(one) for one in rows]
    receiver = places[-1]
    origin = area_code(places[0]) if len(places) > 1 else ""
    verdict = "2"
    if any("超区" in place.address for place in places):
        verdict = "3"
    elif not receiver.city or not receiver.address:
        verdict = "4"
    elif "人工确认" in receiver.address:
        verdict = "1"
    remark = ("1" if "超区" in receiver.address else "2") if verdict == "3" else ""
    served = area_code(receiver) if verdict in ("1", "2") else ""
    return {"filterResult": int(verdict), "originCode": origin, "destCode": served, "remark": remark}


def delivery_times(content: Content, account: Account, list_name: str) -> object:
    """EXP_RECE_QUERY_DELIVERTM: for each product (or the one asked for) a window, and a price where it is wanted."""
    ends = [content.get(name) for name in ("srcAddress", "destAddress")]
    if not all(isinstance(end, dict) and (text_of(end.get("code")) or text_of(end.get("city"))) for end in ends):
        raise No("S0002", "srcAddress、destAddress 须有城市或代码")
    wanted = text_of(content.get("businessType"))
    if wanted and wanted not in map(str, PRODUCTS):
        raise No("20036", "产品不适用")
    weight = text_of(content.get("weight")) or "1"
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,5})?", weight):
        raise No("S0003", "weight 应为数字（千克）")
    handed = text_of(content.get("consignedTime")) or account.wall_time()
    if not is_time(handed):
        raise No("S0003", "consignedTime 应为 YYYY-MM-DD HH:MM:SS")
    priced = choice(content, "searchPrice", ("0", "1"), "0") == "1"
    start = datetime.fromisoformat(handed).replace(tzinfo=ZONE)
    chosen = [one for one in PRODUCTS if wanted in ("", str(one))]
    return {list_name: [_time_of(one, start, float(weight), priced) for one in chosen]}


def _time_of(product: int, start: datetime, kilograms: float, priced: bool) -> dict[str, Any]:
    days, first, further = _TARIFF[product]
    begin = (start + timedelta(days=days)).replace(hour=18, minute=0, second=0)
    fee = first + further * max(0, -int(-kilograms // 1) - 1)
    return {
        "businessType": str(product),
        "businessTypeDesc": PRODUCTS[product],
        "deliverTime": f"{wall_time(begin)},{wall_time(begin + timedelta(hours=2))}",
        "fee": fee if priced else None,
        "searchPrice": "1" if priced else "0",
        "closeTime": None,
    }


def _place(row: Mapping[str, Any]) -> Party:
    province, city, county, address = (text_of(row.get(name)) for name in ("province", "city", "county", "address"))
    return Party("", "", province, city, county, address)
