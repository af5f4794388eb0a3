"""Bar codes as numbers: the modules of a Code 128 and of a QR code, before anybody draws them."""

import functools
import typing

from reportlab.graphics.barcode import code128
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

#: Light modules to keep free on each side (ISO/IEC 15417 §4.2: ten; ISO/IEC 18004 §6.3.8: four).
CODE128_QUIET = 10
QR_QUIET = 4


@functools.lru_cache(maxsize=256)
def code128_modules(value: str) -> tuple[int, ...]:
    """Widths in modules of bar, space, bar, …, bar for printable ASCII; the shortest of the encodings we know."""
    return min((_bars(kind(value, quiet=0)) for kind in (code128.Code128, code128.Code128Auto)), key=sum)


@functools.lru_cache(maxsize=256)
def qr_modules(value: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of a QR code of level Q, dark modules true, without quiet zone, for printable ASCII."""
    code = QRCode(None, QRErrorCorrectLevel.Q)
    code.addData(value)
    code.make()
    return tuple(tuple(bool(dark) for dark in row) for row in code.modules)


def _bars(barcode: typing.Any) -> tuple[int, ...]:
    """ReportLab spells a pattern in letters, A or a for one module up to D or d for four."""
    barcode.validate()
    barcode.encode()
    return tuple(ord(letter) - ord("a") + 1 for letter in barcode.decompose().lower())
