"""What the A4 papers have in common: the page, the grid of named fields, the witness lines and the foot."""

import dataclasses
import datetime as dt

from labels import moments
from labels.surface import POINTS_A_MM, Surface, fit_lines
from labels.table import Cell

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT = 16.0, 194.0
INNER = RIGHT - LEFT
TOP, BOTTOM = 15.0, 282.0
_NAME_WIDTH = 20.0


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A name and its value on a form; an empty value shows as a dash, so that nobody writes into it later."""

    name: str
    value: str


def draw_fields(
    sheet: Surface, y: float, rows: tuple[tuple[Field, ...], ...], height: float, sizes: tuple[float, float],
    inset: float = 0,
) -> float:  # fmt: skip
    """Rows of one or two fields over the width less `inset` on each side; returns the y below them."""
    left, inner = LEFT + inset, INNER - 2 * inset
    for row in rows:
        share = inner / len(row)
        for number, field in enumerate(row):
            x = left + number * share
            sheet.fill(x, y, _NAME_WIDTH, height, ink=0.94)
            sheet.box(x, y, _NAME_WIDTH, height)
            sheet.box(x + _NAME_WIDTH, y, share - _NAME_WIDTH, height)
            sheet.text(x + _NAME_WIDTH / 2, y + height / 2 + 1.15, field.name, 9, align="centre")
            centred(sheet, x + _NAME_WIDTH + 2, y, field.value or "—", sizes, (share - _NAME_WIDTH - 4, height))
        y += height
    sheet.box(left, y - height * len(rows), inner, height * len(rows), weight=0.4)
    return y


def centred(
    sheet: Surface, x: float, y: float, words: str, sizes: tuple[float, float], room: tuple[float, float]
) -> None:
    """A paragraph in the middle of the height of its box."""
    _, height = room
    inside = (room[0], height - 1.5)
    size, lines = fit_lines(words, sizes, inside, 1.25)
    used = len(lines) * size * 1.25 / POINTS_A_MM
    sheet.paragraph(x, y + (height - used) / 2, words, sizes, inside, leading=1.25)


def draw_witness(sheet: Surface, y: float, lines: tuple[tuple[str, str], ...]) -> float:
    """Names and digests in small print between two rules; returns the y below them."""
    sheet.line(LEFT, y, RIGHT, y, 0.2, ink=0.4)
    for name, value in lines:
        y += 4.2
        sheet.text(LEFT, y, name, 7.5, ink=0.15)
        sheet.fitted(LEFT + 38, y, value, (7.5, 5.5), INNER - 38)
    return y + 2


def draw_foot(sheet: Surface, number: str, printed_at: dt.datetime, copy_no: int, page: int, pages: int) -> None:
    """Number, time and count of printing on the left, page on the right."""
    sheet.line(LEFT, 286, RIGHT, 286, 0.2, ink=0.4)
    sheet.text(LEFT, 290, f"{number} · {moments.minute(printed_at)} 打印 · 第 {copy_no} 次", 8, ink=0.15)
    sheet.text(RIGHT, 290, f"第 {page} 页 共 {pages} 页", 8, align="right", ink=0.15)


def titled(title: str, number: str) -> Cell:
    """A cell with a document's title and below it its number."""
    return (title, number) if number else (title,)
