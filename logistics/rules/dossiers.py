"""The dossier (邮递专档): whether it may be opened, its numbers, and what still keeps it from closing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from logistics.decision import Holder
from logistics.errors import Rejected
from logistics.rules.closing import UNDER_WAY, complete, still_out
from logistics.rules.legs import Act, ticks
from logistics.rules.standing import State, state
from logistics.tables import Agreement, Consignment, Deadline, Discrepancy, Dossier, Original, Packed
from logistics.terms import Outcome, Stage, zh

__all__ = [
    "CLOSED",
    "State",
    "blockers",
    "complete",
    "consignment_no",
    "dossier_no",
    "may_open",
    "original_code",
    "state",
    "still_out",
]

_PREFIX = re.compile(r"[0-9A-Z]{6,12}")
CLOSED = "dossier:acknowledged"
"""The fact that closes a dossier: the accepting agency acknowledges that all is back."""

_STOPPED_BY_CLOSING = frozenset(tick.leg.value for tick in ticks(CLOSED, None) if tick.act is Act.STOP)


def may_open(
    agreement: Agreement, agreement_item_ids: Collection[int], item_id: int, sender_agency_id: int, today: date
) -> None:
    """Returns when the agency may open a dossier for the item under the agreement on that day (both ends included).

    Raises `Rejected`: "agreement_party", "agreement_validity", "agreement_item".
    """
    if agreement.sender_agency_id != sender_agency_id:
        raise Rejected(
            f"本单位不是通办协议「{agreement.no}」的受理方，不能据此开专档。请改选本单位作为受理方的协议。",
            f"This agency does not accept under agreement {agreement.no}. Choose one where it does.",
            rule="agreement_party",
        )
    if today < agreement.valid_from or (agreement.valid_until is not None and today > agreement.valid_until):
        until = agreement.valid_until.isoformat() if agreement.valid_until else "长期"
        raise Rejected(
            f"通办协议「{agreement.no}」有效期为 {agreement.valid_from.isoformat()} 至 {until}，今日不在其内。"
            "请改选有效的协议或续签。",
            f"Agreement {agreement.no} is not in force today. Choose one that is, or renew it.",
            rule="agreement_validity",
        )
    if item_id not in agreement_item_ids:
        raise Rejected(
            f"通办协议「{agreement.no}」的事项清单没有这个事项。请核对事项，或与对方单位补充清单。",
            f"Agreement {agreement.no} does not cover this item. Check the item, or have it added.",
            rule="agreement_item",
        )


def dossier_no(prefix: str, year: int, number: int) -> str:
    """`421200-2026-000123`: the agency's own prefix, the year, and its count without gaps from 1."""
    if not _PREFIX.fullmatch(prefix) or not 1000 <= year <= 9999 or number < 1:
        raise ValueError(f"not a dossier number: {prefix!r} {year} {number}")
    return f"{prefix}-{year}-{number:06d}"


def consignment_no(dossier_no: str, seq: int) -> str:
    """`421200-2026-000123-1`: the reference the courier knows the envelope by."""
    return f"{dossier_no}-{_from_one(seq)}"


def original_code(dossier_no: str, seq: int) -> str:
    """`421200-2026-000123-Y01`: what the original's sticker says."""
    return f"{dossier_no}-Y{_from_one(seq):02d}"


def _from_one(seq: int) -> int:
    if seq < 1:
        raise ValueError(f"counts from 1, not {seq}")
    return seq


def blockers(
    dossier: Dossier,
    originals: Sequence[Original],
    holders: Mapping[int, Holder],
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    discrepancies: Sequence[Discrepancy],
    deadlines: Sequence[Deadline],
) -> tuple[str, ...]:
    """What still keeps the dossier from closing, as Chinese clauses that say what to do; () when it may close.

    `holders` maps an original's id to who holds it now.
    """
    found = [] if dossier.decision is not None else ["尚未登记审批决定，请受理属地单位登记"]
    found += [
        f"寄递件 {one.no} 现为「{zh(one.stage)}」，请先签收核验或作废" for one in consignments if one.stage in UNDER_WAY
    ]
    received = {one.id: one.no for one in consignments if one.stage is Stage.RECEIVED}
    found += [
        f"寄递件 {received[line.consignment_id]} 清单第 {line.seq} 项未核，请核验"
        for line in lines
        if line.outcome is Outcome.UNCHECKED and line.consignment_id in received
    ]
    found += [f"差异未处理：{zh(one.kind)},{one.note}" for one in discrepancies if one.settled_at is None]
    out = still_out(dossier, originals, holders, consignments, lines, discrepancies)
    found += [f"原件 {one.code} 须退还而未退回，现由「{_who(holders, one)}」保管，请寄回或交还" for one in out]
    found += [
        f"时限 {one.key} 尚未完成，请办结该环节，或由管理人员写明原因豁免"
        for one in deadlines
        if one.met_at is None and one.waived_at is None and one.leg not in _STOPPED_BY_CLOSING
    ]
    return tuple(found)


def _who(holders: Mapping[int, Holder], original: Original) -> str:
    held = holders.get(original.id or 0)
    return held.name if held is not None else "无保管记录"
