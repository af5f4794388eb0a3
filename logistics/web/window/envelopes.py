"""What the pages know of envelopes: the originals at hand, who may act, which couriers may carry what is inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID, uuid5

from logistics.rules import access
from logistics.rules.choice import Proposal
from logistics.services import choice, dispatch
from logistics.store import find
from logistics.store.find import Whole
from logistics.tables import Consignment, Original
from logistics.terms import Direction, HolderKind, Stage
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


def ways(consignment: Consignment, originals: Sequence[Original]) -> list[Proposal]:
    """Every courier set up here and 专人 for these contents: open ones with reasons, best first, then barred ones."""
    return choice.proposals(world(), me(), consignment.no, originals)


def called(way: Proposal) -> str:
    """The way's name in the reader's language."""
    return way.name_zh if locale() == "zh" else way.name_en
