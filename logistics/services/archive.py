"""Seal a closed dossier into its archive package, once the ledger's head that covers it is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from labels.masking import mask_phone
from logistics.actor import SYSTEM
from logistics.archive.checkpoints import Checkpoint as SignedHead
from logistics.archive.contents import (
    ConsignmentRecord,
    EventRecord,
    HandoverRecord,
    LeafProof,
    ListedRecord,
    OriginalRecord,
    PackageInput,
    PaperRecord,
    RawMessage,
    Witness,
)
from logistics.archive.package import build
from logistics.archive.verify import verify_bytes
from logistics.decision import Fact
from logistics.errors import Rejected
from logistics.rules import custody, merkle, receipt
from logistics.rules.chain import Entry, stamp
from logistics.rules.reading import Meanings
from logistics.store import find, ledger
from logistics.store.context import Context
from logistics.store.packed import unpack
from logistics.store.work import Work, plain_holder, work
from logistics.tables import (
    Checkpoint,
    CodeMapping,
    Consignment,
    Dossier,
    Exchange,
    InboxMessage,
    LedgerEntry,
    LogLeaf,
    Original,
    Paper,
    Tracking,
)
from logistics.terms import zh

CLOSED = "dossier:closed"
TITLES = {"label": "面单", "slip": "交接单", "cover": "专档封面"}


def ready(ctx: Context, limit: int = 20) -> list[str]:
    """Closed dossiers that have no package yet and whose closing entry stands under a signed head; oldest first."""
    with Session(ctx.engine) as session:
        head = ledger.newest_checkpoint(session)
        if head is None:
            return []
        packaged = select(Paper.dossier_id).where(Paper.kind == "package")
        rows = session.exec(
            select(Dossier.no)
            .join(LedgerEntry, col(LedgerEntry.dossier_id) == Dossier.id)
            .join(LogLeaf, col(LogLeaf.entry_id) == LedgerEntry.id)
            .where(LedgerEntry.what == CLOSED, LogLeaf.leaf < head.size)
            .where(col(Dossier.closed_at).is_not(None), col(Dossier.id).not_in(packaged))
            .order_by(col(Dossier.closed_at))
            .limit(limit)
        )
        return list(rows)


def seal_package(ctx: Context, dossier_no: str) -> str:
    """The dossier's package is built, stored by its SHA-256 and named in the ledger. Built once; returns its SHA-256.

    Raises `Rejected` while the dossier is open or no signed head covers its chain.
    """
    with work(ctx, SYSTEM, "seal_package") as w:
        dossier = w.dossier(dossier_no)
        whole = find.whole(w.session, dossier)
        standing = next((paper for paper in whole.papers if paper.kind == "package"), None)
        if standing is not None:
            return standing.sha256
        content = build(_input(w, whole), ctx.signing_key)
        report = verify_bytes(content)
        if not report.ok:
            raise RuntimeError(f"the package of {dossier.no} does not verify: {report.faults[:3]}")
        sha256 = ctx.files.put(content)
        no = f"{dossier.no}-PKG"
        w.session.add(
            Paper(
                dossier_id=cast(int, dossier.id),
                kind="package",
                no=no,
                sha256=sha256,
                size_bytes=len(content),
                media_type="application/zip",
                made_at=w.now,
            )
        )
        w.session.flush()
        data: dict[str, Any] = {"package": no, "sha256": sha256, "bytes": len(content)}
        w.record(dossier, Fact("package:sealed", "归档信息包已生成", data))
        return sha256


def _input(w: Work, whole: find.Whole) -> PackageInput:
    dossier = whole.dossier
    entries = _until_closed(ledger.entries(w.session, dossier))
    head = ledger.newest_checkpoint(w.session)
    if not entries or head is None:
        raise Rejected("专档尚未办结或留痕尚未签名，不能归档。", "Not closed, or not signed yet.", "not_ready")
    raw = _raw(w.session, whole)
    return PackageInput(
        dossier_no=dossier.no,
        record_no=dossier.no,
        archival_code="",
        retention="D30",
        secrecy="none",
        agency_name=whole.sender.name,
        title=f"{whole.item.name} {dossier.case_no}",
        made_at=w.now,
        dossier=_dossier(w.ctx, whole),
        originals=[_original(w.ctx, one) for one in whole.originals],
        consignments=[_consignment(whole, one) for one in whole.consignments],
        handovers=_handovers(whole),
        papers=[
            PaperRecord(f"data/过程文件/{row.no}.pdf", row.kind, TITLES[row.kind], w.ctx.files.get(row.sha256))
            for row in whole.papers
        ],
        raw=list(raw.values()),
        events=_events(whole, raw),
        entries=entries,
        proofs=_proofs(w.session, dossier, len(entries), head),
        witnesses=_witnesses(w.session, entries, head),
        checkpoint=SignedHead(head.size, head.root, head.signed_at, head.key_id, head.public_key, head.signature),
    )


def _until_closed(entries: Sequence[Entry]) -> list[Entry]:
    """The chain up to its closing entry; what came later (a late scan) stays in the ledger, outside the package."""
    for index, entry in enumerate(entries):
        if entry.what == CLOSED:
            return list(entries[: index + 1])
    return []


def _proofs(session: Session, dossier: Dossier, count: int, head: Checkpoint) -> list[LeafProof]:
    get = ledger.node(session)
    proofs = [
        LeafProof(seq, leaf, merkle.inclusion(leaf, head.size, get))
        for seq, leaf in ledger.leaves_of(session, dossier)
        if seq <= count and leaf < head.size
    ]
    if len(proofs) != count:
        raise Rejected("留痕尚未全部签名，稍后自动归档。", "The chain is not wholly signed yet.", "not_ready")
    return proofs


def _witnesses(session: Session, entries: Sequence[Entry], head: Checkpoint) -> list[Witness]:
    """Every head that was printed on a paper, with the proof that the signed one continues it."""
    printed = {
        (size, root)
        for entry in entries
        if isinstance(size := entry.facts.get("ledger_size"), int)
        and isinstance(root := entry.facts.get("ledger_root"), str)
    }
    get = ledger.node(session)
    return [Witness(size, root, merkle.consistency(size, head.size, get)) for size, root in sorted(printed)]


def _when(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


def _dossier(ctx: Context, whole: find.Whole) -> dict[str, Any]:
    dossier = whole.dossier

    def clear(column: str) -> str:
        return ctx.keyring.unseal(getattr(dossier, f"{column}_sealed"), f"dossier:{dossier.no}:{column}")

    return {
        "办件编号": dossier.case_no,
        "事项": whole.item.name,
        "事项编码": whole.item.code,
        "业务模式": zh(dossier.mode),
        "线路": zh(dossier.scope),
        "通办协议": whole.agreement.no,
        "寄出单位": whole.sender.name,
        "寄出单位统一社会信用代码": whole.sender.uscc,
        "收件单位": whole.receiver.name,
        "收件单位统一社会信用代码": whole.receiver.uscc,
        "申请人": clear("applicant_name"),
        "申请人电话": mask_phone(clear("applicant_phone")),
        "同意书 sha256": dossier.consent_sha256 or "（纸质同意书由受理窗口留存，未扫描）",
        "同意书签署日期": dossier.consent_signed_on.isoformat(),
        "受理时间": stamp(dossier.opened_at),
        "审批结果": zh(dossier.decision) if dossier.decision else None,
        "审批时间": _when(dossier.decided_at),
        "办结时间": _when(dossier.closed_at),
        "差异": [
            {
                "种类": zh(row.kind),
                "说明": row.note,
                "登记时间": stamp(row.opened_at),
                "了结": zh(row.resolution) if row.resolution else None,
                "了结说明": row.settlement_note,
            }
            for row in whole.discrepancies
        ],
        "时限": [
            {
                "环节": row.key,
                "起算": stamp(row.started_at),
                "期限": stamp(row.due_at),
                "达成": _when(row.met_at),
                "豁免": row.waiver_reason,
                "日历": row.calendar_version,
                "依据": list(row.explanation),
            }
            for row in whole.deadlines
        ],
    }


def _original(ctx: Context, one: Original) -> OriginalRecord:
    details: dict[str, Any] = {
        "种类": one.kind,
        "编号": ctx.keyring.unseal(one.number_sealed, f"original:{one.code}:number"),
        "颁发单位": one.issuer,
        "持有人": ctx.keyring.unseal(one.holder_name_sealed, f"original:{one.code}:holder_name"),
        "页数": one.pages,
        "份数": one.copies,
        "形式": zh(one.form),
        "不可再发": one.irreplaceable,
        "须退还": one.must_return,
        "密级": zh(one.secrecy),
        "国家机关公文": one.official_document,
        "清单外": one.unlisted,
    }
    return OriginalRecord(one.code, one.code, one.title, details)


def _consignment(whole: find.Whole, one: Consignment) -> ConsignmentRecord:
    code = {original.id: original.code for original in whole.originals}
    lines = whole.lines_of(one)
    count = receipt.balance(lines)
    details: dict[str, Any] = {
        "封签号": one.seal_no,
        "清单 sha256": one.manifest_sha256,
        "承运": one.courier,
        "运单号": one.waybill_no,
        "封装": _when(one.sealed_at),
        "揽收": _when(one.picked_up_at),
        "妥投（快递称）": _when(one.delivered_at),
        "签收核验": _when(one.received_at),
        "到件封签": one.seal_found,
    }
    return ConsignmentRecord(
        one.no,
        one.direction.value,
        one.stage.value,
        [ListedRecord(code[line.original_id], line.outcome.value) for line in lines],
        count.received,
        count.missing,
        count.moved,
        details,
    )


def _handovers(whole: find.Whole) -> list[HandoverRecord]:
    code = {original.id: original.code for original in whole.originals}
    envelope = {one.id: one.no for one in whole.consignments}
    return [
        HandoverRecord(
            code[link.original_id],
            link.seq,
            link.at,
            plain_holder(custody.released_by(link)),
            plain_holder(custody.accepted_by(link)),
            link.basis,
            envelope.get(link.consignment_id),
        )
        for link in whole.custody
    ]


def _raw(session: Session, whole: find.Whole) -> dict[str, RawMessage]:
    """Every message an event of this dossier was read from, and every answer of a courier about it, by SHA-256."""
    wanted = {row.raw_sha256 for row in whole.tracking}
    pushes = session.exec(select(InboxMessage).where(col(InboxMessage.body_sha256).in_(wanted)))
    answers = session.exec(select(Exchange).where(Exchange.dossier_id == whole.dossier.id).order_by(col(Exchange.id)))
    courier = {one.id: one.courier for one in whole.consignments}
    speaker = {row.raw_sha256: row.courier for row in whole.tracking}
    found = {
        row.body_sha256: RawMessage(unpack(row.body, row.packed), row.received_at, row.courier, "push")
        for row in pushes
    }
    for row in answers:
        body = unpack(row.body, row.packed)
        said_by = speaker.get(row.sha256, courier.get(row.consignment_id, ""))  # an aggregator, where it was asked
        message = RawMessage(body, row.received_at, said_by, row.operation)
        found.setdefault(row.sha256, message)
    return found


def _events(whole: find.Whole, raw: Mapping[str, RawMessage]) -> list[EventRecord]:
    for row in whole.tracking:
        if row.raw_sha256 not in raw:
            raise LookupError(f"tracking event {row.id} has lost its raw message {row.raw_sha256}")
    # as the envelope was last followed: what is decided after the dossier closed is not its story
    known = Meanings(whole.mappings)
    at_the_end = {one.id: known.as_of(one.read_with) for one in whole.consignments}
    return [_event(row, at_the_end[row.consignment_id].of(row)) for row in whole.tracking]


def _event(row: Tracking, mapping: CodeMapping | None) -> EventRecord:
    meaning = row if mapping is None else mapping
    details: dict[str, Any] = {
        "courier": row.courier,
        "waybill_no": row.waybill_no,
        "place": row.place,
        "region_code": row.region_code,
        "reason": meaning.reason.value if meaning.reason else None,
        "received_at": stamp(row.received_at),
        "source": row.source,
    }
    if mapping is not None:
        details["decided"] = {
            "milestone_as_received": row.milestone.value,
            "version": mapping.version,
            "at": stamp(mapping.decided_at),
            "why": mapping.why,
        }
    return EventRecord(row.raw_sha256, row.happened_at, meaning.milestone.value, row.code, row.text, details)
