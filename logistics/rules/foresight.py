"""Foresight (预判): will this parcel probably miss its deadline, by the measured times of parcels like it?

Compared are parcels that have finished and that, at this parcel's age, stood where it stands: of these, how many took
longer in all than it may. Age and place together: of two parcels that came to one hub, the one that came late is the
slower still (bench/foresight.py shows by how much). With too few of them nothing is foretold. Pure; never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from couriers.contract import Milestone
from logistics.rules.policies import Leg
from logistics.rules.regions import city_of
from logistics.rules.shares import Share, wilson
from logistics.tables import Tracking

ENOUGH = 20
"""So many finished parcels must have come as far before they are held beside one: as where a lane's pace is used."""

ALIKE = 5
"""So many of them must have stood there at that age. Five of five may be as little as 57 %, and is not less."""

AT_RISK = 0.5
"""At risk: the share's lower bound reaches this. Read as carefully as the sample allows, it is rather late than not."""

RECOVERED = 0.25
"""No longer at risk: the share itself has fallen below this. Between the two nothing changes, so that a share that goes
up and down by a parcel does not tell the owner every ten minutes."""

HORIZON = timedelta(hours=96)
"""Deadlines due within this are looked at: the longest way a parcel is given by the shipped rules."""

WINDOW = timedelta(days=180)
"""How old a comparable parcel may be: what a lane did a year ago, before another hub, says little."""


class Step(StrEnum):
    """How far a parcel has come; a later one is nearer to its end. Legs other than the way itself only have begun."""

    BEGUN = "begun"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"  # a scan in the receiver's own city; without the place's code nobody says so
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"  # nobody there, or it waits to be fetched
    RETURNING = "returning"  # it will not be delivered: nothing to foretell


class Among(StrEnum):
    """Whom a parcel is held beside, from the nearest to the widest."""

    LANE = "lane"  # the same two agencies, direction and courier
    PROVINCES = "provinces"  # the same two provinces, direction and courier
    SCOPE = "scope"  # as far (within a city, a province, across), by the same courier
    AGENCY = "agency"  # the same leg of the same agency
    PROVINCE = "province"  # the same leg of the agencies of its province


WAYS = (Leg.TRANSIT, Leg.RETURN_TRANSIT)
"""Legs that a courier covers, in natural time: compared by lane and by how far the parcel has come."""

HALLS = (Leg.BOOKED_TO_PICKED_UP, Leg.DELIVERED_TO_RECEIVED)
"""Legs in which a hall waits or must act, in its own working time: compared with the same leg of earlier parcels."""

POOLS: Mapping[bool, tuple[Among, ...]] = MappingProxyType(
    {True: (Among.LANE, Among.PROVINCES, Among.SCOPE), False: (Among.AGENCY, Among.PROVINCE)}
)
"""The comparisons of a way (True) and of a hall's leg, nearest first."""

_STEP_OF = {
    Milestone.IN_TRANSIT: Step.IN_TRANSIT,
    Milestone.ARRIVED: Step.IN_TRANSIT,
    Milestone.OUT_FOR_DELIVERY: Step.OUT_FOR_DELIVERY,
    Milestone.ATTEMPTED: Step.ATTEMPTED,
    Milestone.AVAILABLE: Step.ATTEMPTED,
    Milestone.RETURNING: Step.RETURNING,
}
_ORDER = {step: rank for rank, step in enumerate(Step)}


@dataclass(frozen=True, slots=True)
class Scan:
    """What a courier saw, and when: its own time, or when we heard of it, where that was sooner."""

    milestone: Milestone
    region_code: str
    at: datetime


def scan(row: Tracking) -> Scan:
    """A stored statement as a scan."""
    return Scan(row.milestone, row.region_code, min(row.happened_at, row.received_at))


