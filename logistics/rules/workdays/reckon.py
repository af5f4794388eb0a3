"""Adding and measuring working time: two look-ups in a calendar's sums a question, exact to the second.

Moments are aware and come back in UTC. Inside, a moment is the number of seconds since FIRST_DAY 00:00 China Standard
Time, a fixed UTC+8 (true of Asia/Shanghai since 1992, the first year a calendar answers for). Fractions of a second are
cut off. A period's first second is working time; the moment it ends is not, but a length of time may end there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from logistics.rules.workdays.calendar import DAY_COUNT, FIRST_DAY, LAST_DAY, Calendar, WorkTable, day_at
from logistics.rules.workdays.errors import CalendarError
from logistics.rules.workdays.hours import DAY_SECONDS, Hours

CHINA = timezone(timedelta(hours=8), "+08:00")
_ORIGIN = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=CHINA).astimezone(UTC)


class Due(NamedTuple):
    """When something is due (UTC), whether a day it was counted over is provisional, and what it was counted from.

    `unit` is wd (working days), wm (working minutes) or nh (natural hours); `length` counts those.
    """

    due_at: datetime
    provisional: bool
    calendar: Calendar
    hours: Hours
    start: datetime
    length: int
    unit: str

    @property
    def explanation(self) -> tuple[str, ...]:
        """Chinese sentences that lead from the start to the due moment, made only when asked for."""
        from logistics.rules.workdays.explain import explain  # here: explain reads this module

        return explain(self)


def add_working_days(calendar: Calendar, hours: Hours, start: datetime, days: int) -> Due:
    """Due at the last working moment of the `days`-th working day after the start's own date. `days` >= 1."""
    if days < 1:
        raise CalendarError(f"工作日数须不少于 1，给出的是 {days}", f"working days must be 1 or more, not {days}")
    start_day = seconds_since_origin(start) // DAY_SECONDS
    position = calendar.workdays_before[start_day + 1] + days - 1
    if position >= len(calendar.workday_indices):
        raise _beyond(f"{days} 个工作日", f"{days} working days")
    due_day = calendar.workday_indices[position]
    table = calendar.table(hours)
    due = due_day * DAY_SECONDS + table.closing[table.patterns[due_day]]
    provisional = calendar.provisional_between(start_day, due_day)
    return Due(moment(due), provisional, calendar, hours, start, days, "wd")


