"""The head of an uploaded table as the page shows it for choosing columns; and its refused rows as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from logistics import sheets
from logistics.rules.cells import Cell, Row, letters
from logistics.rules.old_ledgers import Layout, heading_row, is_personal
from logistics.sheets import offering
from logistics.store import old_ledgers as kept
from logistics.store.context import Context
from logistics.tables import OldLedger
from logistics.web.language import locale
from logistics.web.words import word

PREVIEW = 5
SHORT = 14


@dataclass(frozen=True)
class Head:
    """One sheet's first rows. `row`: that of the headings; `options`: every column with heading and an example."""

    sheet: int
    name: str
    heading: int
    row: Row | None
    rows: Sequence[Row]
    width: int

    @property
    def names(self) -> list[str]:
        """The headings in order."""
        return [cell.text for cell in self.row.cells] if self.row else []

    @property
    def preview(self) -> Sequence[Row]:
        """The first rows below the headings."""
        return [row for row in self.rows if row.number > self.heading][:PREVIEW]

    @property
    def letters(self) -> list[str]:
        """The letters over the columns."""
        return [letters(place) for place in range(self.width)]

    def shown(self, row: Row, place: int) -> str:
        """What stands in a cell, as far as the page needs it: personal numbers are told, not shown."""
        text = row.at(place).text
        return "•••" if text and self.row and is_personal(self.row.at(place).text) else text

    @property
    def options(self) -> list[tuple[int, str]]:
        """Every column to choose from: letter, heading, what stands in the first row that has something there."""
        return [(place, self._words(place)) for place in range(self.width)]

    def _words(self, place: int) -> str:
        name = _short(self.row.at(place).text) if self.row else ""
        example = next((self.shown(row, place) for row in self.preview if not row.at(place).is_blank), "")
        return " · ".join(part for part in (letters(place), name, _short(example)) if part)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHORT else plain[: SHORT - 1] + "…"


def head_of(found: Sequence[Mapping[str, Any]], place: int, heading: int | None) -> Head:
    """The sheet at that place, or the first; its headings in the row asked for, else in the likeliest."""
    place = place if place < len(found) else 0
    rows = [Row(number, tuple(Cell(text) for text in cells)) for number, cells in found[place]["rows"]]
    chosen = heading if heading is not None else heading_row(rows)
    width = max((len(row.cells) for row in rows), default=0)
    return Head(place, found[place]["name"], chosen, next((r for r in rows if r.number == chosen), None), rows, width)


def faults_workbook(ctx: Context, row: OldLedger, refused: Sequence[kept.Against]) -> bytes:
    """The refused rows with all their cells as they stand in the file, the faulty ones marked, and why."""
    layout, language = Layout.of(row.mapping), locale()
    sheet = sheets.read(ctx.files.get(row.sha256), row.file_name).sheets[layout.sheet]
    by_number = {one.number: one for one in sheet.rows}
    heading = by_number.get(layout.heading)
    headings = {letters(at): (heading.at(at).text if heading else "") or letters(at) for at in range(sheet.width)}
    places = {column: letters(at) for column, at in layout.columns.items()}
    rows = []
    for one in refused:
        wrong: dict[str, str] = {}
        for column, said, _refuses in one.remarks:
            at = places.get(column, "") if column else ""
            name = at or (word(column, language) if column else _("整行"))
            wrong[name] = f"{wrong[name]} {said.sentence(language)}" if name in wrong else said.sentence(language)
        found = by_number[one.row_no]
        cells = {letters(at): cell.text for at, cell in enumerate(found.cells)}
        rows.append(offering.Refused(one.row_no, cells, wrong))
    return offering.refused(_("不能导入的行"), headings, rows, _("行号"), _("原因"))
