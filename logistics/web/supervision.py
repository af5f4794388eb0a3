"""督办: what is ordered, owed, waiting to be decided and over; one order with its chain; and giving one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules import supervision as rules
from logistics.services import supervision
from logistics.services.supervision import NewOrder
from logistics.store import find
from logistics.store import supervision as orders
from logistics.store.supervision import Line
from logistics.tables import Agency, Consignment, Deadline, Discrepancy, Dossier, Officer
from logistics.terms import Cause, Role, SupervisionState, SupervisionVerb, Urgency
from logistics.web.dossier.telling import difference_words
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import agency_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.times import spoken
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.words import word

READERS = (Role.WINDOW, Role.RECEIVER, Role.MANAGER)
LONGEST = 500
STATES = {
    SupervisionState.ORDERED: "attention",
    SupervisionState.SIGNED: "moving",
    SupervisionState.ANSWERED: "attention",
    SupervisionState.SENT_BACK: "attention",
    SupervisionState.CLOSED: "done",
    SupervisionState.WITHDRAWN: "quiet",
}

pages = Blueprint("supervision", __name__)
ENTRIES = [Entry("supervision.every", lazy_gettext("督办"), frozenset(READERS), place=42)]

_SHORT = validate.Length(max=LONGEST, error=lazy_gettext("最多 500 个字。"))


class Ordering(FormShape):
    """The form that gives an order."""

    addressee = fields.Integer(required=True)
    officer = fields.Integer()
    urgency = fields.Enum(Urgency, by_value=True, required=True)
    days = fields.Integer(
        validate=validate.Range(1, rules.MOST_DAYS, error=lazy_gettext("请填写 1 至 20 之间的整数，或留空。"))
    )
    reason = fields.String(required=True, validate=_SHORT)
    demand = fields.String(required=True, validate=_SHORT)
    discrepancy = fields.Integer()
    consignment = fields.Integer()


class Answering(FormShape):
    """The form that answers one."""

    words = fields.String(required=True, validate=_SHORT)
    cause = fields.Enum(Cause, by_value=True, required=True)
    measures = fields.String(validate=_SHORT)


class Accepting(FormShape):
    """The form that accepts an answer."""

    note = fields.String(validate=_SHORT)


class SendingBack(FormShape):
    """The form that sends an answer back."""

    why = fields.String(required=True, validate=_SHORT)


class Withdrawing(FormShape):
    """The form that takes an order back."""

    why_withdrawn = fields.String(required=True, validate=_SHORT)


@pages.get("/supervision")
@for_roles(*READERS)
def every() -> Response:
    """What I owe, what I decide, what else runs, and what is over."""
    with look() as session:
        mine, deciding = orders.to_answer(session, me()), orders.to_decide(session, me())
        shown = {line.order.id for line in (*mine, *deciding)}
        running = [*orders.ordered_by(session, me()), *orders.owed_by(session, me())]
        others = {line.order.id: line for line in running if line.order.id not in shown}
        over = orders.over(session, me())
    lists = [
        (_("等我签收、答复"), mine),
        (_("等我审定答复"), deciding),
        (_("其他在办的"), list(others.values())),
    ]
    waits = len(mine) + len(deciding)
    return page("supervision/every.html", lists=lists, over=over, waits=waits, late=_late(mine), **_words())


def _late(lines: Sequence[Line]) -> int:
    return sum(line.due_at is not None and line.due_at < now() for line in lines)


@pages.get("/supervision/<no>")
@for_roles(*READERS)
def show(no: str) -> Response:
    """One order: where it stands, what is wanted, everything that was done about it, and what this reader may do."""
    with look() as session:
        chain = orders.chain(session, no)
        mine = rules.may(chain.known, orders.person(me(), chain.dossier))
        about = _about(session, chain.deadline, chain.discrepancy, chain.consignment)
    return page("supervision/show.html", chain=chain, line=chain.line, may=mine, about=about, verbs=SupervisionVerb,
                causes=[(one.value, word(one, locale())) for one in Cause], **_words())  # fmt: skip


@pages.get("/deadlines/<int:deadline_id>/supervise")
@for_roles(Role.MANAGER)
def ordering(deadline_id: int) -> Response:
    """An order about one deadline: its owner owes the answer."""
    with look() as session:
        dossier, deadline = orders.dossier_of_deadline(session, deadline_id)
        due = spoken(deadline.due_at, now(), locale())
        reason = _("「%(leg)s」应于 %(due)s，至今没有完成。", leg=leg_name(deadline.leg), due=due)
        form = _form(session, dossier, [deadline.owner_agency_id], reason, deadline=deadline)
    return page("supervision/order.html", action=url_for("supervision.order", deadline_id=deadline_id), **form)


@pages.post("/deadlines/<int:deadline_id>/supervise")
@for_roles(Role.MANAGER)
@redraws(ordering)
def order(deadline_id: int) -> Response:
    """The order stands; the page shows it."""
    given = read(Ordering)
    with look() as session:
        dossier, _deadline = orders.dossier_of_deadline(session, deadline_id)
    return _ordered(dossier.no, given, deadline=deadline_id)


@pages.get("/dossiers/<no>/supervise")
@for_roles(Role.MANAGER)
def ordering_about(no: str) -> Response:
    """An order about a dossier, or about a difference or an envelope of it (`?discrepancy=`, `?consignment=`)."""
    with look() as session:
        dossier = find.dossier_by_no(session, no)
        discrepancy = _part(session, dossier, Discrepancy, "discrepancy")
        envelope = _part(session, dossier, Consignment, "consignment")
        parties = [dossier.sender_agency_id, dossier.receiver_agency_id]
        form = _form(session, dossier, parties, discrepancy.note if discrepancy else "",
                     discrepancy=discrepancy, consignment=envelope)  # fmt: skip
    return page("supervision/order.html", action=url_for("supervision.order_about", no=no), **form)


@pages.post("/dossiers/<no>/supervise")
@for_roles(Role.MANAGER)
@redraws(ordering_about)
def order_about(no: str) -> Response:
    """The order stands; the page shows it."""
    return _ordered(no, read(Ordering))


@pages.post("/supervision/<no>/sign")
@for_roles(*READERS)
@redraws(show)
def sign(no: str) -> Response:
    """The order is signed for."""
    supervision.sign(world(), me(), read(FormShape)["command_id"], no)
    said(_("已签收。请在期限前答复。"))
    return _to(no)


@pages.post("/supervision/<no>/answer")
@for_roles(*READERS)
@redraws(show)
def answer(no: str) -> Response:
    """The answer stands."""
    form = read(Answering)
    given = (form["words"], form["cause"], form.get("measures", ""))
    supervision.answer(world(), me(), form["command_id"], no, *given)
    said(_("已答复，等下达人审定。"))
    return _to(no)


@pages.post("/supervision/<no>/accept")
@for_roles(Role.MANAGER)
@redraws(show)
def accept(no: str) -> Response:
    """The answer is enough."""
    form = read(Accepting)
    supervision.accept(world(), me(), form["command_id"], no, form.get("note", ""))
    said(_("已办结。"))
    return _to(no)


@pages.post("/supervision/<no>/send-back")
@for_roles(Role.MANAGER)
@redraws(show)
def send_back(no: str) -> Response:
    """Another answer is owed."""
    form = read(SendingBack)
    supervision.send_back(world(), me(), form["command_id"], no, form["why"])
    said(_("已退回重办，答复时限重新起算。"))
    return _to(no)


@pages.post("/supervision/<no>/withdraw")
@for_roles(Role.MANAGER)
@redraws(show)
def withdraw(no: str) -> Response:
    """No answer is owed any more."""
    form = read(Withdrawing)
    supervision.withdraw(world(), me(), form["command_id"], no, form["why_withdrawn"])
    said(_("已撤销。"))
    return _to(no)


@dataclass(frozen=True)
class About:
    """What an order is about: words, and where it is seen."""

    words: str
    address: str


def _about(
    session: Session, deadline: Deadline | None, discrepancy: Discrepancy | None, envelope: Consignment | None
) -> About | None:
    if deadline is not None:
        due = spoken(deadline.due_at, now(), locale())
        words = _("时限「%(leg)s」，应于 %(due)s", leg=leg_name(deadline.leg), due=due)
        return About(words, url_for("life.show", deadline_id=deadline.id))
    if discrepancy is not None:
        no = session.get_one(Dossier, discrepancy.dossier_id).no
        words = difference_words(discrepancy.kind.value, discrepancy.key, discrepancy.note, "")
        named = _("差异「%(kind)s」：%(words)s", kind=word(discrepancy.kind, locale()), words=words)
        return About(named, url_for("dossiers.show", no=no, _anchor="differences"))
    if envelope is not None:
        return About(_("寄递件 %(no)s", no=envelope.no), f"/consignments/{envelope.no}")
    return None


def _form(
    session: Session,
    dossier: Dossier,
    parties: Sequence[int],
    reason: str,
    deadline: Deadline | None = None,
    discrepancy: Discrepancy | None = None,
    consignment: Consignment | None = None,
) -> dict[str, Any]:
    """What the page of a new order shows."""
    able = [session.get_one(Agency, one) for one in parties if one in me().agencies]
    people: list[tuple[Officer, Agency]] = [
        (officer, agency)
        for agency in able
        for officer in orders.officers(session, dossier, agency.id or 0)
        if officer.id != me().officer_id
    ]
    return {
        "dossier": dossier,
        "reason": reason,
        "discrepancy": discrepancy,
        "consignment": consignment,
        "about": _about(session, deadline, discrepancy, consignment),
        "addressees": [(one.id, agency_name(one)) for one in able],
        "officers": [(one.id, f"{one.name} · {agency_name(agency)}") for one, agency in people],
        "urgencies": [(one.value, word(one, locale())) for one in Urgency],
    }


def _part(session: Session, dossier: Dossier, table: type[Any], name: str) -> Any:
    """The row of the dossier that the address (or the form sent back) names; None when it names none."""
    given = request.values.get(name, "")
    if not given:
        return None
    row = session.get(table, int(given)) if given.isdecimal() and len(given) < 19 else None
    return row if row is not None and row.dossier_id == dossier.id else abort(404)


def _ordered(dossier_no: str, given: dict[str, Any], deadline: int | None = None) -> Response:
    parts = {name: given.get(name) for name in ("officer", "days", "discrepancy", "consignment")}
    new = NewOrder(given["addressee"], given["reason"], given["demand"], given["urgency"], deadline=deadline, **parts)
    done = supervision.order(world(), me(), given["command_id"], dossier_no, new)
    said(_("督办 %(no)s 已下达。", no=done["supervision"]))
    return _to(done["supervision"])


def _to(no: str) -> Response:
    made: AnyResponse = redirect(url_for("supervision.show", no=no), 303)
    assert isinstance(made, Response)
    return made


def _words() -> dict[str, Any]:
    return {"agency_name": agency_name, "state_of": _state_of}


def _state_of(line: Line) -> str:
    """How an order is drawn: late once its answer is."""
    return "late" if line.due_at is not None and line.due_at < now() else STATES[line.state]
