"""Which fact starts and stops which clock: the one table that ties what happens to deadlines.

Keys are ledger facts; facts about a consignment are told apart by its direction (`consignment:dispatched/outbound`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from logistics.rules.deadlines import Leg
from logistics.terms import Direction

Owner = Literal["sender", "receiver", "addressee"]
"""Which side of the dossier answers for the leg: the accepting hall, the authority, or whom the fact itself names."""

Each = Literal["dossier", "consignment", "discrepancy", "supervision"]
"""What there is a clock for each of."""


class Act(Enum):
    """What a fact does to a clock."""

    START = "start"
    STOP = "stop"
    REOPEN = "reopen"  # the stop was taken back: the clock runs on from its first start
    WITHDRAW = "withdraw"  # the start was taken back
    START_TOLD_ANEW = "start_told_anew"  # it started at another moment than we were told first
    STOP_TOLD_ANEW = "stop_told_anew"


@dataclass(frozen=True)
class Tick:
    """One clock moved by a fact. `each`: a clock for each dossier, consignment, discrepancy or order."""

    act: Act
    leg: Leg
    owner: Owner = "sender"
    each: Each = "dossier"


def _start(leg: Leg, owner: Owner, each: Each = "dossier") -> Tick:
    return Tick(Act.START, leg, owner, each)


def _stop(leg: Leg, each: Each = "dossier") -> Tick:
    return Tick(Act.STOP, leg, each=each)


OF_THE_WAY = frozenset({Leg.TRANSIT, Leg.RETURN_TRANSIT, Leg.DELIVERED_TO_RECEIVED})
"""Legs that a courier's word starts and that are over when our people open the envelope."""

OUT, BACK = Direction.OUTBOUND, Direction.RETURN

