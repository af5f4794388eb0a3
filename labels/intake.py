"""The applicant's receipt (收件回执), A4: what was taken from whom, by whom, what happens next and where to look.

The applicant's and the agent's names and phone are masked. The lower boxes serve the day the originals come back.
"""

import functools

from labels import forms, masking, moments, pages, table, words
from labels.drawing import Drawing
from labels.forms import Field, Signature
from labels.papers import IntakeReceipt, TakenItem
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

_TITLE = "收件回执"
_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("材料名称及编号", 78),
    Column("形式", 20, "centre"),
    Column("页数", 13, "centre"),
    Column("份数", 13, "centre"),
    Column("备注", 43),
)
_KEEP = "请妥善保管本回执。领取原件时凭本回执和有效身份证件。"
_BY_PROXY = "委托他人代领的，代领人须持本回执、申请人签名的委托书和双方有效身份证件；窗口核对后在下栏签名。"
_PRIVATE = "本回执按规定遮盖姓名和电话，扫码或凭办件编号可查原件现在何处。"
_BOX_HEIGHT = 32.0


def drawing(receipt: IntakeReceipt) -> Drawing:
    """The receipt, ready to be drawn."""
    about = About(f"收件回执 {receipt.number}", f"办件 {receipt.case_no}", receipt.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, receipt))


def _lay_out(it: IntakeReceipt, sheet: Surface) -> None:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(it.next_steps, 1))
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=(
                pages.rows(_COLUMNS, (_cells(it, item) for item in it.items), it.language),
                pages.strip(forms.TOTAL_HEIGHT, functools.partial(_total, it)),
                pages.block("接下来怎么办", steps, it.language),
                pages.block("到哪里查询", _where(it), it.language),
                pages.sentences((_KEEP, _BY_PROXY, _PRIVATE), it.language),
            ),
            first=47 + 9.5 * len(_fields(it)) + 3,
            top=functools.partial(_top, it),
            closing=4 + _BOX_HEIGHT + 4 + forms.BOTTOM - forms.witness_top(2),
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


def _cells(it: IntakeReceipt, item: TakenItem) -> tuple[table.Cell, ...]:
    return (
        (str(item.seq),),
        forms.titled(item.title, item.number),
        forms.worded_if_known(item.form, it.language),
        (str(item.pages),),
        (str(item.copies),),
        ("", item.note),
    )


def _where(it: IntakeReceipt) -> str:
    number = f"{words.both('办件编号', it.language)} {it.case_no}"
    if it.dossier_no:
        number += f"　{words.both('专档号', it.language)} {it.dossier_no}"
    asked = f"{words.both('查询电话', it.language)} {it.inquiry_phone}　{it.inquiry_place}".rstrip("　")
    return f"{number}\n{asked}"


def _fields(it: IntakeReceipt) -> tuple[tuple[Field, ...], ...]:
    person = (
        Field("申请人", masking.mask_name(it.applicant)),
        Field("联系电话", masking.mask_phone(it.applicant_phone)),
    )
    agent = ((Field("代办人", masking.mask_name(it.agent)), Field("承诺时限", it.promised)),)
    promised = ((Field("承诺时限", it.promised),),)
    return (
        person,
        (Field("办理事项", it.item_name),),
        (Field("办件编号", it.case_no), Field("专档号", it.dossier_no)),
        (Field("收件单位", it.agency), Field("收件时间", moments.minute(it.received_at))),
        *(agent if it.agent else promised),
    )


def _top(it: IntakeReceipt, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    forms.draw_fields(sheet, y, _fields(it), 9.5, (10, 5.5), language=it.language)


def _total(it: IntakeReceipt, sheet: Surface, y: float) -> None:
    many, copies = len(it.items), sum(item.copies for item in it.items)
    sheets = sum(item.pages for item in it.items)
    english = f"{many} in all, {sheets} pages, {copies} copies"
    forms.draw_total(sheet, y, f"合计 {many} 件　{sheets} 页　{copies} 份", english, "", it.language)


def _close(it: IntakeReceipt, sheet: Surface, y: float) -> None:
    boxes = (
        Signature("收件人", f"经办 {it.received_by}" if it.received_by else ""),
        Signature("交件人", seal=False),
        Signature("领取人", seal=False),
    )
    forms.draw_signatures(sheet, y + 4, _BOX_HEIGHT, boxes, it.language)
    lines = forms.ledger_lines(it.ledger_root, it.ledger_size)
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)
