"""The consignment's state machine (寄递件的阶段): one literal table, and the readers of it. It is nowhere else.

Two kinds of cause: our people's verbs (`move`) and the courier's milestones (`follow`). Milestones are read as a set,
so late, repeated and shuffled messages cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from couriers.contract import Milestone
from logistics.errors import Rejected
from logistics.terms import Stage, Verb, zh

S, V, M = Stage, Verb, Milestone

MOVES: Mapping[Stage, Mapping[Verb | Milestone, Stage]] = MappingProxyType(
    {
        S.PACKING: {V.SEAL: S.SEALED, V.VOID: S.VOIDED},
        S.SEALED: {V.DISPATCH: S.BOOKING, V.REOPEN: S.PACKING, V.VOID: S.VOIDED},
        S.BOOKING: {V.RECORD_BOOKING: S.BOOKED, V.RECORD_REFUSAL: S.SEALED},
        S.BOOKED: {
            M.PICKED_UP: S.ON_THE_WAY,
            M.IN_TRANSIT: S.ON_THE_WAY,
            M.ARRIVED: S.ON_THE_WAY,
            M.OUT_FOR_DELIVERY: S.ON_THE_WAY,
            M.ATTEMPTED: S.ON_THE_WAY,
            M.AVAILABLE: S.ON_THE_WAY,
            M.HELD: S.ON_THE_WAY,
            M.DAMAGED: S.ON_THE_WAY,
            M.RETURNING: S.ON_THE_WAY,
            M.DELIVERED: S.DELIVERED,
            M.RETURNED: S.RETURNED,
            M.LOST: S.LOST,
            V.RECEIVE: S.RECEIVED,
            V.VOID: S.VOIDED,
        },
        S.ON_THE_WAY: {M.DELIVERED: S.DELIVERED, M.RETURNED: S.RETURNED, M.LOST: S.LOST, V.RECEIVE: S.RECEIVED},
        S.DELIVERED: {M.RETURNED: S.RETURNED, V.RECEIVE: S.RECEIVED},
        S.RETURNED: {V.RECEIVE: S.RECEIVED},
        S.LOST: {M.DELIVERED: S.DELIVERED, M.RETURNED: S.RETURNED, V.RECEIVE: S.RECEIVED},
        S.RECEIVED: {},
        S.VOIDED: {},
    }
)

SILENT = frozenset({M.ORDER_CREATED, M.INFO, M.UNRECOGNISED})
"""Milestones that move nothing anywhere and surprise nobody."""

MOVEMENT = frozenset(M) - SILENT - {M.CANCELLED}
"""Milestones that say the envelope has left the sender's hands."""

ENDS = {S.DELIVERED: M.DELIVERED, S.RETURNED: M.RETURNED, S.LOST: M.LOST}
"""The courier's ends, and the milestone that says so."""

_OURS = frozenset({S.PACKING, S.SEALED, S.BOOKING, S.RECEIVED, S.VOIDED})
_ORDER = {milestone: rank for rank, milestone in enumerate(M)}


class TrackingLike(Protocol):
    """A courier's statement, as read by an adapter or as stored."""

    @property
    def milestone(self) -> Milestone: ...
    @property
    def code(self) -> str: ...
    @property
    def voids(self) -> str | None: ...
    @property
    def happened_at(self) -> datetime: ...
    @property
    def natural_key(self) -> str: ...


@dataclass(frozen=True)
class Odd:
    """A courier's statement that does not fit what it said before; a person looks at it."""

    event: TrackingLike
    why_zh: str


@dataclass(frozen=True)
class Following:
    """What all events of one waybill add up to. `last` is the courier's latest statement of any kind."""

    stage: Stage
    picked_up_at: datetime | None
    delivered_at: datetime | None
    last: TrackingLike | None
    odd: tuple[Odd, ...]
    unrecognised: tuple[TrackingLike, ...]


def move(stage: Stage, verb: Verb) -> Stage:
    """The stage after our people's verb. Raises `Rejected` (rule "stage") where the table has no such move."""
    target = MOVES[stage].get(verb)
    if target is None:
        raise Rejected(_refusal_zh(stage, verb), _refusal_en(stage, verb), rule="stage")
    return target


def _verbs(stage: Stage) -> list[Verb]:
    return [cause for cause in MOVES[stage] if isinstance(cause, Verb)]


def _refusal_zh(stage: Stage, verb: Verb) -> str:
    possible = [zh(other) for other in _verbs(stage)]
    remedy = f"现在可以：{'、'.join(possible)}" if possible else "此件已终结，如有需要请另建寄递件"
    return f"本寄递件现为「{zh(stage)}」，此阶段不能{zh(verb)}。{remedy}。"


def _refusal_en(stage: Stage, verb: Verb) -> str:
    possible = [other.value.replace("_", " ") for other in _verbs(stage)]
    remedy = f"Possible now: {', '.join(possible)}." if possible else "It is finished; start another if needed."
    now, wanted = stage.value.replace("_", " "), verb.value.replace("_", " ")
    return f"This consignment is {now}; {wanted} is not possible then. {remedy}"


