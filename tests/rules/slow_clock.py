"""A slow, independent reckoner of working time: one byte a minute, walked minute by minute.

Its working days come from chinesecalendar, not from the product's tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import chinese_calendar

from logistics.rules.workdays import CHINA

FIRST = date(2004, 1, 1)
END = date(2027, 1, 1)
DAYS = (END - FIRST).days
OPENED = frozenset(chinese_calendar.constants.workdays)
WORKS = [chinese_calendar.is_workday(FIRST + timedelta(days=n)) for n in range(DAYS)]
_START = datetime(FIRST.year, 1, 1, tzinfo=CHINA)

Clock = tuple[str, str]
Week = list[list[Clock]]


def minute_flags(periods: list[Clock]) -> bytes:
    """1440 flags of one day: 1 where that minute is worked."""
    flags = bytearray(1440)
    for opens, closes in periods:
        first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (opens, closes))
        for minute in range(first, last):
            flags[minute] = 1
    return bytes(flags)


def _between(day: str, first: str, last: str) -> bool:
    return first <= day <= last if first <= last else day >= first or day <= last


class SlowClock:
    """Answers by walking; hours of Monday to Friday are given as a list of periods each.

    `summer`: other hours from one month and day to another, both included, in every year. `own`: days that a region
    or an agency closes (None) or opens with the hours of a weekday (0 is Monday), over the state's.
    """

    def __init__(
        self, week: Week, summer: tuple[str, str, Week] | None = None, own: Mapping[date, int | None] | None = None
    ) -> None:
        own = own or {}
        usual = [minute_flags(periods) for periods in week]
        other = [minute_flags(periods) for periods in summer[2]] if summer else usual
        days = []
        self.works = list(WORKS)
        for n in range(DAYS):
            day = FIRST + timedelta(days=n)
            by_weekday = other if summer and _between(f"{day:%m-%d}", summer[0], summer[1]) else usual
            follows = own.get(day, 0 if day in OPENED else day.weekday() % 5)
            self.works[n] = follows is not None if day in own else WORKS[n]
            days.append(by_weekday[follows or 0] if self.works[n] else bytes(1440))
        self.line = b"".join(days)

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        at, left = self._minute(start), minutes
        while left:
            left -= self.line[at]
            at += 1
        return self._moment(at) if minutes else self.next_moment(start)

    def add_days(self, start: datetime, days: int) -> datetime:
        day = self._minute(start) // 1440
        while days:
            day += 1
            days -= self.works[day]
        at = day * 1440 + 1439
        while not self.line[at]:
            at -= 1
        return self._moment(at + 1)

    def minutes_between(self, a: datetime, b: datetime) -> int:
        return sum(self.line[self._minute(a) : self._minute(b)])

    def days_between(self, a: datetime, b: datetime) -> int:
        return sum(self.works[self._minute(a) // 1440 + 1 : self._minute(b) // 1440 + 1])

    def next_moment(self, at: datetime) -> datetime:
        minute = self._minute(at)
        while not self.line[minute]:
            minute += 1
        return self._moment(minute)

    @staticmethod
    def _minute(at: datetime) -> int:
        return int((at - _START).total_seconds()) // 60

    @staticmethod
    def _moment(minute: int) -> datetime:
        return _START + timedelta(minutes=minute)
