"""Papers that go with an envelope: label, seal, the originals' stickers, the transfer slip."""

from __future__ import annotations

from typing import cast

from labels.papers import LabelSize, OriginalSticker, SealSticker, TransferSlip, WaybillLabel
from logistics.errors import Rejected
from logistics.rules.pool import MANUAL
from logistics.rules.printing import LABELS
from logistics.services.papers import parts
from logistics.services.papers.making import Making
from logistics.store import pool
from logistics.terms import Direction, Stock, zh


def label(making: Making) -> WaybillLabel:
    """The courier's sticker. Raises `Rejected` before there is a waybill."""
    w, one, dossier = making.w, making.envelope, making.dossier
    if not one.waybill_no:
        raise Rejected(
            f"寄递件 {one.no} 还没有运单号，不能打印面单。请先寄出并等快递方回单。",
            f"Consignment {one.no} has no waybill yet. Dispatch it first.",
            "no_waybill",
        )
    originals = making.whole.originals_of(one)
    courier = None if one.courier == MANUAL else w.ctx.couriers.get(one.courier)
    number = pool.number_of(w.session, one) if courier is not None else None
    return WaybillLabel(
        **making.printed,
        courier_code=one.courier,
        courier_name=courier.name_zh if courier else "专人递送",
        waybill_no=one.waybill_no,
        route_code=one.route_code,
        destination_mark=one.destination_mark or (parts.region(w, one) if number is not None else ""),
        package_name=one.package_name,
        sender=parts.party(w, one.from_agency_id, one.sealed_by),
        receiver=parts.party(w, one.to_agency_id, None),
        contents_count=len(originals),
        dossier_no=dossier.no,
        seal_no=one.seal_no,
        qr_text=parts.qr("W", one.no, one.manifest_sha256),
        secrecy=parts.secrecy(originals),
        official_document=any(it.official_document for it in originals),
        postal_enterprise=bool(courier and courier.postal_enterprise),
        confidential_channel=courier is None,
        from_pool=number is not None,
        size=cast(LabelSize, (making.stock if making.stock in LABELS else Stock.LABEL).value),
    )


def seal(making: Making) -> SealSticker:
    """The sticker over the flap, with the number that the envelope was sealed under. Raises `Rejected` before."""
    one = making.envelope
    _require_ours(making, "封签")
    parts.require_sealed(one, "封签", "seal")
    assert one.sealed_at is not None, "a sealed envelope has its moment"
    return SealSticker(
        **making.printed,
        seal_no=one.seal_no,
        consignment_no=one.no,
        agency=making.agency(one.from_agency_id).name,
        sealed_by=parts.name_of(making.w, one.sealed_by),
        sealed_at=one.sealed_at,
        contents_count=len(making.whole.originals_of(one)),
        qr_text=parts.qr("S", one.no, one.manifest_sha256),
        language=making.language,
    )


def stickers(making: Making) -> list[OriginalSticker]:
    """One sticker for each original on the envelope's list, in its order. Raises `Rejected` for an empty list."""
    one, dossier = making.envelope, making.dossier
    _require_ours(making, "原件贴")
    every = making.whole.originals_of(one)
    if not every:
        raise Rejected(
            f"寄递件 {one.no} 里还没有原件，没有可打的原件贴。请先装件。",
            f"Consignment {one.no} holds no original yet. Pack it first.",
            "nothing_packed",
        )
    total = sum(1 for it in making.whole.originals if not it.unlisted)
    agency = making.agency(one.from_agency_id).name
    return [
        OriginalSticker(
            number=f"{making.no}-{place}",
            original_no=it.code,
            dossier_no=dossier.no,
            seq=it.seq,
            total=max(total, it.seq),
            title=it.title,
            form=zh(it.form),
            pages=it.pages,
            agency=agency,
            holder=parts.holder_of(making.w.ctx, it),
            printed_at=making.w.now,
            qr_text=parts.qr("Y", it.code, ""),
            copy_no=making.copy,
            language=making.language,
        )
        for place, it in enumerate(every, start=1)
    ]


def slip(making: Making) -> TransferSlip:
    """The frozen list of a sealed envelope, signature boxes, seal, ledger root. Raises `Rejected` before the seal."""
    one, w = making.envelope, making.w
    parts.require_sealed(one, "交接单", "slip")
    return TransferSlip(
        **making.witnessed,
        kind="outbound" if one.direction is Direction.OUTBOUND else "return",
        dossier_no=making.dossier.no,
        case_no=making.dossier.case_no,
        item_name=making.whole.item.name,
        sender_agency=making.agency(one.from_agency_id).name,
        receiver_agency=making.agency(one.to_agency_id).name,
        waybill_no=one.waybill_no,
        seal_no=one.seal_no,
        items=parts.items(w.ctx, making.whole.originals_of(one)),
        released_by=parts.name_of(w, one.sealed_by),
        manifest_sha256=one.manifest_sha256,
        qr_text=parts.qr("S", one.no, one.manifest_sha256),
    )


def _require_ours(making: Making, paper: str) -> None:
    parts.require_side(
        making.w.actor,
        making.envelope.from_agency_id,
        f"{paper}由寄出这件的单位打印。",
        "This is printed by the agency that sends the envelope.",
    )
