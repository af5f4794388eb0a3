"""Opening hours: which minutes of a working day are working time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from logistics.rules.workdays.errors import CalendarError

Period = tuple[int, int]
"""From and until, in seconds after midnight; the first second is inside, the last moment is not."""

DAY_SECONDS = 86_400
_WEEKDAY_NAMES = "一二三四五"
_PERIOD = re.compile(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)")
_SEASON = re.compile(r"(\d{1,2})-(\d{1,2})\s*(?:至|到)\s*(\d{1,2})-(\d{1,2})\s+(.*)", re.DOTALL)
_LEAP_YEAR = 2024  # has every day a year can have
_DAYS_PREFIX = re.compile(r"周([一二三四五])(?:(?:至|到|-)周?([一二三四五]))?\s*(.*)", re.DOTALL)
_SAME_MEANING = str.maketrans({"：": ":", "，": ",", "、": ",", "；": ";", "－": "-", "–": "-", "—": "-", "~": "-"})


Week = tuple[tuple[Period, ...], ...]
"""The periods of Monday to Friday."""
MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours from one day of the year to another, both included; `first` after `last` runs over New Year."""

    first: MonthDay
    last: MonthDay
    weekdays: Week

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            try:
                date(_LEAP_YEAR, month, day)
            except ValueError:
                raise CalendarError(
                    f"办公时间的季节没有 {month:02d}-{day:02d} 这一天", f"no such day of the year: {month}-{day}"
                ) from None
        _check_week(self.weekdays)

    def holds(self, day: date) -> bool:
        """Whether the date lies in the season."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """The working periods of Monday to Friday; a make-up day borrows those of the weekday it follows.

    `weekdays` holds five tuples of periods, each ascending and without overlap, none of them empty. On the days of a
    season its own week stands instead; no day lies in two seasons.
    """

    weekdays: Week
    seasons: tuple[Season, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_week(self.weekdays)
        for number, season in enumerate(self.seasons):
            other = next((one for one in self.seasons[:number] if _overlap(one, season)), None)
            if other is not None:
                raise CalendarError(
                    f"办公时间的两个季节重叠：{_season_text(other)} 与 {_season_text(season)}",
                    f"two seasons overlap: {_season_text(other)} and {_season_text(season)}",
                )
        # hashed once: the tables of a calendar are found by their hours at every question
        object.__setattr__(self, "_hash", hash((self.weekdays, self.seasons)))

    def __hash__(self) -> int:
        return self._hash

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The usual week, then each season's."""
        return (self.weekdays, *(season.weekdays for season in self.seasons))

    def week_of(self, day: date) -> int:
        """Which of `weeks` stands on the date."""
        return next((number for number, season in enumerate(self.seasons, start=1) if season.holds(day)), 0)

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Hours from `09:00-12:00,13:30-17:30`, or by weekday: `周一至周四 09:00-12:00,13:30-17:30; 周五 09:00-12:00`.

        Seasons follow behind a bar: `… | 06-01至09-30 09:00-12:00,15:00-18:00`. Raises CalendarError with the part that
        cannot be read and why.
        """
        usual, *others = text.translate(_SAME_MEANING).split("|")
        return cls(_parse_week(usual), tuple(_parse_season(part.strip()) for part in others))

    def __str__(self) -> str:
        """The same hours in the form `parse` reads."""
        seasons = (f"{_season_text(season)} {_week_text(season.weekdays)}" for season in self.seasons)
        return " | ".join((_week_text(self.weekdays), *seasons))


def _parse_week(text: str) -> Week:
    weekdays: dict[int, tuple[Period, ...]] = {}
    for part in text.split(";"):
        days, periods_text = _split_days(part.strip())
        periods = tuple(_parse_period(piece.strip()) for piece in periods_text.split(","))
        for day in days:
            if day in weekdays:
                raise CalendarError(
                    f"办公时间中周{_WEEKDAY_NAMES[day]}出现了两次：{text}", f"a weekday has hours twice: {text}"
                )
            weekdays[day] = periods
    absent = [f"周{name}" for day, name in enumerate(_WEEKDAY_NAMES) if day not in weekdays]
    if absent:
        raise CalendarError(f"办公时间缺少{'、'.join(absent)}：{text}", f"a weekday has no hours: {text}")
    return tuple(weekdays[day] for day in range(len(_WEEKDAY_NAMES)))


def _parse_season(part: str) -> Season:
    matched = _SEASON.fullmatch(part)
    if matched is None:
        raise CalendarError(
            f"办公时间的季节无法识别：“{part}”，应写作 06-01至09-30 09:00-12:00,15:00-18:00",
            f'cannot read the season "{part}"; write 06-01至09-30 and its periods',
        )
    first, last = (int(matched[1]), int(matched[2])), (int(matched[3]), int(matched[4]))
    return Season(first, last, _parse_week(matched[5]))


def _overlap(one: Season, other: Season) -> bool:
    edges = (date(_LEAP_YEAR, *edge) for edge in (one.first, one.last))
    others = (date(_LEAP_YEAR, *edge) for edge in (other.first, other.last))
    return any(map(other.holds, edges)) or any(map(one.holds, others))


def _season_text(season: Season) -> str:
    return "至".join(f"{month:02d}-{day:02d}" for month, day in (season.first, season.last))


def _week_text(week: Week) -> str:
    if len(set(week)) == 1:
        return _periods_text(week[0])
    return "; ".join(f"周{name} {_periods_text(periods)}" for name, periods in zip(_WEEKDAY_NAMES, week, strict=True))


def _check_week(week: Week) -> None:
    if len(week) != len(_WEEKDAY_NAMES):
        raise CalendarError("办公时间须给出周一至周五共五天", "opening hours need five days, Monday to Friday")
    for name, periods in zip(_WEEKDAY_NAMES, week, strict=True):
        _check_periods(f"周{name}", periods)


def _split_days(part: str) -> tuple[range, str]:
    prefixed = _DAYS_PREFIX.fullmatch(part)
    if prefixed is None:
        return range(len(_WEEKDAY_NAMES)), part
    first = _WEEKDAY_NAMES.index(prefixed[1])
    last = _WEEKDAY_NAMES.index(prefixed[2] or prefixed[1])
    if last < first:
        raise CalendarError(f"办公时间的星期范围前后颠倒：{part}", f"the range of weekdays runs backwards: {part}")
    return range(first, last + 1), prefixed[3]


def _parse_period(piece: str) -> Period:
    matched = _PERIOD.fullmatch(piece)
    if matched is None:
        raise CalendarError(
            f"办公时段无法识别：“{piece}”，应写作 09:00-12:00，多个时段用逗号分隔",
            f'cannot read the period "{piece}"; write 09:00-12:00, several separated by commas',
        )
    start = int(matched[1]) * 3600 + int(matched[2]) * 60
    end = int(matched[3]) * 3600 + int(matched[4]) * 60
    if end > DAY_SECONDS:
        raise CalendarError(f"办公时段超出一天（最晚 24:00）：{piece}", f"the period ends after 24:00: {piece}")
    return start, end


def _check_periods(day: str, periods: tuple[Period, ...]) -> None:
    if not periods:
        raise CalendarError(
            f"{day}没有办公时段；不办公的日子请在日历中设为休息日",
            "a weekday has no period; close the day in the calendar instead",
        )
    previous_end = 0
    for start, end in periods:
        if not 0 <= start < end <= DAY_SECONDS:
            period = _periods_text(((start, end),))
            raise CalendarError(
                f"{day}的办公时段结束须晚于开始：{period}", f"a period must end after it starts: {period}"
            )
        if start < previous_end:
            given = _periods_text(periods)
            raise CalendarError(
                f"{day}的办公时段重叠或顺序颠倒：{given}", f"periods overlap or are out of order: {given}"
            )
        previous_end = end


def _periods_text(periods: tuple[Period, ...]) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in periods)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


USUAL_HOURS = Hours.parse("09:00-12:00,13:30-17:30")
"""What an agency is taken to keep until it states its own: seven hours in two periods."""
