"""TrueType files as an administrator installs them, read one outline at a time like `woff2.Woff2`.

For a third face beside the two we carry: BabelStone Han has 6,513 characters of GB 18030-2022's first amendment, but
its Arphic Public Licence would bind whoever passes the font on, so it is used where it is installed and never shipped.
"""

import pathlib
import struct

from labels.fonts.woff2 import UnreadableFont, metrics_of

_TABLES = frozenset({"cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post"})


class TrueType:
    """One TrueType font with simple outlines (`glyf`): its plain tables and, one by one, its outlines."""

    def __init__(self, path: pathlib.Path) -> None:
        """Reads the whole file. Raises `UnreadableFont` for a collection, PostScript outlines or a damaged file."""
        data = path.read_bytes()
        if data[:4] not in (b"\0\1\0\0", b"true"):
            raise UnreadableFont(f"{path.name} 不是 TrueType 字库 (not a TrueType font with glyf outlines)")
        try:
            places = _directory(data)
            self.tables = {tag: data[at : at + size] for tag, (at, size) in places.items() if tag in _TABLES}
            at, size = places["glyf"]
            self._glyf = memoryview(data)[at : at + size]
            at, size = places["loca"]
            (self.glyph_count,) = struct.unpack_from(">H", self.tables["maxp"], 4)
            (wide,) = struct.unpack_from(">h", self.tables["head"], 50)
            self._loca = struct.unpack_from(f">{self.glyph_count + 1}{'I' if wide else 'H'}", data, at)
        except (KeyError, struct.error) as why:
            raise UnreadableFont(f"字库 {path.name} 缺表或已损坏 (a table is missing or cut: {why})") from why
        self._unit = 1 if wide else 2

    def metrics(self, glyph: int) -> tuple[int, int]:
        """Advance width and left side bearing in font units."""
        return metrics_of(self.tables, glyph)

    def outline(self, glyph: int) -> bytes:
        """The glyph as an entry of a `glyf` table, even in length. Raises `UnreadableFont` for a composite one."""
        start, end = (place * self._unit for place in self._loca[glyph : glyph + 2])
        found = bytes(self._glyf[start:end])
        if found[:1] >= b"\x80":
            raise UnreadableFont("字库含组合字形，本读取器不支持 (composite glyphs are not supported)")
        return _without_instructions(found)


def _directory(data: bytes) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from(">H", data, 4)
    rows = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count))
    return {tag.decode("latin-1"): (at, size) for tag, _, at, size in rows}


def _without_instructions(outline: bytes) -> bytes:
    """Hinting speaks to tables (`fpgm`, `cvt `) that a subset does not carry."""
    if not outline:
        return outline
    (contours,) = struct.unpack_from(">h", outline)
    at = 10 + 2 * contours
    (size,) = struct.unpack_from(">H", outline, at)
    plain = outline if not size else outline[:at] + b"\0\0" + outline[at + 2 + size :]
    return plain + b"\0" * (len(plain) % 2)
