"""WOFF2 font files, read one outline at a time.

The two fonts we carry hold 91,000 outlines; a page needs a hundred. Rebuilding whole TrueType files takes a minute of
work and a place to keep 41 MB, so this reader only finds where each outline starts (a third of a second) and rebuilds
the ones that are asked for. The format is W3C "WOFF File Format 2.0", §4 (directory) and §5.1 (transformed glyf table).
"""

import dataclasses
import itertools
import struct
from collections.abc import Mapping

import brotli  # type: ignore[import-untyped]

#: §4.1: the tags that a directory entry names by number, in the standard's order.
_KNOWN_TAGS = (
    "cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post", "cvt ", "fpgm", "glyf", "loca", "prep", "CFF ",
    "VORG", "EBDT", "EBLC", "gasp", "hdmx", "kern", "LTSH", "PCLT", "VDMX", "vhea", "vmtx", "BASE", "GDEF", "GPOS",
    "GSUB", "EBSC", "JSTF", "MATH", "CBDT", "CBLC", "COLR", "CPAL", "SVG ", "sbix", "acnt", "avar", "bdat", "bloc",
    "bsln", "cvar", "fdsc", "feat", "fmtx", "fvar", "gvar", "hsty", "just", "lcar", "mort", "morx", "opbd", "prop",
    "trak", "Zapf", "Silf", "Glat", "Gloc", "Feat", "Sill",
)  # fmt: skip
#: §5.2: how many bytes of the glyph stream a point takes, by the low seven bits of its flag.
_POINT_BYTES = (b"\1" * 84 + b"\2" * 36 + b"\3" * 4 + b"\4" * 4) * 2


class UnreadableFont(ValueError):
    """The file is no WOFF2 font of the kind we carry; the text says what is wrong with it."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Spot:
    """Where one outline lies in the streams; `ends` are the last point numbers of its contours."""

    ends: tuple[int, ...]
    flags_at: int
    points_at: int


class Woff2:
    """One WOFF2 font with TrueType outlines: its plain tables and, one by one, its outlines."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"wOF2":
            raise UnreadableFont("不是 WOFF2 字库文件 (not a WOFF2 file)")
        entries, body_at = _directory(data)
        (compressed_size,) = struct.unpack_from(">I", data, 20)
        body = brotli.decompress(data[body_at : body_at + compressed_size])
        self.tables: dict[str, bytes] = {}
        at = 0
        for tag, size in entries:
            self.tables[tag] = body[at : at + size]
            at += size
        self._read_glyf(self.tables.pop("glyf"))
        self._outlines: dict[int, bytes] = {}

    def metrics(self, glyph: int) -> tuple[int, int]:
        """Advance width and left side bearing in font units."""
        return metrics_of(self.tables, glyph)

    def outline(self, glyph: int) -> bytes:
        """The glyph as an entry of a `glyf` table, even in length; empty for a glyph without ink."""
        found = self._outlines.get(glyph)
        if found is None:
            found = self._outlines[glyph] = self._rebuild(self._spots[glyph])
        return found

    def _read_glyf(self, table: bytes) -> None:
        self.glyph_count = struct.unpack_from(">H", table, 4)[0]
        sizes = struct.unpack_from(">7I", table, 8)
        starts = list(itertools.accumulate(sizes, initial=36))
        contours, counts, self._flags, self._points, composites = (table[starts[n] : starts[n + 1]] for n in range(5))
        if composites:
            raise UnreadableFont("字库含组合字形，本读取器不支持 (composite glyphs are not supported)")
        self._spots = self._find(struct.unpack(f">{self.glyph_count}h", contours), counts)

    def _find(self, contours: tuple[int, ...], counts: bytes) -> list[_Spot | None]:
        """Walks the streams once; only sums are needed to know where each outline starts."""
        spots: list[_Spot | None] = []
        counts_at = flags_at = points_at = 0
        for number in contours:
            if number == 0:
                spots.append(None)
                continue
            sizes, counts_at = _contour_sizes(counts, counts_at, number)
            total = sum(sizes)
            spots.append(_Spot(tuple(end - 1 for end in itertools.accumulate(sizes)), flags_at, points_at))
            points_at += sum(self._flags[flags_at : flags_at + total].translate(_POINT_BYTES))
            flags_at += total
            hinting, points_at = _number(self._points, points_at)
            if hinting:
                raise UnreadableFont("字形带有提示指令，本读取器不支持 (glyph instructions are not supported)")
        return spots

    def _rebuild(self, spot: _Spot | None) -> bytes:
        if spot is None:
            return b""
        flags = self._flags[spot.flags_at : spot.flags_at + spot.ends[-1] + 1]
        steps = _steps(flags, self._points, spot.points_at)
        xs = list(itertools.accumulate(dx for dx, _ in steps))
        ys = list(itertools.accumulate(dy for _, dy in steps))
        head = struct.pack(">5h", len(spot.ends), min(xs), min(ys), max(xs), max(ys))
        data = head + struct.pack(f">{len(spot.ends)}HH", *spot.ends, 0) + _glyf_points(flags, steps)
        return data + b"\0" * (len(data) % 2)


