"""The workbench: what waits for me, oldest and late first, and what I was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from marshmallow import fields
from marshmallow.validate import Length
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules.policies import RungKind
from logistics.services import notices
from logistics.store import boards, differences, figures, report_orders
from logistics.store.boards import Item, Queue
from logistics.store.people import notices_of, unread_of
from logistics.tables import Notice
from logistics.web import lateness, reports
from logistics.web.dossier.reasons import happened
from logistics.web.dossier.telling import difference_words
from logistics.web.forms import FormShape, read
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import look, me, now, world
from logistics.web.window.collecting import uncollected

pages = Blueprint("workbench", __name__)
ENTRIES = [Entry("workbench.show", lazy_gettext("工作台"), place=0)]

SHOWN = 60
"""So many rows are drawn at first: three screens of a window's PC."""


GROUPS: dict[str, LazyString] = {
    "": lazy_gettext("要您过目"),  # orders, forecasts, disputes: whatever is no rung
    RungKind.ESCALATION: lazy_gettext("升级督办"),
    RungKind.OVERDUE: lazy_gettext("已超时"),
    RungKind.DUE: lazy_gettext("已到期"),
    RungKind.WARNING: lazy_gettext("快到期"),
}
"""The groups in which notices stand, the most urgent first."""


class Acknowledge(FormShape):
    """The form beside one notice, or below a group of them."""

    notice_id = fields.List(fields.Integer(), required=True, validate=Length(min=1))


@dataclass(frozen=True)
class Group:
    """Notices of one kind, newest first; `count` of them are unread, of which these are shown."""

    title: LazyString
    count: int
    told: list[tuple[Notice, str]]


@pages.get("/")
def show() -> Response:
    """What is to be done, all of it or the queue asked for, oldest first; what couriers left; notices."""
    with look() as session:
        queues = boards.waiting(session, me(), now())
        if locale() == "en":
            queues = _in_english(session, queues)
        queues = _with_reports_named(session, queues)
        groups = _grouped(notices_of(session, me()), unread_of(session, me()))
    chosen = next((queue.key for queue in queues if queue.key == request.args.get("queue")), "")
    rows = _rows(queue for queue in queues if chosen in ("", queue.key))
    shown = rows if request.args.get("all") == "yes" else rows[:SHOWN]
    english = locale() == "en"
    return page(
        "workbench.html",
        fragment="_workbench.html",
        queues=queues,
        names={queue.key: queue.title_en if english else queue.title_zh for queue in queues},
        chosen=chosen,
        rows=shown,
        left=len(rows) - len(shown),
        groups=groups,
        unread=sum(group.count for group in groups),
        late=sum(item.late for queue in queues for item in queue.items),
        waiting=sum(len(queue.items) for queue in queues),
        uncollected=uncollected(),
        lateness=lateness.sentence,
    )


def _rows(queues: Iterable[Queue]) -> list[tuple[Queue, Item]]:
    """What is to be done, late first, then what has waited longest."""
    rows = [(queue, item) for queue in queues for item in queue.items]
    return sorted(rows, key=lambda row: (not row[1].late, row[1].since))


@pages.post("/notices/acknowledge")
def acknowledge() -> AnyResponse:
    """These notices are read; the workbench without them."""
    form = read(Acknowledge)
    notices.acknowledge_all(world(), me(), form["notice_id"], command_id=form["command_id"])
    return redirect(url_for("workbench.show"), 303)


def _in_english(session: Session, queues: list[boards.Queue]) -> list[boards.Queue]:
    """Differences, and why a call waits for somebody, are noted in Chinese: the same in English."""
    said = {
        (one.dossier_no, one.row.note): difference_words(one.row.kind.value, one.row.key, one.row.note, one.original)
        for one in differences.open_ones(session)
    }

    def told(item: boards.Item) -> boards.Item:
        return replace(item, title=said.get((item.dossier_no, item.title), item.title))

    def waits(item: boards.Item) -> boards.Item:
        return replace(item, title=happened(item.title), quoted=False)

    retold = {"differences": told, "parked": waits}
    return [
        replace(queue, items=list(map(retold[queue.key], queue.items))) if queue.key in retold else queue
        for queue in queues
    ]


def _with_reports_named(session: Session, queues: list[boards.Queue]) -> list[boards.Queue]:
    """A report is told apart by what it is of: leg, period, what narrows it; one that was not made says so."""
    if not any(queue.key == boards.REPORTS for queue in queues):
        return queues
    names = figures.names(session)
    said = {f"/reports/{row.id}": reports.said_of(row, names) for row in report_orders.waiting_for(session, me())}

    def named(queue: Queue) -> Queue:
        return replace(queue, items=[replace(item, title=said.get(item.link, item.title)) for item in queue.items])

    return [named(queue) if queue.key == boards.REPORTS else queue for queue in queues]


def _grouped(told: list[tuple[Notice, str]], unread: dict[str, int]) -> list[Group]:
    found: dict[str, Group] = {}
    for kind, title in GROUPS.items():
        count = sum(n for said, n in unread.items() if (said if said in GROUPS else "") == kind)
        found[kind] = Group(title, count, [])
    for notice, no in told:
        found[notice.kind if notice.kind in GROUPS else ""].told.append((notice, no))
    return [group for group in found.values() if group.told]
