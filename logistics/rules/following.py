"""What all events of one consignment lead to (跟随轨迹): stage, courier times, facts for clocks, differences. Pure.

It is a function of the whole set of events and of what is open now: order of arrival and repeats cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from couriers.contract import Milestone
from logistics.decision import Decision, Fact, NewDiscrepancy, Settlement
from logistics.rules import silence, sources, stages
from logistics.rules.chain import stamp
from logistics.rules.reading import UNMAPPED, Meanings
from logistics.tables import Consignment, Discrepancy, Tracking
from logistics.terms import DiscrepancyKind, Resolution, Stage

CLOCK_SLACK = timedelta(days=1)
"""How far a courier's clock may be off before its time is not believed."""

TAKEN_BACK = "快递方撤销妥投"
PICKUP_TAKEN_BACK = "快递方撤销揽收"
TOLD_ANEW = "快递方更正了时间"

_NOTES = {
    DiscrepancyKind.ODD_MOVEMENT: "后到的轨迹已说明",
    DiscrepancyKind.LOST: "后到的轨迹已说明",
    DiscrepancyKind.UNRECOGNISED_CODE: "代码的含义已由管理人员确定，轨迹已按此重读",
    DiscrepancyKind.SOURCES_DISAGREE: "两个来源的说法已经一致",
    DiscrepancyKind.SILENT: "邮件又有了动向",
}
"""Differences that later events explain by themselves, and how: a lost envelope turns up, a code gets its meaning."""


@dataclass(frozen=True)
class Followed:
    """What the consignment's row must say, and what is to be recorded for it."""

    picked_up_at: datetime | None
    delivered_at: datetime | None
    decision: Decision


def followed(
    consignment: Consignment,
    rows: Sequence[Tracking],
    still_open: Iterable[Discrepancy],
    now: datetime,
    meanings: Meanings = UNMAPPED,
    names: Mapping[str, str] | None = None,
    taken_back: str = TAKEN_BACK,
) -> Followed:
    """What `rows`, all events of the consignment by any account, lead to; `meanings`: what is known of unknown codes.

    `still_open`: its differences nobody has settled yet. `names`: what people call each courier. `taken_back`: why a
    delivery that was believed is none, should it come to that. Our people's stages stay; the courier's move. The times
    are the row's own until the caller has stored them.
    """
    own = sources.followable(consignment, rows, meanings)
    following = stages.follow(own)
    stage = stages.settled(consignment.stage, following)
    facts: list[Fact] = []
    if consignment.stage is not Stage.VOIDED:
        facts = _courier_times(consignment, following, now, taken_back)
    if stage is not consignment.stage:
        data = {"consignment": consignment.no, "from": consignment.stage.value, "to": stage.value}
        facts.append(Fact("consignment:moved", "", cast("dict[str, Any]", data)))
    new = (
        *_unknown_codes(consignment, rows, meanings),
        *_odd(consignment, rows, own, following),
        *_ended_badly(consignment, stage, own),
        *_contradictions(consignment, rows, own, meanings, names or {}),
    )
    still_open = list(still_open)
    quiet = ""
    if stage in silence.WATCHED and any(row.kind is DiscrepancyKind.SILENT for row in still_open):
        quiet = silence.key_of(consignment, silence.last_movement(rows, meanings))
    voided = consignment.stage is Stage.VOIDED
    return Followed(
        consignment.picked_up_at if voided else following.picked_up_at,
        consignment.delivered_at if voided else following.delivered_at,
        Decision(stage=stage, facts=tuple(facts), discrepancies=new, settlements=_explained(still_open, new, quiet)),
    )


def _courier_times(consignment: Consignment, following: stages.Following, now: datetime, taken_back: str) -> list[Fact]:
    """Facts for clocks: picked up, delivered; either told with another time than before, or taken back."""
    facts: list[Fact] = []
    for what, before, at, why in (
        ("pick", consignment.picked_up_at, following.picked_up_at, PICKUP_TAKEN_BACK),
        ("deliver", consignment.delivered_at, following.delivered_at, taken_back),
    ):
        known, corrected, withdrawn = _COURIERS_FACTS[what]
        if at is None and before is not None:
            facts.append(Fact(withdrawn, why, {"consignment": consignment.no}))
        elif at is not None and before is None:
            facts.append(_timed(known, consignment, at, now))
        elif at is not None and before is not None and at != before:
            facts.append(_timed(corrected, consignment, at, now, before))
    return facts


_COURIERS_FACTS = {
    "pick": ("consignment:picked_up", "consignment:pickup_corrected", "consignment:pickup_taken_back"),
    "deliver": ("consignment:delivered", "consignment:delivery_corrected", "consignment:delivery_taken_back"),
}
"""What is said of a courier's moment when it is told, when it is told with another time, when it is taken back."""


