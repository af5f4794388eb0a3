"""What the receiving side says of an envelope it opened: receipt, irregularity notice, slip of differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from labels.papers import (
    ArrivalReceipt,
    ArrivedItem,
    Finding,
    IrregularItem,
    Irregularity,
    IrregularityNotice,
    SealState,
    SlipItem,
    TransferSlip,
)
from logistics.errors import Rejected
from logistics.rules import deadlines, workdays
from logistics.rules.deadlines import Leg
from logistics.rules.pool import MANUAL
from logistics.services.papers import parts
from logistics.services.papers.making import Making
from logistics.store import calendars
from logistics.store.policies import policy_for
from logistics.tables import Consignment, Discrepancy, Original, Packed
from logistics.terms import DiscrepancyKind, Outcome, Stage, zh

_OF_THE_ENVELOPE = frozenset(
    {
        DiscrepancyKind.MISSING,
        DiscrepancyKind.EXTRA,
        DiscrepancyKind.WRONG,
        DiscrepancyKind.DAMAGED,
        DiscrepancyKind.ILLEGIBLE,
        DiscrepancyKind.EMPTY,
        DiscrepancyKind.SEAL,
        DiscrepancyKind.LOST,
    }
)
"""Differences that one hall tells the other on paper; what couriers' messages contradict is no matter of the hall's."""


def arrival(making: Making) -> ArrivalReceipt:
    """The sending hall's receipt: what arrived, item by item. Raises `Rejected` before the count."""
    one, whole = making.envelope, making.whole
    _require_opened(making, "签收回执")
    assert one.received_at is not None, "an opened envelope has its moment"
    notices = [row.no for row in whole.papers if row.kind == "notice" and row.consignment_id == one.id]
    originals = {it.id: it for it in whole.originals}
    lines = whole.lines_of(one)
    arrived = [_arrived(making, line.seq, originals[line.original_id], line) for line in lines]
    arrived += [
        _arrived(making, len(lines) + place, it, None) for place, it in enumerate(_extras(making, lines), start=1)
    ]
    return ArrivalReceipt(
        **_of_envelope(making),
        items=tuple(arrived),
        received_by=parts.name_of(making.w, one.received_by),
        checked_by="",
        received_at=one.received_at,
        delivered_at=one.delivered_at,
        notice_no=notices[-1] if notices else "",
        receiver_agency=making.agency(one.to_agency_id).name,
        qr_text=parts.qr("H", one.no, one.manifest_sha256),
    )


def notice(making: Making) -> IrregularityNotice:
    """The open differences of this envelope, to be answered by the other hall. Raises `Rejected` when there is none."""
    one, whole, w = making.envelope, making.whole, making.w
    _require_finder(making, "差异通知单")
    rows = _differences(making)
    if not rows:
        raise Rejected(
            f"寄递件 {one.no} 没有未了结的差异，不需要差异通知单。",
            f"Consignment {one.no} has no open difference: there is nothing to notify.",
            "no_difference",
        )
    originals = {it.id: it for it in whole.originals}
    sender = making.agency(one.from_agency_id)
    policy = policy_for(w.session, making.dossier, Leg.NOTICE_TO_ANSWER, sender, w.now)
    hours = workdays.Hours.parse(sender.receiving_hours)
    planned = deadlines.plan(policy, calendars.in_force(w.session, sender), hours, w.now).due_at
    clocks = {f"{Leg.NOTICE_TO_ANSWER.value}/{row.key}" for row in rows}
    running = [row for row in whole.deadlines if row.key in clocks and row.met_at is None and row.waived_at is None]
    answer_by = min((row.due_at for row in running), default=planned)
    return IrregularityNotice(
        **_of_envelope(making),
        finder_agency=making.agency(one.to_agency_id).name,
        weight_expected="",
        weight_found="",
        items=tuple(_irregular(making, seq, row, originals) for seq, row in enumerate(rows, start=1)),
        account="；".join(dict.fromkeys(row.note for row in rows if row.note)),
        found_by=parts.name_of(w, rows[0].opened_by),
        witness="",
        found_at=rows[0].opened_at,
        answer_by=answer_by,
        qr_text=parts.qr("T", one.no, one.manifest_sha256),
    )


def differences_slip(making: Making) -> TransferSlip:
    """What was listed and what was found, line by line, both sides' signatures. Raises `Rejected` before the count."""
    one, whole = making.envelope, making.whole
    _require_opened(making, "差异登记单")
    originals = {it.id: it for it in whole.originals}
    lines = whole.lines_of(one)
    found: list[SlipItem] = [
        parts.item(making.w.ctx, line.seq, originals[line.original_id], found=zh(line.outcome)) for line in lines
    ]
    found += [
        parts.item(making.w.ctx, len(lines) + place, it, note="清单外", found="多件")
        for place, it in enumerate(_extras(making, lines), start=1)
    ]
    return TransferSlip(
        **making.witnessed,
        kind="discrepancy",
        dossier_no=making.dossier.no,
        case_no=making.dossier.case_no,
        item_name=whole.item.name,
        sender_agency=making.agency(one.from_agency_id).name,
        receiver_agency=making.agency(one.to_agency_id).name,
        waybill_no=one.waybill_no,
        seal_no=one.seal_no,
        seal_found=one.seal_found,
        items=tuple(found),
        released_by=parts.name_of(making.w, one.sealed_by),
        manifest_sha256=one.manifest_sha256,
        qr_text=parts.qr("S", one.no, one.manifest_sha256),
    )