TICKS: Mapping[tuple[str, Direction | None], tuple[Tick, ...]] = {
    ("dossier:opened", None): (_start(Leg.ACCEPT_TO_DISPATCH, "sender"), _start(Leg.WHOLE_CASE, "sender")),
    ("consignment:dispatched", OUT): (
        _stop(Leg.ACCEPT_TO_DISPATCH),
        _start(Leg.DISPATCH_TO_RECEIVED, "sender", "consignment"),
    ),
    ("consignment:dispatched", BACK): (
        _stop(Leg.DECISION_TO_RETURN),
        _start(Leg.DISPATCH_TO_RECEIVED, "receiver", "consignment"),
    ),
    ("consignment:booked", OUT): (_start(Leg.BOOKED_TO_PICKED_UP, "sender", "consignment"),),
    ("consignment:booked", BACK): (_start(Leg.BOOKED_TO_PICKED_UP, "receiver", "consignment"),),
    ("consignment:voided", OUT): (
        Tick(Act.WITHDRAW, Leg.BOOKED_TO_PICKED_UP, each="consignment"),
        Tick(Act.WITHDRAW, Leg.DISPATCH_TO_RECEIVED, each="consignment"),
        Tick(Act.REOPEN, Leg.ACCEPT_TO_DISPATCH),
    ),
    ("consignment:voided", BACK): (
        Tick(Act.WITHDRAW, Leg.BOOKED_TO_PICKED_UP, each="consignment"),
        Tick(Act.WITHDRAW, Leg.DISPATCH_TO_RECEIVED, each="consignment"),
        Tick(Act.REOPEN, Leg.DECISION_TO_RETURN),
    ),
    ("consignment:picked_up", OUT): (
        _stop(Leg.BOOKED_TO_PICKED_UP, "consignment"),
        _start(Leg.TRANSIT, "sender", "consignment"),
    ),
    ("consignment:picked_up", BACK): (
        _stop(Leg.BOOKED_TO_PICKED_UP, "consignment"),
        _start(Leg.RETURN_TRANSIT, "receiver", "consignment"),
    ),
    ("consignment:pickup_corrected", OUT): (
        Tick(Act.STOP_TOLD_ANEW, Leg.BOOKED_TO_PICKED_UP, each="consignment"),
        Tick(Act.START_TOLD_ANEW, Leg.TRANSIT, each="consignment"),
    ),
    ("consignment:pickup_corrected", BACK): (
        Tick(Act.STOP_TOLD_ANEW, Leg.BOOKED_TO_PICKED_UP, each="consignment"),
        Tick(Act.START_TOLD_ANEW, Leg.RETURN_TRANSIT, each="consignment"),
    ),
    ("consignment:pickup_taken_back", OUT): (
        Tick(Act.REOPEN, Leg.BOOKED_TO_PICKED_UP, each="consignment"),
        Tick(Act.WITHDRAW, Leg.TRANSIT, each="consignment"),
    ),
    ("consignment:pickup_taken_back", BACK): (
        Tick(Act.REOPEN, Leg.BOOKED_TO_PICKED_UP, each="consignment"),
        Tick(Act.WITHDRAW, Leg.RETURN_TRANSIT, each="consignment"),
    ),
    ("consignment:delivered", OUT): (
        _stop(Leg.TRANSIT, "consignment"),
        _start(Leg.DELIVERED_TO_RECEIVED, "receiver", "consignment"),
    ),
    ("consignment:delivered", BACK): (
        _stop(Leg.RETURN_TRANSIT, "consignment"),
        _start(Leg.DELIVERED_TO_RECEIVED, "sender", "consignment"),
    ),
    ("consignment:delivery_corrected", OUT): (
        Tick(Act.STOP_TOLD_ANEW, Leg.TRANSIT, each="consignment"),
        Tick(Act.START_TOLD_ANEW, Leg.DELIVERED_TO_RECEIVED, each="consignment"),
    ),
    ("consignment:delivery_corrected", BACK): (
        Tick(Act.STOP_TOLD_ANEW, Leg.RETURN_TRANSIT, each="consignment"),
        Tick(Act.START_TOLD_ANEW, Leg.DELIVERED_TO_RECEIVED, each="consignment"),
    ),
    ("consignment:delivery_taken_back", OUT): (
        Tick(Act.REOPEN, Leg.TRANSIT, each="consignment"),
        Tick(Act.WITHDRAW, Leg.DELIVERED_TO_RECEIVED, each="consignment"),
    ),
    ("consignment:delivery_taken_back", BACK): (
        Tick(Act.REOPEN, Leg.RETURN_TRANSIT, each="consignment"),
        Tick(Act.WITHDRAW, Leg.DELIVERED_TO_RECEIVED, each="consignment"),
    ),
    ("consignment:received", OUT): (
        _stop(Leg.BOOKED_TO_PICKED_UP, "consignment"),
        _stop(Leg.TRANSIT, "consignment"),
        _stop(Leg.DELIVERED_TO_RECEIVED, "consignment"),
        _stop(Leg.DISPATCH_TO_RECEIVED, "consignment"),
        _start(Leg.RECEIVED_TO_CHECKED, "receiver", "consignment"),
    ),
    ("consignment:received", BACK): (
        _stop(Leg.BOOKED_TO_PICKED_UP, "consignment"),
        _stop(Leg.RETURN_TRANSIT, "consignment"),
        _stop(Leg.DELIVERED_TO_RECEIVED, "consignment"),
        _stop(Leg.DISPATCH_TO_RECEIVED, "consignment"),
        _start(Leg.RECEIVED_TO_CHECKED, "sender", "consignment"),
    ),
    ("consignment:taken_back", OUT): (
        _stop(Leg.BOOKED_TO_PICKED_UP, "consignment"),
        _stop(Leg.TRANSIT, "consignment"),
        _stop(Leg.DELIVERED_TO_RECEIVED, "consignment"),
        _stop(Leg.DISPATCH_TO_RECEIVED, "consignment"),
        Tick(Act.REOPEN, Leg.ACCEPT_TO_DISPATCH),
    ),
    ("consignment:taken_back", BACK): (
        _stop(Leg.BOOKED_TO_PICKED_UP, "consignment"),
        _stop(Leg.RETURN_TRANSIT, "consignment"),
        _stop(Leg.DELIVERED_TO_RECEIVED, "consignment"),
        _stop(Leg.DISPATCH_TO_RECEIVED, "consignment"),
        Tick(Act.REOPEN, Leg.DECISION_TO_RETURN),
    ),
    ("consignment:checked", OUT): (_stop(Leg.RECEIVED_TO_CHECKED, "consignment"),),
    ("consignment:checked", BACK): (
        _stop(Leg.RECEIVED_TO_CHECKED, "consignment"),
        _start(Leg.RETURN_TO_ACKNOWLEDGED, "sender"),
    ),
    ("dossier:complete", None): (_start(Leg.CHECKED_TO_DECISION, "receiver"),),
    ("dossier:decided", None): (
        _stop(Leg.CHECKED_TO_DECISION),
        _start(Leg.DECISION_TO_RETURN, "receiver"),
    ),
    ("discrepancy:missing", OUT): (_start(Leg.MISSING_TO_ARRIVED, "sender", "discrepancy"),),
    ("discrepancy:notified", None): (_start(Leg.NOTICE_TO_ANSWER, "addressee", "discrepancy"),),
    ("discrepancy:answered", None): (_stop(Leg.NOTICE_TO_ANSWER, "discrepancy"),),
    ("discrepancy:settled", None): (
        _stop(Leg.MISSING_TO_ARRIVED, "discrepancy"),
        _stop(Leg.NOTICE_TO_ANSWER, "discrepancy"),
    ),
    ("supervision:ordered", None): (_start(Leg.SUPERVISION_TO_ANSWER, "addressee", "supervision"),),
    ("supervision:answered", None): (_stop(Leg.SUPERVISION_TO_ANSWER, "supervision"),),
    ("supervision:sent_back", None): (_start(Leg.SUPERVISION_TO_ANSWER, "addressee", "supervision"),),
    ("supervision:withdrawn", None): (Tick(Act.WITHDRAW, Leg.SUPERVISION_TO_ANSWER, each="supervision"),),
    ("dossier:acknowledged", None): (
        _stop(Leg.RETURN_TO_ACKNOWLEDGED),
        _stop(Leg.DECISION_TO_RETURN),
        _stop(Leg.WHOLE_CASE),
    ),
    ("dossier:reopened", None): (
        Tick(Act.REOPEN, Leg.RETURN_TO_ACKNOWLEDGED),
        Tick(Act.REOPEN, Leg.DECISION_TO_RETURN),
        Tick(Act.REOPEN, Leg.WHOLE_CASE),
    ),
}


def ticks(fact: str, direction: Direction | None) -> tuple[Tick, ...]:
    """The clocks a fact moves; none for a fact that is in no row."""
    return TICKS.get((fact, direction), TICKS.get((fact, None), ()))
