"""An agreement's item list from a file: what each row would do, before anything is done.

A row names an item by its code. A blank cell leaves what stands; items that the file does not name stay as they are.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from logistics.agreement_terms import RowFate
from logistics.errors import Rejected, Said
from logistics.rules import items
from logistics.rules.agreements import LONGEST_NOTE, Clause
from logistics.rules.cells import Cell, CellError, as_code, as_text, as_whole, fold
from logistics.rules.items import Terms
from logistics.rules.sheet_columns import Column, Entry
from logistics.tables import ServiceItem
from logistics.terms import Mode, zh

MOST_ROWS = 2000
YES = {"是", "列入", "有", "y", "yes", "1", "true", "√"}
NO = {"否", "移出", "无", "n", "no", "0", "false", "×"}
_MODES = {
    **{zh(one): one for one in Mode},
    **{one.value: one for one in Mode},
    "accepted elsewhere": Mode.ACCEPT_ELSEWHERE,
    "handled jointly": Mode.JOINT,
}


def _code(cell: Cell) -> str:
    return items.folded_code(as_code(cell))


def _days(cell: Cell) -> str:
    said = re.fullmatch(r"(\d+)\s*(?:个?工作日|天|日|working days?)", as_text(cell))
    return str(as_whole(Cell(said[1]) if said else cell, 1, items.LONGEST_PROMISE))


def _retention(cell: Cell) -> str:
    words = {"永久": "Y", "30年": "D30", "10年": "D10", "y": "Y", "d30": "D30", "d10": "D10"}
    words |= {"permanent": "Y", "30years": "D30", "10years": "D10"}
    found = words.get(as_text(cell).lower().replace(" ", "").removeprefix("定期"))
    if found is None:
        raise CellError(
            f"“{cell.text}”不是保管期限。请填：永久、30 年 或 10 年。", f"“{cell.text}” is none of 永久, 30 年, 10 年."
        )
    return found


def _modes(cell: Cell) -> str:
    """Several ways, parted by signs; kept as our words, in the order of the term."""
    parts = [part.strip().lower() for part in re.split(r"[、,;/|]", as_text(cell))]
    said = [word for part in parts if part for word in ([part] if part in _MODES else part.split())]
    unknown = [word for word in said if word not in _MODES]
    if unknown:
        names = "、".join(zh(one) for one in Mode)
        raise CellError(
            f"“{unknown[0]}”不是业务模式。可填：{names}；几种用顿号隔开。",
            f"“{unknown[0]}” is no way of handling. Known are: {names}.",
        )
    return ",".join(one.value for one in Mode if one in {_MODES[word] for word in said})


def _listed(cell: Cell) -> str:
    text = as_text(cell).lower()
    if text in YES | NO:
        return "yes" if text in YES else "no"
    raise CellError(f"“{cell.text}”看不出是列入还是移出。请填 是 或 否。", f"“{cell.text}” is neither 是 nor 否.")


COLUMNS = (
    Column("code", ("事项编码", "事项代码", "编码", "Item code"), _code, required=True),
    Column("name", ("事项名称", "名称", "Item name"), as_text),
    Column("days", ("承诺时限", "承诺时限工作日", "办理时限", "Promised days"), _days),
    Column("retention", ("保管期限", "Retention"), _retention),
    Column("modes", ("办理模式", "业务模式", "通办模式", "Modes"), _modes),
    Column("note", ("协议约定", "约定", "备注", "Note"), as_text),
    Column("listed", ("是否列入", "列入", "Listed"), _listed),
)


@dataclass(frozen=True)
class Standing:
    """What there is already: the items with the file's codes, and what the agreement says of them by item id."""

    items: Mapping[str, ServiceItem]
    clauses: Mapping[int, tuple[bool, Clause]]


@dataclass(frozen=True)
class Planned:
    """What one row would do. `changed`: each field with what it was and what it would be; `terms`: of a new item."""

    entry: Entry
    fate: RowFate
    code: str
    name: str
    clause: Clause = field(default_factory=Clause)
    listed: bool = True
    item_id: int | None = None
    terms: Terms | None = None
    changed: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    wrong: Mapping[str, Said] = field(default_factory=dict)


def plan(entries: Sequence[Entry], standing: Standing) -> list[Planned]:
    """What each row would do, in the order of the file."""
    rows_of: dict[str, list[int]] = {}
    for entry in entries:
        rows_of.setdefault(entry.cells.get("code", ""), []).append(entry.number)
    return [_planned(entry, standing, rows_of) for entry in entries]


def _planned(entry: Entry, standing: Standing, rows_of: Mapping[str, Sequence[int]]) -> Planned:
    code = entry.cells.get("code", "")
    item = standing.items.get(code)
    wrong = {**_wrong_of_item(entry, code, item), **_wrong_of_row(entry, code, rows_of), **entry.wrong}
    name = item.name if item else entry.cells.get("name", "")
    if wrong:
        return Planned(entry, RowFate.REFUSED, code, name, wrong=wrong)
    listed = entry.cells.get("listed") != "no"
    if item is None:
        terms = Terms(fold(name), int(entry.cells["days"]), entry.cells["retention"])
        return Planned(entry, RowFate.NEW_ITEM, code, name, _clause(entry, Clause()), listed, terms=terms)
    before = standing.clauses.get(item.id or 0)
    clause = _clause(entry, before[1] if before else Clause())
    fate, changed = _fate(before, clause, listed)
    return Planned(entry, fate, code, name, clause, listed, item.id, changed=changed)


