"""Receiving (签收核验): what was listed, what was found, and what follows. 未核 is not 缺件.

The count balance listed = received + missing + moved (+ unchecked) holds after every act here, for every list touched.
The unit of work adds the ledger's entries of handovers, discrepancies and settlements; the facts here are the rest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from logistics.decision import Check, Decision, Fact, Handover, Holder, Json, NewDiscrepancy, Settlement
from logistics.errors import Rejected
from logistics.rules import stages
from logistics.rules.custody import UNKNOWN, hand_over, same_holder
from logistics.rules.custody import accepted_by as last_holder
from logistics.tables import Consignment, Custody, Original, Packed
from logistics.terms import DiscrepancyKind, HolderKind, Outcome, Resolution, Stage, Verb, zh

BASIS = "receipt"
PRESENT = frozenset({Outcome.RECEIVED, Outcome.DAMAGED, Outcome.ILLEGIBLE})
ABSENT = frozenset({Outcome.MISSING, Outcome.WRONG})
_KIND = {
    Outcome.MISSING: DiscrepancyKind.MISSING,
    Outcome.WRONG: DiscrepancyKind.WRONG,
    Outcome.DAMAGED: DiscrepancyKind.DAMAGED,
    Outcome.ILLEGIBLE: DiscrepancyKind.ILLEGIBLE,
}
_SENDER_MAY_TAKE_BACK = frozenset({Stage.ON_THE_WAY, Stage.DELIVERED, Stage.RETURNED, Stage.LOST, Stage.RECEIVED})


@dataclass(frozen=True)
class Finding:
    """What the receiver found for one line of the list."""

    packed_id: int
    outcome: Outcome


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
class Balance:
    """The count of one list: `listed` is always the sum of the others."""

    listed: int
    received: int
    missing: int
    moved: int
    unchecked: int


@dataclass(frozen=True)
class _Part:
    """What one line or one extra adds to the decision."""

    checks: tuple[Check, ...] = ()
    handovers: tuple[Handover, ...] = ()
    discrepancies: tuple[NewDiscrepancy, ...] = ()
    settlements: tuple[Settlement, ...] = ()


@dataclass(frozen=True)
class _Desk:
    """Who receives which envelope, and what is known of its originals: the same for every line."""

    consignment: Consignment
    custody: Mapping[int, Custody]
    receiver: Holder
    missing_elsewhere: Mapping[int, MissingLine]


def receive(
    consignment: Consignment,
    lines: Sequence[Packed],
    findings: Sequence[Finding],
    seal_found: str,
    custody: Mapping[int, Custody],
    receiver: Holder,
    missing_elsewhere: Mapping[int, MissingLine],
    extras: Sequence[Extra],
    empty: bool,
) -> Decision:
    """The envelope is RECEIVED and the found lines are counted; the rest stays 未核 and blocks nothing.

    `lines` are all lines of the envelope; `custody` maps an original's id to its last link. The seal is compared on the
    first act; later acts go on with lines still 未核. Custody passes for what is there, never for what is not.
    Raises `Rejected`: "stage", "receiver", "nothing_left", "unknown_line", "checked_once", "finding", "empty", "extra".
    """
    _require_receiver(consignment, receiver)
    first = consignment.stage is not Stage.RECEIVED
    stage = stages.move(consignment.stage, Verb.RECEIVE) if first else None
    found = _empty_findings(lines, findings, extras) if empty else list(findings)
    _require_work(consignment, lines, found, extras, first)
    by_id = _require_countable(lines, found)
    desk = _Desk(consignment, custody, receiver, missing_elsewhere)
    parts = [_count(desk, by_id[one.packed_id], one.outcome) for one in found]
    parts += _extras(desk, lines, extras)
    if first and seal_found.strip() != consignment.seal_no:
        parts.append(_Part(discrepancies=(_seal_discrepancy(consignment, seal_found.strip()),)))
    if empty:
        parts.append(_Part(discrepancies=(_empty_discrepancy(consignment),)))
    return _decision(stage, _facts(desk, lines, found, seal_found.strip(), first), parts)


def correct(
    consignment: Consignment,
    line: Packed,
    discrepancy_id: int,
    custody: Custody,
    receiver: Holder,
    note: str,
    outcome: Outcome = Outcome.RECEIVED,
) -> Decision:
    """A line counted absent turned out to be in this very envelope: it counts as `outcome`, its discrepancy as FOUND.

    Raises `Rejected`: "receiver"; "correction" before the envelope was received or for a line that is not absent.
    """
    _require_receiver(consignment, receiver)
    if consignment.stage is not Stage.RECEIVED or line.outcome not in ABSENT or outcome not in PRESENT:
        raise Rejected(
            f"第 {line.seq} 项现为「{zh(line.outcome)}」,不能更正为「{zh(outcome)}」:"
            "只有已签收寄递件中的缺件、错件可更正为找到。请核对清单行后重试。",
            f"Line {line.seq} is {line.outcome.value}; only a missing or wrong line of a received consignment can be "
            "corrected to found. Check the line.",
            rule="correction",
        )
    desk = _Desk(consignment, {line.original_id: custody}, receiver, {})
    part = _present(desk, line, outcome)
    settlement = Settlement(discrepancy_id, Resolution.FOUND, note)
    data = {**_line_data(consignment, line, outcome), "was": line.outcome.value}
    return _decision(None, [Fact("original:recounted", note, data)], [part, _Part(settlements=(settlement,))])


def balance(lines: Iterable[Packed]) -> Balance:
    """The count of a list: damaged and illegible originals are there, wrong ones are not."""
    count = Counter(line.outcome for line in lines)
    return Balance(
        listed=sum(count.values()),
        received=sum(count[outcome] for outcome in PRESENT),
        missing=sum(count[outcome] for outcome in ABSENT),
        moved=count[Outcome.MOVED],
        unchecked=count[Outcome.UNCHECKED],
    )


def _decision(stage: Stage | None, facts: Sequence[Fact], parts: Sequence[_Part]) -> Decision:
    return Decision(
        stage=stage,
        facts=tuple(facts),
        checks=tuple(check for part in parts for check in part.checks),
        handovers=tuple(handover for part in parts for handover in part.handovers),
        discrepancies=tuple(new for part in parts for new in part.discrepancies),
        settlements=tuple(settled for part in parts for settled in part.settlements),
    )


def _require_receiver(consignment: Consignment, receiver: Holder) -> None:
    ours = receiver.kind in (HolderKind.OFFICER, HolderKind.DEPARTMENT)
    if ours and receiver.agency_id == consignment.to_agency_id:
        return
    # What came back is taken back by the sender, also where the courier has not yet said so.
    if ours and receiver.agency_id == consignment.from_agency_id and consignment.stage in _SENDER_MAY_TAKE_BACK:
        return
    raise Rejected(
        f"寄递件 {consignment.no} 不是寄给本单位的,不能由「{receiver.name}」签收核验。请联系收件单位,或登记为误投。",
        f"Consignment {consignment.no} is not addressed to this agency. Contact the addressee.",
        rule="receiver",
    )


def _empty_findings(lines: Sequence[Packed], findings: Sequence[Finding], extras: Sequence[Extra]) -> list[Finding]:
    if findings or extras or any(line.outcome is not Outcome.UNCHECKED for line in lines):
        raise Rejected(
            "登记空封时不能同时登记已到的原件或多件。请取消「空封」,逐项登记。",
            "An empty envelope holds nothing: do not report findings with it. Untick empty and count line by line.",
            rule="empty",
        )
    return [Finding(_id(line), Outcome.MISSING) for line in lines]


def _require_work(
    consignment: Consignment, lines: Sequence[Packed], found: Sequence[Finding], extras: Sequence[Extra], first: bool
) -> None:
    if first or extras or (found and any(line.outcome is Outcome.UNCHECKED for line in lines)):
        return
    left = sum(line.outcome is Outcome.UNCHECKED for line in lines)
    why = f"还有 {left} 项未核,请至少登记一项" if left else "清单已全部核验;如需更正缺件,请用「更正」"
    raise Rejected(
        f"寄递件 {consignment.no} 已签收,{why}。",
        f"Consignment {consignment.no} is received; {left} lines are unchecked. Count one, or correct a missing one.",
        rule="nothing_left",
    )


def _require_countable(lines: Sequence[Packed], found: Sequence[Finding]) -> dict[int, Packed]:
    by_id = {_id(line): line for line in lines}
    for packed_id, times in Counter(one.packed_id for one in found).items():
        line = by_id.get(packed_id)
        if line is None:
            raise Rejected(
                "所核项目不在本寄递件的清单上。请刷新页面,按清单逐项核验;清单外的文件请登记为多件。",
                "This line is not on the consignment's list. Reload; report unlisted documents as extras.",
                rule="unknown_line",
            )
        if times > 1 or line.outcome is not Outcome.UNCHECKED:
            raise Rejected(
                f"清单第 {line.seq} 项已核为「{zh(line.outcome)}」或重复登记,每项只核一次。找到缺件请用「更正」。",
                f"Line {line.seq} is counted already or twice here. To report a missing one as found, correct it.",
                rule="checked_once",
            )
    for one in found:
        if one.outcome not in PRESENT | ABSENT:
            raise Rejected(
                f"核验结果不能是「{zh(one.outcome)}」。未核的项目留空即可。",
                f"{one.outcome.value} is no finding. Leave lines that were not counted out.",
                rule="finding",
            )
    return by_id


def _id(row: Packed | Original) -> int:
    if row.id is None:
        raise ValueError("the row is not stored yet")
    return row.id


def _count(desk: _Desk, line: Packed, outcome: Outcome) -> _Part:
    if outcome in PRESENT:
        part = _present(desk, line, outcome)
        return _joined(part, _earlier(desk, line.original_id, Resolution.FOLLOWED))
    if _came_before(desk, line.original_id):
        return _Part(checks=(Check(_id(line), line.original_id, Outcome.MOVED),))
    part = _Part((Check(_id(line), line.original_id, outcome),), (), _line_discrepancy(desk, line, outcome))
    return _joined(part, _earlier(desk, line.original_id, Resolution.EXPLAINED))


def _joined(a: _Part, b: _Part) -> _Part:
    return _Part(
        a.checks + b.checks, a.handovers + b.handovers, a.discrepancies + b.discrepancies, a.settlements + b.settlements
    )


def _present(desk: _Desk, line: Packed, outcome: Outcome) -> _Part:
    handovers = _take(desk, line.original_id)
    discrepancies = () if outcome is Outcome.RECEIVED else _line_discrepancy(desk, line, outcome)
    return _Part((Check(_id(line), line.original_id, outcome),), handovers, discrepancies)


def _take(desk: _Desk, original_id: int) -> tuple[Handover, ...]:
    """Custody passes to the receiver, unless they hold it already (an envelope that came back unopened)."""
    last = desk.custody.get(original_id)
    if last is not None and same_holder(last_holder(last), desk.receiver):
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


def _came_before(desk: _Desk, original_id: int) -> bool:
    """The original is in the receiving agency's hands already, by another envelope in which it was an extra."""
    last = desk.custody.get(original_id)
    here = desk.receiver.agency_id
    if last is None or here != desk.consignment.to_agency_id or here == desk.consignment.from_agency_id:
        return False
    return last.to_agency_id == here


