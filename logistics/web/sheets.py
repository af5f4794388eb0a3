"""Lists as CSV files for people with a spreadsheet: UTF-8 with a mark so that Excel reads it, no cell that computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from flask import Response

MARK = "\ufeff"
COMPUTES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of a formula."""


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a file to keep, called `name`; what would compute stands there as text, behind an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    answer = Response((MARK + text.getvalue()).encode("utf-8"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def plain(cell: object) -> str:
    """The cell as text that no spreadsheet computes. Numbers stay numbers."""
    if cell is None:
        return ""
    text = str(cell)
    if isinstance(cell, int | float):
        return text
    return f"'{text}" if text.startswith(COMPUTES) else text
