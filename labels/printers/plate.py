"""A thermal label as a surface: the drawing words become dots, rules and the printer's own codes."""

import math

from PIL import Image, ImageDraw

from labels import fonts
from labels.codes import CODE128_QUIET, QR_QUIET, qr_modules
from labels.drawing import Drawing
from labels.printers import glyphs, linear
from labels.printers.face import Bars, Dpi, Face, Rule, Square
from labels.surface import COARSE_DPI, MM_AN_INCH, MODULE_DOTS, SHARE, Align, Surface, module_dots

_POINTS_AN_INCH = 72
_HAIR = 1e-6  # of a dot: a page of whole dots, computed from millimetres, may come out a breath too short
_WHITE = 0.75  # lighter ink than this is paper, all darker is black
#: Ordered screen of 4 x 4 dots: a grey of n sixteenths blackens the places numbered below n.
_SCREEN = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))


class Plate(Surface):
    """Pages in the making, each as a `Face`."""

    def __init__(self, width: float, height: float, dpi: Dpi) -> None:
        self.width, self.height, self._dpi = width, height, dpi
        self._pages: list[Face] = []
        self._blank()

    def _blank(self) -> None:
        wide, high = (math.floor(side * self._dpi / MM_AN_INCH + _HAIR) for side in (self.width, self.height))
        self._ink = Image.new("1", (wide, high))
        self._pen = ImageDraw.Draw(self._ink)
        self._rules: list[Rule] = []
        self._bars: list[Bars] = []
        self._squares: list[Square] = []

    def next_page(self) -> None:
        """As `Surface.next_page`."""
        size = self._ink.size
        codes = tuple(self._bars), tuple(self._squares)
        self._pages.append(Face(*size, self._dpi, self._ink, tuple(self._rules), *codes))
        self._blank()

    def finish(self) -> list[Face]:
        """All pages. The plate cannot be drawn on afterwards."""
        self.next_page()
        return self._pages

    def text(
        self, x: float, y: float, words: str, size: float, *, align: Align = "left", bold: bool = False, ink: float = 0
    ) -> None:
        """As `Surface.text`; half-tones of ink are black."""
        if not words:
            return
        high = round(size * self._dpi / _POINTS_AN_INCH, 2)
        pen, base = x * self._dpi / MM_AN_INCH - fonts.width(words, high) * SHARE[align], self._dots(y)
        for font, piece in fonts.runs(words):
            for character in piece:
                drawn = glyphs.picture(character, high) if font == fonts.PICTURED else None
                letter = drawn or glyphs.letter(character, font, high, bold)
                self._letter(letter, round(pen), base, int(ink < _WHITE))
                pen += fonts.width(character, high)

    def _letter(self, letter: glyphs.Letter | None, pen: int, base: int, ink: int) -> None:
        if letter is not None:
            image, left, top = letter
            self._ink.paste(ink, (pen + left, base + top), image)

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.2, ink: float = 0) -> None:  # noqa: ARG002
        """As `Surface.line`, upright or level; its weight is a whole number of dots, at least one."""
        thick = max(1, self._dots(weight))
        left, top, right, below = (self._dots(side) for side in (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
        if x1 == x2:
            self._rules.append(Rule(left - thick // 2, top, thick, below - top))
        else:
            self._rules.append(Rule(left, top - thick // 2, right - left, thick))

    def box(self, x: float, y: float, width: float, height: float, *, weight: float = 0.2, ink: float = 0) -> None:  # noqa: ARG002
        """As `Surface.box`."""
        thick = max(1, self._dots(weight))
        left, top, right, below = (self._dots(side) for side in (x, y, x + width, y + height))
        wide, high, half = right - left + thick, below - top + thick, thick // 2
        self._rules += [Rule(left - half, side - half, wide, thick) for side in (top, below)]
        self._rules += [Rule(side - half, top - half, thick, high) for side in (left, right)]

    def fill(self, x: float, y: float, width: float, height: float, ink: float = 0) -> None:
        """As `Surface.fill`; a grey is a screen of single dots."""
        left, top, right, below = (self._dots(side) for side in (x, y, x + width, y + height))
        if ink == 0:
            self._pen.rectangle((left, top, right - 1, below - 1), fill=1)
            return
        dark = round((1 - ink) * 16)
        self._pen.point(
            [(at, row) for row in range(top, below) for at in range(left, right) if _SCREEN[row % 4][at % 4] < dark],
            fill=1,
        )

    def code128(self, x: float, y: float, value: str, room: float, height: float, dots: int = MODULE_DOTS) -> None:
        """As `Surface.code128`."""
        left, wide = self._dots(x), self._dots(room)
        modules = sum(linear.widths(linear.symbols(value)))
        module = module_dots(value, modules + 2 * CODE128_QUIET, wide, self._module(dots))
        at = left + (wide - modules * module) // 2
        self._bars.append(Bars(at, self._dots(y), self._dots(height), module, value))

    def qr(
        self, x: float, y: float, value: str, room: float, *, dots: int = MODULE_DOTS, align: Align = "centre"
    ) -> None:
        """As `Surface.qr`."""
        count, wide = len(qr_modules(value)), self._dots(room)
        module = module_dots(value, count + 2 * QR_QUIET, wide, self._module(dots))
        margin = wide - count * module
        down = margin // 2 if align == "centre" else 0
        self._squares.append(Square(self._dots(x) + round(margin * SHARE[align]), self._dots(y) + down, module, value))

    def _module(self, dots: int) -> int:
        """As many dots as are as wide as `dots` on a coarse printer."""
        return round(dots * self._dpi / COARSE_DPI)

    def _dots(self, length: float) -> int:
        return round(length * self._dpi / MM_AN_INCH)


def faces(drawing: Drawing, dpi: Dpi) -> list[Face]:
    """Every page of the paper in dots. Raises `MissingCharacter`, `TextTooLong`."""
    plate = Plate(drawing.width, drawing.height, dpi)
    drawing.lay_out(plate)
    return plate.finish()