def reached(scans: Iterable[Scan], picked_up_at: datetime, region_code: str) -> dict[Step, datetime]:
    """When the parcel first came to each step, never before the pick-up. `region_code`: the receiver's.

    A scan told again later, by push and by query, changes nothing: the first of each kind counts.
    """
    found = {Step.PICKED_UP: picked_up_at}
    for one in scans:
        at = max(one.at, picked_up_at)
        steps = {_STEP_OF[one.milestone]} if one.milestone in _STEP_OF else set()
        if one.milestone is Milestone.ARRIVED and one.region_code.startswith(stem(region_code)):
            steps.add(Step.ARRIVED)
        for step in steps:
            found[step] = min(found.get(step, at), at)
    return found


def stem(region_code: str) -> str:
    """What the codes of all places in the receiver's city begin with; of its province, where it has no city."""
    city = city_of(region_code)
    return city[:2] if city.endswith("0000") else city.removesuffix("00")


def furthest(steps: Mapping[Step, datetime]) -> tuple[Step, datetime]:
    """The step nearest to the end, and since when."""
    step = max(steps, key=lambda one: _ORDER[one])
    return step, steps[step]


@dataclass(frozen=True, slots=True)
class Passage:
    """One finished parcel: how long it took in all, and how old it was when it first came to each step, in whole
    seconds of the leg's own time (natural or working) from its beginning."""

    took: int
    steps: Mapping[Step, int]

    def spans(self) -> Iterable[tuple[Step, int, int]]:
        """Each step it stood at, from which age until before which."""
        until = self.took
        for step in sorted(self.steps, key=lambda one: _ORDER[one], reverse=True):
            begun = max(0, self.steps[step])
            if begun < until:
                yield step, begun, until
            until = min(until, begun)


class Comparison:
    """Finished parcels that one on the way is held beside. `since`: when the first of them ended, None without any."""

    def __init__(self, among: Among, passages: Iterable[Passage], since: datetime | None) -> None:
        """Sorted by where each stood when."""
        self.among, self.since = among, since
        self._spans: dict[Step, list[tuple[int, int, int]]] = {}
        for one in passages:
            for step, begun, until in one.spans():
                self._spans.setdefault(step, []).append((begun, until, one.took))

    def compared(self, step: Step) -> int:
        """How many of them stood at that step at all."""
        return len(self._spans.get(step, ()))

    def alike(self, step: Step, age: int) -> Sequence[int]:
        """How long those took in all that stood at that step at that age."""
        return [took for begun, until, took in self._spans.get(step, ()) if begun <= age < until]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is foretold of one parcel, with its basis. `among` is None when too few are known: then the figures say how
    few, of the widest comparison, and nothing is foretold."""

    step: Step
    among: Among | None
    compared: int
    share: Share
    since: datetime | None

    @property
    def is_known(self) -> bool:
        """Whether anything is foretold."""
        return self.among is not None


def forecast(step: Step, comparisons: Iterable[Comparison], age: int, allowed: int) -> Forecast:
    """By the nearest comparison that suffices: of the parcels that stood at `step` at `age`, the share that took longer
    than `allowed` in all; both in seconds since the leg began. Raises ValueError for a deadline that is past.
    """
    if not 0 <= age < allowed:
        raise ValueError(f"nothing to foretell: {age} s of {allowed} s are gone")
    found = Forecast(step, None, 0, wilson(0, 0), None)
    for one in comparisons if step is not Step.RETURNING else ():
        took = one.alike(step, age)
        share = wilson(sum(each > allowed for each in took), len(took))
        found = Forecast(step, None, one.compared(step), share, one.since)
        if found.compared >= ENOUGH and share.total >= ALIKE:
            return Forecast(step, one.among, found.compared, share, one.since)
    return found


def is_at_risk(before: bool, now: Forecast) -> bool:
    """Whether the deadline is at risk, given whether it was: it rises above one bound and falls below another.

    What cannot be foretold changes nothing: a parcel at risk that outlasts all others like it is not saved by that.
    """
    if not now.is_known or now.share.value is None:
        return before and now.step is not Step.RETURNING
    return now.share.value >= RECOVERED if before else now.share.low >= AT_RISK
