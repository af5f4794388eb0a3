"""Raw bodies at rest: kept as zlib where that is smaller. What is read back is byte for byte what came."""

from __future__ import annotations

import zlib

_LEVEL = 6  # JSON and XML of a few kilobytes: a third of their size, well under a millisecond
_WORTH_TRYING = 64  # bytes; below, zlib's own head makes it longer


def pack(body: bytes) -> tuple[bytes, bool]:
    """The bytes to store, and whether they are zlib."""
    if len(body) < _WORTH_TRYING:
        return body, False
    smaller = zlib.compress(body, _LEVEL)
    return (smaller, True) if len(smaller) < len(body) else (body, False)


def unpack(body: bytes, packed: bool) -> bytes:
    """The bytes as they came. Raises zlib.error for bytes that were never packed by us."""
    return zlib.decompress(body) if packed else bytes(body)
