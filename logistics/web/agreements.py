"""通办协议 as an administrator keeps them: drafted from a template, put in force, ended; none is ever deleted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields
from sqlmodel import Session

from logistics.errors import NotYours
from logistics.rules import agreements as rules
from logistics.rules.agreements import SHIPPED, Template, Terms
from logistics.rules.regions import lane_scope
from logistics.rules.workdays import china_date
from logistics.services import agreements as verbs
from logistics.store import agreements as kept
from logistics.store import consents
from logistics.store.agreements import Listed
from logistics.tables import Agency, Agreement
from logistics.terms import AgreementState, LaneScope, Mode, Payer, Power, Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import agency_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.trail import changes, told
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.onward import onward
from logistics.web.words import word

pages = Blueprint("agreements", __name__)
ENTRIES = [
    Entry(
        "agreements.every",
        lazy_gettext("通办协议"),
        frozenset({Role.ADMINISTRATOR}),
        place=61,
        also=("agreement_items", "agreement_lists", "agreement_consents"),
    )
]

ICONS = {
    AgreementState.DRAFT: "attention",
    AgreementState.DROPPED: "quiet",
    AgreementState.COMING: "moving",
    AgreementState.IN_FORCE: "done",
    AgreementState.ENDED: "quiet",
}


class Described(FormShape):
    """The terms. Blank ones are told by the verb, each at its field."""

    no = fields.String(load_default="")
    name = fields.String(load_default="")
    sender = fields.Integer(required=True)
    receiver = fields.Integer(required=True)
    powers = fields.List(fields.Enum(Power, by_value=True), load_default=list)
    payer_city = fields.Enum(Payer, by_value=True, required=True)
    payer_province = fields.Enum(Payer, by_value=True, required=True)
    payer_cross = fields.Enum(Payer, by_value=True, required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(load_default=None)

    @staticmethod
    def terms(form: dict[str, Any]) -> Terms:
        """What the verbs want to know."""
        payer = {scope: form[f"payer_{scope.value}"] for scope in LaneScope}
        parties = form["sender"], form["receiver"]
        no = rules.folded_no(form["no"])
        return Terms(no, form["name"], *parties, form["powers"], payer, form["valid_from"], form["valid_until"])


class Drafting(Described):
    """A new one; `like`: the agreement whose items it takes over."""

    like = fields.Integer(load_default=None)


class Ending(FormShape):
    """The last day, and why."""

    last_day = fields.Date(required=True)
    why = fields.String(load_default="")


class Dropping(FormShape):
    """Why the draft is given up."""

    why = fields.String(load_default="")


@pages.get("/agreements")
@for_roles(Role.ADMINISTRATOR)
def every() -> Response:
    """The agreements of the administrator's agencies, newest first."""
    wanted = request.args.get("q", "").strip()
    with look() as session:
        rows = kept.agreements(session, me().agencies, wanted)
        asked = consents.asked(session, [row.agreement for row in rows], me().agencies, china_date(now()))
    return page(
        "agreements/list.html",
        rows=rows,
        wanted=wanted,
        asked=asked,
        state_of=state_of,
        icons=ICONS,
        agency_name=agency_name,
    )


@pages.get("/agreements/new")
@for_roles(Role.ADMINISTRATOR)
def new() -> Response:
    """A draft to be filled in, from the template or like another agreement (`?like=`)."""
    like_id = request.args.get("like", type=int) or request.form.get("like", type=int)
    with look() as session:
        like = kept.agreement(session, me().agencies, like_id) if like_id else None
        known = kept.agreements(session, me().agencies)
        given = _given(session, rules.like(like) if like else SHIPPED, like)
    return page("agreements/new.html", like=like, known=known, **given)


@pages.post("/agreements/new")
@for_roles(Role.ADMINISTRATOR)
@redraws(new)
def draft() -> Response:
    """The draft is there; its page opens, where items are listed."""
    form = read(Drafting)
    made = verbs.draft(world(), me(), form["command_id"], Described.terms(form), form["like"])
    said(_("草稿已存。请列出事项，核对无误后确认；双方都确认才生效。"))
    return onward(url_for("agreements.one", agreement_id=made["agreement"]))


@pages.get("/agreements/<int:agreement_id>")
@for_roles(Role.ADMINISTRATOR)
def one(agreement_id: int) -> Response:
    """One agreement: how it stands, what it says, its items, what was changed about it."""
    with look() as session:
        row = kept.agreement(session, me().agencies, agreement_id)
        listed = kept.listed(session, agreement_id)
        acts = [(act, who, told(session, act)) for act, who in kept.acts(session, agreement_id)]
        sender, receiver = _party(session, row.sender_agency_id), _party(session, row.receiver_agency_id)
        still_open = kept.open_under(session, agreement_id)
        given = _consents(session, row)
        changing = [(one.item, *_changed(session, one)) for one in listed if one.row.proposed is not None]
    scope = lane_scope(sender.region_code, receiver.region_code)
    return page(
        "agreements/one.html",
        row=row,
        state=state_of(row),
        icon=ICONS[state_of(row)],
        listed=listed,
        acts=acts,
        sender=agency_name(sender),
        receiver=agency_name(receiver),
        scope=scope,
        payer=Payer(row.payer[scope.value]) if scope.value in row.payer else None,
        powers=[Power(one) for one in row.powers],
        withheld=[one for one in Power if one.value not in row.powers],
        still_open=still_open,
        today=china_date(now()),
        changing=changing,
        **given,
        mode_words=lambda modes: [word(Mode(one), locale()) for one in modes],
    )


