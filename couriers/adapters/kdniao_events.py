"""What 快递鸟 says about a parcel, in our words: the code table of kdniao_codes.csv and the reader of `Traces`.

The extended interface (8001, pushes 102) gives each step its own code, `Action`. The ordinary one (1002, pushes 101)
gives one `State` for the parcel: it is taken as the code of the newest step, and the steps before it say nothing but
their words (INFO). A code in no table is UNRECOGNISED. One unreadable step or parcel never loses the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any, NamedTuple

from couriers.adapters import tables
from couriers.adapters.same_second import told_apart
from couriers.adapters.tables import UNKNOWN, Meaning
from couriers.adapters.texts import said
from couriers.adapters.untimed import untimed
from couriers.contract import Garbled, Milestone, TrackingEvent

COURIER = "kdniao"
_TIME = re.compile(r"(20\d\d-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")
_LONGEST_TEXT = 500


class _Whose(NamedTuple):
    """What every event of one parcel has from it."""

    waybill_no: str
    carrier: str
    reference: str


@cache
def meanings() -> dict[str, Meaning]:
    """Code -> meaning, for State, StateEx and Action alike."""
    return tables.by_code("kdniao_codes.csv")


def meaning_of(code: str) -> Meaning:
    """The meaning of a code; of no code at all, that nothing moved. Never raises."""
    if not code:
        return Meaning("", Milestone.INFO, None)
    return meanings().get(code, UNKNOWN)


def read_time(value: object, zone: tzinfo) -> datetime | None:
    """The instant of `yyyy-MM-dd HH:mm:ss` in the courier's zone, as UTC; None when it cannot be read."""
    match = _TIME.fullmatch(said(value))
    if match is None:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]} {match[2]}").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_parcels(parcels: Sequence[Any], zone: tzinfo, beside: datetime | None) -> tuple[TrackingEvent, ...]:
    """The events of several parcels, oldest first; `beside` stands in where a parcel has no readable time at all.

    A parcel that cannot be read comes out as one UNRECOGNISED event. Raises `Garbled` when none can be read.
    """
    events: list[TrackingEvent] = []
    unreadable: list[Any] = []
    for parcel in parcels:
        try:
            events += read_parcel(parcel, zone, beside)
        except Garbled:
            unreadable.append(parcel)
    if unreadable and not events:
        raise Garbled("快递鸟的推送里没有一件能读出轨迹。")
    for parcel in unreadable:
        events.append(_odd(parcel, _whose(parcel), beside or events[0].happened_at))
    return tuple(sorted(events, key=lambda event: event.happened_at))


def read_parcel(parcel: Any, zone: tzinfo, beside: datetime | None = None) -> tuple[TrackingEvent, ...]:
    """The events of one parcel (an answer, or one of a push), oldest first; () when it has no trace yet.

    Steps of one second stay in the courier's order. Raises `Garbled` when there are steps and no time can be read.
    """
    steps = _steps(parcel)
    times = [read_time(step.get("AcceptTime"), zone) if isinstance(step, dict) else None for step in steps]
    known = [time for time in times if time is not None]
    neighbour = known[0] if known else beside
    if steps and neighbour is None:
        raise Garbled("快递鸟的轨迹里没有一条能读出时间。")
    if len(known) > 1 and known[0] > known[-1]:  # the account asked for Sort 1, newest first
        steps, times = steps[::-1], times[::-1]
    whose = _whose(parcel)
    newest = max((time, place) for place, time in enumerate(times) if time is not None)[1] if known else -1
    events: list[TrackingEvent] = []
    for place, (step, time) in enumerate(zip(steps, times, strict=True)):
        if time is None:
            assert neighbour is not None
            events.append(_odd(step, whose, neighbour))
            continue
        neighbour = time
        codes = _codes_of_newest(step, parcel) if place == newest else (said(step.get("Action")),)
        events += [_event(step, whose, code[:40], time) for code in codes]
    return told_apart(sorted(events, key=lambda event: event.happened_at))


def _steps(parcel: Any) -> list[Any]:
    if not isinstance(parcel, dict):
        raise Garbled("快递鸟的轨迹不是 JSON 对象。")
    steps = parcel.get("Traces")
    if steps is None and said(parcel.get("State")) in ("", "0"):
        return []
    if not isinstance(steps, list):
        raise Garbled("快递鸟的轨迹里没有 Traces 列表。")
    return steps


def _codes_of_newest(step: dict[str, Any], parcel: dict[str, Any]) -> tuple[str, ...]:
    """The newest step's own code; the parcel's state where it has none, or beside it where the state says more.

    A state such as 412 (not collected in time) comes without a step of its own, and would be lost otherwise.
    """
    own, finer = said(step.get("Action")), said(parcel.get("StateEx"))
    if not own:
        return (finer or said(parcel.get("State")),)
    return (own,) if finer in ("", "0") or own.startswith(finer) else (own, finer)


def _whose(parcel: Any) -> _Whose:
    known = parcel if isinstance(parcel, dict) else {}
    echo = said(known.get("CallBack")) or said(known.get("Callback"))
    return _Whose(
        said(known.get("LogisticCode"))[:40],
        said(known.get("ShipperCode"))[:20],
        (said(known.get("OrderCode")) or echo)[:100],
    )


def _event(step: dict[str, Any], whose: _Whose, code: str, happened_at: datetime) -> TrackingEvent:
    meaning, place = meaning_of(code), said(step.get("Location"))[:100]
    return TrackingEvent(
        waybill_no=whose.waybill_no,
        milestone=meaning.milestone,
        reason=meaning.reason,
        code=code,
        detail_code="",
        text=(said(step.get("AcceptStation")) or said(step.get("Remark")))[:_LONGEST_TEXT],
        happened_at=happened_at,
        place=place,
        voids=None,
        courier=COURIER,
        reference=whose.reference,
        # The courier of this event is the aggregator; who really carries stands here, before its place.
        org_code=f"{whose.carrier}/{place}" if whose.carrier and place else whose.carrier or place,
    )


def _odd(original: object, whose: _Whose, beside: datetime) -> TrackingEvent:
    return untimed(
        original,
        beside,
        COURIER,
        whose.waybill_no,
        reference=whose.reference,
        org_code=whose.carrier,
        what="无法读出的轨迹",
    )
