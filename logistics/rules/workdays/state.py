"""The state calendar, from data this package carries."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TypeVar

from logistics.rules.workdays.calendar import Calendar, DayKind, Notice, SpecialDay
from logistics.rules.workdays.errors import CalendarError

DAY_COLUMNS = ("date", "kind", "name", "follows")
NOTICE_COLUMNS = ("year", "title", "number", "dated")
_YEAR = re.compile(r"\d{4}")
_Read = TypeVar("_Read")


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
    return _read(text, DAY_COLUMNS, _day)


def parse_notices(text: str) -> list[Notice]:
    """Notices from CSV text with the columns year, title, number, dated. Raises CalendarError naming every bad line."""
    return _read(text, NOTICE_COLUMNS, _notice)


def _day(row: dict[str, str]) -> SpecialDay:
    if row["kind"] not in tuple(DayKind):
        raise CalendarError(f"类型“{row['kind']}”应为 {'、'.join(DayKind)} 之一", f'unknown kind "{row["kind"]}"')
    if row["follows"] not in ("", *"12345"):
        raise CalendarError(
            f"follows“{row['follows']}”应为 1 至 5 或空", f'follows is 1 to 5 or empty, not "{row["follows"]}"'
        )
    return SpecialDay(
        _date(row["date"]), DayKind(row["kind"]), row["name"], int(row["follows"]) if row["follows"] else None
    )


def _notice(row: dict[str, str]) -> Notice:
    if not _YEAR.fullmatch(row["year"]):
        raise CalendarError(f"年份“{row['year']}”应为四位数字", f'a year has four digits, not "{row["year"]}"')
    return Notice(int(row["year"]), row["title"], row["number"], _date(row["dated"]) if row["dated"] else None)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CalendarError(f"日期“{text}”无法识别，应写作 2026-10-01", f'cannot read the date "{text}"') from None


def _read(text: str, columns: tuple[str, ...], read_row: Callable[[dict[str, str]], _Read]) -> list[_Read]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    heading = tuple(next(reader, ()))
    if heading != columns:
        expected, given = ",".join(columns), ",".join(heading)
        raise CalendarError(
            f"首行应为 {expected}，读到的是“{given}”", f'the first line must be {expected}, not "{given}"'
        )
    read: list[_Read] = []
    faults: list[tuple[int, CalendarError]] = []
    for row in reader:
        try:
            read.append(read_row(_named(columns, row)))
        except CalendarError as fault:
            faults.append((reader.line_num, fault))
    if faults:
        raise CalendarError(
            "日历数据有误，未导入。" + "；".join(f"第 {line} 行：{fault.zh}" for line, fault in faults),
            "calendar data not read: " + "; ".join(f"line {line}: {fault.en}" for line, fault in faults),
        )
    return read


def _named(columns: tuple[str, ...], row: list[str]) -> dict[str, str]:
    if len(row) != len(columns):
        raise CalendarError(
            f"应有 {len(columns)} 列，读到 {len(row)} 列", f"{len(row)} columns instead of {len(columns)}"
        )
    return {column: value.strip() for column, value in zip(columns, row, strict=True)}
