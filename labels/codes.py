"""Bar codes as numbers: the modules of a Code 128 and of a QR code, before anybody draws them."""

import functools
import typing

import zxingcpp
from reportlab.graphics.barcode import code128

from labels.surface import TextTooLong

#: Light modules to keep free on each side (ISO/IEC 15417 §4.2: ten; ISO/IEC 18004 §6.3.8: four).
CODE128_QUIET = 10
QR_QUIET = 4


@functools.lru_cache(maxsize=256)
def code128_modules(value: str) -> tuple[int, ...]:
    """Widths in modules of bar, space, bar, …, bar for printable ASCII; the shortest of the encodings we know."""
    return min((_bars(kind(value, quiet=0)) for kind in (code128.Code128, code128.Code128Auto)), key=sum)


@functools.lru_cache(maxsize=256)
def qr_modules(value: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of a QR code of level Q, dark modules true, without quiet zone, for printable ASCII.

    Raises `TextTooLong` for more than the largest symbol holds.
    """
    try:
        code = zxingcpp.create_barcode(value, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    except ValueError as why:
        raise TextTooLong(value) from why
    image: typing.Any = code.to_image(scale=1, add_quiet_zones=False)
    light = memoryview(image)
    side, ink = len(light), light.tobytes()
    return tuple(tuple(not paper for paper in ink[row : row + side]) for row in range(0, side * side, side))


def _bars(barcode: typing.Any) -> tuple[int, ...]:
    """ReportLab spells a pattern in letters, A or a for one module up to D or d for four."""
    barcode.validate()
    barcode.encode()
    return tuple(ord(letter) - ord("a") + 1 for letter in barcode.decompose().lower())
