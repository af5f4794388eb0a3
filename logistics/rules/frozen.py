"""What a clock was computed from, as it stands beside the clock: made here when it starts, read here when it is
computed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from enum import Enum
from functools import lru_cache
from typing import Any, cast

from logistics.decision import Json
from logistics.rules.policies import DEFAULT_LADDER, Audience, Leg, Policy, Rung, RungKind, Unit, Whose
from logistics.terms import LaneScope

_READ: Mapping[str, Any] = {"kind": RungKind, "audience": Audience, "channels": tuple}


def frozen_policy(
    policy: Policy, hours: str, whose: Whose = Whose.OWNER, version: int | None = None, basis: str = ""
) -> dict[str, Json]:
    """All that the plan was computed from but the calendar, which has its own version.

    `version`: the id of the rule's version, None for what is shipped. `basis`: which rule that was, in Chinese words.
    """
    return {
        "length": policy.length,
        "unit": policy.unit.value,
        "scope": policy.scope.value,
        "hours": hours,
        "whose": whose.value,
        "version": version,
        "basis": basis,
        "rungs": plain_rungs(policy.rungs),
    }


def thawed_policy(leg: str, frozen: Mapping[str, Json]) -> Policy:
    """The policy that `frozen_policy` wrote down; a clock from before ladders were frozen has the shipped one."""
    length, rungs = frozen["length"], frozen.get("rungs")
    assert isinstance(length, int)
    return Policy(
        Leg(leg),
        LaneScope(str(frozen["scope"])),
        length,
        Unit(str(frozen["unit"])),
        DEFAULT_LADDER if rungs is None else rungs_of(cast("list[Mapping[str, Json]]", rungs)),
    )


def whose_of(frozen: Mapping[str, Json]) -> Whose:
    """Whose calendar and hours the clock runs by."""
    return Whose(str(frozen.get("whose", Whose.OWNER.value)))


def plain_rungs(rungs: tuple[Rung, ...]) -> list[Json]:
    """The ladder as it is stored: only what is not the field's own default, for it stands beside every clock."""
    return [dict(rung) for rung in _plain_rungs(rungs)]


@lru_cache(maxsize=1024)  # every clock that starts is stored with its ladder, and ladders are few
def _plain_rungs(rungs: tuple[Rung, ...]) -> tuple[dict[str, Json], ...]:
    return tuple(
        {
            one.name: _plain(getattr(rung, one.name))
            for one in fields(rung)
            if one.default is MISSING or getattr(rung, one.name) != one.default
        }
        for rung in rungs
    )


def rungs_of(stored: Sequence[Mapping[str, Json]]) -> tuple[Rung, ...]:
    """The ladder that was stored so. Raises `Rejected` for a rung that makes no sense."""
    return tuple(
        Rung(**{name: _READ[name](value) if name in _READ else value for name, value in one.items()})
        for one in cast("Sequence[Mapping[str, Any]]", stored)
    )


def _plain(value: object) -> Json:
    if isinstance(value, Enum):
        return str(value.value)
    return cast(Json, list(value) if isinstance(value, tuple) else value)
