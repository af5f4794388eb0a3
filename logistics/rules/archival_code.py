"""档号 by DA/T 13-2022, how long its dossier is kept, and the highest 密级 of what is inside.

A code by item is `全宗号-门类代码·年度-保管期限代码-机构(问题)代码-件号`: levels joined by `-`, what stands on one
level by `·` (U+00B7). The part for organisation or problem may be left out (DA/T 22-2015).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from logistics.terms import Secrecy

RETENTIONS: dict[str, tuple[str, int | None]] = {"Y": ("永久", None), "D30": ("30年", 30), "D10": ("10年", 10)}
"""Retention code -> its words and its years (none: for ever)."""

MIDDLE_DOT = "\u00b7"
_PART = {
    "fonds_no": re.compile(r"[0-9A-Z]{4}"),
    "category": re.compile(rf"[A-Z]{{2}}({MIDDLE_DOT}[A-Z]{{2}})?"),
    "section": re.compile(r"[0-9A-Z]{0,6}"),
}
_CODE = re.compile(
    rf"(?P<fonds_no>[0-9A-Z]{{4}})-(?P<category>[A-Z]{{2}}(?:{MIDDLE_DOT}[A-Z]{{2}})?){MIDDLE_DOT}(?P<year>[0-9]{{4}})"
    r"-(?P<retention>Y|D30|D10)(?:-(?P<section>[0-9A-Z]{1,6}))?-(?P<number>[0-9]{4,6})"
)


@dataclass(frozen=True, slots=True)
class ArchivalCode:
    """The parts of a 档号. Making one raises ValueError for a part out of form."""

    fonds_no: str  # 全宗号, four digits or capital letters
    category: str  # 档案门类代码: two capital letters, a second level after `·`
    year: int
    retention: str  # Y, D30, D10
    number: int  # 件号, from 1
    section: str = ""  # 机构(问题)代码

    def __post_init__(self) -> None:
        wrong = [name for name, form in _PART.items() if not form.fullmatch(getattr(self, name))]
        if self.retention not in RETENTIONS:
            wrong.append("retention")
        if not 1 <= self.number <= 999_999:
            wrong.append("number")
        if not 1900 <= self.year <= 9999:
            wrong.append("year")
        if wrong:
            raise ValueError(f"out of form for an archival code: {', '.join(wrong)}")

    def __str__(self) -> str:
        section = f"-{self.section}" if self.section else ""
        return f"{self.fonds_no}-{self.category}{MIDDLE_DOT}{self.year:04d}-{self.retention}{section}-{self.number:04d}"

    @property
    def ascii(self) -> str:
        """As it stands in codes and bar codes, which hold no `·`: a full stop in its place."""
        return str(self).replace(MIDDLE_DOT, ".")


def read(text: str) -> ArchivalCode:
    """The code in `text`, also as a bar code gives it (`.` for `·`). Raises ValueError."""
    text = text.replace(".", MIDDLE_DOT)
    match = _CODE.fullmatch(text)
    if match is None:
        raise ValueError(f"no archival code by item: {text!r}")
    found = match.groupdict(default="")
    code = ArchivalCode(
        found["fonds_no"], found["category"], int(found["year"]), found["retention"], int(found["number"]),
        found["section"],
    )  # fmt: skip
    if str(code) != text:
        raise ValueError(f"an archival code is written otherwise: {text!r}")
    return code


def retained_until(year: int, retention: str) -> date | None:
    """The last day of keeping: counted from the end of the year of the dossier; None for ever. Raises KeyError."""
    years = RETENTIONS[retention][1]
    return None if years is None else date(year + years, 12, 31)


def highest(secrecies: Iterable[Secrecy]) -> Secrecy:
    """密级 of a dossier: the highest of its originals; none when it has none."""
    order = list(Secrecy)
    return max(secrecies, key=order.index, default=Secrecy.NONE)
