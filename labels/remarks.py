"""The note on a dossier's state (卷内备考表), A4, after GB/T 9705-2008 annex J: what is said of it, and who says so."""

import functools

from labels import forms, moments, pages, table
from labels.drawing import Drawing
from labels.flow import Section
from labels.forms import Field, Signature
from labels.papers import Remark, RemarkKind, RemarksSheet
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

KIND_WORDS: dict[RemarkKind, str] = {
    "missing": "缺件",
    "damaged": "破损",
    "replaced": "更换",
    "removed": "移出",
    "added": "补入",
    "other": "其他",
}
_TITLE = "卷内备考表"
_SITUATION, _REMARKS, _NONE = "本卷情况说明", "缺损、更换等情况", "没有登记缺件、破损、更换等情况。"
_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("题名", 48),
    Column("种类", 18, "centre"),
    Column("说明", 58),
    Column("记录人", 20, "centre"),
    Column("日期", 23, "centre"),
)
_SITUATION_HEIGHT = 62.0
_BOX_HEIGHT = 34.0


def drawing(remarks: RemarksSheet) -> Drawing:
    """The note, ready to be drawn."""
    about = About(f"卷内备考表 {remarks.number}", f"邮递专档 {remarks.dossier_no}", remarks.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, remarks))


def _lay_out(it: RemarksSheet, sheet: Surface) -> None:
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=(pages.block(_SITUATION, it.situation, it.language, _SITUATION_HEIGHT), _listed(it)),
            first=89,
            top=functools.partial(_top, it),
            closing=5 + _BOX_HEIGHT + 4 + forms.BOTTOM - forms.witness_top(2),
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


def _listed(it: RemarksSheet) -> Section:
    """What was registered, or a sentence that nothing was."""
    if not it.remarks:
        return pages.sentences((_NONE,), it.language, pages.heading(_REMARKS, it.language))
    cells = (_cells(it, remark) for remark in it.remarks)
    return pages.rows(_COLUMNS, cells, it.language, pages.heading(_REMARKS, it.language))


def _cells(it: RemarksSheet, remark: Remark) -> tuple[table.Cell, ...]:
    noted = moments.minute(remark.noted_at)[:10] if remark.noted_at is not None else ""
    return (
        (str(remark.seq),),
        (remark.title,),
        forms.worded(KIND_WORDS[remark.kind], it.language),
        (remark.text,),
        (remark.noted_by,),
        (noted,),
    )


def _top(it: RemarksSheet, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    rows = (
        (Field("立卷单位", it.agency), Field("档号", it.archival_code)),
        (Field("专档号", it.dossier_no), Field("办件编号", it.case_no)),
        (Field("案卷题名", it.item_name), Field("密级", it.secrecy or "无")),
        (Field("卷内件数", f"{it.items_count} 件"), Field("卷内页数", f"{it.pages_count} 页")),
    )
    forms.draw_fields(sheet, y, rows, 9.7, (10, 5.5), language=it.language)


def _close(it: RemarksSheet, sheet: Surface, y: float) -> None:
    boxes = tuple(
        Signature(role, name, day=moments.day(at) if at is not None else "", seal=False)
        for role, name, at in (("立卷人", it.compiled_by, it.compiled_at), ("检查人", it.checked_by, it.checked_at))
    )
    forms.draw_signatures(sheet, y + 5, _BOX_HEIGHT, boxes, it.language)
    lines = forms.ledger_lines(it.ledger_root, it.ledger_size)
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)
