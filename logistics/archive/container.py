"""The ZIP around a package: one file, one way to write it.

Members are stored, not compressed: the bytes then depend on names and contents alone and on no compression library, a
member can be read out of a damaged file, and nothing can grow when it is unpacked. Because there is one way to write
it, a reader writes it again and compares: whatever differs, also where ordinary tools do not look, is found.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_NEEDED, _MADE_BY, _UTF8, _STORED = 20, 0x0314, 0x0800, 0
_TIME, _DATE = 0, 0x0021  # 1980-01-01 00:00, the first instant the format knows: times of files are no evidence
_REGULAR_FILE = 0o100644 << 16
_LIMIT = 0xFFFFFFFF
_MOST_FILES = 0xFFFF
_LONGEST_NAME = 1024  # bytes


def write(members: Mapping[str, bytes]) -> bytes:
    """The ZIP that holds `members` (full path -> content), in order of the names' UTF-8 bytes.

    Raises ValueError at 65,535 files or 4 GiB, which the plain ZIP format cannot hold, and for endless names.
    """
    if any(len(name.encode()) > _LONGEST_NAME for name in members):
        raise ValueError(f"a name is longer than {_LONGEST_NAME} bytes")
    records, directory, offset = [], [], 0
    for name, content in sorted(members.items(), key=lambda item: item[0].encode()):
        head = _local(name, content)
        directory.append(_central(name, content, offset))
        records += [head, content]
        offset += len(head) + len(content)
    tail = b"".join(directory)
    if len(members) >= _MOST_FILES or offset + len(tail) >= _LIMIT:
        raise ValueError("a package holds fewer than 65,535 files and 4 GiB")
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(tail), offset, 0)
    return b"".join([*records, tail, end])


def walk(data: bytes) -> Iterator[tuple[str, int, bytes | None]]:
    """The members as they stand one behind the other from the start: (name, offset of its record, content).

    Content is None for a record that the end of the file cuts off (the name is empty if that is cut too); it ends
    there, or at the first byte that does not begin a record. It needs no directory, so it reads damaged files.
    """
    offset = 0
    while data[offset : offset + 4] == b"PK\x03\x04":
        if len(data) - offset < _LOCAL.size:
            yield "", offset, None
            return
        fields = _LOCAL.unpack_from(data, offset)
        size, name_length, extra_length = fields[7], fields[9], fields[10]
        start = offset + _LOCAL.size
        name = data[start : start + name_length].decode(errors="replace")
        start += name_length + extra_length
        if start + size > len(data):
            yield name if start <= len(data) else "", offset, None
            return
        yield name, offset, data[start : start + size]
        offset = start + size


def where(members: Mapping[str, bytes], data: bytes) -> tuple[str | None, int]:
    """Where `data` first differs from `write(members)`: (the member whose record it is or None, byte offset)."""
    wanted = write(members)
    place = _first_difference(wanted, data)
    offset = 0
    for name, content in sorted(members.items(), key=lambda item: item[0].encode()):
        offset += len(_local(name, content)) + len(content)
        if place < offset:
            return name, place
    for name in sorted(members, key=lambda name: name.encode()):
        offset += _CENTRAL.size + len(name.encode())
        if place < offset:
            return name, place
    return None, place


def _first_difference(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:  # the equal prefix is found by halving: comparing slices is much faster than bytes one by one
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _local(name: str, content: bytes) -> bytes:
    raw, size = name.encode(), len(content)
    crc = zlib.crc32(content)
    return _LOCAL.pack(b"PK\x03\x04", _NEEDED, _UTF8, _STORED, _TIME, _DATE, crc, size, size, len(raw), 0) + raw


def _central(name: str, content: bytes, offset: int) -> bytes:
    raw, size = name.encode(), len(content)
    common = (_NEEDED, _UTF8, _STORED, _TIME, _DATE, zlib.crc32(content), size, size, len(raw))
    return _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, *common, 0, 0, 0, 0, _REGULAR_FILE, offset) + raw
