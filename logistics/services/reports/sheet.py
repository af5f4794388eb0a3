"""A report as a spreadsheet: the figures, what they mean, the clocks, and every entry they were made of.

Everything a person or another system wrote stands there as text: nothing in it can compute.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import xlsxwriter

from logistics.rules.reporting import SHARES, TIMES, VERSION
from logistics.rules.troubles import Trouble
from logistics.services.reports.content import Content, notes

ZH = ("数字", "说明", "时限", "留痕条目", "现状")
EN = ("Figures", "Definitions", "Clocks", "Entries", "Present")
FIGURES = ("place", "value", "unit")
CLOCKS = (
    "dossier", "key", "leg", "sender", "receiver", "owner", "courier", "started_at", "due_at", "met_at", "waived",
    "paused", "outcome", "seconds",
)  # fmt: skip
ENTRIES = ("dossier", "sender", "receiver", "seq", "recorded_at", "what", "facts")
PRESENT = ("kind", "dossier", "ref", "sender", "receiver", "owner", "courier", "leg", "since")
BATCH = 1_000  # entries between two words about progress
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def workbook(it: Content, say: Callable[[int], None] = lambda _done: None) -> bytes:
    """The report as XLSX. `say` hears now and then how many entries are written."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _SAFE)
    book.set_properties({"title": it.number, "author": it.agency, "created": it.figures.as_of.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    names = ZH if it.words.language == "zh" else EN
    for name, header, rows in zip(
        names,
        (FIGURES, ("", ""), CLOCKS, ENTRIES, PRESENT),
        (_figures(it), _definitions(it), _clocks(it), _entries(it, say), map(_present, it.present)),
        strict=True,
    ):
        page = book.add_worksheet(name)
        page.freeze_panes(1, 0)
        for column, word in enumerate(header):
            page.write_string(0, column, word, bold)
        for number, row in enumerate(rows, start=1):
            _write(page, number, row)
        page.set_column(0, len(header) - 1, 22)
    book.close()
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[object]) -> None:
    for column, cell in enumerate(row):
        if cell is None:
            continue
        if isinstance(cell, int) and not isinstance(cell, bool):
            page.write_number(number, column, cell)
        else:
            page.write_string(number, column, str(cell))


def _figures(it: Content) -> Iterable[Sequence[object]]:
    for place, value in it.lines:
        name = place.rpartition("/")[2]
        unit = "s" if name in TIMES or name == "allowed" else "0.01%" if name in SHARES else "n"
        yield place, value, unit


def _definitions(it: Content) -> Iterable[Sequence[object]]:
    asked = it.figures.asked
    yield "number", it.number
    yield "agency", it.agency
    yield "made_by", it.made_by
    yield "as_of", stamp(it.figures.as_of)
    yield "since", asked.since.isoformat()
    yield "until", asked.until.isoformat()
    yield "lane", "-".join(map(str, asked.lane)) if asked.lane else ""
    yield "courier", asked.courier
    yield "agency_id", asked.agency or ""
    yield "leg", asked.leg
    yield "step", it.figures.step.value
    yield "version", VERSION
    yield "figures_sha256", it.digest
    yield "entries", len(it.entries)
    yield "entries_sha256", it.entries_digest
    yield "log_size", it.log_size
    yield "log_root", it.log_root
    yield from it.facts
    yield from it.words.legs.items()
    for key in sorted({one for case in it.cases for one in (*case.case.lane, case.case.owner_id)}):
        yield key, it.called.get(key, "")
    for sentence in notes(it.words):
        yield "", sentence


def _clocks(it: Content) -> Iterable[Sequence[object]]:
    for case, outcome, seconds in it.cases:
        yield (
            *case[:7], stamp(case.started_at), stamp(case.due_at), stamp(case.met_at) if case.met_at else "",
            int(case.waived), int(case.paused), outcome.value, seconds,
        )  # fmt: skip


def _entries(it: Content, say: Callable[[int], None]) -> Iterable[Sequence[object]]:
    for number, one in enumerate(it.entries):
        if number % BATCH == 0:
            say(number)
        facts = json.dumps(one.facts, ensure_ascii=False, sort_keys=True)
        yield one.dossier_no, one.sender_id, one.receiver_id, one.seq, stamp(one.at), one.what, facts


def _present(one: Trouble) -> Sequence[object]:
    return (one.kind.value, *one[1:-1], stamp(one.since))


def stamp(at: datetime) -> str:
    """The instant as text, to the microsecond: a spreadsheet's own dates lose it."""
    return at.astimezone(UTC).isoformat()