def metrics_of(tables: Mapping[str, bytes], glyph: int) -> tuple[int, int]:
    """Advance width and left side bearing in font units.

    Glyphs past the full part of `hmtx` share its last advance.
    """
    hmtx, full = tables["hmtx"], struct.unpack_from(">H", tables["hhea"], 34)[0]
    if glyph < full:
        advance, bearing = struct.unpack_from(">Hh", hmtx, 4 * glyph)
        return advance, bearing
    (advance,) = struct.unpack_from(">H", hmtx, 4 * (full - 1))
    (bearing,) = struct.unpack_from(">h", hmtx, 4 * full + 2 * (glyph - full))
    return advance, bearing


def _directory(data: bytes) -> tuple[list[tuple[str, int]], int]:
    """Table tags with their sizes in the decompressed body, in order, and where the body starts."""
    (table_count,) = struct.unpack_from(">H", data, 12)
    entries, at = [], 48
    for _ in range(table_count):
        flag = data[at]
        at += 1
        if flag & 63 == 63:
            tag, at = data[at : at + 4].decode("ascii"), at + 4
        else:
            tag = _KNOWN_TAGS[flag & 63]
        size, at = _base128(data, at)
        transformed = (flag >> 6 == 0) == (tag in ("glyf", "loca"))
        if transformed:
            size, at = _base128(data, at)
        if transformed != (tag in ("glyf", "loca")):
            raise UnreadableFont(f"字库的 {tag} 表以不支持的方式存放 (unsupported table transform)")
        entries.append((tag, size))
    return entries, at


def _base128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    while True:
        byte = data[at]
        at += 1
        value = value << 7 | byte & 127
        if byte < 128:
            return value, at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A 255UInt16 (§3.1) and the place after it."""
    first = data[at]
    if first < 253:
        return first, at + 1
    if first == 253:
        return data[at + 1] << 8 | data[at + 2], at + 3
    return data[at + 1] + (253 if first == 255 else 506), at + 2


def _contour_sizes(counts: bytes, at: int, number: int) -> tuple[list[int], int]:
    """Points of each of the next `number` contours and the place after them; nearly always one byte each."""
    sizes = list(counts[at : at + number])
    if max(sizes) < 253:
        return sizes, at + number
    sizes = []
    for _ in range(number):
        size, at = _number(counts, at)
        sizes.append(size)
    return sizes, at


def _steps(flags: bytes, stream: bytes, at: int) -> list[tuple[int, int]]:
    """The way from each point to the next, in font units (§5.2, the table of 128 coordinate encodings)."""
    steps = []
    for flag in flags:
        kind = flag & 127
        byte = stream[at]
        if kind < 10:
            dx, dy = 0, ((kind & 14) << 7) + byte
            steps.append((dx, dy if kind & 1 else -dy))
            at += 1
            continue
        if kind < 20:
            dx = (((kind - 10) & 14) << 7) + byte
            steps.append((dx if kind & 1 else -dx, 0))
            at += 1
            continue
        if kind < 84:
            dx, dy = 1 + ((kind - 20) & 48) + (byte >> 4), 1 + (((kind - 20) & 12) << 2) + (byte & 15)
        elif kind < 120:
            dx, dy = 1 + ((kind - 84) // 12 << 8) + byte, 1 + ((kind - 84) % 12 >> 2 << 8) + stream[at + 1]
        elif kind < 124:
            dx, dy = (byte << 4) + (stream[at + 1] >> 4), ((stream[at + 1] & 15) << 8) + stream[at + 2]
        else:
            dx, dy = (byte << 8) + stream[at + 1], (stream[at + 2] << 8) + stream[at + 3]
        steps.append((dx if kind & 1 else -dx, dy if kind & 2 else -dy))
        at += _POINT_BYTES[kind]
    return steps


def _glyf_points(flags: bytes, steps: list[tuple[int, int]]) -> bytes:
    """Flags, x and y of a simple glyph as OpenType's `glyf` table stores them, each step in its shortest form."""
    marks, xs, ys = bytearray(), bytearray(), bytearray()
    for flag, (dx, dy) in zip(flags, steps, strict=True):
        mark = 0 if flag & 128 else 1
        mark |= _store(dx, xs, 0x02, 0x10) | _store(dy, ys, 0x04, 0x20)
        marks.append(mark)
    return bytes(marks + xs + ys)


def _store(step: int, into: bytearray, short: int, same: int) -> int:
    """Writes one coordinate and returns its flag bits: nothing for no step, a byte for a short one, else two."""
    if step == 0:
        return same
    if -256 < step < 256:
        into.append(abs(step))
        return short | (same if step > 0 else 0)
    into += struct.pack(">h", step)
    return 0
