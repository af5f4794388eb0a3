"""The messages outside that did not arrive where they were sent, for managers and administrators."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from logistics.services import channels as verbs
from logistics.store import channels as kept
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward

OVERSEERS = (Role.MANAGER, Role.ADMINISTRATOR)

pages = Blueprint("undelivered", __name__)
ENTRIES = [Entry("undelivered.every", lazy_gettext("站外提醒"), frozenset(OVERSEERS), place=56)]


@pages.get("/undelivered")
@for_roles(*OVERSEERS)
def every() -> Response:
    """The newest that did not arrive, those first that wait for somebody."""
    with look() as session:
        told = kept.newest(session, me().agencies, only_wrong=True)
    return page("channels/undelivered.html", told=sorted(told, key=lambda one: not one.waits))


def _again(delivery_id: int) -> Response:  # noqa: ARG001 - the same page, whichever it was
    return every()


@pages.post("/undelivered/<int:delivery_id>/retry")
@for_roles(*OVERSEERS)
@redraws(_again)
def retry(delivery_id: int) -> Response:
    """The message is tried again on all its channels."""
    verbs.retry(world(), me(), read(FormShape)["command_id"], delivery_id)
    said(_("几秒后重新发送。"))
    return onward(url_for("undelivered.every"))
