"""What a person wrote in a FILE.json, as the values that SF's services take: party, consignment, changes.

The words are those of `youdang courier-call --help`; instants are ISO 8601, without an offset in the courier's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, tzinfo
from typing import Any

from couriers.adapters.sf_orders import TIME
from couriers.contract import BookingRequest, Party, Refused

_PARTY = {one.name: one for one in fields(Party)}
_INSTANTS = ("created_at", "pickup_from", "pickup_until")
# EXP_RECE_UPDATE_ORDER: what may be changed, in SF's own field names.
_NATIVE = frozenset(
    {
        "customsBatchs",
        "collectEmpCode",
        "sourceZoneCode",
        "destZoneCode",
        "totalWeight",
        "totalVolume",
        "totalLength",
        "totalWidth",
        "totalHeight",
        "expressTypeId",
        "extraInfoList",
        "serviceList",
        "destContactInfo",
        "isConfirmNew",
        "isDocall",
        "sendStartTm",
        "pickupAppointEndtime",
    }
)


def party_of(document: object) -> Party:
    """The party. Raises `Refused` that names what is missing, unknown or no text."""
    told = _object(document, "地址文件")
    wanted = [name for name in _PARTY if name != "postcode"]
    wrong = [name for name in wanted if name not in told] + [name for name in told if name not in _PARTY]
    wrong += [name for name, value in told.items() if not isinstance(value, str)]
    if wrong:
        raise _wrong("地址文件", wrong)
    return Party(**told)


def request_of(document: object, at: datetime, zone: tzinfo) -> BookingRequest:
    """The consignment; `created_at` is `at` where it is left out. Raises `Refused` that names what is wrong."""
    told = _object(document, "寄递文件")
    told = {"created_at": at.isoformat(), "reference": "", "contents_count": 1, **told}
    known = {one.name for one in fields(BookingRequest)}
    wrong = [name for name in ("sender", "receiver", "weight_grams") if name not in told]
    wrong += [name for name in told if name not in known]
    wrong += [name for name in ("weight_grams", "contents_count") if name in told and not _is_count(told[name])]
    wrong += [name for name in ("reference", "payer", "note", "waybill_no") if not isinstance(told.get(name, ""), str)]
    if wrong:
        raise _wrong("寄递文件", wrong)
    told |= {role: party_of(told[role]) for role in ("sender", "receiver")}
    told |= {name: _instant(told[name], zone, name) for name in _INSTANTS if told.get(name) is not None}
    return BookingRequest(**told)


def changes_of(document: object, zone: tzinfo) -> dict[str, Any]:
    """An order's changes in SF's own fields, from `weight_grams`, `pickup_from`, `pickup_until` or those fields.

    Raises `Refused` that names what is wrong.
    """
    told = _object(document, "更改文件")
    ours = {"weight_grams", "pickup_from", "pickup_until"}
    wrong = [name for name in told if name not in ours | _NATIVE]
    if "weight_grams" in told and not _is_count(told["weight_grams"]):
        wrong.append("weight_grams")
    if wrong:
        raise _wrong("更改文件", wrong)
    changes = {name: value for name, value in told.items() if name in _NATIVE}
    if "weight_grams" in told:
        changes["totalWeight"] = round(told["weight_grams"] / 1000, 3)
    for name, native in (("pickup_from", "sendStartTm"), ("pickup_until", "pickupAppointEndtime")):
        if name in told:
            changes[native] = _instant(told[name], zone, name).astimezone(zone).strftime(TIME)
    return changes


def count_of(text: object) -> int:
    """A number of parcels from 1 to 307, as SF allows. Raises `Refused`."""
    number = int(str(text)) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 4 else 0
    if not 1 <= number <= 307:
        raise Refused("FIELD", "件数应是 1 至 307 的整数，请改正后再办。")
    return number


def _object(document: object, label: str) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        raise Refused("FIELD", f"{label}应是一个 JSON 对象，各项见 courier-call --help。")
    return dict(document)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _instant(text: object, zone: tzinfo, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as e:
        raise Refused("FIELD", f"{name} 应是 ISO 8601 的时间，例如 2026-01-01T09:00:00+08:00。") from e
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _wrong(label: str, names: list[str]) -> Refused:
    listed = "、".join(dict.fromkeys(names))
    return Refused("FIELD", f"{label}里缺少、不认识或写法不对的项：{listed}。各项见 courier-call --help。")
