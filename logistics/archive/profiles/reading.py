"""Reading a profile file: every fault of it is said at once, each in a sentence that names its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, get_args

from logistics.archive.profiles import fields
from logistics.archive.profiles.shapes import (
    LETTERS,
    NUMBER_FIELDS,
    STEPS,
    Element,
    Kind,
    Need,
    Profile,
    Rows,
    Sheet,
    fit,
    names_in,
)

SHIPPED = ("fuzhou", "zhejiang")
_NAME = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff.-]*")
_TEXTS = ("name", "title", "standard", "system_code", "system", "record_no")
_TABLES = ("folders", "kinds", "steps", "basic", "process", "catalogue")
_SHEETS: dict[str, tuple[dict[str, type], dict[str, type]]] = {
    "basic": (fields.BASIC, fields.FILE),
    "process": (fields.BASIC, fields.STEP),
    "scope": (fields.BASIC, fields.FOLDER),
    "catalogue": (fields.BATCH, fields.PACKAGE),
}
_IN_FILE_NAME = {"catalogue": {"batch_no", "date", "system_code"}}


class ProfileFault(ValueError):
    """The profile file cannot be used; `faults` says why, a sentence each."""

    def __init__(self, source: str, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"归档样式文件 {source} 有误，请改正后重试：\n" + "\n".join(f"  {one}" for one in faults))


def load(name_or_path: str) -> Profile:
    """The shipped profile of that name, or the one in the file at that path. Raises `ProfileFault` with every fault."""
    try:
        if name_or_path in SHIPPED:
            text = resources("logistics.archive.profiles").joinpath(f"{name_or_path}.toml").read_text("utf-8")
        else:
            text = Path(name_or_path).read_text("utf-8")
    except (OSError, UnicodeError) as why:
        known = "、".join(SHIPPED)
        raise ProfileFault(name_or_path, [f"读不了（{why}）。写自带样式的名称（{known}）或文件路径。"]) from why
    return parse(text, name_or_path)


def parse(text: str, source: str = "profile") -> Profile:
    """The profile a TOML text describes. Raises `ProfileFault`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise ProfileFault(source, [f"不是 TOML：{why}"]) from why
    reader = _Reader()
    profile = reader.profile(raw)
    if reader.faults:
        raise ProfileFault(source, reader.faults)
    return profile


