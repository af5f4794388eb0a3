"""What stands in the cells of a table that people kept: its rows with their numbers, and dates and numbers in them.

Nothing is guessed: what could be read in two ways, or was rounded by the spreadsheet, is refused at its cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from logistics.errors import YoudangError

EXACT_DIGITS = 15
"""A spreadsheet keeps this many digits of a number; the rest of a longer one is zeros."""
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
_ZERO, _ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_DAY = re.compile(
    r"(\d{4})(?:年(\d{1,2})月(\d{1,2})[日号]?|([-/.])(\d{1,2})\4(\d{1,2}))"
    r"(?:\s*T?\s*\d{1,2}[:时点]\d{1,2}(?:分|[:分]\d{1,2}(?:\.\d+)?秒?)?)?"
)
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}")


class CellError(YoudangError):
    """A cell says something that cannot be taken over: why, and what to do. HTTP 422."""

    status = 422


class Kind(StrEnum):
    """What the table's program took the cell for."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TRUTH = "truth"
    ERROR = "error"  # #REF! and the like
    UNRECKONED = "unreckoned"  # a formula whose value was never stored


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `text` as it is written, days as `2026-03-05`, numbers with all their digits and no exponent."""

    text: str = ""
    kind: Kind = Kind.TEXT

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands there."""
        return not self.text and self.kind is Kind.TEXT


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as the table's program shows it; `cells` end with the last that is not blank."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    def at(self, column: int) -> Cell:
        """The cell of that column, counted from 0; a blank one beyond the row's end."""
        return self.cells[column] if column < len(self.cells) else BLANK


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells merged into one: rows by their numbers, columns counted from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def words(self) -> str:
        """The place as people write it, such as `A3:A5`."""
        return f"{letters(self.first_column)}{self.first_row}:{letters(self.last_column)}{self.last_row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the rows that are not blank, in order; what is hidden and merged in it."""

    name: str
    rows: tuple[Row, ...]
    hidden: bool = False
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[Merge, ...] = ()

    @property
    def width(self) -> int:
        """How many columns the longest row has."""
        return max((len(row.cells) for row in self.rows), default=0)

    def spread(self) -> Sheet:
        """The same sheet, with the value of each merged cell in every cell that it covers."""
        numbers = {row.number: place for place, row in enumerate(self.rows)}
        grid = {row.number: list(row.cells) for row in self.rows}
        for one in self.merged:
            value = self.rows[numbers[one.first_row]].at(one.first_column) if one.first_row in numbers else BLANK
            for number in range(one.first_row, one.last_row + 1) if not value.is_blank else ():
                if number in grid:
                    _fill(grid[number], one, value)
        return replace(self, rows=tuple(replace(row, cells=tuple(grid[row.number])) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Book:
    """All sheets of one file. `encoding`, `delimiter`: of a text file, as found; `since_1904`: how its days count."""

    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    since_1904: bool = False


def _fill(cells: list[Cell], one: Merge, value: Cell) -> None:
    cells.extend([BLANK] * (one.last_column + 1 - len(cells)))
    for column in range(one.first_column, one.last_column + 1):
        cells[column] = value


def letters(column: int) -> str:
    """The letters over the column counted from 0: `A`, …, `Z`, `AA`."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def columns(width: int) -> Iterator[str]:
    """The letters over the first `width` columns."""
    return (letters(column) for column in range(width))


def fold(text: str) -> str:
    """`text` with full-width letters, digits and signs made plain, each run of blanks one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def folded_heading(text: str) -> str:
    """A heading as it is compared: folded, without blanks, brackets' contents and signs, letters small."""
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", fold(text).lower())
    return re.sub(r"[\s:;,.*#_/\\-]|[，。、；：]", "", plain)


def plain_number(value: int | float) -> str:
    """The number with the digits that a spreadsheet keeps, without an exponent: `0.1`, `421200`."""
    try:
        found = Decimal(format(value, f".{EXACT_DIGITS}g")) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        return str(value)
    text = format(found, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_text(cell: Cell) -> str:
    """What the cell says, folded. Raises `CellError` for a faulty formula or one without a stored value."""
    if cell.kind is Kind.ERROR:
        raise CellError(
            f"单元格里是出错的公式（{cell.text}）。请在表格里改好，或直接填写值。",
            f"The cell holds a faulty formula ({cell.text}). Mend it, or enter the value itself.",
        )
    if cell.kind is Kind.UNRECKONED:
        raise CellError(
            "单元格里是公式，文件没有存它的结果。请用表格软件打开、保存后重新上传，或复制后“粘贴为数值”。",
            "The cell holds a formula without its stored result. Open and save the file, or paste it as values.",
        )
    return fold(cell.text)


def as_code(cell: Cell) -> str:
    """A number that names something (case, waybill, certificate), digit by digit, without blanks inside.

    Raises `CellError` for a number that the spreadsheet has rounded: beyond 15 digits, or with an exponent.
    """
    text = as_text(cell).replace(" ", "")
    digits = sum(letter.isdigit() for letter in text)
    rounded = cell.kind is Kind.NUMBER and digits > EXACT_DIGITS
    if rounded or _SCIENTIFIC.fullmatch(text):
        raise CellError(
            f"这个号码被表格当成数值，只保留了前 {EXACT_DIGITS} 位，后面的数字已经丢失。"
            "请把这一列设为“文本”，对照原件重新填写。",
            f"The spreadsheet kept only {EXACT_DIGITS} digits of this number. Make the column text and enter it anew.",
        )
    if cell.kind is Kind.DATE:
        raise CellError(
            f"这里应是号码，表格里却是日期（{text}）。请把这一列设为“文本”，重新填写。",
            f"A number belongs here, but the cell holds a date ({text}). Make the column text and enter it anew.",
        )
    return text


def seems_rounded(text: str) -> bool:
    """Whether a number in a text file ends as one does that a spreadsheet had rounded before: zeros after 15 digits.

    A resident identity number whose check digit is right is believed.
    """
    if not (text.isascii() and text.isdigit() and len(text) > EXACT_DIGITS and set(text[EXACT_DIGITS:]) == {"0"}):
        return False
    return not (len(text) == 18 and _check_digit(text) == text[17])


def _check_digit(text: str) -> str:
    """What the 18th sign of a resident identity number must be (GB 11643)."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(text[:17]))
    return "10X98765432"[total % 11]


def as_whole(cell: Cell, least: int = 0, most: int = 1_000_000) -> int:
    """A count. Raises `CellError` for anything but a whole number from `least` to `most`."""
    text = as_text(cell)
    shown = re.fullmatch(r"(\d{1,9})(?:\.0+)?\s*[件份本页张个套]?", text)
    if shown is None or not least <= int(shown[1]) <= most:
        raise CellError(
            f"“{text}”不是 {least} 到 {most} 之间的整数。请改成数字，例如 3。",
            f"“{text}” is no whole number from {least} to {most}.",
        )
    return int(shown[1])


def as_day(cell: Cell, *, since_1904: bool = False) -> date:
    """The day that the cell names: a date, `2026-3-5`, `2026/3/5`, `2026.3.5`, `2026年3月5日`, `20260305`, or the
    number that a spreadsheet counts days with.

    Raises `CellError` for a day that does not exist, that lies outside 1990-2100, or that could be read in two ways.
    """
    text = as_text(cell)
    if re.fullmatch(r"\d{8}", text):
        return _day(text, int(text[:4]), int(text[4:6]), int(text[6:]))
    if cell.kind is Kind.NUMBER and re.fullmatch(r"\d{5}(\.\d+)?", text):
        start = _ZERO_1904 if since_1904 else _ZERO
        return _within(text, start + timedelta(days=int(text.partition(".")[0])))
    found = _DAY.fullmatch(text)
    if found is None:
        raise _no_day(text)
    month, day = found[2] or found[5], found[3] or found[6]
    return _day(text, int(found[1]), int(month), int(day))


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        named = date(year, month, day)
    except ValueError as why:
        raise CellError(
            f"“{text}”这一天不存在。请对照原件改正。", f"“{text}” is no day of the calendar. Correct it."
        ) from why
    return _within(text, named)


def _within(text: str, day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise CellError(
            f"“{text}”读作 {day.isoformat()}，不在 {EARLIEST.year} 到 {LATEST.year} 年之间。请改成实际日期。",
            f"“{text}” reads as {day.isoformat()}, outside {EARLIEST.year} to {LATEST.year}. Enter the real day.",
        )
    return day


def _no_day(text: str) -> CellError:
    if _SHORT_YEAR.fullmatch(text):
        return CellError(
            f"“{text}”看不出哪个是年、月、日。请写成 2026-03-05 的样子。",
            f"“{text}” could be read in two ways. Write it as 2026-03-05.",
        )
    return CellError(
        f"“{text}”不是完整的日期。请写成 2026-03-05 的样子。", f"“{text}” is no whole date. Write it as 2026-03-05."
    )
