"""The applicant's page, without a log-in: where the originals are, what comes next; a rating; "I have not got it back".

Reached by the QR of the receipt, or with the code on it and the last digits of the phone. Half an hour of looking, then
the page asks again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, make_response, redirect, request, session, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from marshmallow import fields, validate

from logistics.actor import Actor, applicant_actor
from logistics.errors import Rejected
from logistics.rules import inquiry as rules
from logistics.rules.inquiry import Place, Step
from logistics.services import inquiry
from logistics.terms import DecisionResult, RatingReason
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.visit import now, open_to_all, world

OPENED = "inquiry"
IPV6 = 6
LOOKING = timedelta(minutes=30)

pages = Blueprint("applicant", __name__)

PLACES: dict[Place, tuple[LazyString, str, LazyString]] = {
    Place.HALL: (lazy_gettext("在受理大厅"), "moving", lazy_gettext("原件在受理大厅")),
    Place.SEALED: (lazy_gettext("已封好，等快递"), "moving", lazy_gettext("原件已封好，正交快递寄出")),
    Place.ON_THE_WAY: (lazy_gettext("在寄去的路上"), "moving", lazy_gettext("原件正寄往审批单位")),
    Place.DELIVERED: (
        lazy_gettext("已送到审批单位，还没清点"),
        "moving",
        lazy_gettext("快递已送到审批单位，等对方清点签收"),
    ),
    Place.TURNED_BACK: (
        lazy_gettext("没送成，正在退回"),
        "attention",
        lazy_gettext("快递没有送成，原件正退回寄出的单位，会重新寄"),
    ),
    Place.AUTHORITY: (lazy_gettext("在审批单位"), "moving", lazy_gettext("审批单位已收到原件，清点过了")),
    Place.STAYS: (lazy_gettext("审批单位留存，不退回"), "done", lazy_gettext("原件由审批单位留存")),
    Place.SEALED_BACK: (lazy_gettext("已封好，等快递"), "moving", lazy_gettext("原件已封好，正要寄回大厅")),
    Place.ON_THE_WAY_BACK: (lazy_gettext("在寄回的路上"), "moving", lazy_gettext("原件在寄回大厅的路上")),
    Place.DELIVERED_BACK: (
        lazy_gettext("已送回大厅，还没清点"),
        "moving",
        lazy_gettext("快递已送回大厅，等窗口清点"),
    ),
    Place.BACK_AT_HALL: (lazy_gettext("在大厅，请来取"), "attention", lazy_gettext("原件回来了，请到大厅来取")),
    Place.WITH_YOU: (lazy_gettext("已交还给您"), "done", lazy_gettext("原件已全部交还给您")),
    Place.LOOKED_INTO: (lazy_gettext("正在核实"), "late", lazy_gettext("原件正在核实下落")),
}
"""What each place is called beside an original, its state, and as the page's first sentence."""
DONE = {
    Step.ACCEPTED: lazy_gettext("大厅收下了您的原件"),
    Step.SENT: lazy_gettext("原件封好，交快递寄出"),
    Step.ARRIVED: lazy_gettext("审批单位收到并清点了"),
    Step.DECIDED: lazy_gettext("审批有了结果"),
    Step.SENT_BACK: lazy_gettext("审批单位把原件寄回"),
    Step.HANDED_BACK: lazy_gettext("办理结束"),
}
NEXT = {
    Step.SENT: lazy_gettext("大厅把原件封好，交快递寄给审批单位"),
    Step.ARRIVED: lazy_gettext("送到后，审批单位逐件清点签收"),
    Step.DECIDED: lazy_gettext("审批单位审核，作出决定"),
    Step.SENT_BACK: lazy_gettext("审批单位把原件寄回大厅"),
    Step.HANDED_BACK: lazy_gettext("大厅收到后清点，请您来取"),
}
DECIDED: dict[DecisionResult | None, LazyString] = {
    DecisionResult.APPROVED: lazy_gettext("审批结果：通过"),
    DecisionResult.REFUSED: lazy_gettext("审批结果：没有通过，原因请问大厅"),
    DecisionResult.DOUBTFUL: lazy_gettext("审批单位要再核实材料，详情请问大厅"),
}


class Ask(FormShape):
    """The code on the receipt and the last digits of the phone."""

    code = fields.String(required=True, validate=validate.Length(max=40))
    digits = fields.String(required=True, validate=validate.Length(max=8))


class Rating(FormShape):
    """One to five stars, why, in the applicant's words."""

    stars = fields.Integer(required=True)
    reasons = fields.List(fields.Enum(RatingReason, by_value=True), load_default=[])
    words = fields.String(load_default="")


class NotReceived(FormShape):
    """What the applicant wants to add."""

    words = fields.String(load_default="")


@pages.get("/i")
@open_to_all
def ask() -> Response:
    """The two questions."""
    return page("applicant/ask.html")


