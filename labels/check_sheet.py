"""The report of the four checks (四性检测报告), A4: what was found part by part, and who must look where none can.

What failed is shown first of all; the whole table follows by group. It is a picture of the XML report, whose digest
stands at its end.
"""

import functools

from labels import forms, moments, pages
from labels.drawing import Drawing
from labels.flow import Section, shown
from labels.forms import Field, Signature
from labels.papers.checks import CheckGroup, CheckLine, CheckLink, CheckResult, CheckSheet
from labels.pdfa import About
from labels.surface import Surface
from labels.table import Cell, Column

LINK_WORDS: dict[CheckLink, str] = {"GD": "归档", "YJ": "移交与接收", "BC": "长期保存"}
GROUP_WORDS: dict[CheckGroup, str] = {
    "authenticity": "真实性",
    "completeness": "完整性",
    "usability": "可用性",
    "safety": "安全性",
}
RESULT_WORDS: dict[CheckResult, str] = {"pass": "通过", "fail": "不通过", "not_applicable": "不适用"}
_TITLE = "四性检测报告"
_COLUMNS = (
    Column("检测点", 24, "centre"),
    Column("检测内容", 46),
    Column("结果", 20, "centre"),
    Column("说明", 88),
)
_NOT_LOOKED = (
    "“不适用”的各点没有由程序检测：说明中写明由谁完成的，须由其完成并登记；其余是本包没有这项内容，或本环节不检。"
)
_BEFORE_SEALING = (
    "本报告写入归档信息包，形成于封装之前：校验清单、签名声明在其后生成，由封装程序再检测一次，以后各环节复检。"
)
_PICTURE = "本页是 XML 检测报告的纸质样式，以 XML 报告为准；签名公钥和证书属于谁，程序不能判断，须另行核对。"
_BOX = 30.0


def drawing(sheet_of: CheckSheet) -> Drawing:
    """The report, ready to be drawn."""
    about = About(f"四性检测报告 {sheet_of.number}", f"邮递专档 {sheet_of.dossier_no}", sheet_of.printed_at)
    return Drawing(forms.WIDTH, forms.HEIGHT, about, functools.partial(_lay_out, sheet_of))


def _lay_out(it: CheckSheet, sheet: Surface) -> None:
    pages.lay_out(
        pages.Form(
            number=it.number,
            printed_at=it.printed_at,
            copy_no=it.copy_no,
            sections=_sections(it),
            first=47 + 9 * 4 + 3,
            top=functools.partial(_top, it),
            closing=2 + _BOX + 4 + forms.BOTTOM - forms.witness_top(len(_witness(it))),
            close=functools.partial(_close, it),
            further=lambda on: forms.draw_further(on, _TITLE, it.number, it.language, LINK_WORDS[it.link]),
            language=it.language,
        ),
        sheet,
    )


def _sections(it: CheckSheet) -> tuple[Section, ...]:
    """The failed parts first, if there are any; then every part, group by group; then what the words mean."""
    failed = [line for line in it.lines if line.result == "fail"]
    parts = [_part(it, "不通过的检测点", failed)] if failed else []
    for group, title in GROUP_WORDS.items():
        lines = [line for line in it.lines if line.group == group]
        parts += [_part(it, title, lines)] if lines else []
    said = (_NOT_LOOKED, *(() if it.sealed else (_BEFORE_SEALING,)), _PICTURE)
    return (*parts, pages.sentences(said, it.language))


def _part(it: CheckSheet, title: str, lines: list[CheckLine]) -> Section:
    return pages.rows(_COLUMNS, [_cells(it, line) for line in lines], it.language, pages.heading(title, it.language))


def _cells(it: CheckSheet, line: CheckLine) -> tuple[Cell, ...]:
    zh = it.language == "zh"
    return (
        (line.code,),
        (shown(line.name), shown(line.item), *(() if zh else (shown(line.name_en),))),
        forms.worded(RESULT_WORDS[line.result], it.language),
        ("", shown(line.note), *(() if zh else (shown(line.note_en),))),
    )


def _top(it: CheckSheet, sheet: Surface) -> None:
    y = forms.draw_title(sheet, _TITLE, it.number, it.qr_text, it.language, LINK_WORDS[it.link])
    counts = {word: sum(RESULT_WORDS[line.result] == word for line in it.lines) for word in RESULT_WORDS.values()}
    rows = (
        (Field("电子文件号", shown(it.record_no)), Field("专档号", shown(it.dossier_no))),
        (Field("立档单位", shown(it.agency)), Field("检测时间", moments.minute(it.checked_at))),
        (Field("检测范围", f"{it.file_count} 个文件　{it.volume} 字节"), Field("检测点", _counted(counts))),
        (Field("结论", _concluded(it)), Field("检测依据", "DA/T 70-2018")),
    )
    forms.draw_fields(sheet, y, rows, 9, (10, 5.5), language=it.language)


def _concluded(it: CheckSheet) -> str:
    left = sum(line.result == "not_applicable" for line in it.lines)
    return ("通过" if it.passed else "不通过") + (f"（{left} 点不适用，见说明）" if left else "")


def _counted(counts: dict[str, int]) -> str:
    return "　".join(f"{word} {count}" for word, count in counts.items())


def _witness(it: CheckSheet) -> tuple[tuple[str, str], ...]:
    return (("XML 报告 SHA-256", it.report_sha256), *forms.ledger_lines(it.ledger_root, it.ledger_size))


def _close(it: CheckSheet, sheet: Surface, y: float) -> None:
    boxes = (Signature("人工检测人", seal=False), Signature("审核人"))
    forms.draw_signatures(sheet, y + 2, _BOX, boxes, it.language)
    lines = _witness(it)
    forms.draw_witness(sheet, forms.witness_top(len(lines)), lines, it.language)
