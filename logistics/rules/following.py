"""What all events of one consignment lead to (跟随轨迹): stage, courier times, facts for clocks, differences. Pure.

It is a function of the whole set of events and of what is open now: order of arrival and repeats cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from couriers.contract import Milestone
from logistics.decision import Decision, Fact, NewDiscrepancy, Settlement
from logistics.rules import stages
from logistics.rules.chain import stamp
from logistics.tables import Consignment, Discrepancy, Tracking
from logistics.terms import DiscrepancyKind, Resolution, Stage

CLOCK_SLACK = timedelta(days=1)
"""How far a courier's clock may be off before its time is not believed."""

SETTLED_BY_EVENTS = frozenset({DiscrepancyKind.ODD_MOVEMENT, DiscrepancyKind.LOST})
"""Differences that later events explain: a late scan closes the gap, a lost envelope turns up."""


@dataclass(frozen=True)
class Followed:
    """What the consignment's row must say, and what is to be recorded for it."""

    picked_up_at: datetime | None
    delivered_at: datetime | None
    decision: Decision


def followed(
    consignment: Consignment, rows: Sequence[Tracking], still_open: Iterable[Discrepancy], now: datetime
) -> Followed:
    """What `rows`, all events of the consignment, lead to. `still_open`: its differences nobody has settled yet.

    Our people's stages stay; the courier's move. The times are the row's own until the caller has stored them.
    """
    following = stages.follow(rows)
    stage = stages.settle(consignment.stage, rows)
    facts: list[Fact] = []
    if consignment.stage is not Stage.VOIDED:
        facts = _courier_times(consignment, following, now)
    if stage is not consignment.stage:
        data = {"consignment": consignment.no, "from": consignment.stage.value, "to": stage.value}
        facts.append(Fact("consignment:moved", "", cast("dict[str, Any]", data)))
    new = _differences(consignment, stage, rows)
    voided = consignment.stage is Stage.VOIDED
    return Followed(
        consignment.picked_up_at if voided else following.picked_up_at,
        consignment.delivered_at if voided else following.delivered_at,
        Decision(stage=stage, facts=tuple(facts), discrepancies=new, settlements=_explained(still_open, new)),
    )


def _courier_times(consignment: Consignment, following: stages.Following, now: datetime) -> list[Fact]:
    """Facts for clocks: picked up, delivered, or delivered taken back."""
    facts: list[Fact] = []
    if following.picked_up_at is not None and consignment.picked_up_at is None:
        facts.append(_timed("consignment:picked_up", consignment, following.picked_up_at, now))
    if following.delivered_at is not None and consignment.delivered_at is None:
        facts.append(_timed("consignment:delivered", consignment, following.delivered_at, now))
    if following.delivered_at is None and consignment.delivered_at is not None:
        facts.append(Fact("consignment:delivery_taken_back", "快递方撤销妥投", {"consignment": consignment.no}))
    return facts


def _timed(what: str, consignment: Consignment, at: datetime, now: datetime) -> Fact:
    """The fact with the courier's own time; with a time that cannot be, the clock takes the moment we heard of it."""
    data: dict[str, Any] = {"consignment": consignment.no}
    if is_plausible(consignment, at, now):
        data["happened_at"] = at.isoformat()
    return Fact(what, "", data)


def is_plausible(consignment: Consignment, at: datetime, now: datetime) -> bool:
    """Whether a courier may have seen this envelope then: not a day before it was made, not a day from now."""
    return consignment.created_at - CLOCK_SLACK <= at <= now + CLOCK_SLACK


def _explained(still_open: Iterable[Discrepancy], now_open: Sequence[NewDiscrepancy]) -> tuple[Settlement, ...]:
    standing = {new.key for new in now_open}
    return tuple(
        Settlement(cast(int, row.id), Resolution.EXPLAINED, "后到的轨迹已说明")
        for row in still_open
        if row.kind in SETTLED_BY_EVENTS and row.key not in standing
    )


def _differences(consignment: Consignment, stage: Stage, rows: Sequence[Tracking]) -> tuple[NewDiscrepancy, ...]:
    return (*_unknown_codes(consignment, rows), *_odd(consignment, rows), *_ended_badly(consignment, stage))


def _unknown_codes(consignment: Consignment, rows: Sequence[Tracking]) -> list[NewDiscrepancy]:
    return [
        NewDiscrepancy(
            DiscrepancyKind.UNRECOGNISED_CODE,
            f"code:{consignment.no}:{event.code}",
            f"快递代码 {event.code} 不在任何代码表中，未作任何推断。请核实其含义。",
            consignment_id=consignment.id,
        )
        for event in rows
        if event.milestone is Milestone.UNRECOGNISED
    ]


def _odd(consignment: Consignment, rows: Sequence[Tracking]) -> list[NewDiscrepancy]:
    impossible = [
        NewDiscrepancy(
            DiscrepancyKind.ODD_MOVEMENT,
            f"time:{consignment.no}:{event.id}",
            f"快递方称 {stamp(event.happened_at)} 有轨迹，这个时间不可能，时限按收到消息的时刻计。请与快递方核实。",
            consignment_id=consignment.id,
        )
        for event in rows
        if not is_plausible(consignment, event.happened_at, event.received_at)
    ]
    odd = [
        NewDiscrepancy(
            DiscrepancyKind.ODD_MOVEMENT,
            f"odd:{consignment.no}:{cast(Tracking, odd.event).id}",
            odd.why_zh,
            consignment_id=consignment.id,
        )
        for odd in stages.oddities(consignment.stage, rows)
    ]
    return impossible + odd


def _ended_badly(consignment: Consignment, stage: Stage) -> list[NewDiscrepancy]:
    words = {
        Stage.LOST: (DiscrepancyKind.LOST, "lost", "快递方称邮件遗失，请立即核查并告知申请人。"),
        Stage.RETURNED: (DiscrepancyKind.RETURNED, "returned", "邮件被退回，请寄出单位签收核验。"),
    }
    if stage not in words:
        return []
    kind, name, note = words[stage]
    return [NewDiscrepancy(kind, f"{name}:{consignment.no}", note, consignment_id=consignment.id)]
