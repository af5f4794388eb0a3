"""The report of the four checks on paper."""

import dataclasses
import datetime as dt
import typing

from labels.papers.parts import PaperLanguage, aware, one_of, printed

CheckLink = typing.Literal["GD", "YJ", "BC"]
CheckGroup = typing.Literal["authenticity", "completeness", "usability", "safety"]
CheckResult = typing.Literal["pass", "fail", "not_applicable"]


@dataclasses.dataclass(frozen=True, slots=True)
class CheckLine:
    """One part that was looked at, or why it was not. `item` and `name` are what the table calls item and part."""

    code: str
    group: CheckGroup
    item: str
    name: str
    result: CheckResult
    note: str
    item_en: str = ""
    name_en: str = ""
    note_en: str = ""

    def __post_init__(self) -> None:
        one_of("group", self.group, CheckGroup)
        one_of("result", self.result, CheckResult)


@dataclasses.dataclass(frozen=True, slots=True)
class CheckSheet:
    """The report of the four checks (四性检测报告), A4, as many pages as it takes.

    `link` is the moment in the record's life (归档 GD, 移交与接收 YJ, 长期保存 BC). `passed` must follow from the
    lines. `sealed` is false for the sheet inside a package, made before its manifests and statement. `volume` is the
    bytes looked at, written for people; `report_sha256` the digest of the XML report, of which this is a picture.
    """

    number: str
    link: CheckLink
    record_no: str
    dossier_no: str
    agency: str
    checked_at: dt.datetime
    passed: bool
    sealed: bool
    file_count: int
    volume: str
    lines: tuple[CheckLine, ...]
    report_sha256: str
    ledger_root: str
    ledger_size: int
    printed_at: dt.datetime
    qr_text: str
    copy_no: int = 1
    language: PaperLanguage = "zh"

    def __post_init__(self) -> None:
        printed(self.qr_text, self.printed_at, self.copy_no, self.language)
        aware("checked_at", self.checked_at)
        one_of("link", self.link, CheckLink)
        if self.passed == any(line.result == "fail" for line in self.lines):
            raise ValueError("passed 与各检测点的结果矛盾：有一点不通过，结论就是不通过 (must follow from the lines)")
