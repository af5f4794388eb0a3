"""A paper ready to be drawn: its page, what the file says of itself, and the acts that put it on any surface."""

import dataclasses
from collections.abc import Callable

from labels.pdfa import About
from labels.sheet import Sheet
from labels.surface import Surface


@dataclasses.dataclass(frozen=True, slots=True)
class Drawing:
    """`lay_out` draws the whole paper, page after page, on a surface of `width` by `height` millimetres."""

    width: float
    height: float
    about: About
    lay_out: Callable[[Surface], None]

    def pdf(self) -> bytes:
        """The paper as PDF/A-2u bytes. Raises `MissingCharacter`, `TextTooLong`."""
        sheet = Sheet(self.width, self.height, self.about)
        self.lay_out(sheet)
        return sheet.finish()
