"""The drawing words of every paper, whatever it is drawn on: a PDF page or a thermal printer's dots.

All lengths are millimetres from the top left corner, `y` downwards; text sizes are points. A surface knows no paper; a
paper's drawer knows neither ReportLab nor a printer's language.
"""

import abc
import functools
import typing

from labels import fonts
from labels.linebreak import break_lines

POINTS_A_MM = 72 / 25.4
MM_AN_INCH = 25.4
#: A module of a code is this many dots of a 203 dpi printer, or as wide on a finer one (0.5 mm), where room allows.
MODULE_DOTS, COARSE_DPI = 4, 203
Align = typing.Literal["left", "centre", "right"]
SHARE: dict[Align, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}


class TextTooLong(ValueError):
    """A text or code does not fit its place even at the smallest legible size; nothing is cut off silently."""

    def __init__(self, text: str) -> None:
        super().__init__(f"「{text}」太长，纸上的位置放不下。请缩短后再打印 (too long for its place on the paper)")


class Surface(abc.ABC):
    """What a paper is drawn on; `width` and `height` in millimetres."""

    width: float
    height: float

    @abc.abstractmethod
    def next_page(self) -> None:
        """Ends the page; what is drawn next lands on a new one of the same size."""

    @abc.abstractmethod
    def text(
        self, x: float, y: float, words: str, size: float, *, align: Align = "left", bold: bool = False, ink: float = 0
    ) -> None:
        """One line with its baseline at `y`; `ink` is 0 for black to 1 for paper. Raises `MissingCharacter`."""

    @abc.abstractmethod
    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.2, ink: float = 0) -> None:
        """A straight line `weight` millimetres thick."""

    @abc.abstractmethod
    def box(self, x: float, y: float, width: float, height: float, *, weight: float = 0.2, ink: float = 0) -> None:
        """An empty rectangle with its top left at (x, y)."""

    @abc.abstractmethod
    def fill(self, x: float, y: float, width: float, height: float, ink: float = 0) -> None:
        """A filled rectangle with its top left at (x, y)."""

    @abc.abstractmethod
    def code128(self, x: float, y: float, value: str, room: float, height: float, dots: int = MODULE_DOTS) -> None:
        """A Code 128 centred in `room`, a module `dots` coarse printer dots wide or the most that fit, at least 2.

        The quiet zones lie inside `room`. Raises `TextTooLong`.
        """

    @abc.abstractmethod
    def qr(
        self, x: float, y: float, value: str, room: float, *, dots: int = MODULE_DOTS, align: Align = "centre"
    ) -> None:
        """A QR code of level Q in a square of `room` with its top left at (x, y), quiet zone included.

        `align` "right" sets its dark modules flush with the top right corner, where the paper's margin is quiet zone.
        A module is `dots` coarse printer dots or the most that fit, at least 2. Raises `TextTooLong`.
        """

    def fitted(
        self, x: float, y: float, words: str, sizes: tuple[float, float], room: float, *, align: Align = "left",
        bold: bool = False,
    ) -> None:  # fmt: skip
        """One line in `room` millimetres, as large as fits between `sizes` (largest, smallest); no words, no line."""
        largest, smallest = sizes
        size = min(largest, room / max(text_width(words, 1), 1e-9))
        if size < smallest:
            raise TextTooLong(words)
        self.text(x, y, words, size, align=align, bold=bold)

    def paragraph(
        self, x: float, y: float, words: str, sizes: tuple[float, float], room: tuple[float, float], *,
        bold: bool = False, leading: float = 1.3, align: Align = "left",
    ) -> float:  # fmt: skip
        """Lines in a box whose top left is (x, y), at the largest size that fits; returns the height used.

        `room` is the box's width and height. Raises `TextTooLong` when the smallest size does not fit either.
        """
        size, lines = fit_lines(words, sizes, room, leading)
        at = room[0] * SHARE[align]
        return self.lines(x + at, y, lines, size, bold=bold, leading=leading, align=align)

    def lines(
        self, x: float, y: float, lines: list[str], size: float, *,
        bold: bool = False, leading: float = 1.3, align: Align = "left",
    ) -> float:  # fmt: skip
        """Lines one under the other from `y` down; returns the height used."""
        step = size * leading / POINTS_A_MM
        for number, line in enumerate(lines):
            baseline = y + number * step + size * (leading + 0.72) / 2 / POINTS_A_MM
            self.text(x, baseline, line.rstrip(" "), size, bold=bold, align=align)
        return len(lines) * step

    def badge(self, x: float, y: float, side: float, letter: str, size: float) -> None:
        """A white character on a black square with its top left at (x, y)."""
        self.fill(x, y, side, side)
        baseline = y + side / 2 + size * 0.36 / POINTS_A_MM
        self.text(x + side / 2, baseline, letter, size, align="centre", bold=True, ink=1)


def module_dots(value: str, modules: int, room: float, most: int) -> int:
    """How many dots a module takes so that so many modules fit `room` dots: `most` or fewer, at least 2."""
    found = next((dots for dots in range(most, 1, -1) if modules * dots <= room), None)
    if found is None:
        raise TextTooLong(value)
    return found


def text_width(words: str, size: float) -> float:
    """Millimetres the words run at `size` points. Raises `MissingCharacter`."""
    return fonts.width(words, size) / POINTS_A_MM


def lines_at(words: str, size: float, width: float) -> list[str]:
    """The words broken into lines of at most `width` millimetres."""
    return break_lines(words, width, functools.partial(text_width, size=size))


def fit_lines(
    words: str, sizes: tuple[float, float], room: tuple[float, float], leading: float = 1.3
) -> tuple[float, list[str]]:
    """The largest size between `sizes`, in half points, at which the words fit into `room`, and their lines."""
    size, smallest = sizes
    width, height = room
    while size >= smallest:
        lines = lines_at(words, size, width)
        if len(lines) * size * leading / POINTS_A_MM <= height:
            return size, lines
        size -= 0.5
    raise TextTooLong(words)
