"""What a changed input does to a clock: a new plan from the frozen inputs, by the calendar that holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from logistics.decision import Json
from logistics.rules.deadlines import Plan, PlannedRung, plan
from logistics.rules.frozen import thawed_policy
from logistics.rules.pausing import relief_of
from logistics.rules.silence import RUNG
from logistics.rules.workdays import Calendar, Hours, SpecialDay

REACH = timedelta(days=45)
"""A ladder's last rung stands so many days behind the due moment at most, long holidays included."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The inputs that a deadline was computed from, as they stand beside it, and what came of them."""

    leg: str
    policy: Mapping[str, Json]  # as `frozen_policy` wrote it, with the pauses and extensions since
    started_at: datetime
    due_at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Rungs:
    """What becomes of a ladder: rungs that wait stand at new moments, some are left out, some come in."""

    moved: tuple[PlannedRung, ...]
    dropped: tuple[str, ...]
    added: tuple[PlannedRung, ...]


def replanned(frozen: Frozen, calendar: Calendar) -> Plan:
    """The plan of the same leg, rule, hours, start, pauses and extensions by this calendar."""
    policy, hours = thawed_policy(frozen.leg, frozen.policy), Hours.parse(str(frozen.policy["hours"]))
    return plan(policy, calendar, hours, frozen.started_at, relief_of(frozen.policy))


def moves(frozen: Frozen, planned: Plan) -> bool:
    """Whether the deadline ends at another moment, or is settled or unsettled, by the new plan."""
    return (planned.due_at, planned.provisional) != (frozen.due_at, frozen.provisional)


def ladder(waiting: Iterable[str], settled: Iterable[str], planned: Plan) -> Rungs:
    """The new ladder of a deadline, of whose rungs `waiting` have not fired and `settled` have fired or were dropped.

    A rung that has fired stays as it was and does not fire again, wherever its new moment would lie. One that a silence
    has added is of no plan, and stays.
    """
    left, over = set(waiting), set(settled)
    names = {rung.name for rung in planned.rungs}
    return Rungs(
        moved=tuple(rung for rung in planned.rungs if rung.name in left),
        dropped=tuple(sorted(name for name in left - names if not name.startswith(RUNG))),
        added=tuple(rung for rung in planned.rungs if rung.name not in left | over),
    )


def concerned_from(year: int, days: Iterable[SpecialDay], whole_year: bool) -> date:
    """The first date whose kind of day an announcement may change."""
    given = min((day.day for day in days), default=date(year, 12, 31))
    return min(given, date(year, 1, 1)) if whole_year else given
