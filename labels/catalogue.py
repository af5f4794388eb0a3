"""The list of what lies in a dossier (卷内文件目录), A4, in the columns of GB/T 9705-2008 and DA/T 22-2015."""

import functools

from labels import forms, pages, table
from labels.drawing import Drawing
from labels.forms import Field
from labels.papers import Catalogue, CatalogueItem
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

_TITLE = "卷内文件目录"
_COLUMNS = (
    Column("顺序号", 14, "centre"),
    Column("文号", 36),
    Column("责任者", 32),
    Column("题名", 46),
    Column("日期", 17, "centre"),
    Column("页号", 19, "centre"),
    Column("备注", 14),
)


def drawing(catalogue: Catalogue) -> Drawing:
    """The list, ready to be drawn."""
    about = About(f"卷内文件目录 {catalogue.number}", f"邮递专档 {catalogue.dossier_no}", catalogue.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, catalogue))


def _lay_out(it: Catalogue, sheet: Surface) -> None:
    witness = forms.witness_top(2)
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=(pages.rows(_COLUMNS, map(_cells, it.items), it.language),),
            first=84,
            top=functools.partial(_top, it),
            closing=forms.TOTAL_HEIGHT + 4 + forms.BOTTOM - witness,
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


def _cells(item: CatalogueItem) -> tuple[table.Cell, ...]:
    span = str(item.first_page) if item.first_page == item.last_page else f"{item.first_page}-{item.last_page}"
    return ((str(item.seq),), (item.number,), (item.author,), (item.title,), (item.date,), (span,), ("", item.note))


def _top(it: Catalogue, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    rows = (
        (Field("立卷单位", it.agency), Field("档号", it.archival_code)),
        (Field("专档号", it.dossier_no), Field("办件编号", it.case_no)),
        (Field("案卷题名", it.item_name), Field("密级", it.secrecy or "无")),
    )
    forms.draw_fields(sheet, y, rows, 10.5, (10, 5.5), language=it.language)


def _close(it: Catalogue, sheet: Surface, y: float) -> None:
    sheets = sum(item.last_page - item.first_page + 1 for item in it.items)
    total, english = f"合计 {len(it.items)} 件　{sheets} 页", f"{len(it.items)} documents, {sheets} pages"
    forms.draw_total(sheet, y, total, english, "", it.language)
    lines = forms.ledger_lines(it.ledger_root, it.ledger_size)
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)
