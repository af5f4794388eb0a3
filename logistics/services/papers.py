"""Make papers: label, transfer slip, dossier cover. Each is kept by its SHA-256 and witnessed by the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlmodel import col, func, select

from labels.draw import draw
from labels.papers import DossierCover, LabelParty, SlipItem, TransferSlip, UnlawfulPaper, WaybillLabel
from labels.papers import Paper as Drawn
from logistics.actor import Actor
from logistics.decision import Fact
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import regions
from logistics.rules.pool import MANUAL
from logistics.rules.workdays import china_date
from logistics.store import find, ledger, places, pool
from logistics.store.context import Context
from logistics.store.work import Work, reading, work
from logistics.tables import Agency, Consignment, Dossier, Officer, Original, Paper
from logistics.terms import Direction, Role, Secrecy, Stage, zh

PDF = "application/pdf"
RETENTION = "30年"
_CODE = {"label": "L", "slip": "J", "cover": "F"}
_RANK = list(Secrecy)


def make_label(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """The courier's sticker is made (or made again, as the next copy). Returns `{"paper": no, "sha256": …}`.

    Raises `Rejected` before there is a waybill, and for a label the law forbids.
    """

    def paper(w: Work, dossier: Dossier, consignment: Consignment | None, no: str, copy: int) -> Drawn:
        assert consignment is not None
        if not consignment.waybill_no:
            raise Rejected(
                f"寄递件 {consignment.no} 还没有运单号，不能打印面单。请先寄出并等快递方回单。",
                f"Consignment {consignment.no} has no waybill yet. Dispatch it first.",
                "no_waybill",
            )
        originals = find.whole(w.session, dossier).originals_of(consignment)
        courier = None if consignment.courier == MANUAL else ctx.couriers.get(consignment.courier)
        number = pool.number_of(w.session, consignment) if courier is not None else None
        return WaybillLabel(
            number=no,
            courier_code=consignment.courier,
            courier_name=courier.name_zh if courier else "专人递送",
            waybill_no=consignment.waybill_no,
            route_code=consignment.route_code,
            destination_mark=consignment.destination_mark or (_region(w, consignment) if number is not None else ""),
            package_name=consignment.package_name,
            sender=_party(w, consignment.from_agency_id, consignment.sealed_by),
            receiver=_party(w, consignment.to_agency_id, None),
            contents_count=len(originals),
            dossier_no=dossier.no,
            seal_no=consignment.seal_no,
            printed_at=w.now,
            qr_text=qr("W", consignment.no, consignment.manifest_sha256),
            secrecy=_secrecy(originals),
            official_document=any(one.official_document for one in originals),
            postal_enterprise=bool(courier and courier.postal_enterprise),
            confidential_channel=courier is None,
            copy_no=copy,
            from_pool=number is not None,
        )

    return _make(ctx, actor, command_id, "label", consignment_no, paper)


def make_slip(ctx: Context, actor: Actor, command_id: str, consignment_no: str) -> dict[str, Any]:
    """The transfer slip of a sealed envelope is made: its frozen list, signature boxes, seal, ledger root."""

    def paper(w: Work, dossier: Dossier, consignment: Consignment | None, no: str, copy: int) -> Drawn:
        assert consignment is not None
        if consignment.stage is Stage.PACKING or not consignment.manifest_sha256:
            raise Rejected(
                f"寄递件 {consignment.no} 还没有封装，清单未冻结，不能打印交接单。请先封装。",
                f"Consignment {consignment.no} is not sealed; its list is not frozen yet.",
                "not_sealed",
            )
        whole = find.whole(w.session, dossier)
        source, target = (
            w.session.get_one(Agency, key) for key in (consignment.from_agency_id, consignment.to_agency_id)
        )
        head = ledger.newest_checkpoint(w.session)
        sealer = w.session.get_one(Officer, consignment.sealed_by).name if consignment.sealed_by else ""
        return TransferSlip(
            number=no,
            kind="outbound" if consignment.direction is Direction.OUTBOUND else "return",
            dossier_no=dossier.no,
            case_no=dossier.case_no,
            item_name=whole.item.name,
            sender_agency=source.name,
            receiver_agency=target.name,
            waybill_no=consignment.waybill_no,
            seal_no=consignment.seal_no,
            items=_items(ctx, whole.originals_of(consignment)),
            released_by=sealer,
            ledger_root=head.root if head else "",
            ledger_size=head.size if head else 0,
            manifest_sha256=consignment.manifest_sha256,
            printed_at=w.now,
            qr_text=qr("S", consignment.no, consignment.manifest_sha256),
            copy_no=copy,
        )

    return _make(ctx, actor, command_id, "slip", consignment_no, paper)


def make_cover(ctx: Context, actor: Actor, command_id: str, dossier_no: str) -> dict[str, Any]:
    """The dossier's first page is made."""

    def paper(w: Work, dossier: Dossier, _: Consignment | None, no: str, copy: int) -> Drawn:
        whole = find.whole(w.session, dossier)
        head = ledger.newest_checkpoint(w.session)
        return DossierCover(
            number=no,
            dossier_no=dossier.no,
            case_no=dossier.case_no,
            item_name=whole.item.name,
            sender_agency=whole.sender.name,
            receiver_agency=whole.receiver.name,
            agreement_no=whole.agreement.no,
            opened_at=dossier.opened_at,
            retention=RETENTION,
            secrecy=_secrecy(whole.originals),
            items=_items(ctx, [one for one in whole.originals if not one.unlisted]),
            ledger_root=head.root if head else "",
            printed_at=w.now,
            qr_text=qr("D", dossier.no, ""),
            copy_no=copy,
        )

    return _make(ctx, actor, command_id, "cover", dossier_no, paper)


