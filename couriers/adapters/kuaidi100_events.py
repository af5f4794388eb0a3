"""What 快递100 says about a waybill, in our words: the tables, and the reader of one `lastResult` or query answer.

An item without a code of its own takes the code of its status name. The newest one without either is read as the state
of the whole answer, but has no code of its own: it stays the same scan when it is no longer the newest. An older one is
UNRECOGNISED, because words are not read for a meaning. One unreadable item never loses the others: it comes out as
UNRECOGNISED too, placed in time beside its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any

from couriers import waybills
from couriers.adapters import tables
from couriers.adapters.same_second import told_apart
from couriers.adapters.tables import UNKNOWN, Meaning
from couriers.adapters.texts import said
from couriers.adapters.untimed import untimed
from couriers.contract import Garbled, TrackingEvent

COURIER = "kuaidi100"
_TIME = re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,6})?")
_LONGEST_TEXT = 500


@cache
def meanings() -> dict[str, Meaning]:
    """State or advanced state -> meaning."""
    return tables.by_code("kuaidi100_codes.csv")


@cache
def carriers() -> dict[str, str]:
    """Carrier code -> its Chinese name, of those that we name."""
    return {row["code"]: row["name"] for row in tables.rows("kuaidi100_carriers.csv")}


@cache
def _codes_by_name() -> dict[str, str]:
    return {meaning.name: code for code, meaning in meanings().items()}


@cache
def _carriers_by_format() -> dict[str, str]:
    return {
        form: row["code"] for row in tables.rows("kuaidi100_carriers.csv") for form in row["formats"].split("/") if form
    }


@cache
def _codes_by_courier() -> dict[str, str]:
    return {row["courier"]: row["code"] for row in tables.rows("kuaidi100_carriers.csv") if row["courier"]}


def carrier_of(waybill_no: str) -> str:
    """The carrier code that the number's own form speaks for most; "" when its form says nothing. Never raises."""
    likeliest = next(iter(waybills.candidates(waybill_no)), None)
    if likeliest is None:
        return ""
    if likeliest.format == "s10":
        return "ems" if waybills.normalise(waybill_no).startswith("E") else "youzhengguoji"
    return _carriers_by_format().get(likeliest.format, "")


def code_of(courier: str) -> str:
    """The carrier code for a courier by our short name, "" for one that 快递100 does not know."""
    return _codes_by_courier().get(courier, "")


def meaning_of(code: str) -> Meaning:
    """The meaning of a code; UNRECOGNISED when it is in no table, whatever its first digit. Never raises."""
    return meanings().get(code, UNKNOWN)


def read_time(item: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    """The instant of an item, from `ftime` or else `time` in the courier's zone, as UTC; None when neither is read."""
    for name in ("ftime", "time"):
        match = _TIME.fullmatch(said(item.get(name)))
        if match is None:
            continue
        try:
            return datetime.fromisoformat(f"{match[1]} {match[2]}").replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    return None


def read_events(answer: Mapping[str, Any], zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """All items of `data` as events, oldest first; of one second, in the courier's own order.

    Raises `Garbled` when `data` is no list, or when not one item of it has a readable time.
    """
    items = answer.get("data")
    if items is None or items == "":
        return ()
    if not isinstance(items, list):
        raise Garbled("快递100 的轨迹 data 不是列表。")
    times = [read_time(item, zone) if isinstance(item, dict) else None for item in items]
    known = [time for time in times if time is not None]
    if items and not known:
        raise Garbled("快递100 的轨迹里没有一条能读出时间。")
    if known and known[0] >= known[-1]:  # newest first, as it is unless asked otherwise
        items, times, known = items[::-1], times[::-1], known[::-1]
    events = []
    number, carrier = said(answer.get("nu"))[:40], said(answer.get("com"))[:40]
    newest = len(times) - 1 - times[::-1].index(max(known)) if known else -1
    beside = known[0] if known else datetime.max.replace(tzinfo=UTC)
    for place, (item, time) in enumerate(zip(items, times, strict=True)):
        beside = time or beside
        if time is None:
            events.append(_odd(item, beside, number, carrier))
        else:
            state = said(answer.get("state"))[:40] if place == newest else ""
            events.append(_event(item, state, time, number, carrier))
    return tuple(sorted(told_apart(events), key=lambda event: event.happened_at))


def _event(item: Mapping[str, Any], state: str, time: datetime, number: str, carrier: str) -> TrackingEvent:
    name = said(item.get("status"))[:40]
    code = said(item.get("statusCode"))[:40] or _codes_by_name().get(name, name)
    meaning = meaning_of(code or state)
    return TrackingEvent(
        waybill_no=number,
        milestone=meaning.milestone,
        reason=meaning.reason,
        code=code,
        detail_code="",
        text=said(item.get("context"))[:_LONGEST_TEXT],
        happened_at=time,
        place=(said(item.get("location")) or said(item.get("areaName")))[:200],
        voids=None,
        courier=COURIER,
        org_code=":".join(filter(None, (carrier, said(item.get("areaCode"))[:40]))),
    )


def _odd(item: object, beside: datetime, number: str, carrier: str) -> TrackingEvent:
    return untimed(item, beside, COURIER, number, org_code=carrier)
