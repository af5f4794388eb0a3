"""The one loop over the pages of a form: its top, what flows, what closes it on the last page, its foot."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable

from labels import forms, table, words
from labels.flow import Section, Strip
from labels.forms import INNER, LEFT, RIGHT
from labels.papers.parts import PaperLanguage
from labels.surface import POINTS_A_MM, Surface, lines_at, text_width
from labels.table import Cell, Column


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """An A4 paper. `top` draws the head of the first page, whose strips begin at `first`; `further` that of each later
    page, whose strips begin at `second`. `close` draws what ends the paper from a y down, in at least `closing`
    millimetres; some strip stands above it on its page. `front` is a page of its own before all others.
    """

    number: str
    printed_at: dt.datetime
    copy_no: int
    sections: tuple[Section, ...]
    first: float
    top: Callable[[Surface], object]
    closing: float
    close: Callable[[Surface, float], object]
    further: Callable[[Surface], object]
    second: float = 25.0
    language: PaperLanguage = "zh"
    front: Callable[[Surface], object] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """A strip and what stands above it: `lead` within a page, `again` where it begins one."""

    strip: Strip
    lead: tuple[Strip, ...] = ()
    again: tuple[Strip, ...] = ()

    def whole(self, begins: bool) -> tuple[Strip, ...]:
        """The strip under its headings."""
        return (*(self.again if begins else self.lead), self.strip)

    def height(self, begins: bool) -> float:
        """Millimetres, headings included."""
        return sum(one.height for one in self.whole(begins))


def lay_out(form: Form, sheet: Surface) -> None:
    """Draws the whole form."""
    pieces = [piece for section in form.sections for piece in _pieces(section)]
    bottom = forms.BOTTOM
    pages = paginate(pieces, bottom - form.first, bottom - form.second, form.closing)
    before = 1 if form.front is not None else 0
    pages = [] if form.front is not None and not pieces else pages
    if form.front is not None:
        form.front(sheet)
        _foot(sheet, form, 1, before + len(pages))
    for number, page in enumerate(pages, before + 1):
        if number > 1:
            sheet.next_page()
        opening = number == before + 1
        (form.top if opening else form.further)(sheet)
        y = _draw(sheet, form.first if opening else form.second, page)
        if number == before + len(pages):
            form.close(sheet, y)
        _foot(sheet, form, number, before + len(pages))


def paginate(pieces: list[Piece], first: float, further: float, closing: float) -> list[list[Piece]]:
    """Pieces for each page: `first` and `further` are the heights for them on the first and each later page.

    On the last page `closing` millimetres stay free for what ends the paper, and a piece or two go with it.
    """
    pages: list[list[Piece]] = [[]]
    free = first
    for piece in pieces:
        if pages[-1] and piece.height(begins=False) > free:
            pages.append([])
            free = further
        free -= piece.height(begins=not pages[-1])
        pages[-1].append(piece)
    if free < closing:
        pages[-1:] = _split_last(pages[-1], further - closing)
    return pages


def _split_last(page: list[Piece], room: float) -> tuple[list[Piece], list[Piece]]:
    """What stays on a page too full to close on, and what goes on to the next: two pieces, or the only one."""
    moved = 2 if len(page) > 2 else 1
    while moved and _height(page[len(page) - moved :]) > room:
        moved -= 1
    return page[: len(page) - moved], page[len(page) - moved :]


def _height(page: list[Piece]) -> float:
    return sum(piece.height(begins=number == 0) for number, piece in enumerate(page))


def _pieces(section: Section) -> Iterable[Piece]:
    repeated = (section.repeated,) if section.repeated is not None else ()
    for number, strip in enumerate(section.strips):
        yield Piece(strip, (section.heading, *repeated) if number == 0 else (), (*(
            (section.heading,) if number == 0 else ()), *repeated))  # fmt: skip


def _draw(sheet: Surface, y: float, page: list[Piece]) -> float:
    for number, piece in enumerate(page):
        for strip in piece.whole(begins=number == 0):
            strip.draw(sheet, y)
            y += strip.height
    return y


def _foot(sheet: Surface, form: Form, number: int, pages: int) -> None:
    forms.draw_foot(sheet, form.number, form.printed_at, form.copy_no, number, pages, form.language)


def rows(
    columns: tuple[Column, ...], cells: Iterable[tuple[Cell, ...]], language: PaperLanguage = "zh",
    heading: Strip | None = None,
) -> Section:  # fmt: skip
    """A table as a section, its titles on every page. Raises `MissingCharacter`, `TextTooLong`."""
    measured = [table.measure(columns, one) for one in cells]
    return Section(
        heading or Strip(0, _nothing),
        tuple(
            Strip(row.height, lambda sheet, y, row=row: table.draw_row(sheet, LEFT, y, columns, row))  # type: ignore[misc]
            for row in measured
        ),
        Strip(table.head_height(language), lambda sheet, y: table.draw_head(sheet, LEFT, y, columns, language)),
    )


def heading(title: str, language: PaperLanguage = "zh") -> Strip:
    """A section's heading, with room above it."""

    def draw(sheet: Surface, y: float) -> None:
        sheet.text(LEFT, y + 7.6, title, 11, bold=True)
        sheet.text(LEFT + text_width(title, 11) + 3, y + 7.6, words.english(title, language), 8, ink=0.2)

    return Strip(9.6, draw)


