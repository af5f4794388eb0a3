"""A PDF page as a surface: ReportLab's canvas behind the drawing words, codes on whole printer dots."""

import io
import math

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from labels import fonts, pictured
from labels.codes import CODE128_QUIET, QR_QUIET, code128_modules, qr_modules
from labels.pdfa import About, archival
from labels.surface import (
    COARSE_DPI,
    MM_AN_INCH,
    MODULE_DOTS,
    POINTS_A_MM,
    SHARE,
    Align,
    Surface,
    module_dots,
    text_width,
)

#: Thermal label printers of 203 dpi have eight dots a millimetre; a bar that is no whole number of dots scans badly.
DOT = MM_AN_INCH / COARSE_DPI
_HAIR = DOT / 100
_UNPAINTED = 3
#: Outlines are thickened by this share of the size: for bold, and to bring the thin rare face up to the main one.
BOLD_STROKE, RARE_STROKE = 0.035, 0.014


class Sheet(Surface):
    """A PDF/A document in the making."""

    def __init__(self, width: float, height: float, about: About) -> None:
        self.width, self.height, self._about = width, height, about
        self._page_points = _points(width, height)
        fonts.load(fonts.MAIN)
        self._buffer = io.BytesIO()
        self._canvas = canvas.Canvas(
            self._buffer,
            pagesize=self._page_points,
            pageCompression=0,  # the archival file compresses everything once, at the end
            invariant=1,
            initialFontName=fonts.MAIN.name,
            lang="zh-CN",
        )

    def next_page(self) -> None:
        """Ends the page; what is drawn next lands on a new one of the same size."""
        self._canvas.showPage()

    def resize(self, width: float, height: float) -> None:
        """The page at hand, on which nothing was drawn yet, is `width` by `height` millimetres, and those after it."""
        self.width, self.height = width, height
        self._page_points = _points(width, height)
        self._canvas.setPageSize(self._page_points)

    def finish(self) -> bytes:
        """The document as PDF/A-2u bytes. The sheet cannot be drawn on afterwards."""
        self._canvas.showPage()
        self._canvas.save()
        return archival(self._buffer.getvalue(), self._about)

    def text(
        self, x: float, y: float, words: str, size: float, *, align: Align = "left", bold: bool = False, ink: float = 0
    ) -> None:
        """One line with its baseline at `y`; `ink` is 0 for black to 1 for paper. Raises `MissingCharacter`."""
        if not words:
            return
        runs = fonts.runs(words)
        left = x - text_width(words, size) * SHARE[align]
        for font, piece in runs:
            if font == fonts.PICTURED:
                for character in piece:
                    self._picture(left, y, character, size)
                    left += text_width(character, size)
                continue
            stroke = BOLD_STROKE if bold else 0 if font == fonts.MAIN.name else RARE_STROKE
            self._run(left, y, piece, font, size, stroke, ink)
            left += text_width(piece, size)

    def _picture(self, x: float, y: float, character: str, size: float) -> None:
        """A supplied picture in the character's square; the character itself is there unpainted, to be read as text."""
        picture = pictured.of(character)
        assert picture is not None, character
        scale = size / max(picture.size)
        wide, high = picture.width * scale, picture.height * scale
        left = x * POINTS_A_MM + (size - wide) / 2
        below = self._up(y) - size * pictured.DESCENT + (size - high) / 2
        self._canvas.drawImage(ImageReader(picture), left, below, wide, high)
        line = self._canvas.beginText(x * POINTS_A_MM, self._up(y))
        line.setFont(fonts.unseen(), size)
        line.setTextRenderMode(_UNPAINTED)
        line.textOut(character)
        line.setTextRenderMode(0)
        self._canvas.drawText(line)

    def _run(self, x: float, y: float, piece: str, font: str, size: float, stroke: float, ink: float) -> None:
        line = self._canvas.beginText(x * POINTS_A_MM, self._up(y))
        line.setFont(font, size)
        line.setFillGray(ink)
        if stroke:
            self._canvas.setLineWidth(size * stroke)
            line.setStrokeGray(ink)
        line.setTextRenderMode(2 if stroke else 0)
        line.textOut(piece)
        line.setTextRenderMode(0)  # it outlives the text object
        self._canvas.drawText(line)

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.2, ink: float = 0) -> None:
        """A straight line `weight` millimetres thick."""
        self._canvas.setStrokeGray(ink)
        self._canvas.setLineWidth(weight * POINTS_A_MM)
        self._canvas.line(x1 * POINTS_A_MM, self._up(y1), x2 * POINTS_A_MM, self._up(y2))

    def box(self, x: float, y: float, width: float, height: float, *, weight: float = 0.2, ink: float = 0) -> None:
        """An empty rectangle with its top left at (x, y)."""
        self._canvas.setStrokeGray(ink)
        self._canvas.setLineWidth(weight * POINTS_A_MM)
        self._canvas.rect(x * POINTS_A_MM, self._up(y + height), width * POINTS_A_MM, height * POINTS_A_MM)

    def fill(self, x: float, y: float, width: float, height: float, ink: float = 0) -> None:
        """A filled rectangle with its top left at (x, y)."""
        self._canvas.setFillGray(ink)
        self._canvas.rect(
            x * POINTS_A_MM, self._up(y + height), width * POINTS_A_MM, height * POINTS_A_MM, stroke=0, fill=1
        )

    def code128(self, x: float, y: float, value: str, room: float, height: float, dots: int = MODULE_DOTS) -> None:
        """A Code 128 centred in `room`, a module `dots` printer dots wide or the most that fit, at least 2.

        The quiet zones lie inside `room`. Raises `TextTooLong`.
        """
        widths = code128_modules(value)
        modules = sum(widths) + 2 * CODE128_QUIET
        module = module_dots(value, modules, round(room / DOT, 6), dots) * DOT
        at = _on_dot(x + (room - sum(widths) * module) / 2)
        top, tall = _on_dot(y), _on_dot(height)
        bars = []
        for number, count in enumerate(widths):
            if number % 2 == 0:
                bars.append((at, top, count * module, tall))
            at += count * module
        self._fill_all(bars)

    def qr(
        self, x: float, y: float, value: str, room: float, *, dots: int = MODULE_DOTS, align: Align = "centre"
    ) -> None:
        """A QR code of level Q in a square of `room` with its top left at (x, y), quiet zone included.

        `align` "right" sets its dark modules flush with the top right corner, where the paper's margin is quiet zone.
        A module is `dots` printer dots or the most that fit, at least 2. Raises `TextTooLong`.
        """
        rows = qr_modules(value)
        count = len(rows) + 2 * QR_QUIET
        module = module_dots(value, count, round(room / DOT, 6), dots) * DOT
        margin = room - len(rows) * module
        left = x + margin * SHARE[align]
        left, top = _on_dot(left), _on_dot(y + (margin / 2 if align == "centre" else 0))
        self._fill_all([
            (left + start * module, top + number * module, length * module, module)
            for number, row in enumerate(rows)
            for start, length in _dark_runs(row)
        ])  # fmt: skip

    def _fill_all(self, rectangles: list[tuple[float, float, float, float]]) -> None:
        """Many black rectangles as one shape, each a hair smaller than its dots.

        A rasteriser blackens every dot a shape touches, so an edge rounded past its dot would widen the bar by one.
        """
        shape = [
            "%.4f %.4f %.4f %.4f re"  # noqa: UP031 - a code has hundreds; this is the quickest way to write them
            % (
                (x + _HAIR) * POINTS_A_MM,
                self._up(y + height - _HAIR),
                (width - 2 * _HAIR) * POINTS_A_MM,
                (height - 2 * _HAIR) * POINTS_A_MM,
            )
            for x, y, width, height in rectangles
        ]
        self._canvas.setFillGray(0)
        self._canvas.addLiteral(" ".join([*shape, "f"]))

    def _up(self, y: float) -> float:
        return self._page_points[1] - y * POINTS_A_MM


def _points(width: float, height: float) -> tuple[float, ...]:
    """A hair less than asked for, or a page of 799 dots is rastered as 800."""
    return tuple(math.floor(side * POINTS_A_MM * 1000) / 1000 for side in (width, height))


def _on_dot(length: float) -> float:
    return round(length / DOT) * DOT


def _dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Starts and lengths of neighbouring dark modules, so that a row takes few rectangles."""
    runs, start = [], None
    for at, dark in enumerate((*row, False)):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            runs.append((start, at - start))
            start = None
    return runs
