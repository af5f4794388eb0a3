"""What the pages know of envelopes: the originals at hand, who may act, which couriers may carry what is inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid5

from logistics.errors import Rejected
from logistics.rules import access, channels
from logistics.services import dispatch
from logistics.services.dispatch import MANUAL
from logistics.store import find
from logistics.store.find import Whole
from logistics.tables import Consignment, Original
from logistics.terms import Channel, Direction, HolderKind, Stage
from logistics.web.language import locale
from logistics.web.visit import look, me, world

OURS = (HolderKind.OFFICER, HolderKind.DEPARTMENT)


def part(command_id: str, what: str) -> str:
    """The id of one verb of an act that needs several: the act sent twice repeats each verb, and each happens once."""
    return str(uuid5(UUID(command_id), what))


def at_hand(whole: Whole, agency_id: int) -> list[Original]:
    """Originals that this agency holds and that are in no unopened envelope, in the order of their numbers."""
    last, inside = whole.last_custody(), {line.original_id for line in whole.packed if line.open}
    return [
        one
        for one in whole.originals
        if one.id not in inside
        and (link := last.get(cast(int, one.id))) is not None
        and link.to_agency_id == agency_id
        and link.to_kind in OURS
    ]


def may_send(consignment: Consignment) -> bool:
    """Whether this reader packs, seals and sends this envelope."""
    wanted = access.role_for("seal", consignment.direction)
    return wanted in me().roles and me().agency_id == consignment.from_agency_id


def direction_from_here(whole: Whole) -> Direction:
    """The way an envelope of this dossier goes when this reader's agency sends it."""
    return Direction.OUTBOUND if me().agency_id == whole.dossier.sender_agency_id else Direction.RETURN


def being_packed(whole: Whole) -> Consignment | None:
    """The envelope of this dossier that is being packed at this reader's agency."""
    here = [one for one in whole.consignments if one.stage is Stage.PACKING and one.from_agency_id == me().agency_id]
    return here[-1] if here else None


def pack_all(dossier_no: str, command_id: str) -> str:
    """An envelope from here that is being packed, a new one if need be, with everything at hand in it. Its number."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, dossier_no))
    waiting = being_packed(whole)
    if waiting is not None:
        no = waiting.no
    else:
        direction = direction_from_here(whole)
        started = dispatch.start_consignment(world(), me(), part(command_id, "start"), dossier_no, direction)
        no = str(started["consignment"])
    for one in at_hand(whole, me().agency_id or 0):
        dispatch.pack(world(), me(), part(command_id, f"pack {one.code}"), no, one.code)
    return no


@dataclass(frozen=True)
class Way:
    """One way an envelope may leave: courier code, name, whether it is open to these contents, and why (or why not)."""

    code: str
    name: str
    name_en: str
    open: bool
    why_zh: str
    why_en: str


def ways(originals: Sequence[Original]) -> list[Way]:
    """Every courier set up here, then 专人: open ones with the reason for them, barred ones with the law."""
    others = (one for one in world().couriers.values() if one.code != MANUAL)
    couriers = sorted(others, key=lambda one: (not one.postal_enterprise, one.code))
    found = [_way(originals, one.code, one.name_zh, one.code.upper()) for one in couriers]
    return [*found, _way(originals, MANUAL, "专人递送", "Appointed person")]


def _way(originals: Sequence[Original], code: str, name: str, name_en: str) -> Way:
    channel = dispatch.channel_of(world(), code)
    try:
        channels.gate(originals, channel)
    except Rejected as why:
        return Way(code, name, name_en, False, why.zh, why.en)
    why_zh, why_en = _why(originals, channel)
    return Way(code, name, name_en, True, why_zh, why_en)


def _why(originals: Sequence[Original], channel: Channel) -> tuple[str, str]:
    if channel is Channel.APPOINTED_PERSON:
        return "由本单位人员送达，填写交接单据号", "Carried by our own staff; give the number of the form"
    if channel is Channel.POSTAL and any(one.official_document for one in originals):
        return "内有国家机关公文，依法只能交邮政企业", "Holds official documents: by law only the postal enterprise"
    if channel is Channel.POSTAL:
        return (
            "邮政企业，全国可达，原件寄递首选",
            "The postal enterprise: reaches everywhere, first choice for originals",
        )
    return "快递企业，可寄普通原件", "A courier company: may carry ordinary originals"


def proposed(offered: Sequence[Way]) -> Way | None:
    """The way that is taken unless the officer says otherwise: the first that is open."""
    return next((way for way in offered if way.open), None)


def called(way: Way) -> str:
    """The way's name in the reader's language."""
    return way.name if locale() == "zh" else way.name_en