def _timed(what: str, consignment: Consignment, at: datetime, now: datetime, before: datetime | None = None) -> Fact:
    """The fact with the courier's own time; with a time that cannot be, the clock takes the moment we heard of it, or
    stays where it is. `before`: the time it told first.
    """
    data: dict[str, Any] = {"consignment": consignment.no}
    if is_plausible(consignment, at, now):
        data["happened_at"] = at.isoformat()
    if before is not None:
        return Fact(what, TOLD_ANEW, {**data, "before": before.isoformat()})
    return Fact(what, "", data)


def is_plausible(consignment: Consignment, at: datetime, now: datetime) -> bool:
    """Whether a courier may have seen this envelope then: not a day before it was made, not a day from now."""
    return consignment.created_at - CLOCK_SLACK <= at <= now + CLOCK_SLACK


def _explained(
    still_open: Iterable[Discrepancy], now_open: Sequence[NewDiscrepancy], quiet: str
) -> tuple[Settlement, ...]:
    """The open differences that do not stand any more; `quiet` names the silence that may still last, "" for none."""
    standing = {quiet, *(new.key for new in now_open)}
    return tuple(
        Settlement(cast(int, row.id), Resolution.EXPLAINED, _NOTES[row.kind])
        for row in still_open
        if row.kind in _NOTES and row.key not in standing
    )


def _unknown_codes(consignment: Consignment, rows: Sequence[Tracking], meanings: Meanings) -> list[NewDiscrepancy]:
    """One for each code of the own courier that nobody knows; a mapping taken back asks anew, under a new key."""
    return [
        NewDiscrepancy(
            DiscrepancyKind.UNRECOGNISED_CODE,
            f"code:{consignment.no}:{row.code}" + (f":{again}" if (again := meanings.withdrawals(row)) else ""),
            f"快递代码 {row.code} 不在任何代码表中，未作任何推断。请核实其含义。",
            consignment_id=consignment.id,
        )
        for row in rows
        if row.milestone is Milestone.UNRECOGNISED and row.courier == consignment.courier and meanings.of(row) is None
    ]


def _contradictions(
    consignment: Consignment,
    rows: Sequence[Tracking],
    own: Sequence[Tracking],
    meanings: Meanings,
    names: Mapping[str, str],
) -> list[NewDiscrepancy]:
    if consignment.stage is Stage.VOIDED or len(own) == len(rows):
        return []
    return sources.contradictions(consignment, own, sources.others(consignment, rows, meanings), names)


def _odd(
    consignment: Consignment, rows: Sequence[Tracking], own: Sequence[Tracking], following: stages.Following
) -> list[NewDiscrepancy]:
    impossible = [
        NewDiscrepancy(
            DiscrepancyKind.ODD_MOVEMENT,
            f"time:{consignment.no}:{event.id}",
            f"快递方称 {stamp(event.happened_at)} 有轨迹，这个时间不可能，时限按收到消息的时刻计。请与快递方核实。",
            consignment_id=consignment.id,
        )
        for event in rows
        if event.courier == consignment.courier and not is_plausible(consignment, event.happened_at, event.received_at)
    ]
    odd = [
        NewDiscrepancy(
            DiscrepancyKind.ODD_MOVEMENT,
            f"odd:{consignment.no}:{cast(Tracking, odd.event).id}",
            odd.why_zh,
            consignment_id=consignment.id,
        )
        for odd in stages.oddities(consignment.stage, own, following)
    ]
    return impossible + odd


def _ended_badly(consignment: Consignment, stage: Stage, own: Sequence[Tracking]) -> list[NewDiscrepancy]:
    """Lost, back at the sender, or on its way back: of the last two the first to be heard is the one difference."""
    words = {
        Stage.LOST: (DiscrepancyKind.LOST, "lost", "快递方称邮件遗失，请立即核查并告知申请人。"),
        Stage.RETURNED: (DiscrepancyKind.RETURNED, "returned", "邮件被退回，请寄出单位签收核验。"),
    }
    if stage in words:
        kind, name, note = words[stage]
    elif stage is not Stage.VOIDED and _turned_back(own):
        kind, name = DiscrepancyKind.RETURNED, "returned"
        note = "快递方称邮件正在退回，有的快递退回时换用新单号（见轨迹里的原话）。请与快递方核实去向，准备签收。"
    else:
        return []
    return [NewDiscrepancy(kind, f"{name}:{consignment.no}", note, consignment_id=consignment.id)]


def _turned_back(own: Sequence[Tracking]) -> bool:
    if not any(row.milestone is Milestone.RETURNING for row in own):
        return False
    return any(event.milestone is Milestone.RETURNING for event in stages.standing(own))
