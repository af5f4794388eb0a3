"""时限: running clocks (late, due today, soon, paused) of an officer, an agency, a region; and one clock's waiver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules import regions
from logistics.rules.workdays import china_date
from logistics.services import deadlines as verbs
from logistics.store import deadlines
from logistics.store.deadlines import Asked, Row, Shelf
from logistics.store.lanes import Wanted
from logistics.terms import Role
from logistics.web import figures, lateness
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import agency_name, courier_name, lane_ends, lane_of
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.sheets import csv_answer
from logistics.web.times import BEIJING
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.words import word

READERS = (Role.WINDOW, Role.RECEIVER, Role.MANAGER, Role.ADMINISTRATOR)
WHOSE = ("mine", "agency", "all")
LONGEST_FILE = 10_000
"""A file holds so many rows at most: more is no list for a spreadsheet but a report."""

pages = Blueprint("deadlines", __name__)
ENTRIES = [Entry("deadlines.show", lazy_gettext("时限"), frozenset(READERS), place=28, also=("life", "manager"))]


class Waive(FormShape):
    """The form that waives one deadline."""

    reason = fields.String(required=True)


@pages.get("/deadlines")
@for_roles(*READERS)
def show() -> Response:
    """The running clocks of one list, the most urgent first; narrowed by whose, region, lane, leg, agency."""
    with look() as session:
        asked, given = _asked(session), _given()
        strip = figures.of_reader(session, asked, {name: value for name, value in given.items() if name != "after"})
        at, shelf = deadlines.horizon(session, me(), now()), _shelf(strip)
        found = deadlines.listed(session, me(), at, asked, shelf, _after())
        choices = deadlines.choices(session, me(), at, asked, shelf)
        codes = deadlines.region_codes(session, me())
    return page(
        "deadlines/show.html",
        figures=strip,
        shelf=shelf,
        number=next(one.number for one in strip if one.key == shelf.value),
        rows=found.rows,
        until=at.until,
        whose=asked.whose,
        given={**given, "shelf": shelf.value},
        narrow=_narrow(choices, codes),
        narrowed=bool(set(given) & {"region", "lane", "leg", "agency"}),
        following=_following(found.after),
        **WORDS,
    )


@pages.get("/deadlines.csv")
@for_roles(*READERS)
def file() -> Response:
    """The rows of the list, its further pages too, as a file."""
    with look() as session:
        asked, at = _asked(session), deadlines.horizon(session, me(), now())
        shelf = _shelf(figures.of_reader(session, asked))
        rows = deadlines.listed(session, me(), at, asked, shelf, limit=LONGEST_FILE).rows
    header = (
        _("专档"), _("环节"), _("状态"), _("超时工作日"), _("应于"), _("日历暂定"), _("寄出单位"), _("收件单位"),
        _("责任单位"), _("经办人"), _("快递"), _("阶段"), _("失联"), _("可能超时"), _("原件保管人"), _("先到期的环节"),
    )  # fmt: skip
    name = f"{_('时限')}-{figures.SHELVES[shelf][0]}" + now().astimezone(BEIJING).strftime("-%Y%m%d-%H%M.csv")
    return csv_answer(name, header, map(_csv_row, rows))


def _csv_row(row: Row) -> Sequence[object]:
    deadline, yes = row.deadline, {True: _("是"), False: _("否")}
    due = deadline.due_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    late = row.reading.days if lateness.state_of(row.reading) == "late" else ""
    at_risk = row.foretold is not None and row.foretold.at_risk
    return (
        row.dossier_no, leg_name(deadline.leg), lateness.sentence(row.reading), late, due, yes[deadline.provisional],
        *lane_ends(row.route), agency_name(row.owner), row.officer, courier_name(row.courier),
        word(row.stage, locale()) if row.stage else "", yes[row.silent], yes[at_risk], row.holder,
        leg_name(row.next.leg) if row.next else "",
    )  # fmt: skip


@pages.get("/deadlines/<int:deadline_id>/waive")
@for_roles(Role.MANAGER)
def waiving(deadline_id: int) -> Response:
    """One running clock, and the reason why it need not be kept."""
    with look() as session:
        row = deadlines.one(session, now(), deadline_id)
    if row.deadline.met_at is not None or row.deadline.waived_at is not None:
        abort(404)
    return page("deadlines/waive.html", row=row, **WORDS)


@pages.post("/deadlines/<int:deadline_id>/waive")
@for_roles(Role.MANAGER)
@redraws(waiving)
def waive(deadline_id: int) -> Response:
    """The clock is waived with this manager's name and reason."""
    form = read(Waive)
    with look() as session:
        row = deadlines.one(session, now(), deadline_id)
    verbs.waive(world(), me(), form["command_id"], row.dossier_no, deadline_id, form["reason"])
    leg = leg_name(row.deadline.leg)
    said(_("已豁免：专档 %(no)s「%(leg)s」。您的姓名和原因已留痕。", no=row.dossier_no, leg=leg))
    answer: AnyResponse = redirect(url_for("deadlines.show"), 303)
    assert isinstance(answer, Response)
    return answer


