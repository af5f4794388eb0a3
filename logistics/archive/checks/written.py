"""The report as XML: written one way, read back whole, with its schema beside it (`four-checks.xsd`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files as resources

from lxml import etree

from logistics.archive.checks.formats import parse_xml
from logistics.archive.checks.report import (
    LINK_NAMES,
    RESULT_NAMES,
    CheckReport,
    Covered,
    Item,
    Link,
    Outcome,
    Part,
    Result,
)
from logistics.rules.chain import instant, stamp

NAMESPACE = "urn:youdang:four-checks:1"
STANDARD = "DA/T 70-2018；GB/T 42727-2023"
GROUPS = {
    1: ("真实性", "authenticity"),
    2: ("完整性", "completeness"),
    3: ("可用性", "usability"),
    4: ("安全性", "safety"),
}
_WHY_NOT_COVERED = "本报告写入包内之后才形成，由封装程序和以后各环节检测"


def report_xml(report: CheckReport) -> bytes:
    """The report as UTF-8 XML; the same report gives the same bytes, and they satisfy the schema."""
    root = etree.Element(_name("四性检测报告"), nsmap={None: NAMESPACE})
    zh, en = LINK_NAMES[report.link]
    _add(root, "依据", STANDARD)
    _add(root, "环节", zh, 代码=report.link.value.upper(), 英文=en)
    _add(root, "检测时间", stamp(report.at))
    _add(root, "电子文件号", report.record_no)
    _add(root, "专档编号", report.dossier_no)
    _add(root, "立档单位", report.agency)
    _add(root, "总账检查点", report.ledger_root, 条目数=str(report.ledger_size))
    _add(root, "结论", "通过" if report.passed else "不通过", 结果="pass" if report.passed else "fail")
    scope = _add(root, "检测范围", 已封装="true" if report.sealed else "false")
    scope.set("文件数", str(len(report.covered)))
    scope.set("字节数", str(sum(one.size for one in report.covered)))
    for one in report.covered:
        _add(scope, "文件", "", 路径=one.path, 字节数=str(one.size), sha256=one.sha256)
    for path in report.excluded:
        _add(scope, "未含文件", _WHY_NOT_COVERED, 路径=path)
    for item in report.items:
        _item(root, item)
    etree.indent(root, " ")
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _item(root: etree._Element, item: Item) -> None:
    made = _add(root, "检测项", "", 编号=item.code, 结果=item.result.value)
    zh, en = GROUPS[item.group]
    made.set("性质", zh)
    made.set("性质英文", en)
    made.set("名称", item.zh)
    made.set("英文名称", item.en)
    for part in item.parts:
        point = _add(made, "检测点", "", 编号=part.code, 结果=part.outcome.result.value)
        point.set("结果说明", RESULT_NAMES[part.outcome.result][0])
        point.set("名称", part.zh)
        point.set("英文名称", part.en)
        _add(point, "说明", part.outcome.zh)
        _add(point, "英文说明", part.outcome.en)
        for path in part.outcome.files:
            _add(point, "所涉文件", path)


def read_report(content: bytes) -> CheckReport:
    """The report in the XML. Raises ValueError unless it satisfies the schema and its conclusions follow from it."""
    root = parse_xml(content)
    try:
        schema().assertValid(root)
    except etree.DocumentInvalid as why:
        raise ValueError(str(why)) from why
    scope = root.find(_name("检测范围"))
    assert scope is not None  # the schema wants it
    report = CheckReport(
        link=Link(_one(root, "环节").get("代码", "").lower()),
        at=instant(_text(root, "检测时间")),
        record_no=_text(root, "电子文件号"),
        dossier_no=_text(root, "专档编号"),
        agency=_text(root, "立档单位"),
        ledger_size=int(_one(root, "总账检查点").get("条目数", "")),
        ledger_root=_text(root, "总账检查点"),
        sealed=scope.get("已封装") == "true",
        covered=tuple(
            Covered(one.get("路径", ""), int(one.get("字节数", "")), one.get("sha256", ""))
            for one in scope.iterfind(_name("文件"))
        ),
        excluded=tuple(one.get("路径", "") for one in scope.iterfind(_name("未含文件"))),
        items=tuple(map(_read_item, root.iterfind(_name("检测项")))),
    )
    if report_xml(report) != content:
        raise ValueError("its conclusions do not follow from its parts, or it is written another way")
    return report


def _read_item(made: etree._Element) -> Item:
    group = next(number for number, (zh, _) in GROUPS.items() if zh == made.get("性质"))
    return Item(
        made.get("编号", ""), group, made.get("名称", ""), made.get("英文名称", ""),
        tuple(map(_read_part, made.iterfind(_name("检测点")))),
    )  # fmt: skip


def _read_part(point: etree._Element) -> Part:
    outcome = Outcome(
        Result(point.get("结果", "")),
        _text(point, "说明"),
        _text(point, "英文说明"),
        tuple(one.text or "" for one in point.iterfind(_name("所涉文件"))),
    )
    return Part(point.get("编号", ""), point.get("名称", ""), point.get("英文名称", ""), outcome)


@cache
def schema() -> etree.XMLSchema:
    """The schema of the report, as it is shipped."""
    written = resources("logistics.archive.checks").joinpath("four-checks.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(written))


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, _name(name), attributes)
    made.text = text or None
    return made


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = parent.find(_name(name))
    if found is None:
        raise ValueError(f"no {name}")
    return found


def _text(parent: etree._Element, name: str) -> str:
    return _one(parent, name).text or ""


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
