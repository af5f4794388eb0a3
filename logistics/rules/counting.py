"""What one line of a list, or one document beside it, adds to the decision of a receiving: the parts of `receipt`.

Every part keeps both laws: custody passes only for what is there, and an original is missing on one list at most.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logistics.decision import Check, Handover, Holder, NewDiscrepancy, Settlement
from logistics.errors import Rejected
from logistics.rules.custody import UNKNOWN, accepted_by, hand_over, same_holder
from logistics.tables import Consignment, Custody, Original, Packed
from logistics.terms import DiscrepancyKind, Outcome, Resolution, zh

BASIS = "签收核验"
PRESENT = frozenset({Outcome.RECEIVED, Outcome.DAMAGED, Outcome.ILLEGIBLE})
ABSENT = frozenset({Outcome.MISSING, Outcome.WRONG})
_KIND = {
    Outcome.MISSING: DiscrepancyKind.MISSING,
    Outcome.WRONG: DiscrepancyKind.WRONG,
    Outcome.DAMAGED: DiscrepancyKind.DAMAGED,
    Outcome.ILLEGIBLE: DiscrepancyKind.ILLEGIBLE,
}


@dataclass(frozen=True)
class Extra:
    """A document in the envelope that is not on its list. `original` is its row when it is known."""

    title: str
    note: str
    original: Original | None = None


@dataclass(frozen=True)
class MissingLine:
    """An earlier envelope's line on which an original is missing, and the discrepancy open for it."""

    packed: Packed
    discrepancy_id: int


@dataclass(frozen=True)
class Part:
    """What one line or one extra adds to the decision."""

    checks: tuple[Check, ...] = ()
    handovers: tuple[Handover, ...] = ()
    discrepancies: tuple[NewDiscrepancy, ...] = ()
    settlements: tuple[Settlement, ...] = ()


@dataclass(frozen=True)
class Desk:
    """Who receives which envelope, and what is known of its originals: the same for every line."""

    consignment: Consignment
    custody: Mapping[int, Custody]
    receiver: Holder
    missing_elsewhere: Mapping[int, MissingLine]


def row_id(row: Packed | Original) -> int:
    """The row's key. Raises `ValueError` for a row that is not stored yet."""
    if row.id is None:
        raise ValueError("the row is not stored yet")
    return row.id


def count(desk: Desk, line: Packed, outcome: Outcome, said: str = "") -> Part:
    """The line counts as `outcome`; an earlier list that missed the original hands it over to this one. `said` is the
    receiver's own word for what is wrong.

    One not found here that came before as another envelope's extra counts as MOVED, not as missing.
    """
    if outcome in PRESENT:
        _require_not_here(desk, line.original_id, f"清单第 {line.seq} 项", f"Line {line.seq}")
        part = present(desk, line, outcome, said)
        return _joined(part, _earlier(desk, line.original_id, Resolution.FOLLOWED))
    if _came_before(desk, line.original_id):
        return Part(checks=(Check(row_id(line), line.original_id, Outcome.MOVED),))
    part = Part((Check(row_id(line), line.original_id, outcome),), (), _line_discrepancy(desk, line, outcome, said))
    return _joined(part, _earlier(desk, line.original_id, Resolution.EXPLAINED))


def _joined(a: Part, b: Part) -> Part:
    return Part(
        a.checks + b.checks, a.handovers + b.handovers, a.discrepancies + b.discrepancies, a.settlements + b.settlements
    )


def present(desk: Desk, line: Packed, outcome: Outcome, said: str = "") -> Part:
    """The original is there, in whatever state: custody passes, and what is wrong with it is a discrepancy."""
    handovers = _take(desk, line.original_id)
    discrepancies = () if outcome is Outcome.RECEIVED else _line_discrepancy(desk, line, outcome, said)
    return Part((Check(row_id(line), line.original_id, outcome),), handovers, discrepancies)


def _take(desk: Desk, original_id: int) -> tuple[Handover, ...]:
    """Custody passes to the receiver, unless they hold it already (an envelope that came back unopened)."""
    last = desk.custody.get(original_id)
    if last is not None and same_holder(accepted_by(last), desk.receiver):
        return ()
    return (
        hand_over(
            last,
            original_id,
            desk.receiver,
            BASIS,
            desk.consignment.id,
            desk.consignment.manifest_sha256 or None,
            first_from=UNKNOWN if last is None else None,
        ),
    )


