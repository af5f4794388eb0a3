"""Which kind of file the bytes are, told by the bytes themselves; the name only helps to say what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.rules.cells import Book
from logistics.sheets import delimited, refusing, workbook

LARGEST_BYTES = 16 * 1024 * 1024  # what an upload may have by default (20 MiB), and room for the rest of its form
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
_NO_TABLE = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"PK\x05\x06", b"{\\rtf")


@dataclass(frozen=True)
class Limits:
    """How much of one file is read: bytes as sent and as unpacked, rows and columns of a sheet, letters of a cell."""

    bytes: int = LARGEST_BYTES
    unpacked: int = 300 * 1024 * 1024
    rows: int = 50_000
    columns: int = 200
    letters: int = 4_000


USUAL = Limits()


def read(content: bytes, name: str, limits: Limits = USUAL, first: int | None = None) -> Book:
    """The sheets of the file `content` that was sent under `name`. Raises `SheetError` when it cannot be read whole.

    `first`: only so many rows of each sheet are read, and nothing is said of merged, hidden and unreckoned cells.
    """
    if len(content) > limits.bytes:
        most = limits.bytes // 1024 // 1024
        raise refusing.too_large(f"最多 {most} MB", f"{most} MB at most")
    if not content.strip():
        raise refusing.blank()
    if content.startswith(_OLE):
        raise refusing.old_format()
    if content.startswith(_NO_TABLE):
        raise refusing.other_kind()
    if content.startswith(_ZIP):
        book = workbook.read(content, limits, first)
    else:
        _require_text(content, name)
        book = delimited.read(content, name, limits, first)
    if not any(sheet.rows for sheet in book.sheets):
        raise refusing.blank()
    return book


def _require_text(content: bytes, name: str) -> None:
    """A page or a document that is only called a table is refused, before its text is taken for one."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise refusing.other_kind()
    if name.lower().endswith((".xlsx", ".xlsm", ".xlsb", ".ods")):
        raise refusing.broken()
