"""What is foretold beside what then happened: synthetic lanes, each parcel foretold by those that finished before it.

Four parts of a way, log-normal; one parcel in twelve is slow, either all the way or held up in one part. Lanes differ
in speed, spread and traffic, so some never have enough to speak. Seeds are fixed: the figures are the same each run.
Beside it the plainer reckoning that looks only at the time since the last step, in the same run.
"""

from __future__ import annotations

import random
import sys
from bisect import insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # not this file's folder

from bench.report import machine  # noqa: E402
from logistics.rules.foresight import (  # noqa: E402
    ALIKE,
    AT_RISK,
    ENOUGH,
    RECOVERED,
    Among,
    Comparison,
    Passage,
    Step,
    forecast,
    is_at_risk,
)
from logistics.rules.shares import wilson  # noqa: E402
from logistics.store.lanes import NEWEST  # noqa: E402

SEED = 20261122
LANES = 20
PARCELS = 4_000
DAYS = 120
START = datetime(2026, 1, 1, tzinfo=UTC)
LOOK_EVERY = 3 * 3600
LIMITS = {"city": 24, "province": 48, "cross": 96}
SPEED = {"city": 15, "province": 30, "cross": 62}  # hours, the middle parcel of a middling lane
STEPS = (Step.PICKED_UP, Step.IN_TRANSIT, Step.ARRIVED, Step.OUT_FOR_DELIVERY)
PARTS = (0.15, 0.6, 0.15, 0.1)  # of the way, from each step to the next
SLOW = 1 / 12


@dataclass
class Lane:
    """How fast it is, and what is known of it by now: the newest finished parcels, the last to end last."""

    scope: str
    hours: float
    spread: float
    finished: list[tuple[float, Passage]] = field(default_factory=list)

    def way(self, dice: random.Random, whole: bool) -> list[int]:
        """Seconds from the pick-up to each step, the last to the delivery. `whole`: the slow are slow all the way."""
        slow, held, at, found = dice.random() < SLOW, dice.randrange(len(PARTS)), 0.0, [0]
        for number, part in enumerate(PARTS):
            factor = (2.5 if whole else 4.0 if number == held else 1.0) if slow else 1.0
            at += 3600 * self.hours * part * factor * dice.lognormvariate(0, self.spread)
            found.append(int(at))
        return found


@dataclass
class Tally:
    """What was foretold and what happened, over all looks."""

    looks: Counter[int] = field(default_factory=Counter)
    late: Counter[int] = field(default_factory=Counter)
    foretold: Counter[int] = field(default_factory=Counter)
    silent: int = 0
    parcels: Counter[tuple[bool, bool]] = field(default_factory=Counter)  # warned, late
    again: int = 0
    ahead: list[float] = field(default_factory=list)

    def add(self, share: float | None, late: bool) -> None:
        """One look at one parcel; None: nothing was foretold."""
        if share is None:
            self.silent += 1
            return
        tenth = min(9, int(10 * share))
        self.looks[tenth] += 1
        self.late[tenth] += late
        self.foretold[tenth] += round(1000 * share)

    @property
    def apart(self) -> float:
        """Mean distance of foretold and happened over the tenths, in points."""
        far = (abs(self.foretold[tenth] / 10 - 100 * self.late[tenth]) for tenth in self.looks)
        return sum(far) / sum(self.looks.values())


def main() -> None:
    """Play it and print."""
    print(machine())
    for whole in (True, False):
        print(f"  slow parcels are {'slow all the way' if whole else 'held up in one part'}; seed {SEED}")
        ours, plain = play(random.Random(SEED), whole)
        say(ours, plain)


def play(dice: random.Random, whole: bool) -> tuple[Tally, Tally]:
    """Parcels for some months, each looked at every few hours; by age and step, and by the time since the step."""
    ours, plain = Tally(), Tally()
    lanes = [_lane(dice) for _ in range(LANES)]
    busy = [dice.paretovariate(0.8) for _ in lanes]
    waiting: list[tuple[int, int, list[int]]] = []  # ended, lane, way
    for at in sorted(dice.randrange(DAYS * 86400) for _ in range(PARCELS)):
        number = dice.choices(range(LANES), busy)[0]
        while waiting and waiting[0][0] <= at:
            _finish(lanes, *waiting.pop(0))
        way = lanes[number].way(dice, whole)
        _follow(lanes[number], lanes, way, ours, plain)
        insort(waiting, (at + way[-1], number, way))
    return ours, plain


