"""Workbooks as people's programs write them, for the tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import xlsxwriter

Given = str | int | float | date | None


def workbook(rows: Sequence[Sequence[Given]], more: Callable[[Any, Any], None] | None = None) -> bytes:
    """An XLSX of one sheet; `more(book, sheet)` adds what rows alone cannot say."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write_number(row, column, value)
    if more is not None:
        more(book, sheet)
    book.close()
    return target.getvalue()


def without(content: bytes, part: str) -> bytes:
    """The same container without one part."""
    return rewritten(content, lambda name, data: None if name == part else data)


def rewritten(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The same container with each part as `change` gives it back; None leaves it out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            data = change(one.filename, old.read(one))
            if data is not None:
                new.writestr(one.filename, data)
    return target.getvalue()
