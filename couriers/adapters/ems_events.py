"""What EMS says about a waybill, in our words: the code tables of ems_codes.csv and the reader of one `op*` item.

A code in no table is UNRECOGNISED; so is a 704 or 705 whose detail code is in no table, because "delivered" may have
meant "left in a box". One unreadable item never loses the others: it comes out as UNRECOGNISED too, with its own text,
placed in time beside its neighbour when its own time cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any

from couriers.adapters import tables
from couriers.adapters.tables import UNKNOWN, Meaning
from couriers.adapters.texts import said
from couriers.adapters.untimed import untimed
from couriers.contract import Garbled, TrackingEvent

COURIER = "ems"
_DETAILS = {"704": ("deliver", "deliverCode"), "705": ("attempt", "attemptDeliveryCode")}
_TIME = re.compile(r"(20\d\d-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?")
_LONGEST_TEXT = 500


@cache
def meanings() -> dict[tuple[str, str], Meaning]:
    """(table, code) -> meaning, where table is "operation", "deliver" or "attempt"."""
    return tables.by_kind("ems_codes.csv")


def meaning_of(code: str, detail_code: str = "") -> Meaning:
    """The meaning of an operation code, with the detail code of a 704 or 705. Never raises."""
    meaning = meanings().get(("operation", code), UNKNOWN)
    if code in _DETAILS and detail_code:
        return meanings().get((_DETAILS[code][0], detail_code), UNKNOWN)
    return meaning


def read_events(items: Sequence[Any], zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """All items as events, oldest first (items of one second stay in the courier's order).

    Raises `Garbled` only when not one item of a non-empty list has a readable time.
    """
    times = [read_time(item.get("opTime"), zone) if isinstance(item, dict) else None for item in items]
    known = [time for time in times if time is not None]
    if items and not known:
        raise Garbled("EMS 的轨迹里没有一条能读出时间。")
    waybills = {said(item.get("waybillNo")) for item in items if isinstance(item, dict)} - {""}
    only_waybill = waybills.pop() if len(waybills) == 1 else ""
    events = []
    neighbour = known[0] if known else None
    for item, time in zip(items, times, strict=True):
        if time is not None:
            neighbour = time
        assert neighbour is not None
        readable = isinstance(item, dict) and time is not None
        events.append(_event(item, neighbour, only_waybill) if readable else _odd(item, neighbour, only_waybill))
    return tuple(sorted(events, key=lambda event: event.happened_at))


def read_time(value: object, zone: tzinfo) -> datetime | None:
    """The instant of `yyyy-MM-dd HH:mm:ss` in the courier's zone, as UTC; None when it cannot be read."""
    match = _TIME.fullmatch(said(value))
    if match is None:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]} {match[2]}").replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _event(item: dict[str, Any], happened_at: datetime, waybill_no: str) -> TrackingEvent:
    code = said(item.get("opCode"))[:40]
    detail = said(item.get(_DETAILS[code][1]))[:40] if code in _DETAILS else ""
    meaning = meaning_of(code, detail)
    return TrackingEvent(
        waybill_no=said(item.get("waybillNo"))[:40] or waybill_no,
        milestone=meaning.milestone,
        reason=meaning.reason,
        code=code,
        detail_code=detail,
        text=(said(item.get("opDesc")) or said(item.get("opName")))[:_LONGEST_TEXT],
        happened_at=happened_at,
        place=said(item.get("opOrgName"))[:200] or said(item.get("opOrgCity"))[:200],
        voids=meaning.voids,
        courier=COURIER,
        reference=said(item.get("orderNo"))[:100],
        org_code=said(item.get("opOrgCode"))[:40],
    )


def _odd(item: object, beside: datetime, waybill_no: str) -> TrackingEvent:
    own = said(item.get("waybillNo"))[:40] if isinstance(item, dict) else ""
    return untimed(item, beside, COURIER, own or waybill_no)