def block(title: str, text: str, language: PaperLanguage = "zh", least: float = 0, size: float = 9.5) -> Section:
    """A framed paragraph under its title, at least `least` millimetres high; it may flow over pages, line by line.

    A line feed in the text begins a new line. Raises `MissingCharacter`.
    """
    step = size * 1.5 / POINTS_A_MM
    lines = lines_at(text, size, INNER - 6)
    rest = max(2.0, least - step * len(lines))
    strips = [Strip(step, functools.partial(_block_line, line, size, step)) for line in lines]
    strips.append(Strip(rest, functools.partial(_block_end, rest)))
    return Section(Strip(3, _nothing), tuple(strips), Strip(7, functools.partial(_block_title, title, language)))


def sentences(said: tuple[str, ...], language: PaperLanguage = "zh", head: Strip | None = None) -> Section:
    """Fixed sentences of ours as a section, their English below each."""
    strips = tuple(
        Strip(forms.sentences_height((one,), language) + 1, functools.partial(_sentence, one, language)) for one in said
    )
    return Section(head or Strip(3, _nothing), strips)


def strip(height: float, draw: Callable[[Surface, float], object]) -> Section:
    """One piece of its own, directly under what is above it."""
    return Section(Strip(0, _nothing), (Strip(height, draw),))


def _sentence(said: str, language: PaperLanguage, sheet: Surface, y: float) -> None:
    forms.draw_sentences(sheet, y, (said,), language)


def _nothing(_sheet: Surface, _y: float) -> None:
    """Room alone."""


def _block_title(title: str, language: PaperLanguage, sheet: Surface, y: float) -> None:
    sheet.fill(LEFT, y, INNER, 7, ink=0.92)
    sheet.box(LEFT, y, INNER, 7, weight=0.35)
    sheet.text(LEFT + 3, y + 5, title, 9.5, bold=True)
    sheet.text(LEFT + 5 + text_width(title, 9.5), y + 5, words.english(title, language), 7)


def _block_line(line: str, size: float, step: float, sheet: Surface, y: float) -> None:
    _block_sides(sheet, y, step)
    sheet.text(LEFT + 3, y + step * 0.82, line.rstrip(" "), size)


def _block_end(rest: float, sheet: Surface, y: float) -> None:
    _block_sides(sheet, y, rest)
    sheet.line(LEFT, y + rest, RIGHT, y + rest, 0.35)


def _block_sides(sheet: Surface, y: float, height: float) -> None:
    for x in (LEFT, RIGHT):
        sheet.line(x, y, x, y + height, 0.35)
