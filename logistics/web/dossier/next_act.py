"""What this reader does next with a dossier: at most one act, or none when it is somebody else's turn."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from logistics.actor import Actor
from logistics.rules import access, dossiers, handing_back
from logistics.store.find import Whole
from logistics.tables import Consignment
from logistics.terms import HolderKind, Role, Stage
from logistics.web.dossier.view import holders
from logistics.web.receiving.lines import waiting_here
from logistics.web.visit import now

SENDING = {
    Stage.PACKING: 0,
    Stage.SEALED: 1,
    Stage.BOOKING: 2,
    Stage.BOOKED: 3,
}


@dataclass(frozen=True)
class NextAct:
    """One act: its words and where it is done. `posts` starts it right here, by a form."""

    words: str
    address: str
    posts: bool = False


def next_act(actor: Actor, whole: Whole) -> NextAct | None:
    """The one main act for this reader."""
    dossier = whole.dossier
    if dossier.closed_at is not None:
        return None
    arrived = waiting_here(actor, whole)
    if arrived is not None:
        words = _("继续核验") if arrived.stage is Stage.RECEIVED else _("签收核验")
        return NextAct(words, url_for("receiving.envelope", no=arrived.no))
    if Role.WINDOW in actor.roles and actor.agency_id == dossier.sender_agency_id:
        return _at_the_hall(actor, whole) or _settle(actor, whole)
    if Role.RECEIVER in actor.roles and actor.agency_id == dossier.receiver_agency_id:
        return _at_the_authority(actor, whole) or _settle(actor, whole)
    return _settle(actor, whole)


def _settle(actor: Actor, whole: Whole) -> NextAct | None:
    dossier = whole.dossier
    ours = access.may_settle(actor.roles, actor.agency_id, dossier.sender_agency_id, dossier.receiver_agency_id)
    if ours and any(one.settled_at is None for one in whole.discrepancies):
        return NextAct(_("处理差异"), "#differences")
    return None


def _outgoing(actor: Actor, whole: Whole) -> Consignment | None:
    mine = [one for one in whole.consignments if one.from_agency_id == actor.agency_id and one.stage in SENDING]
    return min(mine, key=lambda one: SENDING[one.stage], default=None)


def _of_envelope(one: Consignment) -> NextAct:
    words = {Stage.PACKING: _("封装"), Stage.SEALED: _("寄出")}.get(one.stage, _("面单和交接单"))
    return NextAct(words, url_for("envelope.show", no=one.no))


def _at_the_hall(actor: Actor, whole: Whole) -> NextAct | None:
    envelope = _outgoing(actor, whole)
    if envelope is not None:
        return _of_envelope(envelope)
    dossier, here = whole.dossier, _held_here(actor, whole)
    if dossier.decision is not None:
        under_way = any(one.stage not in {Stage.RECEIVED, Stage.VOIDED, Stage.LOST} for one in whole.consignments)
        away = any(link.to_agency_id == dossier.receiver_agency_id for link in whole.last_custody().values())
        return None if under_way or away else NextAct(_("交还申请人、办结"), url_for("handback.show", no=dossier.no))
    if here or not whole.originals:
        return NextAct(_("收取原件、装件"), url_for("listing.show", no=dossier.no))
    return None


def _at_the_authority(actor: Actor, whole: Whole) -> NextAct | None:
    envelope = _outgoing(actor, whole)
    if envelope is not None:
        return _of_envelope(envelope)
    dossier, here = whole.dossier, _held_here(actor, whole)
    if not here:
        return None
    if dossier.decision is None:
        if not dossiers.complete(dossier, whole.originals, holders(whole)):
            return _settle(actor, whole)
        return NextAct(_("登记审批结果"), url_for("examination.decision", no=dossier.no))
    if HolderKind.DEPARTMENT in here:
        return NextAct(_("从科室收回"), url_for("examination.handover", no=dossier.no))
    return NextAct(_("装件退回"), url_for("listing.start", no=dossier.no), posts=True)


def also(actor: Actor, whole: Whole) -> list[NextAct]:
    """What this reader may do beside the main act: pass originals on, record the decision, correct a hand-over."""
    dossier = whole.dossier
    if _may_correct(actor, whole):
        return [NextAct(_("更正交还"), url_for("handback.show", no=dossier.no, _anchor="correct-hand-back"))]
    if Role.RECEIVER not in actor.roles or actor.agency_id != dossier.receiver_agency_id or dossier.closed_at:
        return []
    here = _held_here(actor, whole)
    found = (
        [NextAct(_("移交科室"), url_for("examination.handover", no=dossier.no))] if HolderKind.OFFICER in here else []
    )
    if HolderKind.DEPARTMENT in here:
        found.append(NextAct(_("从科室收回"), url_for("examination.handover", no=dossier.no)))
    if here and dossier.decision is None:
        found.append(NextAct(_("登记审批结果"), url_for("examination.decision", no=dossier.no)))
    return found


def _may_correct(actor: Actor, whole: Whole) -> bool:
    """Whether this reader may take a hand-over to the applicant back; never once the package is sealed."""
    if any(one.kind == "package" for one in whole.papers):
        return False
    given = handing_back.handed_back(whole.originals, whole.custody, whole.entries)
    return any(handing_back.may_correct(actor, whole.dossier, one.entry, now()) for one in given)


def _held_here(actor: Actor, whole: Whole) -> list[HolderKind]:
    """How the originals at hand in this agency are held: by an officer or a department. Not those in an envelope."""
    inside = {line.original_id for line in whole.packed if line.open}
    return [
        link.to_kind
        for original, link in whole.last_custody().items()
        if link.to_agency_id == actor.agency_id and original not in inside
    ]
