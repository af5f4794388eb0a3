"""What SF says about a waybill, in our words: the code table of sf_codes.csv, routes by query and push, order states.

A code in no table is UNRECOGNISED. A route is worded the same by push and by query (the reasonCode and status levels,
which only one of the two carries, go into the text or are left out), so that one event has one natural key. One
unreadable item never loses the others: it comes out as UNRECOGNISED with its own text, beside its neighbour in time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any

from couriers.adapters import tables
from couriers.adapters.tables import UNKNOWN, Meaning
from couriers.adapters.texts import said
from couriers.adapters.untimed import untimed
from couriers.contract import Garbled, Milestone, Reason, TrackingEvent

COURIER = "sf"
_TIME = re.compile(r"(20\d\d-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?", re.ASCII)
_LONGEST_TEXT = 500
# 已签收 may have meant: put into a box or a station. Taken out of it by the addressee it is a delivery; an invitation
# to come and take it out is none.
_BOX = r"(?:丰巢|快递柜|智能柜|自助柜|自提柜)"
_POINT = r"(?:驿站|代收点|自提点|顺丰店|服务点)"
_PUT = r"(?:投递|投放|派送|派件|存放|放置|放入|存入|送|投)[^,。;，；]{0,12}"
_SIGNED_BY = r"|签收人[^,。;，；]{0,4}"
_KEPT = r"[^,。;，；]{0,6}(?:代收(?!点)|代签|保管)"
_LOCKER = re.compile(
    rf"(?:{_PUT}{_SIGNED_BY}){_BOX}|{_BOX}{_KEPT}|(?:delivered|placed)\b.{{0,40}}\blocker", re.IGNORECASE
)
_STATION = re.compile(
    rf"(?:{_PUT}{_SIGNED_BY}){_POINT}|{_POINT}{_KEPT}|delivered\b.{{0,40}}\bservice point", re.IGNORECASE
)
_TAKEN_OUT = re.compile(
    r"(?:已|由|从)[^,。;，；]{0,16}(?:取件(?!码)|取出|取走|领取|提取|自取)|collected|picked up", re.IGNORECASE
)
_INVITED = re.compile(r"请|凭|待|等|及时|尽快|可|ready|await|please|to be", re.IGNORECASE)


@dataclass(frozen=True)
class _Fields:
    number: str
    reference: str
    times: tuple[str, ...]


_ROUTE = _Fields("mailno", "orderid", ("acceptTime",))
_STATE = _Fields("waybillNo", "orderNo", ("lastTime", "createTm"))
_Reader = Callable[[dict[str, Any], datetime, str], TrackingEvent]


@cache
def meanings() -> dict[tuple[str, str], Meaning]:
    """(table, code) -> meaning, where table is "operation", "attempt" (a reasonCode) or "order_state"."""
    return tables.by_kind("sf_codes.csv")


def meaning_of(code: str, text: str = "", reason_code: str = "", *, table: str = "operation") -> Meaning:
    """The meaning of a code; `text` tells a locker or station from a signature, `reason_code` why a try failed."""
    meaning = meanings().get((table, code), UNKNOWN)
    if table != "operation":
        return meaning
    if code == "70":
        return meanings().get(("attempt", reason_code), meaning)
    if code == "80" and (_INVITED.search(text) or not _TAKEN_OUT.search(text)):
        if _LOCKER.search(text):
            return Meaning(meaning.name, Milestone.AVAILABLE, Reason.IN_LOCKER)
        if _STATION.search(text):
            return Meaning(meaning.name, Milestone.AVAILABLE, Reason.AT_STATION)
    return meaning


def read_routes(items: Sequence[Any], zone: tzinfo, waybill_no: str = "") -> tuple[TrackingEvent, ...]:
    """Routes of a query (whose items have no number: `waybill_no`) or a push, oldest first. Raises `Garbled`."""
    return _read(items, zone, waybill_no, _ROUTE, _route)


def routes_in(content: object, zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """The events of a route query's msgData, of all its waybills, oldest first.

    A waybill whose routes cannot be read does not lose the others. Raises `Garbled` when nothing can be read.
    """
    found = content.get("routeResps") if isinstance(content, dict) else None
    if not isinstance(found, list):
        raise Garbled("顺丰的轨迹应答里没有 routeResps 列表。")
    events: list[TrackingEvent] = []
    unreadable = 0
    for one in found:
        routes = one.get("routes") if isinstance(one, dict) else ()
        try:
            if not isinstance(one, dict) or not isinstance(routes, list | None):
                raise Garbled("顺丰的轨迹应答里没有 routes 列表。")
            events.extend(read_routes(routes or (), zone, said(one.get("mailNo"))[:40]))
        except Garbled:
            unreadable += 1
    if unreadable and not events:
        raise Garbled("顺丰的轨迹应答里没有一条能读出的路由。")
    return tuple(sorted(events, key=lambda event: event.happened_at))


def read_states(items: Sequence[Any], zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """The items of an order-state push, oldest first; a phone in them is not carried over. Raises `Garbled`."""
    return _read(items, zone, "", _STATE, _state)


def _read(
    items: Sequence[Any], zone: tzinfo, waybill_no: str, fields: _Fields, event_of: _Reader
) -> tuple[TrackingEvent, ...]:
    times = [_time_of(item, fields.times, zone) for item in items]
    known = [time for time in times if time is not None]
    if items and not known:
        raise Garbled("顺丰的轨迹里没有一条能读出时间。")
    events = []
    neighbour = known[0] if known else datetime.min.replace(tzinfo=UTC)
    for item, time in zip(items, times, strict=True):
        neighbour = time or neighbour
        number = (said(item.get(fields.number))[:40] if isinstance(item, dict) else "") or waybill_no
        readable = isinstance(item, dict) and time is not None
        events.append(event_of(item, neighbour, number) if readable else _odd(item, neighbour, number, fields))
    return tuple(sorted(events, key=lambda event: event.happened_at))


def _time_of(item: object, names: tuple[str, ...], zone: tzinfo) -> datetime | None:
    found = (read_time(item.get(name), zone) for name in names) if isinstance(item, dict) else ()
    return next((time for time in found if time is not None), None)


def read_time(value: object, zone: tzinfo) -> datetime | None:
    """The instant of `YYYY-MM-DD HH:MM:SS` in the courier's zone, as UTC; None when it cannot be read."""
    match = _TIME.fullmatch(said(value))
    if match is None:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]} {match[2]}").replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _route(item: dict[str, Any], happened_at: datetime, waybill_no: str) -> TrackingEvent:
    code, text = said(item.get("opCode"))[:40], said(item.get("remark"))
    reason_code, reason_name = said(item.get("reasonCode")), said(item.get("reasonName"))
    meaning = meaning_of(code, text, reason_code)
    why = f"（原因 {reason_code} {reason_name}".strip() + "）" if reason_code or reason_name else ""
    return TrackingEvent(
        waybill_no=waybill_no,
        milestone=meaning.milestone,
        reason=meaning.reason,
        code=code,
        detail_code="",
        text=(text + why)[:_LONGEST_TEXT],
        happened_at=happened_at,
        place=said(item.get("acceptAddress"))[:200],
        voids=None,
        courier=COURIER,
        reference=said(item.get("orderid"))[:100],
    )


def _state(item: dict[str, Any], happened_at: datetime, waybill_no: str) -> TrackingEvent:
    code = said(item.get("orderStateCode"))[:40]
    meaning = meaning_of(code, table="order_state")
    return TrackingEvent(
        waybill_no=waybill_no,
        milestone=meaning.milestone,
        reason=meaning.reason,
        code=code,
        detail_code="",
        text=said(item.get("orderStateDesc"))[:_LONGEST_TEXT],
        happened_at=happened_at,
        place="",
        voids=None,
        courier=COURIER,
        reference=said(item.get("orderNo"))[:100],
        org_code=said(item.get("netCode"))[:40],
    )


def _odd(item: object, beside: datetime, waybill_no: str, fields: _Fields) -> TrackingEvent:
    reference = said(item.get(fields.reference))[:100] if isinstance(item, dict) else ""
    return untimed(_without_phone(item), beside, COURIER, waybill_no, reference=reference)


def _without_phone(item: object) -> object:
    return {name: value for name, value in item.items() if name != "empPhone"} if isinstance(item, dict) else item