Maker = Callable[[Work, Dossier, Consignment | None, str, int], Drawn]


def _make(ctx: Context, actor: Actor, command_id: str, kind: str, subject: str, maker: Maker) -> dict[str, Any]:
    with work(ctx, actor, f"make_{kind}", command_id) as w:
        if w.done is not None:
            return w.done
        dossier, consignment = (w.dossier(subject), None) if kind == "cover" else w.consignment(subject)
        _require_party(actor, dossier)
        if dossier.closed_at is not None:
            raise Rejected(
                "专档已办结，留痕已封存，不能再制作单据。请打开已有的单据。",
                "The dossier is closed; open the papers it has.",
                "dossier_closed",
            )
        made = w.session.exec(
            select(func.count())
            .select_from(Paper)
            .where(Paper.dossier_id == dossier.id, Paper.kind == kind)
            .where(col(Paper.consignment_id) == (consignment.id if consignment else None))
        ).one()
        copy = made + 1
        no = f"{subject}-{_CODE[kind]}{copy:02d}"
        try:
            paper = maker(w, dossier, consignment, no, copy)
            content = draw(paper)
        except UnlawfulPaper as why:
            raise Rejected(str(why), f"The law forbids this {kind}.", "unlawful_paper") from why
        return w.finish(**_keep(w, dossier, consignment, paper, kind, content))


def _keep(
    w: Work, dossier: Dossier, consignment: Consignment | None, paper: Drawn, kind: str, content: bytes
) -> dict[str, Any]:
    """The bytes are in the file store, the paper has its row, the ledger names its digest and the head printed on
    it.
    """
    sha256 = w.ctx.files.put(content)
    row = Paper(
        dossier_id=cast(int, dossier.id),
        consignment_id=consignment.id if consignment else None,
        kind=kind,
        no=paper.number,
        copy_no=paper.copy_no,
        sha256=sha256,
        size_bytes=len(content),
        media_type=PDF,
        made_at=w.now,
        made_by=w.actor.officer_id,
    )
    w.session.add(row)
    w.session.flush()
    data: dict[str, Any] = {"paper": row.no, "kind": kind, "copy": row.copy_no, "sha256": sha256, "bytes": len(content)}
    if isinstance(paper, TransferSlip) and paper.ledger_root:
        data |= {"ledger_root": paper.ledger_root, "ledger_size": paper.ledger_size}
    w.record(dossier, Fact("paper:made", "", data))
    return {"paper": row.no, "sha256": sha256}


def fetch(ctx: Context, actor: Actor, paper_no: str) -> tuple[Paper, bytes]:
    """A paper the reader may see, with its bytes. Raises `NotYours`."""
    with reading(ctx.engine, actor) as session:
        row = session.exec(select(Paper).where(Paper.no == paper_no)).first()
        if row is None:
            raise NotYours("单据", "paper")
        session.expunge(row)
    return row, ctx.files.get(row.sha256)


def qr(kind: str, number: str, manifest_sha256: str) -> str:
    """What a QR of ours says: `YD1|kind|number|first 16 hex of the list's hash`; ASCII, nothing personal."""
    return f"YD1|{kind}|{number}|{manifest_sha256[:16]}"


def _require_party(actor: Actor, dossier: Dossier) -> None:
    if actor.agency_id not in (dossier.sender_agency_id, dossier.receiver_agency_id) or not (
        actor.roles & {Role.WINDOW, Role.RECEIVER}
    ):
        raise NotAllowed(
            "单据由寄出或收件单位的窗口、收件人员制作。", "Papers are made by the two agencies' officers.", "role"
        )


def _party(w: Work, agency_id: int, officer_id: int | None) -> LabelParty:
    agency = w.session.get_one(Agency, agency_id)
    person = w.session.get_one(Officer, officer_id).name if officer_id is not None else ""
    return LabelParty(agency.name, person, agency.phone, agency.address)


def _region(w: Work, consignment: Consignment) -> str:
    """Where the envelope goes, by its own address: what a sorter can go by while no route code is known."""
    code = w.session.get_one(Agency, consignment.to_agency_id).region_code
    today, known = china_date(w.now), places.around(w.session, code)
    names = [regions.name_of(one, today, known) for one in (regions.province_of(code), regions.city_of(code), code)]
    return " ".join(dict.fromkeys(name for name in names if name))


def _secrecy(originals: Sequence[Original]) -> str:
    highest = max((one.secrecy for one in originals), key=_RANK.index, default=Secrecy.NONE)
    return "" if highest is Secrecy.NONE else zh(highest)


def _items(ctx: Context, originals: Sequence[Original]) -> tuple[SlipItem, ...]:
    return tuple(
        SlipItem(
            seq=seq,
            title=one.title,
            number=ctx.keyring.unseal(one.number_sealed, f"original:{one.code}:number"),
            issuer=one.issuer,
            holder=ctx.keyring.unseal(one.holder_name_sealed, f"original:{one.code}:holder_name"),
            pages=one.pages,
            copies=one.copies,
            form=zh(one.form),
            note="不可再发" if one.irreplaceable else "",
        )
        for seq, one in enumerate(originals, start=1)
    )
