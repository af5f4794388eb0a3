"""The agencies an administrator keeps: the tree, one agency's card, a new one below."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields
from sqlmodel import Session

from logistics.rules import regions
from logistics.rules.cards import LEVELS, Card
from logistics.rules.workdays import china_date
from logistics.services import agencies as verbs
from logistics.services import partners
from logistics.store import officers as kept
from logistics.store import places
from logistics.store.uppermost import is_uppermost
from logistics.tables import Agency
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world

pages = Blueprint("agencies", __name__)
ENTRIES = [Entry("agencies.every", lazy_gettext("单位"), frozenset({Role.ADMINISTRATOR}), place=61)]

LEVEL_WORDS = {
    "province": lazy_gettext("省级"),
    "city": lazy_gettext("市级"),
    "district": lazy_gettext("区县级"),
    "street": lazy_gettext("乡镇街道"),
}


class Described(FormShape):
    """An agency's card. Blank ones are told by the verb, each at its field."""

    name = fields.String(load_default="")
    short_name = fields.String(load_default="")
    name_en = fields.String(load_default="")
    region_code = fields.String(load_default="")
    level = fields.String(load_default="")
    uscc = fields.String(load_default="")
    address = fields.String(load_default="")
    postcode = fields.String(load_default="")
    phone = fields.String(load_default="")
    receiving_hours = fields.String(load_default="")
    fonds_no = fields.String(load_default="")
    archives_code = fields.String(load_default="")
    archives_name = fields.String(load_default="")

    @staticmethod
    def card(form: dict[str, Any]) -> Card:
        """What the verbs want to know."""
        return Card(**{name: form[name] for name in Card.__dataclass_fields__})


class Adding(Described):
    """A new agency, its code and what it stands under."""

    code = fields.String(load_default="")
    parent = fields.Integer(required=True)


class Founding(Described):
    """A new agency outside the tree, its code and its first administrator."""

    code = fields.String(load_default="")
    login = fields.String(load_default="")
    person = fields.String(load_default="")


@pages.get("/agencies")
@for_roles(Role.ADMINISTRATOR)
def every() -> Response:
    """The tree of the administrator's agencies, with how many officers work in each."""
    with look() as session:
        rows = kept.agencies(session, me().agencies)
        uppermost = is_uppermost(session, me())
    top = min((row.depth for row in rows), default=0)
    return page("agencies/list.html", rows=rows, levels=LEVEL_WORDS, top=top, uppermost=uppermost)


@pages.get("/agencies/new")
@for_roles(Role.ADMINISTRATOR)
def new() -> Response:
    """An empty card."""
    with look() as session:
        names = kept.agency_names(session, me().agencies, locale())
    return page("agencies/new.html", names=names, levels=[(name, LEVEL_WORDS[name]) for name in LEVELS])


@pages.post("/agencies/new")
@for_roles(Role.ADMINISTRATOR)
@redraws(new)
def add() -> Response:
    """The agency is there, below the one named."""
    form = read(Adding)
    verbs.add(world(), me(), form["command_id"], form["parent"], form["code"], Described.card(form))
    said(_("已添加。请为它添加经办人，再登记通办协议。"))
    return make_response(redirect(url_for("agencies.every"), 303))


@pages.get("/agencies/partner")
@for_roles(Role.ADMINISTRATOR)
def partner() -> Response:
    """An empty card of an agency outside the tree, with its first administrator."""
    with look() as session:
        _require_uppermost(session)
    return page("agencies/partner.html", levels=[(name, LEVEL_WORDS[name]) for name in LEVELS])


@pages.post("/agencies/partner")
@for_roles(Role.ADMINISTRATOR)
@redraws(partner)
def found() -> Response:
    """The agency is there beside the tree; its administrator's password is shown once."""
    form = read(Founding)
    card, login = Described.card(form), form["login"]
    made = partners.found(world(), me(), form["command_id"], form["code"], card, login, form["person"])
    return page("agencies/founded.html", made=made, agency=card.name)


@pages.get("/agencies/<int:agency_id>")
@for_roles(Role.ADMINISTRATOR)
def one(agency_id: int) -> Response:
    """One agency's card, and what was changed about it."""
    with look() as session:
        row: Agency = kept.agency(session, me().agencies, agency_id)
        acts = kept.acts(session, row.code)
        region = regions.name_of(row.region_code, china_date(now()), places.around(session, row.region_code))
    levels = [(name, LEVEL_WORDS[name]) for name in LEVELS]
    return page("agencies/one.html", row=row, acts=acts, levels=levels, region=region)


@pages.post("/agencies/<int:agency_id>")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def change(agency_id: int) -> Response:
    """The agency is as the card says."""
    form = read(Described)
    done = verbs.change(world(), me(), form["command_id"], agency_id, Described.card(form))
    hours = "receiving_hours" in done["changed"]
    said(_("已保存。新的时限按新的收件时间起算，已经在走的不变。") if hours else _("已保存。"))
    return make_response(redirect(url_for("agencies.every"), 303))


def _require_uppermost(session: Session) -> None:
    if not is_uppermost(session, me()):
        abort(404)
