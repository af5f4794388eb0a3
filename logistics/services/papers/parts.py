"""What several papers have in common, from rows: parties, originals, secrecy, the QR's text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from labels.papers import LabelParty, SlipItem
from logistics.actor import Actor
from logistics.errors import NotAllowed, Rejected
from logistics.rules import regions
from logistics.rules.workdays import china_date
from logistics.store import places
from logistics.store.context import Context
from logistics.store.work import Work
from logistics.tables import Agency, Consignment, Dossier, Officer, Original
from logistics.terms import Role, Secrecy, Stage, zh

_RANK = list(Secrecy)
RETENTIONS = {"Y": "永久", "D30": "30年", "D10": "10年"}


def qr(kind: str, number: str, manifest_sha256: str) -> str:
    """What a QR of ours says: `YD1|kind|number|first 16 hex of the list's hash`; ASCII, nothing personal."""
    return f"YD1|{kind}|{number}|{manifest_sha256[:16]}"


def require_party(actor: Actor, dossier: Dossier) -> None:
    """Returns for a window or receiving officer of one of the two agencies. Raises `NotAllowed`."""
    if actor.agency_id not in (dossier.sender_agency_id, dossier.receiver_agency_id) or not (
        actor.roles & {Role.WINDOW, Role.RECEIVER}
    ):
        raise NotAllowed(
            "单据由寄出或收件单位的窗口、收件人员制作。", "Papers are made by the two agencies' officers.", "role"
        )


def require_side(actor: Actor, agency_id: int, zh_: str, en: str) -> None:
    """Returns for an officer of the agency whose paper it is. Raises `NotAllowed`."""
    if actor.agency_id != agency_id:
        raise NotAllowed(f"{zh_}请联系对方单位经办人。", f"{en} Contact the other agency.", "agency")


def require_sealed(consignment: Consignment, paper: str, english: str) -> None:
    """Returns for an envelope whose list is frozen. Raises `Rejected`."""
    if consignment.stage is Stage.PACKING or not consignment.manifest_sha256:
        raise Rejected(
            f"寄递件 {consignment.no} 还没有封装，清单未冻结，不能打印{paper}。请先封装。",
            f"Consignment {consignment.no} is not sealed; its list is not frozen yet: no {english}.",
            "not_sealed",
        )


def party(w: Work, agency_id: int, officer_id: int | None) -> LabelParty:
    """One end of the way, in clear: the label masks it."""
    agency = w.session.get_one(Agency, agency_id)
    return LabelParty(agency.name, name_of(w, officer_id), agency.phone, agency.address)


def name_of(w: Work, officer_id: int | None) -> str:
    """The officer's name; empty for none."""
    return w.session.get_one(Officer, officer_id).name if officer_id is not None else ""


def region(w: Work, consignment: Consignment) -> str:
    """Where the envelope goes, by its own address: what a sorter can go by while no route code is known."""
    code = w.session.get_one(Agency, consignment.to_agency_id).region_code
    today, known = china_date(w.now), places.around(w.session, code)
    names = [regions.name_of(one, today, known) for one in (regions.province_of(code), regions.city_of(code), code)]
    return " ".join(dict.fromkeys(name for name in names if name))


def secrecy(originals: Sequence[Original]) -> str:
    """The highest 密级 among them in words; empty for none."""
    highest = max((one.secrecy for one in originals), key=_RANK.index, default=Secrecy.NONE)
    return "" if highest is Secrecy.NONE else zh(highest)


def number_of(ctx: Context, one: Original) -> str:
    """The document's own number, in clear."""
    return ctx.keyring.unseal(one.number_sealed, f"original:{one.code}:number")


def holder_of(ctx: Context, one: Original) -> str:
    """Whose document it is, in clear."""
    return ctx.keyring.unseal(one.holder_name_sealed, f"original:{one.code}:holder_name")


def items(ctx: Context, originals: Sequence[Original]) -> tuple[SlipItem, ...]:
    """Lines of a slip or a cover, in this order."""
    return tuple(item(ctx, seq, one) for seq, one in enumerate(originals, start=1))


def item(ctx: Context, seq: int, one: Original, *, note: str | None = None, found: str = "") -> SlipItem:
    """One line. Without a note of its own it says whether the document can be issued again."""
    return SlipItem(
        seq=seq,
        title=one.title,
        number=number_of(ctx, one),
        issuer=one.issuer,
        holder=holder_of(ctx, one),
        pages=one.pages,
        copies=one.copies,
        form=zh(one.form),
        note=("不可再发" if one.irreplaceable else "") if note is None else note,
        found=found,
    )


def day(at: datetime) -> str:
    """`2026 年 9 月 28 日`, in China."""
    on = china_date(at)
    return f"{on.year} 年 {on.month} 月 {on.day} 日"
