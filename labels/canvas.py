"""Pages as PDF operators (ISO 32000-1 §8, §9): text from embedded fonts, lines, rectangles, grey pictures.

All lengths are points from the bottom left corner. Each page begins anew; within one, what is already set is not set
again.
"""

from collections.abc import Iterable

from PIL import Image

from labels import pdf
from labels.fonts.subsets import Subsets

Size = tuple[float, float]


class Canvas:
    """A document's pages in the making; `write` puts them into a file."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._fonts = Subsets()
        self._pages: list[tuple[Size, bytes]] = []
        self._images: list[Image.Image] = []
        self._begin()

    def turn(self) -> None:
        """Ends the page; what is drawn next lands on a new one of `size`."""
        self._pages.append((self.size, "\n".join(self._operators).encode("ascii")))
        self._begin()

    def literal(self, operators: str) -> None:
        """These operators, which must leave the graphics state as it was."""
        self._operators.append(operators)

    def text(self, at: Size, piece: str, font: str, size: float, ink: float, stroke: float = 0) -> None:
        """One line from `at`; with `stroke` its outlines are thickened by a line so wide."""
        self._fill_with(ink)
        if stroke:
            self._stroke_with(ink, stroke)
        self._show(at, piece, font, size, 2 if stroke else 0)

    def unpainted(self, at: Size, piece: str, font: str, size: float) -> None:
        """Text that a reader finds and nobody sees."""
        self._show(at, piece, font, size, 3)

    def line(self, start: Size, end: Size, width: float, ink: float) -> None:
        """A straight line."""
        self._stroke_with(ink, width)
        self._operators.append(f"{start[0]:.4f} {start[1]:.4f} m {end[0]:.4f} {end[1]:.4f} l S")

    def box(self, corner: Size, size: Size, width: float, ink: float) -> None:
        """An empty rectangle with its bottom left at `corner`."""
        self._stroke_with(ink, width)
        self._operators.append(f"{corner[0]:.4f} {corner[1]:.4f} {size[0]:.4f} {size[1]:.4f} re S")

    def fill(self, rectangles: Iterable[tuple[float, float, float, float]], ink: float) -> None:
        """Filled rectangles (left, bottom, width, height) as one shape."""
        self._fill_with(ink)
        self._operators += ["%.4f %.4f %.4f %.4f re" % one for one in rectangles]  # noqa: UP031 - a code has hundreds
        self._operators.append("f")

    def image(self, picture: Image.Image, corner: Size, size: Size) -> None:
        """A grey picture (mode L) in the rectangle with its bottom left at `corner`."""
        number = next((n for n, one in enumerate(self._images) if one is picture), len(self._images))
        if number == len(self._images):
            self._images.append(picture)
        matrix = f"{size[0]:.4f} 0 0 {size[1]:.4f} {corner[0]:.4f} {corner[1]:.4f}"
        self._operators.append(f"q {matrix} cm /I{number} Do Q")

    def write(self, file: pdf.PdfFile) -> int:
        """The page tree with all pages turned so far; returns its number."""
        images = b"".join(b"/I%d %d 0 R" % (n, _image(file, one)) for n, one in enumerate(self._images))
        fonts = self._fonts.write(file)
        resources = file.add(b"<</Font<<%b>>%b>>" % (fonts, b"/XObject<<%b>>" % images if images else b""))
        tree = file.take()
        pages = [
            file.add(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.3f %.3f]/Resources %d 0 R/Contents %d 0 R>>"
                % (tree, *size, resources, file.stream(b"", content))
            )
            for size, content in self._pages
        ]
        file.put(tree, b"<</Type/Pages/Count %d/Kids%b>>" % (len(pages), pdf.array(pages)))
        return tree

    def _begin(self) -> None:
        self._operators: list[str] = []
        self._ink, self._stroke, self._mode = 0.0, (0.0, 1.0), 0  # what a page begins with (§8.4.1)

    def _fill_with(self, ink: float) -> None:
        if ink != self._ink:
            self._ink = ink
            self._operators.append(f"{ink:g} g")

    def _stroke_with(self, ink: float, width: float) -> None:
        if (ink, width) != self._stroke:
            self._stroke = ink, width
            self._operators.append(f"{ink:g} G {width:.4f} w")

    def _show(self, at: Size, piece: str, font: str, size: float, mode: int) -> None:
        shown = [f"/{name} {size:.4g} Tf <{codes}> Tj" for name, codes in self._fonts.shown(font, piece)]
        rendering = "" if mode == self._mode else f"{mode} Tr "
        self._mode = mode
        self._operators.append(f"BT {rendering}{at[0]:.4f} {at[1]:.4f} Td {' '.join(shown)} ET")


def _image(file: pdf.PdfFile, picture: Image.Image) -> int:
    entries = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8/Width %d/Height %d" % picture.size
    return file.stream(entries, picture.tobytes())