def _earlier(desk: _Desk, original_id: int, resolution: Resolution) -> _Part:
    """An earlier list that missed this original hands it over to this list: one original is missing in one place."""
    known = desk.missing_elsewhere.get(original_id)
    if known is None or known.packed.consignment_id == desk.consignment.id:
        return _Part()
    if known.packed.outcome not in ABSENT:
        raise ValueError(f"line {known.packed.id} is {known.packed.outcome.value}, not missing")
    no = desk.consignment.no
    came = resolution is Resolution.FOLLOWED
    note = f"随寄递件 {no} 补到" if came else f"已列入寄递件 {no},该件中亦未见,由该件差异继续跟踪"
    return _Part(
        checks=(Check(_id(known.packed), original_id, Outcome.MOVED),),
        settlements=(Settlement(known.discrepancy_id, resolution, note),),
    )


def _line_discrepancy(desk: _Desk, line: Packed, outcome: Outcome) -> tuple[NewDiscrepancy, ...]:
    kind, no = _KIND[outcome], desk.consignment.no
    note = f"寄递件 {no} 清单第 {line.seq} 项核验为「{zh(outcome)}」"
    key = f"{kind.value}:{no}:{line.original_id}"
    return (NewDiscrepancy(kind, key, note, line.original_id, desk.consignment.id),)


