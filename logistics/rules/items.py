"""Service items (事项) and their checklists: what can be kept, what a change changes, what held at a moment.

A dossier keeps the checklist, the promise and the retention that its item had when it was opened: lines are never
changed but replaced, and what an item said before is kept until the moment it was changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from logistics.errors import Malformed, Rejected, Said, Wrong
from logistics.tables import Material, ServiceItem, ServiceItemPast
from logistics.terms import Form

CODE = re.compile(r"[0-9A-Z](?:[0-9A-Z-]{2,38})[0-9A-Z]")
"""No one pattern holds for all: cities number their items `0100190012`, `10-02875-000` or by the office's code (§2.2 of
the archive standards' notes); what they share are digits, letters and strokes."""
RETENTIONS = ("Y", "D30", "D10")
LONGEST_PROMISE, MOST_LINES, MOST_PIECES = 400, 60, 99
LONGEST_NAME, LONGEST_POINTS = 100, 500

FILL_IN = Said("请填写这一项。", "Fill this in.")
WRONG_CODE = Said(
    "事项编码用 4 至 40 位数字、大写字母或短横线，照实施清单填写。",
    "4 to 40 digits, capital letters or hyphens, as in the catalogue of items.",
)
TAKEN_CODE = Said(
    "这个编码已有事项使用。请核对，或打开那个事项修改。",
    "An item has this code already. Check it, or change that item.",
)
WRONG_PROMISE = Said(
    f"承诺时限填 1 至 {LONGEST_PROMISE} 个工作日。", f"A promise of 1 to {LONGEST_PROMISE} working days."
)
WRONG_RETENTION = Said("请选择保管期限。", "Choose how long its archive is kept.")
WRONG_PIECES = Said(f"份数填 1 至 {MOST_PIECES}。", f"1 to {MOST_PIECES} copies.")
NOT_SEALED = Said(
    "免寄的材料不装封套，不能要求双人封装。", "What is not mailed is not sealed, so not sealed by two either."
)
TWICE = Said(
    "清单里已有同名的材料。请换个名称，或修改那一行。", "The list names this material already. Change that line."
)
SHARED_AND_WANTED = Said(
    "电子证照已共享的材料免寄，不能同时要求寄原件。", "An original whose e-certificate is shared is not to be mailed."
)


@dataclass(frozen=True)
class Terms:
    """What an item says of itself. `promised_days`: working days until the decision."""

    name: str
    promised_days: int
    retention: str


@dataclass(frozen=True)
class Line:
    """One material of a checklist."""

    name: str
    form: Form = Form.ORIGINAL
    quantity: int = 1
    medium: str = "纸质"
    review_points: str = ""
    original_wanted: bool = True
    e_certificate_shared: bool = False
    two_sealers: bool = False  # its envelope is sealed by two officers


def folded_code(text: str) -> str:
    """The code as it is kept: full-width letters made plain, small ones large, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def wrong_code(code: str) -> list[Said]:
    """What is wrong with a code; nothing for one that may be kept."""
    return [] if CODE.fullmatch(code) else [WRONG_CODE]


def wrong_terms(terms: Terms) -> Wrong:
    """What is wrong with the terms, by field."""
    wrong: Wrong = {}
    if not terms.name.strip():
        wrong["name"] = [FILL_IN]
    elif len(terms.name) > LONGEST_NAME:
        wrong["name"] = [_at_most(LONGEST_NAME)]
    if not 1 <= terms.promised_days <= LONGEST_PROMISE:
        wrong["promised_days"] = [WRONG_PROMISE]
    if terms.retention not in RETENTIONS:
        wrong["retention"] = [WRONG_RETENTION]
    return wrong


def wrong_line(line: Line, others: Iterable[str] = ()) -> Wrong:
    """What is wrong with a line beside `others` (the names of the list's other lines), by field."""
    wrong: Wrong = {}
    if not line.name.strip():
        wrong["name"] = [FILL_IN]
    elif len(line.name) > LONGEST_NAME:
        wrong["name"] = [_at_most(LONGEST_NAME)]
    elif line.name in set(others):
        wrong["name"] = [TWICE]
    if not 1 <= line.quantity <= MOST_PIECES:
        wrong["quantity"] = [WRONG_PIECES]
    if len(line.review_points) > LONGEST_POINTS:
        wrong["review_points"] = [_at_most(LONGEST_POINTS)]
    if line.e_certificate_shared and line.original_wanted:
        wrong["original_wanted"] = [SHARED_AND_WANTED]
    if line.two_sealers and not line.original_wanted:
        wrong["two_sealers"] = [NOT_SEALED]
    return wrong


def _at_most(letters: int) -> Said:
    return Said(f"最多 {letters} 个字。", f"{letters} characters at most.")


def refuse(wrong: Mapping[str, list[Said]]) -> None:
    """Returns when nothing is wrong. Raises `Malformed`."""
    if wrong:
        raise Malformed("还没有保存，请看标红的地方。", "Not saved yet. See the marked fields.", dict(wrong))


def require_room(lines: Sequence[Line]) -> None:
    """Returns while the list is not too long. Raises `Rejected` ("checklist_full")."""
    if len(lines) > MOST_LINES:
        raise Rejected(
            f"一个事项最多 {MOST_LINES} 项材料。请合并同类材料，或拆成两个事项。",
            f"{MOST_LINES} materials at most. Join some, or make two items of it.",
            "checklist_full",
        )


def line_of(material: Material) -> Line:
    """What a stored line says."""
    return Line(**{name: getattr(material, name) for name in Line.__dataclass_fields__})


def terms_of(item: ServiceItem) -> Terms:
    """What the item says now."""
    return Terms(item.name, item.promised_days, item.retention)


def said_of(line: Line) -> dict[str, Any]:
    """The line as the trail keeps it."""
    return {**asdict(line), "form": line.form.value}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each field that changed, with what it was and what it is."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def is_in_force(since: datetime | None, until: datetime | None, at: datetime | None) -> bool:
    """Whether what held from `since` (none: ever) until `until` (none: now) held at that moment (none: now)."""
    if at is None:
        return until is None
    return (since is None or since <= at) and (until is None or at < until)


def terms_at(now: Terms, past: Sequence[ServiceItemPast], at: datetime) -> Terms:
    """What the item said at that moment: as it was before the first change after it; `now` when there was none."""
    later = min((one for one in past if at < one.until), key=lambda one: one.until, default=None)
    return now if later is None else Terms(later.name, later.promised_days, later.retention)


def moved(lines: Sequence[Line], place: int, by: int) -> list[Line]:
    """The list with the line at `place` moved by one, up (-1) or down (1); at the end it stays."""
    other = place + by
    found = list(lines)
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found
