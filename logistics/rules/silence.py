"""A silent parcel (长时间无轨迹): handed to the courier, and no account has seen it move for too many working hours.

Working hours of the agency that sent it, because nobody there could ask before its hall opens: a parcel that rests over
a holiday is not silent. One silence is one difference, named by the last movement before it; the next movement explains
it. It also raises the clock that runs: owner and manager hear of it at once, beside the ladder and whatever it holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from logistics.decision import NewDiscrepancy
from logistics.rules import repeats, stages
from logistics.rules.deadlines import PlannedRung
from logistics.rules.policies import Audience, Leg, RungKind
from logistics.rules.reading import Meanings, read
from logistics.rules.workdays import CHINA, Calendar, Hours, next_working_moment, working_minutes_between
from logistics.tables import Consignment, Tracking
from logistics.terms import DiscrepancyKind, LaneScope, Stage

LIMITS: Mapping[LaneScope, int] = MappingProxyType({LaneScope.CITY: 8, LaneScope.PROVINCE: 12, LaneScope.CROSS: 16})
"""Working hours without movement, by how far the lane reaches: within a city a parcel should have arrived in one
working day; across provinces it rests in one truck for a day, and two without a scan are too many.
"""
FIRST_SCAN = 8
"""Working hours from dispatch to the first scan, the same for every lane: a whole working day in which nobody came."""

SHORTEST = min(FIRST_SCAN, *LIMITS.values())
WATCHED = frozenset({Stage.BOOKED, Stage.ON_THE_WAY})
"""Stages in which a parcel should move. Delivered, returned and lost have clocks and differences of their own."""

RAISED = (Leg.BOOKED_TO_PICKED_UP, Leg.TRANSIT, Leg.RETURN_TRANSIT)
"""The clocks that a silence raises: those that wait for the courier. A parcel runs one of them at a time."""

RUNG = "silent:"
"""How the names of such rungs begin; a new plan of the clock leaves them as they are."""

_HEARD_BY = {"": Audience.OWNER, ":manager": Audience.OWNER_MANAGER}


def last_movement(rows: Iterable[Tracking], meanings: Meanings) -> Tracking | None:
    """The latest scan by any account that says the parcel moved; a scan told again later is the scan told first."""
    told = [one.head for one in repeats.folded(read(rows, meanings)) if one.head.milestone in stages.MOVEMENT]
    return max(told, key=lambda row: (row.happened_at, row.natural_key), default=None)


def key_of(consignment: Consignment, last: Tracking | None) -> str:
    """What names the silence after that movement, or after dispatch."""
    if last is None:
        return f"silent:{consignment.no}:dispatched"
    return (
        f"silent:{consignment.no}:{hashlib.sha256(last.natural_key.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    )


def silence(
    consignment: Consignment,
    scope: LaneScope,
    last: Tracking | None,
    now: datetime,
    calendar: Calendar,
    hours: Hours,
) -> NewDiscrepancy | None:
    """The difference to open when the parcel has been silent for too long; None while it has not, or need not move.

    `last` as `last_movement` gives it; calendar and hours are those of the agency that sent it. A time that cannot be
    (ahead of `now`) counts from when we heard of it.
    """
    since = consignment.dispatched_at if last is None else min(last.happened_at, last.received_at)
    if consignment.stage not in WATCHED or since is None or since >= now:
        return None
    limit = FIRST_SCAN if last is None else LIMITS[scope]
    if working_minutes_between(calendar, hours, since, now) < limit * 60:
        return None
    when = since.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    note = (
        f"{when} 交寄后已过 {limit} 个工作小时，没有任何揽收轨迹。请联系快递方核实邮件是否已被收走。"
        if last is None
        else f"最后一次轨迹在 {when}，此后 {limit} 个工作小时没有动向。请联系快递方核实邮件下落。"
    )
    return NewDiscrepancy(DiscrepancyKind.SILENT, key_of(consignment, last), note, consignment_id=consignment.id)


def rungs(key: str, calendar: Calendar, hours: Hours, now: datetime) -> tuple[PlannedRung, ...]:
    """What the silence of that key adds to the ladder of the clock that runs: a word to its owner and one to their
    manager, at once, or when the hall opens next. Their names are the key's, so that one silence adds them once.
    """
    name = f"{RUNG}{key.rpartition(':')[2]}"
    at = next_working_moment(calendar, hours, now)
    return tuple(PlannedRung(f"{name}{rank}", at, who, RungKind.SILENT) for rank, who in _HEARD_BY.items())
