"""The rows of the originals form: one for each wanted material, blank ones for papers outside the checklist."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from marshmallow import fields, validate

from logistics.errors import Malformed, Wrong
from logistics.tables import Material, Original
from logistics.terms import Form, Secrecy
from logistics.web.forms import FormShape, here

MOST_EXTRAS = 12
LONGEST = 80
OFFICIAL = "公文"  # a checklist that calls a material a 公文 in its review points

TEXTS = ("title", "number", "issuer", "holder")
COUNTS = ("pages", "copies")
TICKS = ("take", "irreplaceable", "must_return", "official")


@dataclass(frozen=True)
class Row:
    """One row as it is drawn: `values` by short field name; a tick is "" or "true". No `material`: outside the list."""

    prefix: str
    material: Material | None
    values: dict[str, str]

    def name(self, field: str) -> str:
        """The form's name for one field of this row."""
        return f"{self.prefix}-{field}"

    @property
    def opened(self) -> bool:
        """Whether the rarely changed fields stand open, because one of them matters here."""
        return self.values["secrecy"] != Secrecy.NONE.value or bool(self.values["official"])


def material_rows(materials: Sequence[Material]) -> list[Row]:
    """A row for each material whose original is wanted."""
    wanted = [one for one in materials if one.original_wanted and not one.e_certificate_shared]
    return [_row(f"m{one.id}", one, _of_material(one)) for one in wanted]


def still_wanted(rows: Sequence[Row], originals: Sequence[Original]) -> list[Row]:
    """The rows of which nothing is listed yet; a form sent again, or from an old page, still has the others."""
    listed = {one.material_id for one in originals}
    return [row for row in rows if row.material is None or row.material.id not in listed]


def _of_material(one: Material) -> dict[str, str]:
    return {"title": one.name, "form": one.form.value, "copies": str(one.quantity), "take": "true"}


def extra_rows(more: int, stored: Collection[str]) -> list[Row]:
    """Blank rows: as many as the form had, and `more`; those already `stored` are blank again."""
    had = request.form.get("extras", type=int) or 1 if request.method == "POST" else 1
    return [
        _row(f"x{number}", None, {"form": Form.ORIGINAL.value, "copies": "1"}, f"x{number}" in stored)
        for number in range(1, min(max(had, 1) + more, MOST_EXTRAS) + 1)
    ]


def _row(prefix: str, material: Material | None, given: dict[str, str], blank: bool = False) -> Row:
    official = material is not None and OFFICIAL in material.review_points
    first = {
        **dict.fromkeys((*TEXTS, *TICKS), ""),
        "pages": "1",
        "irreplaceable": "true",
        "must_return": "true",
        "official": "true" if official else "",
        "secrecy": Secrecy.NONE.value,
        **given,
    }
    if request.method == "POST" and not blank:
        first = {field: request.form.get(f"{prefix}-{field}", "") for field in first}
    return Row(prefix, material, first)


def shape_of(rows: Sequence[Row]) -> type[FormShape]:
    """The shape of the form with these rows."""
    text = fields.String(load_default="", validate=validate.Length(max=LONGEST, error=_("最多 80 个字。")))
    count = fields.Integer(load_default=0, validate=validate.Range(max=9999, error=_("最多 9999。")))
    tick = fields.Boolean(load_default=False)
    known: dict[str, Any] = {"then": fields.String(load_default="stay"), "extras": fields.Integer(load_default=1)}
    for row in rows:
        known |= {row.name(name): text for name in TEXTS}
        known |= {row.name(name): count for name in COUNTS}
        known |= {row.name(name): tick for name in TICKS}
        known[row.name("form")] = fields.Enum(Form, by_value=True, load_default=Form.ORIGINAL)
        known[row.name("secrecy")] = fields.Enum(Secrecy, by_value=True, load_default=Secrecy.NONE)
    made: Any = FormShape.from_dict(known, name="Originals")
    return made  # type: ignore[no-any-return]


def taken(rows: Sequence[Row], form: dict[str, Any], applicant: str) -> list[tuple[Row, dict[str, Any]]]:
    """The rows that are to be listed, each with the fields of a `NewOriginal`. Without a holder it is the applicant's.

    Raises `Malformed` at the fields.
    """
    wanted = [row for row in rows if _is_taken(row, form)]
    wrong: Wrong = {}
    for row in wanted:
        wrong |= {} if form[row.name("title")] else {row.name("title"): [here(_("请填写这一项。"))]}
        wrong |= {row.name(name): [here(_("至少为 1。"))] for name in COUNTS if form[row.name(name)] < 1}
    if wrong:
        raise Malformed(
            f"还没有登记：有 {len(wrong)} 处需要改。请看标红的地方。",
            f"Nothing listed yet: {len(wrong)} field(s) need a correction. See the marked places.",
            wrong,
        )
    return [(row, _new(row, form, applicant)) for row in wanted]


def _is_taken(row: Row, form: dict[str, Any]) -> bool:
    return bool(form[row.name("take")] if row.material else form[row.name("title")])


def _new(row: Row, form: dict[str, Any], applicant: str) -> dict[str, Any]:
    def of(name: str) -> Any:
        return form[row.name(name)]

    return {
        "kind": row.material.name if row.material else of("title"),
        "title": of("title"),
        "number": of("number"),
        "issuer": of("issuer"),
        "holder_name": of("holder") or applicant,
        "pages": of("pages"),
        "copies": of("copies"),
        "form": of("form"),
        "irreplaceable": of("irreplaceable"),
        "must_return": of("must_return"),
        "secrecy": of("secrecy"),
        "official_document": of("official"),
        "material_id": row.material.id if row.material else None,
    }