def _lane(dice: random.Random) -> Lane:
    scope = dice.choice(list(LIMITS))
    return Lane(scope, SPEED[scope] * dice.uniform(0.7, 1.4), dice.uniform(0.25, 0.6))


def _finish(lanes: list[Lane], ended: int, number: int, way: list[int]) -> None:
    one = Passage(way[-1], dict(zip(STEPS, way, strict=False)))
    lanes[number].finished = [*lanes[number].finished[1 - NEWEST :], (ended, one)]


def _follow(lane: Lane, lanes: list[Lane], way: list[int], ours: Tally, plain: Tally) -> None:
    """Every look at one parcel until it has come or its time is over, by what is known when it is picked up."""
    limit = LIMITS[lane.scope] * 3600
    late, warned, told, before = way[-1] > limit, 0, 0, False
    known = list(_comparisons(lane, lanes))
    for now in range(LOOK_EVERY, min(limit, way[-1]), LOOK_EVERY):
        step, since = max((one for one in zip(STEPS, way, strict=False) if one[1] <= now), key=lambda one: one[1])
        found = forecast(step, known, now, limit)
        ours.add(found.share.value if found.is_known else None, late)
        plain.add(_plainly([one for _ended, one in lane.finished], step, now - since, limit - now), late)
        risk = is_at_risk(before, found)
        if risk and not before:
            told, warned = told + 1, warned or now
        before = risk
    ours.parcels[warned > 0, late] += 1
    ours.again += max(0, told - 1)
    if warned and late:
        ours.ahead.append((limit - warned) / 3600)


def _comparisons(lane: Lane, lanes: list[Lane]) -> Iterator[Comparison]:
    for among, of in ((Among.LANE, [lane]), (Among.SCOPE, [one for one in lanes if one.scope == lane.scope])):
        newest = sorted((one for each in of for one in each.finished), key=lambda one: one[0])[-NEWEST:]
        since = START + timedelta(seconds=newest[0][0]) if newest else None
        yield Comparison(among, (passage for _ended, passage in newest), since)


def _plainly(finished: list[Passage], step: Step, elapsed: int, left: int) -> float | None:
    """The share that took longer than what is left, of those that had taken as long since the step."""
    rest = [one.took - one.steps[step] for one in finished]
    still = [one for one in rest if one > elapsed]
    if len(rest) < ENOUGH or len(still) < ALIKE:
        return None
    return sum(one > elapsed + left for one in still) / len(still)


def say(ours: Tally, plain: Tally) -> None:
    """The table of calibration, and what the warnings were worth."""
    looks = sum(ours.looks.values())
    print(f"  {PARCELS:,} parcels on {LANES} lanes, {looks + ours.silent:,} looks at them")
    print(f"  nothing foretold, for too few are known: {100 * ours.silent / (looks + ours.silent):.1f} % of looks")
    print("    foretold        looks   mean foretold    then late   95 % interval")
    for tenth in sorted(ours.looks):
        count, late = ours.looks[tenth], ours.late[tenth]
        told, share = ours.foretold[tenth] / count / 10, wilson(late, count)
        print(
            f"    {10 * tenth:2d} to {10 * tenth + 10:3d} % {count:8,d} {told:13.1f} % {100 * late / count:10.1f} %"
            f"   {100 * share.low:.1f} to {100 * share.high:.1f} %"
        )
    print(f"    foretold and happened apart: {ours.apart:.1f} points (by the time since the step: {plain.apart:.1f})")
    hit, false, missed = ours.parcels[True, True], ours.parcels[True, False], ours.parcels[False, True]
    print(
        f"    warned when the lower bound reaches {AT_RISK:.0%}, over below {RECOVERED:.0%}: {hit + false:,} parcels, "
        f"{100 * hit / (hit + false):.0f} % of them late"
    )
    print(
        f"    of all {hit + missed:,} late ones {100 * hit / (hit + missed):.0f} % were warned of, "
        f"{sorted(ours.ahead)[len(ours.ahead) // 2]:.0f} h ahead (the middle one); warned of again: {ours.again}"
    )


if __name__ == "__main__":
    main()