def add_working_minutes(calendar: Calendar, hours: Hours, start: datetime, minutes: int) -> Due:
    """Due when `minutes` of working time have passed since the start; `minutes` >= 0.

    A start outside working time counts from the next working moment; 0 minutes are due at that moment.
    """
    if minutes < 0:
        raise CalendarError(f"工作时间不能为负数，给出的是 {minutes} 分钟", f"negative working time: {minutes} min")
    table = calendar.table(hours)
    begun = seconds_since_origin(start)
    worked = _worked_before(table, begun)
    due = _reached(calendar, table, worked + minutes * 60) if minutes else _resumed(calendar, table, worked)
    # a period may end at 24:00; that moment belongs to the day that ends
    provisional = calendar.provisional_between(begun // DAY_SECONDS, max(begun, due - 1) // DAY_SECONDS)
    return Due(moment(due), provisional, calendar, hours, start, minutes, "wm")


def add_natural_hours(calendar: Calendar, hours: Hours, start: datetime, natural_hours: int) -> Due:
    """Due `natural_hours` >= 0 clock hours after the start, day and night, holidays included; never provisional."""
    if natural_hours < 0:
        raise CalendarError(f"自然小时不能为负数，给出的是 {natural_hours}", f"negative natural hours: {natural_hours}")
    due = seconds_since_origin(start) + natural_hours * 3600
    if due >= len(calendar.patterns) * DAY_SECONDS:
        raise _beyond(f"{natural_hours} 自然小时", f"{natural_hours} natural hours")
    return Due(moment(due), False, calendar, hours, start, natural_hours, "nh")


def working_minutes_between(calendar: Calendar, hours: Hours, a: datetime, b: datetime) -> int:
    """Whole working minutes from a to b; negative when b is before a."""
    table = calendar.table(hours)
    begun = _worked_before(table, seconds_since_origin(a))
    passed = _worked_before(table, seconds_since_origin(b)) - begun
    return passed // 60 if passed >= 0 else -(-passed // 60)


def working_days_between(calendar: Calendar, a: datetime, b: datetime) -> int:
    """Working days after a's date up to and including b's, as add_working_days counts; negative when b is before a."""
    before = calendar.workdays_before
    return before[seconds_since_origin(b) // DAY_SECONDS + 1] - before[seconds_since_origin(a) // DAY_SECONDS + 1]


def is_workday(calendar: Calendar, day: date) -> bool:
    """Whether offices work on this date of China Standard Time."""
    return calendar.is_workday(day)


def is_working_moment(calendar: Calendar, hours: Hours, at: datetime) -> bool:
    """Whether this moment lies inside a working period (its end excluded)."""
    return next_working_moment(calendar, hours, at) == moment(seconds_since_origin(at))


def next_working_moment(calendar: Calendar, hours: Hours, at: datetime) -> datetime:
    """The earliest working moment at or after this one, in UTC."""
    table = calendar.table(hours)
    return moment(_resumed(calendar, table, _worked_before(table, seconds_since_origin(at))))


def previous_working_moment(calendar: Calendar, hours: Hours, at: datetime) -> datetime:
    """The start of the latest working minute that begins before this moment, in UTC."""
    table = calendar.table(hours)
    worked = _worked_before(table, seconds_since_origin(at))
    if worked <= 0:
        raise CalendarError(f"{at.isoformat()} 之前没有工作时间", f"no working time before {at.isoformat()}")
    return moment(_resumed(calendar, table, max(0, worked - 60)))


def opening_after(calendar: Calendar, hours: Hours, at: datetime, days: int) -> datetime:
    """When work opens on the `days`-th working day (>= 1) after this moment's date, in UTC."""
    closing = add_working_days(calendar, hours, at, days)
    index = seconds_since_origin(closing.due_at - timedelta(seconds=1)) // DAY_SECONDS
    table = calendar.table(hours)
    opening = table.periods[table.patterns[index]][0][0]
    return moment(index * DAY_SECONDS + opening)


def seconds_since_origin(at: datetime) -> int:
    """Whole seconds from FIRST_DAY 00:00 China Standard Time. CalendarError for a naive or too distant moment."""
    if at.tzinfo is None:
        raise CalendarError(f"时刻缺少时区：{at.isoformat()}", f"a moment needs its UTC offset: {at.isoformat()}")
    passed = at - _ORIGIN
    if not 0 <= passed.days < DAY_COUNT:
        raise CalendarError(
            f"{at.isoformat()} 超出日历范围（{FIRST_DAY} 至 {LAST_DAY}）",
            f"{at.isoformat()} is outside the calendar ({FIRST_DAY} to {LAST_DAY})",
        )
    return passed.days * DAY_SECONDS + passed.seconds


def moment(seconds: int) -> datetime:
    """The UTC moment this many seconds after FIRST_DAY 00:00 China Standard Time."""
    return _ORIGIN + timedelta(0, seconds)


def china_date(at: datetime) -> date:
    """The date this moment has in China."""
    return day_at(seconds_since_origin(at) // DAY_SECONDS)


def _worked_before(table: WorkTable, seconds: int) -> int:
    """Working seconds from the calendar's first day up to this moment."""
    day, second = divmod(seconds, DAY_SECONDS)
    worked = table.cumulative[day]
    for start, end in table.periods[table.patterns[day]]:
        if second <= start:
            break
        worked += min(second, end) - start
    return worked


def _reached(calendar: Calendar, table: WorkTable, worked: int) -> int:
    """The first moment by which this many (> 0) working seconds have passed: may be the end of a period."""
    day = bisect_left(table.cumulative, worked) - 1
    if day >= len(calendar.patterns):
        raise _beyond("所给的工作时间", "this working time")
    rest = worked - table.cumulative[day]
    for start, end in table.periods[table.patterns[day]]:
        if rest <= end - start:
            return day * DAY_SECONDS + start + rest
        rest -= end - start
    raise AssertionError("a day's periods sum to its length")


def _resumed(calendar: Calendar, table: WorkTable, worked: int) -> int:
    """The first moment after this many working seconds at which work goes on: never the end of a period."""
    day = bisect_right(table.cumulative, worked) - 1
    if day >= len(calendar.patterns):
        raise _beyond("下一个工作时刻", "the next working moment")
    rest = worked - table.cumulative[day]
    for start, end in table.periods[table.patterns[day]]:
        if rest < end - start:
            return day * DAY_SECONDS + start + rest
        rest -= end - start
    raise AssertionError("a day's periods sum to its length")


def _beyond(length_zh: str, length_en: str) -> CalendarError:
    return CalendarError(
        f"加上{length_zh}后超出日历范围（至 {LAST_DAY}）", f"{length_en} from there lies after {LAST_DAY}"
    )
