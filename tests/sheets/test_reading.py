"""Table files as halls have them, read back as they were written; and those that are refused."""

from __future__ import annotations

import contextlib
import csv
import io
import string
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.rules.cells import Kind, Merge
from logistics.sheets import Limits, SheetError, read
from tests.sheets.made import rewritten, without, workbook

HAN = "寄出日期办件编号王𠮷咸宁市长沙，。（）"
TEXT = st.text(alphabet=string.ascii_letters + string.digits + HAN + " ,;\"'\n", max_size=12).map(str.strip)
TABLE = st.lists(st.lists(TEXT, min_size=2, max_size=5), min_size=1, max_size=6).filter(
    lambda rows: any(any(cells) for cells in rows)
)
ROWS = [["办件编号", "申请人", "寄出日期"], ["421200-1", "王𠮷", date(2026, 3, 5)], [None, None, None], ["421200-2"]]


def cut(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def texts(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    return [(number, cut(cells)) for number, cells in enumerate(rows, start=1) if any(cells)]


def read_back(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    return [(row.number, [cell.text for cell in row.cells]) for row in read(content, name).sheets[0].rows]


@settings(max_examples=40, deadline=None)
@given(TABLE)
def test_a_workbook_reads_back_as_it_was_written(rows: list[list[str]]) -> None:
    assert read_back(workbook(rows), "a.xlsx") == texts(rows)


@settings(max_examples=120, deadline=None)
@given(
    TABLE.filter(lambda rows: any(set("".join(cells)) & set(HAN) for cells in rows)),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_a_text_table_reads_back_whatever_its_encoding(rows: list[list[str]], encoding: str, sign: str) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=sign, quoting=csv.QUOTE_ALL).writerows(rows)
    content = f"sep={sign}\r\n{target.getvalue()}".encode(encoding)
    assert read_back(content, "a.csv") == [(number + 1, cells) for number, cells in texts(rows)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found(encoding: str, sign: str) -> None:
    lines = [["办件编号", "申请人", "备注"], ["421200-1", "王小明", "急，件;"], ["421200-2", "张三", ""]]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=sign).writerows(lines)
    book = read(target.getvalue().encode(encoding), "旧台账.csv")
    assert book.delimiter == sign
    assert book.sheets[0].name == "旧台账"
    assert [[cell.text for cell in row.cells] for row in book.sheets[0].rows] == [cut(line) for line in lines]


def test_rows_keep_their_numbers_and_days_are_days() -> None:
    first, second, fourth = read(workbook(ROWS), "台账.xlsx").sheets[0].rows
    assert (first.number, second.number, fourth.number) == (1, 2, 4)
    assert second.cells[2].text == "2026-03-05"
    assert second.cells[2].kind is Kind.DATE
    assert fourth.at(9).is_blank


def test_what_is_hidden_and_merged_is_told_and_can_be_spread() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(3, 4, 10, None, {"hidden": True})
        sheet.merge_range("A2:A3", "421200-9")
        book.add_worksheet("旧").hide()

    rows = [["编号", "件"], [None, "毕业证书"], [None, "学位证书"]]
    book = read(workbook(rows, more), "a.xlsx")
    sheet = book.sheets[0]
    assert [row.number for row in sheet.rows if row.hidden] == [3]
    assert sheet.hidden_columns == (3, 4)
    assert sheet.merged == (Merge(2, 0, 3, 0),)
    assert sheet.merged[0].words == "A2:A3"
    assert sheet.rows[2].at(0).is_blank
    assert [row.at(0).text for row in sheet.spread().rows] == ["编号", "421200-9", "421200-9"]
    assert book.sheets[1].hidden


def test_a_formula_without_a_stored_value_is_told_from_a_blank_cell() -> None:
    def change(name: str, data: bytes) -> bytes:
        cell = b'<row r="3"><c r="A3"><f>A1&amp;A2</f></c><c r="B3" t="e"><f>A9</f><v>#REF!</v></c></row></sheetData>'
        return data.replace(b"</sheetData>", cell) if name.endswith("sheet1.xml") else data

    row = read(rewritten(workbook([["a", "b"], ["1", "2"]]), change), "a.xlsx").sheets[0].rows[2]
    assert [cell.kind for cell in row.cells] == [Kind.UNRECKONED, Kind.ERROR]


def test_numbers_keep_their_digits_and_shown_zeros() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_number(1, 0, 123, book.add_format({"num_format": "000000"}))

    rows = read(workbook([[0.1, 421200, 421200202600012345], [None]], more), "a.xlsx").sheets[0].rows
    assert [cell.text for cell in rows[0].cells] == ["0.1", "421200", "421200202600012000"]
    assert rows[1].at(0).text == "000123"


def test_the_first_rows_are_read_without_the_rest() -> None:
    many = [[str(number), "x"] for number in range(50)]
    for content, name in ((workbook(many), "a.xlsx"), ("\n".join(map(",".join, many)).encode(), "a.csv")):
        assert [row.number for row in read(content, name, first=3).sheets[0].rows] == [1, 2, 3]


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 64
PLAIN = workbook([["a"]])


@pytest.mark.parametrize(
    ("content", "name", "rule"),
    [
        (OLE, "台账.xls", "old_format"),
        (OLE, "台账.et", "old_format"),
        (b"", "a.csv", "blank"),
        (b"\xef\xbb\xbf", "a.csv", "blank"),
        (b",,,\r\n", "a.csv", "blank"),
        (workbook([]), "a.xlsx", "blank"),
        (b"%PDF-1.7", "a.csv", "other_kind"),
        (b"<html><table>", "a.xls", "other_kind"),
        (PLAIN[: len(PLAIN) // 2], "a.xlsx", "broken"),
        (without(PLAIN, "xl/worksheets/sheet1.xml"), "a.xlsx", "broken"),
        (without(PLAIN, "[Content_Types].xml"), "a.xlsx", "other_kind"),
        (rewritten(PLAIN, lambda name, data: data[:40] if "sheet1" in name else data), "a.xlsx", "broken"),
        (b"not a workbook", "a.xlsx", "broken"),
        (b"\x81\x81\xff", "a.csv", "encoding"),
        ('a,b\n1,"没有关上\n'.encode(), "a.csv", "quotes"),
    ],
)
def test_what_is_no_readable_table_is_refused_with_what_to_do(content: bytes, name: str, rule: str) -> None:
    with pytest.raises(SheetError) as refused:
        read(content, name)
    assert refused.value.rule == rule
    assert "请" in refused.value.zh


def test_macros_are_refused() -> None:
    target = io.BytesIO(PLAIN)
    with zipfile.ZipFile(target, "a") as more:
        more.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(SheetError) as refused:
        read(target.getvalue(), "a.xlsm")
    assert refused.value.rule == "macros"


@pytest.mark.parametrize(
    "limits", [Limits(bytes=100), Limits(unpacked=1000), Limits(rows=2), Limits(columns=2), Limits(letters=5)]
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_more_than_the_house_reads_is_refused(limits: Limits, kind: str) -> None:
    rows = [["办件编号", "申请人", "备注"], ["421200-2026-1", "b", "c"], ["3", "4", "5"]]
    content = workbook(rows) if kind == "xlsx" else "\n".join(map(",".join, rows)).encode() * 3
    if kind == "csv" and limits.unpacked == 1000:
        return  # a text has nothing to unpack
    with pytest.raises(SheetError) as refused:
        read(content, f"a.{kind}", limits)
    assert refused.value.rule == "too_large"


def test_a_file_that_lies_about_its_size_costs_nothing() -> None:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b'<dimension ref="A1"/>', b'<dimension ref="A1:XFD1048576"/>')

    assert len(read(rewritten(PLAIN, change), "a.xlsx").sheets[0].rows) == 1


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(PLAIN) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook_is_read_or_refused_never_a_fault(place: int, noise: bytes) -> None:
    damaged = PLAIN[:place] + noise + PLAIN[place + len(noise) :]
    with contextlib.suppress(SheetError):
        read(damaged, "a.xlsx")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(SheetError):
        read(content, "a.csv")
