"""The hand-over list (交寄清单), A4: which envelopes the collecting courier takes, signed by both sides.

It names numbers and receiving agencies, never what is inside. The collector's name is masked. The list flows over as
many pages as it needs; the signatures stand once, on the last page.
"""

import functools

from labels import forms, masking, moments, table
from labels.drawing import Drawing
from labels.forms import INNER, LEFT, RIGHT, Field
from labels.papers import HandoverItem, HandoverSheet
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column, Row

_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("运单号", 42),
    Column("寄递件编号", 41),
    Column("收件单位", 42),
    Column("封签号", 27),
    Column("扫描", 15, "centre"),
)
_FIRST_TABLE, _FURTHER_TABLE = 80.0, 25.0
_BOX_HEIGHT = 42.0
_WITNESS_TOP = 267.0
_CLOSING = 8.5 + 8 + _BOX_HEIGHT + 4 + forms.BOTTOM - _WITNESS_TOP
_MEANING = "揽收员签字即确认收到上列封套，封口和封签完好。封套内的原件由寄出单位负责，直至收件单位签收核验。"


def drawing(sheet_of: HandoverSheet) -> Drawing:
    """The list, ready to be drawn."""
    about = About(f"交寄清单 {sheet_of.number}", sheet_of.courier_name, sheet_of.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, sheet_of))


def _lay_out(sheet_of: HandoverSheet, sheet: Surface) -> None:
    rows = [table.measure(_COLUMNS, _cells(item)) for item in sheet_of.items]
    first, further = (forms.BOTTOM - top - table.HEAD_HEIGHT for top in (_FIRST_TABLE, _FURTHER_TABLE))
    pages = table.paginate(rows, first, further, _CLOSING)
    for number, page in enumerate(pages, 1):
        y = _first_top(sheet, sheet_of) if number == 1 else _further_top(sheet, sheet_of)
        y = _items(sheet, y, page)
        if number == len(pages):
            _closing(sheet, y, sheet_of)
        forms.draw_foot(sheet, sheet_of.number, sheet_of.printed_at, sheet_of.copy_no, number, len(pages))
        if number < len(pages):
            sheet.next_page()


def _cells(item: HandoverItem) -> tuple[table.Cell, ...]:
    scanned = moments.minute(item.scanned_at)[-5:] if item.scanned_at is not None else ""
    return (
        (str(item.seq),),
        (item.waybill_no,),
        (item.consignment_no,),
        (item.receiver_agency,),
        (item.seal_no,),
        (scanned,),
    )


def _first_top(sheet: Surface, it: HandoverSheet) -> float:
    sheet.text(LEFT, 21, "政务服务 · 邮递专档", 9, ink=0.2)
    sheet.text(LEFT, 34, "交寄清单", 26, bold=True)
    sheet.fitted(LEFT, 42, f"编号 {it.number}", (11, 7), INNER - 40)
    sheet.qr(RIGHT - 30, 15, it.qr_text, 30, align="right")
    rows = (
        (Field("交寄单位", it.agency), Field("揽收快递", it.courier_name)),
        (Field("制单", f"{it.made_by}　{moments.minute(it.made_at)}"), Field("预约揽收", it.pickup)),
        (Field("件数", f"{len(it.items)} 件"), Field("揽收员", _collector(it))),
    )
    forms.draw_fields(sheet, 47, rows, 10, (10.5, 6.5))
    return _FIRST_TABLE


def _collector(it: HandoverSheet) -> str:
    name = masking.mask_name(it.collector)
    return f"{name}（工号 {it.staff_no}）" if name and it.staff_no else name


def _further_top(sheet: Surface, it: HandoverSheet) -> float:
    sheet.text(LEFT, 20, "交寄清单（续）", 12, bold=True)
    sheet.fitted(RIGHT, 20, f"编号 {it.number}", (9, 6.5), INNER / 2, align="right")
    return _FURTHER_TABLE


def _items(sheet: Surface, y: float, rows: list[Row]) -> float:
    if not rows:
        return y
    y = table.draw_head(sheet, LEFT, y, _COLUMNS)
    for row in rows:
        y = table.draw_row(sheet, LEFT, y, _COLUMNS, row)
    return y


def _closing(sheet: Surface, y: float, it: HandoverSheet) -> None:
    """The total, what the signature means, the two boxes, and what a signed list is known by."""
    sheet.box(LEFT, y, INNER, 8.5, weight=0.35)
    scanned = sum(1 for item in it.items if item.scanned_at is not None)
    sheet.text(LEFT + 3, y + 5.7, f"合计 {len(it.items)} 件　已扫描 {scanned} 件", 10.5, bold=True)
    sheet.text(LEFT, y + 13.5, _MEANING, 8)
    y += 16.5
    width = (INNER - 4) / 2
    _box(sheet, LEFT, y, width, "交寄人", it.made_by, "")
    signed = f"已电子签字 {moments.minute(it.signed_at)}" if it.signed_at is not None else ""
    _box(sheet, LEFT + width + 4, y, width, "揽收员", _collector(it), signed)
    witness = (
        ("清单摘要 SHA-256", it.list_sha256 or "签字后生成"),
        ("签字摘要 SHA-256", it.signature_sha256 or "尚未签字"),
    )
    forms.draw_witness(sheet, _WITNESS_TOP, witness)


def _box(sheet: Surface, x: float, y: float, width: float, role: str, name: str, signed: str) -> None:
    sheet.fill(x, y, width, 7, ink=0.92)
    sheet.box(x, y, width, _BOX_HEIGHT, weight=0.35)
    sheet.text(x + 3, y + 5, role, 10, bold=True)
    if name:
        sheet.fitted(x + width - 3, y + 5, name, (8.5, 6), width - 22, align="right")
    for word, at in (("签名", 21.0), ("日期", _BOX_HEIGHT - 5)):
        sheet.text(x + 3, y + at, word, 8.5)
        sheet.line(x + 12, y + at + 0.6, x + width - 3, y + at + 0.6, 0.2)
    if signed:
        sheet.text(x + 14, y + 20.2, signed, 9)
