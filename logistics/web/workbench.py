"""The workbench: what waits for me, oldest and late first, and what I was told."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from flask_babel import lazy_gettext
from marshmallow import fields
from werkzeug.wrappers import Response as AnyResponse

from logistics.services import notices
from logistics.store import boards
from logistics.store.people import notices_of
from logistics.web.forms import FormShape, read
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import look, me, now, world
from logistics.web.window.collecting import uncollected

pages = Blueprint("workbench", __name__)
ENTRIES = [Entry("workbench.show", lazy_gettext("工作台"), place=0)]


class Acknowledge(FormShape):
    """The form beside one notice."""

    notice_id = fields.Integer(required=True)


@pages.get("/")
def show() -> Response:
    """What couriers left undone, queues with something in them, the notices not yet acknowledged."""
    with look() as session:
        queues = boards.waiting(session, me(), now())
        told = notices_of(session, me())
    late = sum(item.late for queue in queues for item in queue.items)
    waiting = sum(len(queue.items) for queue in queues)
    return page(
        "workbench.html",
        fragment="_workbench.html",
        queues=queues,
        notices=told,
        late=late,
        waiting=waiting,
        uncollected=uncollected(),
    )


@pages.post("/notices/acknowledge")
def acknowledge() -> AnyResponse:
    """The notice is read; the workbench without it."""
    form = read(Acknowledge)
    notices.acknowledge(world(), me(), form["notice_id"], command_id=form["command_id"])
    return redirect(url_for("workbench.show"), 303)
