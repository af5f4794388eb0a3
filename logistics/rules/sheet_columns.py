"""Tables of known columns: which sheet and which row have the headings, and what each row says, cell by cell.

A cell that cannot be read is named with its place and its reason; the row stays, so that all faults are seen at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from logistics.errors import Malformed, Said
from logistics.rules.cells import Book, Cell, CellError, Row, Sheet, folded_heading, letters

HEADING_WITHIN = 20
"""The headings stand in one of the first rows; above them may stand a title."""
HIDDEN_ROW = Said(
    "这一行在表格里被隐藏（或被筛选掉）。要导入就取消隐藏，不要就删掉它。",
    "The row is hidden (or filtered out). Show it to import it, or delete it.",
)


@dataclass(frozen=True)
class Column:
    """One column: its name in the code, the headings it is known by, and how its cells are read (to text)."""

    name: str
    headings: tuple[str, ...]
    read: Callable[[Cell], str]
    required: bool = False


@dataclass(frozen=True)
class Entry:
    """One row as it was read: what its cells say (a blank one says nothing), what is wrong with them, where they
    stand."""

    number: int
    cells: Mapping[str, str]
    wrong: Mapping[str, Said] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "number": self.number,
            "cells": dict(self.cells),
            "wrong": {name: [str(one), one.en] for name, one in self.wrong.items()},
            "places": dict(self.places),
        }


def entry_of(kept: Mapping[str, Any]) -> Entry:
    """A row as it was stored."""
    wrong = {name: Said(*both) for name, both in kept["wrong"].items()}
    return Entry(kept["number"], kept["cells"], wrong, kept["places"])


def entries(book: Book, columns: Sequence[Column], most: int) -> list[Entry]:
    """Every row below the headings that is not blank. Raises `Malformed` (field "file") when no visible sheet has the
    headings, a heading stands twice, or there are more rows than `most`."""
    sheet, heading, at = _headed(book, columns)
    rows = [row for row in sheet.spread().rows if row.number > heading]
    found = [entry for entry in (_entry(row, columns, at) for row in rows) if entry is not None]
    if not found:
        raise _unreadable("表头下面没有数据行。请填好再上传。", "No row stands below the headings. Fill it in first.")
    if len(found) > most:
        raise _unreadable(
            f"一次最多 {most} 行，这里有 {len(found)} 行。请分成几个文件。",
            f"{most} rows at most at once; there are {len(found)}. Divide the file.",
        )
    return found


def _headed(book: Book, columns: Sequence[Column]) -> tuple[Sheet, int, dict[str, int]]:
    best: list[str] = [column.headings[0] for column in columns if column.required]
    for sheet in book.sheets:
        if sheet.hidden:
            continue
        for row in sheet.rows[:HEADING_WITHIN]:
            at = _columns_in(row, columns)
            missing = [one.headings[0] for one in columns if one.required and one.name not in at]
            if not missing:
                return sheet, row.number, at
            if at and len(missing) < len(best):
                best = missing
    names = "、".join(f"“{one}”" for one in best)
    raise _unreadable(
        f"没有找到表头{names}。请下载模板，照它的表头填写，表头放在前 {HEADING_WITHIN} 行内，工作表不要隐藏。",
        f"The headings {names} are not there. Use the template's headings, within the first {HEADING_WITHIN} rows.",
    )


def _columns_in(row: Row, columns: Sequence[Column]) -> dict[str, int]:
    known = {folded_heading(heading): column.name for column in columns for heading in column.headings}
    at: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        name = known.get(folded_heading(cell.text))
        if name is None:
            continue
        if name in at:
            raise _unreadable(
                f"表头“{cell.text}”出现了两次（{letters(at[name])}{row.number}、{letters(place)}{row.number}）。请删去一列。",
                f"The heading {cell.text!r} stands twice in row {row.number}. Delete one of the columns.",
            )
        at[name] = place
    return at


def _entry(row: Row, columns: Sequence[Column], at: Mapping[str, int]) -> Entry | None:
    here = [column for column in columns if column.name in at]
    if all(row.at(at[column.name]).is_blank for column in here):
        return None
    cells: dict[str, str] = {}
    wrong: dict[str, Said] = {}
    for column in here:
        cell = row.at(at[column.name])
        try:
            cells[column.name] = "" if cell.is_blank else column.read(cell)
        except CellError as why:
            cells[column.name], wrong[column.name] = cell.text, Said(why.zh, why.en)
    if row.hidden:
        wrong.setdefault(columns[0].name, HIDDEN_ROW)
    places = {name: f"{letters(place)}{row.number}" for name, place in at.items()}
    return Entry(row.number, cells, wrong, places)


def _unreadable(zh: str, en: str) -> Malformed:
    return Malformed(zh, en, {"file": [Said(zh, en)]})
