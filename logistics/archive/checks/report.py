"""What the four checks answer with: items, their parts, and which files they looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from logistics.archive.report import Fault
from logistics.terms import CheckLink as Link

__all__ = ["Link"]  # the three moments at which DA/T 70-2018 wants the checks done

_SHOWN = 5  # faults that are spelt out; further ones are counted, and their files named


class Result(StrEnum):
    """What came of looking. `NOT_APPLICABLE`: nobody looked here, and the reason says why, or who has to."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"


LINK_NAMES: dict[Link, tuple[str, str]] = {
    Link.GD: ("归档", "filing"),
    Link.YJ: ("移交与接收", "transfer"),
    Link.BC: ("长期保存", "long-term keeping"),
}
RESULT_NAMES: dict[Result, tuple[str, str]] = {
    Result.PASS: ("通过", "passed"),
    Result.FAIL: ("不通过", "failed"),
    Result.NOT_APPLICABLE: ("不适用", "not applicable"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one part found: the result, a sentence in Chinese and English, the files concerned."""

    result: Result
    zh: str
    en: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One automatic part of an item. `code` is the item's code, a point, and the part's number in it."""

    code: str
    zh: str
    en: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the table, `GD-1-1` and so on; `group` is 1 真实 2 完整 3 可用 4 安全."""

    code: str
    group: int
    zh: str
    en: str
    parts: tuple[Part, ...]

    @property
    def result(self) -> Result:
        """Failed when a part failed; passed when a part was looked at and none failed; else not applicable."""
        found = {part.outcome.result for part in self.parts}
        if Result.FAIL in found:
            return Result.FAIL
        return Result.PASS if Result.PASS in found else Result.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class Covered:
    """A file that was looked at, as it was then: its path in the package, bytes and SHA-256 (hex)."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The whole answer for one package at one link.

    `sealed` is false for the report that goes into the package: then the files of `excluded` did not exist yet, since
    they depend on the report. `record_no`, `dossier_no` and `agency` are empty where the package does not say them.
    """

    link: Link
    at: datetime  # aware UTC
    record_no: str
    dossier_no: str
    agency: str  # 立档单位
    ledger_size: int  # the log's signed head that the package holds: entries and root (hex); 0 and empty for none
    ledger_root: str
    sealed: bool
    covered: tuple[Covered, ...]
    excluded: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def passed(self) -> bool:
        """Whether no part failed. What was not applicable stands in the report with its reason."""
        return not self.failed

    @property
    def failed(self) -> tuple[Part, ...]:
        """Every part that failed, in order."""
        return tuple(part for part in self.parts if part.outcome.result is Result.FAIL)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part of every item, in order."""
        return tuple(part for item in self.items for part in item.parts)

    def count(self, result: Result) -> int:
        """How many parts ended so."""
        return sum(part.outcome.result is result for part in self.parts)

    def item(self, number: str) -> Item:
        """The item of that number, such as `1-1`. Raises KeyError."""
        found = {item.code.partition("-")[2]: item for item in self.items}
        return found[number]


def passed(zh: str, en: str) -> Outcome:
    """Looked at and in order; the sentence says what was looked at."""
    return Outcome(Result.PASS, zh, en)


def not_applicable(zh: str, en: str) -> Outcome:
    """Not looked at; the sentence says why, or who has to."""
    return Outcome(Result.NOT_APPLICABLE, zh, en)


def judged(faults: Iterable[Fault], zh: str, en: str) -> Outcome:
    """Failed with the faults, each once, or passed with the sentence about what was looked at."""
    found = list(dict.fromkeys(faults))
    if not found:
        return passed(zh, en)
    files = tuple(dict.fromkeys(one.file for one in found if one.file))
    return Outcome(Result.FAIL, _joined(found, "zh"), _joined(found, "en"), tuple(map(printable, files)))


def note(file: str, zh: str, en: str, code: str = "check") -> Fault:
    """A fault of one file (an empty name where no one file is at fault)."""
    return Fault(file, code, zh, en)


def printable(text: str) -> str:
    """The text without anything that could steer a terminal or that XML and paper cannot hold."""
    return "".join(sign if sign.isprintable() or is_ideograph(sign) else f"\\u{ord(sign):04x}" for sign in text)


def is_ideograph(sign: str) -> bool:
    """Whether it stands where Unicode keeps 汉字 beyond the first plane, also those newer than this Python knows."""
    return 0x20000 <= ord(sign) <= 0x3FFFF and ord(sign) & 0xFFFE != 0xFFFE


def _joined(found: Sequence[Fault], language: str) -> str:
    said = [_said(one, language) for one in found[:_SHOWN]]
    rest = len(found) - len(said)
    if language == "zh":
        return "；".join(said) + (f"；另有 {rest} 处" if rest else "")
    return "; ".join(said) + (f"; and {rest} more" if rest else "")


def _said(one: Fault, language: str) -> str:
    if language == "zh":
        return printable(f"{one.file}：{one.reason_zh}" if one.file else one.reason_zh)
    return printable(f"{one.file}: {one.reason_en}" if one.file else one.reason_en)
