"""The number pool's page (号段): how many are left, add a range or a list after a trial, spoil a damaged form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields

from logistics.rules.pool import MANUAL
from logistics.services import pool as verbs
from logistics.store import pool
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.naming import courier_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward

pages = Blueprint("stock", __name__)
KEEPERS = (Role.WINDOW, Role.RECEIVER, Role.ADMINISTRATOR)
ENTRIES = [Entry("stock.show", lazy_gettext("号段"), frozenset({Role.ADMINISTRATOR}), place=63)]


class Adding(FormShape):
    """A range, or a pasted list; `then=try` only says what would happen."""

    courier = fields.String(required=True)
    first = fields.String(load_default="")
    last = fields.String(load_default="")
    listed = fields.String(load_default="")
    then = fields.String(load_default="try")


class Spoiling(FormShape):
    """One number that must not be used, and why."""

    courier = fields.String(required=True)
    number = fields.String(required=True)
    why = fields.String(required=True)


def couriers() -> list[tuple[str, str]]:
    """Code and name of those that have a pool: couriers that take such numbers, and our own book of forms."""
    taking = [(one.code, courier_name(one.code)) for one in world().couriers.values() if one.takes_pool_numbers]
    return [*sorted(taking), (MANUAL, str(_("专人递送单据簿")))]


def _draw(tried: dict[str, Any] | None = None, form: dict[str, Any] | None = None) -> Response:
    with look() as session:
        rows = pool.stocks(session, me().agency_id or 0)
    known = couriers()
    given = form or {"courier": known[0][0], "first": "", "last": "", "listed": ""}
    return page("window/stock.html", rows=rows, couriers=known, names=dict(known), tried=tried, given=given)


@pages.get("/pool")
@for_roles(*KEEPERS)
def show() -> Response:
    """What is left of every pool of the reader's agency."""
    return _draw()


@pages.post("/pool")
@for_roles(*KEEPERS)
@redraws(show)
def add() -> Response:
    """The numbers are tried, or added."""
    form = read(Adding)
    given = {name: form[name] for name in ("first", "last", "listed")}
    if form["then"] != "add":
        return _draw(verbs.try_out(world(), me(), form["courier"], **given), form)
    done = verbs.add(world(), me(), form["command_id"], form["courier"], **given)
    said(_("已入库 %(added)s 个号码，现有 %(left)s 个可用。", added=done["added"], left=done["left"]))
    return onward(url_for("stock.show"))


@pages.post("/pool/spoil")
@for_roles(*KEEPERS)
@redraws(show)
def spoil() -> Response:
    """The number is never taken."""
    form = read(Spoiling)
    key = verbs.find_free(world(), me(), form["courier"], form["number"])
    done = verbs.spoil(world(), me(), form["command_id"], key, form["why"])
    said(_("号码 %(number)s 已作废。", number=done["number"]))
    return onward(url_for("stock.show"))
