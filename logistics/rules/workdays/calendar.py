"""A calendar: which dates are working days, from whose notice, and which dates nobody has settled yet.

Dates are those of China Standard Time. Three kinds of day: the plain week (Monday to Friday work), a closed day with
its name, and an opened day (a make-up day 调休上班日) that names the weekday whose hours it keeps. A year without a
notice is provisional: plain week and the days the law closes.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from logistics.rules.workdays.errors import CalendarError
from logistics.rules.workdays.hours import Hours, Period

FIRST_DAY = date(1992, 1, 1)
"""The earliest date a calendar answers for: since 1992 China has kept UTC+8 the whole year round."""
LAST_DAY = date(2060, 12, 31)
"""The latest date a calendar answers for."""
CLOSED_PATTERN = 5
"""Stands where a working day has the index of its weekday's hours (0 Monday to 4 Friday)."""

_FIRST_ORDINAL = FIRST_DAY.toordinal()
DAY_COUNT = LAST_DAY.toordinal() - _FIRST_ORDINAL + 1


class DayKind(StrEnum):
    """Why a date departs from the plain week."""

    CLOSED = "closed"
    OPENED = "opened"
    STATUTORY = "statutory"  # closed by law, in a year whose notice is not out


@dataclass(frozen=True, slots=True, order=True)
class SpecialDay:
    """One date that departs from the plain week. An opened day `follows` the hours of an ISO weekday (1-5)."""

    day: date
    kind: DayKind
    name: str
    follows: int | None = None

    def __post_init__(self) -> None:
        if (self.kind is DayKind.OPENED) != (self.follows is not None):
            raise CalendarError(
                f"{self.day}：调休上班日须注明按星期几上班，其他日子不得注明",
                f"{self.day}: an opened day names the weekday it follows, no other day does",
            )
        if self.follows is not None and not 1 <= self.follows <= 5:
            raise CalendarError(
                f"{self.day}：调休上班日只能按周一至周五（1-5）的时间上班，给出的是 {self.follows}",
                f"{self.day}: an opened day follows weekday 1 to 5, not {self.follows}",
            )


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """The paper that settles a year. Number and date are empty where the paper itself was not seen."""

    year: int
    title: str
    number: str = ""
    dated: date | None = None


class WorkTable:
    """Working seconds of one calendar under one agency's hours, summed up day by day.

    `patterns[day]` is the place of that day's periods in `periods`: the calendar's own pattern, six places further for
    each season, so that a season costs a question nothing.
    """

    __slots__ = ("closing", "cumulative", "patterns", "periods")

    def __init__(self, patterns: bytes, hours: Hours) -> None:
        self.periods: tuple[tuple[Period, ...], ...] = tuple(periods for week in hours.weeks for periods in (*week, ()))
        self.patterns = _seasoned(patterns, hours) if hours.seasons else patterns
        lengths = [sum(end - start for start, end in periods) for periods in self.periods]
        self.cumulative: array[int] = array("q", accumulate(map(lengths.__getitem__, self.patterns), initial=0))
        self.closing: tuple[int, ...] = tuple(periods[-1][1] if periods else 0 for periods in self.periods)


def _seasoned(patterns: bytes, hours: Hours) -> bytes:
    places = len(hours.weekdays) + 1
    first = FIRST_DAY.toordinal()
    return bytes(
        pattern + places * hours.week_of(date.fromordinal(first + index)) for index, pattern in enumerate(patterns)
    )


