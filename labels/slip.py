"""The transfer slip (原件交接单), A4: what passes from whom to whom, signed by both and a witness.

The list flows over as many pages as it needs; the signatures stand once, on the last page, never without an item.
"""

import functools

from labels import forms, table
from labels.drawing import Drawing
from labels.forms import INNER, LEFT, RIGHT, Field
from labels.papers import SlipItem, SlipKind, TransferSlip
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column, Row

KIND_WORDS: dict[SlipKind, str] = {
    "outbound": "寄出",
    "internal": "内部移交",
    "return": "退回",
    "discrepancy": "差异登记",
}
_COLUMNS = (
    Column("序号", 10, "centre"),
    Column("材料名称及编号", 52),
    Column("出具单位", 33),
    Column("持有人", 18, "centre"),
    Column("页数", 10, "centre"),
    Column("份数", 10, "centre"),
    Column("形式", 14, "centre"),
    Column("备注", 19),
    Column("核对", 12, "centre"),
)
_KEPT_BY_BOTH = "本单一式两份，双方各存一份。"
_MEANINGS: dict[SlipKind, str] = {
    "outbound": "移交人封装前、接收人启封后逐件清点；接收人签字起，上列原件由接收人保管。",
    "internal": "移交人与接收人当面逐件清点；接收人签字起，上列原件由接收人保管。",
    "return": "移交人封装前、接收人启封后逐件清点；接收人签字起，退回的上列原件由接收人保管。",
    "discrepancy": "清点结果与寄出清单不一致之处如备注所列；双方签字只确认事实，如何处理另行登记。",
}
_FIRST_TABLE, _FURTHER_TABLE = 88.0, 25.0
_TICK = 4.0
_LOWEST_BOX, _TALLEST_BOX = 37.0, 58.0
_WITNESS_TOP = 267.0
#: What the closing needs below the last item: totals, one sentence, the boxes, and the witness lines at the foot.
_CLOSING = 8.5 + 8 + _LOWEST_BOX + 4 + forms.BOTTOM - _WITNESS_TOP


def drawing(slip: TransferSlip) -> Drawing:
    """The slip, ready to be drawn."""
    about = About(f"原件交接单 {slip.number}", f"邮递专档 {slip.dossier_no}", slip.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, slip))


def _lay_out(slip: TransferSlip, sheet: Surface) -> None:
    rows = [table.measure(_COLUMNS, _cells(item)) for item in slip.items]
    first, further = (forms.BOTTOM - top - table.HEAD_HEIGHT for top in (_FIRST_TABLE, _FURTHER_TABLE))
    pages = table.paginate(rows, first, further, _CLOSING)
    for number, page in enumerate(pages, 1):
        y = _first_top(sheet, slip) if number == 1 else _further_top(sheet, slip)
        y = _items(sheet, y, page)
        if number == len(pages):
            _closing(sheet, y, slip)
        forms.draw_foot(sheet, slip.number, slip.printed_at, slip.copy_no, number, len(pages))
        if number < len(pages):
            sheet.next_page()


def _cells(item: SlipItem) -> tuple[table.Cell, ...]:
    return (
        (str(item.seq),),
        forms.titled(item.title, item.number),
        (item.issuer,),
        (item.holder,),
        (str(item.pages),),
        (str(item.copies),),
        (item.form,),
        ("", item.note),
        ("",),
    )


def _first_top(sheet: Surface, slip: TransferSlip) -> float:
    sheet.text(LEFT, 21, "政务服务 · 邮递专档", 9, ink=0.2)
    sheet.text(LEFT, 34, "原件交接单", 26, bold=True)
    kind = KIND_WORDS[slip.kind]
    sheet.box(LEFT + 51, 26.6, 8 + 4.2 * len(kind), 8.6, weight=0.5)
    sheet.text(LEFT + 55 + 2.1 * len(kind), 32.6, kind, 12, align="centre", bold=True)
    sheet.fitted(LEFT, 42, f"编号 {slip.number}", (11, 7), INNER - 40)
    sheet.qr(RIGHT - 34, 15, slip.qr_text, 34, align="right")
    return _fields(sheet, slip)


