"""The five numbers of now: late, at risk, silent, disputed, parked. Each counts the dossiers that have such a thing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from logistics.rules.figures import Asked


class Kind(StrEnum):
    """What is the matter."""

    LATE = "late"  # a clock runs and is past its due moment
    RISK = "risk"  # a clock will probably be missed (rules.foresight)
    SILENT = "silent"  # nobody saw the envelope move for too long
    DISPUTED = "disputed"  # said delivered and not received in time, said not to be there, said lost
    PARKED = "parked"  # a call to a courier waits for a person


TOLD = frozenset({Kind.LATE, Kind.SILENT, Kind.DISPUTED})
"""Those that the ledger tells, for any moment of the past."""

OF_LEGS = frozenset({Kind.LATE, Kind.RISK})
"""Those that belong to one leg; the others are of an envelope or a call."""


class Trouble(NamedTuple):
    """One such thing. `ref` names it within its dossier: a clock's key, an envelope's number, a call's key."""

    kind: Kind
    dossier_no: str
    ref: str
    sender_id: int
    receiver_id: int
    owner_id: int  # who must act
    courier: str
    leg: str
    since: datetime  # due moment of a clock; else when it began


def wanted(troubles: Iterable[Trouble], asked: Asked) -> list[Trouble]:
    """Those of the lane, courier, agency and leg asked for, whenever they began; a leg narrows only what has one."""
    return [
        one
        for one in troubles
        if (asked.lane is None or (one.sender_id, one.receiver_id) == asked.lane)
        and (not asked.courier or one.courier == asked.courier)
        and (asked.agency is None or one.owner_id == asked.agency)
        and (not asked.leg or one.kind not in OF_LEGS or one.leg == asked.leg)
    ]


def numbers(troubles: Iterable[Trouble]) -> dict[Kind, int]:
    """How many dossiers have each."""
    dossiers: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for one in troubles:
        dossiers[one.kind].add(one.dossier_no)
    return {kind: len(found) for kind, found in dossiers.items()}
