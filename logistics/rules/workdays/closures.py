"""Days that an agency or a region closes or opens by itself, a line each, as an administrator writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from logistics.rules.workdays.calendar import DayKind, SpecialDay
from logistics.rules.workdays.errors import CalendarError

_DATE = r"(20\d\d-\d{1,2}-\d{1,2})"
_LINE = re.compile(rf"{_DATE}(?:\s*(?:至|到|~)\s*{_DATE})?\s+(?:上班[（(]?按?周([一二三四五])[）)]?\s+)?(\S.{{0,39}})")
_LONGEST = timedelta(days=60)


def read_closures(text: str) -> tuple[SpecialDay, ...]:
    """The days of lines such as `2026-12-25 系统切换`, `2026-08-10至2026-08-12 搬迁`, `2026-12-26 上班（按周五） 补班`.

    Raises CalendarError naming every line that cannot be read, and a day that is given twice.
    """
    days: list[SpecialDay] = []
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            days += _days(line.strip())
        except CalendarError as fault:
            faults.append((number, fault))
    twice = sorted({day.day for day in days if sum(other.day == day.day for other in days) > 1})
    faults += [(0, CalendarError(f"{day} 写了两次", f"{day} is given twice")) for day in twice]
    if faults or not days:
        zh = "；".join(f"第 {number} 行：{fault.zh}" if number else fault.zh for number, fault in faults)
        en = "; ".join(f"line {number}: {fault.en}" if number else fault.en for number, fault in faults)
        raise CalendarError(f"没有保存。{zh or '没有写日期'}", f"nothing was kept. {en or 'no date was given'}")
    return tuple(sorted(days))


def _days(line: str) -> Iterator[SpecialDay]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise CalendarError(
            f"“{line}”无法识别，应写作 2026-12-25 停止收件原因，或 2026-08-10至2026-08-12 原因",
            f'cannot read "{line}"; write a date, or two with 至 between, then why',
        )
    first = _date(found[1])
    last = _date(found[2]) if found[2] else first
    if not first <= last <= first + _LONGEST:
        raise CalendarError(f"“{line}”的起止日期颠倒或超过两个月", f'"{line}": the dates run backwards or too long')
    follows = "一二三四五".index(found[3]) + 1 if found[3] else None
    kind = DayKind.CLOSED if follows is None else DayKind.OPENED
    for n in range((last - first).days + 1):
        yield SpecialDay(first + timedelta(days=n), kind, found[4].strip(), follows)


def _date(text: str) -> date:
    try:
        return date(*map(int, text.split("-")))
    except ValueError:
        raise CalendarError(f"没有 {text} 这一天", f"no such date: {text}") from None
