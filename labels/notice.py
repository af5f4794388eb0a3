"""The irregularity notice (差异通知单), A4: what the finder saw, who saw it with them, and the sender's answer below.

It carries what the verification note of the posts carries (UPU CN 24): the item's numbers and seal, expected and found,
proofs kept, both signatures; and a part of its own that the sender fills in and sends back.
"""

import functools

from labels import forms, moments, pages, table, words
from labels.arrival import SEAL_WORDS
from labels.drawing import Drawing
from labels.flow import Section
from labels.forms import INNER, LEFT, RIGHT, Field, Signature
from labels.papers import IrregularItem, Irregularity, IrregularityNotice
from labels.pdfa import About
from labels.surface import Surface, text_width
from labels.table import Column

KIND_WORDS: dict[Irregularity, str] = {
    "missing": "缺件",
    "extra": "多件",
    "wrong": "错件",
    "damaged": "破损",
    "illegible": "无法辨认",
    "empty": "空封",
    "seal": "封签异常",
    "lost": "丢失",
    "other": "其他",
}
_TITLE = "差异通知单"
_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("种类", 19, "centre"),
    Column("材料名称及编号", 46),
    Column("清单应有", 36),
    Column("实际所见", 42),
    Column("备注", 24),
)
_PHOTOS = (Column("序号", 11, "centre"), Column("照片", 62), Column("SHA-256", 105))
_MEANING = "本单只记载事实，不认定责任。请寄出单位在期限内查明并在下栏答复，退回一份；逾期未答复的，按升级督办处理。"
_VERDICTS = ("属实", "部分属实", "不属实")
_REMEDIES = ("补寄", "换件", "请退回", "重新出具", "其他")
_BOX_HEIGHT, _ANSWER_HEIGHT = 27.0, 52.0


def drawing(notice: IrregularityNotice) -> Drawing:
    """The notice, ready to be drawn."""
    about = About(f"差异通知单 {notice.number}", f"邮递专档 {notice.dossier_no}", notice.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, notice))


def _lay_out(it: IrregularityNotice, sheet: Surface) -> None:
    above = 2 + forms.sentences_height((_MEANING,), it.language) + 2
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=_sections(it),
            first=47 + 11 + 8.2 * 6 + 4,
            top=functools.partial(_top, it),
            closing=above + _BOX_HEIGHT + 4 + _ANSWER_HEIGHT + 3 + forms.BOTTOM - forms.witness_top(3),
            close=functools.partial(_close, it, above),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


def _sections(it: IrregularityNotice) -> tuple[Section, ...]:
    found = [pages.rows(_COLUMNS, (_cells(it, item) for item in it.items), it.language)]
    found.append(pages.block("发现经过", it.account, it.language))
    if it.photos:
        cells = (((str(number),), (photo.name,), ("", photo.sha256)) for number, photo in enumerate(it.photos, 1))
        found.append(pages.rows(_PHOTOS, cells, it.language, pages.heading("留存照片", it.language)))
    return tuple(found)


def _cells(it: IrregularityNotice, item: IrregularItem) -> tuple[table.Cell, ...]:
    return (
        (str(item.seq),),
        forms.worded(KIND_WORDS[item.kind], it.language),
        forms.titled(item.title, item.number),
        (item.expected or "—",),
        (item.found or "—",),
        ("", item.note),
    )


def _top(it: IrregularityNotice, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    parties = ((Field("寄出单位", it.sender_agency), Field("发现单位", it.finder_agency)),)
    y = forms.draw_fields(sheet, y, parties, 11, (10.5, 6), language=it.language)
    state = words.both(SEAL_WORDS[it.seal_state], it.language)
    rows = (
        (Field("办理事项", it.item_name), Field("办件编号", it.case_no)),
        (Field("寄递件编号", it.consignment_no), Field("专档号", it.dossier_no)),
        (Field("承运快递", it.courier_name), Field("运单号", it.waybill_no)),
        (Field("清单封签号", it.seal_expected), Field("实见封签号", f"{it.seal_found or '—'}（{state}）")),
        (Field("寄出重量", it.weight_expected), Field("实收重量", it.weight_found)),
        (Field("发现时间", moments.minute(it.found_at)), Field("答复期限", moments.minute(it.answer_by))),
    )
    forms.draw_fields(sheet, y, rows, 8.2, (10, 5.5), language=it.language)


def _close(it: IrregularityNotice, above: float, sheet: Surface, y: float) -> None:
    forms.draw_sentences(sheet, y + 2, (_MEANING,), it.language)
    y += above
    boxes = (Signature("发现人", it.found_by), Signature("见证人", it.witness, seal=False))
    y = forms.draw_signatures(sheet, y, _BOX_HEIGHT, boxes, it.language) + 4
    _answer(it, sheet, y)
    lines = (*forms.ledger_lines(it.ledger_root, it.ledger_size), ("清单摘要 SHA-256", it.manifest_sha256))
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)


def _answer(it: IrregularityNotice, sheet: Surface, y: float) -> None:
    """What the sender fills in: is it so, what will be done, in words, by whom."""
    sheet.box(LEFT, y, INNER, _ANSWER_HEIGHT, weight=0.5)
    sheet.fill(LEFT, y, INNER, 7, ink=0.85)
    sheet.text(LEFT + 3, y + 5, "寄出单位答复", 10, bold=True)
    sheet.text(LEFT + 5 + text_width("寄出单位答复", 10), y + 5, words.english("寄出单位答复", it.language), 7)
    due = f"{words.both('答复期限', it.language)} {moments.minute(it.answer_by)}"
    sheet.fitted(RIGHT - 3, y + 5, due, (9, 6), 66, align="right")
    for number, (word, choices) in enumerate((("核查结果", _VERDICTS), ("处理方式", _REMEDIES))):
        _choices(it, sheet, y + 14 + number * 8, word, choices)
    sheet.text(LEFT + 3, y + 30, words.both("说明", it.language), 9)
    for at in (30.6, 38.6):
        sheet.line(LEFT + 24, y + at, RIGHT - 4, y + at, 0.2)
    third = INNER / 3
    for number, word in enumerate(("答复人", "日期")):
        x, shown = LEFT + 3 + number * third, words.both(word, it.language)
        sheet.text(x, y + _ANSWER_HEIGHT - 5, shown, 9)
        sheet.line(x + text_width(shown, 9) + 2, y + _ANSWER_HEIGHT - 4.4, x + third - 6, y + _ANSWER_HEIGHT - 4.4, 0.2)
    sheet.text(RIGHT - 8, y + _ANSWER_HEIGHT - 5, "（单位印章）", 8, align="right", ink=0.55)


def _choices(it: IrregularityNotice, sheet: Surface, y: float, word: str, choices: tuple[str, ...]) -> None:
    """A word, then a little box before each of the choices."""
    sheet.text(LEFT + 3, y, words.both(word, it.language), 9)
    start = 24.0 if it.language == "zh" else 33.0
    share = (INNER - start - 2) / 5
    for number, choice in enumerate(choices):
        x = LEFT + start + number * share
        sheet.box(x, y - 3.1, 3.6, 3.6, weight=0.3)
        sheet.text(x + 5.2, y, choice, 9)
        taken = 6 + text_width(choice, 9)
        sheet.fitted(x + taken, y, words.english(choice, it.language), (6, 4), share - taken - 0.5)
