"""A sheet of a profile filled in: XML, and the schema (XSD 1.0) that such XML keeps to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree as ET

from logistics.archive.profiles.fields import Value, Values
from logistics.archive.profiles.shapes import Element, Kind, Rows, Sheet

CHINA = timezone(timedelta(hours=8))
_XS = "http://www.w3.org/2001/XMLSchema"
_TYPES: dict[Kind, tuple[str, str]] = {  # base type, and the facet that narrows it
    "字符型": ("string", r"(.|\n)*\S(.|\n)*"),
    "数值型": ("nonNegativeInteger", ""),
    "日期型": ("string", r"\d{4}-\d{2}-\d{2}"),
    "日期时间型": ("string", r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"),
}
_CONTROL = {code: " " for code in (*range(32), 127, 0xFFFE, 0xFFFF) if code not in (9, 10)}


class ElementMissing(ValueError):
    """必选 elements have no value; `titles` names them as the profile does."""

    def __init__(self, sheet: str, titles: Sequence[str]) -> None:
        self.titles = tuple(titles)
        super().__init__(f"{sheet}缺必选项：{'、'.join(titles)}")


def sheet_xml(sheet: Sheet, head: Values, rows: Sequence[Values]) -> bytes:
    """The sheet as UTF-8 XML. Raises `ElementMissing` where a 必选 element would be empty."""
    missing: dict[str, None] = {}
    root = ET.Element(sheet.root, _titled(sheet.title))
    _fill(root, sheet.elements, head, missing)
    if rows:
        inside = ET.SubElement(root, sheet.rows.wrap, _titled(sheet.rows.title)) if sheet.rows.wrap else root
        for values in rows:
            given = {name: _text(values[field], "字符型") for name, field in sheet.rows.attributes.items()}
            _fill(ET.SubElement(inside, sheet.rows.item, given), sheet.rows.elements, values, missing)
    if missing:
        raise ElementMissing(sheet.title or sheet.file, list(missing))
    return written(root)


def written(root: ET.Element) -> bytes:
    """The tree as people can read it: indented, UTF-8, with its declaration."""
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _fill(parent: ET.Element, elements: Sequence[Element], values: Values, missing: dict[str, None]) -> None:
    for element in elements:
        value = _text(values.get(element.field, ""), element.kind) if element.field else element.constant
        if value.strip():
            ET.SubElement(parent, element.name, _titled(element.title)).text = value
        elif element.need == "必选":
            missing[element.title or element.name] = None


def _text(value: Value, kind: Kind) -> str:
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d" if kind == "日期型" else "%Y-%m-%d %H:%M:%S")
    return clean(str(value))


def clean(text: str) -> str:
    """The text without signs XML 1.0 has no place for."""
    return "".join(" " if "\ud800" <= sign <= "\udfff" else sign for sign in text.translate(_CONTROL))


def _titled(title: str) -> dict[str, str]:
    return {"title": title} if title else {}


def sheet_xsd(sheet: Sheet) -> bytes:
    """The schema of the sheet: order, which must be there, what each may hold."""
    ET.register_namespace("xs", _XS)
    schema = ET.Element(f"{{{_XS}}}schema", {"elementFormDefault": "qualified"})
    for kind, (base, pattern) in _TYPES.items():
        simple = _xs(schema, "simpleType", name=kind)
        narrowed = _xs(simple, "restriction", base=f"xs:{base}")
        if pattern:
            _xs(narrowed, "pattern", value=pattern)
    sequence = _complex(schema, sheet.root, sheet.title, {})
    _declare(sequence, sheet.elements)
    rows = sheet.rows
    if rows.wrap:
        sequence = _complex(sequence, rows.wrap, rows.title, {}, minOccurs="0")
    _declare(_complex(sequence, rows.item, "", rows.attributes, minOccurs="0", maxOccurs="unbounded"), rows.elements)
    return written(schema)


def _declare(sequence: ET.Element, elements: Sequence[Element]) -> None:
    for element in elements:
        optional = {} if element.need == "必选" else {"minOccurs": "0"}
        made = _xs(sequence, "element", name=element.name, **optional)
        extension = _xs(_xs(_xs(made, "complexType"), "simpleContent"), "extension", base=element.kind)
        _title(extension, element.title)


def _complex(parent: ET.Element, name: str, title: str, attributes: Mapping[str, str], **occurs: str) -> ET.Element:
    """An element with children: their sequence, to which the caller adds. Attributes come after it, as XSD wants."""
    kind = _xs(_xs(parent, "element", name=name, **occurs), "complexType")
    sequence = _xs(kind, "sequence")
    _title(kind, title)
    for attribute in attributes:
        _xs(kind, "attribute", name=attribute, type="xs:string", use="required")
    return sequence


def _title(parent: ET.Element, title: str) -> None:
    if title:
        _xs(parent, "attribute", name="title", type="xs:string", use="required", fixed=title)


def _xs(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{_XS}}}{tag}", attributes)


__all__ = ["CHINA", "ElementMissing", "Rows", "clean", "sheet_xml", "sheet_xsd", "written"]
