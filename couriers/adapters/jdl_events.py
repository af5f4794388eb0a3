"""What JDL says about a waybill, in our words: the node and status codes of jdl_codes.csv, and the reader of a trace.

`state` (the node) decides; a node in no table is UNRECOGNISED whatever the order status beside it (`category`) says,
which is kept as `detail_code`. Only an item without any node is read by its order status. One unreadable item never
loses the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any

from couriers.adapters import tables
from couriers.adapters.same_second import told_apart
from couriers.adapters.tables import UNKNOWN, Meaning
from couriers.adapters.texts import said
from couriers.adapters.untimed import untimed
from couriers.contract import Garbled, TrackingEvent

COURIER = "jdl"
_TIME = re.compile(r"(20\d\d-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?", re.ASCII)
_LONGEST_TEXT = 500


@cache
def meanings() -> dict[tuple[str, str], Meaning]:
    """(table, code) -> meaning, where table is "state" or "category"."""
    return tables.by_kind("jdl_codes.csv")


def meaning_of(state: str, category: str = "") -> Meaning:
    """The meaning of a node code, or where there is no node at all (""), of the order status. Never raises."""
    return meanings().get(("state", state) if state else ("category", category), UNKNOWN)


def read_events(items: Sequence[Any], waybill_no: str, zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """All items as events, oldest first (items of one second stay in the courier's order).

    `waybill_no` is the answer's own, for items without one. An item whose time cannot be read stands beside its
    neighbour as UNRECOGNISED. Raises `Garbled` only when not one item of a non-empty list has a readable time.
    """
    times = [read_time(item.get("operationTime"), zone) if isinstance(item, dict) else None for item in items]
    neighbour = next((time for time in times if time is not None), None)
    if neighbour is None:
        if items:
            raise Garbled("京东物流的轨迹里没有一条能读出时间。")
        return ()
    events = []
    for item, time in zip(items, times, strict=True):
        neighbour = time or neighbour
        events.append(_odd(item, neighbour, waybill_no) if time is None else _event(item, neighbour, waybill_no))
    return told_apart(sorted(events, key=lambda event: event.happened_at))


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
    state, category = said(item.get("state"))[:40], said(item.get("category"))[:40]
    meaning = meaning_of(state, category)
    return TrackingEvent(
        waybill_no=said(item.get("waybillCode"))[:40] or waybill_no,
        milestone=meaning.milestone,
        reason=meaning.reason,
        code=state or category,
        detail_code=category if state else "",
        text=_words(item)[:_LONGEST_TEXT],
        happened_at=happened_at,
        place="",
        voids=None,
        courier=COURIER,
    )


def _words(item: dict[str, Any]) -> str:
    return said(item.get("operationRemark")) or said(item.get("operationTitle")) or said(item.get("categoryName"))


def _odd(item: object, beside: datetime, waybill_no: str) -> TrackingEvent:
    own = said(item.get("waybillCode"))[:40] if isinstance(item, dict) else ""
    return untimed(item, beside, COURIER, own or waybill_no)
