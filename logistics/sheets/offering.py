"""Workbooks for people to fill in: headings, an example on a sheet of its own, lists to choose from; and the rows of a
file that were refused, each fault beside its cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FILLED_ROWS = 2000
"""So many rows below the headings have the lists to choose from and the cells' kind."""


@dataclass(frozen=True)
class Asked:
    """One column to be filled in: its heading, what to write there, an example, what may be chosen, how wide it is.

    `as_text`: the cells are text, so that a spreadsheet takes no code for a number.
    """

    heading: str
    help: str
    example: str = ""
    choices: tuple[str, ...] = ()
    whole: tuple[int, int] | None = None
    width: int = 16
    as_text: bool = True
    required: bool = False


def blank(sheet: str, columns: Sequence[Asked], help_sheet: str, words: Mapping[str, str]) -> bytes:
    """A workbook to fill in: the first sheet has the headings only, the second says what each column wants, with an
    example. `words`: the second sheet's own headings (`column`, `wanted`, `example`, `help`) and `yes`."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F0F0EC", "border": 1, "text_wrap": True, "valign": "top"})
        text, plain = book.add_format({"num_format": "@"}), book.add_format()
        _form(book.add_worksheet(sheet), columns, head, text, plain)
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        _help(book.add_worksheet(help_sheet), columns, head, wrapped, words)
    return content.getvalue()


def _form(page: Worksheet, columns: Sequence[Asked], head: Format, text: Format, plain: Format) -> None:
    page.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width, text if column.as_text else plain)
        page.write_string(0, place, column.heading, head)
        rule = _rule(column)
        if rule:
            page.data_validation(1, place, FILLED_ROWS, place, rule)


def _rule(column: Asked) -> dict[str, object]:
    if column.choices:
        return {"validate": "list", "source": list(column.choices), "input_message": column.help[:255]}
    if column.whole:
        least, most = column.whole
        return {
            "validate": "integer",
            "criteria": "between",
            "minimum": least,
            "maximum": most,
            "error_message": column.help[:255],
        }
    return {}


def _help(page: Worksheet, columns: Sequence[Asked], head: Format, wrapped: Format, words: Mapping[str, str]) -> None:
    for place, (name, width) in enumerate((("column", 18), ("wanted", 8), ("example", 28), ("help", 72))):
        page.set_column(place, place, width)
        page.write_string(0, place, words[name], head)
    for row, column in enumerate(columns, start=1):
        # a sign before the heading keeps this list from being taken for the table itself
        cells = (f"“{column.heading}”", words["yes"] if column.required else "", column.example, column.help)
        for place, cell in enumerate(cells):
            page.write_string(row, place, cell, wrapped)


@dataclass(frozen=True)
class Refused:
    """A row that was refused: its number in the file, its cells, what is wrong by column."""

    number: int
    cells: Mapping[str, str]
    wrong: Mapping[str, str]


def refused(
    sheet: str, headings: Mapping[str, str], rows: Sequence[Refused], number_heading: str, why_heading: str
) -> bytes:
    """A workbook of the refused rows: their numbers in the file, their cells with the faulty ones marked, and why."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True, "bg_color": "#F0F0EC", "border": 1})
        text = book.add_format({"num_format": "@", "valign": "top"})
        marked = book.add_format({"num_format": "@", "bg_color": "#FBE3E0", "border": 1, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        names = list(headings)
        for place, heading in enumerate((number_heading, *headings.values(), why_heading)):
            page.write_string(0, place, heading, bold)
        page.set_column(1, len(names), 18)
        page.set_column(len(names) + 1, len(names) + 1, 80)
        for at, row in enumerate(rows, start=1):
            page.write_number(at, 0, row.number)
            for place, name in enumerate(names, start=1):
                page.write_string(at, place, row.cells.get(name, ""), marked if name in row.wrong else text)
            why = "\n".join(f"{headings.get(name, name)}：{sentence}" for name, sentence in row.wrong.items())
            page.write_string(at, len(names) + 1, why, wrapped)
    return content.getvalue()
