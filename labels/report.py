"""A report of figures (时限统计报表), A4: what was asked, the tables, the definitions, the digests that bind it."""

import functools

from labels import forms, pages
from labels.drawing import Drawing
from labels.flow import Section
from labels.forms import Field
from labels.papers import FigureReport, ReportTable
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

_TITLE, _NOTES = "时限统计报表", "说明"
_PAIRS = 2


def drawing(it: FigureReport) -> Drawing:
    """The report, ready to be drawn."""
    about = About(f"{_TITLE} {it.number}", it.agency, it.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, it))


def _lay_out(it: FigureReport, sheet: Surface) -> None:
    lines = len(_witness(it))
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=(*(_table(it, one) for one in it.tables), pages.block(_NOTES, "\n".join(it.notes), it.language)),
            first=48.0 + 10.0 * ((len(it.facts) + 3) // _PAIRS),
            top=functools.partial(_top, it),
            closing=4 + forms.BOTTOM - forms.witness_top(lines),
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


def _table(it: FigureReport, one: ReportTable) -> Section:
    columns = tuple(Column(each.title, each.width, "right" if each.figures else "left") for each in one.columns)
    cells = (tuple((cell,) for cell in row) for row in one.rows)
    return pages.rows(columns, cells, it.language, pages.heading(one.title, it.language))


def _top(it: FigureReport, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    said = [("单位", it.agency), ("制表人", it.made_by), *it.facts]
    fields = [Field(name, value) for name, value in said]
    rows = tuple(tuple(fields[n : n + _PAIRS]) for n in range(0, len(fields), _PAIRS))
    forms.draw_fields(sheet, y, rows, 10.0, (10, 5.5), language=it.language)


def _witness(it: FigureReport) -> tuple[tuple[str, str], ...]:
    said = (("统计数字摘要", it.figures_sha256), ("所用留痕摘要", it.entries_sha256))
    return (*said, *forms.ledger_lines(it.ledger_root, it.ledger_size))


def _close(it: FigureReport, sheet: Surface, _y: float) -> None:
    lines = _witness(it)
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)
