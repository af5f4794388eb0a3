"""Acts on an envelope's number: take one of the pool, register it again, take the courier's, have that withdrawn."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from logistics.services import dispatch, registrations
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.visit import for_roles, me, world
from logistics.web.window import envelope
from logistics.web.window.onward import onward

pages = Blueprint("numbers", __name__)


@pages.post("/consignments/<no>/pool")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def take(no: str) -> Response:
    """The envelope whose courier does not answer has a number of the pool."""
    done = dispatch.book_from_pool(world(), me(), read(FormShape)["command_id"], no)
    said(_("已用号段号 %(number)s，可以打面单了。", number=done["waybill"]))
    return onward(url_for("envelope.show", no=no))


@pages.post("/consignments/<no>/register")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def register(no: str) -> Response:
    """The order of the pool's number is owed to the courier once more."""
    registrations.register_again(world(), me(), read(FormShape)["command_id"], no)
    said(_("已再次补登，结果会显示在这里。"))
    return onward(url_for("envelope.show", no=no))


@pages.post("/consignments/<no>/adopt")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def adopt(no: str) -> Response:
    """The courier's own number is the waybill; the label must be printed anew."""
    done = registrations.adopt_number(world(), me(), read(FormShape)["command_id"], no)
    said(_("运单号已改为 %(number)s。请再打一份面单，盖住旧面单。", number=done["waybill"]))
    return onward(url_for("envelope.show", no=no))


@pages.post("/consignments/<no>/withdraw")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def withdraw(no: str) -> Response:
    """The courier is asked to withdraw the order under its own number."""
    done = registrations.withdraw_number(world(), me(), read(FormShape)["command_id"], no)
    said(_("已请快递方撤销 %(number)s。", number=done["withdrawn"]))
    return onward(url_for("envelope.show", no=no))
