"""The end at the hall: give what came back to the applicant, after looking at their identity card; then close."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from marshmallow import fields

from logistics.actor import Actor
from logistics.errors import Malformed, Wrong
from logistics.rules import closing, handing_back
from logistics.rules.handing_back import Correction
from logistics.services import dossiers as acts
from logistics.services import hand_backs, privacy
from logistics.store import find
from logistics.store.closing import matters
from logistics.store.find import Found, Whole
from logistics.tables import Custody, Original
from logistics.terms import Direction, HolderKind, Role, SigningRole, Stage
from logistics.web import signatures
from logistics.web.find import leads
from logistics.web.forms import here, read, redraws, said
from logistics.web.pads import PadShape, proof_of, was_signed
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window import correcting, identity
from logistics.web.window.envelopes import at_hand
from logistics.web.window.onward import onward
from logistics.web.window.papers import may_print, offers

BEFORE_CLOSING = ("catalogue", "remarks", "cover")  # what lies in the dossier beside its papers
TAKERS = {
    handing_back.APPLICANT: lazy_gettext("申请人"),
    handing_back.AGENT: lazy_gettext("代办人"),
    handing_back.MANDATED: lazy_gettext("代领人"),
}
HOW = {
    handing_back.BY_MANDATE: lazy_gettext("凭委托书，已核对身份证件"),
    handing_back.BY_NUMBER: lazy_gettext("证件号码与登记一致"),
    handing_back.BY_SIGHT: lazy_gettext("已核对领取人身份证件"),
}
pages = Blueprint("handback", __name__)


class Giving(PadShape):
    """Which originals the person at the counter takes, that their identity card was looked at, and their signature."""

    codes = fields.List(fields.String(), load_default=list)
    identity_checked = fields.Boolean(load_default=False)
    by_agent = fields.Boolean(load_default=False)
    id_no = fields.String(load_default="")
    mandated = fields.String(load_default="")
    mandate_kept = fields.Boolean(load_default=False)


@leads(35)
def back_at_the_hall(found: Found, actor: Actor) -> str | None:
    """A decided dossier whose originals are back at this hall and not closed: hand them over."""
    if Role.WINDOW not in actor.roles:
        return None
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, found.dossier_no))
    dossier = whole.dossier
    back = any(one.direction is Direction.RETURN and one.stage is Stage.RECEIVED for one in whole.consignments)
    ours = dossier.sender_agency_id == actor.agency_id and dossier.closed_at is None
    return url_for("handback.show", no=dossier.no) if ours and back and dossier.decision is not None else None


@pages.get("/dossiers/<no>/handback")
@for_roles(Role.WINDOW, Role.MANAGER)
def show(no: str) -> Response:
    """What is here to be given back; what was given; what still keeps the dossier open."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        missing = closing.blockers(matters(session, world(), whole, now()))
    here = at_hand(whole, whole.dossier.sender_agency_id)
    return page(
        "window/handback.html",
        whole=whole,
        dossier=whole.dossier,
        here=here,
        given=_given(whole),
        persons=privacy.masked(world(), whole.dossier),
        blockers=missing,
        holders={one.code: privacy.original_holder(world(), one) for one in here},
        offered=offers(whole, None, BEFORE_CLOSING) if may_print(whole) else [],
        pad=None if here else signatures.pad_of(whole, None, SigningRole.HANDED_BACK),
        signatures=[one for one in signatures.shown(whole) if one.row.role is SigningRole.HANDED_BACK],
        mine=Role.WINDOW in me().roles
        and whole.dossier.sender_agency_id == me().agency_id
        and whole.dossier.closed_at is None,
        correcting=correcting.of(whole),
    )


def _given(whole: Whole) -> list[tuple[Original, Custody, str]]:
    """Each original that is with the applicant's side, its last hand-over, and who took it, shown by what."""
    last = whole.last_custody()
    links = [(one, last.get(cast(int, one.id))) for one in whole.originals]
    return [
        (one, link, taken_by(link.basis))
        for one, link in links
        if link is not None and link.to_kind is HolderKind.APPLICANT
    ]


def taken_by(basis: str) -> str:
    """Who took an original at the counter and what was looked at, in the reader's language."""
    taker, proof = handing_back.told(basis)
    shown_by = HOW.get(proof)
    return f"{TAKERS[taker]} · {shown_by}" if shown_by else str(TAKERS.get(taker, ""))


@pages.post("/dossiers/<no>/give")
@for_roles(Role.WINDOW)
@redraws(show)
def give(no: str) -> Response:
    """The ticked originals are with the applicant again."""
    form = read(Giving)
    wrong: Wrong = {}
    if not form["codes"]:
        wrong["codes"] = [here(_("请勾选要交还的原件。"))]
    if not form["identity_checked"] and not form["id_no"]:
        wrong["identity_checked"] = [here(_("请先核对领取人的身份证件，再勾选。"))]
    if form["mandated"] and not form["mandate_kept"]:
        wrong["mandate_kept"] = [here(_("请收下申请人签名的委托书，再勾选。"))]
    if form["mandated"] and not form["id_no"]:
        wrong["id_no"] = [here(_("请扫代领人的身份证。"))]
    if wrong:
        raise Malformed(
            "还没有交还：有一项没有完成。请看标红的地方。", "Nothing handed back yet: see the marked places.", wrong
        )
    proof = proof_of(form)
    acts.give_to_applicant(
        world(),
        me(),
        form["command_id"],
        no,
        tuple(form["codes"]),
        identity_checked=form["identity_checked"],
        signature=(proof.kind, proof.content) if was_signed(form) else None,
        by_agent=form["by_agent"],
        id_no=identity.folded(form["id_no"]),
        mandated=form["mandated"],
    )
    count = len(form["codes"])
    said(ngettext("%(num)s 件原件已交还申请人。", "%(num)s 件原件已交还申请人。", count))
    return onward(url_for("handback.show", no=no))


@pages.post("/dossiers/<no>/give/correct")
@for_roles(Role.WINDOW, Role.MANAGER)
@redraws(show)
def correct(no: str) -> Response:
    """The ticked originals were not handed back: the hall has them again."""
    form = read(correcting.Correcting)
    if not form["wrong"]:
        raise Malformed(
            "还没有更正：没有勾选原件。",
            "Nothing corrected yet: no original is ticked.",
            {"wrong": [here(_("请勾选要更正的原件。"))]},
        )
    stated = Correction(form["why"], form["in_hand"], form["reopen"])
    done = hand_backs.correct_hand_back(world(), me(), form["command_id"], no, tuple(form["wrong"]), stated)
    count = len(done["originals"])
    told = ngettext("已更正，%(num)s 件原件又由大厅保管。", "已更正，%(num)s 件原件又由大厅保管。", count)
    said(told + (_("专档已重新打开。") if done["reopened"] else ""))
    return onward(url_for("handback.show", no=no))
