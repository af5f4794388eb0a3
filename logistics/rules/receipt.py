"""Receiving (签收核验): what was listed, what was found, and what follows. 未核 is not 缺件.

The count balance listed = received + missing + moved (+ unchecked) holds after every act here, for every list touched.
The unit of work adds the ledger's entries of handovers, discrepancies and settlements; the facts here are the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from logistics.decision import Check, Decision, Fact, Holder, Json, NewDiscrepancy, Settlement
from logistics.errors import Rejected
from logistics.rules import stages
from logistics.rules.counting import (
    ABSENT,
    BASIS,
    PRESENT,
    Desk,
    Extra,
    MissingLine,
    Part,
    count,
    count_extras,
    present,
    row_id,
)
from logistics.tables import Consignment, Custody, Packed
from logistics.terms import DiscrepancyKind, HolderKind, Outcome, Resolution, Stage, Verb, zh

__all__ = [
    "ABSENT",
    "AS_SENT",
    "BASIS",
    "PRESENT",
    "Balance",
    "Extra",
    "Finding",
    "MissingLine",
    "Outside",
    "balance",
    "correct",
    "receive",
]

_SENDER_MAY_TAKE_BACK = frozenset({Stage.ON_THE_WAY, Stage.DELIVERED, Stage.RETURNED, Stage.LOST, Stage.RECEIVED})


@dataclass(frozen=True)
class Finding:
    """What the receiver found for one line of the list."""

    packed_id: int
    outcome: Outcome
    note: str = ""  # what exactly is wrong; part of the difference


@dataclass(frozen=True)
class Outside:
    """What the receiver saw before opening, beside the number of the seal."""

    seal_broken: bool = False
    damaged: bool = False  # the envelope itself


AS_SENT = Outside()


@dataclass(frozen=True)
class Balance:
    """The count of one list: `listed` is always the sum of the others."""

    listed: int
    received: int
    missing: int
    moved: int
    unchecked: int


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
    outside: Outside = AS_SENT,
) -> Decision:
    """The envelope is RECEIVED and the found lines are counted; the rest stays 未核 and blocks nothing.

    `lines` are all lines of the envelope; `custody` maps an original's id to its last link. The seal is compared on the
    first act, which also says how the envelope was `outside`; later acts go on with lines still 未核. Custody passes
    for what is there, never for what is not.
    Raises `Rejected`: "stage", "receiver", "nothing_left", "unknown_line", "checked_once", "finding", "empty", "extra",
    "already_here".
    """
    _require_receiver(consignment, receiver)
    first = consignment.stage is not Stage.RECEIVED
    stage = stages.move(consignment.stage, Verb.RECEIVE) if first else None
    found = _empty_findings(lines, findings, extras) if empty else list(findings)
    _require_work(consignment, lines, found, extras, first)
    by_id = _require_countable(lines, found)
    desk = Desk(consignment, custody, receiver, missing_elsewhere)
    parts = [count(desk, by_id[one.packed_id], one.outcome, one.note) for one in found]
    parts += count_extras(desk, lines, extras)
    seal = seal_found.strip().upper()
    if first:
        parts.append(Part(discrepancies=_outer_discrepancies(consignment, seal, outside)))
    if empty:
        parts.append(Part(discrepancies=(_empty_discrepancy(consignment),)))
    opening = [_opened(desk, seal, outside)] if first else []
    return _decision(stage, opening + _facts(desk, lines, parts, first), parts)


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
            f"第 {line.seq} 项现为「{zh(line.outcome)}」，不能更正为「{zh(outcome)}」："
            "只有已签收寄递件中的缺件、错件可更正为找到。请核对清单行后重试。",
            f"Line {line.seq} is {line.outcome.value}; only a missing or wrong line of a received consignment can be "
            "corrected to found. Check the line.",
            rule="correction",
        )
    desk = Desk(consignment, {line.original_id: custody}, receiver, {})
    part = present(desk, line, outcome)
    settlement = Settlement(discrepancy_id, Resolution.FOUND, note)
    data = {**_line_data(consignment, line, outcome), "was": line.outcome.value}
    return _decision(None, [Fact("original:recounted", note, data)], [part, Part(settlements=(settlement,))])


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


def _decision(stage: Stage | None, facts: Sequence[Fact], parts: Sequence[Part]) -> Decision:
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
        f"寄递件 {consignment.no} 不是寄给本单位的，不能由「{receiver.name}」签收核验。请联系收件单位，或登记为误投。",
        f"Consignment {consignment.no} is not addressed to this agency. Contact the addressee.",
        rule="receiver",
    )


def _empty_findings(lines: Sequence[Packed], findings: Sequence[Finding], extras: Sequence[Extra]) -> list[Finding]:
    if findings or extras or any(line.outcome is not Outcome.UNCHECKED for line in lines):
        raise Rejected(
            "登记空封时不能同时登记已到的原件或多件。请取消「空封」，逐项登记。",
            "An empty envelope holds nothing: do not report findings with it. Untick empty and count line by line.",
            rule="empty",
        )
    return [Finding(row_id(line), Outcome.MISSING) for line in lines]


def _require_work(
    consignment: Consignment, lines: Sequence[Packed], found: Sequence[Finding], extras: Sequence[Extra], first: bool
) -> None:
    if first or extras or (found and any(line.outcome is Outcome.UNCHECKED for line in lines)):
        return
    left = sum(line.outcome is Outcome.UNCHECKED for line in lines)
    why = f"还有 {left} 项未核，请至少登记一项" if left else "清单已全部核验；如需更正缺件，请用「更正」"
    raise Rejected(
        f"寄递件 {consignment.no} 已签收，{why}。",
        f"Consignment {consignment.no} is received; {left} lines are unchecked. Count one, or correct a missing one.",
        rule="nothing_left",
    )


def _require_countable(lines: Sequence[Packed], found: Sequence[Finding]) -> dict[int, Packed]:
    by_id = {row_id(line): line for line in lines}
    for packed_id, times in Counter(one.packed_id for one in found).items():
        line = by_id.get(packed_id)
        if line is None:
            raise Rejected(
                "所核项目不在本寄递件的清单上。请刷新页面，按清单逐项核验；清单外的文件请登记为多件。",
                "This line is not on the consignment's list. Reload; report unlisted documents as extras.",
                rule="unknown_line",
            )
        if times > 1 or line.outcome is not Outcome.UNCHECKED:
            raise Rejected(
                f"清单第 {line.seq} 项已核为「{zh(line.outcome)}」或重复登记，每项只核一次。找到缺件请用「更正」。",
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


def _outer_discrepancies(consignment: Consignment, seal_found: str, outside: Outside) -> tuple[NewDiscrepancy, ...]:
    """What differs before anything is counted: the seal, by number or state, and the envelope."""
    found, no, id_ = [], consignment.no, consignment.id
    other = seal_found != consignment.seal_no
    if other:
        seen = f"到件封签号为「{seal_found}」" if seal_found else "到件未见封签"
        key, broken = f"seal:{no}:other_broken" if outside.seal_broken else f"seal:{no}", "，且已破损"
        note = f"寄出封签号为「{consignment.seal_no}」，{seen}{broken if outside.seal_broken else ''}"
        found.append(NewDiscrepancy(DiscrepancyKind.SEAL, key, note, None, id_))
    elif outside.seal_broken:
        note = f"封签「{consignment.seal_no}」号码一致，到件时已破损"
        found.append(NewDiscrepancy(DiscrepancyKind.SEAL, f"seal:{no}:broken", note, None, id_))
    if outside.damaged:
        note = f"寄递件 {no} 到件时信封破损"
        found.append(NewDiscrepancy(DiscrepancyKind.DAMAGED, f"damaged:{no}", note, None, id_))
    return tuple(found)


def _empty_discrepancy(consignment: Consignment) -> NewDiscrepancy:
    note = f"寄递件 {consignment.no} 拆封后为空封"
    return NewDiscrepancy(DiscrepancyKind.EMPTY, f"empty:{consignment.no}", note, None, consignment.id)


def _line_data(consignment: Consignment, line: Packed, outcome: Outcome) -> dict[str, Json]:
    return {
        "consignment": consignment.no,
        "line": line.seq,
        "original": line.original_id,
        "outcome": outcome.value,
    }


def _facts(desk: Desk, lines: Sequence[Packed], parts: Sequence[Part], first: bool) -> list[Fact]:
    """What the ledger says of lines beside handovers and discrepancies; `consignment:checked` when all is counted."""
    consignment, by_id = desk.consignment, {row_id(line): line for line in lines}
    checks = [check for part in parts for check in part.checks]
    addressee = desk.receiver.agency_id == consignment.to_agency_id
    facts = []
    for check in checks:
        line = by_id.get(check.packed_id)
        if line is not None:
            facts.append(Fact("original:counted", data=_line_data(consignment, line, check.outcome)))
        else:
            facts.append(Fact("original:moved", data=_moved(consignment, check)))
    done = {check.packed_id for check in checks}
    left = [line for line in lines if line.outcome is Outcome.UNCHECKED and line.id not in done]
    if addressee and not left and (first or done.intersection(by_id)):
        facts.append(Fact("consignment:checked", data={"consignment": consignment.no, "listed": len(lines)}))
    return facts


def _opened(desk: Desk, seal_found: str, outside: Outside) -> Fact:
    """The ledger's word of the opening; what was as it should be outside is not spelt out."""
    consignment = desk.consignment
    addressee = desk.receiver.agency_id == consignment.to_agency_id
    data: dict[str, Json] = {
        "consignment": consignment.no,
        "seal": consignment.seal_no,
        "seal_found": seal_found,
        "seal_intact": seal_found == consignment.seal_no and not outside.seal_broken,
    }
    if outside.seal_broken:
        data["seal_broken"] = True
    if outside.damaged:
        data["envelope_damaged"] = True
    return Fact("consignment:received" if addressee else "consignment:taken_back", data=data)


def _moved(consignment: Consignment, check: Check) -> dict[str, Json]:
    return {"original": check.original_id, "line_id": check.packed_id, "to_consignment": consignment.no}
