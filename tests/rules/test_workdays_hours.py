"""Opening hours are read as written, and refused with the part that cannot be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.workdays import USUAL_HOURS, CalendarError, Hours


def test_one_line_of_periods_is_kept_every_weekday() -> None:
    hours = Hours.parse("9:00-12:00，13:30－17:30")
    assert hours == USUAL_HOURS
    assert hash(hours) == hash(USUAL_HOURS)
    assert hours.weekdays == (((9 * 3600, 12 * 3600), (13 * 3600 + 1800, 17 * 3600 + 1800)),) * 5
    assert str(hours) == "09:00-12:00,13:30-17:30"


def test_weekdays_may_differ() -> None:
    hours = Hours.parse("周一至周四 09:00-12:00,13:30-17:30；周五 09:00-12:00")
    assert hours.weekdays[3] != hours.weekdays[4] == ((9 * 3600, 12 * 3600),)
    assert Hours.parse(str(hours)) == hours


def test_a_season_has_hours_of_its_own_and_may_run_over_new_year() -> None:
    summer, winter = "06-01至09-30 09:00-12:00,15:00-18:00", "12-01至02-29 周一至周四 10:00-16:00; 周五 10:00-12:00"
    hours = Hours.parse(f"09:00-12:00,13:30-17:30 | {summer} | {winter}")
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 9, 30), date(2026, 12, 1), date(2027, 2, 28))
    assert [hours.week_of(day) for day in days] == [0, 1, 1, 2, 2]
    assert Hours.parse(str(hours)) == hours


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", '""'),
        ("9-12", '"9-12"'),
        ("09:00-12:00,", '""'),
        ("09:60-12:00", '"09:60-12:00"'),
        ("22:00-24:01", "after 24:00"),
        ("12:00-09:00", "end after it starts"),
        ("09:00-09:00", "end after it starts"),
        ("09:00-12:00,11:00-13:00", "overlap"),
        ("13:00-14:00,09:00-12:00", "out of order"),
        ("周一 09:00-12:00", "has no hours"),
        ("周一至周五 09:00-12:00; 周二 09:00-10:00", "twice"),
        ("周五至周一 09:00-12:00", "backwards"),
        ("周六 09:00-12:00", "cannot read"),
        ("09:00-12:00 | 夏天 09:00-12:00", "cannot read the season"),
        ("09:00-12:00 | 06-31至09-30 09:00-12:00", "no such day"),
        ("09:00-12:00 | 05-01至09-30 09:00-12:00 | 09-30至10-07 09:00-11:00", "overlap"),
        ("09:00-12:00 | 11-01至03-31 09:00-12:00 | 02-01至02-28 09:00-11:00", "overlap"),
    ],
)
def test_hours_that_cannot_be_kept_are_refused_with_the_reason(text: str, part: str) -> None:
    with pytest.raises(CalendarError) as caught:
        Hours.parse(text)
    assert part in caught.value.en
    assert "办公时" in caught.value.zh


def test_five_days_with_a_period_each_are_needed() -> None:
    with pytest.raises(CalendarError, match="five days"):
        Hours((((0, 60),),) * 4)
    with pytest.raises(CalendarError, match="no period"):
        Hours((((0, 60),),) * 4 + ((),))


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        hours = Hours.parse(text)
    except CalendarError:
        return
    assert Hours.parse(str(hours)) == hours


@given(st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True).filter(lambda edges: len(edges) % 2 == 0))
def test_hours_written_out_are_read_back(edges: list[int]) -> None:
    ordered = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in sorted(edges)]
    text = ",".join(f"{a}-{b}" for a, b in zip(ordered[::2], ordered[1::2], strict=True))
    assert str(Hours.parse(text)) == text
