"""Where a sandbox parcel goes: named journeys of real EMS operation codes, laid along the time that a parcel takes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from couriers.adapters.ems_events import meanings

Event = dict[str, str]


@dataclass(frozen=True)
class Step:
    """One scan: when (share of the whole journey), which code, at which of four places, with which detail fields."""

    share: float
    code: str
    place: str
    more: Mapping[str, str] = field(default_factory=dict)


_OUT = (
    Step(0.05, "203", "sender office"),
    Step(0.15, "305", "sender office"),
    Step(0.30, "954", "sender centre"),
    Step(0.40, "389", "sender centre"),
)
_IN = (
    Step(0.60, "954", "receiver centre"),
    Step(0.68, "389", "receiver centre"),
    Step(0.76, "713", "receiver office"),
    Step(0.84, "702", "receiver office"),
)
_SIGNED = Step(1.0, "704", "receiver office", {"deliverCode": "10"})
UNKNOWN_CODE = Step(0.50, "Z99", "sender centre")  # in no table of anybody

JOURNEYS: dict[str, tuple[Step, ...]] = {
    "delivered": (*_OUT, *_IN, _SIGNED),
    "unknown_code": (*_OUT, UNKNOWN_CODE, *_IN, _SIGNED),
    "lost": (*_OUT, Step(1.0, "987", "sender centre")),
    "locker": (
        *_OUT,
        *_IN,
        Step(0.90, "747", "receiver office"),
        Step(1.0, "748", "receiver office"),
    ),
    "corrected": (
        *_OUT,
        *_IN,
        Step(0.88, "704", "receiver office", {"deliverCode": "20"}),
        Step(0.92, "743", "receiver office"),
        _SIGNED,
    ),
    "returned": (
        *_OUT,
        Step(0.50, "954", "receiver centre"),
        Step(0.55, "713", "receiver office"),
        Step(0.60, "702", "receiver office"),
        Step(0.66, "705", "receiver office", {"attemptDeliveryCode": "7"}),
        Step(0.70, "708", "receiver office"),
        Step(0.78, "954", "sender centre"),
        Step(0.90, "713", "sender office"),
        Step(1.0, "711", "sender office"),
    ),
}

_WORDS = {
    "203": "中国邮政 已收取邮件",
    "305": "离开【{office}】，送往邮件处理中心",
    "389": "离开【{office}】",
    "954": "到达【{office}】",
    "713": "到达【{office}】",
    "702": "正在派送，投递员：演示投递员",
    "704": "已签收",
    "705": "未妥投：收件人拒收",
    "708": "邮件退回登记",
    "711": "退回件已由寄件人签收",
    "743": "撤销先前的妥投反馈",
    "747": "已放入包裹柜，等待收件人领取",
    "748": "收件人已取走邮件",
    "987": "邮件丢失，已向协议客户赔付",
}


def describe(order: Mapping[str, Any], step: Step) -> Event:
    """The `op*` fields of one scan, all but its time and its parcel."""
    side, kind = step.place.split()
    party = order.get(side) if isinstance(order.get(side), Mapping) else {}
    province, city = str(party.get("prov", "示例省")), str(party.get("city", "示例市"))  # type: ignore[union-attr]
    office = f"{city}中心揽投部" if kind == "office" else f"{city}邮件处理中心"
    meaning = meanings().get(("operation", step.code))
    return {
        "opCode": step.code,
        "opName": meaning.name if meaning else "演示未知操作",
        "opDesc": _WORDS.get(step.code, "演示轨迹").format(office=office),
        "opOrgProvName": province,
        "opOrgCity": city,
        "opOrgCode": f"{zlib.crc32(office.encode()) % 10**8:08d}",
        "opOrgName": office,
        "operatorNo": "0000000001",
        "operatorName": "演示操作员",
        "productName": "特快专递",
        **step.more,
    }
