"""Photos and scans as a window's devices make them."""

from __future__ import annotations

import io

from PIL import Image


def photo(word: int = 1, form: str = "JPEG", size: tuple[int, int] = (60, 40), turned: bool = False) -> bytes:
    """A picture whose bytes differ with `word`; `turned`: the camera was held upright and says so."""
    image = Image.new("RGB", size, (word % 256, 120, 40))
    image.paste((250, 250, 250), (0, 0, size[0] // 2, 4))
    made = io.BytesIO()
    words = Image.Exif()
    if turned:
        words[0x0112] = 6
    image.save(made, form, exif=words)
    return made.getvalue()
