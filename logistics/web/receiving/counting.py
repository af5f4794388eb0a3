"""The receiver's form: one finding a line, the seal that was on it, what was in it beside its list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate

from logistics.errors import Malformed, Wrong
from logistics.services.receipt import ExtraFound
from logistics.terms import Outcome
from logistics.web.forms import FormShape, here, read
from logistics.web.receiving.lines import FINDINGS, Line

EXTRAS = 3
"""How many documents beside the list one form takes; the next save takes more."""

LONGEST = 200
OWN_QR = "YD1|"


def shape_of(lines: Sequence[Line]) -> type[FormShape]:
    """The shape of the form over these lines; a line left out is 未核.

    Lines counted meanwhile stay in it, so that a second sending meets the verb (which knows it), not a wrong shape.
    """
    long = validate.Length(max=LONGEST, error=lazy_gettext("最多 200 个字。"))
    finding = fields.Enum(Outcome, by_value=True, load_default=Outcome.UNCHECKED)
    known: dict[str, Any] = {line.field: finding for line in lines}
    known |= {
        "seal_found": fields.String(load_default="", validate=long),
        "no_seal": fields.Boolean(load_default=False),
        "seal_broken": fields.Boolean(load_default=False),
        "envelope_damaged": fields.Boolean(load_default=False),
        "nothing_inside": fields.Boolean(load_default=False),
        "act": fields.String(required=True, validate=validate.OneOf(["all", "some", "empty"])),
    }
    for number in range(1, EXTRAS + 1):
        known |= {f"extra-{number}-{name}": fields.String(load_default="", validate=long) for name in NAMES}
    made: Any = FormShape.from_dict(known, name="Counting")
    return made  # type: ignore[no-any-return]


NAMES = ("code", "title", "note")


def counted(lines: Sequence[Line], first: bool) -> tuple[dict[str, Any], dict[str, Outcome], list[ExtraFound]]:
    """The posted form, findings by original's code, extras. Raises `Malformed` with a sentence at each wrong field.

    `first` is the opening of the envelope, when the seal is compared: it must be given or declared absent.
    """
    form = read(shape_of(lines))
    findings = {line.original.code: form[line.field] for line in lines if form[line.field] in FINDINGS}
    wrong = _seal_faults(form) if first else {}
    extras, extra_faults = _extras(form)
    wrong |= extra_faults
    if form["act"] == "all":
        wrong |= {
            line.field: [here(_("还没核。核不了的，用“先存这些”先保存别的。"))]
            for line in lines
            if line.open and line.original.code not in findings
        }
    if form["act"] == "empty":
        wrong |= _empty_faults(form, findings, extras)
    if wrong:
        raise Malformed(
            f"还没有签收：有 {len(wrong)} 处要补。请看标红的地方。",
            f"Not signed for yet: {len(wrong)} place(s) to complete. See the marked ones.",
            wrong,
        )
    return form, findings, extras


def _seal_faults(form: dict[str, Any]) -> Wrong:
    if form["no_seal"] and form["seal_found"]:
        return {"seal_found": [here(_("既填了封签号，又勾了“没有封签”。请只留一样。"))]}
    if not form["no_seal"] and not form["seal_found"]:
        return {"seal_found": [here(_("请扫描信封上的封签；没有封签的，请勾“没有封签”。"))]}
    return {}


def _extras(form: dict[str, Any]) -> tuple[list[ExtraFound], Wrong]:
    found, wrong = [], {}
    for number in range(1, EXTRAS + 1):
        code, title, note = (form[f"extra-{number}-{name}"] for name in NAMES)
        if code or title:
            found.append(ExtraFound(title, note, bare(code)))
        elif note:
            wrong[f"extra-{number}-title"] = [here(_("请写明这是什么文件，或扫描它的贴签。"))]
    return found, wrong


def _empty_faults(form: dict[str, Any], findings: object, extras: object) -> Wrong:
    if findings or extras:
        return {"nothing_inside": [here(_("上面已登记收到的文件，不能又登记空封。请先清掉上面的登记。"))]}
    return {} if form["nothing_inside"] else {"nothing_inside": [here(_("请先勾选，确认信封里什么也没有。"))]}


def bare(scanned: str) -> str:
    """The number in a scan: that of our own QR, or the text itself, in capital letters."""
    text = scanned.strip()
    parts = text.split("|")
    return (parts[2] if text.startswith(OWN_QR) and len(parts) > 2 else text).upper()