def follow(events: Iterable[TrackingLike]) -> Following:
    """What the courier's events lead to, starting at BOOKED: a function of the set, whatever its order or repeats.

    A reversal (`voids`) takes back the latest earlier standing event of that operation code
    (or of any of several, joined by "/"). Movement after an end is
    odd and moves nothing. `picked_up_at` is the first sign that the courier has the envelope.
    """
    ordered = _in_order(events)
    standing, odd = _standing(ordered)
    stage, picked_up_at, delivered_at = Stage.BOOKED, None, None
    for event in standing:
        target = MOVES[stage].get(event.milestone)
        if target is None:
            why = _why_odd(stage, event.milestone)
            odd += [Odd(event, why)] if why else []
            continue
        picked_up_at = picked_up_at or event.happened_at
        delivered_at = event.happened_at if target is Stage.DELIVERED else delivered_at
        stage = target
    return Following(
        stage=stage,
        picked_up_at=picked_up_at,
        delivered_at=delivered_at,
        last=ordered[-1] if ordered else None,
        odd=tuple(sorted(odd, key=lambda one: _place(one.event))),
        unrecognised=tuple(event for event in ordered if event.milestone is Milestone.UNRECOGNISED),
    )


def _place(event: TrackingLike) -> tuple[datetime, bool, int, str, str, str]:
    # Couriers round to the second or the minute: within one instant, progress comes before what takes it back.
    takes_back = event.voids is not None
    return (
        event.happened_at,
        takes_back,
        _ORDER[event.milestone],
        event.natural_key,
        event.code,
        event.voids or "",
    )


def _in_order(events: Iterable[TrackingLike]) -> list[TrackingLike]:
    single: dict[str, TrackingLike] = {}
    for event in sorted(events, key=_place):
        single.setdefault(event.natural_key, event)
    return list(single.values())


def _standing(ordered: Sequence[TrackingLike]) -> tuple[list[TrackingLike], list[Odd]]:
    """The events that nothing took back, and the reversals that had nothing to take back."""
    standing: list[TrackingLike] = []
    odd: list[Odd] = []
    for event in ordered:
        if event.voids is None:
            standing.append(event)
            continue
        codes = event.voids.split("/")  # one taking-back may undo any of several codes
        index = next((i for i in reversed(range(len(standing))) if standing[i].code in codes), None)
        if index is None:
            odd.append(Odd(event, f"快递方撤销了代码 {event.voids} 的节点，但之前没有这样的节点；请向快递方核实"))
        else:
            del standing[index]
    return standing, odd


def _why_odd(stage: Stage, milestone: Milestone) -> str:
    if milestone in SILENT or ENDS.get(stage) is milestone:
        return ""
    if milestone is Milestone.CANCELLED:
        return "快递方称订单已取消；请确认邮件在谁手中，再作废或重新寄出"
    if stage in ENDS:
        return f"快递方先称「{zh(stage)}」，之后又有新的动向；请核实邮件下落"
    return ""


def standing(events: Iterable[TrackingLike]) -> list[TrackingLike]:
    """The events that no later one took back, in order of time."""
    return _standing(_in_order(events))[0]


def settle(stored: Stage, events: Iterable[TrackingLike]) -> Stage:
    """What the stored stage must be: what our people made of it stays, else what the courier's events lead to."""
    return stored if stored in _OURS else follow(events).stage


def settled(stored: Stage, following: Following) -> Stage:
    """As `settle`, for events that were followed already."""
    return stored if stored in _OURS else following.stage


def oddities(stored: Stage, events: Iterable[TrackingLike], following: Following | None = None) -> tuple[Odd, ...]:
    """The odd events a person must look at, given the stored stage.

    A voided envelope is expected to be cancelled and is not expected to move. `following`: what the events add up to,
    where that is known already.
    """
    known = list(events)
    if stored is not Stage.VOIDED:
        return (following or follow(known)).odd
    moved, _ = _standing(_in_order(known))
    why = "本件已作废，快递方却仍在运送；请拦截并核实"
    return tuple(Odd(event, why) for event in moved if event.milestone in MOVEMENT)


def diagram() -> str:
    """The table as a Mermaid state diagram: our verbs in upper case, the courier's milestones in lower case."""
    lines = ["stateDiagram-v2", f"    [*] --> {Stage.PACKING.value}"]
    for stage, row in MOVES.items():
        causes: dict[Stage, list[str]] = {}
        for cause, target in row.items():
            causes.setdefault(target, []).append(cause.value.upper() if isinstance(cause, Verb) else cause.value)
        lines += [f"    {stage.value} --> {target.value}: {', '.join(names)}" for target, names in causes.items()]
        lines += [] if row else [f"    {stage.value} --> [*]"]
    return "\n".join(lines) + "\n"
