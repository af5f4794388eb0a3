"""A table whose rows grow with their text and flow over pages; measuring and drawing are two steps."""

import dataclasses
import functools

from labels import words
from labels.linebreak import break_lines
from labels.papers.parts import PaperLanguage
from labels.surface import POINTS_A_MM, Align, Surface, TextTooLong, text_width

_SIZE, _SMALL = 9.0, 7.5
_LEADING = 1.32
_PAD = 1.4
_LEAST_HEIGHT = 9.0
_TALLEST_TEXT = 130.0
HEAD_HEIGHT = 7.5
_TALL_HEAD = 10.5  # with the English below
_TICK = 4.0
#: The first string of a cell stands in the ordinary size, the others small below it; empty ones are left out.
Cell = tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column of `width` millimetres; `tick`: each row has a little box in it to tick in ink."""

    title: str
    width: float
    align: Align = "left"
    tick: bool = False


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


def head_height(language: PaperLanguage) -> float:
    """Millimetres of the titles' band."""
    return HEAD_HEIGHT if language == "zh" else _TALL_HEAD


def draw_head(sheet: Surface, x: float, y: float, columns: tuple[Column, ...], language: PaperLanguage = "zh") -> float:
    """The titles on a grey band; returns the y below it."""
    height = head_height(language)
    sheet.fill(x, y, sum(column.width for column in columns), height, ink=0.9)
    _grid(sheet, x, y, columns, height, weight=0.35)
    for column in columns:
        middle = x + column.width / 2
        sheet.text(middle, y + 5.0, column.title, 8.5, align="centre", bold=True)
        if language == "zh-en":
            title = words.english(column.title, language)
            sheet.fitted(middle, y + 8.6, title, (6, 4), column.width - 1, align="centre")
        x += column.width
    return y + height


def draw_row(sheet: Surface, x: float, y: float, columns: tuple[Column, ...], row: Row) -> float:
    """One row, its text centred in its height; returns the y below it."""
    _grid(sheet, x, y, columns, row.height)
    for column, lines in zip(columns, row.cells, strict=True):
        at = y + (row.height - sum(_step(size) for _, size in lines)) / 2
        where = x + {"left": _PAD, "centre": column.width / 2, "right": column.width - _PAD}[column.align]
        for line, size in lines:
            at += _step(size)
            sheet.text(where, at - _step(size) * 0.27, line, size, align=column.align, ink=0 if size == _SIZE else 0.2)
        if column.tick:
            sheet.box(x + (column.width - _TICK) / 2, y + (row.height - _TICK) / 2, _TICK, _TICK, weight=0.3)
        x += column.width
    return y + row.height


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
