"""A dossier's rows as the values of its package: what people may read, custody, envelopes, papers, events."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labels.masking import mask_phone
from logistics.archive.checkpoints import Checkpoint as SignedHead
from logistics.archive.contents import (
    ConsignmentRecord,
    EventRecord,
    HandoverRecord,
    ListedRecord,
    OriginalRecord,
    PackageInput,
    PaperRecord,
    witnessed,
)
from logistics.archive.describing import Identity, Placed
from logistics.archive.profiles import Profile
from logistics.errors import Rejected
from logistics.rules import archival_code, custody, receipt
from logistics.rules.archival_code import ArchivalCode
from logistics.rules.chain import Entry, stamp
from logistics.rules.reading import Meanings
from logistics.rules.workdays import china_date
from logistics.store import filing, find, ledger
from logistics.store.context import Context
from logistics.store.work import Work, plain_holder
from logistics.tables import Checkpoint, CodeMapping, Consignment, Original, Signature, Tracking
from logistics.terms import zh

TITLES = {
    "label": "面单",
    "seal": "封签",
    "stickers": "原件标签",
    "slip": "原件交接单",
    "internal_slip": "内部交接单",
    "differences_slip": "差异登记单",
    "handover": "交寄清单",
    "intake": "收件回执",
    "arrival": "签收回执",
    "notice": "差异通知单",
    "cover": "专档封面",
    "catalogue": "卷内文件目录",
    "remarks": "备考表",
}
"""What a paper of each kind is called in the package; one of another kind is a 单据."""

SIGNATURE = "signature"
_ENDINGS = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif", "application/ofd": "ofd",
}  # fmt: skip
_NOT_IN_A_NAME = re.compile(r"[^0-9A-Za-z\u3400-\u9fff\U00020000-\U000323af]+")


@dataclass(frozen=True)
class Gathered:
    """Everything of a dossier that goes into its package before anything is drawn."""

    bare: PackageInput  # without metadata
    identity: Identity
    placed: tuple[Placed, ...]  # the papers in their places
    whole: find.Whole


def gather(w: Work, whole: find.Whole, profile: Profile) -> Gathered:
    """The dossier's rows as values, under the numbers it gets now.

    Raises `Rejected`: "not_ready" (open, or not signed yet), "no_fonds_no", "numbers" for parts of a 档号 that are out
    of form.
    """
    dossier, agency = whole.dossier, whole.sender
    entries = filing.chain_until_closed(w.session, dossier)
    head = ledger.newest_checkpoint(w.session)
    if not entries or head is None or dossier.closed_at is None:
        raise Rejected("专档尚未办结或留痕尚未签名，不能归档。", "Not closed, or not signed yet.", "not_ready")
    if not agency.fonds_no:
        said = filing.Waiting(dossier.no, agency.id or 0, agency.name, "fonds_no")
        raise Rejected(said.zh, said.en, "no_fonds_no")
    proofs = filing.proofs(w.session, dossier, len(entries), head)
    code = _code(w, whole)
    placed = _placed(w.ctx, whole, entries, profile)
    bare = PackageInput(
        dossier_no=dossier.no,
        record_no=_record_no(whole, code, profile),
        archival_code=str(code),
        retention=code.retention,
        secrecy=archival_code.highest(one.secrecy for one in whole.originals).value,
        agency_name=agency.name,
        title=f"{whole.item.name} {dossier.case_no}",
        made_at=w.now,
        dossier=_dossier(w.ctx, whole),
        originals=[_original(w.ctx, whole, one) for one in whole.originals],
        consignments=[_consignment(whole, one) for one in whole.consignments],
        handovers=_handovers(whole),
        papers=[PaperRecord(one.path, one.kind, one.title, one.content) for one in placed],
        raw=list(filing.raw_messages(w.session, whole).values()),
        events=_events(whole),
        entries=entries,
        proofs=proofs,
        witnesses=filing.witnesses(w.session, entries, head),
        checkpoint=_signed(head),
    )
    return Gathered(bare, _identity(w.ctx, whole, code), placed, whole)


def _signed(head: Checkpoint) -> SignedHead:
    return SignedHead(head.size, head.root, head.signed_at, head.key_id, head.public_key, head.signature)


def _code(w: Work, whole: find.Whole) -> ArchivalCode:
    agency, retention = whole.sender, whole.item.retention
    assert whole.dossier.closed_at is not None
    year = china_date(whole.dossier.closed_at).year
    number = filing.next_number(w.session, agency.fonds_no, year, retention)
    try:
        return ArchivalCode(agency.fonds_no, agency.archive_category, year, retention, number, agency.archive_section)
    except ValueError as why:
        raise Rejected(
            f"{agency.name}的全宗号、门类代码、机构代码或事项的保管期限不合档号规则，请更正名录后重试。",
            f"The directory's archival data of the agency or item are out of form: {why}.",
            "numbers",
        ) from why


def _record_no(whole: find.Whole, code: ArchivalCode, profile: Profile) -> str:
    return profile.record_no(
        region_code=whole.sender.region_code,
        agency_code=whole.sender.code,
        fonds_no=code.fonds_no,
        category=code.category,
        task_code=whole.item.code,
        year=code.year,
        retention=code.retention,
        retention_words=archival_code.RETENTIONS[code.retention][0],
        serial=code.number,
    )


def _identity(ctx: Context, whole: find.Whole, code: ArchivalCode) -> Identity:
    dossier, sender, receiver = whole.dossier, whole.sender, whole.receiver
    assert dossier.closed_at is not None
    return Identity(
        code=code,
        region_code=sender.region_code,
        uscc=sender.uscc,
        archives_code=sender.archives_code,
        archives_name=sender.archives_name,
        task_code=whole.item.code,
        task_name=whole.item.name,
        case_no=dossier.case_no,
        mode_words=zh(dossier.mode),
        applicant=ctx.keyring.unseal(dossier.applicant_name_sealed, f"dossier:{dossier.no}:applicant_name"),
        receiver_agency=receiver.name,
        receiver_uscc=receiver.uscc,
        accepted_at=dossier.opened_at,
        closed_at=dossier.closed_at,
        decided_at=dossier.decided_at,
        result=zh(dossier.decision) if dossier.decision else "",
    )


def _placed(ctx: Context, whole: find.Whole, entries: Sequence[Entry], profile: Profile) -> tuple[Placed, ...]:
    """Every file the chain witnesses, in the profile's folders, numbered in the order in which it was made.

    What was made after the closing is not the package's. A01 and C01 are left for the cover and the main file.
    """
    wanted = witnessed(entries)
    found: dict[str, tuple[datetime, str, str, str]] = {}
    pictured = {one.paper_id: one for one in whole.pictures}
    titles = {one.id: _NOT_IN_A_NAME.sub("", one.title)[:20] for one in whole.originals}
    envelopes = {one.id: f"第{one.seq}封" for one in whole.consignments}
    for row in whole.papers:
        if row.sha256 in wanted:
            title = TITLES.get(row.kind, "单据")
            if (shown := pictured.get(row.id or 0)) is not None:
                of = titles[shown.original_id] if shown.original_id else envelopes[shown.consignment_id]
                title = f"{zh(shown.shows)}-{of}"
            found.setdefault(row.sha256, (row.made_at, row.kind, title, row.media_type))
    for one in whole.signatures:
        if one.image_sha256 in wanted:
            title = f"签字-{zh(one.role)}-{_NOT_IN_A_NAME.sub('', one.signer)[:20]}"
            found.setdefault(one.image_sha256, (one.signed_at, SIGNATURE, title, one.image_type))
    taken, placed = Counter({"A": 1, "C": 1}), []
    for sha256, (at, kind, title, media_type) in sorted(found.items(), key=lambda item: wanted[item[0]]):
        letter = profile.letter(kind)
        taken[letter] += 1
        name = f"{letter}{taken[letter]:02d}-{title}.{_ENDINGS.get(media_type, 'bin')}"
        path = f"data/{profile.folders[letter]}/{name}"
        placed.append(Placed(path, title, kind, ctx.files.get(sha256), at))
    return tuple(placed)


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
        "签字": [_signature(one) for one in whole.signatures],
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


def _signature(one: Signature) -> dict[str, Any]:
    return {
        "序号": one.seq,
        "签字人": one.signer,
        "身份": zh(one.role),
        "方式": zh(one.kind),
        "时间": stamp(one.signed_at),
        "清单 sha256": one.manifest_sha256,
        "核对结果 sha256": one.findings_sha256,
        "签字图像 sha256": one.image_sha256,
        "签字声明 sha256": one.statement_sha256,
        "同时签的清单": [*one.together],
    }


def _original(ctx: Context, whole: find.Whole, one: Original) -> OriginalRecord:
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
        "影像 sha256": [paper.sha256 for _picture, paper in whole.pictures_of(one)],
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
        "双人封装复核": _when(one.confirmed_at),
        "揽收": _when(one.picked_up_at),
        "妥投（快递称）": _when(one.delivered_at),
        "签收核验": _when(one.received_at),
        "到件封签": one.seal_found,
        "到件封签破损": one.seal_broken,
        "到件信封破损": one.envelope_damaged,
        "到件照片 sha256": [paper.sha256 for _picture, paper in whole.pictures_of_envelope(one)],
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


def _events(whole: find.Whole) -> list[EventRecord]:
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
