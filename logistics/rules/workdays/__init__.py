"""Working time: calendars with closed and opened days, opening hours, and exact reckoning with both.

Pure but for `state_calendar`, which reads the tables carried beside it once a process. No clock, no settings.
"""

from logistics.rules.workdays.announced import read_announcement
from logistics.rules.workdays.calendar import FIRST_DAY, LAST_DAY, Calendar, DayKind, Notice, SpecialDay
from logistics.rules.workdays.closures import read_closures
from logistics.rules.workdays.errors import CalendarError
from logistics.rules.workdays.hours import USUAL_HOURS, Hours, Season
from logistics.rules.workdays.reckon import (
    CHINA,
    Due,
    add_natural_hours,
    add_working_days,
    add_working_minutes,
    china_date,
    is_workday,
    is_working_moment,
    next_working_moment,
    opening_after,
    previous_working_moment,
    working_days_between,
    working_minutes_between,
)
from logistics.rules.workdays.state import parse_days, parse_notices, state_calendar

__all__ = [
    "CHINA",
    "FIRST_DAY",
    "LAST_DAY",
    "USUAL_HOURS",
    "Calendar",
    "CalendarError",
    "DayKind",
    "Due",
    "Hours",
    "Notice",
    "Season",
    "SpecialDay",
    "add_natural_hours",
    "add_working_days",
    "add_working_minutes",
    "china_date",
    "is_workday",
    "is_working_moment",
    "next_working_moment",
    "opening_after",
    "parse_days",
    "parse_notices",
    "previous_working_moment",
    "read_announcement",
    "read_closures",
    "state_calendar",
    "working_days_between",
    "working_minutes_between",
]