def _seal_discrepancy(consignment: Consignment, seal_found: str) -> NewDiscrepancy:
    seen = f"到件封签号为「{seal_found}」" if seal_found else "到件未见封签"
    note = f"寄出封签号为「{consignment.seal_no}」,{seen}"
    return NewDiscrepancy(DiscrepancyKind.SEAL, f"seal:{consignment.no}", note, None, consignment.id)


def _empty_discrepancy(consignment: Consignment) -> NewDiscrepancy:
    note = f"寄递件 {consignment.no} 拆封后为空封"
    return NewDiscrepancy(DiscrepancyKind.EMPTY, f"empty:{consignment.no}", note, None, consignment.id)


def _extras(desk: _Desk, lines: Sequence[Packed], extras: Sequence[Extra]) -> list[_Part]:
    here = {line.original_id for line in lines}
    ids = [one.original.id for one in extras if one.original is not None]
    if len(set(ids)) < len(ids) or here.intersection(ids):
        raise Rejected(
            "登记的多件有重复,或本就在本寄递件清单上。清单上的原件请按清单行核验。",
            "An extra is reported twice, or is on this list. Count listed originals by their line.",
            rule="extra",
        )
    return [_extra(desk, one, number) for number, one in enumerate(extras, start=1)]


def _extra(desk: _Desk, extra: Extra, number: int) -> _Part:
    if extra.original is None:
        return _Part(discrepancies=(_extra_discrepancy(desk, extra, f"{_digest(extra)}:{number}", None),))
    original_id = _id(extra.original)
    part = _Part(handovers=_take(desk, original_id))
    if original_id in desk.missing_elsewhere:
        return _joined(part, _earlier(desk, original_id, Resolution.FOLLOWED))
    return _joined(part, _Part(discrepancies=(_extra_discrepancy(desk, extra, str(original_id), original_id),)))


