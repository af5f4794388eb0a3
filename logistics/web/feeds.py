"""日历订阅: an officer's open deadlines for a calendar program (RFC 5545), behind an address that is a secret.

No name, number or document of an applicant stands in it: leg, dossier number, due moment and how it was reckoned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from icalendar import Calendar, Event
from werkzeug.wrappers import Response as AnyResponse

from logistics.services import feeds as verbs
from logistics.store import deadlines, feeds
from logistics.store.deadlines import Asked, Row, Shelf
from logistics.store.feeds import Moved
from logistics.web.dossier.reasons import clock_lines
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.naming import agency_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import look, me, now, open_to_all, world

MOST = 1000
"""So many deadlines stand in a feed at most, the most urgent first."""
PROGRAM = "-//Youdang//Deadlines//ZH"

pages = Blueprint("feeds", __name__)
ENTRIES = [Entry("feeds.show", lazy_gettext("日历订阅"), place=70)]


@pages.get("/feeds")
def show() -> Response:
    """Whether the reader has a feed, since when, and when it was last fetched; once after issuing, its address."""
    with look() as session:
        feed = feeds.live(session, me().officer_id)
    return page("feeds/show.html", feed=feed, address=g.get("feed_address", ""))


@pages.post("/feeds/issue")
@redraws(show)
def issue() -> Response:
    """A new address, shown on this page only; an earlier one is revoked."""
    secret = verbs.issue(world(), me(), read(FormShape)["command_id"])
    if secret is not None:
        g.feed_address = url_for("feeds.calendar", secret=secret, _external=True)
    return show()


@pages.post("/feeds/revoke")
@redraws(show)
def revoke() -> Response:
    """The address opens nothing any more."""
    verbs.revoke(world(), me(), read(FormShape)["command_id"])
    said(_("订阅地址已停用。日历程序里的旧日程不再更新，请把它从日历程序中删掉。"))
    answer: AnyResponse = redirect(url_for("feeds.show"), 303)
    assert isinstance(answer, Response)
    return answer


@pages.get("/feeds/<secret>.ics")
@open_to_all
def calendar(secret: str) -> Response:
    """The calendar of whoever that secret was given to; 404 for every other, 429 when fetched a moment ago."""
    try:
        actor = verbs.opened(world(), secret)
    except verbs.TooSoon as why:
        return _plain(why.zh, 429, {"Retry-After": str(int(verbs.REST.total_seconds()))})
    if actor is None:
        return _plain(_("没有这个订阅，或已停用。请在本系统的“日历订阅”里重新获取地址。"), 404, {})
    g.actor = actor  # who reads, from here on
    with look() as session:
        at = deadlines.horizon(session, actor, now())
        rows = deadlines.listed(session, actor, at, Asked("mine"), Shelf.ALL, limit=MOST).rows
        moved = feeds.moved(session, [row.deadline for row in rows])
    answer = make_response(written(rows, moved))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = "inline; filename=deadlines.ics"
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


def written(rows: Iterable[Row], moved: Mapping[tuple[int, str], Moved]) -> bytes:
    """The calendar's text: one event a deadline at its due moment, lines folded at 75 octets as RFC 5545 wants."""
    made = Calendar()
    made.add("prodid", PROGRAM)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _("邮档 时限"))
    made.add("x-wr-timezone", "Asia/Shanghai")
    made.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    for row in rows:
        made.add_component(_event(row, moved.get((row.deadline.dossier_id, row.deadline.key))))
    return bytes(made.to_ical())


def _event(row: Row, moved: Moved | None) -> Event:
    """The deadline as an event: the same uid for ever, a higher sequence each time it moved, no alarm of its own."""
    deadline, event = row.deadline, Event()
    changed = moved.at if moved else deadline.started_at
    event.add("uid", f"{row.dossier_no}-{row.id}@youdang")
    event.add("sequence", moved.times if moved else 0)
    event.add("dtstamp", changed.astimezone(UTC))
    event.add("last-modified", changed.astimezone(UTC))
    event.add("dtstart", deadline.due_at.astimezone(UTC))
    event.add("summary", _title(row))
    event.add("status", "TENTATIVE" if deadline.provisional or deadline.paused_at else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("url", url_for("life.show", deadline_id=row.id, _external=True))
    event.add("description", "\n".join(_description(row)))
    return event


def _title(row: Row) -> str:
    words = str(_("%(leg)s到期 %(no)s", leg=leg_name(row.deadline.leg), no=row.dossier_no))
    if row.deadline.paused_at:
        return str(_("（暂停）%(words)s", words=words))
    return str(_("（暂定）%(words)s", words=words)) if row.deadline.provisional else words


def _description(row: Row) -> list[str]:
    owner = _("责任单位：%(name)s", name=agency_name(row.owner))
    return [str(owner), *clock_lines(row.deadline.explanation)]


def _plain(sentence: str, status: int, headers: Mapping[str, Any]) -> Response:
    answer = make_response(f"{sentence}\n", status)
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers.extend(headers)
    return answer