class Calendar:
    """An immutable calendar. Days are counted from FIRST_DAY = 0; every question is answered by look-ups in sums."""

    def __init__(self, code: str, notices: Iterable[Notice], days: Iterable[SpecialDay]) -> None:
        """Raises CalendarError when a date is given twice or lies outside FIRST_DAY..LAST_DAY."""
        self.code = code
        self.notices: Mapping[int, Notice] = {notice.year: notice for notice in sorted(notices)}
        self.given: tuple[SpecialDay, ...] = tuple(sorted(days))
        self.special: Mapping[date, SpecialDay] = self._settle()
        self.version = f"{code}-{max(self.notices, default=0)}-{self._fingerprint()}"
        self.patterns: bytes = self._weekday_patterns()
        worked = [pattern != CLOSED_PATTERN for pattern in self.patterns]
        self.workdays_before: list[int] = list(accumulate(worked, initial=0))
        self.workday_indices: list[int] = [index for index, works in enumerate(worked) if works]
        self.provisional_before: list[int] = list(accumulate(self._unsettled_flags(), initial=0))

    def __repr__(self) -> str:
        return f"Calendar({self.version})"

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this date."""
        return self.patterns[day_index(day)] != CLOSED_PATTERN

    def is_provisional(self, day: date) -> bool:
        """Whether no notice has settled this date yet."""
        index = day_index(day)
        return self.provisional_between(index, index)

    def provisional_between(self, first: int, last: int) -> bool:
        """Whether any day from index `first` to `last`, both included, is provisional."""
        return self.provisional_before[last + 1] > self.provisional_before[first]

    def table(self, hours: Hours) -> WorkTable:
        """The summed working seconds under these hours; built at the first question, kept for the next."""
        return _table(self, hours)

    def with_notice(self, notice: Notice, days: Iterable[SpecialDay]) -> Calendar:
        """A new calendar in which this notice settles its year: its days replace all that was known of that year.

        A notice may also move the last days of the December before; those dates are replaced one by one.
        """
        announced = tuple(days)
        replaced = {day.day for day in announced}
        kept = [day for day in self.given if day.day.year != notice.year and day.day not in replaced]
        notices = [known for known in self.notices.values() if known.year != notice.year]
        return Calendar(self.code, [*notices, notice], [*kept, *announced])

    def with_days(self, code: str, days: Iterable[SpecialDay]) -> Calendar:
        """A new calendar under its own code in which these days stand over the ones here: an agency's or a region's."""
        own = tuple(days)
        replaced = {day.day for day in own}
        return Calendar(code, self.notices.values(), [*(day for day in self.given if day.day not in replaced), *own])

    def _settle(self) -> dict[date, SpecialDay]:
        special: dict[date, SpecialDay] = {}
        listed_years = {day.day.year for day in self.given if day.kind is DayKind.STATUTORY}
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
            if year not in self.notices and year not in listed_years:
                special.update((day.day, day) for day in fixed_statutory_days(year))
        seen: set[date] = set()
        for day in self.given:
            day_index(day.day)
            if day.day in seen:
                raise CalendarError(f"日历中 {day.day} 出现了两次", f"the calendar lists {day.day} twice")
            seen.add(day.day)
            if day.kind is not DayKind.STATUTORY or day.day.year not in self.notices:
                special[day.day] = day
        return special

    def _weekday_patterns(self) -> bytes:
        week = bytes((0, 1, 2, 3, 4, CLOSED_PATTERN, CLOSED_PATTERN))
        offset = FIRST_DAY.weekday()
        patterns = bytearray((week * (DAY_COUNT // 7 + 2))[offset : offset + DAY_COUNT])
        for day in self.special.values():
            patterns[day_index(day.day)] = CLOSED_PATTERN if day.follows is None else day.follows - 1
        return bytes(patterns)

    def _unsettled_flags(self) -> list[bool]:
        flags = [True] * DAY_COUNT
        for year in self.notices:
            first, last = day_index(date(year, 1, 1)), day_index(date(year, 12, 31))
            if year + 1 not in self.notices:
                last -= unsettled_december_days(year)
            flags[first : last + 1] = [False] * (last + 1 - first)
        return flags

    def _fingerprint(self) -> str:
        lines = [f"{n.year},{n.number},{n.dated}" for n in self.notices.values()]
        lines += [f"{d.day},{d.kind},{d.name},{d.follows}" for d in self.given]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


@lru_cache(maxsize=128)  # a table is some 200 kB and is summed up in a few milliseconds
def _table(calendar: Calendar, hours: Hours) -> WorkTable:
    return WorkTable(calendar.patterns, hours)


def day_index(day: date) -> int:
    """Days from FIRST_DAY to this date. Raises CalendarError outside FIRST_DAY..LAST_DAY."""
    index = day.toordinal() - _FIRST_ORDINAL
    if not 0 <= index < DAY_COUNT:
        raise CalendarError(
            f"{day} 超出日历范围（{FIRST_DAY} 至 {LAST_DAY}）",
            f"{day} is outside the calendar ({FIRST_DAY} to {LAST_DAY})",
        )
    return index


def day_at(index: int) -> date:
    """The date that lies `index` days after FIRST_DAY."""
    return date.fromordinal(_FIRST_ORDINAL + index)


def unsettled_december_days(year: int) -> int:
    """How many last days of this December the next year's notice may still move.

    When 1 January is a Tuesday, Monday or Sunday the notice has joined the days before it to the holiday and taken the
    weekend's work from that December (2006, 2007, 2011, 2018); on other weekdays none of the notices since 2004 has.
    The days run back to the Saturday before.
    """
    return {1: 3, 0: 2, 6: 1}.get(date(year + 1, 1, 1).weekday(), 0)


def fixed_statutory_days(year: int) -> list[SpecialDay]:
    """The days the law closes whose date needs no lunar calendar: 元旦, 清明节, 劳动节 (two days), 国庆节 (three days).

    《全国年节及纪念日放假办法》 as in force since 2025.
    """
    dated = [(1, 1, "元旦"), (4, qingming(year), "清明节"), (5, 1, "劳动节"), (5, 2, "劳动节")]
    dated += [(10, day, "国庆节") for day in (1, 2, 3)]
    return [SpecialDay(date(year, month, day), DayKind.STATUTORY, name) for month, day, name in dated]


def qingming(year: int) -> int:
    """The day of April on which 清明 falls; the mean-year rule, exact for FIRST_DAY..LAST_DAY."""
    since, constant = (year - 1900, 5.59) if year < 2000 else (year - 2000, 4.81)
    return int(since * 0.2422 + constant) - since // 4
