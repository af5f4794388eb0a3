"""A ZIP read by the directory at its end, as ordinary programs read it: for packages not in canonical form.

Written here, and alike in the page: Python's own `zipfile` takes some members that are not as the directory says, and
refuses others, differently from one version to the next; two verifiers need one rule. A member is readable when its
record carries the directory's name and unpacks, to its end, to as many bytes as the directory says, with its CRC-32.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_RECORD, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_RECORD_SIZE, _END_SIZE, _LONGEST_COMMENT = 30, 22, 0xFFFF
_CENTRAL_FIELDS = struct.Struct("<4s4xHH4xIIIHHH4xII")
STORED, DEFLATED = 0, 8
_ENCRYPTED_OR_PATCHED = 0x0001 | 0x0020 | 0x0040
_FILE_KIND = 0o170000


class DamagedError(Exception):
    """A directory, or a member, that cannot be read as it claims to be; technical, in English."""


@dataclass(frozen=True, slots=True)
class Member:
    """One row of the directory. `kind` holds Unix's file type bits, 0 where none are stated; sizes are in bytes."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    kind: int
    offset: int

    @property
    def name(self) -> str:
        """The name as it was meant: some tools write UTF-8 without saying so."""
        try:
            return self.raw_name.decode()
        except UnicodeDecodeError:
            return self.raw_name.decode("cp437")


def listed(data: bytes) -> tuple[list[Member], bytes]:
    """(members in the directory's order, the ZIP's comment). Raises DamagedError where no directory can be read."""
    end = data.rfind(_END, max(len(data) - _END_SIZE - _LONGEST_COMMENT, 0))
    if end < 0 or end + _END_SIZE > len(data):
        raise DamagedError("no directory")
    size, offset, comment_length = struct.unpack_from("<IIH", data, end + 12)
    start = end - size  # bytes may stand before the ZIP: then all its offsets are too small by as many
    if start < 0:
        raise DamagedError("the directory begins before the file")
    members, at = [], start
    while at < end:
        member, at = _member(data, at, end, start - offset)
        members.append(member)
    return members, data[end + _END_SIZE : end + _END_SIZE + comment_length]


def _member(data: bytes, at: int, end: int, shift: int) -> tuple[Member, int]:
    if end - at < _CENTRAL_FIELDS.size:
        raise DamagedError("a truncated directory")
    sign, flags, method, crc, compressed, size, *rest = _CENTRAL_FIELDS.unpack_from(data, at)
    name_length, extra_length, comment_length, attributes, offset = rest
    name = at + _CENTRAL_FIELDS.size
    after = name + name_length + extra_length + comment_length
    if sign != _CENTRAL or after > end:
        raise DamagedError("no record of the directory")
    raw, kind = data[name : name + name_length], attributes >> 16 & _FILE_KIND
    return Member(raw, flags, method, crc, compressed, size, kind, offset + shift), after


def content(member: Member, data: bytes) -> bytes:
    """What the member unpacks to. Raises DamagedError unless it is stored or deflated, and as the directory says."""
    at = member.offset
    if at < 0 or at + _RECORD_SIZE > len(data) or data[at : at + 4] != _RECORD:
        raise DamagedError("no file header where the directory says")
    if member.flags & _ENCRYPTED_OR_PATCHED:
        raise DamagedError("encrypted or patched")
    name_length, extra_length = struct.unpack_from("<HH", data, at + 26)
    name = at + _RECORD_SIZE
    if data[name : name + name_length] != member.raw_name:
        raise DamagedError("directory and file header name it differently")
    start = name + name_length + extra_length
    packed = data[start : start + member.compressed]
    if len(packed) < member.compressed:
        raise DamagedError("cut off")
    unpacked = packed if member.method == STORED else _inflated(packed, member.size)
    if len(unpacked) != member.size:
        raise DamagedError("it has another size than the directory says")
    if zlib.crc32(unpacked) != member.crc:
        raise DamagedError("its CRC-32 does not fit")
    return unpacked


def _inflated(packed: bytes, size: int) -> bytes:
    """At most one byte more than `size` is unpacked: whatever claims to be small cannot grow."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = stream.decompress(packed, size + 1)
    except zlib.error as why:
        raise DamagedError(str(why)) from why
    if len(unpacked) <= size and not stream.eof:
        raise DamagedError("its compressed data do not come to an end")
    return unpacked
