"""A surface that only listens: which lines a drawer writes, without making a file of them."""

import dataclasses

from labels.drawing import Drawing
from labels.surface import MODULE_DOTS, Align, Surface, text_width


@dataclasses.dataclass
class Heard(Surface):
    """Every line in the order it was written."""

    width: float
    height: float
    written: list[str] = dataclasses.field(default_factory=list)
    pages: int = 1

    def all(self) -> str:
        """All lines, each ended."""
        return "\n".join(self.written)

    def next_page(self) -> None:
        self.pages += 1

    def text(
        self, x: float, y: float, words: str, size: float, *, align: Align = "left", bold: bool = False, ink: float = 0
    ) -> None:
        """A line; one that runs off the paper is a fault."""
        if not words:
            return
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        left = x - text_width(words, size) * share
        assert left >= 1, words
        assert left + text_width(words, size) <= self.width - 1, words
        assert 0 <= y <= self.height - 1, words
        self.written.append(words)

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.2, ink: float = 0) -> None:
        """Not heard."""

    def box(self, x: float, y: float, width: float, height: float, *, weight: float = 0.2, ink: float = 0) -> None:
        """Not heard."""

    def fill(self, x: float, y: float, width: float, height: float, ink: float = 0) -> None:
        """Not heard."""

    def code128(self, x: float, y: float, value: str, room: float, height: float, dots: int = MODULE_DOTS) -> None:
        """Not heard."""

    def qr(
        self, x: float, y: float, value: str, room: float, *, dots: int = MODULE_DOTS, align: Align = "centre"
    ) -> None:
        """Not heard."""


def hear(made: Drawing) -> Heard:
    """What the paper says. Raises what drawing it raises."""
    heard = Heard(made.width, made.height)
    made.lay_out(heard)
    return heard
