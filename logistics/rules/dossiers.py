"""The dossier (邮递专档): whether it may be opened, its numbers, and what still keeps it from closing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from logistics.decision import Holder
from logistics.errors import Rejected
from logistics.rules.legs import Act, ticks
from logistics.tables import Agency, Agreement, Consignment, Deadline, Discrepancy, Dossier, Original, Packed
from logistics.terms import DiscrepancyKind, HolderKind, Outcome, Resolution, Stage, zh

_PREFIX = re.compile(r"[0-9A-Z]{6,12}")
_STOPPED_BY_CLOSING = frozenset(tick.leg.value for tick in ticks("dossier:closed", None) if tick.act is Act.STOP)
_GONE_FOR_GOOD = frozenset({Resolution.REPLACED, Resolution.ACCEPTED, Resolution.EXPLAINED})
_LOSSES = frozenset({DiscrepancyKind.MISSING, DiscrepancyKind.WRONG, DiscrepancyKind.LOST, DiscrepancyKind.EMPTY})
UNDER_WAY = frozenset(Stage) - {Stage.RECEIVED, Stage.VOIDED, Stage.LOST}
"""Stages of an envelope somebody still has to act on. A lost one is followed by its discrepancy."""


def may_open(
    agreement: Agreement, agreement_item_ids: Collection[int], item_id: int, sender_agency_id: int, today: date
) -> None:
    """Returns when the agency may open a dossier for the item under the agreement on that day (both ends included).

    Raises `Rejected`: "agreement_party", "agreement_validity", "agreement_item".
    """
    if agreement.sender_agency_id != sender_agency_id:
        raise Rejected(
            f"本单位不是通办协议「{agreement.no}」的受理方,不能据此开专档。请改选本单位作为受理方的协议。",
            f"This agency does not accept under agreement {agreement.no}. Choose one where it does.",
            rule="agreement_party",
        )
    if today < agreement.valid_from or (agreement.valid_until is not None and today > agreement.valid_until):
        until = agreement.valid_until.isoformat() if agreement.valid_until else "长期"
        raise Rejected(
            f"通办协议「{agreement.no}」有效期为 {agreement.valid_from.isoformat()} 至 {until},今日不在其内。"
            "请改选有效的协议或续签。",
            f"Agreement {agreement.no} is not in force today. Choose one that is, or renew it.",
            rule="agreement_validity",
        )
    if item_id not in agreement_item_ids:
        raise Rejected(
            f"通办协议「{agreement.no}」的事项清单没有这个事项。请核对事项,或与对方单位补充清单。",
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
    """What still keeps the dossier from closing, as Chinese sentences that say what to do; () when it may close.

    `holders` maps an original's id to who holds it now.
    """
    found = [] if dossier.decision is not None else ["尚未登记审批决定,请受理属地单位登记。"]
    found += [
        f"寄递件 {one.no} 现为「{zh(one.stage)}」,请先签收核验或作废。"
        for one in consignments
        if one.stage in UNDER_WAY
    ]
    received = {one.id: one.no for one in consignments if one.stage is Stage.RECEIVED}
    found += [
        f"寄递件 {received[line.consignment_id]} 清单第 {line.seq} 项未核,请核验。"
        for line in lines
        if line.outcome is Outcome.UNCHECKED and line.consignment_id in received
    ]
    found += [f"差异未处理:{zh(one.kind)}。{one.note}" for one in discrepancies if one.settled_at is None]
    out = still_out(dossier, originals, holders, consignments, lines, discrepancies)
    found += [f"原件 {one.code} 须退还而未退回,现由「{_who(holders, one)}」保管,请寄回或交还。" for one in out]
    found += [
        f"时限 {one.key} 尚未完成,请办结该环节,或由管理人员写明原因豁免。"
        for one in deadlines
        if one.met_at is None and one.waived_at is None and one.leg not in _STOPPED_BY_CLOSING
    ]
    return tuple(found)


def _who(holders: Mapping[int, Holder], original: Original) -> str:
    held = holders.get(original.id or 0)
    return held.name if held is not None else "无保管记录"


def still_out(
    dossier: Dossier,
    originals: Sequence[Original],
    holders: Mapping[int, Holder],
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    discrepancies: Sequence[Discrepancy],
) -> tuple[Original, ...]:
    """Originals that must return and are neither with the applicant nor with the accepting agency.

    One whose loss was settled for good (replaced, accepted, explained) is waited for no longer.
    """
    lost = _settled_losses(consignments, lines, discrepancies)
    return tuple(
        one
        for one in originals
        if one.must_return and one.id not in lost and not _is_back(holders.get(one.id or 0), dossier.sender_agency_id)
    )


def _is_back(held: Holder | None, sender_agency_id: int) -> bool:
    return held is not None and (held.kind is HolderKind.APPLICANT or held.agency_id == sender_agency_id)


def _settled_losses(
    consignments: Sequence[Consignment], lines: Sequence[Packed], discrepancies: Sequence[Discrepancy]
) -> frozenset[int]:
    gone = {one.id for one in consignments if one.stage is Stage.LOST}
    latest: dict[int, Discrepancy] = {}
    for one in sorted(discrepancies, key=lambda one: one.id or 0):
        if one.kind not in _LOSSES:
            continue
        if one.original_id is not None:
            latest[one.original_id] = one
        else:
            here = [line.original_id for line in lines if line.consignment_id == one.consignment_id]
            latest |= dict.fromkeys(here if one.consignment_id in gone else [], one)
    return frozenset(original for original, one in latest.items() if one.resolution in _GONE_FOR_GOOD)


def complete(originals: Sequence[Original], lines: Sequence[Packed]) -> bool:
    """True when every listed original has been counted present on some list: the authority may begin to examine."""
    present = {
        line.original_id for line in lines if line.outcome in (Outcome.RECEIVED, Outcome.DAMAGED, Outcome.ILLEGIBLE)
    }
    wanted = {one.id for one in originals if not one.unlisted}
    return bool(wanted) and wanted <= present


@dataclass(frozen=True)
class State:
    """Where a dossier stands: one sentence in each language, and `kind`, a stable word for boards and colours.

    `kind` is a stage's value while an envelope is under way or lost, else one of listing, ready, counting, discrepancy,
    examining, returning, closing, closed.
    """

    zh: str
    en: str
    kind: str


_ENVELOPE = {
    Stage.PACKING: ("{sender}正在装件", "{sender} is packing"),
    Stage.SEALED: ("已封装,等待{sender}寄出", "Sealed, waiting for {sender} to dispatch"),
    Stage.BOOKING: ("正在向快递方下单", "Being booked with the courier"),
    Stage.BOOKED: ("已下单,等待快递方到{sender}揽收", "Booked, waiting for pick-up at {sender}"),
    Stage.ON_THE_WAY: ("在途,等待{receiver}签收", "On the way, waiting for {receiver}"),
    Stage.DELIVERED: (
        "快递称已妥投,等待{receiver}签收核验",
        "Delivered by the courier's word, waiting for {receiver} to count",
    ),
    Stage.RETURNED: ("邮件被退回,等待{sender}签收核验", "Returned, waiting for {sender} to take it back"),
    Stage.LOST: ("快递称遗失,等待{sender}查询处理", "Lost by the courier's word, waiting for {sender} to follow up"),
}
_URGENT = (
    Stage.LOST,
    Stage.RETURNED,
    Stage.DELIVERED,
    Stage.ON_THE_WAY,
    Stage.BOOKED,
    Stage.BOOKING,
    Stage.SEALED,
    Stage.PACKING,
)


def state(
    dossier: Dossier,
    originals: Sequence[Original],
    holders: Mapping[int, Holder],
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    discrepancies: Sequence[Discrepancy],
    agencies: Mapping[int, Agency],
) -> State:
    """Where the dossier stands now and whose turn it is. `agencies` has both parties by id."""
    if dossier.closed_at is not None:
        return State("已办结", "Closed", "closed")
    unsettled = [one for one in discrepancies if one.settled_at is None]
    envelope = _most_urgent(consignments, unsettled)
    if envelope is not None:
        return _with(_of_envelope(envelope, agencies), len(unsettled))
    counting = _counting(consignments, lines, agencies)
    if counting is not None:
        return _with(counting, len(unsettled))
    if unsettled:
        count = len(unsettled)
        return State(f"有 {count} 项差异待处理", f"{count} discrepancies to settle", "discrepancy")
    out = still_out(dossier, originals, holders, consignments, lines, discrepancies)
    return _at_rest(dossier, originals, lines, len(out), agencies)


def _most_urgent(consignments: Sequence[Consignment], unsettled: Sequence[Discrepancy]) -> Consignment | None:
    disputed = {one.consignment_id for one in unsettled}
    waiting = [
        one for one in consignments if one.stage in UNDER_WAY or (one.stage is Stage.LOST and one.id in disputed)
    ]
    return min(waiting, key=lambda one: (_URGENT.index(one.stage), -one.seq), default=None)


def _of_envelope(one: Consignment, agencies: Mapping[int, Agency]) -> State:
    sender, receiver = agencies[one.from_agency_id], agencies[one.to_agency_id]
    words_zh, words_en = _ENVELOPE[one.stage]
    if one.stage is Stage.SEALED and one.refusal:
        words_zh, words_en = (
            "快递方拒单,等待{sender}重新寄出",
            "Refused by the courier, waiting for {sender} to dispatch again",
        )
    return State(
        words_zh.format(sender=sender.short_name, receiver=receiver.short_name),
        words_en.format(sender=_en(sender), receiver=_en(receiver)),
        one.stage.value,
    )


def _en(agency: Agency) -> str:
    return agency.name_en or agency.short_name


def _with(state: State, unsettled: int) -> State:
    if not unsettled:
        return state
    return State(
        f"{state.zh};另有 {unsettled} 项差异待处理", f"{state.en}; {unsettled} discrepancies to settle", state.kind
    )


def _counting(
    consignments: Sequence[Consignment], lines: Sequence[Packed], agencies: Mapping[int, Agency]
) -> State | None:
    for one in consignments:
        left = sum(line.consignment_id == one.id and line.outcome is Outcome.UNCHECKED for line in lines)
        if one.stage is Stage.RECEIVED and left:
            receiver = agencies[one.to_agency_id]
            return State(
                f"已签收,{receiver.short_name}尚有 {left} 份原件未核",
                f"Received, {left} originals still uncounted at {_en(receiver)}",
                "counting",
            )
    return None


def _at_rest(
    dossier: Dossier, originals: Sequence[Original], lines: Sequence[Packed], out: int, agencies: Mapping[int, Agency]
) -> State:
    sender, receiver = agencies[dossier.sender_agency_id], agencies[dossier.receiver_agency_id]
    if not originals:
        return State(f"等待{sender.short_name}登记原件", f"Waiting for {_en(sender)} to list originals", "listing")
    if dossier.decision is None and not complete(originals, lines):
        return State(f"等待{sender.short_name}装件寄出", f"Waiting for {_en(sender)} to pack", "ready")
    if dossier.decision is None:
        return State(
            f"原件已到齐,等待{receiver.short_name}审批", f"Complete, {_en(receiver)} is examining", "examining"
        )
    result = f"已作出决定({zh(dossier.decision)})"
    if out:
        return State(
            f"{result},等待{receiver.short_name}退回 {out} 份原件",
            f"Decided, waiting for {_en(receiver)} to send {out} originals back",
            "returning",
        )
    return State(f"{result},等待{sender.short_name}确认办结", f"Decided, waiting for {_en(sender)} to close", "closing")
