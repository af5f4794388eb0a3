"""A ReportLab font that is embedded rightly.

ReportLab 5.1 draws with our fonts but would embed them wrongly in two ways, neither of which shows on the page:

* **Widths.** For glyphs past the full part of `hmtx` it writes an advance already scaled to 1000 units into a font
  program of 1024 (HanaMinB), so dictionary and program disagree: PDF/A, ISO 19005-2 6.2.11.5, forbids that.
* **ToUnicode.** Characters above U+FFFF are written as five hex digits where UTF-16 is due, so 𠮷 is copied and
  searched as other characters; and blocks hold more than the hundred pairs the CMap format allows.

Both come from the two methods replaced here: the font program (`makeSubset`) and the font objects (`addObjects`). Line
breaking, the third known fault, does not concern us: `labels.sheet` breaks lines itself.
"""

import io
import struct
import typing

from reportlab.pdfbase import pdfdoc, ttfonts

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

    def addObjects(self, doc: typing.Any) -> None:  # noqa: N802 - ReportLab calls it by this name
        """Adds one font dictionary, descriptor, program and ToUnicode map for each subset that was drawn with."""
        state = self.state[doc]
        state.frozen = 1
        for number, codes in enumerate(state.subsets):
            short_name = self.getSubsetInternalName(number, doc)[1:]
            base_name = f"{ttfonts.SUBSETN(number).decode('ascii')}+{self.face.name.decode('ascii')}"
            doc.idToObject["BasicFonts"].dict[short_name] = self._dictionary(doc, base_name, short_name, codes)
        del self.state[doc]

    def _dictionary(self, doc: typing.Any, base_name: str, short_name: str, codes: list[int]) -> typing.Any:
        font = pdfdoc.PDFTrueTypeFont()
        font.Name, font.BaseFont = short_name, base_name
        font.FirstChar, font.LastChar = 0, len(codes) - 1
        # Written at once: a label has hundreds of widths, and ReportLab would weigh each digit.
        font.Widths = f"[ {' '.join(f'{self.face.getCharWidth(code):.6g}' for code in codes)} ]".encode("ascii")
        font.ToUnicode = doc.Reference(_stream(doc, to_unicode(base_name, codes)), f"toUnicodeCMap:{base_name}")
        font.FontDescriptor = self._descriptor(doc, base_name, codes)
        return font

    def _descriptor(self, doc: typing.Any, base_name: str, codes: list[int]) -> typing.Any:
        face = self.face
        program = font_program(self.source, [self.glyphs.get(code, 0) for code in codes])
        stream = _stream(doc, program)
        stream.dictionary["Length1"] = len(program)
        descriptor = pdfdoc.PDFDictionary({
            "Type": "/FontDescriptor", "FontName": pdfdoc.PDFName(base_name), "Flags": ttfonts.FF_SYMBOLIC,
            "Ascent": face.ascent, "Descent": face.descent, "CapHeight": face.capHeight, "StemV": face.stemV,
            "ItalicAngle": face.italicAngle, "FontBBox": pdfdoc.PDFArray(face.bbox), "MissingWidth": face.defaultWidth,
            "FontFile2": doc.Reference(stream, f"fontFile:{base_name}"),
        })  # fmt: skip
        return doc.Reference(descriptor, f"fontDescriptor:{base_name}")


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


def _stream(doc: typing.Any, content: bytes | str) -> typing.Any:
    stream = pdfdoc.PDFStream()
    stream.content = content
    if doc.compression:
        stream.filters = [pdfdoc.PDFZCompress]
    return stream


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
