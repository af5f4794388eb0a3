"""What a row of an item list would do: the same file twice does nothing, every fault stands at its cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.errors import Malformed, Rejected
from logistics.rules import item_lists, items
from logistics.rules.agreements import Clause
from logistics.rules.cells import Book, Cell, Kind, Merge, Row, Sheet
from logistics.rules.item_lists import COLUMNS, Planned, Standing, counted, digest, plan, require_whole
from logistics.rules.items import Line, Terms
from logistics.rules.sheet_columns import Entry, entries, entry_of
from logistics.tables import ServiceItem, ServiceItemPast
from logistics.terms import Mode, RowFate

HEADINGS = ("事项编码", "事项名称", "承诺时限（工作日）", "保管期限", "办理模式", "协议约定", "是否列入")
CODES = st.from_regex(r"[A-Z]{2}[0-9A-Z]{2,10}", fullmatch=True)  # `1E10` is what a spreadsheet makes of a number
NOON = datetime(2026, 9, 8, 4, tzinfo=UTC)


def book(*rows: tuple[str, ...], hidden: tuple[int, ...] = (), merged: tuple[Merge, ...] = ()) -> Book:
    made = [
        Row(number, tuple(Cell(text) for text in cells), number in hidden)
        for number, cells in enumerate((HEADINGS, *rows), start=1)
    ]
    return Book((Sheet("清单", tuple(made), merged=merged),))


def read(*rows: tuple[str, ...], **more: object) -> list[Entry]:
    return entries(book(*rows, **more), COLUMNS, 2000)  # type: ignore[arg-type]


def known(*codes: str, clauses: Mapping[int, tuple[bool, Clause]] | None = None) -> Standing:
    made = {
        code: ServiceItem(id=number, code=code, name=f"事项{code}", promised_days=5, retention="D30")
        for number, code in enumerate(codes, start=1)
    }
    return Standing(made, clauses or {})


def wrong(row: Planned) -> dict[str, str]:
    return {row.entry.places.get(name, name): str(said) for name, said in row.wrong.items()}


ROW = st.tuples(CODES, st.sampled_from(["", "异地代收代办", "全程网办、多地联办"]), st.sampled_from(["", "约定甲"]))


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8, unique_by=lambda row: row[0]))
def test_what_a_list_did_it_does_not_do_again(rows: list[tuple[str, str, str]]) -> None:
    found = read(*((code, "", "", "", modes, note, "") for code, modes, note in rows))
    standing = known(*(code for code, _, _ in rows))
    first = plan(found, standing)
    assert {row.fate for row in first} == {RowFate.NEW}
    after = Standing(standing.items, {row.item_id or 0: (row.listed, row.clause) for row in first})
    again = plan(found, after)
    assert {row.fate for row in again} == {RowFate.UNCHANGED}
    assert digest(again) != digest(first)


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8))
def test_a_row_is_stored_and_read_as_it_was(rows: list[tuple[str, str, str]]) -> None:
    found = read(*((code, "", "x天", "", modes, note, "") for code, modes, note in rows))
    assert [entry_of(one.kept()) for one in found] == found


@settings(deadline=None)
@given(CODES)
def test_a_code_is_the_same_however_wide_and_small_it_is_typed(code: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code.lower())
    assert items.folded_code(f" {wide} ") == code


def test_every_fault_stands_at_its_cell_and_in_both_languages() -> None:
    rows = plan(
        read(
            ("GZ-001", "别的名称", "9", "永久", "", "", ""),
            ("GZ-001", "", "", "", "", "", ""),
            ("", "甲", "", "", "", "", ""),
            ("甲乙", "", "0", "20 年", "随便", "长" * 301, "也许"),
            ("NEW-9", "", "", "", "", "", "否"),
        ),
        known("GZ-001"),
    )
    places = [set(wrong(row)) for row in rows]
    assert places == [
        {"A2", "B2", "C2", "D2"},
        {"A3"},
        {"A4", "C4", "D4"},
        {"A5", "B5", "C5", "D5", "E5", "F5", "G5"},
        {"A6"},
    ]
    for row in rows:
        for said in row.wrong.values():
            assert said
            assert said.en
    assert counted(rows) == {RowFate.REFUSED: 5}
    with pytest.raises(Rejected) as why:
        require_whole(rows, digest(rows))
    assert why.value.rule == "list_refused"


def test_a_hidden_row_is_refused_and_a_merged_code_is_told_twice() -> None:
    cells = ("GZ-001", "", "", "", "", "", "")
    assert "隐藏" in wrong(plan(read(cells, hidden=(2,)), known("GZ-001"))[0])["A2"]
    merged = read(cells, ("", "", "", "", "", "甲", ""), merged=(Merge(2, 0, 3, 0),))
    assert [
        "第 3 行编码相同" in str(wrong(row)) or "第 2 行编码相同" in str(wrong(row))
        for row in plan(merged, known("GZ-001"))
    ] == [
        True,
        True,
    ]


def test_a_formula_without_its_value_is_refused_at_its_cell() -> None:
    cells = (Cell("GZ-001"), Cell("=A1", Kind.UNRECKONED))
    sheet = Sheet("清单", (Row(1, tuple(Cell(text) for text in HEADINGS)), Row(2, cells)))
    rows = plan(entries(Book((sheet,)), COLUMNS, 10), known("GZ-001"))
    assert "公式" in wrong(rows[0])["B2"]


def test_headings_below_a_title_are_found_and_a_hidden_sheet_is_none() -> None:
    title = Row(1, (Cell("咸宁市通办事项清单"),))
    rows = (title, Row(3, tuple(Cell(text) for text in HEADINGS)), Row(4, (Cell("GZ-001"),)))
    found = entries(Book((Sheet("草稿", rows, hidden=True), Sheet("清单", rows))), COLUMNS, 10)
    assert [(one.number, one.cells["code"]) for one in found] == [(4, "GZ-001")]
    with pytest.raises(Malformed, match="headings"):
        entries(Book((Sheet("草稿", rows, hidden=True),)), COLUMNS, 10)
    with pytest.raises(Malformed, match="twice"):
        entries(Book((Sheet("清单", (Row(1, (Cell("编码"), Cell("事项编码"))),)),)), COLUMNS, 10)
    with pytest.raises(Malformed, match="at most"):
        entries(Book((Sheet("清单", rows),)), COLUMNS, 0)


def test_a_blank_cell_leaves_what_stands() -> None:
    clauses = {1: (True, Clause([Mode.ONLINE], "原约定"))}
    row = plan(read(("GZ-001", "", "", "", "", "", "")), known("GZ-001", clauses=clauses))[0]
    assert row.fate is RowFate.UNCHANGED
    row = plan(read(("GZ-001", "", "", "", "多地联办", "", "")), known("GZ-001", clauses=clauses))[0]
    assert (row.fate, dict(row.changed)) == (RowFate.CHANGED, {"modes": [["online"], ["joint"]]})
    assert row.clause.note == "原约定"


HOURS = st.integers(0, 100).map(lambda hours: NOON + timedelta(hours=hours))


@settings(deadline=None)
@given(st.lists(HOURS, unique=True, max_size=6), HOURS)
def test_what_an_item_said_is_what_stood_before_the_next_change(changes: list[datetime], at: datetime) -> None:
    past = [
        ServiceItemPast(item_id=1, until=until, name=str(number), promised_days=number + 1, retention="D30")
        for number, until in enumerate(sorted(changes))
    ]
    said = items.terms_at(Terms("今", 99, "Y"), past[::-1], at)
    before = sum(until <= at for until in changes)
    assert said.name == (str(before) if before < len(changes) else "今")


@settings(deadline=None)
@given(st.permutations(range(4)), st.integers(0, 3), st.sampled_from([-1, 1]))
def test_a_moved_line_changes_places_with_its_neighbour_or_stays(order: list[int], place: int, by: int) -> None:
    lines = [Line(str(number)) for number in order]
    after = items.moved(lines, place, by)
    assert sorted(after, key=lambda one: one.name) == sorted(lines, key=lambda one: one.name)
    other = place + by
    assert after[max(0, min(3, other))] == lines[place]


def test_item_lists_know_no_more_modes_than_the_product_does() -> None:
    assert set(item_lists._MODES.values()) == set(Mode)
