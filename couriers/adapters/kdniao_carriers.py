"""快递鸟's codes of the carriers (ShipperCode): their names, which of ours they are, and who a number shows."""

from __future__ import annotations

from typing import Any

from couriers import waybills
from couriers.adapters.texts import said
from couriers.contract import Carrier

NAMES = {
    "SF": "顺丰速运",
    "EMS": "EMS",
    "YZPY": "邮政快递包裹",
    "YZBK": "邮政标准快递",
    "JD": "京东快递",
    "ZTO": "中通快递",
    "STO": "申通快递",
    "YTO": "圆通速递",
    "YD": "韵达速递",
    "HTKY": "百世快递",
    "DBL": "德邦快递",
    "JTSD": "极兔速递",
    "UC": "优速快递",
    "ZJS": "宅急送",
    "HHTT": "天天快递",
}
# Couriers of ours, and the others that couriers.waybills tells apart -> ShipperCode
OURS = {"ems": "EMS", "sf": "SF", "jdl": "JD", "yto": "YTO", "sto": "STO", "zto": "ZTO", "jt": "JTSD"}
# Formats of couriers.waybills that name their carrier in letters; digits alone are only a likelihood.
_SHOWN = {"sf_15": "SF", "jd": "JD", "yto": "YTO", "jt": "JTSD"}


def shown_by(waybill_no: str, otherwise: str) -> str:
    """The ShipperCode that the number itself shows in letters; `otherwise` when it shows none, or several."""
    shown = {_SHOWN.get(found.format, otherwise) for found in waybills.candidates(waybill_no)}
    return shown.pop() if len(shown) == 1 else otherwise


def carriers_in(shippers: list[Any]) -> tuple[Carrier, ...]:
    """The carriers of a list `Shippers`, in its order, without what has no code."""
    named = [one for one in shippers if isinstance(one, dict) and said(one.get("ShipperCode"))]
    return tuple(Carrier(said(one.get("ShipperCode"))[:20], said(one.get("ShipperName"))[:100]) for one in named)
