"""A notice pasted as its words is read to the days that the calendar carries, or refused with the reason."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.workdays import CalendarError, DayKind, read_announcement, read_closures, state_calendar

OF_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日"""


def test_the_2026_notice_gives_the_days_the_calendar_carries() -> None:
    notice, days = read_announcement(OF_2026)
    carried = tuple(day for day in state_calendar().given if day.day.year == 2026)
    assert days == carried
    assert (notice.year, notice.number, notice.dated) == (2026, "国办发明电〔2025〕7号", date(2025, 11, 4))


def test_new_year_may_take_days_of_the_december_before() -> None:
    text = "2018年部分节假日安排\n一、元旦：12月30日至1月1日放假，共3天。12月29日（星期六）上班。"
    with pytest.raises(CalendarError, match="weekday"):
        read_announcement(text)  # in the notice for 2018 that Saturday would be of 2017, which was a Friday
    notice, days = read_announcement(text.replace("2018", "2019"))
    assert notice.year == 2019
    assert [(day.day.isoformat(), day.kind) for day in days] == [
        ("2018-12-29", DayKind.OPENED),
        ("2018-12-30", DayKind.CLOSED),
        ("2018-12-31", DayKind.CLOSED),
        ("2019-01-01", DayKind.CLOSED),
    ]


@pytest.mark.parametrize(
    ("found", "instead", "part"),
    [
        ("2026年部分节假日安排", "明年的安排", "which year"),
        ("1月4日（周日）", "1月4日（周六）", "not the weekday"),
        ("共7天", "共8天", "the notice says 8"),
        ("5月9日（周六）上班", "5月8日（周五）上班", "no weekend day"),
        ("6月19日（周五）至21日（周日）放假，共3天", "端午节快乐", "no days off"),
        ("9月25日（周五）至27日（周日）放假，共3天", "10月1日放假，共1天", "given twice"),
        ("2月14日（周六）", "2月30日", "no such date"),
    ],
)
def test_a_notice_that_contradicts_itself_is_refused_with_the_reason(found: str, instead: str, part: str) -> None:
    assert found in OF_2026
    with pytest.raises(CalendarError) as refused:
        read_announcement(OF_2026.replace(found, instead))
    assert part in refused.value.en


@given(st.text(max_size=60), st.integers(0, len(OF_2026)), st.integers(0, 60))
def test_any_harmed_notice_is_read_or_refused_in_words(words: str, at: int, gone: int) -> None:
    with suppress(CalendarError):
        read_announcement(OF_2026[:at] + words + OF_2026[at + gone :])


def test_closures_are_read_a_line_each() -> None:
    days = read_closures("2026-12-25 系统切换\n\n2026-08-10至2026-08-12 搬迁\n2026-12-26 上班（按周五） 补班\n")
    assert [(day.day.isoformat(), day.kind, day.name, day.follows) for day in days] == [
        ("2026-08-10", DayKind.CLOSED, "搬迁", None),
        ("2026-08-11", DayKind.CLOSED, "搬迁", None),
        ("2026-08-12", DayKind.CLOSED, "搬迁", None),
        ("2026-12-25", DayKind.CLOSED, "系统切换", None),
        ("2026-12-26", DayKind.OPENED, "补班", 5),
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no date was given"),
        ("圣诞 停", "cannot read"),
        ("2026-02-30 停", "no such date"),
        ("2026-12-25至2026-12-20 停", "backwards"),
        ("2026-01-01至2026-12-20 停", "too long"),
        ("2026-12-25 停\n2026-12-25 停", "given twice"),
        ("2026-12-25 停\n坏\n2026-12-27 停\n也坏", "line 2: cannot read"),
    ],
)
def test_a_closure_that_cannot_be_read_is_named_by_its_line(text: str, part: str) -> None:
    with pytest.raises(CalendarError) as refused:
        read_closures(text)
    assert part in refused.value.en
