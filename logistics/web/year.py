"""A year drawn as twelve months: what each date is, in words and signs; and the hours of its seasons."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from logistics.rules import retold
from logistics.rules.workdays import Calendar, DayKind, Hours, SpecialDay
from logistics.store import calendars
from logistics.web.language import locale

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Cell:
    """One date. `sign`: 休 off, 班 made up, 停 closed by the agency or region itself, 开 opened by it, "" plain."""

    day: date
    works: bool
    sign: str
    name: str
    provisional: bool
    is_today: bool


@dataclass(frozen=True)
class Month:
    """One month, its weeks from Monday to Sunday; dates of other months are None."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]
    workdays: int


@dataclass(frozen=True)
class Run:
    """Days in a row that depart from the plain week in the same way."""

    first: date
    last: date
    sign: str
    name: str
    provisional: bool


@dataclass(frozen=True)
class Year:
    """A year of one calendar. `special`: what departs from the plain week, in order."""

    year: int
    months: Sequence[Month]
    workdays: int
    provisional: bool  # no notice settles it
    unsure: Sequence[date]  # last days of a settled year that the next notice may still move
    special: Sequence[Run]


def year_of(calendar: Calendar, states: Calendar, year: int, today: date) -> Year:
    """The year by that calendar; what it has beside the state's is marked as its own."""
    made = [_month(calendar, states, year, number, today) for number in range(1, 13)]
    cells = [cell for month in made for week in month.weeks for cell in week if cell is not None]
    provisional = year not in calendar.notices
    return Year(
        year,
        made,
        sum(month.workdays for month in made),
        provisional,
        [] if provisional else [cell.day for cell in cells if cell.provisional],
        _runs(cells),
    )


def _runs(cells: Sequence[Cell]) -> list[Run]:
    """Days that depart from the plain week, those in a row of one kind and name together."""
    found: list[Run] = []
    for cell in cells:
        last = found[-1] if found else None
        same = last and (last.sign, last.name) == (cell.sign, cell.name) and cell.day - last.last == timedelta(1)
        if last and same:
            found[-1] = Run(last.first, cell.day, cell.sign, cell.name, last.provisional or cell.provisional)
        elif cell.sign:
            found.append(Run(cell.day, cell.day, cell.sign, cell.name, cell.provisional))
    return found


def _month(calendar: Calendar, states: Calendar, year: int, number: int, today: date) -> Month:
    weeks = [
        [_cell(calendar, states, day, today) if day.month == number else None for day in week]
        for week in months.Calendar().monthdatescalendar(year, number)
    ]
    worked = sum(cell.works for week in weeks for cell in week if cell is not None)
    return Month(date(year, number, 1), weeks, worked)


def _cell(calendar: Calendar, states: Calendar, day: date, today: date) -> Cell:
    special = calendar.special.get(day)
    own = special is not None and special != states.special.get(day)
    return Cell(
        day,
        calendar.is_workday(day),
        _sign(special, own),
        special.name if special else "",
        calendar.is_provisional(day),
        day == today,
    )


def _sign(special: SpecialDay | None, own: bool) -> str:
    if special is None:
        return ""
    if special.kind is DayKind.OPENED:
        return "开" if own else "班"
    return "停" if own else "休"


@dataclass(frozen=True)
class Read:
    """One line of what was read: a date, or several in a row of the same kind and name."""

    first: date
    last: date
    opened: bool
    name: str
    follows: int | None

    @property
    def count(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def days_of(stored: Sequence[Mapping[str, Any]]) -> list[Read]:
    """An announcement's days as people check them: runs of days off, each day worked instead by itself."""
    found: list[Read] = []
    for day in calendars.days_of([dict(one) for one in stored]):
        opened = day.kind is DayKind.OPENED
        last = found[-1] if found else None
        if last and not opened and not last.opened and last.name == day.name and day.day - last.last == timedelta(1):
            found[-1] = Read(last.first, day.day, False, last.name, None)
        else:
            found.append(Read(day.day, day.day, opened, day.name, day.follows))
    return found


def shown_hours(hours: Hours) -> list[tuple[str, str]]:
    """When the agency is open: the usual week, then each season with its dates."""
    usual, *seasons = str(hours).split(" | ")
    named = [season.split(" ", 1) for season in seasons]
    return [
        (str(_("平时")), hours_text(usual)),
        *((hours_text(dates), hours_text(periods)) for dates, periods in named),
    ]


def hours_text(text: str) -> str:
    """Opening hours, as they are kept, in the reader's language."""
    return text if locale() == "zh" else retold.hours(text)


def festival(name: str) -> str:
    """What a day off is called in the reader's language; what an agency calls its own days stays in its words."""
    return name if locale() == "zh" else retold.festival(name) or name
