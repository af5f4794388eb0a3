"""A year's days off as the State Council announces them, read from the words of the notice itself.

A sentence names a holiday and its days off (`10月1日（周四）至7日（周三）放假调休，共7天`), then the days worked
instead (`9月20日（周日）、10月10日（周六）上班`). Whatever contradicts itself is refused: a weekday that the date does
not have, a count that the days do not make, a holiday that no sentence explains. A worked day keeps Monday's hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from logistics.rules.workdays.calendar import DayKind, Notice, SpecialDay
from logistics.rules.workdays.errors import CalendarError

_USUAL_MONDAY = 1
_YEAR = re.compile(r"(20\d\d)年(?:部分)?节假日安排")
_NUMBER = re.compile(r"国办发(?:明电|电)?〔20\d\d〕\d+号")
_DATED = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日\s*(?:（此件公开发布）)?\s*$")
_HEAD = r"(?:^|(?<=[。\n]))[一二三四五六七八九十]+、"  # not the 腊月二十八、 of a remark
_SECTION = re.compile(rf"{_HEAD}(?P<name>[^：:\n]{{2,12}})[：:](?P<words>.*?)(?={_HEAD}|\Z)", re.DOTALL | re.MULTILINE)
_DAY = r"(?:(\d{1,2})月)?(\d{1,2})日(?:（([^）]*)）)?"
_OFF = re.compile(rf"{_DAY}(?:至{_DAY})?(?:放假|补休)(?:调休)?(?:[^。；]*?共(\d+)天)?")
_WORKED = re.compile(rf"((?:{_DAY}、?)+)上班")
_ONE_DAY = re.compile(_DAY)
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_WEEKDAYS = "一二三四五六日"


def read_announcement(text: str) -> tuple[Notice, tuple[SpecialDay, ...]]:
    """The notice and its days, in order. Raises CalendarError that says which sentence cannot be read, and why."""
    plain = text.replace("(", "（").replace(")", "）").replace("\u3000", "").replace(" ", "").strip()
    year = _year(plain)
    days: list[SpecialDay] = []
    for section in _SECTION.finditer(plain):
        days += _days(section["name"], section["words"], year)
    if not days:
        raise CalendarError(
            "通知里没有读到放假安排。请粘贴含“一、元旦：1月1日……放假”各条的全文，或改用 CSV。",
            "no holiday was found in the text; paste the whole notice, or use CSV",
        )
    _refuse_repeats(days)
    number, dated = _NUMBER.search(plain), _DATED.search(plain)
    title = f"国务院办公厅关于{year}年部分节假日安排的通知"
    return (
        Notice(year, title, number[0] if number else "", date(*map(int, dated.groups())) if dated else None),
        tuple(sorted(days)),
    )


def _year(plain: str) -> int:
    found = _YEAR.search(plain)
    if found is None:
        raise CalendarError(
            "看不出是哪一年的通知。文中应有“2027年部分节假日安排”字样。",
            "the text does not say which year it settles",
        )
    return int(found[1])


def _days(name: str, words: str, year: int) -> Iterator[SpecialDay]:
    off = list(_OFF.finditer(words))
    if not off:
        raise CalendarError(f"“{name}”一条没有读到放假日期：{words[:40]}", f"no days off in the sentence on {name}")
    month = 0
    for found in off:
        first = _date(year, found[1], found[2], found[3], month, name)
        last = _date(year, found[4], found[5], found[6], first.month, name) if found[5] else first
        month = last.month
        count = (last - first).days + 1
        if count < 1 or (found[7] and int(found[7]) != count and len(off) == 1):
            raise CalendarError(
                f"“{name}”{first:%m-%d}至{last:%m-%d}是 {count} 天，通知写的是共 {found[7]} 天",
                f"{name}: {first} to {last} are {count} days, the notice says {found[7]}",
            )
        for n in range(count):
            yield SpecialDay(first + timedelta(days=n), DayKind.CLOSED, name)
    for found in _WORKED.finditer(words):
        for one in _ONE_DAY.finditer(found[1]):
            day = _date(year, one[1], one[2], one[3], month, name)
            if day.weekday() < 5:
                raise CalendarError(
                    f"“{name}”{day:%m-%d}本来就是工作日，不是调休上班日", f"{name}: {day} is no weekend day to work on"
                )
            yield SpecialDay(day, DayKind.OPENED, name, _USUAL_MONDAY)
            month = day.month


def _date(year: int, month: str | None, day: str, remark: str | None, before: int, name: str) -> date:
    """The date; a month that is not said is the one before. What the notice says of its weekday must be true."""
    number = int(month) if month else before
    year_of = year - 1 if number == 12 and name.startswith("元旦") else year
    try:
        found = date(year_of, number, int(day))
    except ValueError:
        raise CalendarError(
            f"“{name}”的日期 {number}月{day}日 不存在", f"{name}: no such date {number}-{day}"
        ) from None
    said = _WEEKDAY.search(remark or "")
    if said and _WEEKDAYS.index(said[1].replace("天", "日")) != found.weekday():
        raise CalendarError(
            f"“{name}”{found:%Y-%m-%d} 是星期{_WEEKDAYS[found.weekday()]}，通知写的是星期{said[1]}。请核对年份和日期。",
            f"{name}: {found} is not the weekday the text says",
        )
    return found


def _refuse_repeats(days: list[SpecialDay]) -> None:
    seen: dict[date, SpecialDay] = {}
    for day in days:
        if day.day in seen:
            raise CalendarError(
                f"{day.day} 在“{seen[day.day].name}”和“{day.name}”里各出现一次", f"{day.day} is given twice"
            )
        seen[day.day] = day
