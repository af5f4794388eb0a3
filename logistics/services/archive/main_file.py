"""The dossier's main file as values: the whole story for people, in words, with the package's records inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from couriers.contract import Courier
from labels.attachments import Attachment
from labels.papers import (
    DossierRecord,
    RecordDeadline,
    RecordDiscrepancy,
    RecordEnvelope,
    RecordEvent,
    RecordLine,
    RecordLink,
    RecordOriginal,
    RecordPaper,
    RecordParty,
    RecordSignature,
)
from logistics.archive.contents import PackageInput
from logistics.archive.describing import format_of
from logistics.archive.payload import RAW
from logistics.decision import Holder
from logistics.rules import archival_code, custody
from logistics.rules.policies import LEG_NAMES, Leg
from logistics.services.archive.contents import Gathered
from logistics.store.context import Context
from logistics.store.find import Whole
from logistics.store.signing import full_name
from logistics.tables import Consignment, Custody, Deadline, Original
from logistics.terms import Secrecy, zh

TITLE = "专档主文件"
_MILESTONES = {
    "order_created": "已下单", "picked_up": "已揽收", "in_transit": "运输中", "arrived": "已到达",
    "out_for_delivery": "派送中", "attempted": "投递未成", "available": "待取", "delivered": "妥投",
    "returning": "退回中", "returned": "已退回", "held": "滞留", "damaged": "破损", "lost": "丢失",
    "cancelled": "已取消", "info": "信息", "unrecognised": "未识别",
}  # fmt: skip
_SOURCES = {"push": "推送", "poll": "查询"}


def main_file(ctx: Context, gathered: Gathered, records: Mapping[str, bytes]) -> DossierRecord:
    """The main file of what was gathered, with `records` and every raw message embedded byte for byte."""
    given, whole, identity = gathered.bare, gathered.whole, gathered.identity
    dossier, head = whole.dossier, given.checkpoint
    agencies = {one.id: one.name for one in (whole.sender, whole.receiver)}
    return DossierRecord(
        number=f"{dossier.no}-C01",
        record_no=given.record_no,
        archival_code=given.archival_code,
        dossier_no=dossier.no,
        case_no=dossier.case_no,
        item_name=whole.item.name,
        item_code=whole.item.code,
        agreement_no=whole.agreement.no,
        mode=zh(dossier.mode),
        scope=zh(dossier.scope),
        archiving_agency=given.agency_name,
        sender=RecordParty(whole.sender.name, whole.sender.uscc),
        receiver=RecordParty(whole.receiver.name, whole.receiver.uscc),
        applicant=identity.applicant,
        retention=archival_code.RETENTIONS[given.retention][0],
        secrecy="" if given.secrecy == Secrecy.NONE else zh(Secrecy(given.secrecy)),
        opened_at=dossier.opened_at,
        decision=identity.result,
        decided_at=dossier.decided_at,
        closed_at=dossier.closed_at,
        ledger_entries=len(given.entries),
        ledger_head=given.entries[-1].hash,
        checkpoint_size=head.size,
        checkpoint_root=head.root_hex,
        checkpoint_at=head.signed_at,
        key_id=head.key_id,
        printed_at=given.made_at,
        qr_text=f"YD1|D|{dossier.no}|{head.root_hex[:16]}",
        originals=tuple(_original(ctx, whole, one, agencies) for one in whole.originals),
        envelopes=tuple(_envelope(ctx.couriers, whole, one, agencies) for one in whole.consignments),
        events=_events(ctx.couriers, given),
        deadlines=tuple(_deadline(one) for one in whole.deadlines),
        discrepancies=tuple(
            RecordDiscrepancy(
                zh(row.kind),
                row.note,
                row.opened_at,
                "" if row.resolution is None else f"{zh(row.resolution)}：{row.settlement_note}".rstrip("："),
                row.settled_at,
            )
            for row in whole.discrepancies
        ),
        signatures=tuple(_signatures(ctx, whole, agencies)),
        papers=tuple(RecordPaper(one.title, one.path, one.sha256) for one in gathered.placed),
        attachments=_attachments(given, records),
    )


def _original(ctx: Context, whole: Whole, one: Original, agencies: Mapping[int | None, str]) -> RecordOriginal:
    envelope = {row.id: row.no for row in whole.consignments}
    notes = [
        words
        for words, holds in (
            ("不可再发", one.irreplaceable),
            ("国家机关公文", one.official_document),
            ("清单外", one.unlisted),
        )
        if holds
    ]
    return RecordOriginal(
        code=one.code,
        title=one.title,
        number=ctx.keyring.unseal(one.number_sealed, f"original:{one.code}:number"),
        issuer=one.issuer,
        holder=ctx.keyring.unseal(one.holder_name_sealed, f"original:{one.code}:holder_name"),
        pages=one.pages,
        copies=one.copies,
        form=zh(one.form),
        note="、".join(notes),
        links=tuple(_link(row, envelope, agencies) for row in whole.custody if row.original_id == one.id),
    )


def _link(row: Custody, envelope: Mapping[int | None, str], agencies: Mapping[int | None, str]) -> RecordLink:
    source, target = custody.released_by(row), custody.accepted_by(row)
    return RecordLink(
        row.seq, row.at, _holder(source, agencies), _holder(target, agencies), row.basis,
        envelope.get(row.consignment_id, ""),
    )  # fmt: skip


def _holder(one: Holder, agencies: Mapping[int | None, str]) -> str:
    agency = agencies.get(one.agency_id, "")
    return f"{agency} {one.name}" if agency and agency != one.name else one.name


def _envelope(
    couriers: Mapping[str, Courier], whole: Whole, one: Consignment, agencies: Mapping[int | None, str]
) -> RecordEnvelope:
    titles = {row.id: (row.code, row.title) for row in whole.originals}
    return RecordEnvelope(
        no=one.no,
        direction=zh(one.direction),
        sender_agency=agencies.get(one.from_agency_id, ""),
        receiver_agency=agencies.get(one.to_agency_id, ""),
        stage=zh(one.stage),
        courier=_courier(couriers, one.courier),
        waybill_no=one.waybill_no or "",
        seal_no=one.seal_no or "",
        seal_found=str(one.seal_found or ""),
        manifest_sha256=one.manifest_sha256 or "",
        sealed_at=one.sealed_at,
        picked_up_at=one.picked_up_at,
        delivered_at=one.delivered_at,
        received_at=one.received_at,
        lines=tuple(RecordLine(*titles[row.original_id], zh(row.outcome)) for row in whole.lines_of(one)),
    )


def _courier(couriers: Mapping[str, Courier], code: str | None) -> str:
    if not code:
        return ""
    known = couriers.get(code)
    return known.name_zh if known else "专人递送" if code == "manual" else code


def _events(couriers: Mapping[str, Courier], given: PackageInput) -> tuple[RecordEvent, ...]:
    return tuple(
        RecordEvent(
            one.happened_at,
            str(one.details.get("waybill_no") or ""),
            _MILESTONES.get(one.milestone, one.milestone),
            one.text,
            str(one.details.get("place") or ""),
            _courier(couriers, str(one.details.get("courier") or "")),
            _SOURCES.get(str(one.details.get("source")), str(one.details.get("source") or "")),
        )
        for one in given.events
    )


def _deadline(one: Deadline) -> RecordDeadline:
    if one.waived_at is not None:
        outcome = f"豁免：{one.waiver_reason}"
    elif one.met_at is None:
        outcome = "未达成"
    else:
        outcome = "按期" if one.met_at <= one.due_at else "超期"
    name = LEG_NAMES[Leg(one.leg)]
    return RecordDeadline(name, one.started_at, one.due_at, one.met_at, outcome, tuple(one.explanation))


def _signatures(ctx: Context, whole: Whole, agencies: Mapping[int | None, str]) -> Sequence[RecordSignature]:
    envelope = {row.id: row.no for row in whole.consignments}
    return [
        RecordSignature(
            one.signed_at, full_name(ctx, whole.dossier, one), agencies.get(one.agency_id, ""), zh(one.role),
            zh(one.kind), envelope.get(one.consignment_id, ""), one.manifest_sha256, one.image_sha256,
        )
        for one in whole.signatures
    ]  # fmt: skip


def _attachments(given: PackageInput, records: Mapping[str, bytes]) -> tuple[Attachment, ...]:
    told = {"dossier": "专档", "custody": "交接链", "events": "快递轨迹", "ledger": "留痕"}
    data = [
        Attachment(name := path.rpartition("/")[2], format_of(path)[1], "Source", content, told[name.split(".")[0]])
        for path, content in records.items()
    ]
    raw = [
        Attachment(path.removeprefix(RAW), "application/octet-stream", "Data", one.content, f"{one.courier} 原始报文")
        for path, one in zip(given.raw_paths(), given.raw, strict=True)
    ]
    return (*data, *raw)
