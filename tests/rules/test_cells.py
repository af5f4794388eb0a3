"""What cells say: days and numbers are taken as written, or refused with a sentence, never guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.cells import (
    Cell,
    CellError,
    Kind,
    as_code,
    as_day,
    as_text,
    as_whole,
    fold,
    folded_heading,
    letters,
    plain_number,
    seems_rounded,
)

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
FORMS = ["{0}-{1:02}-{2:02}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{0}年{1}月{2}日", "{0}{1:02}{2:02}", "{0}-{1}-{2} 14:05"]


@given(DAYS, st.sampled_from(FORMS))
def test_a_day_is_read_as_people_write_it(day: date, form: str) -> None:
    assert as_day(Cell(form.format(day.year, day.month, day.day))) == day


@given(DAYS)
def test_a_day_is_read_in_full_width_too(day: date) -> None:
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    assert as_day(Cell(day.isoformat().translate(wide))) == day


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.booleans())
def test_a_spreadsheets_count_of_days_is_a_day(day: date, since_1904: bool) -> None:
    start = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
    cell = Cell(str((day - start).days), Kind.NUMBER)
    assert as_day(cell, since_1904=since_1904) == day


@pytest.mark.parametrize(
    "text",
    ["3/5/2026", "26.3.5", "05-03-26", "2026-3", "2026", "3月5日", "2026-13-05", "2026-02-30", "20261305", "2026-3/5",
     "昨天", "0", "46086", "1899-12-31", "2200-01-01", "2026-03-05至2026-03-08"],
)  # fmt: skip
def test_a_day_that_is_ambiguous_or_impossible_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        as_day(Cell(text))
    assert "请" in refused.value.zh


def test_a_long_number_that_the_spreadsheet_rounded_is_refused() -> None:
    for cell in (Cell("421200202600012000", Kind.NUMBER), Cell("4.212E+17"), Cell("1.23457E+11")):
        with pytest.raises(CellError, match="15 digits"):
            as_code(cell)
    assert as_code(Cell("421200202600012345")) == "421200202600012345"
    assert as_code(Cell("１２３ 456", Kind.TEXT)) == "123456"
    assert as_code(Cell("421200202600012", Kind.NUMBER)) == "421200202600012"


def test_a_number_that_ends_as_a_rounded_one_does_is_doubted_unless_its_check_digit_is_right() -> None:
    assert seems_rounded("421200202600012000")
    assert not seems_rounded("421200202600012340")
    assert not seems_rounded("1200")
    assert not seems_rounded("EA123456789CN")
    assert not seems_rounded("421200194902091000")  # a check digit of 0 that is right


def test_faulty_and_unreckoned_formulas_are_refused() -> None:
    for cell in (Cell("#REF!", Kind.ERROR), Cell("", Kind.UNRECKONED)):
        assert not cell.is_blank
        with pytest.raises(CellError, match="formula"):
            as_text(cell)


@pytest.mark.parametrize(("text", "count"), [("3", 3), ("３", 3), ("3件", 3), ("2.0", 2), (" 12 份", 12)])
def test_a_count_is_a_whole_number_with_or_without_its_word(text: str, count: int) -> None:
    assert as_whole(Cell(text)) == count


@pytest.mark.parametrize("text", ["", "三", "2.5", "-1", "1,000", "9999999"])
def test_a_count_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        as_whole(Cell(text))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_a_plain_number_has_no_exponent_and_loses_nothing_a_sheet_keeps(value: float) -> None:
    text = plain_number(value)
    assert "e" not in text.lower()
    assert float(text) == pytest.approx(value, rel=1e-14, abs=1e-300)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_headings_are_compared_without_width_blanks_and_brackets() -> None:
    assert folded_heading("寄 出\n日期（年/月/日）") == folded_heading("寄出日期") == "寄出日期"
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert date(2026, 3, 5) + timedelta(days=0) == as_day(Cell("2026年3月5号"))
