"""The rare characters for a browser, 256 at a time: one name must not cost the twelve megabytes of a whole font.

A page of characters is `code >> 8`: page 0x20B holds 𠮷. A style sheet names a small font for each page by its
`unicode-range`, and the browser fetches those of the characters that it cannot show itself.
"""

import functools
import io
import itertools
from collections.abc import Iterable

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from labels import fonts
from labels.fonts.embedded import Outlines, font_program

FIRST_RARE = 0x20000
"""What lies below is in the main font, which a browser gets whole, or in every system's own fonts."""

FAMILY = "Youdang Rare"
Face = tuple[str, int]
"""A font of the chain by its name, and a page of characters."""


def faces() -> dict[Face, tuple[int, ...]]:
    """Every small font there is, and its characters: those that no earlier font of the chain has, in order."""
    return _faces(fonts.chain())


@functools.lru_cache(maxsize=512)
def font(face: Face) -> bytes:
    """The small font as WOFF2. Raises KeyError where there is none."""
    codes = faces()[face]
    source = next(fonts.load(one) for one in fonts.chain() if one.name == face[0])
    glyphs = [source.glyphs[code] for code in codes]
    made = _program(source.source, codes, glyphs)
    made.flavor = "woff2"
    out = io.BytesIO()
    made.save(out, reorderTables=False)
    return out.getvalue()


def ranges(codes: Iterable[int]) -> str:
    """The characters as CSS names them: `U+20000-200FF,U+20BB7`."""
    parts = []
    for _, run in itertools.groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        members = [code for _, code in run]
        last = f"-{members[-1]:X}" if len(members) > 1 else ""
        parts.append(f"U+{members[0]:X}{last}")
    return ",".join(parts)


@functools.lru_cache(maxsize=2)
def _faces(chain: tuple[fonts.FontFile, ...]) -> dict[Face, tuple[int, ...]]:
    taken: set[int] = set()
    found: dict[Face, tuple[int, ...]] = {}
    for one in chain:
        own = sorted({code for code in fonts.load(one).glyphs if code >= FIRST_RARE} - taken)
        taken.update(own)
        for page, codes in itertools.groupby(own, key=lambda code: code >> 8):
            found[one.name, page] = tuple(codes)
    return found


def _program(source: Outlines, codes: tuple[int, ...], glyphs: list[int]) -> TTFont:
    """The font program of a PDF, with the tables that a browser wants besides: a wide character map, names, OS/2."""
    made = TTFont(io.BytesIO(font_program(source, glyphs)))
    narrow = made["cmap"].tables[0].cmap
    wide = CmapSubtable.newSubtable(12)
    wide.platformID, wide.platEncID, wide.language = 3, 10, 0
    wide.cmap = {code: narrow[place] for place, code in enumerate(codes)}
    made["cmap"].tables = [wide]
    os2 = made["OS/2"] = newTable("OS/2")
    os2.decompile(source.tables["OS/2"], made)
    builder = FontBuilder(font=made)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupPost(keepGlyphNames=False)
    return made
