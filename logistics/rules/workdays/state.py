"""The state calendar, from data this package carries."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from logistics.rules.workdays.calendar import Calendar, DayKind, Notice, SpecialDay
from logistics.rules.workdays.errors import CalendarError

DAY_COLUMNS = ("date", "kind", "name", "follows")
NOTICE_COLUMNS = ("year", "title", "number", "dated")


@cache
def state_calendar() -> Calendar:
    """The calendar of the State Council's notices 2004-2026, made once a process from the carried tables."""
    data = files("logistics.rules") / "data"
    notices = parse_notices((data / "calendar_cn_notices.csv").read_text("utf-8"))
    return Calendar("CN", notices, parse_days((data / "calendar_cn.csv").read_text("utf-8")))


def parse_days(text: str) -> list[SpecialDay]:
    """Special days from CSV text with the columns date, kind, name, follows.

    Raises CalendarError naming every line that cannot be read; nothing is skipped.
    """
    days: list[SpecialDay] = []
    faults: list[str] = []
    for line, row in _rows(text, DAY_COLUMNS):
        try:
            follows = int(row["follows"]) if row["follows"] else None
            days.append(SpecialDay(date.fromisoformat(row["date"]), DayKind(row["kind"]), row["name"], follows))
        except ValueError as fault:
            faults.append(f"第 {line} 行：{fault}")
    if faults:
        raise CalendarError("日历数据有误，未导入。" + "；".join(faults))
    return days


def parse_notices(text: str) -> list[Notice]:
    """Notices from CSV text with the columns year, title, number, dated. Raises CalendarError naming every bad line."""
    notices: list[Notice] = []
    faults: list[str] = []
    for line, row in _rows(text, NOTICE_COLUMNS):
        try:
            dated = date.fromisoformat(row["dated"]) if row["dated"] else None
            notices.append(Notice(int(row["year"]), row["title"], row["number"], dated))
        except ValueError as fault:
            faults.append(f"第 {line} 行：{fault}")
    if faults:
        raise CalendarError("放假通知数据有误，未导入。" + "；".join(faults))
    return notices


def _rows(text: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != columns:
        raise CalendarError(f"首行应为 {','.join(columns)}，读到的是 {','.join(reader.fieldnames or ())}")
    for row in reader:
        if None in row or None in row.values():
            raise CalendarError(f"第 {reader.line_num} 行的列数与首行不符")
        yield reader.line_num, {column: value.strip() for column, value in row.items()}
