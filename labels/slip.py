"""The transfer slip (原件交接单), A4: what passes from whom to whom, signed by both and a witness.

The list flows over as many pages as it needs; the signatures stand once, on the last page, never without an item. An
internal slip says nothing of mailing; one of discrepancies sets what the list says beside what was found.
"""

import functools

from labels import forms, pages, table, words
from labels.drawing import Drawing
from labels.forms import Field, Signature
from labels.papers import SlipItem, SlipKind, TransferSlip
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

KIND_WORDS: dict[SlipKind, str] = {
    "outbound": "寄出",
    "internal": "内部移交",
    "return": "退回",
    "discrepancy": "差异登记",
}
_TITLE = "原件交接单"
_COLUMNS = (
    Column("序号", 10, "centre"),
    Column("材料名称及编号", 52),
    Column("出具单位", 30.5),
    Column("持有人", 18, "centre"),
    Column("页数", 10, "centre"),
    Column("份数", 10, "centre"),
    Column("形式", 16.5, "centre"),
    Column("备注", 19),
    Column("核对", 12, "centre", tick=True),
)
_DIFFERENCES = (
    Column("序号", 10, "centre"),
    Column("材料名称及编号", 46),
    Column("出具单位", 28),
    Column("清单应有", 26),
    Column("实际所见", 36),
    Column("备注", 20),
    Column("核对", 12, "centre", tick=True),
)
_MEANINGS: dict[SlipKind, str] = {
    "outbound": "移交人封装前、接收人启封后逐件清点；接收人签字起，上列原件由接收人保管。",
    "internal": "移交人与接收人当面逐件清点；接收人签字起，上列原件由接收人保管。",
    "return": "移交人封装前、接收人启封后逐件清点；接收人签字起，退回的上列原件由接收人保管。",
    "discrepancy": "清点结果与寄出清单不一致之处如上所列；双方签字只确认事实，如何处理另行登记。",
}
_KEPT_BY_BOTH = "本单一式两份，双方各存一份。"
_HOW_TO_TICK: dict[SlipKind, str] = {
    "outbound": "核对：一致打钩，缺件、破损、不符请写明",
    "internal": "核对：一致打钩，缺件、破损、不符请写明",
    "return": "核对：一致打钩，缺件、破损、不符请写明",
    "discrepancy": "核对：双方看法一致打钩，不一致请写明",
}
_LOWEST_BOX, _TALLEST_BOX = 37.0, 58.0


def drawing(slip: TransferSlip) -> Drawing:
    """The slip, ready to be drawn."""
    about = About(f"原件交接单 {slip.number}", f"邮递专档 {slip.dossier_no}", slip.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, slip))


def _lay_out(slip: TransferSlip, sheet: Surface) -> None:
    columns, cells = (_DIFFERENCES, _different) if slip.kind == "discrepancy" else (_COLUMNS, _listed)
    kind = KIND_WORDS[slip.kind]
    pages.lay_out(
        pages.Form(
            number=slip.number,
            printed_at=slip.printed_at,
            copy_no=slip.copy_no,
            sections=(pages.rows(columns, (cells(slip, item) for item in slip.items), slip.language),),
            first=47 + 12 + 8 * (1 + len(_numbers(slip))) + 5,
            top=functools.partial(_top, slip),
            closing=_above_boxes(slip) + _LOWEST_BOX + _below_boxes(slip),
            close=functools.partial(_close, slip),
            further=lambda on: forms.draw_further(on, _TITLE, slip.number, slip.language, kind),
            language=slip.language,
        ),
        sheet,
    )


def _listed(slip: TransferSlip, item: SlipItem) -> tuple[table.Cell, ...]:
    return (
        (str(item.seq),),
        forms.titled(item.title, item.number),
        (item.issuer,),
        (item.holder,),
        (str(item.pages),),
        (str(item.copies),),
        forms.worded_if_known(item.form, slip.language),
        ("", item.note),
        ("",),
    )


