"""What may be kept as a signature: a drawn one, or the scan of a countersigned slip, told by its content alone.

Pictures are stored as they are, for their digest is what was signed; so nothing is stored that does not decode.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from logistics.errors import Malformed, Said
from logistics.terms import SignatureKind

PEN_BYTES = 200_000
SLIP_BYTES = 10_000_000
PIXELS = 60_000_000  # of a scan: A4 at 600 dpi has 35 million
PEN_SIDE = 4000  # pixels
LEAST_INK = 30  # dark pixels without which nobody has signed
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg"}  # MPO: a phone's JPEG
PDF = "application/pdf"


def media_type(kind: SignatureKind, content: bytes) -> str:
    """What the picture is. Raises `Malformed` (field "signature") for one that is none, too large, or blank."""
    most = PEN_BYTES if kind is SignatureKind.PEN else SLIP_BYTES
    if not content:
        raise _wrong(
            "请签字，或上传签好字的单据（PNG、JPEG、PDF）。", "Sign, or upload the signed paper (PNG, JPEG, PDF)."
        )
    if len(content) > most:
        size, limit = f"{len(content) / 1_000_000:.1f} MB", f"{most / 1_000_000:g} MB"
        raise _wrong(f"文件太大（{size}）。最多 {limit}，请缩小后再传。", f"Too large ({size}). {limit} at most.")
    if kind is SignatureKind.SLIP and content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise _wrong("PDF 文件不完整。请重新扫描或保存后再传。", "The PDF is not complete. Scan or save it again.")
        return PDF
    return _picture(kind, content)


def _picture(kind: SignatureKind, content: bytes) -> str:
    allowed = ("PNG",) if kind is SignatureKind.PEN else ("PNG", "JPEG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=allowed)
            if image.width * image.height > PIXELS or (kind is SignatureKind.PEN and max(image.size) > PEN_SIDE):
                raise _wrong("图片的像素太多。请缩小后再传。", "Too many pixels. Make it smaller.")
            grey = image.convert("L") if kind is SignatureKind.PEN else image
            grey.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as broken:
        raise _wrong(
            "这不是能打开的图片。请签字，或上传 PNG、JPEG、PDF。", "No picture. Sign, or upload PNG, JPEG or PDF."
        ) from broken
    if kind is SignatureKind.PEN and sum(grey.histogram()[:128]) < LEAST_INK:
        raise _wrong("框里还没有签字。请写上姓名。", "Nothing is signed yet. Write the name.")
    return _FORMATS[str(image.format)]


def _wrong(zh: str, en: str) -> Malformed:
    said = {"signature": [Said(zh, en)]}
    return Malformed("还没有签字：请看标红的地方。", "Not signed yet: see the marked place.", said)
