"""The two forms an archive wants inside a dossier: the list of what lies in it, and the note on its state."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf

from labels.papers import Catalogue, CatalogueItem, Remark, RemarkKind, RemarksSheet
from logistics.errors import Rejected
from logistics.rules.workdays import china_date
from logistics.services.papers import parts
from logistics.services.papers.making import Making
from logistics.tables import Discrepancy, Paper
from logistics.terms import DiscrepancyKind, Resolution, zh

FILED = {
    "slip": "原件交接单",
    "intake": "收件回执",
    "arrival": "签收回执",
    "internal_slip": "内部交接单",
    "notice": "差异通知单",
    "differences_slip": "差异登记单",
}
"""Papers that lie in the dossier when it is closed. Labels and stickers left with the envelopes; cover, catalogue and
remarks hold the others together and are not listed."""

_REMARKS: dict[DiscrepancyKind, RemarkKind] = {
    DiscrepancyKind.MISSING: "missing",
    DiscrepancyKind.EMPTY: "missing",
    DiscrepancyKind.LOST: "missing",
    DiscrepancyKind.DAMAGED: "damaged",
    DiscrepancyKind.EXTRA: "added",
}


@dataclass(frozen=True)
class _Filed:
    """One document of the dossier before its pages are counted on."""

    number: str
    author: str
    title: str
    date: str
    pages: int
    note: str


def catalogue(making: Making) -> Catalogue:
    """Every original and every paper that lies in the dossier, with the pages it takes. Raises `Rejected` for none."""
    whole, dossier = making.whole, making.dossier
    filed = _filed(making)
    if not filed:
        raise Rejected(
            f"专档 {dossier.no} 里还没有文件，没有可编的目录。请先登记原件。",
            f"Dossier {dossier.no} holds nothing yet. List its originals first.",
            "nothing_listed",
        )
    items, page = [], 1
    for seq, one in enumerate(filed, start=1):
        last = page + one.pages - 1
        items.append(CatalogueItem(seq, one.number, one.author, one.title, one.date, page, last, one.note))
        page = last + 1
    return Catalogue(
        **making.witnessed,
        agency=whole.sender.name,
        dossier_no=dossier.no,
        case_no=dossier.case_no,
        item_name=whole.item.name,
        archival_code="",  # the archive's own number is given when the package is sealed
        secrecy=parts.secrecy(whole.originals),
        items=tuple(items),
        qr_text=parts.qr("D", dossier.no, ""),
    )


def remarks(making: Making) -> RemarksSheet:
    """How many documents and pages lie in the dossier, and everything that differed from its lists."""
    whole, dossier, w = making.whole, making.dossier, making.w
    filed = _filed(making)
    noted = tuple(_remark(making, seq, row) for seq, row in enumerate(_of_originals(whole.discrepancies), start=1))
    return RemarksSheet(
        **making.witnessed,
        agency=whole.sender.name,
        dossier_no=dossier.no,
        case_no=dossier.case_no,
        item_name=whole.item.name,
        archival_code="",
        secrecy=parts.secrecy(whole.originals),
        items_count=len(filed),
        pages_count=sum(one.pages for one in filed),
        situation=_situation(making, len(filed), sum(one.pages for one in filed), len(noted)),
        compiled_by=w.actor.name,
        compiled_at=w.now,
        checked_by="",
        remarks=noted,
        qr_text=parts.qr("D", dossier.no, ""),
    )


def _situation(making: Making, count: int, pages: int, differing: int) -> str:
    back = sum(1 for one in making.whole.originals if one.must_return)
    told = f"本卷共 {count} 件 {pages} 页，其中原件 {len(making.whole.originals)} 件"
    told += f"，办结后退还申请人 {back} 件。" if back else "。"
    return told + (f"寄递和核验中登记差异 {differing} 项，见下。" if differing else "寄递和核验中没有差异。")


def _of_originals(rows: Sequence[Discrepancy]) -> list[Discrepancy]:
    """What differed about documents; what couriers' messages contradict is in the ledger."""
    return [row for row in rows if row.original_id is not None or row.kind in (*_REMARKS, DiscrepancyKind.SEAL)]


def _remark(making: Making, seq: int, row: Discrepancy) -> Remark:
    it = next((one for one in making.whole.originals if one.id == row.original_id), None)
    kind: RemarkKind = "replaced" if row.resolution is Resolution.REPLACED else _REMARKS.get(row.kind, "other")
    settled = f"；{zh(row.resolution)}：{row.settlement_note}" if row.resolution is not None else "；尚未了结"
    by = parts.name_of(making.w, row.opened_by) or "系统"
    return Remark(
        it.seq if it else seq, it.title if it else zh(row.kind), kind, f"{row.note}{settled}", by, row.opened_at
    )


def _filed(making: Making) -> list[_Filed]:
    ctx = making.w.ctx
    filed = [
        _Filed(
            parts.number_of(ctx, one),
            one.issuer,
            one.title,
            "",
            one.pages * one.copies,
            f"{zh(one.form)}，办结后退还" if one.must_return else zh(one.form),
        )
        for one in making.whole.originals
    ]
    return filed + [_of_paper(making, row) for row in _newest(making.whole.papers)]


def _newest(papers: Sequence[Paper]) -> list[Paper]:
    """The last copy of each paper that is filed, in the order they were made."""
    last = {(row.kind, row.consignment_id): row for row in papers if row.kind in FILED}
    return sorted(last.values(), key=lambda row: row.made_at)


def _of_paper(making: Making, row: Paper) -> _Filed:
    with pikepdf.open(io.BytesIO(making.w.ctx.files.get(row.sha256))) as pdf:
        pages = len(pdf.pages)
    made_on = f"{china_date(row.made_at):%Y%m%d}"
    author = parts.name_of(making.w, row.made_by)
    return _Filed(row.no, author, FILED[row.kind], made_on, pages, f"第 {row.copy_no} 份" if row.copy_no > 1 else "")
