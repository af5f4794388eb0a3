"""Why a moment is due: the way from the start to it, as Chinese sentences an officer can check by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from logistics.rules.workdays.calendar import Calendar, DayKind
from logistics.rules.workdays.reckon import CHINA, Due, china_date, next_working_moment

_WEEKDAYS = "一二三四五六日"
_ONE_DAY = timedelta(days=1)


def explain(due: Due) -> tuple[str, ...]:
    """What was added to what, where counting began, the days off and made up between, what is unsure, the end."""
    if due.unit == "nh":
        return (_opening(due), _ending(due))
    last = china_date(due.due_at - timedelta(seconds=1)) if due.due_at > due.start else china_date(due.due_at)
    first = china_date(due.start)
    if due.unit == "wd":
        first += _ONE_DAY
    return (
        _opening(due),
        *_moved_start(due),
        *_departures(due.calendar, first, last),
        *_unsettled(due, first, last),
        _ending(due),
    )


def _opening(due: Due) -> str:
    start = _spoken(due.start)
    if due.unit == "wd":
        return f"自 {start} 起，次日起计 {due.length} 个工作日"
    if due.unit == "nh":
        return f"自 {start} 起，计 {due.length} 自然小时，昼夜、周末和节假日照计"
    return f"自 {start} 起，计 {_spoken_minutes(due.length)}工作时间（{due.hours}）"


def _moved_start(due: Due) -> Iterator[str]:
    if due.unit != "wm":
        return
    begun = next_working_moment(due.calendar, due.hours, due.start)
    if begun > due.start:
        yield f"起点不在工作时间内，自 {_spoken(begun)} 起计"


def _departures(calendar: Calendar, first: date, last: date) -> Iterator[str]:
    """Holidays (whole, even where the span begins inside one) and make-up days, then how many weekend days besides."""
    holiday_seen: set[date] = set()
    weekend_days = 0
    day = first
    while day <= last:
        special = calendar.special.get(day)
        if special is None:
            weekend_days += day.weekday() >= 5
        elif special.kind is DayKind.OPENED:
            yield f"{_short(day, first)} 周{_WEEKDAYS[day.weekday()]}调休上班"
        elif day not in holiday_seen:
            run = _run_of(calendar, day)
            holiday_seen.update(run)
            yield _holiday(special.name, run, first)
        day += _ONE_DAY
    if weekend_days:
        yield f"其间另有周末休息 {weekend_days} 天"


def _run_of(calendar: Calendar, day: date) -> list[date]:
    """All dates around this one that are closed under the same name without a gap."""
    name = calendar.special[day].name

    def same(other: date) -> bool:
        special = calendar.special.get(other)
        return special is not None and special.kind is not DayKind.OPENED and special.name == name

    run = [day]
    while same(run[0] - _ONE_DAY):
        run.insert(0, run[0] - _ONE_DAY)
    while same(run[-1] + _ONE_DAY):
        run.append(run[-1] + _ONE_DAY)
    return run


def _holiday(name: str, run: list[date], reference: date) -> str:
    if len(run) == 1:
        return f"{name} {_short(run[0], reference)} 休息"
    return f"{name} {_short(run[0], reference)} 至 {_short(run[-1], reference)} 休息"


def _unsettled(due: Due, first: date, last: date) -> Iterator[str]:
    if not due.provisional:
        return
    years = {first.year + offset for offset in range(last.year - first.year + 1)} | {china_date(due.start).year}
    unknown = sorted(year for year in years if year not in due.calendar.notices)
    if not unknown:  # only the last days of a December, which the next year's notice may still move
        unknown = [max(years) + 1]
    for year in unknown:
        yield f"{year} 年放假安排尚未公布（或未录入），暂按周末和法定节日推算，通知录入后须重算"


def _ending(due: Due) -> str:
    return f"故于 {_spoken(due.due_at)} 到期" + ("（暂定）" if due.provisional else "")


def _spoken(at: datetime) -> str:
    local = at.astimezone(CHINA)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{local:%Y-%m-%d} 周{_WEEKDAYS[local.weekday()]} {clock}"


def _short(day: date, reference: date) -> str:
    return f"{day:%m-%d}" if day.year == reference.year else day.isoformat()


def _spoken_minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} 小时" if hours else "", f"{rest} 分钟" if rest or not hours else "")))
