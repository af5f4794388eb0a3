"""What applicants' ratings (好差评) come to: counts, and the share of good ones where there are enough to say it.

Of the five grades the last two, 不满意 and 非常不满意, are bad ones (国办发〔2019〕51 号; GB/T 39735-2020).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from logistics.rules.figures import FEWEST
from logistics.rules.shares import Share, wilson
from logistics.rules.workdays import CHINA

GRADES = (5, 4, 3, 2, 1)
"""Stars, from 非常满意 down to 非常不满意."""

GOOD, BAD = "good", "bad"
OF: dict[str, frozenset[int]] = {GOOD: frozenset({5, 4, 3}), BAD: frozenset({2, 1})} | {
    str(stars): frozenset({stars}) for stars in GRADES
}
"""What can be asked for, and which stars it means."""


class Rated(NamedTuple):
    """One rating, without the applicant's own words: `own` says whether there are any."""

    dossier_no: str
    hall_id: int
    item: str
    stars: int
    reasons: Sequence[str]
    own: bool
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: days of rating in China (both included), and what narrows it; `grade` is a key of `OF`."""

    since: date
    until: date
    hall: int | None = None
    grade: str = ""
    reason: str = ""

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The moments the period lies between: from the first, up to but not on the second."""
        after = self.until + timedelta(days=1)
        return datetime.combine(self.since, time(), CHINA), datetime.combine(after, time(), CHINA)

    def wants(self, one: Rated) -> bool:
        """Whether the rating is of that hall and grade and has that reason; the period is asked apart."""
        return (
            (self.hall is None or one.hall_id == self.hall)
            and (not self.grade or one.stars in OF[self.grade])
            and (not self.reason or self.reason in one.reasons)
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """How many ratings there are, and how many of them are good."""

    count: int
    good: int

    @property
    def bad(self) -> int:
        """How many are not good."""
        return self.count - self.good

    @property
    def share(self) -> Share | None:
        """The share of good ones with its interval; None of fewer than five, which say nothing yet."""
        return wilson(self.good, self.count) if self.count >= FEWEST else None


def summary(rated: Iterable[Rated]) -> Summary:
    """The figures of these ratings."""
    good = [one.stars in OF[GOOD] for one in rated]
    return Summary(len(good), sum(good))


def by_hall(rated: Iterable[Rated]) -> list[tuple[int, Summary]]:
    """The figures of each hall, the one with most bad ratings first."""
    found: dict[int, list[Rated]] = {}
    for one in rated:
        found.setdefault(one.hall_id, []).append(one)
    of = [(hall, summary(ratings)) for hall, ratings in found.items()]
    return sorted(of, key=lambda pair: (-pair[1].bad, -pair[1].count, pair[0]))


def by_grade(rated: Iterable[Rated]) -> list[tuple[int, int]]:
    """How many there are of each grade, the best first; grades nobody gave are there with nought."""
    count = Counter(one.stars for one in rated)
    return [(stars, count[stars]) for stars in GRADES]


def by_reason(rated: Iterable[Rated]) -> list[tuple[str, int]]:
    """How many ratings name each reason, the one named most first; a rating may name several."""
    count = Counter(reason for one in rated for reason in set(one.reasons))
    return sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