def _extra_discrepancy(desk: _Desk, extra: Extra, tail: str, original_id: int | None) -> NewDiscrepancy:
    note = f"清单外文件:{extra.title}" + (f"({extra.note})" if extra.note else "")
    key = f"extra:{desk.consignment.no}:{tail}"
    return NewDiscrepancy(DiscrepancyKind.EXTRA, key, note, original_id, desk.consignment.id)


def _digest(extra: Extra) -> str:
    # A document without a number is known by what was written about it, so that a later act can add another one.
    return hashlib.sha256(f"{extra.title}\0{extra.note}".encode()).hexdigest()[:16]


def _line_data(consignment: Consignment, line: Packed, outcome: Outcome) -> dict[str, Json]:
    return {
        "consignment": consignment.no,
        "line": line.seq,
        "original": line.original_id,
        "outcome": outcome.value,
    }


def _facts(desk: _Desk, lines: Sequence[Packed], found: Sequence[Finding], seal_found: str, first: bool) -> list[Fact]:
    consignment, outcomes = desk.consignment, {one.packed_id: one.outcome for one in found}
    facts: list[Fact] = []
    if first:
        data: dict[str, Json] = {
            "consignment": consignment.no,
            "seal": consignment.seal_no,
            "seal_found": seal_found,
            "seal_intact": seal_found == consignment.seal_no,
        }
        facts.append(Fact("consignment:received", data=data))
    for line in lines:
        if _id(line) in outcomes:
            facts.append(Fact("original:counted", data=_line_data(consignment, line, outcomes[_id(line)])))
    left = [line for line in lines if line.outcome is Outcome.UNCHECKED and _id(line) not in outcomes]
    if not left and (found or first):
        facts.append(Fact("consignment:checked", data={"consignment": consignment.no, "listed": len(lines)}))
    return facts
