"""What a person writes in a FILE.json, in our own words: a party, or a consignment, as the values that couriers take.

Values that are wrong raise `Refused` FIELD with a Chinese sentence, as a courier's own field rules do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from couriers.contract import BookingRequest, Party, Refused

CHINA = ZoneInfo("Asia/Shanghai")
_PARTY = tuple(one.name for one in fields(Party))
_REQUEST = frozenset(one.name for one in fields(BookingRequest))
_PARTIES, _COUNTS = ("sender", "receiver"), ("weight_grams", "contents_count")
_INSTANTS = ("created_at", "pickup_from", "pickup_until")


def party_of(document: object, label: str = "地址文件") -> Party:
    """The party of an object with name, phone, province, city, county, address and perhaps postcode."""
    told = _object(document, label)
    wrong = [name for name in _PARTY if name not in told and name != "postcode"]
    wrong += [name for name in told if name not in _PARTY]
    wrong += [name for name, value in told.items() if not _is_text(value)]
    if wrong:
        raise _wrong(label, wrong)
    return Party(**{name: str(value) for name, value in told.items()})


def request_of(
    document: object, at: datetime, zone: tzinfo = CHINA, *, ordering: bool = True, label: str = "订单文件"
) -> BookingRequest:
    """The consignment of an object with the fields of `BookingRequest`; `created_at` is `at` where it is left out.

    Without `ordering` it is only asked about: the reference and the number of papers may be left out. An instant is
    ISO 8601; without an offset it is in `zone`.
    """
    told = _object(document, label)
    if not ordering:
        told = {"reference": "", "contents_count": 1, **told}
    wrong = [name for name in ("reference", *_PARTIES, *_COUNTS) if name not in told]
    wrong += [name for name in told if name not in _REQUEST]
    wrong += [name for name in ("reference", "payer", "note", "waybill_no") if not _is_text(told.get(name, ""))]
    wrong += [name for name in _COUNTS if _count(told.get(name)) is None]
    if wrong:
        raise _wrong(label, wrong)
    structured = (*_PARTIES, *_COUNTS, *_INSTANTS)
    fitting: dict[str, Any] = {name: str(value) for name, value in told.items() if name not in structured}
    fitting |= {role: party_of(told[role], f"{label}的 {role}") for role in _PARTIES}
    fitting |= {name: _count(told[name]) for name in _COUNTS}
    fitting |= {name: _instant(told.get(name), zone) for name in _INSTANTS}
    return BookingRequest(**{**fitting, "created_at": fitting["created_at"] or at})


def _object(document: object, label: str) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        raise Refused("FIELD", f"{label}应是一个 JSON 对象，所需的项见 courier-call --help；请改正后再办。")
    return dict(document)


def _is_text(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _count(value: object) -> int | None:
    text = str(value) if _is_text(value) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _instant(text: object, zone: tzinfo) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as e:
        raise Refused("FIELD", f"时间 {text} 不是 ISO 8601 写法，例如 2026-01-01T09:00:00+08:00；请改正后再办。") from e
    if not 2000 <= moment.year < 2200:
        raise Refused("FIELD", f"时间 {text} 的年份不合理，请改正后再办。")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _wrong(label: str, names: list[str]) -> Refused:
    listed = "、".join(dict.fromkeys(names))
    return Refused(
        "FIELD", f"{label}里缺少、不认识或写法不对的项：{listed}。所需的项见 courier-call --help；请改正后再办。"
    )