def _fields(sheet: Surface, slip: TransferSlip) -> float:
    pairs = (
        (Field("移交单位", slip.sender_agency), Field("接收单位", slip.receiver_agency)),
        (Field("专档号", slip.dossier_no), Field("办件编号", slip.case_no)),
        (Field("运单号", slip.waybill_no), Field("封签号", slip.seal_no)),
    )
    y = forms.draw_fields(sheet, 47, pairs[:1], 12, (11, 7))
    y = forms.draw_fields(sheet, y, ((Field("办理事项", slip.item_name),),), 8, (10, 6.5))
    forms.draw_fields(sheet, y, pairs[1:], 8, (10, 6.5))
    return _FIRST_TABLE


def _further_top(sheet: Surface, slip: TransferSlip) -> float:
    sheet.text(LEFT, 20, f"原件交接单（{KIND_WORDS[slip.kind]}，续）", 12, bold=True)
    sheet.fitted(RIGHT, 20, f"编号 {slip.number}", (9, 6.5), INNER / 2, align="right")
    return _FURTHER_TABLE


def _items(sheet: Surface, y: float, rows: list[Row]) -> float:
    if not rows:
        return y
    y = table.draw_head(sheet, LEFT, y, _COLUMNS)
    for row in rows:
        below = table.draw_row(sheet, LEFT, y, _COLUMNS, row)
        sheet.box(RIGHT - (_COLUMNS[-1].width + _TICK) / 2, (y + below - _TICK) / 2, _TICK, _TICK, weight=0.3)
        y = below
    return y


def _closing(sheet: Surface, y: float, slip: TransferSlip) -> None:
    """Totals, what the signatures mean, the three boxes, and the ledger's witness lines."""
    sheet.box(LEFT, y, INNER, 8.5, weight=0.35)
    pages, copies = sum(item.pages for item in slip.items), sum(item.copies for item in slip.items)
    sheet.text(LEFT + 3, y + 5.7, f"合计 {len(slip.items)} 件　{pages} 页　{copies} 份", 10.5, bold=True)
    sheet.text(RIGHT - 3, y + 5.7, "核对：一致打钩，缺件、破损、不符请写明", 8, align="right")
    sheet.text(LEFT, y + 13.5, _MEANINGS[slip.kind] + _KEPT_BY_BOTH, 8)
    y += 16.5
    gap = 4.0
    width = (INNER - 2 * gap) / 3
    height = min(_TALLEST_BOX, _WITNESS_TOP - 4 - y)
    for number, (role, name) in enumerate((("移交人", slip.released_by), ("接收人", ""), ("监交人", ""))):
        _signature(sheet, (LEFT + number * (width + gap), y), (width, height), role, name)
    forms.draw_witness(sheet, _WITNESS_TOP, _witness(slip))


def _signature(sheet: Surface, corner: tuple[float, float], room: tuple[float, float], role: str, name: str) -> None:
    (x, y), (width, height) = corner, room
    sheet.fill(x, y, width, 7, ink=0.92)
    sheet.box(x, y, width, height, weight=0.35)
    sheet.text(x + 3, y + 5, role, 10, bold=True)
    if name:
        sheet.fitted(x + width - 3, y + 5, f"经办 {name}", (8.5, 6), width - 20, align="right")
    for word, at in (("签名", 19.0), ("日期", height - 4.0)):
        sheet.text(x + 3, y + at, word, 8.5)
        sheet.line(x + 12, y + at + 0.6, x + width - 3, y + at + 0.6, 0.2)
    sheet.text(x + width - 4, y + (19 + height) / 2, "（单位印章）", 7.5, align="right", ink=0.55)


def _witness(slip: TransferSlip) -> tuple[tuple[str, str], ...]:
    root = slip.ledger_root or "尚无检查点"
    return (("留痕检查点根", root), ("检查点条目数", str(slip.ledger_size)), ("清单摘要 SHA-256", slip.manifest_sha256))