class _Reader:
    """Gathers faults while it reads; what it returns is of use only when there were none."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def profile(self, raw: Mapping[str, Any]) -> Profile:
        self.known(raw, "", {*_TEXTS, *_TABLES, "scope"})
        texts = {name: self.text(raw, name, "") for name in _TEXTS}
        tables = {name: self.table(raw, name, "") for name in _TABLES}
        self.numbering(texts["record_no"])
        for letter in LETTERS:
            if not fit(str(tables["folders"].get(letter, ""))):
                self.faults.append(f"folders.{letter}：要写能作文件夹名的目录名")
        if len(set(tables["folders"].values())) != len(LETTERS) or tables["folders"].keys() != set(LETTERS):
            self.faults.append("folders：A、B、C 三个目录名须齐全而且互不相同，不能有别的")
        for kind, letter in tables["kinds"].items():
            if letter not in LETTERS:
                self.faults.append(f"kinds.{kind}：只能是 A、B、C，写的是 {letter!r}")
        if tables["steps"].keys() != set(STEPS) or not all(str(one) for one in tables["steps"].values()):
            self.faults.append(f"steps：须写明且只写明 {'、'.join(STEPS)} 各环节的代码")
        sheets = {name: self.sheet(name, tables[name]) for name in ("basic", "process", "catalogue")}
        scope = self.sheet("scope", self.table(raw, "scope", "")) if "scope" in raw else None
        placed = [one.file for one in (sheets["basic"], sheets["process"], scope) if one]
        if len({one.casefold() for one in placed}) != len(placed):
            self.faults.append("basic、process、scope：文件名须互不相同")
        return Profile(
            texts["name"], texts["title"], texts["standard"], texts["system_code"], texts["system"],
            texts["record_no"], tables["folders"], tables["kinds"],
            {step: str(code) for step, code in tables["steps"].items()}, **sheets, scope=scope,
        )  # fmt: skip

    def numbering(self, pattern: str) -> None:
        try:
            asked = names_in(pattern)
            pattern.format_map(dict.fromkeys(NUMBER_FIELDS, "0") | {"year": 2026, "serial": 1})
        except (ValueError, KeyError, IndexError) as why:
            self.faults.append(f"record_no：写法看不懂（{why}）；可用的项：{'、'.join(NUMBER_FIELDS)}")
            return
        if "serial" not in asked or "year" not in asked or not asked & {"fonds_no", "agency_code"}:
            self.faults.append("record_no：须含 serial、year，并含 fonds_no 或 agency_code，否则电子文件号会重复")

    def sheet(self, name: str, raw: Mapping[str, Any]) -> Sheet:
        head, each = _SHEETS[name]
        self.known(raw, name, {"file", "root", "title", "elements", "rows"})
        file = self.text(raw, "file", name)
        self.file_name(name, file)
        rows = self.table(raw, "rows", name)
        place = f"{name}.rows"
        self.known(rows, place, {"wrap", "title", "item", "attributes", "elements"})
        attributes = self.table(rows, "attributes", place)
        for attribute, field in attributes.items():
            if not _NAME.fullmatch(attribute) or field not in each:
                self.faults.append(f"{place}.attributes.{attribute}：属性名或字段 {field!r} 不认识")
        return Sheet(
            file,
            self.tag(raw, "root", name),
            self.text(raw, "title", name, empty=True),
            self.elements(raw, name, head),
            Rows(
                self.tag(rows, "wrap", place) if rows.get("wrap") else "",
                self.text(rows, "title", place, empty=True),
                self.tag(rows, "item", place),
                attributes,
                self.elements(rows, place, each),
            ),
        )

    def file_name(self, name: str, pattern: str) -> None:
        allowed = _IN_FILE_NAME.get(name, set())
        try:
            asked = names_in(pattern)
            made = pattern.format_map(dict.fromkeys(allowed, "0")) if asked <= allowed else ""
        except ValueError:
            made = ""
        if not fit(made) or len(made) > 60 or not made.lower().endswith(".xml"):
            self.faults.append(f"{name}.file：要写以 .xml 结尾、至多 60 字的文件名，写的是 {pattern!r}")

    def elements(self, raw: Mapping[str, Any], place: str, known: Mapping[str, type]) -> tuple[Element, ...]:
        listed = raw.get("elements")
        if not isinstance(listed, list):
            self.faults.append(f"{place}.elements：要写元素表")
            return ()
        made = [self.element(row, f"{place}.elements 第 {number} 行", known) for number, row in enumerate(listed, 1)]
        names = [one.name for one in made if one]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.faults.append(f"{place}.elements：元素 {name} 写了两次")
        return tuple(one for one in made if one)

    def element(self, row: Any, place: str, known: Mapping[str, type]) -> Element | None:
        if not isinstance(row, list) or len(row) != 5 or not all(isinstance(one, str) for one in row):
            self.faults.append(f"{place}：要写五项文字：元素名、标题、字段、约束性、数据类型")
            return None
        name, title, field, need, kind = row
        before = len(self.faults)
        if not _NAME.fullmatch(name):
            self.faults.append(f"{place}：{name!r} 不能作元素名")
        if need not in get_args(Need):
            self.faults.append(f"{place}：约束性只能是 {'、'.join(get_args(Need))}，写的是 {need!r}")
        if kind not in get_args(Kind):
            self.faults.append(f"{place}：数据类型只能是 {'、'.join(get_args(Kind))}，写的是 {kind!r}")
        constant = field.startswith("=")
        if not constant and field not in known:
            self.faults.append(f"{place}：没有字段 {field!r}，可用的有 {'、'.join(sorted(known))}")
        elif kind in fields.KINDS and not _suits(str if constant else known[field], kind):
            self.faults.append(f"{place}：字段 {field!r} 不是{kind}")
        if len(self.faults) > before:
            return None
        return Element(name, title, "" if constant else field, field[1:] if constant else "", need, kind)

    def known(self, raw: Mapping[str, Any], place: str, names: set[str]) -> None:
        for name in sorted(raw.keys() - names):
            self.faults.append(f"{f'{place}.' if place else ''}{name}：没有这一项，可写的有 {'、'.join(sorted(names))}")

    def text(self, raw: Mapping[str, Any], name: str, place: str, *, empty: bool = False) -> str:
        value = raw.get(name)
        if not isinstance(value, str) or not (value.strip() or empty):
            self.faults.append(f"{f'{place}.' if place else ''}{name}：要写一段文字")
            return ""
        return value

    def tag(self, raw: Mapping[str, Any], name: str, place: str) -> str:
        value = self.text(raw, name, place)
        if value and not _NAME.fullmatch(value):
            self.faults.append(f"{place}.{name}：{value!r} 不能作元素名")
        return value

    def table(self, raw: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
        value = raw.get(name)
        if not isinstance(value, dict):
            self.faults.append(f"{f'{place}.' if place else ''}{name}：缺少这一节")
            return {}
        return value


def _suits(value: type, kind: str) -> bool:
    """Whether a value of this type can be written as this kind; a number may stand as text."""
    return value is fields.KINDS[kind] or (kind == "字符型" and value is int)
