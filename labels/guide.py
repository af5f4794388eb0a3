"""The handbook page of one service item (办事指南页), A4: what travels, what to look at, by when, whom to call."""

import functools

from labels import forms, moments, pages, table
from labels.drawing import Drawing
from labels.flow import Section
from labels.forms import Field
from labels.papers import GuideMaterial, GuidePage, Treatment
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

TREATMENT_WORDS: dict[Treatment, str] = {
    "travels": "原件寄递",
    "copy": "复印件寄递",
    "electronic": "电子证照",
    "waived": "免寄",
}
_TITLE = "办事指南"
_MATERIALS = (
    Column("序号", 11, "centre"),
    Column("材料名称", 42),
    Column("形式", 18, "centre"),
    Column("寄递方式", 23, "centre"),
    Column("理由", 36),
    Column("审查要点", 48),
)
_DEADLINES = (Column("环节", 52), Column("时限", 126))
_CONTACTS = (Column("事由", 52), Column("单位", 82), Column("电话", 44))
_MEANING = "“原件寄递”的材料由窗口清点、封装后寄往办理单位；“免寄”和“电子证照”的材料，窗口不得要求申请人另行提供原件。"


def drawing(guide: GuidePage) -> Drawing:
    """The page, ready to be drawn."""
    about = About(f"办事指南 {guide.item_name}", f"事项 {guide.item_code}", guide.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, guide))


def _lay_out(it: GuidePage, sheet: Surface) -> None:
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=_sections(it),
            first=47 + 12 + 9 * 3,
            top=functools.partial(_top, it),
            closing=5 + forms.BOTTOM - forms.witness_top(2),
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language),
            language=it.language,
        ),
        sheet,
    )


def _sections(it: GuidePage) -> tuple[Section, ...]:
    def part(title: str, columns: tuple[Column, ...], cells: list[tuple[table.Cell, ...]]) -> Section:
        return pages.rows(columns, cells, it.language, pages.heading(title, it.language))

    return (
        part("需要的材料", _MATERIALS, [_material(it, one) for one in it.materials]),
        pages.sentences((_MEANING,), it.language),
        part("办理时限", _DEADLINES, [((one.leg,), (one.words,)) for one in it.deadlines]),
        part("联系谁", _CONTACTS, [((one.role,), (one.agency,), (one.phone,)) for one in it.contacts]),
    )


def _material(it: GuidePage, material: GuideMaterial) -> tuple[table.Cell, ...]:
    return (
        (str(material.seq),),
        (material.title,),
        (*forms.worded_if_known(material.form, it.language), f"{material.copies} 份"),
        forms.worded(TREATMENT_WORDS[material.treatment], it.language),
        (material.why,),
        (material.review_points,),
    )


def _top(it: GuidePage, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    y = forms.draw_fields(sheet, y, ((Field("事项名称", it.item_name),),), 12, (13, 6.5), language=it.language)
    rows = (
        (Field("事项编码", it.item_code), Field("版本", f"{it.version}　{moments.day(it.valid_from)}起执行")),
        (Field("受理窗口", it.agency), Field("办理单位", it.receiver_agency)),
        (Field("通办协议", it.agreement_no),),
    )
    forms.draw_fields(sheet, y, rows, 9, (10, 5.5), language=it.language)


def _close(it: GuidePage, sheet: Surface, _y: float) -> None:
    lines = forms.ledger_lines(it.ledger_root, it.ledger_size)
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)
