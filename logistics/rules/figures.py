"""Managers' figures of time: one computation over clocks, for the page, its lists, the files and their re-run.

A clock (时限) is one case: it starts with one recorded fact and ends with another (`rules/legs`). It falls into a
period by the day it started, in China. docs/figures.md says in words what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from logistics.rules.legs import TICKS
from logistics.rules.policies import Leg
from logistics.rules.shares import Share, wilson
from logistics.rules.workdays import CHINA, china_date

MEASURED = Leg.DISPATCH_TO_RECEIVED.value
"""The leg that lanes are measured by where none is chosen: from the sender's act to the receiver's count."""

CARRIED = frozenset(tick.leg.value for ticks in TICKS.values() for tick in ticks if tick.each == "consignment")
"""The legs that every envelope has: those a courier is named for."""

WAY = (
    Leg.ACCEPT_TO_DISPATCH, Leg.BOOKED_TO_PICKED_UP, Leg.TRANSIT, Leg.DELIVERED_TO_RECEIVED, Leg.RECEIVED_TO_CHECKED,
    Leg.CHECKED_TO_DECISION, Leg.DECISION_TO_RETURN, Leg.RETURN_TRANSIT, Leg.RETURN_TO_ACKNOWLEDGED,
)  # fmt: skip
"""The stretches of the whole way in its order, one behind the other; other clocks run beside them."""

_COURIERS = frozenset({Leg.BOOKED_TO_PICKED_UP.value, Leg.TRANSIT.value, Leg.RETURN_TRANSIT.value})

FEWEST, FEWEST_P95 = 5, 20
"""Below so many closed cases no median and 80th, and no 95th percentile is said: the number of cases alone is."""

Lane = tuple[int, int]
K = TypeVar("K", bound=Hashable)


class Case(NamedTuple):
    """One clock as it stood at a moment. `key` is its leg, with the envelope's number where an envelope has its own."""

    dossier_no: str
    key: str
    leg: str
    sender_id: int
    receiver_id: int
    owner_id: int
    courier: str  # "" where no courier carries
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    waived: bool
    paused: bool

    @property
    def lane(self) -> Lane:
        """From which agency to which the dossier goes."""
        return self.sender_id, self.receiver_id


class Side(StrEnum):
    """Whose hours a stretch of the way is made of."""

    SENDER = "sender"
    COURIER = "courier"
    RECEIVER = "receiver"


def side(case: Case) -> Side:
    """The courier's on the road, else of the agency that answers for the clock."""
    if case.leg in _COURIERS:
        return Side.COURIER
    return Side.SENDER if case.owner_id == case.sender_id else Side.RECEIVER


class Outcome(StrEnum):
    """What became of a clock; each has exactly one."""

    KEPT = "kept"  # over by its due moment
    MISSED = "missed"  # over after it
    LATE = "late"  # runs, and is past it
    OPEN = "open"  # runs or stands still, not past it
    WAIVED = "waived"  # counted for nobody
    ODD = "odd"  # ended before it started, by the couriers' words: no length


class Which(StrEnum):
    """A set of cases that one number counts."""

    STARTED = "started"  # all of the period
    CLOSED = "closed"  # the sample of times
    DECIDED = "decided"  # the sample of the share
    KEPT = "kept"
    NOT_KEPT = "not_kept"
    OPEN = "open"  # not over: censored
    LATE = "late"
    WAIVED = "waived"
    ODD = "odd"


