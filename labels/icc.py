"""An sRGB colour profile made from its numbers, so that no profile file needs carrying and the bytes never change.

ICC.1:2010 (version 4.2): header §7.2, tag table §7.3, `mluc` §10.13, `XYZ ` §10.27, `para` §10.16. The primaries are
those of IEC 61966-2.1 adapted to D50; the curve is that standard's own.
"""

import struct

_WHITE = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_MADE = (2026, 1, 1, 0, 0, 0)


def srgb_profile() -> bytes:
    """A display profile of version 4.2 that says: these RGB values are sRGB."""
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + b"".join(map(_fixed, _CURVE))
    tags = {b"desc": _text("sRGB IEC61966-2.1"), b"cprt": _text("No copyright, use freely"), b"wtpt": _xyz(_WHITE)}
    tags |= {name: _xyz(value) for name, value in _PRIMARIES.items()}
    tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    directory, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        directory += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return _header(128 + len(directory) + len(body)) + directory + body


def _header(size: int) -> bytes:
    kind = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    made = struct.pack(">6H", *_MADE) + b"acsp" + b"\0" * 28
    return (kind + made + b"".join(map(_fixed, _WHITE))).ljust(128, b"\0")


def _fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, value))


def _text(words: str) -> bytes:
    data = words.encode("utf-16-be")
    return b"mluc" + struct.pack(">III2s2sII", 0, 1, 12, b"en", b"US", len(data), 28) + data
