"""A profile as values: what a city's rules call a package's files, elements and folders, and which must be there."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Need = Literal["必选", "条件选", "可选"]
Kind = Literal["字符型", "数值型", "日期型", "日期时间型"]
LETTERS = ("A", "B", "C")  # 申报, 过程, 结果
STEPS = ("opened", "complete", "supplemented", "decided", "handed_over", "dispatched", "received", "closed")


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its name and title in the XML, and the field of ours (or the constant) that fills it."""

    name: str
    title: str
    field: str  # empty for a constant
    constant: str
    need: Need
    kind: Kind


@dataclass(frozen=True, slots=True)
class Rows:
    """The repeated part of a sheet: `item` elements, inside `wrap` (or right under the root where that is empty)."""

    wrap: str
    title: str
    item: str
    attributes: Mapping[str, str]  # attribute -> field
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One XML file: a head of elements and the repeated part. A catalogue's `file` may hold `{batch_no}`, `{date}`,
    `{system_code}`.
    """

    file: str
    root: str
    title: str
    elements: tuple[Element, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Profile:
    """How one city wants its packages. `scope` is None where it wants no 归档配置表."""

    name: str
    title: str
    standard: str
    system_code: str
    system: str
    record_no_pattern: str
    folders: Mapping[str, str]  # letter -> folder
    kinds: Mapping[str, str]  # kind of paper -> letter
    steps: Mapping[str, str]  # our step -> the city's code or word
    basic: Sheet
    process: Sheet
    catalogue: Sheet
    scope: Sheet | None = None

    def record_no(self, **values: str | int) -> str:
        """电子文件号 of these values (`NUMBER_FIELDS`). Raises ValueError when it cannot name a folder."""
        made = self.record_no_pattern.format_map(values)
        if len(made) > 60 or not fit(made):
            raise ValueError(f'电子文件号 {made!r} 不能作文件夹名：至多 60 字，不含空格和 \\/:*?"<>|')
        return made

    def letter(self, kind: str) -> str:
        """The folder's letter for a kind of paper."""
        return self.kinds.get(kind, "B")


NUMBER_FIELDS = (
    "region_code", "agency_code", "fonds_no", "category", "task_code", "year", "retention", "retention_words", "serial"
)  # fmt: skip


def fit(name: str) -> bool:
    """Whether systems of all kinds take it as the name of a file or folder."""
    return bool(name) and name[0] not in ". " and name.isprintable() and not set(name) & set('\\/:*?"<>| ')


def names_in(pattern: str) -> set[str]:
    """The fields a pattern asks for. Raises ValueError for one that is malformed."""
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
