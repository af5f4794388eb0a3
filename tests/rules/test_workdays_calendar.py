"""The state calendar: right on every date of record, honest about the dates nobody has settled."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import holidays
import pytest

from logistics.rules.workdays import (
    CHINA,
    USUAL_HOURS,
    CalendarError,
    DayKind,
    Hours,
    Notice,
    SpecialDay,
    add_working_days,
    is_workday,
    parse_days,
    parse_notices,
    state_calendar,
)
from logistics.rules.workdays.calendar import Calendar, fixed_statutory_days, unsettled_december_days


def dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_date_2004_to_2026_agrees_with_chinesecalendar() -> None:
    calendar = state_calendar()
    span = dates(date(2004, 1, 1), date(2026, 12, 31))
    assert [day for day in span if is_workday(calendar, day) != chinese_calendar.is_workday(day)] == []
    assert not any(calendar.is_provisional(day) for day in span)


def test_every_date_2023_to_2026_agrees_with_holidays() -> None:
    china = holidays.country_holidays("CN", years=range(2023, 2027))
    span = dates(date(2023, 1, 1), date(2026, 12, 31))
    assert [day for day in span if state_calendar().is_workday(day) != china.is_working_day(day)] == []


def test_the_six_make_up_days_of_2026_are_worked_on_mondays_hours() -> None:
    opened = [d for d in state_calendar().special.values() if d.kind is DayKind.OPENED and d.day.year == 2026]
    assert [f"{d.day:%m-%d}" for d in opened] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert {d.follows for d in opened} == {1}


def test_the_2026_notice_is_named_with_its_date() -> None:
    notice = state_calendar().notices[2026]
    assert notice.dated == date(2025, 11, 4)
    assert "2026年部分节假日安排" in notice.title


def test_2027_is_provisional_with_weekends_and_the_days_the_law_closes() -> None:
    calendar = state_calendar()
    closed = [d for d in dates(date(2027, 1, 1), date(2027, 12, 31)) if d.weekday() < 5 and not calendar.is_workday(d)]
    assert [f"{d:%m-%d}" for d in closed] == ["01-01", "02-05", "02-08", "04-05", "06-09", "09-15", "10-01"]
    assert calendar.is_provisional(date(2027, 1, 1))
    assert calendar.is_provisional(date(2027, 12, 31))


@pytest.mark.parametrize("year", range(2027, 2036))
def test_carried_statutory_days_agree_with_holidays(year: int) -> None:
    named = {day for day, name in holidays.country_holidays("CN", years=year).items() if "observed" not in name}
    carried = {day for day, special in state_calendar().special.items() if day.year == year}
    assert carried == named
    assert {day.day for day in fixed_statutory_days(year)} <= named


@pytest.mark.parametrize("year", [1995, 2040, 2060])
def test_a_year_without_any_data_closes_the_fixed_days_and_is_provisional(year: int) -> None:
    calendar = state_calendar()
    assert calendar.is_provisional(date(year, 6, 1))
    assert not calendar.is_workday(date(year, 10, 1))
    assert calendar.special[date(year, 5, 2)].name == "劳动节"


def test_a_december_whose_end_the_next_notice_may_move_is_provisional() -> None:
    moved = {day.year for day in chinese_calendar.constants.workdays if day.month == 12}
    assert moved == {2006, 2007, 2011, 2018}
    assert all(unsettled_december_days(year) for year in moved)
    without_2019 = Calendar("CN", [Notice(2018, "国务院办公厅关于2018年部分节假日安排的通知")], [])
    assert not without_2019.is_provisional(date(2018, 12, 28))
    assert without_2019.is_provisional(date(2018, 12, 29))  # worked, as the notice for 2019 said later


def test_a_notice_settles_its_year_and_the_december_days_it_moves() -> None:
    old = state_calendar()
    days = [
        SpecialDay(date(2026, 12, 31), DayKind.CLOSED, "元旦"),
        SpecialDay(date(2027, 1, 1), DayKind.CLOSED, "元旦"),
        SpecialDay(date(2027, 1, 3), DayKind.OPENED, "元旦", 4),
    ]
    new = old.with_notice(Notice(2027, "试拟通知", "", date(2026, 11, 25)), days)
    assert not new.is_workday(date(2026, 12, 31))
    assert new.is_workday(date(2027, 1, 3))
    assert new.patterns[-1] == old.patterns[-1]
    assert not new.is_provisional(date(2027, 6, 9))
    assert new.is_workday(date(2027, 6, 9))  # the notice is the whole truth of its year
    assert new.is_workday(date(2026, 10, 10))
    assert old.is_workday(date(2026, 12, 31))
    assert new.version != old.version


def test_an_agencys_own_days_stand_over_the_states() -> None:
    own = state_calendar().with_days("A-421200", [SpecialDay(date(2026, 10, 10), DayKind.CLOSED, "系统升级")])
    assert not own.is_workday(date(2026, 10, 10))
    assert own.version.startswith("A-421200-2026-")
    due = add_working_days(own, USUAL_HOURS, datetime(2026, 10, 9, 9, tzinfo=CHINA), 1)
    assert due.due_at.astimezone(CHINA).date() == date(2026, 10, 12)


def test_the_version_names_the_content_and_nothing_else() -> None:
    notice = Notice(2026, "通知")
    days = [
        SpecialDay(date(2026, 10, 1), DayKind.CLOSED, "国庆节"),
        SpecialDay(date(2026, 5, 1), DayKind.CLOSED, "劳动节"),
    ]
    assert Calendar("X", [notice], days).version == Calendar("X", [notice], days[::-1]).version
    assert Calendar("X", [notice], days).version != Calendar("X", [notice], days[:1]).version


def test_impossible_days_are_refused() -> None:
    with pytest.raises(CalendarError, match="twice"):
        Calendar("X", [], [SpecialDay(date(2026, 1, 1), DayKind.CLOSED, "元旦")] * 2)
    with pytest.raises(CalendarError, match="names the weekday"):
        SpecialDay(date(2026, 1, 4), DayKind.OPENED, "元旦")
    with pytest.raises(CalendarError, match="names the weekday"):
        SpecialDay(date(2026, 1, 1), DayKind.CLOSED, "元旦", 1)
    with pytest.raises(CalendarError, match="weekday 1 to 5"):
        SpecialDay(date(2026, 1, 4), DayKind.OPENED, "元旦", 6)
    with pytest.raises(CalendarError, match="outside the calendar"):
        state_calendar().is_workday(date(2061, 1, 1))
    with pytest.raises(CalendarError, match="outside the calendar"):
        Calendar("X", [], [SpecialDay(date(1991, 12, 31), DayKind.CLOSED, "岁末")])


def test_days_and_notices_are_read_with_every_fault_named_by_line() -> None:
    lines = [
        "date,kind,name,follows",
        "2027-02-06,closed,春节,",
        "2027-13-01,closed,春节,",
        "2027-02-20,opened,春节,7",
        "2027-02-21,open,春节,",
        "2027-02-22,closed",
    ]
    text = "\n".join(lines)
    with pytest.raises(CalendarError) as caught:
        parse_days(text)
    assert [part in caught.value.en for part in ("line 3", "line 4", "line 5", "line 6", "line 2:")] == [True] * 4 + [
        False
    ]
    assert "第 3 行" in caught.value.zh
    assert parse_days(lines[0] + "\r\n2027-02-20,opened,春节,1\r\n") == [
        SpecialDay(date(2027, 2, 20), DayKind.OPENED, "春节", 1)
    ]
    with pytest.raises(CalendarError, match="first line"):
        parse_days("day,kind\n")
    with pytest.raises(CalendarError, match="four digits"):
        parse_notices("year,title,number,dated\n27,通知,,\n")
    assert parse_notices("\ufeffyear,title,number,dated\n2027,通知,,2026-11-25\n") == [
        Notice(2027, "通知", "", date(2026, 11, 25))
    ]


def test_a_make_up_day_keeps_the_hours_of_the_weekday_it_follows() -> None:
    hours = Hours.parse("周一至周四 09:00-12:00,13:30-17:30; 周五 09:00-12:00")
    days = [
        SpecialDay(date(2027, 1, 9), DayKind.OPENED, "元旦", 5),
        SpecialDay(date(2027, 1, 10), DayKind.OPENED, "元旦", 4),
    ]
    calendar = state_calendar().with_notice(Notice(2027, "试拟通知"), days)
    closings = [add_working_days(calendar, hours, datetime(2027, 1, day, 9, tzinfo=CHINA), 1).due_at for day in (8, 9)]
    assert [f"{at.astimezone(CHINA):%d %H:%M}" for at in closings] == ["09 12:00", "10 17:30"]


def test_a_corrected_notice_replaces_the_first_and_the_december_days_it_names_again() -> None:
    first = [
        SpecialDay(date(2026, 12, 31), DayKind.CLOSED, "元旦"),
        SpecialDay(date(2027, 1, 2), DayKind.OPENED, "元旦", 1),
    ]
    once = state_calendar().with_notice(Notice(2027, "试拟通知"), first)
    twice = once.with_notice(Notice(2027, "更正通知"), first[:1])
    assert not twice.is_workday(date(2026, 12, 31))
    assert not twice.is_workday(date(2027, 1, 2))
    assert twice.notices[2027].title == "更正通知"


def test_statutory_days_say_nothing_in_a_year_that_has_its_notice() -> None:
    statutory = SpecialDay(date(2026, 11, 24), DayKind.STATUTORY, "试拟节日")
    assert Calendar("X", [Notice(2026, "通知")], [statutory]).is_workday(statutory.day)
    assert not Calendar("X", [], [statutory]).is_workday(statutory.day)
