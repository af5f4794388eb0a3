"""A table whose rows grow with their text and flow over pages; measuring and drawing are two steps."""

import dataclasses
import functools

from labels.linebreak import break_lines
from labels.surface import POINTS_A_MM, Align, Surface, TextTooLong, text_width

_SIZE, _SMALL = 9.0, 7.5
_LEADING = 1.32
_PAD = 1.4
_LEAST_HEIGHT = 9.0
_TALLEST_TEXT = 130.0
HEAD_HEIGHT = 7.5
#: The first string of a cell stands in the ordinary size, the others small below it; empty ones are left out.
Cell = tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column of `width` millimetres."""

    title: str
    width: float
    align: Align = "left"


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A measured row: for each column its (line, size) pairs, and the height in millimetres."""

    cells: tuple[tuple[tuple[str, float], ...], ...]
    height: float


def measure(columns: tuple[Column, ...], cells: tuple[Cell, ...]) -> Row:
    """The row broken into lines. Raises `MissingCharacter`, and `TextTooLong` when it would take half a page."""
    broken = tuple(_lines(cell, column.width - 2 * _PAD) for column, cell in zip(columns, cells, strict=True))
    tallest = max(sum(_step(size) for _, size in lines) for lines in broken)
    if tallest > _TALLEST_TEXT:
        raise TextTooLong(max((part for cell in cells for part in cell), key=len))
    return Row(broken, max(_LEAST_HEIGHT, tallest + 2 * _PAD))


def draw_head(sheet: Surface, x: float, y: float, columns: tuple[Column, ...]) -> float:
    """The titles on a grey band; returns the y below it."""
    sheet.fill(x, y, sum(column.width for column in columns), HEAD_HEIGHT, ink=0.9)
    _grid(sheet, x, y, columns, HEAD_HEIGHT, weight=0.35)
    for column in columns:
        sheet.text(x + column.width / 2, y + 5.0, column.title, 8.5, align="centre", bold=True)
        x += column.width
    return y + HEAD_HEIGHT


def draw_row(sheet: Surface, x: float, y: float, columns: tuple[Column, ...], row: Row) -> float:
    """One row, its text centred in its height; returns the y below it."""
    _grid(sheet, x, y, columns, row.height)
    for column, lines in zip(columns, row.cells, strict=True):
        at = y + (row.height - sum(_step(size) for _, size in lines)) / 2
        where = x + {"left": _PAD, "centre": column.width / 2, "right": column.width - _PAD}[column.align]
        for line, size in lines:
            at += _step(size)
            sheet.text(where, at - _step(size) * 0.27, line, size, align=column.align, ink=0 if size == _SIZE else 0.2)
        x += column.width
    return y + row.height


def paginate(rows: list[Row], first: float, further: float, closing: float) -> list[list[Row]]:
    """Rows for each page: `first` and `further` are the heights for rows on the first and each later page.

    On the last page `closing` millimetres stay free for what ends the paper, and a row or two go with it.
    """
    pages: list[list[Row]] = [[]]
    free = first
    for row in rows:
        if row.height > free and pages[-1]:
            pages.append([])
            free = further
        pages[-1].append(row)
        free -= row.height
    if free < closing:
        pages[-1:] = _split_last(pages[-1], further - closing)
    return pages


def _split_last(rows: list[Row], room: float) -> tuple[list[Row], list[Row]]:
    """What stays on a page too full to close on, and what goes on to the next: two rows, or the only one."""
    moved = 2 if len(rows) > 2 else 1
    while sum(row.height for row in rows[len(rows) - moved :]) > room:
        moved -= 1
    return rows[: len(rows) - moved], rows[len(rows) - moved :]


def _lines(cell: Cell, room: float) -> tuple[tuple[str, float], ...]:
    lines: list[tuple[str, float]] = []
    for number, part in enumerate(cell):
        size = _SMALL if number else _SIZE
        if part or len(cell) == 1:
            measured = functools.partial(text_width, size=size)
            lines += [(line.rstrip(" "), size) for line in break_lines(part, room, measured)]
    return tuple(lines)


def _step(size: float) -> float:
    return size * _LEADING / POINTS_A_MM


def _grid(sheet: Surface, x: float, y: float, columns: tuple[Column, ...], height: float, weight: float = 0.2) -> None:
    for column in columns:
        sheet.box(x, y, column.width, height, weight=weight)
        x += column.width
