"""The characters one document draws with, numbered for its fonts: each font in parts of at most 255 characters."""

import typing

from reportlab.pdfbase import pdfmetrics

from labels import pdf
from labels.fonts.embedded import EmbeddedFont, font_program, to_unicode

_MOST = 256  # codes of a one-byte font; code 0 is the missing glyph and never drawn


class _Part:
    """One font object to be: its characters by code."""

    def __init__(self, font: EmbeddedFont, number: int, resource: str) -> None:
        self.font, self.number, self.resource = font, number, resource
        self.codes: list[int] = [0]


class Subsets:
    """Numbers characters as they come, and writes the fonts when all have come."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._last: dict[str, _Part] = {}
        self._places: dict[tuple[str, str], tuple[str, str]] = {}

    def shown(self, font: str, piece: str) -> list[tuple[str, str]]:
        """The piece as (font resource, codes in hexadecimal), a pair for each part of the font it needs."""
        found: list[tuple[str, str]] = []
        for character in piece:
            resource, code = self._places.get((font, character)) or self._place(font, character)
            if found and found[-1][0] == resource:
                found[-1] = (resource, found[-1][1] + code)
            else:
                found.append((resource, code))
        return found

    def write(self, file: pdf.PdfFile) -> bytes:
        """The font objects; returns the entries of the page resources' font dictionary."""
        return b"".join(b"/%b %d 0 R" % (part.resource.encode(), _write(file, part)) for part in self._parts)

    def _place(self, font: str, character: str) -> tuple[str, str]:
        part = self._last.get(font)
        if part is None or len(part.codes) == _MOST:
            number = 0 if part is None else part.number + 1
            part = self._last[font] = _Part(_named(font), number, f"F{len(self._parts) + 1}")
            self._parts.append(part)
        place = self._places[font, character] = part.resource, f"{len(part.codes):02x}"
        part.codes.append(ord(character))
        return place


def _named(font: str) -> EmbeddedFont:
    """The font that was loaded under this name, when the text was measured."""
    return typing.cast(EmbeddedFont, pdfmetrics.getFont(font))


def _write(file: pdf.PdfFile, part: _Part) -> int:
    font, codes = part.font, part.codes
    base = f"{_tag(part.number)}+{font.face.name.decode('ascii')}"
    widths = " ".join(f"{font.face.getCharWidth(code):.6g}" for code in codes)
    program = font_program(font.source, [0, *(font.glyphs.get(code, 0) for code in codes[1:])])
    return file.add(
        f"<</Type/Font/Subtype/TrueType/BaseFont/{base}/FirstChar 0/LastChar {len(codes) - 1}/Widths[{widths}]"
        f"/FontDescriptor {_descriptor(file, font, base, program)} 0 R"
        f"/ToUnicode {file.stream(b'', to_unicode(base, codes).encode())} 0 R>>".encode()
    )


def _descriptor(file: pdf.PdfFile, font: EmbeddedFont, base: str, program: bytes) -> int:
    face = font.face
    box = " ".join(f"{side:g}" for side in face.bbox)
    return file.add(
        f"<</Type/FontDescriptor/FontName/{base}/Flags 4/Ascent {face.ascent:g}/Descent {face.descent:g}"
        f"/CapHeight {face.capHeight:g}/StemV {face.stemV:g}/ItalicAngle {face.italicAngle:g}/FontBBox[{box}]"
        f"/MissingWidth {face.defaultWidth:g}"
        f"/FontFile2 {file.stream(b'/Length1 %d' % len(program), program)} 0 R>>".encode()
    )


def _tag(number: int) -> str:
    """Six letters that tell the parts of a font apart (ISO 32000-1 §9.6.4)."""
    letters = ""
    for _ in range(6):
        number, letter = divmod(number, 26)
        letters = chr(65 + letter) + letters
    return letters
