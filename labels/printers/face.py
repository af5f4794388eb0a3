"""The pure model of a label for a thermal printer: what stands where, in dots. The three languages all say this."""

import dataclasses
import functools
import typing

from PIL import Image, ImageDraw

from labels.codes import qr_modules
from labels.printers import linear

Dpi = typing.Literal[203, 300]
#: The dots of an image are in order, eight a byte, ink is 1; a row ends on a whole byte.
BYTE = 8


class NotForThisPrinter(ValueError):
    """The paper cannot be said in this printer's language; the text says why and what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A black rectangle."""

    x: int
    y: int
    width: int
    height: int


@dataclasses.dataclass(frozen=True, slots=True)
class Bars:
    """A Code 128 of `value`, its first bar at x."""

    x: int
    y: int
    height: int
    module: int
    value: str

    @property
    def width(self) -> int:
        """Dots from the first bar to the last."""
        return sum(linear.widths(linear.symbols(self.value))) * self.module


@dataclasses.dataclass(frozen=True, slots=True)
class Square:
    """A QR code of level Q of `value`, its dark corner at (x, y)."""

    x: int
    y: int
    module: int
    value: str

    @property
    def side(self) -> int:
        """Dots from the first dark module to the last."""
        return len(qr_modules(self.value)) * self.module


@dataclasses.dataclass(frozen=True, slots=True)
class Tile:
    """A part of the bitmap: `x` and the width are whole bytes, so no two tiles share a byte of a row."""

    x: int
    y: int
    stride: int
    height: int
    data: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Face:
    """One label of `width` by `height` dots. `ink` is everything that is neither a rule nor a code."""

    width: int
    height: int
    dpi: Dpi
    ink: Image.Image
    rules: tuple[Rule, ...]
    bars: tuple[Bars, ...]
    squares: tuple[Square, ...]

    def codes(self) -> list[tuple[str, str]]:
        """Kind and text of every code, sorted."""
        found = [("Code128", one.value) for one in self.bars] + [("QRCode", one.value) for one in self.squares]
        return sorted(found)

    def tiles(self) -> list[Tile]:
        """The ink cut along empty rows and columns into parts that share no byte."""
        stride = (self.width + BYTE - 1) // BYTE
        data, empty = self.ink.tobytes(), bytes(stride)
        rows = [data[at : at + stride] for at in range(0, len(data), stride)]
        return [tile for top, below in _spans([row != empty for row in rows], 0) for tile in _across(rows, top, below)]

    def image(self) -> Image.Image:
        """The whole label as the printer's dots, ink is 1."""
        image = self.ink.copy()
        draw = ImageDraw.Draw(image)
        for rule in self.rules:
            draw.rectangle((rule.x, rule.y, rule.x + rule.width - 1, rule.y + rule.height - 1), fill=1)
        for bars in self.bars:
            image.paste(1, (bars.x, bars.y), bars_image(linear.symbols(bars.value), bars.module, bars.height))
        for square in self.squares:
            image.paste(1, (square.x, square.y), square_image(square.value, square.module))
        return image


@functools.lru_cache(maxsize=256)
def bars_image(characters: tuple[int, ...], module: int, height: int) -> Image.Image:
    """The symbol characters as bars, without quiet zones."""
    widths = linear.widths(characters)
    image = Image.new("1", (sum(widths) * module, height))
    draw, at = ImageDraw.Draw(image), 0
    for number, count in enumerate(widths):
        if number % 2 == 0:
            draw.rectangle((at, 0, at + count * module - 1, height - 1), fill=1)
        at += count * module
    return image


@functools.lru_cache(maxsize=256)
def square_image(value: str, module: int) -> Image.Image:
    """The QR code as dots, without quiet zone."""
    rows = qr_modules(value)
    small = Image.new("1", (len(rows), len(rows)))
    small.putdata([dark for row in rows for dark in row])
    return small.resize((small.width * module, small.height * module), Image.Resampling.NEAREST)


def _spans(filled: list[bool], gap: int) -> list[tuple[int, int]]:
    """First and past-last place of each run of filled places; a gap of at most `gap` places is part of the run."""
    spans: list[tuple[int, int]] = []
    for at, full in enumerate(filled):
        if not full:
            continue
        if spans and at - spans[-1][1] <= gap:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return spans


def _across(rows: list[bytes], top: int, below: int) -> list[Tile]:
    """A band of rows cut where four bytes or more are empty, and each part without its empty rows."""
    joined = functools.reduce(lambda one, row: one | int.from_bytes(row, "big"), rows[top:below], 0)
    columns = [bool(byte) for byte in joined.to_bytes(len(rows[top]), "big")]
    tiles = []
    for left, right in _spans(columns, 3):
        part = [row[left:right] for row in rows[top:below]]
        empty = bytes(right - left)
        first = next(n for n, row in enumerate(part) if row != empty)
        last = next(n for n in range(len(part), 0, -1) if part[n - 1] != empty)
        tiles.append(Tile(left * BYTE, top + first, right - left, last - first, b"".join(part[first:last])))
    return tiles
