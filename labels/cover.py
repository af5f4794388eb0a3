"""The dossier cover (邮递专档封面), A4, with the list of what lies inside (卷内文件目录) from its second page on."""

import functools

from labels import forms, moments, table
from labels.drawing import Drawing
from labels.forms import INNER, LEFT, RIGHT, Field
from labels.papers import DossierCover, SlipItem
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column, Row

_MIDDLE = forms.WIDTH / 2
_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("文号 / 编号", 40),
    Column("责任者", 36),
    Column("题名", 40),
    Column("持有人", 20, "centre"),
    Column("页数", 10, "centre"),
    Column("备注", 21),
)
_LIST_TOP = 34.0
_CLOSING = 52.0


def drawing(cover: DossierCover) -> Drawing:
    """The cover and its list, ready to be drawn."""
    about = About(f"邮递专档 {cover.dossier_no}", f"办件 {cover.case_no}", cover.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, cover))


def _lay_out(cover: DossierCover, sheet: Surface) -> None:
    rows = [table.measure(_COLUMNS, _cells(item)) for item in cover.items]
    room = forms.BOTTOM - _LIST_TOP - table.HEAD_HEIGHT
    lists = table.paginate(rows, room, room, _CLOSING) if rows else []
    _front(sheet, cover)
    forms.draw_foot(sheet, cover.number, cover.printed_at, cover.copy_no, 1, 1 + len(lists))
    for number, page in enumerate(lists, 2):
        sheet.next_page()
        y = _list(sheet, cover, page)
        if number == 1 + len(lists):
            _notes(sheet, y + 5)
        forms.draw_foot(sheet, cover.number, cover.printed_at, cover.copy_no, number, 1 + len(lists))


def _cells(item: SlipItem) -> tuple[table.Cell, ...]:
    form = item.form if item.copies == 1 else f"{item.form} {item.copies} 份"
    return (
        (str(item.seq),), (item.number or "—",), (item.issuer,), (item.title,), (item.holder,), (str(item.pages),),
        ("", form, item.note),
    )  # fmt: skip


def _front(sheet: Surface, cover: DossierCover) -> None:
    sheet.box(LEFT, 20, INNER, 258, weight=0.8)
    sheet.box(LEFT + 1.6, 21.6, INNER - 3.2, 254.8, weight=0.2)
    sheet.fitted(_MIDDLE, 45, cover.sender_agency, (18, 9), INNER - 24, align="centre")
    sheet.text(_MIDDLE, 76, "邮递专档", 50, align="centre", bold=True)
    sheet.fitted(_MIDDLE, 93, cover.dossier_no, (22, 10), INNER - 24, align="centre", bold=True)
    sheet.line(_MIDDLE - 45, 98, _MIDDLE + 45, 98, 0.5)
    sheet.paragraph(LEFT + 14, 103, cover.item_name, (15, 8), (INNER - 28, 18), align="centre")
    _front_fields(sheet, cover)
    sheet.qr(_MIDDLE - 22, 204, cover.qr_text, 44, dots=6)
    sheet.text(_MIDDLE, 250, "扫码查看专档去向与留痕", 8.5, align="centre", ink=0.2)
    sheet.text(_MIDDLE, 262, "留痕检查点根", 7.5, align="centre", ink=0.2)
    sheet.fitted(_MIDDLE, 267, cover.ledger_root or "尚无检查点", (8, 6), INNER - 24, align="centre")


def _front_fields(sheet: Surface, cover: DossierCover) -> None:
    pages = sum(item.pages for item in cover.items)
    rows = (
        (Field("寄出单位", cover.sender_agency),),
        (Field("接收单位", cover.receiver_agency),),
        (Field("办件编号", cover.case_no), Field("通办协议", cover.agreement_no)),
        (Field("建档日期", moments.day(cover.opened_at)), Field("件数页数", f"{len(cover.items)} 件 {pages} 页")),
        (Field("保管期限", cover.retention), Field("密级", cover.secrecy or "无")),
    )
    forms.draw_fields(sheet, 126, rows, 14, (12, 7), inset=12)


def _list(sheet: Surface, cover: DossierCover, rows: list[Row]) -> float:
    sheet.text(_MIDDLE, 24, "卷内文件目录", 18, align="centre", bold=True)
    sheet.fitted(RIGHT, 30.5, f"专档号 {cover.dossier_no}", (9, 6.5), INNER / 2, align="right")
    if not rows:
        return _LIST_TOP
    y = table.draw_head(sheet, LEFT, _LIST_TOP, _COLUMNS)
    for row in rows:
        y = table.draw_row(sheet, LEFT, y, _COLUMNS, row)
    return y


def _notes(sheet: Surface, y: float) -> None:
    """卷内备考表: what a person has to say about the state of the dossier, signed."""
    sheet.box(LEFT, y, INNER, _CLOSING - 6, weight=0.35)
    sheet.fill(LEFT, y, INNER, 7, ink=0.92)
    sheet.box(LEFT, y, INNER, 7, weight=0.35)
    sheet.text(LEFT + 3, y + 5, "备考（情况说明）", 9.5, bold=True)
    for number, word in enumerate(("立卷人", "检查人", "日期")):
        x = LEFT + 3 + number * INNER / 3
        sheet.text(x, y + _CLOSING - 10, word, 8.5)
        sheet.line(x + 13, y + _CLOSING - 9.4, x + INNER / 3 - 6, y + _CLOSING - 9.4, 0.2)
