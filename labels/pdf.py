"""The file format of PDF 1.7 (ISO 32000-1): objects, streams, cross-reference table. It knows no page and no paper.

Written from front to back and never read again, so that a label costs no second pass. The same objects give the same
bytes: the file's identifier is made of its content.
"""

import hashlib
import zlib

#: Level 4 makes a label a hundredth larger than 6, in three quarters of the time.
_LEVEL = 4


class PdfFile:
    """Objects in the order in which they are added; a number may be taken before its object is known."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def take(self) -> int:
        """A number for an object that `put` gives later."""
        self._objects.append(b"")
        return len(self._objects)

    def put(self, number: int, body: bytes) -> None:
        """The object of a number that was taken."""
        self._objects[number - 1] = body

    def add(self, body: bytes) -> int:
        """The object; returns its number."""
        self._objects.append(body)
        return len(self._objects)

    def stream(self, entries: bytes, content: bytes) -> int:
        """A compressed stream with these entries in its dictionary; returns its number."""
        return self.packed(entries, zlib.compress(content, _LEVEL))

    def packed(self, entries: bytes, compressed: bytes) -> int:
        """As `stream`, of what zlib compressed already."""
        return self._stream(b"%b/Filter/FlateDecode" % entries, compressed)

    def plain(self, entries: bytes, content: bytes) -> int:
        """A stream as it is, for what must be readable without software."""
        return self._stream(entries, content)

    def _stream(self, entries: bytes, content: bytes) -> int:
        return self.add(b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content))

    def bytes(self, root: int, info: int) -> bytes:
        """The whole file with its catalogue and information dictionary."""
        parts, at, places = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], 15, []
        for number, body in enumerate(self._objects, 1):
            part = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            places.append(b"%010d 00000 n \n" % at)
            parts.append(part)
            at += len(part)
        count = len(places) + 1
        parts.append(b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, b"".join(places)))
        identity = hashlib.sha256(b"".join(parts)).hexdigest()[:32].encode()
        trailer = b"<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>" % (count, root, info, identity, identity)
        return b"".join([*parts, b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (trailer, at)])


def text(words: str) -> bytes:
    """A text string: ASCII as it is, anything else in UTF-16."""
    data = words.encode("ascii") if words.isascii() else b"\xfe\xff" + words.encode("utf-16-be")
    return b"<%b>" % data.hex().encode()


def name(words: str) -> bytes:
    """A name, with # for what a name may not hold as it is (§7.3.5)."""
    return b"/" + b"".join(
        b"%c" % byte if byte in _REGULAR else b"#%02X" % byte for byte in words.encode()
    )  # fmt: skip


def array(numbers: list[int]) -> bytes:
    """References to these objects."""
    return b"[%b]" % b" ".join(b"%d 0 R" % number for number in numbers)


_REGULAR = frozenset(range(0x21, 0x7F)) - frozenset(b"()<>[]{}/%#")
