"""The hand-over list (交寄清单), A4: which envelopes the collecting courier takes, signed by both sides.

It names numbers and receiving agencies, never what is inside. The collector's name is masked. The list flows over as
many pages as it needs; the signatures stand once, on the last page.
"""

import functools

from labels import forms, masking, moments, pages, table, words
from labels.drawing import Drawing
from labels.forms import Field, Signature
from labels.papers import HandoverItem, HandoverSheet
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

_TITLE = "交寄清单"
_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("运单号", 42),
    Column("寄递件编号", 41),
    Column("收件单位", 42),
    Column("封签号", 27),
    Column("扫描", 15, "centre"),
)
_BOX_HEIGHT = 42.0
_MEANING = "揽收员签字即确认收到上列封套，封口和封签完好。封套内的原件由寄出单位负责，直至收件单位签收核验。"


def drawing(it: HandoverSheet) -> Drawing:
    """The list, ready to be drawn."""
    about = About(f"交寄清单 {it.number}", it.courier_name, it.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, it))


def _lay_out(it: HandoverSheet, sheet: Surface) -> None:
    closing = _above_boxes(it) + _BOX_HEIGHT + 4 + forms.BOTTOM - forms.witness_top(len(_witness(it)))
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=(pages.rows(_COLUMNS, map(_cells, it.items), it.language),),
            first=80,
            top=functools.partial(_top, it),
            closing=closing,
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


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


def _top(it: HandoverSheet, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    rows = (
        (Field("交寄单位", it.agency), Field("揽收快递", it.courier_name)),
        (Field("制单", f"{it.made_by}　{moments.minute(it.made_at)}"), Field("预约揽收", it.pickup)),
        (Field("件数", f"{len(it.items)} 件"), Field("揽收员", _collector(it))),
    )
    forms.draw_fields(sheet, y, rows, 10, (10.5, 6), language=it.language)


def _collector(it: HandoverSheet) -> str:
    name = masking.mask_name(it.collector)
    return f"{name}（工号 {it.staff_no}）" if name and it.staff_no else name


def _above_boxes(it: HandoverSheet) -> float:
    return forms.TOTAL_HEIGHT + 1.6 + forms.sentences_height((_MEANING,), it.language) + 2.2


def _close(it: HandoverSheet, sheet: Surface, y: float) -> None:
    """The total, what the signature means, the two boxes, and what a signed list is known by."""
    scanned = sum(1 for item in it.items if item.scanned_at is not None)
    total, english = f"合计 {len(it.items)} 件　已扫描 {scanned} 件", f"{len(it.items)} in all, {scanned} scanned"
    if it.left:
        total += f"　另有 {it.left} 件没有交出，留在本单位"
        english += f"; {it.left} more stayed here"
    forms.draw_total(sheet, y, total, english, "", it.language)
    forms.draw_sentences(sheet, y + forms.TOTAL_HEIGHT + 1.6, (_MEANING,), it.language)
    signed = ""
    if it.signed_at is not None:
        signed = f"{words.both('已电子签字', it.language)} {moments.minute(it.signed_at)}"
    boxes = (Signature("交寄人", it.made_by, seal=False), Signature("揽收员", _collector(it), signed, seal=False))
    forms.draw_signatures(sheet, y + _above_boxes(it), _BOX_HEIGHT, boxes, it.language)
    forms.draw_witness(sheet, forms.witness_top(len(_witness(it))), _witness(it), it.language)


def _witness(it: HandoverSheet) -> tuple[tuple[str, str], ...]:
    return (
        *forms.ledger_lines(it.ledger_root, it.ledger_size),
        ("清单摘要 SHA-256", it.list_sha256 or "签字后生成"),
        ("签字摘要 SHA-256", it.signature_sha256 or "尚未签字"),
    )
