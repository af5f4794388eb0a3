"""Rows of an old ledger: taken as people wrote them, or refused at the cell; never a guess."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.cells import Cell, Kind, Merge, Row, Sheet
from logistics.rules.old_ledgers import (
    Doubles,
    Layout,
    Reader,
    Reading,
    content,
    guess,
    heading_row,
    is_personal,
    require_mapping,
)
from logistics.terms import OldLedgerColumn as C
from logistics.terms import RowVerdict as V

TODAY = date(2026, 11, 22)
HEADINGS = ["序号", "寄出日期（年月日）", "办件编号", "申请人", "身份证号", "EMS单号", "件数", "签收日期", "备注"]
COLUMNS = {C.SENT_ON: 1, C.CASE_NO: 2, C.APPLICANT: 3, C.WAYBILL: 5, C.COUNT: 6, C.SIGNED_ON: 7, C.REMARK: 8}
GOOD = ["1", "2026-03-05", "421200-1", "王小明", "", "EA123456789CN", "2", "2026-03-08", ""]


def row(cells: list[str], number: int = 3, *, hidden: bool = False) -> Row:
    return Row(number, tuple(Cell(text) for text in cells), hidden)


def reader(*rows: Row, merged: tuple[Merge, ...] = (), spread: bool = False, from_text: bool = False) -> Reader:
    sheet = Sheet("台账", (row(["咸宁大厅寄递台账"], 1), row(HEADINGS, 2), *rows), merged=merged)
    layout = Layout(0, 2, COLUMNS, spread)
    return Reader(sheet.spread() if spread else sheet, layout, TODAY, from_text=from_text)


def read(cells: list[str], **more: bool) -> Reading:
    return reader(row(cells), **more).read(row(cells))


def changed(place: int, text: str) -> list[str]:
    return [*GOOD[:place], text, *GOOD[place + 1 :]]


def test_headings_are_guessed_below_a_title_and_personal_numbers_are_no_guess() -> None:
    top = [row(["咸宁大厅寄递台账"], 1), row(HEADINGS, 2), row(GOOD, 3)]
    assert heading_row(top) == 2
    assert guess(top[1]) == COLUMNS
    assert is_personal("申请人身份证号码")
    assert guess(row(["联系电话", "收件人手机"])) == {}


def test_a_saved_mapping_is_found_again_by_its_headings_wherever_they_stand() -> None:
    saved = {"case_no": "编号", "remark": "经手"}
    assert guess(row(["x", "经 手", "编号"]), saved) == {C.CASE_NO: 2, C.REMARK: 1}


def test_a_good_row_is_taken_as_it_stands() -> None:
    found = read(GOOD)
    assert found.verdict is V.GOOD
    assert found.values[C.SENT_ON] == "2026-03-05"
    assert C.REMARK not in found.values


@pytest.mark.parametrize(
    ("place", "text", "column"),
    [
        (1, "3/5/2026", C.SENT_ON),
        (1, "2026-02-30", C.SENT_ON),
        (1, "2026-12-01", C.SENT_ON),
        (2, "x" * 65, C.CASE_NO),
        (5, "见附页", C.WAYBILL),
        (6, "若干", C.COUNT),
        (7, "2026-03-01", C.SIGNED_ON),
    ],
)
def test_what_cannot_be_taken_over_is_refused_at_its_cell(place: int, text: str, column: C) -> None:
    found = read(changed(place, text))
    assert found.verdict is V.REFUSED
    assert column in {remark.column for remark in found.remarks if remark.refuses}
    assert all(remark.said.en and "请" in remark.said for remark in found.remarks if remark.refuses)


def test_a_row_nobody_could_find_again_is_refused_and_one_without_a_day_is_remarked() -> None:
    lost = [*GOOD]
    lost[2] = lost[5] = ""
    assert read(lost).verdict is V.REFUSED
    assert read(changed(2, "")).verdict is V.GOOD
    assert read(changed(1, "")).verdict is V.WARNED


@pytest.mark.parametrize(
    "cells", [["合计", "", "", "", "", "", "7"], ["本页小计：", "", "", "", "", "", "7"], HEADINGS, ["9"]]
)
def test_sums_repeated_headings_and_rows_of_only_a_number_are_no_records(cells: list[str]) -> None:
    assert read(cells).verdict is V.LEFT_OUT


def test_a_merged_cell_counts_for_each_row_only_when_somebody_says_so() -> None:
    first, second = row(GOOD, 3), row(changed(2, ""), 4)
    merged = (Merge(3, 2, 4, 2),)
    plain, spread = reader(first, second, merged=merged), reader(first, second, merged=merged, spread=True)
    refused = plain.read(plain.rows[1])
    assert refused.verdict is V.REFUSED
    assert "C3:C4" in refused.remarks[0].said
    assert spread.read(spread.rows[1]).values[C.CASE_NO] == "421200-1"


def test_a_hidden_row_is_taken_over_with_a_remark() -> None:
    one = row(GOOD, hidden=True)
    assert reader(one).read(one).verdict is V.WARNED


def test_a_rounded_number_is_refused_in_a_workbook_and_doubted_in_a_text() -> None:
    cells = [Cell(text) for text in GOOD]
    cells[2] = Cell("421200202600012000", Kind.NUMBER)
    one = Row(3, tuple(cells))
    assert reader(one).read(one).verdict is V.REFUSED
    assert read(changed(2, "421200202600012000")).verdict is V.GOOD
    assert read(changed(2, "421200202600012000"), from_text=True).verdict is V.WARNED


def test_the_same_row_twice_is_refused_and_the_same_waybill_with_other_words_remarked() -> None:
    seen = Doubles()
    first = seen.look(read(GOOD))
    again = seen.look(Reading(9, first.values))
    other = seen.look(Reading(10, {**first.values, C.APPLICANT: "李四"}))
    assert (first.verdict, again.verdict, other.verdict) == (V.GOOD, V.REFUSED, V.WARNED)
    assert "第 3 行" in again.remarks[0].said


def test_a_mapping_needs_a_number_to_find_records_by_and_each_column_once() -> None:
    assert require_mapping(COLUMNS) == {}
    assert set(require_mapping({C.REMARK: 1})) == {"case_no"}
    assert set(require_mapping({C.CASE_NO: 1, C.WAYBILL: 1})) == {"waybill"}
    assert Layout.of(Layout(1, 2, COLUMNS, True).plain()) == Layout(1, 2, COLUMNS, True)


TEXTS = st.text(max_size=30)


@given(st.lists(st.builds(Cell, TEXTS, st.sampled_from(Kind)), max_size=9), st.booleans())
def test_every_row_gets_a_verdict_and_only_rows_that_are_found_again_are_taken(cells: list[Cell], text: bool) -> None:
    one = Row(3, tuple(cells))
    found = reader(one, from_text=text).read(one)
    if found.verdict in (V.GOOD, V.WARNED):
        assert found.values.get(C.CASE_NO) or found.values.get(C.WAYBILL)
        assert content(found.values)
    else:
        assert found.remarks