@pages.get("/agreements/<int:agreement_id>/edit")
@for_roles(Role.ADMINISTRATOR)
def editing(agreement_id: int) -> Response:
    """The draft's terms, to be changed."""
    with look() as session:
        row = kept.agreement(session, me().agencies, agreement_id)
        given = _given(session, rules.like(row), row, own=True)
    return page("agreements/edit.html", row=row, **given)


@pages.post("/agreements/<int:agreement_id>/edit")
@for_roles(Role.ADMINISTRATOR)
@redraws(editing)
def change(agreement_id: int) -> Response:
    """The draft says this."""
    form = read(Described)
    verbs.change(world(), me(), form["command_id"], agreement_id, Described.terms(form))
    said(_("已保存。"))
    return onward(url_for("agreements.one", agreement_id=agreement_id))


@pages.post("/agreements/<int:agreement_id>/drop")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def drop(agreement_id: int) -> Response:
    """The draft is given up."""
    form = read(Dropping)
    verbs.drop(world(), me(), form["command_id"], agreement_id, form["why"])
    said(_("草稿已作废，留着可查。"))
    return onward(url_for("agreements.every"))


@pages.post("/agreements/<int:agreement_id>/end")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def end(agreement_id: int) -> Response:
    """The agreement is in force until that day."""
    form = read(Ending)
    verbs.end(world(), me(), form["command_id"], agreement_id, form["last_day"], form["why"])
    said(_("已记下：%(day)s 之后不再开新专档，已开的照常办完。", day=form["last_day"].isoformat()))
    return onward(url_for("agreements.one", agreement_id=agreement_id))


def state_of(row: Agreement) -> AgreementState:
    """How the agreement stands today."""
    return rules.state(row, china_date(now()))


def _party(session: Session, agency_id: int) -> Agency:
    found = session.get(Agency, agency_id)
    if found is None:
        raise NotYours("单位", "agency")
    return found


def _changed(session: Session, one: Listed) -> tuple[str, list[str]]:
    """What a change of the list would do to an item: in a word, and field by field."""
    active, clause = one.would_be
    if not active:
        return "removed", []
    before, after = (rules.said_of_clause(it, active=active) for it in (one.clause, clause))
    fields = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    return "changed" if one.row.active else "new", changes(session, fields)


def _consents(session: Session, row: Agreement) -> dict[str, Any]:
    """Who has consented to what, and what the reader may do about it."""
    both, is_open = consents.given(session, row), row.draft or kept.changing(session, row.id or 0)
    waiting = [one for one in both if not one.stands]
    ours = [one for one in waiting if one.agency.id in me().agencies]
    theirs = [one for one in waiting if one.agency.id not in me().agencies]
    return {
        "text_sha256": consents.text_sha256(session, row),
        "both": [(agency_name(one.agency), one) for one in both],
        "ours_waiting": bool(ours),
        "waiting_for": agency_name(theirs[0].agency) if theirs else "",
        "on_paper": bool(theirs) and not consents.has_administrator(session, theirs[0].agency.id or 0),
        "may_withdraw": any(
            one.consent is not None and one.consent.kept_by in me().agencies for one in both if is_open
        ),
        "as_a_rule": not any(one.consent for one in both),
    }


def _given(session: Session, template: Template, row: Agreement | None, *, own: bool = False) -> dict[str, Any]:
    """What the form begins with: a draft's own terms, or a template's with days offered from today."""
    first, last = rules.offered_days(template, china_date(now()))
    return {
        "given": {
            "no": row.no if row and own else "",
            "name": template.name,
            "sender": row.sender_agency_id if row else me().agency_id,
            "receiver": row.receiver_agency_id if row else "",
            "powers": [one.value for one in template.powers],
            "payer": {scope.value: template.payer.get(scope, Payer.SENDER).value for scope in LaneScope},
            "valid_from": row.valid_from if row and own else first,
            "valid_until": row.valid_until if row and own else last,
        },
        "parties": [(one.id, agency_name(one)) for one in kept.parties(session)],
        "powers": [(one.value, word(one, locale())) for one in Power],
        "payers": [(one.value, word(one, locale())) for one in Payer],
        "scopes": [(one.value, word(one, locale())) for one in LaneScope],
    }
