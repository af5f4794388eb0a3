"""Working-time additions a second, beside walking day by day over chinesecalendar in the same run."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar

sys.path[0] = str(Path(__file__).parent.parent)  # not this file's folder: `couriers` is the library, not that file

from bench.report import line, machine, seconds  # noqa: E402
from logistics.rules.workdays import (  # noqa: E402
    USUAL_HOURS,
    add_working_days,
    add_working_minutes,
    state_calendar,
)

STARTS = [datetime(2026, 1, 5, 2, tzinfo=UTC) + timedelta(hours=7 * n) for n in range(1000)]
DAYS = 5


def walk(start: date, days: int) -> date:
    """The peer: one day after the other, asking the library whether it is a working day."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= chinese_calendar.is_workday(day)
    return day


def main() -> None:
    """Measure and print."""
    calendar, hours = state_calendar(), USUAL_HOURS
    ours = line(
        f"plus {DAYS} working days",
        seconds(lambda: [add_working_days(calendar, hours, at, DAYS) for at in STARTS], 30),
        len(STARTS),
    )
    line(
        f"plus {DAYS * 450} working minutes",
        seconds(lambda: [add_working_minutes(calendar, hours, at, DAYS * 450) for at in STARTS], 30),
        len(STARTS),
    )
    dates = [at.date() for at in STARTS if at.year == 2026 and at.month < 12]
    theirs = line(
        f"plus {DAYS} working days, walking chinesecalendar",
        seconds(lambda: [walk(day, DAYS) for day in dates], 10),
        len(dates),
    )
    print(f"  ratio ours / walking: {ours / theirs:.0f}")


if __name__ == "__main__":
    print(machine("youdang", "chinesecalendar"))
    main()
