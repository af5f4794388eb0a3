"""The sending hall's receipt (签收回执), A4: what was in the envelope, item by item, and how it came."""

import collections
import functools

from labels import forms, moments, pages, table, words
from labels.drawing import Drawing
from labels.forms import Field, Signature
from labels.papers import ArrivalReceipt, ArrivedItem, Finding, SealState
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

FINDING_WORDS: dict[Finding, str] = {
    "received": "完好",
    "unchecked": "未核",
    "missing": "缺件",
    "damaged": "破损",
    "wrong": "错件",
    "illegible": "无法辨认",
    "extra": "多件",
}
SEAL_WORDS: dict[SealState, str] = {
    "intact": "封签完好",
    "broken": "封签破损",
    "missing": "封签缺失",
    "replaced": "封签号不符",
}
_TITLE = "签收回执"
_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("材料名称及编号", 70),
    Column("形式", 18, "centre"),
    Column("页数", 12, "centre"),
    Column("份数", 12, "centre"),
    Column("清点结果", 20, "centre"),
    Column("备注", 35),
)
_MEANING = "“未核”只表示还没有清点，不是缺件。上列标为完好、破损、错件、无法辨认、多件的，自清点时起由收件单位保管。"
_BOX_HEIGHT = 36.0


def drawing(receipt: ArrivalReceipt) -> Drawing:
    """The receipt, ready to be drawn."""
    about = About(f"签收回执 {receipt.number}", f"邮递专档 {receipt.dossier_no}", receipt.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, receipt))


def _lay_out(it: ArrivalReceipt, sheet: Surface) -> None:
    above = forms.TOTAL_HEIGHT + 1.6 + forms.sentences_height((_MEANING,), it.language) + 2.2
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=(pages.rows(_COLUMNS, (_cells(it, item) for item in it.items), it.language),),
            first=47 + 11 + 8.2 * 6 + 4,
            top=functools.partial(_top, it),
            closing=above + _BOX_HEIGHT + 4 + forms.BOTTOM - forms.witness_top(3),
            close=functools.partial(_close, it, above),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


def _cells(it: ArrivalReceipt, item: ArrivedItem) -> tuple[table.Cell, ...]:
    return (
        (str(item.seq),),
        forms.titled(item.title, item.number),
        forms.worded_if_known(item.form, it.language),
        (str(item.pages),),
        (str(item.copies),),
        forms.worded(FINDING_WORDS[item.finding], it.language),
        ("", item.note),
    )


def _top(it: ArrivalReceipt, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    parties = ((Field("寄出单位", it.sender_agency), Field("收件单位", it.receiver_agency)),)
    y = forms.draw_fields(sheet, y, parties, 11, (10.5, 6), language=it.language)
    state = words.both(SEAL_WORDS[it.seal_state], it.language)
    delivered = moments.minute(it.delivered_at) if it.delivered_at is not None else ""
    rows = (
        (Field("办理事项", it.item_name), Field("办件编号", it.case_no)),
        (Field("寄递件编号", it.consignment_no), Field("专档号", it.dossier_no)),
        (Field("承运快递", it.courier_name), Field("运单号", it.waybill_no)),
        (Field("清单封签号", it.seal_expected), Field("实见封签号", f"{it.seal_found or '—'}（{state}）")),
        (Field("快递妥投", delivered), Field("清点时间", moments.minute(it.received_at))),
        (Field("差异通知单", it.notice_no),),
    )
    forms.draw_fields(sheet, y, rows, 8.2, (10, 5.5), language=it.language)


def _close(it: ArrivalReceipt, above: float, sheet: Surface, y: float) -> None:
    total, english = _total(it)
    forms.draw_total(sheet, y, total, english, "", it.language)
    forms.draw_sentences(sheet, y + forms.TOTAL_HEIGHT + 1.6, (_MEANING,), it.language)
    boxes = (
        Signature("收件人", f"经办 {it.received_by}" if it.received_by else ""),
        Signature("复核人", it.checked_by),
    )
    forms.draw_signatures(sheet, y + above, _BOX_HEIGHT, boxes, it.language)
    lines = (*forms.ledger_lines(it.ledger_root, it.ledger_size), ("清单摘要 SHA-256", it.manifest_sha256))
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)


def _total(it: ArrivalReceipt) -> tuple[str, str]:
    """How many there are of each finding, in the order of the words; none are not named."""
    counted = collections.Counter(item.finding for item in it.items)
    named = [(word, counted[finding]) for finding, word in FINDING_WORDS.items() if counted[finding]]
    chinese = "　".join(f"{word} {count}" for word, count in named)
    english = ", ".join(f"{count} {words.ENGLISH[word].lower()}" for word, count in named)
    return f"合计 {len(it.items)} 件　{chinese}".rstrip("　"), f"{len(it.items)} in all: {english}"
