"""Sections of fields and rows that flow over A4 pages: what no longer fits begins the next, under its heading."""

import dataclasses
import functools
from collections.abc import Callable, Iterable

from labels import fonts, forms, table
from labels.forms import INNER, LEFT, RIGHT, Field
from labels.surface import Surface, TextTooLong
from labels.table import Cell, Column

Draw = Callable[[Surface, float], object]
_SPACES = dict.fromkeys(map(ord, "\t\r\x0b\x0c\x85\u2028\u2029"), " ")
_FIELD_HEIGHT = 8.0


@dataclasses.dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a page that is never cut: its height in millimetres and how it is drawn from a `y` down."""

    height: float
    draw: Draw


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A heading, then strips; `repeated` stands above the strips on every page the section comes to.

    The heading and the first `together` strips stay on one page.
    """

    heading: Strip
    strips: tuple[Strip, ...]
    repeated: Strip | None = None
    together: int = 1


Page = list[tuple[float, Draw]]


def heading(words: str, english: str) -> Strip:
    """A section's heading, with what it is called in English."""

    def draw(sheet: Surface, y: float) -> None:
        sheet.text(LEFT, y + 9.5, words, 13, bold=True)
        sheet.text(RIGHT, y + 9.5, english, 8, align="right", ink=0.35)
        sheet.line(LEFT, y + 11.5, RIGHT, y + 11.5, 0.4)

    return Strip(13.5, draw)


def minor(words: str) -> Strip:
    """A heading within a section: one thing's name on a grey band."""

    def draw(sheet: Surface, y: float) -> None:
        sheet.fill(LEFT, y + 2, INNER, 6.5, ink=0.9)
        sheet.fitted(LEFT + 2, y + 6.6, shown(words), (9.5, 5), INNER - 4, bold=True)

    return Strip(8.5, draw)


def fields(rows: Iterable[tuple[Field, ...]], sizes: tuple[float, float] = (9.5, 5.0)) -> tuple[Strip, ...]:
    """A strip for each row of one or two named values."""
    return tuple(_row_of_fields(tuple(Field(f.name, shown(f.value)) for f in row), sizes) for row in rows)


def _row_of_fields(row: tuple[Field, ...], sizes: tuple[float, float]) -> Strip:
    return Strip(_FIELD_HEIGHT, lambda sheet, y: forms.draw_fields(sheet, y, (row,), _FIELD_HEIGHT, sizes))


def rows(columns: tuple[Column, ...], cells: Iterable[tuple[Cell, ...]]) -> tuple[Strip, ...]:
    """A strip for each row of a table; a text too long for one is continued in the next."""
    return tuple(strip for cell in cells for strip in _rows(columns, tuple(tuple(map(shown, c)) for c in cell)))


def head(columns: tuple[Column, ...]) -> Strip:
    """The titles of a table."""
    return Strip(table.HEAD_HEIGHT, lambda sheet, y: table.draw_head(sheet, LEFT, y, columns))


def lines(words: Iterable[str], size: float = 9.0) -> tuple[Strip, ...]:
    """Paragraphs over the whole width, one strip each."""
    whole = (Column("", INNER),)
    found = []
    for one in words:
        row = table.measure(whole, ((shown(one),),))
        texts = [line for line, _ in row.cells[0]]
        height = len(texts) * size * 1.5 / 72 * 25.4
        found.append(Strip(height + 2.5, functools.partial(_paragraph, texts, size)))
    return tuple(found)


def _paragraph(texts: list[str], size: float, sheet: Surface, y: float) -> None:
    sheet.lines(LEFT, y + 1.5, texts, size, leading=1.5)


def _rows(columns: tuple[Column, ...], cells: tuple[Cell, ...]) -> tuple[Strip, ...]:
    try:
        row = table.measure(columns, cells)
    except TextTooLong:
        first, rest = zip(*(_halved(cell) for cell in cells), strict=True)
        return (*_rows(columns, first), *_rows(columns, rest))
    return (Strip(row.height, lambda sheet, y: table.draw_row(sheet, LEFT, y, columns, row)),)


def _halved(cell: Cell) -> tuple[Cell, Cell]:
    """A long cell in two: first its first half, then the rest; a short one stays in the first row."""
    length = sum(map(len, cell))
    if length < 80:
        return cell, ("",)
    half, first, rest = length // 2, [], []
    for part in cell:
        first.append(part[:half])
        rest.append(part[half:])
        half = max(0, half - len(part))
    return tuple(first), tuple(rest)


def paginate(sections: Iterable[Section], first: float, further: float, bottom: float) -> list[Page]:
    """What is drawn where: pages of (y, draw). The first page begins at `first`, each other one at `further`."""
    pages: list[Page] = [[]]
    y = first
    for section in sections:
        opening = [section.heading, *([section.repeated] if section.repeated else [])]
        if y + sum(one.height for one in (*opening, *section.strips[: section.together])) > bottom:
            pages.append([])
            y = further
        y = _place(pages[-1], y, opening)
        for strip in section.strips:
            if y + strip.height > bottom:
                pages.append([])
                y = _place(pages[-1], further, opening[1:])
            y = _place(pages[-1], y, [strip])
    return pages


def _place(page: Page, y: float, strips: list[Strip]) -> float:
    for strip in strips:
        page.append((y, strip.draw))
        y += strip.height
    return y


@functools.lru_cache(maxsize=4096)
def shown(text: str) -> str:
    """The text as the fonts can show it: a character none of them has stands as its number, 〔U+1F600〕.

    For texts that others wrote, such as a courier's: a picture in one must not keep a dossier out of the archive.
    """
    text = text.translate(_SPACES)
    return "".join(c if c == "\n" or fonts.covers(c) else f"〔U+{ord(c):04X}〕" for c in text)