def _fate(
    before: tuple[bool, Clause] | None, clause: Clause, listed: bool
) -> tuple[RowFate, Mapping[str, Sequence[Any]]]:
    if before is None or not before[0]:
        return (RowFate.NEW if listed else RowFate.UNCHANGED), {}
    if not listed:
        return RowFate.REMOVED, {}
    was, now = _said(before[1]), _said(clause)
    changed = {name: [was[name], now[name]] for name in now if was[name] != now[name]}
    return (RowFate.CHANGED if changed else RowFate.UNCHANGED), changed


def _said(clause: Clause) -> dict[str, Any]:
    return {"modes": [one.value for one in Mode if one in clause.modes], "note": clause.note}


def _clause(entry: Entry, before: Clause) -> Clause:
    """What the row says; blank cells leave what stands."""
    given = entry.cells.get("modes", "")
    modes = [Mode(one) for one in given.split(",")] if given else before.modes
    return Clause(modes, entry.cells.get("note") or before.note)


def _wrong_of_item(entry: Entry, code: str, item: ServiceItem | None) -> dict[str, Said]:
    return _wrong_of_new(entry, code) if item is None else _wrong_of_known(entry, item)


def _wrong_of_new(entry: Entry, code: str) -> dict[str, Said]:
    name, wrong = entry.cells.get("name", ""), {}
    if entry.cells.get("listed") == "no":
        return {"code": Said("事项目录里没有这个编码，无从移出。", "There is no such item to take off.")}
    if not name:
        return {
            "name": Said(
                f"事项目录里没有 {code}。请核对编码；要新建，请填事项名称、承诺时限和保管期限。",
                f"There is no item {code}. Check the code, or give name, days and retention to make it.",
            )
        }
    if len(name) > items.LONGEST_NAME:
        wrong["name"] = Said(f"最多 {items.LONGEST_NAME} 个字。", f"{items.LONGEST_NAME} characters at most.")
    if not entry.cells.get("days"):
        wrong["days"] = Said("新建事项要填承诺时限（工作日）。", "A new item needs its promised working days.")
    if not entry.cells.get("retention"):
        wrong["retention"] = Said("新建事项要填保管期限。", "A new item needs to say how long its archive is kept.")
    return wrong


def _wrong_of_known(entry: Entry, item: ServiceItem) -> dict[str, Said]:
    """An agreement's list does not change what an item says of itself: where they differ, a person looks."""
    name, days, kept = (entry.cells.get(one, "") for one in ("name", "days", "retention"))
    wrong: dict[str, Said] = {}
    if not item.active and entry.cells.get("listed") != "no":
        wrong["code"] = Said("这个事项已停用，不能列入。请先恢复使用。", "The item is out of use. Bring it back first.")
    if name and fold(name) != fold(item.name):
        wrong["name"] = Said(
            f"目录里这个编码是“{item.name}”。请核对编码；名称有变，请先到事项页修改。",
            f"The catalogue has “{item.name}” under this code. Check the code, or rename the item first.",
        )
    if days and days != str(item.promised_days):
        wrong["days"] = Said(
            f"目录里承诺 {item.promised_days} 个工作日。请留空，或先到事项页修改。",
            f"The catalogue promises {item.promised_days} working days. Leave it blank, or change the item first.",
        )
    if kept and kept != item.retention:
        wrong["retention"] = Said(
            "与目录里的保管期限不同。请留空，或先到事项页修改。", "The catalogue says otherwise. Leave it blank."
        )
    return wrong


def _wrong_of_row(entry: Entry, code: str, rows_of: Mapping[str, Sequence[int]]) -> dict[str, Said]:
    wrong: dict[str, Said] = {}
    if not code:
        wrong["code"] = Said("请填事项编码。", "Give the item's code.")
    elif items.wrong_code(code):
        wrong["code"] = items.WRONG_CODE
    elif len(rows_of[code]) > 1:
        others = "、".join(str(number) for number in rows_of[code] if number != entry.number)
        wrong["code"] = Said(f"与第 {others} 行编码相同。请只留一行。", f"Row {others} has the same code. Keep one.")
    if len(entry.cells.get("note", "")) > LONGEST_NOTE:
        wrong["note"] = Said(f"最多 {LONGEST_NOTE} 个字。", f"{LONGEST_NOTE} characters at most.")
    return wrong


def counted(rows: Sequence[Planned]) -> dict[RowFate, int]:
    """How many rows have each fate."""
    return dict(Counter(row.fate for row in rows))


def digest(rows: Sequence[Planned]) -> str:
    """SHA-256 of what would be done: what a person saw and confirms."""
    said = [
        [row.entry.number, row.fate.value, row.code, row.name, dict(row.changed), row.listed, _said(row.clause)]
        for row in rows
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def require_whole(rows: Sequence[Planned], shown: str) -> None:
    """Returns when every row can be done and the person saw what would be done. Raises `Rejected` ("list_refused",
    "list_moved_on")."""
    refused = sum(row.fate is RowFate.REFUSED for row in rows)
    if refused:
        raise Rejected(
            f"没有导入：有 {refused} 行有错，整份清单未动。请改好文件重新上传。",
            f"Nothing was imported: {refused} row(s) are wrong. Correct the file and send it again.",
            "list_refused",
        )
    if digest(rows) != shown:
        raise Rejected(
            "没有导入：您看过之后，事项或协议已有改动。请再看一遍下面的结果，再确认。",
            "Nothing was imported: items or the agreement changed since you looked. Look again, then confirm.",
            "list_moved_on",
        )
