"""What SF prints: routeLabelData for labels of our own drawing."""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

from couriers.contract import Party
from couriers.sandbox.scans import Order
from couriers.sandbox.sf_rules import PRODUCTS, text_of

_AREAS = {"北京市": "010", "上海市": "021", "天津市": "022", "重庆市": "023", "广州市": "020", "深圳市": "755"}
_EMPTY = (
    "sourceTransferCode sourceTeamCode destDeptCodeMapping destTeamCodeMapping codingMapping codingMappingOut abFlag"
    " destPortCode destCountry destPostCode goodsValueTotal currencySymbol cusBatch goodsNumber errMsg proIcon fileIcon"
    " fbaIcon icsmIcon"
)


def area_code(party: Party) -> str:
    """SF's number of a city: for the greatest their real one, for others one that stays the same."""
    return _AREAS.get(party.city) or str(zlib.crc32(party.city.encode()) % 800 + 100)


def route_label(order: Order) -> dict[str, Any]:
    """One item of routeLabelInfo: what the label of that order prints."""
    source, city = area_code(order.sender), area_code(order.receiver)
    unit = f"{city}{'ABCDEFGH'[zlib.crc32(order.receiver.county.encode()) % 8]}"
    transfer, team = f"{city}VA", f"{zlib.crc32(order.receiver.address.encode()) % 900 + 100}"
    check = hashlib.sha256(order.waybill_no.encode()).hexdigest()[:8]
    product = text_of(order.body.get("order", {}).get("expressTypeId", 1))
    keys = {"k1": transfer, "k2": unit, "k3": team, "k4": "T4", "k5": order.waybill_no, "k6": "", "k7": check}
    data = {
        **dict.fromkeys(_EMPTY.split(), ""),
        "waybillNo": order.waybill_no,
        "sourceCityCode": source,
        "sourceDeptCode": source,
        "destCityCode": city,
        "destDeptCode": unit,
        "destTeamCode": team,
        "destTransferCode": transfer,
        "destRouteLabel": f"{transfer}-{unit[-1]}{team}",
        "proName": PRODUCTS.get(int(product) if product.isdigit() else 1, PRODUCTS[1]),
        "cargoTypeCode": "C201",
        "limitTypeCode": "T4",
        "expressTypeCode": "B1",
        "xbFlag": "0",
        "printFlag": "000000000",
        "twoDimensionCode": "MMM={" + ",".join(f"'{name}':'{value}'" for name, value in keys.items()) + "}",
        "proCode": "T4",
        "printIcon": "00000000",
        "checkCode": check,
        "destGisDeptCode": unit,
        "newIcon": None,
    }
    return {"code": "1000", "routeLabelData": data, "message": f"{order.waybill_no}:"}