def _came_before(desk: Desk, original_id: int) -> bool:
    """The original is in the receiving agency's hands already, by another envelope in which it was an extra."""
    last = desk.custody.get(original_id)
    here = desk.receiver.agency_id
    if last is None or here != desk.consignment.to_agency_id or here == desk.consignment.from_agency_id:
        return False
    return last.to_agency_id == here


def _require_not_here(desk: Desk, original_id: int, what_zh: str, what_en: str) -> None:
    if _came_before(desk, original_id):
        raise Rejected(
            f"{what_zh}的原件已由本单位核收在手，同一原件不能核收两次。请核对手中的原件：本项登记为缺件，另一份文件登记为多件。",
            f"{what_en}: this agency already holds this original; it exists once. Count the line as missing and report "
            "the other document as an extra.",
            rule="already_here",
        )


def _earlier(desk: Desk, original_id: int, resolution: Resolution) -> Part:
    """An earlier list that missed this original hands it over to this list: one original is missing in one place."""
    known = desk.missing_elsewhere.get(original_id)
    if known is None or known.packed.consignment_id == desk.consignment.id:
        return Part()
    if known.packed.outcome not in ABSENT:
        raise ValueError(f"line {known.packed.id} is {known.packed.outcome.value}, not missing")
    no = desk.consignment.no
    came = resolution is Resolution.FOLLOWED
    note = f"随寄递件 {no} 补到" if came else f"已列入寄递件 {no}，该件中亦未见，由该件差异继续跟踪"
    return Part(
        checks=(Check(row_id(known.packed), original_id, Outcome.MOVED),),
        settlements=(Settlement(known.discrepancy_id, resolution, note),),
    )


def _line_discrepancy(desk: Desk, line: Packed, outcome: Outcome, said: str) -> tuple[NewDiscrepancy, ...]:
    kind, no = _KIND[outcome], desk.consignment.no
    note = f"寄递件 {no} 清单第 {line.seq} 项核验为「{zh(outcome)}」" + (f"：{said}" if said else "")
    key = f"{kind.value}:{no}:{line.original_id}"
    return (NewDiscrepancy(kind, key, note, line.original_id, desk.consignment.id),)


def count_extras(desk: Desk, lines: Sequence[Packed], extras: Sequence[Extra]) -> list[Part]:
    """What is in the envelope beside its list. Raises `Rejected` ("extra") for a repeat or for one that is listed."""
    here = {line.original_id for line in lines}
    ids = [one.original.id for one in extras if one.original is not None]
    if len(set(ids)) < len(ids) or here.intersection(ids):
        raise Rejected(
            "登记的多件有重复，或本就在本寄递件清单上。清单上的原件请按清单行核验。",
            "An extra is reported twice, or is on this list. Count listed originals by their line.",
            rule="extra",
        )
    return [_extra(desk, one, number) for number, one in enumerate(extras, start=1)]


def _extra(desk: Desk, extra: Extra, number: int) -> Part:
    if extra.original is None:
        return Part(discrepancies=(_extra_discrepancy(desk, extra, f"{_digest(extra)}:{number}", None),))
    original_id = row_id(extra.original)
    _require_not_here(desk, original_id, f"多件「{extra.title}」", "This extra")
    part = Part(handovers=_take(desk, original_id))
    if original_id in desk.missing_elsewhere:
        return _joined(part, _earlier(desk, original_id, Resolution.FOLLOWED))
    return _joined(part, Part(discrepancies=(_extra_discrepancy(desk, extra, str(original_id), original_id),)))


def _extra_discrepancy(desk: Desk, extra: Extra, tail: str, original_id: int | None) -> NewDiscrepancy:
    note = f"清单外文件：{extra.title}" + (f"({extra.note})" if extra.note else "")
    key = f"extra:{desk.consignment.no}:{tail}"
    return NewDiscrepancy(DiscrepancyKind.EXTRA, key, note, original_id, desk.consignment.id)


def _digest(extra: Extra) -> str:
    # A document without a number is known by what was written about it, so that a later act can add another one.
    return hashlib.sha256(f"{extra.title}\0{extra.note}".encode()).hexdigest()[:16]