SETS: dict[Which, frozenset[Outcome]] = {
    Which.STARTED: frozenset(Outcome),
    Which.CLOSED: frozenset({Outcome.KEPT, Outcome.MISSED}),
    Which.DECIDED: frozenset({Outcome.KEPT, Outcome.MISSED, Outcome.LATE}),
    Which.KEPT: frozenset({Outcome.KEPT}),
    Which.NOT_KEPT: frozenset({Outcome.MISSED, Outcome.LATE}),
    Which.OPEN: frozenset({Outcome.OPEN, Outcome.LATE}),
    Which.LATE: frozenset({Outcome.LATE}),
    Which.WAIVED: frozenset({Outcome.WAIVED}),
    Which.ODD: frozenset({Outcome.ODD}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: days of starting (both included), and what narrows it."""

    since: date
    until: date
    lane: Lane | None = None
    courier: str = ""
    agency: int | None = None
    leg: str = ""

    @property
    def measured(self) -> str:
        """The leg whose times are told."""
        return self.leg or MEASURED

    def narrows(self, case: Case) -> bool:
        """Whether the case is of that lane, courier and agency; leg and period are asked apart."""
        return (
            (self.lane is None or case.lane == self.lane)
            and (not self.courier or case.courier == self.courier)
            and (self.agency is None or case.owner_id == self.agency)
        )

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The moments the period lies between: from the first, up to but not on the second."""
        after = self.until + timedelta(days=1)
        return datetime.combine(self.since, time(), CHINA), datetime.combine(after, time(), CHINA)


class Judged(NamedTuple):
    """A case with what became of it; `seconds` from start to end, None while it is not over or has no length."""

    case: Case
    outcome: Outcome
    seconds: int | None


def judge(case: Case, as_of: datetime) -> Judged:
    """What became of the clock by that moment. On the due moment itself it is kept; one that stands still is open."""
    if case.waived:
        return Judged(case, Outcome.WAIVED, None)
    if case.met_at is None:
        late = case.due_at < as_of and not case.paused
        return Judged(case, Outcome.LATE if late else Outcome.OPEN, None)
    seconds = int((case.met_at - case.started_at).total_seconds())
    if seconds < 0:
        return Judged(case, Outcome.ODD, None)
    return Judged(case, Outcome.KEPT if case.met_at <= case.due_at else Outcome.MISSED, seconds)


def of_period(cases: Iterable[Case], asked: Asked, as_of: datetime) -> list[Judged]:
    """The cases of the period and of what narrows it, of every leg, judged."""
    begin, end = asked.span
    return [judge(case, as_of) for case in cases if begin <= case.started_at < end and asked.narrows(case)]


def chosen(
    judged: Iterable[Judged],
    leg: str,
    which: Which,
    low: int | None = None,
    high: int | None = None,
    of: Side | None = None,
) -> list[Judged]:
    """The cases that one number counts; of a bar those whose seconds lie from `low` up to but not on `high`, of a
    stretch of the way those of one side.
    """
    outcomes = SETS[which]
    found = [one for one in judged if one.case.leg == leg and one.outcome in outcomes]
    found = [one for one in found if of is None or side(one.case) is of]
    if low is not None and high is not None:
        found = [one for one in found if one.seconds is not None and low <= one.seconds < high]
    return found


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The smallest value that at least `percent` of 100 of the sample do not exceed: always a case that happened.

    `ordered` is not empty and rises; `percent` from 1 to 100.
    """
    return ordered[-(-percent * len(ordered) // 100) - 1]


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of a set of cases. Times in seconds of natural time, day and night, pauses included."""

    started: int
    closed: int
    open: int
    late: int
    waived: int
    odd: int
    kept: int
    decided: int
    total: int  # seconds of all closed ones
    median: int | None
    p80: int | None
    p95: int | None

    @property
    def share(self) -> Share:
        """On-time share of the decided ones with its interval."""
        return wilson(self.kept, self.decided)

    @property
    def mean(self) -> int | None:
        """Seconds a closed case took on average."""
        return self.total // self.closed if self.closed else None


def summary(judged: Iterable[Judged]) -> Summary:
    """The figures of these cases."""
    count, seconds = dict.fromkeys(Outcome, 0), []
    for _case, outcome, took in judged:
        count[outcome] += 1
        if took is not None:
            seconds.append(took)
    seconds.sort()
    closed, late = len(seconds), count[Outcome.LATE]
    return Summary(
        started=sum(count.values()),
        closed=closed,
        open=count[Outcome.OPEN] + late,
        late=late,
        waived=count[Outcome.WAIVED],
        odd=count[Outcome.ODD],
        kept=count[Outcome.KEPT],
        decided=closed + late,
        total=sum(seconds),
        median=nearest_rank(seconds, 50) if closed >= FEWEST else None,
        p80=nearest_rank(seconds, 80) if closed >= FEWEST else None,
        p95=nearest_rank(seconds, 95) if closed >= FEWEST_P95 else None,
    )


class Step(StrEnum):
    """How long a stretch of the trend is."""

    WEEK = "week"
    MONTH = "month"


def stretches(since: date, until: date, step: Step) -> list[tuple[date, date]]:
    """The weeks (from Monday) or months of the period, each with its first and last day; the ends are the period's."""
    found: list[tuple[date, date]] = []
    first = since
    while first <= until:
        if step is Step.WEEK:
            last = first + timedelta(days=6 - first.weekday())
        else:
            last = (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        found.append((first, min(last, until)))
        first = last + timedelta(days=1)
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """One point of a trend: its days, and what is said of the cases that started on them."""

    since: date
    until: date
    known: Summary


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """One lane by the measured leg, with its trend."""

    lane: Lane
    known: Summary
    trend: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the distribution: closed cases that took from `low` up to but not on `high` seconds."""

    low: int
    high: int
    kept: int
    missed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything of time that the page, the files and their re-run say, at one moment."""

    asked: Asked
    step: Step
    as_of: datetime
    whole: Summary
    lanes: tuple[LaneFigures, ...]
    trend: tuple[Stretch, ...]
    heat: dict[tuple[Lane, str], Summary]
    split: tuple[tuple[str, Side, Summary], ...]
    bars: tuple[Bar, ...]
    allowed: int | None  # median of the seconds that the closed cases were given


def figures(cases: Iterable[Case], asked: Asked, as_of: datetime, step: Step = Step.WEEK) -> Figures:
    """The figures of those cases that are asked for, as they stood at `as_of`."""
    everything = of_period(cases, asked, as_of)
    measured = [one for one in everything if one.case.leg == asked.measured]
    of_lane = _by(measured, lambda case: case.lane)
    of_cell = _by(everything, lambda case: (case.lane, case.leg))
    of_side = _by(everything, lambda case: (case.leg, side(case)))
    days = stretches(asked.since, asked.until, step)
    return Figures(
        asked=asked,
        step=step,
        as_of=as_of,
        whole=summary(measured),
        lanes=tuple(
            sorted((LaneFigures(lane, summary(of), _trend(of, days)) for lane, of in of_lane.items()), key=_worst_first)
        ),
        trend=_trend(measured, days),
        heat={cell: summary(of) for cell, of in sorted(of_cell.items())},
        split=tuple(
            (leg.value, of, summary(of_side[leg.value, of])) for leg in WAY for of in Side if (leg.value, of) in of_side
        ),
        bars=bars(measured),
        allowed=_allowed(measured),
    )


def _by(judged: Iterable[Judged], of: Callable[[Case], K]) -> dict[K, list[Judged]]:
    found: dict[K, list[Judged]] = {}
    for one in judged:
        found.setdefault(of(one.case), []).append(one)
    return found


def _worst_first(one: LaneFigures) -> tuple[float, int, Lane]:
    share = one.known.share.value
    return (2.0 if share is None else share), -one.known.started, one.lane


def _trend(judged: Iterable[Judged], days: Sequence[tuple[date, date]]) -> tuple[Stretch, ...]:
    first_of = {since + timedelta(days=n): since for since, until in days for n in range((until - since).days + 1)}
    found = _by(judged, lambda case: first_of[china_date(case.started_at)])
    return tuple(Stretch(since, until, summary(found.get(since, ()))) for since, until in days)


HOUR = 3600
WIDTHS = tuple(hours * HOUR for hours in (1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 720))
MOST_BARS = 24


def bars(judged: Iterable[Judged]) -> tuple[Bar, ...]:
    """The distribution of the closed cases: bars of one width, at most 24 unless the widest is not wide enough."""
    closed = [(one.seconds, one.outcome) for one in judged if one.seconds is not None]
    if not closed:
        return ()
    longest = max(seconds for seconds, _outcome in closed)
    width = next((one for one in WIDTHS if longest // one < MOST_BARS), WIDTHS[-1])
    made = [Bar(n * width, (n + 1) * width, 0, 0) for n in range(longest // width + 1)]
    for seconds, outcome in closed:
        bar = made[seconds // width]
        kept = outcome is Outcome.KEPT
        made[seconds // width] = replace(bar, kept=bar.kept + kept, missed=bar.missed + (not kept))
    return tuple(made)


def _allowed(judged: Iterable[Judged]) -> int | None:
    given = sorted(
        int((one.case.due_at - one.case.started_at).total_seconds()) for one in judged if one.seconds is not None
    )
    return nearest_rank(given, 50) if given else None
