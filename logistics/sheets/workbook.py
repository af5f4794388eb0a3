"""XLSX: the values as they were stored, and what a reader of values alone would not see (hidden, merged, formulas)."""

from __future__ import annotations

import io
import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from lxml.etree import XMLSyntaxError
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from logistics.rules.cells import BLANK, Book, Cell, Kind, Row, Sheet, plain_number
from logistics.sheets import refusing
from logistics.sheets.shape import Shape, shape_of

if TYPE_CHECKING:
    from logistics.sheets.reading import Limits

_MOST_PARTS = 2_000
_ESCAPED = {"_x000D_": "", "_x000A_": "\n", "_x0009_": "\t"}
_WHOLE_ZEROS = re.compile(r"0+")
# What the library raises for a part that is not what it should be; it has no family of its own for them.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, XMLSyntaxError, InvalidFileException, SyntaxError, KeyError, ValueError,
    TypeError, AttributeError, IndexError, EOFError, OverflowError, NotImplementedError, AssertionError, RuntimeError,
)  # fmt: skip


def read(content: bytes, limits: Limits, first: int | None = None) -> Book:
    """All sheets of the workbook, or the `first` rows of each. Raises `SheetError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _require_workbook(parts, limits)
            return _book(content, parts, limits, first)
    except refusing.SheetError:
        raise
    except _BROKEN as why:
        raise refusing.broken() from why


def _require_workbook(parts: zipfile.ZipFile, limits: Limits) -> None:
    listed = parts.infolist()
    names = {one.filename for one in listed}
    if len(listed) > _MOST_PARTS or sum(one.file_size for one in listed) > limits.unpacked:
        most = limits.unpacked // 1024 // 1024
        raise refusing.too_large(f"解压后超过 {most} MB", f"more than {most} MB when unpacked")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refusing.with_macros()
    if "[Content_Types].xml" not in names:
        raise refusing.other_kind()
    kinds = parts.read("[Content_Types].xml")
    if b"macroEnabled" in kinds:
        raise refusing.with_macros()
    if b"spreadsheetml.sheet.main+xml" not in kinds:
        raise refusing.other_kind()


def _book(content: bytes, parts: zipfile.ZipFile, limits: Limits, first: int | None) -> Book:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library remarks on decorations that it drops; only values are read
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = tuple(_sheet(sheet, parts, limits, first) for sheet in book.worksheets)
        finally:
            book.close()
    if not sheets:
        raise refusing.broken()
    return Book(sheets, since_1904=book.epoch == CALENDAR_MAC_1904)


def _sheet(sheet: Any, parts: zipfile.ZipFile, limits: Limits, first: int | None) -> Sheet:
    sheet.reset_dimensions()  # what the file says of its size may be false: one cell at the far end is a million rows
    shape = Shape()
    if first is None:
        with parts.open(sheet._worksheet_path.lstrip("/")) as source:
            shape = shape_of(source)
    rows = tuple(itertools.islice(_rows(sheet, shape, limits), first))
    return Sheet(sheet.title, rows, sheet.sheet_state != "visible", shape.hidden_columns, shape.merged)


def _rows(sheet: Any, shape: Shape, limits: Limits) -> Iterator[Row]:
    count = 0
    for number, given in enumerate(sheet.iter_rows(), start=1):
        cells = [_cell(one, shape) for one in given[: limits.columns + 1]] if given else []
        while cells and cells[-1].is_blank:
            cells.pop()
        if not cells:
            continue
        count += 1
        _require_within(count, cells, limits)
        yield Row(number, tuple(cells), number in shape.hidden_rows)


def _require_within(count: int, cells: list[Cell], limits: Limits) -> None:
    if count > limits.rows:
        raise refusing.too_large(f"最多 {limits.rows} 行", f"{limits.rows} rows at most")
    if len(cells) > limits.columns or any(len(cell.text) > limits.letters for cell in cells):
        raise refusing.too_large(
            f"最多 {limits.columns} 列，每格最多 {limits.letters} 个字",
            f"{limits.columns} columns and {limits.letters} letters a cell at most",
        )


def _cell(one: Any, shape: Shape) -> Cell:
    value = one.value
    if value is None:
        where = (one.row, one.column - 1) if hasattr(one, "row") else None
        return Cell(kind=Kind.UNRECKONED) if where in shape.unreckoned else BLANK
    if one.data_type == "e":
        return Cell(str(value), Kind.ERROR)
    if isinstance(value, bool):
        return Cell("是" if value else "否", Kind.TRUTH)
    if isinstance(value, int | float):
        return Cell(_written(value, one.number_format), Kind.NUMBER)
    if isinstance(value, datetime | date):
        return Cell(_moment(value), Kind.DATE)
    if isinstance(value, time):
        return Cell(value.isoformat("minutes"), Kind.DATE)
    text = _unescaped(str(value)).strip()
    return Cell(text) if text else BLANK


def _written(value: int | float, number_format: str | None) -> str:
    """The number as it is shown where the sheet shows leading zeros (`000123`), else with its own digits."""
    text = plain_number(value)
    zeros = _WHOLE_ZEROS.fullmatch(number_format or "")
    return text.zfill(len(zeros[0])) if zeros and text.isdigit() else text


def _moment(value: datetime | date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")


def _unescaped(text: str) -> str:
    for coded, plain in _ESCAPED.items():
        text = text.replace(coded, plain)
    return text
