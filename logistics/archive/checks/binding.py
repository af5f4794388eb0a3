"""Reading a package's metadata by the profile it was written by, and what each of our fields may say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from lxml import etree

from logistics.archive.checks.formats import parse_xml
from logistics.archive.checks.metadata import FileRow, Metadata, Rule, Shape, Step, Value
from logistics.archive.checks.report import note
from logistics.archive.describing import ENVELOPE, PREMIS
from logistics.archive.payload import DOSSIER
from logistics.archive.profiles import SHIPPED, Element, Profile, Sheet, load
from logistics.archive.report import Fault
from logistics.terms import ZH, Secrecy

_SHAPES = {"字符型": Shape.TEXT, "数值型": Shape.NUMBER, "日期型": Shape.INSTANT, "日期时间型": Shape.INSTANT}
#: Lengths of what the standards leave free; the rest follows from the patterns.
_LONGEST = {
    "record_no": 60, "archival_code": 60, "dossier_no": 60, "case_no": 60, "task_code": 60, "title": 240,
    "agency_name": 120, "task_name": 240, "applicant": 240, "remarks": 2000, "opinion": 2000, "who": 120, "agency": 120,
    "file_name": 120, "folder": 60, "format": 60, "node": 120,
}  # fmt: skip
_LONGEST_OTHER = 500
_PATTERNS = {
    "region_code": r"\d{6}|\d{9}|\d{12}",
    "fonds_no": r"[0-9A-Z]{4}",
    "category": r"[A-Z]{2}(·[A-Z]{2})?",
    "uscc": r"[0-9A-HJ-NP-RTUW-Y]{18}",
    "year": r"(19|20)\d{2}",
    "sha256": r"[0-9a-f]{64}",
    "code": r"[A-C]\d{2,4}",
}
_WORDS = {
    "retention": ("Y", "D30", "D10"),
    "retention_words": ("永久", "30年", "10年"),
    "secrecy_words": tuple(ZH[Secrecy].values()),
    "letter": ("A", "B", "C"),
}
_CODE = re.compile(r"([A-C]\d{2,})\D")


def read(files: Mapping[str, bytes], known: Sequence[Profile] = ()) -> Metadata:
    """The metadata by the first profile, of `known` or shipped, whose basic information is in the package."""
    for profile in (*known, *_shipped()):
        if f"data/{profile.basic.file}" in files:
            return _Reader(profile, files).whole()
    missing = note(
        DOSSIER, "包内没有认得的基本信息文件（福州、浙江样式，或所给的样式）", "no basic information of a known profile"
    )
    return Metadata("", "", malformed=(missing,))


@cache
def _shipped() -> tuple[Profile, ...]:
    return tuple(map(load, SHIPPED))


@dataclass
class _Reader:
    profile: Profile
    files: Mapping[str, bytes]
    values: list[Value] = field(default_factory=list)
    missing: list[tuple[Rule, str, int]] = field(default_factory=list)
    malformed: list[Fault] = field(default_factory=list)
    required: int = 0

    def whole(self) -> Metadata:
        """Both sheets; what cannot be read is said in `malformed` and left out."""
        basic, process = (f"data/{sheet.file}" for sheet in (self.profile.basic, self.profile.process))
        rows = [self.file_row(one) for one in self.sheet(self.profile.basic, basic)]
        steps = [self.step(one) for one in self.sheet(self.profile.process, process)]
        scope = [f"data/{self.profile.scope.file}"] if self.profile.scope else []
        return Metadata(
            basic, process, self.values, self.missing, self.required, rows, steps,
            tuple(f"data/{folder}/" for folder in self.profile.folders.values()),
            tuple(f"data/{self.profile.folders[letter]}/" for letter in ("A", "C")),
            (basic, process, *scope, ENVELOPE, PREMIS),
            self.malformed,
        )  # fmt: skip

    def sheet(self, sheet: Sheet, path: str) -> Iterator[dict[str, str]]:
        """Notes the head of one file, then each of its rows; yields these as field -> text."""
        root = self.root(sheet, path)
        if root is None:
            return
        self.elements(root, sheet.elements, path, 0)
        inside = root.find(sheet.rows.wrap) if sheet.rows.wrap else root
        for number, one in enumerate(() if inside is None else inside.iterchildren(sheet.rows.item), start=1):
            found = {name: one.get(attribute, "") for attribute, name in sheet.rows.attributes.items()}
            yield found | self.elements(one, sheet.rows.elements, path, number)

    def root(self, sheet: Sheet, path: str) -> etree._Element | None:
        if path not in self.files:
            self.malformed.append(note(path, "缺少", "missing"))
            return None
        try:
            root = parse_xml(self.files[path])
        except ValueError as why:
            self.malformed.append(note(path, f"读不出：{why}", f"cannot be read: {why}"))
            return None
        if root.tag != sheet.root:
            self.malformed.append(note(path, f"根元素应为 {sheet.root}", f"its root should be {sheet.root}"))
            return None
        return root

    def elements(self, parent: etree._Element, elements: Sequence[Element], path: str, row: int) -> dict[str, str]:
        """Notes each element of the profile that is there, and each that must be and is not."""
        found: dict[str, str] = {}
        known = {one.name: one for one in elements}
        there: set[str] = set()
        for child in parent.iterchildren(tag=etree.Element):
            element = known.get(str(child.tag))
            if element is None:
                continue
            text = child.text or ""
            self.values.append(Value(_rule(element), text, path, row))
            found.setdefault(element.field, text)
            if text.strip():
                there.add(element.name)
        self.required += sum(one.need == "必选" for one in elements)
        self.missing += [(_rule(one), path, row) for one in elements if one.need == "必选" and one.name not in there]
        return found

    def file_row(self, row: Mapping[str, str]) -> FileRow:
        folder, name = row.get("folder", ""), row.get("file_name", "")
        path = row.get("path") or (f"data/{folder}/{name}" if folder else f"data/{name}")
        code = _CODE.match(name)
        return FileRow(
            path if path.startswith("data/") else f"data/{path}",
            row.get("code") or (code[1] if code else ""),
            row.get("title", ""), row.get("format", ""), row.get("size", ""), row.get("made_at", ""),
            row.get("sha256", ""),
        )  # fmt: skip

    def step(self, row: Mapping[str, str]) -> Step:
        return Step(row.get("node") or row.get("step", ""), row.get("who", ""), row.get("at", ""), row.get("entry", ""))


@cache
def _rule(element: Element) -> Rule:
    values = (element.constant,) if not element.field else _WORDS.get(element.field, ())
    return Rule(
        element.name,
        element.title or element.name,
        element.field,
        element.need == "必选",
        _SHAPES[element.kind],
        _LONGEST.get(element.field, _LONGEST_OTHER),
        values,
        _PATTERNS.get(element.field, ""),
    )
