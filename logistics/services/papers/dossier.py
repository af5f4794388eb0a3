"""Papers of the dossier itself: cover, the applicant's receipt, the slip of an internal hand-over."""

from __future__ import annotations

from labels.papers import DossierCover, IntakeReceipt, TakenItem, TransferSlip
from logistics.errors import Rejected
from logistics.rules import inquiry
from logistics.rules.deadlines import Leg
from logistics.services.papers import parts
from logistics.services.papers.making import Making
from logistics.store.inquiry import codes
from logistics.tables import Custody, Dossier
from logistics.terms import HolderKind, zh


def cover(making: Making) -> DossierCover:
    """The dossier's first page."""
    whole, dossier = making.whole, making.dossier
    return DossierCover(
        **making.witnessed,
        dossier_no=dossier.no,
        case_no=dossier.case_no,
        item_name=whole.item.name,
        sender_agency=whole.sender.name,
        receiver_agency=whole.receiver.name,
        agreement_no=whole.agreement.no,
        opened_at=dossier.opened_at,
        retention=parts.RETENTIONS[whole.item.retention],
        secrecy=parts.secrecy(whole.originals),
        items=parts.items(making.w.ctx, [one for one in whole.originals if not one.unlisted]),
        qr_text=parts.qr("D", dossier.no, ""),
    )


def intake(making: Making) -> IntakeReceipt:
    """What the applicant takes home: which originals the hall took, what happens next, whom to ask."""
    whole, dossier, w = making.whole, making.dossier, making.w
    parts.require_side(
        w.actor,
        dossier.sender_agency_id,
        "收件回执由收件的窗口打印。",
        "The receipt is printed by the hall that took the originals.",
    )
    taken = [one for one in whole.originals if not one.unlisted]
    if not taken:
        raise Rejected(
            f"专档 {dossier.no} 还没有登记原件，没有可写的回执。请先登记收下的原件。",
            f"Dossier {dossier.no} lists no original yet. List them first.",
            "nothing_listed",
        )
    items = tuple(
        TakenItem(
            seq,
            one.title,
            parts.number_of(w.ctx, one),
            zh(one.form),
            one.pages,
            one.copies,
            "办结后退还" if one.must_return else "",
        )
        for seq, one in enumerate(taken, start=1)
    )
    code, key = codes(w.session, w.ctx.keyring, dossier, w.now)
    return IntakeReceipt(
        **making.witnessed,
        case_no=dossier.case_no,
        dossier_no=dossier.no,
        item_name=whole.item.name,
        agency=whole.sender.name,
        applicant=_open(making, dossier, "applicant_name"),
        applicant_phone=_open(making, dossier, "applicant_phone"),
        agent=_open(making, dossier, "agent_name"),
        items=items,
        received_by=parts.name_of(w, dossier.opened_by),
        received_at=dossier.opened_at,
        next_steps=_next_steps(making),
        promised=f"受理属地收到齐全原件后 {whole.item.promised_days} 个工作日内办结",
        inquiry_phone=whole.sender.phone,
        inquiry_place=f"网上查询 {making.w.ctx.base_url}/i　查询码 {inquiry.shown(code)}",
        secrecy=parts.secrecy(taken),
        qr_text=f"{making.w.ctx.base_url}/i/{dossier.no}/{key}",
    )


def _next_steps(making: Making) -> tuple[str, ...]:
    """What the halls will do, in their order; the day of dispatch from the clock that runs."""
    whole = making.whole
    due = [row.due_at for row in whole.deadlines if row.leg == Leg.ACCEPT_TO_DISPATCH and row.waived_at is None]
    by = f"，最迟 {parts.day(due[-1])} 寄出" if due else ""
    back = [one for one in whole.originals if one.must_return]
    steps = [
        f"原件当面清点、装入封套加封签{by}。",
        f"{whole.receiver.name}收件后逐件核对并办理。",
        "办结后原件寄回本大厅，由本大厅通知领取。" if back else "办结后由本大厅告知结果。",
    ]
    return tuple(steps)


def _open(making: Making, dossier: Dossier, column: str) -> str:
    sealed = getattr(dossier, f"{column}_sealed")
    return "" if sealed is None else making.w.ctx.keyring.unseal(sealed, f"dossier:{dossier.no}:{column}")


def internal_slip(making: Making) -> TransferSlip:
    """The newest hand-over inside the reader's agency: what passed from the officer to the department, or back.

    Raises `Rejected` where nothing passed inside the agency yet.
    """
    whole, w = making.whole, making.w
    links = [link for link in whole.custody if _inside(link, w.actor.agency_id)]
    if not links:
        raise Rejected(
            "本单位还没有内部移交过原件，没有可打的内部交接单。请先移交科室。",
            "No original was handed over inside your agency yet.",
            "no_internal_handover",
        )
    last = links[-1]
    passed = {link.original_id for link in links if _together(link, last)}
    agency = making.agency(w.actor.agency_id or 0).name
    return TransferSlip(
        **making.witnessed,
        kind="internal",
        dossier_no=making.dossier.no,
        case_no=making.dossier.case_no,
        item_name=whole.item.name,
        sender_agency=f"{agency} {last.from_name}".strip(),
        receiver_agency=f"{agency} {last.to_name}".strip(),
        waybill_no="",
        seal_no="",
        items=parts.items(w.ctx, [one for one in whole.originals if one.id in passed]),
        released_by=last.from_name,
        manifest_sha256=last.manifest_sha256 or "",
        qr_text=parts.qr("D", making.dossier.no, ""),
    )


def _inside(link: Custody, agency_id: int | None) -> bool:
    return link.from_agency_id == link.to_agency_id == agency_id and HolderKind.DEPARTMENT in (
        link.from_kind,
        link.to_kind,
    )


def _together(one: Custody, other: Custody) -> bool:
    return (one.at, one.from_name, one.to_name) == (other.at, other.from_name, other.to_name)
