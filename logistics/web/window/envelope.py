"""The envelope's page, one question at a time by its stage: what is inside, which way, which papers, where it is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from logistics.actor import Actor
from logistics.rules.choice import proposed
from logistics.services import privacy
from logistics.store import find
from logistics.store.find import Found, Whole
from logistics.tables import Agency, Consignment, Errand
from logistics.terms import Direction, ErrandKind, Role, SigningRole, Stage
from logistics.web import signatures
from logistics.web.find import leads
from logistics.web.forms import said
from logistics.web.page import page, wants_fragment
from logistics.web.pictures import by_code
from logistics.web.visit import look, me, now, world
from logistics.web.window import numbering, undoing
from logistics.web.window.due import due, queued
from logistics.web.window.envelopes import at_hand, may_send, ways
from logistics.web.window.papers import NAMES, found_here, offers
from logistics.web.window.sealers import sealers

pages = Blueprint("envelope", __name__)

AT_THE_WINDOW = frozenset({Stage.PACKING, Stage.SEALED, Stage.BOOKING, Stage.BOOKED})
SIGNED_IN = frozenset({Stage.SEALED, Stage.BOOKED})
LONG_WAIT = 20  # seconds after which the page says that other work can go on
STEPS = {Stage.PACKING: 2, Stage.SEALED: 3, Stage.BOOKING: 3, Stage.BOOKED: 4}


@leads(30)
def at_the_window(found: Found, actor: Actor) -> str | None:
    """An envelope that this reader still packs, seals or sends: its page. Any other one goes elsewhere."""
    with look() as session:
        if found.consignment_no:
            _dossier, consignment = find.consignment_by_no(session, found.consignment_no)
            here = consignment.stage in AT_THE_WINDOW and may_send(consignment)
            return url_for("envelope.show", no=consignment.no) if here else None
        if found.kind != "original":
            return None
        whole = find.whole(session, find.dossier_by_no(session, found.dossier_no))
    packing = [one for one in whole.consignments if one.stage is Stage.PACKING and may_send(one)]
    return url_for("envelope.show", no=packing[-1].no) if packing and actor.roles else None


@pages.get("/consignments/<no>")
def show(no: str) -> Response | tuple[str, int]:
    """The envelope as it stands. A page that polls is answered only when something changed since what it shows."""
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
        source = session.get_one(Agency, consignment.from_agency_id)
        target = session.get_one(Agency, consignment.to_agency_id)
    printing = _printing(whole, consignment)
    moment = _moment(whole, consignment) + "".join(f"{job.row.id}{job.state}" for job in printing["jobs"])
    seen = request.args.get("seen", "")
    if seen and wants_fragment():
        if seen == moment:
            return "", 204
        if consignment.stage is Stage.BOOKED and not printing["jobs"]:
            said(_("快递已接单。"))
    return page(
        "window/envelope.html",
        fragment="window/_envelope.html",
        whole=whole,
        dossier=dossier,
        consignment=consignment,
        source=source,
        target=target,
        moment=moment,
        mine=may_send(consignment),
        coming=consignment.to_agency_id == me().agency_id,
        step=STEPS.get(consignment.stage, 5),
        **_inside(whole, consignment),
        **_outside(whole, consignment),
        **printing,
        albums=by_code(whole),
        sealers=sealers(whole, consignment),
        number=numbering.of(whole, consignment),
        undoing=undoing.of(whole, consignment),
        signatures=signatures.shown(whole, consignment),
        pad=_pad(whole, consignment),
    )


def drawn(no: str) -> Response:
    """The page again, for an act on it that was refused."""
    answer = show(no)
    assert isinstance(answer, Response), "only a polling page is answered without a body"
    return answer


def _pad(whole: Whole, consignment: Consignment) -> signatures.Pad | None:
    """Where whoever lets the envelope go signs: from its sealing until it is taken away."""
    if consignment.stage not in SIGNED_IN or not may_send(consignment):
        return None
    return signatures.pad_of(whole, consignment, SigningRole.RELEASE)


def _moment(whole: Whole, consignment: Consignment) -> str:
    """What a polling page must know to see that it is out of date."""
    errand = _booking(whole, consignment)
    parked = "parked" if errand is not None and errand.parked_at else ""
    parked += "failed" if errand is not None and errand.failures else ""
    parked += "confirmed" if consignment.confirmed_by is not None else ""
    return f"{consignment.stage.value}{parked}{'slow' if _waits_long(consignment) else ''}"


def _waits_long(consignment: Consignment) -> bool:
    asked = consignment.dispatched_at
    return consignment.stage is Stage.BOOKING and asked is not None and (now() - asked).total_seconds() > LONG_WAIT


def _booking(whole: Whole, consignment: Consignment) -> Errand | None:
    """The order that is owed to the courier now, if one is."""
    owed = [one for one in whole.errands if one.consignment_id == consignment.id and one.kind is ErrandKind.BOOK]
    return owed[-1] if owed and owed[-1].done_at is None else None


def _inside(whole: Whole, consignment: Consignment) -> dict[str, Any]:
    """What is on the list, what could be, and the ways these contents may travel."""
    packed = whole.originals_of(consignment)
    loose = at_hand(whole, consignment.from_agency_id) if consignment.stage is Stage.PACKING else []
    offered = ways(consignment, packed or loose) if consignment.stage in (Stage.PACKING, Stage.SEALED) else []
    both = packed + loose
    known = {one.code: (privacy.original_number(world(), one), privacy.original_holder(world(), one)) for one in both}
    return {"packed": packed, "loose": loose, "known": known, "ways": offered, "proposed": proposed(offered)}


def _printing(whole: Whole, consignment: Consignment) -> dict[str, Any]:
    """What one key prints, what is on its way to the printers, and whether that still moves."""
    if consignment.stage is not Stage.BOOKED or not may_send(consignment):
        return {"to_print": [], "jobs": [], "printing_moves": False, "names": {}}
    printers, jobs = queued(whole)
    moving = any(job.state in ("waiting", "retrying") for job in jobs)
    names = {kind: words for kind, (words, _where) in NAMES.items()}
    return {"to_print": due(whole, consignment, printers), "jobs": jobs, "printing_moves": moving, "names": names}


def _kinds(whole: Whole, consignment: Consignment) -> list[str]:
    """The papers that belong to the envelope as it stands, for this side of it."""
    ours = consignment.from_agency_id == me().agency_id
    match consignment.stage:
        case Stage.VOIDED | Stage.PACKING:
            return []
        case Stage.SEALED | Stage.BOOKING:
            return ["seal", "stickers"] if ours else []
        case Stage.RECEIVED:
            return [*found_here(whole, consignment), "slip"]
        case _:
            return ["label", "slip", "seal", "stickers"] if ours else ["slip"]


def _outside(whole: Whole, consignment: Consignment) -> dict[str, Any]:
    """Papers, the courier's last words, the order that waits."""
    tracking = [one for one in whole.tracking if one.consignment_id == consignment.id]
    papers = [one for one in whole.papers if one.consignment_id == consignment.id]
    return {
        "papers": papers,
        "has": {one.kind for one in papers},
        "offered": offers(whole, consignment, _kinds(whole, consignment)),
        "last": tracking[-1] if tracking else None,
        "errand": _booking(whole, consignment),
        "slow": _waits_long(consignment),
        "outbound": consignment.direction is Direction.OUTBOUND,
        "receiver": Role.RECEIVER in me().roles or Role.WINDOW in me().roles,
    }
