"""Officers of the agencies an administrator keeps: who there is, add, change, new passwords; and one's own password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields

from logistics.services import officers as verbs
from logistics.services.officers import Given, Person
from logistics.store import officers as kept
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import before_own_password, for_roles, look, me, now, world

pages = Blueprint("officers", __name__)
ENTRIES = [Entry("officers.every", lazy_gettext("人员"), frozenset({Role.ADMINISTRATOR}), place=60)]


class Described(FormShape):
    """An officer as the administrator describes them."""

    name = fields.String(required=True)
    email = fields.Email(load_default="")
    roles = fields.List(fields.Enum(Role, by_value=True), required=True)

    @staticmethod
    def person(form: dict[str, Any]) -> Person:
        """What the verbs want to know."""
        return Person(form["name"], form["email"], form["roles"])


class Adding(Described):
    """A new officer, and whose."""

    agency = fields.Integer(required=True)
    login = fields.String(required=True)


class Changing(Described):
    """An officer who is there."""

    active = fields.Boolean(load_default=False)


class OwnPassword(FormShape):
    """The old password once, the new one twice."""

    old = fields.String(required=True)
    new = fields.String(required=True)
    again = fields.String(required=True)


@pages.get("/officers")
@for_roles(Role.ADMINISTRATOR)
def every() -> Response:
    """Who there is, by agency; narrowed by a word and an agency."""
    wanted, agency = request.args.get("q", "").strip(), request.args.get("agency", type=int)
    with look() as looking:
        rows = kept.officers(looking, me().agencies, wanted, agency)
        agencies = kept.agency_names(looking, me().agencies, locale())
    return page("officers/list.html", rows=rows, agencies=agencies, wanted=wanted, agency=agency, roles=list(Role))


@pages.post("/officers")
@for_roles(Role.ADMINISTRATOR)
@redraws(every)
def add() -> Response:
    """The officer is there; the password is shown once."""
    form = read(Adding)
    given = verbs.add(world(), me(), form["command_id"], form["agency"], form["login"], Described.person(form))
    return _shown_once(given)


@pages.get("/officers/<int:officer_id>")
@for_roles(Role.ADMINISTRATOR)
def one(officer_id: int) -> Response:
    """One officer, and what was changed about them."""
    with look() as looking:
        row = kept.officer(looking, me().agencies, officer_id)
        acts = kept.acts(looking, row.login)
    return page("officers/one.html", row=row, acts=acts, roles=list(Role), locked=kept.is_locked(row, now()))


@pages.post("/officers/<int:officer_id>")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def change(officer_id: int) -> Response:
    """The officer is as the form says."""
    form = read(Changing)
    done = verbs.change(world(), me(), form["command_id"], officer_id, Described.person(form), form["active"])
    said(_("已保存。") if not done["logged_out"] else _("已保存，此人的登录已结束。"))
    return make_response(redirect(url_for("officers.every"), 303))


@pages.post("/officers/<int:officer_id>/password")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def give_password(officer_id: int) -> Response:
    """The officer has a new password, shown once; their log-ins are over."""
    return _shown_once(verbs.give_password(world(), me(), read(FormShape)["command_id"], officer_id))


@pages.get("/password")
@before_own_password
def own() -> Response:
    """One's own password."""
    return page("officers/password.html", given=me().password_given)


@pages.post("/password")
@before_own_password
@redraws(own)
def change_own() -> Response:
    """One's own password is changed; every log-in is over, this one too."""
    form = read(OwnPassword)
    verbs.change_own_password(world(), me(), form["command_id"], form["old"], form["new"], form["again"])
    said(_("密码已更改。请用新密码登录。"))
    return make_response(redirect("/login", 303))


def _shown_once(given: Given) -> Response:
    """The page that shows the password; it is in no address, no cookie and no log, so a reload has none to show."""
    with look() as looking:
        row = kept.officer(looking, me().agencies, given.officer_id)
    return page("officers/shown_once.html", row=row, password=given.password)
