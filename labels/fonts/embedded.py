"""A font of ours as documents embed it: its characters and widths, and a program of the few glyphs one needs.

ReportLab reads the font's tables. It does not embed: for glyphs past the full part of `hmtx` it would write an advance
already scaled to 1000 units into a program of 1024 (HanaMinB), which PDF/A, ISO 19005-2 6.2.11.5, forbids; and it
writes characters above U+FFFF into ToUnicode as five hex digits where UTF-16 is due, so that 𠮷 is copied and searched
as other characters. `labels.fonts.subsets` writes the font objects.
"""

import io
import struct
import typing

from reportlab.pdfbase import ttfonts

_PAIRS_A_BLOCK = 100


class Outlines(typing.Protocol):
    """A font file that gives its outlines one by one: `woff2.Woff2` or `truetype.TrueType`."""

    tables: dict[str, bytes]
    glyph_count: int

    def metrics(self, glyph: int) -> tuple[int, int]:
        """Advance width and left side bearing in font units."""

    def outline(self, glyph: int) -> bytes:
        """The glyph as an entry of a `glyf` table, even in length."""


class EmbeddedFont(ttfonts.TTFont):  # type: ignore[misc]
    """`TTFont` over a font file of ours; register it with `pdfmetrics.registerFont` and draw by its name."""

    def __init__(self, name: str, source: Outlines) -> None:
        super().__init__(name, io.BytesIO(_sfnt_without_outlines(source)), shapable=False)
        self.source = source
        self.glyphs: dict[int, int] = self.face.charToGlyph
        self.widths: dict[int, float] = self.face.charWidths


class UnseenFont(EmbeddedFont):
    """Every character has the same sign of full width: written unpainted, it is there for readers under a picture.

    All readers give back what a font's ToUnicode map says; /ActualText some of them leave out above U+FFFF, and signs
    without ink some leave out altogether.
    """

    _SQUARE = 0x3013  # the geta, which printers set where they lack a character

    def __init__(self, name: str, source: Outlines) -> None:
        super().__init__(name, source)
        self.glyphs = self.face.charToGlyph = _Always(self.glyphs[self._SQUARE])
        self.face.defaultWidth = self.widths[self._SQUARE]
        self.face.charWidths = self.widths = {}
        self.face.name = name.encode("ascii")


class _Always(dict[int, int]):
    """The same glyph for every character."""

    def __init__(self, glyph: int) -> None:
        super().__init__()
        self._glyph = glyph

    def get(self, _code: int, _default: object = None) -> int:
        return self._glyph

    def __contains__(self, _code: object) -> bool:
        return True


def font_program(source: Outlines, glyphs: list[int]) -> bytes:
    """A TrueType file in which code n of a symbolic PDF font shows `glyphs[n]`; glyph 0 means "missing"."""
    kept = list(dict.fromkeys([0, *glyphs]))
    place = {glyph: number for number, glyph in enumerate(kept)}
    outlines = [source.outline(glyph) for glyph in kept]
    offsets = [0]
    for outline in outlines:
        offsets.append(offsets[-1] + len(outline))
    head, hhea, maxp = (bytearray(source.tables[tag]) for tag in ("head", "hhea", "maxp"))
    struct.pack_into(">h", head, 50, 1)  # loca in 32 bits
    struct.pack_into(">H", hhea, 34, len(kept))  # every glyph has its full metrics
    struct.pack_into(">H", maxp, 4, len(kept))
    maker = ttfonts.TTFontMaker()
    maker.add("cmap", struct.pack(f">HHHHIHHHHH{len(glyphs)}H", 0, 1, 1, 0, 12, 6, 10 + 2 * len(glyphs), 0, 0,
                                  len(glyphs), *(place[glyph] for glyph in glyphs)))  # fmt: skip
    maker.add("glyf", b"".join(outlines))
    maker.add("head", bytes(head))
    maker.add("hhea", bytes(hhea))
    maker.add("hmtx", b"".join(struct.pack(">Hh", *source.metrics(glyph)) for glyph in kept))
    maker.add("loca", struct.pack(f">{len(offsets)}I", *offsets))
    maker.add("maxp", bytes(maxp))
    return typing.cast(bytes, maker.makeStream())


def to_unicode(name: str, codes: list[int]) -> str:
    """The CMap (ISO 32000-1, 9.10.3) that says which character each code of a one-byte font stands for."""
    pairs = [f"<{n:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for n, code in enumerate(codes) if code]
    blocks = []
    for start in range(0, len(pairs), _PAIRS_A_BLOCK):
        block = pairs[start : start + _PAIRS_A_BLOCK]
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
        f"/CMapName /{name} def", "/CMapType 2 def", "1 begincodespacerange", "<00> <FF>", "endcodespacerange",
        *blocks, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end",
    ])  # fmt: skip


def _sfnt_without_outlines(source: Outlines) -> bytes:
    """What ReportLab wants to parse before it draws: names, widths and the character map, and a `loca` of nothing."""
    tables = {tag: source.tables[tag] for tag in ("name", "head", "OS/2", "post", "hhea", "maxp", "cmap", "hmtx")}
    head = bytearray(tables["head"])
    struct.pack_into(">h", head, 50, 1)
    tables |= {"head": bytes(head), "glyf": b"", "loca": bytes(4 * (source.glyph_count + 1))}
    directory, body = b"", b""
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag.encode("ascii"), 0, 12 + 16 * len(tables) + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return struct.pack(">IHHHH", 0x00010000, len(tables), 0, 0, 0) + directory + body
