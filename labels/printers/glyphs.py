"""Characters as black dots, from the project's own fonts: nothing is assumed to be installed in a printer.

FreeType fits each outline to the dots, with its drop-out control, so that thin strokes do not vanish.
"""

import functools
import io

from PIL import Image, ImageChops, ImageDraw, ImageFont

from labels import fonts, pictured
from labels.fonts.embedded import font_program
from labels.sheet import BOLD_STROKE, RARE_STROKE

_CODE = 65  # the one code of a font made for one character
_DARK = 128
_BY_NAME = {font.name: font for font in fonts.CHAIN}

Letter = tuple[Image.Image, int, int]


@functools.lru_cache(maxsize=20_000)
def letter(character: str, font: str, dots: float, bold: bool) -> Letter | None:
    """The character `dots` high as a 1-bit image (ink is 1), and where its top left lies from the pen; None: no ink."""
    face = ImageFont.truetype(io.BytesIO(_program(character, font)), dots, 0, "armn", ImageFont.Layout.BASIC)
    left, top, right, bottom = (int(side) for side in face.getbbox(chr(_CODE), mode="1", anchor="ls"))
    if right <= left or bottom <= top:
        return None
    more = _more(font, dots, bold)
    image = Image.new("1", (right - left + more, bottom - top + more // 2))
    ImageDraw.Draw(image).text((-left, -top), chr(_CODE), fill=1, font=face, anchor="ls")
    return _thickened(image, more), left - more // 2, top - more // 4


def picture(character: str, dots: float) -> Letter:
    """As `letter`, from the picture that was supplied for the character: its darker half is ink."""
    grey = pictured.of(character)
    assert grey is not None, character
    scale = dots / max(grey.size)
    wide, high = (max(1, round(side * scale)) for side in grey.size)
    ink = grey.resize((wide, high), Image.Resampling.LANCZOS).point(lambda light: 255 * (light < _DARK), "1")
    top = round(dots * (pictured.DESCENT - 1) + (dots - high) / 2)
    return ink, round((dots - wide) / 2), top


def _more(font: str, dots: float, bold: bool) -> int:
    """By how many dots a stroke grows: bold at least one, the thin rare face only where that is a whole dot."""
    if bold:
        return max(1, round(dots * BOLD_STROKE))
    return 0 if font == fonts.MAIN.name else round(dots * RARE_STROKE)


def _thickened(image: Image.Image, more: int) -> Image.Image:
    """Each dot of ink spread over `more` dots to the right and half as many down."""
    for right, down in [(1, 0)] * more + [(0, 1)] * (more // 2):
        image = ImageChops.logical_or(image, ImageChops.offset(image, right, down))
    return image


@functools.lru_cache(maxsize=20_000)
def _program(character: str, font: str) -> bytes:
    """A font file of this one outline."""
    loaded = fonts.load(_BY_NAME[font])
    return font_program(loaded.source, [0] * _CODE + [loaded.glyphs[ord(character)]])