def _require_opened(making: Making, paper: str) -> None:
    one = making.envelope
    _require_finder(making, paper)
    if one.stage is not Stage.RECEIVED:
        raise Rejected(
            f"寄递件 {one.no} 还没有签收核验，不能打印{paper}。请先逐件核对。",
            f"Consignment {one.no} has not been counted yet. Receive it first.",
            "not_received",
        )


def _require_finder(making: Making, paper: str) -> None:
    parts.require_side(
        making.w.actor,
        making.envelope.to_agency_id,
        f"{paper}由拆封核验的单位打印。",
        "This is printed by the agency that opened the envelope.",
    )


def _of_envelope(making: Making) -> dict[str, Any]:
    one, whole = making.envelope, making.whole
    courier = making.w.ctx.couriers.get(one.courier)
    return {
        **making.witnessed,
        "consignment_no": one.no,
        "dossier_no": making.dossier.no,
        "case_no": making.dossier.case_no,
        "item_name": whole.item.name,
        "sender_agency": making.agency(one.from_agency_id).name,
        "courier_name": "专人递送" if one.courier == MANUAL else courier.name_zh if courier else one.courier,
        "waybill_no": one.waybill_no,
        "seal_expected": one.seal_no,
        "seal_found": one.seal_found,
        "seal_state": _seal_state(one),
        "manifest_sha256": one.manifest_sha256,
        "secrecy": parts.secrecy(whole.originals_of(one)),
    }


def _seal_state(one: Consignment) -> SealState:
    """Another number means another seal, whatever its state; ours may have come broken."""
    if one.stage is not Stage.RECEIVED or one.seal_found == one.seal_no:
        return "broken" if one.seal_broken else "intact"
    return "replaced" if one.seal_found else "missing"


def _arrived(making: Making, seq: int, it: Original, line: Packed | None) -> ArrivedItem:
    finding: Finding = "extra"
    note = "清单外" if line is None else ""
    if line is not None and line.outcome is Outcome.MOVED:
        finding, note = "missing", zh(Outcome.MOVED)
    elif line is not None:
        finding = next(one for one in get_args(Finding) if one == line.outcome.value)
    number = parts.number_of(making.w.ctx, it)
    return ArrivedItem(seq, it.title, number, zh(it.form), it.pages, it.copies, finding, note)


def _extras(making: Making, lines: Sequence[Packed]) -> list[Original]:
    """Originals that were in this envelope and on no list."""
    there = {
        row.original_id
        for row in making.whole.discrepancies
        if row.kind is DiscrepancyKind.EXTRA and row.consignment_id == making.envelope.id
    } - {line.original_id for line in lines}
    return [it for it in making.whole.originals if it.id in there]


def _differences(making: Making) -> list[Discrepancy]:
    return [
        row
        for row in making.whole.discrepancies
        if row.consignment_id == making.envelope.id and row.kind in _OF_THE_ENVELOPE and row.settled_at is None
    ]


def _irregular(making: Making, seq: int, row: Discrepancy, originals: dict[int | None, Original]) -> IrregularItem:
    it = originals.get(row.original_id)
    kind: Irregularity = next((one for one in get_args(Irregularity) if one == row.kind.value), "other")
    expected, found = _both(making, row, it)
    return IrregularItem(
        seq,
        it.title if it else zh(row.kind),
        parts.number_of(making.w.ctx, it) if it else "",
        kind,
        expected,
        found,
        row.note,
    )


def _both(making: Making, row: Discrepancy, it: Original | None) -> tuple[str, str]:
    """What the list says, and what was there, in words."""
    one = making.envelope
    if row.kind is DiscrepancyKind.SEAL:
        found = f"封签 {one.seal_found}" if one.seal_found else "没有封签"
        return f"封签 {one.seal_no}", f"{found}，已破损" if one.seal_broken else found
    if it is None:
        if row.kind is DiscrepancyKind.DAMAGED:
            return "信封完好", "信封破损"
        return f"内件 {len(making.whole.lines_of(one))} 件", zh(row.kind)
    listed = f"{zh(it.form)} {it.copies} 份 {it.pages} 页"
    return ("清单上没有", listed) if row.kind is DiscrepancyKind.EXTRA else (listed, zh(row.kind))
