"""The registration form of a hand-over to the archive (移交与接收登记表), A4: form and signatures on the first page,
the digest of every package behind it.

Fields and their order are those of 电子档案移交与接收办法 (档发〔2012〕7号). The receiver fills in its column by hand.
"""

import functools

from labels import forms, pages, table
from labels.drawing import Drawing
from labels.forms import LEFT, Field, Signature
from labels.papers import RegisterItem, TransferRegister
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Column

_TITLE = "移交与接收登记表"
_ANNEX = "登记表附页"
_COLUMNS = (
    Column("序号", 11, "centre"),
    Column("电子档案名称及档号", 57),
    Column("内容说明", 32),
    Column("数字摘要 SHA-256", 57),
    Column("字节", 21, "right"),
)
_FOUND = (Column("检验内容", 34), Column("移交单位检验", 72), Column("接收单位检验", 72))
_BOX = 30.0
_KEPT = "本表一式两份，双方各存一份；移交单位保存移交的电子档案至少五年。附页所列摘要为每个归档信息包的 SHA-256。"
_GIGABYTE = 10**9
_HALF = 32


def drawing(it: TransferRegister) -> Drawing:
    """The form with its annex, ready to be drawn."""
    about = About(f"{_TITLE} {it.number}", f"移交批次 {it.batch_no}", it.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, it))


def _lay_out(it: TransferRegister, sheet: Surface) -> None:
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=(pages.rows(_COLUMNS, map(_cells, it.items), it.language),),
            first=25.0,
            top=lambda on: forms.draw_further(on, _ANNEX, it.number, it.language),
            closing=forms.TOTAL_HEIGHT + 4 + forms.BOTTOM - forms.witness_top(len(_witness(it))),
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _ANNEX, it.number, it.language),
            language=it.language,
            front=functools.partial(_front, it),
        ),
        sheet,
    )


def _cells(item: RegisterItem) -> tuple[table.Cell, ...]:
    return (
        (str(item.seq),),
        (item.file_name, item.archival_code),
        (item.title, item.carrier_no),
        ("", item.sha256[:_HALF], item.sha256[_HALF:]),
        (f"{item.size_bytes:,}",),
    )


def _front(it: TransferRegister, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language)
    y = forms.draw_fields(sheet, y, _whole(it), 15, (11, 6), language=it.language)
    y = forms.draw_fields(sheet, y, _halves(it), 11, (10.5, 5.5), language=it.language)
    y = _found(it, sheet, y + 4)
    ours = (
        Signature("填表人", it.filled_by, seal=False),
        Signature("审核人", seal=False),
        Signature("移交单位（印章）"),
    )
    theirs = (Signature("接收人", seal=False), Signature("审核人", seal=False), Signature("接收单位（印章）"))
    y = forms.draw_signatures(sheet, y + 4, _BOX, ours, it.language)
    y = forms.draw_signatures(sheet, y + 3, _BOX, theirs, it.language)
    forms.draw_sentences(sheet, y + 2, (_KEPT,), it.language)


def _whole(it: TransferRegister) -> tuple[tuple[Field, ...], ...]:
    return ((Field("交接工作名称", it.name),), (Field("内容描述", it.description),))


def _halves(it: TransferRegister) -> tuple[tuple[Field, ...], ...]:
    size = sum(item.size_bytes for item in it.items)
    return (
        (Field("移交单位", it.sender), Field("接收单位", it.receiver)),
        (Field("移交数量", f"{len(it.items)} 件"), Field("移交数据量", f"{size / _GIGABYTE:.3f} GB（{size:,} 字节）")),
        (Field("载体起止号", it.carriers), Field("载体与规格", it.media)),
        (Field("移交批次", it.batch_no), Field("摘要算法", "SHA-256")),
    )


def _found(it: TransferRegister, sheet: Surface, y: float) -> float:
    y = table.draw_head(sheet, LEFT, y, _FOUND, it.language)
    said = (
        ("准确性检验", it.found_accurate),
        ("完整性检验", it.found_complete),
        ("可用性检验", it.found_usable),
        ("安全性检验", it.found_safe),
        ("载体外观检验", it.found_carrier),
    )
    for name, words in said:
        row = table.measure(_FOUND, (forms.worded(name, it.language), (words,), ("",)))
        y = table.draw_row(sheet, LEFT, y, _FOUND, row)
    return y


def _witness(it: TransferRegister) -> tuple[tuple[str, str], ...]:
    return (("清单摘要 SHA-256", it.list_sha256), *forms.ledger_lines(it.ledger_root, it.ledger_size))


def _close(it: TransferRegister, sheet: Surface, y: float) -> None:
    size = sum(item.size_bytes for item in it.items)
    total, english = f"合计 {len(it.items)} 件　{size:,} 字节", f"{len(it.items)} packages, {size:,} bytes"
    forms.draw_total(sheet, y, total, english, "", it.language)
    lines = _witness(it)
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)
