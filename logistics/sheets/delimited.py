"""CSV and its kin: the encoding and the delimiter are found, never asked; one row a record, numbered as a spreadsheet
would number them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

from logistics.rules.cells import BLANK, Book, Cell, Row, Sheet
from logistics.sheets import refusing

if TYPE_CHECKING:
    from logistics.sheets.reading import Limits

DELIMITERS = (",", "\t", ";")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOKED_AT = 50  # records by which the delimiter is judged
_SAID = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
_HELD = re.compile(r'="([^"]*)"')
"""How people keep a spreadsheet from reading a number: `="00123"`."""


def read(content: bytes, name: str, limits: Limits, most: int | None = None) -> Book:
    """The one sheet of a text table, or its first `most` rows. Raises `SheetError`."""
    text, encoding = _decoded(content)
    said = _SAID.match(text)
    delimiter = said[1] if said else _delimiter(text)
    first = 2 if said else 1
    rows = _rows(text[said.end() :] if said else text, delimiter, first, limits, most)
    return Book((Sheet(PurePath(name).stem or "CSV", rows),), encoding, delimiter)


def _decoded(content: bytes) -> tuple[str, str]:
    for text, encoding in _candidates(content):
        if not any(_is_odd(letter) for letter in text):
            return text, encoding
    raise refusing.unknown_encoding()


def _candidates(content: bytes) -> list[tuple[str, str]]:
    marked = [encoding for bom, encoding in _BOMS if content.startswith(bom)]
    wide = ["utf-16-le", "utf-16-be"] if b"\x00" in content else []
    found: list[tuple[str, str]] = []
    for encoding in marked or wide or ["utf-8", "gb18030"]:
        try:
            found.append((content.decode(encoding), encoding))
        except UnicodeDecodeError:
            continue  # the next one is tried; none left: refused
    # without a mark both orders of UTF-16 can be decoded: the right one has more line ends and delimiters in it
    return sorted(found, key=lambda one: -sum(one[0].count(sign) for sign in "\n,;\t")) if wide else found


def _is_odd(letter: str) -> bool:
    """Letters that no table has: control signs and the places that no encoding gives a meaning."""
    return letter not in "\t\r\n\ufeff" and unicodedata.category(letter) in ("Cc", "Cn")


def _delimiter(text: str) -> str:
    """The sign that divides most of the first records into the same number of cells, more than one; else a comma."""
    best, best_score = ",", 0
    for sign in DELIMITERS:
        try:
            widths = Counter(len(cells) for cells in _first(text, sign) if cells)
        except csv.Error:
            continue  # with this sign the quotation marks do not match
        width, times = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        score = times * 1000 + min(width, 999) if width > 1 else 0
        if score > best_score:
            best, best_score = sign, score
    return best


def _first(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [cells for cells, _ in zip(reader, range(_LOOKED_AT), strict=False)]


def _rows(text: str, delimiter: str, first: int, limits: Limits, most: int | None) -> tuple[Row, ...]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    number = first - 1
    try:
        for number, given in enumerate(reader, start=first):
            cells = _cells(given, limits)
            if cells:
                rows.append(Row(number, cells))
            if len(rows) == most:
                break
            if len(rows) > limits.rows:
                raise refusing.too_large(f"最多 {limits.rows} 行", f"{limits.rows} rows at most")
    except csv.Error as why:
        raise refusing.bad_quotes(number + 1) from why
    return tuple(rows)


def _cells(given: list[str], limits: Limits) -> tuple[Cell, ...]:
    texts = [_plain(text) for text in given]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > limits.columns or any(len(text) > limits.letters for text in texts):
        raise refusing.too_large(
            f"最多 {limits.columns} 列，每格最多 {limits.letters} 个字",
            f"{limits.columns} columns and {limits.letters} letters a cell at most",
        )
    return tuple(Cell(text) if text else BLANK for text in texts)


def _plain(text: str) -> str:
    held = _HELD.fullmatch(text.strip())
    return held[1] if held else text.strip()