def _different(slip: TransferSlip, item: SlipItem) -> tuple[table.Cell, ...]:
    """What the list says is empty for an original that is on no list: it has neither pages nor copies there."""
    listed = item.pages or item.copies
    expected = (item.form, f"{item.pages} 页 {item.copies} 份") if listed else ("清单未列",)
    english = words.english("清单未列", slip.language) if not listed else ""
    return (
        (str(item.seq),),
        forms.titled(item.title, item.number),
        (item.issuer,),
        (*expected, english),
        (item.found or "—",),
        ("", item.note),
        ("",),
    )


def _numbers(slip: TransferSlip) -> tuple[tuple[Field, ...], ...]:
    """Nothing of mailing is on an internal slip; a slip of discrepancies has the seal twice."""
    first = (Field("专档号", slip.dossier_no), Field("办件编号", slip.case_no))
    if slip.kind == "internal":
        return (first,)
    if slip.kind == "discrepancy":
        count = Field("差异件数", f"{len(slip.items)} 件")
        return (
            first,
            (Field("运单号", slip.waybill_no), count),
            (Field("清单封签号", slip.seal_no), Field("实见封签号", slip.seal_found)),
        )
    return (first, (Field("运单号", slip.waybill_no), Field("封签号", slip.seal_no)))


def _top(slip: TransferSlip, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, slip.number, slip.qr_text, slip.language, KIND_WORDS[slip.kind])
    parties = ((Field("移交单位", slip.sender_agency), Field("接收单位", slip.receiver_agency)),)
    y = forms.draw_fields(sheet, y, parties, 12, (11, 6.5), language=slip.language)
    y = forms.draw_fields(sheet, y, ((Field("办理事项", slip.item_name),),), 8, (10, 6.5), language=slip.language)
    forms.draw_fields(sheet, y, _numbers(slip), 8, (10, 6), language=slip.language)


def _sentences(slip: TransferSlip) -> tuple[str, ...]:
    return (_MEANINGS[slip.kind], _KEPT_BY_BOTH)


def _above_boxes(slip: TransferSlip) -> float:
    return forms.TOTAL_HEIGHT + 1.6 + forms.sentences_height(_sentences(slip), slip.language) + 2.2


def _below_boxes(slip: TransferSlip) -> float:
    return 4 + forms.BOTTOM - forms.witness_top(len(_witness(slip)))


def _close(slip: TransferSlip, sheet: Surface, y: float) -> None:
    """Totals, what the signatures mean, the three boxes, and the ledger's witness lines."""
    total, english = _total(slip)
    forms.draw_total(sheet, y, total, english, _HOW_TO_TICK[slip.kind], slip.language)
    forms.draw_sentences(sheet, y + forms.TOTAL_HEIGHT + 1.6, _sentences(slip), slip.language)
    y += _above_boxes(slip)
    top = forms.witness_top(len(_witness(slip)))
    boxes = (
        Signature("移交人", f"经办 {slip.released_by}" if slip.released_by else ""),
        Signature("接收人"),
        Signature("监交人"),
    )
    forms.draw_signatures(sheet, y, min(_TALLEST_BOX, top - 4 - y), boxes, slip.language)
    forms.draw_witness(sheet, top, _witness(slip), slip.language)


def _total(slip: TransferSlip) -> tuple[str, str]:
    many = len(slip.items)
    if slip.kind == "discrepancy":
        return f"合计 {many} 件不一致", f"{many} differing in all"
    sheets, copies = sum(item.pages for item in slip.items), sum(item.copies for item in slip.items)
    return f"合计 {many} 件　{sheets} 页　{copies} 份", f"{many} in all, {sheets} pages, {copies} copies"


def _witness(slip: TransferSlip) -> tuple[tuple[str, str], ...]:
    return (*forms.ledger_lines(slip.ledger_root, slip.ledger_size), ("清单摘要 SHA-256", slip.manifest_sha256))