@pages.post("/i")
@open_to_all
@redraws(ask)
def enter() -> Response:
    """The page of the dossier, for whoever knows both."""
    form = read(Ask)
    return _opened(inquiry.enter(world(), _source(), form["code"], form["digits"], locale()))


@pages.get("/i/<no>/<key>")
@open_to_all
def by_receipt(no: str, key: str) -> Response:
    """The page of the dossier whose receipt carries the QR; the address in the browser's bar keeps no key."""
    answer = _by_receipt(no, key)
    if answer.status_code == Rejected.status:  # there is nothing at this address
        answer.status_code = 404
    return answer


@redraws(lambda no, key: ask())  # noqa: ARG005 - a wrong key leads to the two questions, whatever it was
def _by_receipt(no: str, key: str) -> Response:  # noqa: ARG001 - the number is for our own scanners
    return _opened(inquiry.enter_by_key(world(), _source(), key, locale()))


@pages.get("/i/case")
@open_to_all
def case() -> Response:
    """Where the originals are and what comes next; the two questions again after half an hour."""
    actor = _looking()
    if actor is None:
        return page("applicant/ask.html", again=OPENED in session)
    seen = inquiry.see(world(), actor, now())
    return page(
        "applicant/case.html",
        seen=seen,
        told=seen.told,
        headline=_headline(seen),
        places=PLACES,
        done={**DONE, Step.DECIDED: DECIDED.get(seen.told.decision, DONE[Step.DECIDED])},
        next_words=NEXT if rules.under_way(seen.told) else {**NEXT, Step.HANDED_BACK: _("大厅办完手续，办理结束")},
        collect=rules.to_collect(seen.told),
        may_rate=rules.may_rate(seen.told) and seen.rated is None,
        reasons=list(RatingReason),
        longest=inquiry.WORDS,
    )


def _headline(seen: inquiry.Seen) -> tuple[str, str]:
    """The page's first sentence and its state: where the originals are now."""
    told, place = seen.told, rules.where(seen.told)
    if seen.disputed:
        return str(_("您说有原件没有收到，大厅正在核实")), "attention"
    if place is not None:
        return str(PLACES[place][2]), PLACES[place][1]
    if any(one.place is Place.LOOKED_INTO for one in told.originals):
        return str(_("有原件正在核实下落")), "late"
    if not told.originals:
        return str(_("大厅正在登记您的原件")), "moving"
    if not rules.under_way(told):
        back = any(one.place is Place.WITH_YOU for one in told.originals)
        return str(PLACES[Place.WITH_YOU if back else Place.STAYS][2]), "done"
    return str(_("原件不在同一处，请看下面逐件的说明")), "moving"


@pages.post("/i/case/rating")
@open_to_all
@redraws(case)
def rate() -> Response:
    """The rating stands."""
    actor = _looking()
    if actor is None:
        return _nothing()
    form = read(Rating)
    inquiry.rate(world(), actor, form["stars"], form["reasons"], form["words"])
    said(_("谢谢您的评价。"))
    return _to("applicant.case")


@pages.get("/i/case/<int:seq>/not-received")
@open_to_all
def disputing(seq: int) -> Response:
    """One question more: what happened."""
    actor = _looking()
    if actor is None:
        return _nothing()
    seen = inquiry.see(world(), actor, now())
    original = next((one for one in seen.told.originals if one.seq == seq), None)
    return page("applicant/not_received.html", seen=seen, original=original, longest=inquiry.WORDS)


@pages.post("/i/case/<int:seq>/not-received")
@open_to_all
@redraws(disputing)
def dispute(seq: int) -> Response:
    """The hall and its managers know that the original did not come back."""
    actor = _looking()
    if actor is None:
        return _nothing()
    inquiry.dispute(world(), actor, seq, read(NotReceived)["words"])
    said(_("已告诉大厅和督查人员，他们会核实并联系您。"))
    return _to("applicant.case")


@pages.post("/i/leave")
@open_to_all
def leave() -> Response:
    """Nothing of the dossier can be opened from this browser any more."""
    session.pop(OPENED, None)
    return _to("applicant.ask")


def _nothing() -> Response:
    """The two questions: this browser opened no dossier, or did too long ago."""
    return make_response(page("applicant/ask.html", again=OPENED in session), 404)


def _to(endpoint: str) -> Response:
    return make_response(redirect(url_for(endpoint), 303))


def _source() -> str:
    """Where the visitor comes from, for the count of tries; of IPv6 the network of one household, which has 2^64."""
    try:
        place = ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or ""
    return str(ip_network((place, 64), strict=False)) if place.version == IPV6 else str(place)


def _opened(actor: Actor) -> Response:
    session[OPENED] = [actor.dossier_id, actor.id.partition(":")[2], (now() + LOOKING).isoformat()]
    return _to("applicant.case")


def _looking() -> Actor | None:
    """Whose dossier this browser opened in the last half hour. The cookie is signed: nobody else wrote it."""
    opened = session.get(OPENED)
    if not opened or datetime.fromisoformat(opened[2]) < now():
        return None
    return applicant_actor(opened[1], opened[0], locale())
