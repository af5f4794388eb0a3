"""The dossier cover (邮递专档封面), A4, with the list of what lies inside (卷内文件目录) from its second page on."""

import functools

from labels import forms, moments, pages, table, words
from labels.drawing import Drawing
from labels.forms import INNER, LEFT, RIGHT, Field
from labels.papers import DossierCover, SlipItem
from labels.pdfa import About
from labels.surface import Surface, text_width
from labels.table import Column

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
_CLOSING = 52.0


def drawing(cover: DossierCover) -> Drawing:
    """The cover and its list, ready to be drawn."""
    about = About(f"邮递专档 {cover.dossier_no}", f"办件 {cover.case_no}", cover.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, cover))


def _lay_out(cover: DossierCover, sheet: Surface) -> None:
    top = functools.partial(_list_top, cover)
    pages.lay_out(
        pages.Form(
            number=cover.number,
            printed_at=cover.printed_at,
            copy_no=cover.copy_no,
            sections=(pages.rows(_COLUMNS, (_cells(cover, item) for item in cover.items), cover.language),),
            first=34,
            top=top,
            closing=_CLOSING,
            close=functools.partial(_notes, cover),
            further=top,
            second=34,
            language=cover.language,
            front=functools.partial(_front, cover),
        ),
        sheet,
    )


def _cells(cover: DossierCover, item: SlipItem) -> tuple[table.Cell, ...]:
    form = words.both(item.form, cover.language) if item.form in words.ENGLISH else item.form
    form = form if item.copies == 1 else f"{form} {item.copies} 份"
    return (
        (str(item.seq),), (item.number or "—",), (item.issuer,), (item.title,), (item.holder,), (str(item.pages),),
        ("", form, item.note),
    )  # fmt: skip


def _front(cover: DossierCover, sheet: Surface) -> None:
    language = cover.language
    sheet.box(LEFT, 20, INNER, 258, weight=0.8)
    sheet.box(LEFT + 1.6, 21.6, INNER - 3.2, 254.8, weight=0.2)
    sheet.fitted(_MIDDLE, 45, cover.sender_agency, (18, 8), INNER - 24, align="centre")
    sheet.text(_MIDDLE, 76, "邮递专档", 50, align="centre", bold=True)
    sheet.text(_MIDDLE, 83, words.english("邮递专档", language), 12, align="centre")
    sheet.fitted(_MIDDLE, 93, cover.dossier_no, (22, 10), INNER - 24, align="centre", bold=True)
    sheet.line(_MIDDLE - 45, 98, _MIDDLE + 45, 98, 0.5)
    sheet.paragraph(LEFT + 14, 103, cover.item_name, (15, 8), (INNER - 28, 18), align="centre")
    forms.draw_fields(sheet, 124, _fields(cover), 13, (12, 6.5), inset=12, language=language)
    sheet.qr(_MIDDLE - 22, 206, cover.qr_text, 44, dots=6)
    _centred_word(sheet, 251, "扫码查看专档去向与留痕", 8.5, cover)
    _centred_word(sheet, 262, "留痕检查点根", 7.5, cover)
    root = f"{cover.ledger_root}　{cover.ledger_size}" if cover.ledger_size else cover.ledger_root
    sheet.fitted(_MIDDLE, 267, root or "尚无检查点", (8, 5.5), INNER - 24, align="centre")


def _centred_word(sheet: Surface, y: float, word: str, size: float, cover: DossierCover) -> None:
    sheet.text(_MIDDLE, y, words.both(word, cover.language), size, align="centre", ink=0.2)


def _fields(cover: DossierCover) -> tuple[tuple[Field, ...], ...]:
    sheets = sum(item.pages for item in cover.items)
    secrecy = cover.secrecy or "无"
    return (
        (Field("寄出单位", cover.sender_agency),),
        (Field("接收单位", cover.receiver_agency),),
        (Field("办件编号", cover.case_no), Field("通办协议", cover.agreement_no)),
        (Field("档号", cover.archival_code), Field("件数页数", f"{len(cover.items)} 件 {sheets} 页")),
        (Field("建档日期", moments.day(cover.opened_at)), Field("保管期限", cover.retention)),
        (Field("密级", secrecy),),
    )


def _list_top(cover: DossierCover, sheet: Surface) -> None:
    sheet.text(_MIDDLE, 23, "卷内文件目录", 18, align="centre", bold=True)
    sheet.text(_MIDDLE, 27.6, words.english("卷内文件目录", cover.language), 8, align="centre")
    number = f"{words.both('专档号', cover.language)} {cover.dossier_no}"
    sheet.fitted(RIGHT, 31.5, number, (9, 6), INNER / 2, align="right")


def _notes(cover: DossierCover, sheet: Surface, y: float) -> None:
    """卷内备考表: what a person has to say about the state of the dossier, signed."""
    y += 5
    sheet.box(LEFT, y, INNER, _CLOSING - 6, weight=0.35)
    sheet.fill(LEFT, y, INNER, 7, ink=0.92)
    sheet.box(LEFT, y, INNER, 7, weight=0.35)
    sheet.text(LEFT + 3, y + 5, words.both("备考（情况说明）", cover.language), 9.5, bold=True)
    for number, word in enumerate(("立卷人", "检查人", "日期")):
        x = LEFT + 3 + number * INNER / 3
        shown = words.both(word, cover.language)
        sheet.text(x, y + _CLOSING - 10, shown, 8.5)
        start = x + text_width(shown, 8.5) + 2
        sheet.line(start, y + _CLOSING - 9.4, LEFT + (number + 1) * INNER / 3 - 3, y + _CLOSING - 9.4, 0.2)
