"""The items an agreement lists, one by one: list one more, change what is said of it, take it off, put it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields
from sqlmodel import Session

from logistics.errors import NotYours
from logistics.rules.agreements import Clause
from logistics.services import agreements as verbs
from logistics.store import agreements as kept
from logistics.store import catalogue
from logistics.store.agreements import Listed
from logistics.terms import Mode, Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward
from logistics.web.words import word

pages = Blueprint("agreement_items", __name__)


class Said(FormShape):
    """What the agreement says of an item."""

    modes = fields.List(fields.Enum(Mode, by_value=True), load_default=list)
    note = fields.String(load_default="")

    @staticmethod
    def clause(form: dict[str, Any]) -> Clause:
        """What the verbs want to know."""
        return Clause(form["modes"], form["note"])


class Listing(Said):
    """One item more."""

    item = fields.Integer(required=True)


class Changing(Said):
    """An item that is or was on the list."""

    active = fields.Boolean(load_default=False)


@pages.get("/agreements/<int:agreement_id>/items/new")
@for_roles(Role.ADMINISTRATOR)
def new(agreement_id: int) -> Response:
    """Which item is listed, and what is said of it."""
    with look() as session:
        row = kept.agreement(session, me().agencies, agreement_id)
        there = {one.item.id for one in kept.listed(session, agreement_id) if one.would_be[0]}
        offered = [one.item for one in catalogue.items(session) if one.item.id not in there]
    items = [(one.id, f"{one.name}（{one.code}）") for one in offered]
    return page("agreements/item.html", row=row, listed=None, active=True, clause=Clause(), items=items, modes=_modes())


@pages.post("/agreements/<int:agreement_id>/items/new")
@for_roles(Role.ADMINISTRATOR)
@redraws(new)
def add(agreement_id: int) -> Response:
    """The agreement lists the item."""
    form = read(Listing)
    done = verbs.put_item(world(), me(), form["command_id"], agreement_id, form["item"], Said.clause(form))
    said(proposed() if done["waits"] else _("已列入。"))
    return onward(url_for("agreements.one", agreement_id=agreement_id))


@pages.get("/agreements/<int:agreement_id>/items/<int:item_id>")
@for_roles(Role.ADMINISTRATOR)
def one(agreement_id: int, item_id: int) -> Response:
    """What the agreement says of one item."""
    with look() as session:
        row = kept.agreement(session, me().agencies, agreement_id)
        listed = _listed(session, agreement_id, item_id)
    active, clause = listed.would_be
    return page("agreements/item.html", row=row, listed=listed, active=active, clause=clause, items=[], modes=_modes())


@pages.post("/agreements/<int:agreement_id>/items/<int:item_id>")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def change(agreement_id: int, item_id: int) -> Response:
    """The agreement says this of the item, or lists it no longer."""
    form = read(Changing)
    with look() as session:
        kept.agreement(session, me().agencies, agreement_id)
        _listed(session, agreement_id, item_id)
    clause, active = Said.clause(form), form["active"]
    done = verbs.put_item(world(), me(), form["command_id"], agreement_id, item_id, clause, active=active)
    said(proposed() if done["waits"] else _("已保存。") if active else _("已移出清单。"))
    return onward(url_for("agreements.one", agreement_id=agreement_id))


def proposed() -> str:
    """What is said of a change of an agreement in force."""
    return str(_("改动已记下，还没有生效。请核对下面的改动再确认；双方都确认才生效，之前窗口照现在的清单办。"))


def _listed(session: Session, agreement_id: int, item_id: int) -> Listed:
    found = next((one for one in kept.listed(session, agreement_id) if one.item.id == item_id), None)
    if found is None:
        raise NotYours("事项", "service item")
    return found


def _modes() -> list[tuple[str, str]]:
    return [(one.value, word(one, locale())) for one in Mode]