def may_waive(row: Row) -> bool:
    """Whether this reader may waive the clock."""
    runs = row.deadline.met_at is None and row.deadline.waived_at is None
    return runs and Role.MANAGER in me().roles and row.owner.id in me().agencies


def _given() -> dict[str, str]:
    names = ("shelf", "whose", "region", "lane", "leg", "agency", "after")
    return {name: value for name in names if (value := request.args.get(name, "").strip())}


def _asked(session: Session) -> Asked:
    """What the address asks for; what cannot be read there, or is not the reader's to ask, is no page of ours."""
    given = _given()
    whose = given.get("whose", figures.home())
    region = given.get("region", "")
    if whose not in WHOSE or (region and region not in deadlines.region_codes(session, me())):
        abort(404)
    agency = given.get("agency", "")
    if agency and not (agency.isdecimal() and len(agency) < 19):
        abort(404)
    lane = (lane_of(given["lane"]) or abort(404)) if "lane" in given else None
    wanted = Wanted(lane, given.get("leg", ""), int(agency) if agency else None)
    return Asked(region or whose, wanted)


def _shelf(strip: Sequence[figures.Figure]) -> Shelf:
    """The list the address names; without a name the first of late, today and soon with something in it, else all."""
    name = request.args.get("shelf", "")
    if name:
        return Shelf(name) if name in set(Shelf) else abort(404)
    urgent = (one.key for one in strip if one.number and one.key in (Shelf.LATE, Shelf.TODAY, Shelf.SOON))
    return Shelf(next(urgent, Shelf.ALL))


def _after() -> tuple[datetime, int] | None:
    """Behind which row the page begins: the due moment in microseconds, and the id."""
    given = request.args.get("after", "")
    if not given:
        return None
    due, _dash, key = given.partition("-")
    if not (due.isdecimal() and key.isdecimal() and len(due) < 18 and len(key) < 19):
        abort(404)
    return datetime.fromtimestamp(int(due) / 1_000_000, UTC), int(key)


def _following(after: tuple[datetime, int] | None) -> str:
    if after is None:
        return ""
    given: dict[str, Any] = {**_given(), "after": f"{round(after[0].timestamp() * 1_000_000)}-{after[1]}"}
    return url_for("deadlines.show", **given)


def _narrow(found: deadlines.Choices, codes: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to: only what is in it, and the regions the reader answers for."""
    day = china_date(now())
    return {
        "region": [(code, regions.name_of(code, day) or code) for code in codes],
        "lane": sorted({(lane.key, " → ".join(lane_ends(lane))) for lane in found.lanes}, key=lambda pair: pair[1]),
        "leg": sorted({(leg, leg_name(leg)) for leg in found.legs}, key=lambda pair: pair[1]),
        "agency": sorted(
            {(str(one.id), one.name_en if locale() == "en" else one.name) for one in found.owners},
            key=lambda pair: pair[1],
        ),
    }


WORDS: dict[str, Any] = {
    "leg_name": leg_name,
    "ends": lane_ends,
    "courier": courier_name,
    "agency_name": agency_name,
    "state_of": lateness.state_of,
    "sentence": lateness.sentence,
    "may_waive": may_waive,
}
