"""Whether one length of time is at least as strict as another, said only where it is proven for every start.

Lengths of one unit by one calendar are compared as numbers. Of different units, a proof needs the hours that both are
counted by: a working day after the first has at least the shortest day's minutes, and ends at the earliest closing or
later. Where there is no proof (a holiday may always lie between), the answer is no, and a second person decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from logistics.rules.policies import Unit, Whose
from logistics.rules.workdays import Hours

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Term:
    """A length, what it counts, and by whose calendar; None: by whichever calendar it is held against."""

    length: int
    unit: Unit
    whose: Whose | None = None


def at_least_as_strict(one: Term, bound: Term, hours: Hours | None = None) -> bool:
    """Whether a clock of `one` never ends later than one of `bound` that started at the same moment.

    `hours`: those that both are counted by, where they are known. False means later or not provable.
    """
    if one.unit is Unit.NATURAL_HOURS:  # by nobody's calendar
        return one.length * 60 <= _at_least(bound, hours)
    if bound.unit is Unit.NATURAL_HOURS or bound.whose not in (None, one.whose):
        return False
    if one.unit is bound.unit:
        return one.length <= bound.length
    if hours is None:
        return False
    if one.unit is Unit.WORKING_HOURS:
        return one.length * 60 <= bound.length * min(_minutes(hours))
    # the start's own day may still lie wholly ahead
    return (one.length + 1) * max(_minutes(hours)) <= bound.length * 60


def _at_least(bound: Term, hours: Hours | None) -> int:
    """Minutes of the day and night that pass before the bound is due, whatever the start."""
    if bound.unit is Unit.WORKING_DAYS:
        closing = min(day[-1][1] for week in hours.weeks for day in week) // 60 if hours else 0
        return (bound.length - 1) * _DAY + closing
    return bound.length * 60  # an hour of work takes an hour at least


def _minutes(hours: Hours) -> list[int]:
    """How many minutes of work each kind of day has."""
    return [sum(until - since for since, until in day) // 60 for week in hours.weeks for day in week]
