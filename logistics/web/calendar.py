"""工作日历: a year as an agency works, with the source of every day off; a notice read in, listed, then confirmed."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.errors import Malformed
from logistics.rules import regions
from logistics.rules.workdays import CHINA, FIRST_DAY, LAST_DAY, CalendarError, Hours, china_date
from logistics.services import calendars as verbs
from logistics.store import announcements, calendars
from logistics.store.announcements import Announced
from logistics.tables import Agency
from logistics.terms import Role
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import agency_name, lane_ends
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.year import days_of, festival, hours_text, shown_hours, year_of

LONGEST = 40_000
"""A notice of the State Council has some 800 characters; a CSV of a year some 40 lines."""
REGION = lazy_gettext("请填写六位行政区划代码，例如 640000；全国的通知留空。")

pages = Blueprint("calendar", __name__)
pages.add_app_template_filter(festival, "festival")
pages.add_app_template_filter(hours_text, "hours")
ENTRIES = [Entry("calendar.show", lazy_gettext("工作日历"), place=66)]


class Drafting(FormShape):
    """A notice pasted or uploaded. `year`: which year a CSV settles; `region`: the region whose own days they are."""

    text = fields.String(validate=validate.Length(max=LONGEST))
    year = fields.Integer(validate=validate.Range(min=FIRST_DAY.year, max=LAST_DAY.year))
    region = fields.String(validate=validate.Regexp(r"[1-8]\d{5}", error=REGION))


class Closing(FormShape):
    """Days on which the reader's own agency closes or opens, a line each."""

    text = fields.String(required=True, validate=validate.Length(max=LONGEST))


@pages.get("/calendar")
def show() -> Response:
    """One year as the reader's agency works, and what was announced for it."""
    year = _year()
    with look() as session:
        agency = session.get_one(Agency, me().agency_id)
        calendar, states = calendars.in_force(session, agency), calendars.states(session)
        known = announcements.concerning(session, agency)
    return page(
        "calendar/show.html",
        shown=year_of(calendar, states, year, china_date(now())),
        today=china_date(now()),
        agency=agency_name(agency),
        version=calendar.version,
        hours=shown_hours(Hours.parse(agency.receiving_hours)),
        notice=calendar.notices.get(year),
        announced=[one for one in known if one.row.year == year or one.state in ("listing", "listed", "applying")],
        may_draft=_may_draft(agency),
        may_close=Role.ADMINISTRATOR in me().roles,
        region_name=_region_name,
        first=FIRST_DAY.year,
        last=LAST_DAY.year,
    )


@pages.get("/calendar/new")
@for_roles(Role.ADMINISTRATOR)
def drafting() -> Response:
    """Where a notice of the state, or a region's days, is read in."""
    with look() as session:
        if not _may_draft(session.get_one(Agency, me().agency_id)):
            abort(404)
    return page("calendar/draft.html")


@pages.post("/calendar/new")
@for_roles(Role.ADMINISTRATOR)
@redraws(drafting)
def draft() -> Response:
    """The notice was read and waits for its list; nothing has moved."""
    form = read(Drafting)
    text = _uploaded() or form.get("text", "")
    if not text.strip():
        raise _wrong(_("请粘贴通知全文，或选择文件。"))
    try:
        done = verbs.draft_states(world(), me(), form["command_id"], text, form.get("region", ""), form.get("year"))
    except CalendarError as why:
        raise _unreadable(why) from why
    return _to(url_for("calendar.announced", announcement=done["notice"]))


@pages.get("/calendar/closures")
@for_roles(Role.ADMINISTRATOR)
def closing() -> Response:
    """Where an agency announces its own days."""
    return page("calendar/closures.html")


@pages.post("/calendar/closures")
@for_roles(Role.ADMINISTRATOR)
@redraws(closing)
def close() -> Response:
    """The days were read and wait for their list; nothing has moved."""
    form = read(Closing)
    try:
        done = verbs.draft_own(world(), me(), form["command_id"], form["text"])
    except CalendarError as why:
        raise _unreadable(why) from why
    return _to(url_for("calendar.announced", announcement=done["notice"]))


@pages.get("/calendar/notices/<int:announcement>")
def announced(announcement: int) -> Response:
    """What was read, day by day, and every clock that it moves, or would."""
    given = request.args.get("after", "0")
    after = int(given) if given.isdecimal() and len(given) < 19 else abort(404)
    with look() as session:
        one = announcements.one(session, me().agencies, announcement)
        count = announcements.counted(session, announcement)
        rows = announcements.moves(session, announcement, after, announcements.PAGE + 1)
        may_settle = _may_settle(session, one)
    cut = rows[: announcements.PAGE]
    return page(
        "calendar/notice.html",
        fragment="calendar/_notice.html",
        one=one,
        row=one.row,
        days=days_of(one.row.days),
        count=count,
        moves=cut,
        following=cut[-1].move.deadline_id if len(rows) > len(cut) else None,
        may_settle=may_settle,
        region_name=_region_name,
        leg_name=leg_name,
        ends=lane_ends,
    )


@pages.post("/calendar/notices/<int:announcement>/confirm")
@for_roles(Role.ADMINISTRATOR)
@redraws(announced)
def confirm(announcement: int) -> Response:
    """The announcement is in force; the scheduler moves what it moves."""
    verbs.confirm(world(), me(), read(FormShape)["command_id"], announcement)
    said(_("已确认。新时限按它起算，未了的时限正在逐个重算，可以离开本页。"))
    return _to(url_for("calendar.announced", announcement=announcement))


@pages.post("/calendar/notices/<int:announcement>/withdraw")
@for_roles(Role.ADMINISTRATOR)
@redraws(announced)
def withdraw(announcement: int) -> Response:
    """The draft is put aside; nothing has moved."""
    verbs.withdraw(world(), me(), read(FormShape)["command_id"], announcement)
    said(_("已撤回，没有改动任何时限。"))
    return _to(url_for("calendar.show"))


def _to(address: str) -> Response:
    answer: AnyResponse = redirect(address, 303)
    assert isinstance(answer, Response)
    return answer


def _year() -> int:
    given = request.args.get("year", "")
    if not given:
        return now().astimezone(CHINA).year
    year = int(given) if given.isdecimal() and len(given) == 4 else 0
    return year if FIRST_DAY.year <= year <= LAST_DAY.year else abort(404)


def _may_draft(agency: Agency) -> bool:
    """Notices of the state are read in by the uppermost agency's administrator."""
    return Role.ADMINISTRATOR in me().roles and agency.parent_id is None


def _may_settle(session: Session, one: Announced) -> bool:
    if Role.ADMINISTRATOR not in me().roles:
        return False
    if one.row.agency_id is not None:
        return one.row.agency_id == me().agency_id
    return session.get_one(Agency, me().agency_id).parent_id is None


def _uploaded() -> str:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return ""
    try:
        return upload.stream.read(LONGEST * 4).decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise _wrong(_("这个文件不是 UTF-8 文本，没有读。请另存为 UTF-8 文本或 CSV，或把全文粘贴进来。")) from why


def _wrong(sentence: str) -> Malformed:
    return Malformed("没有保存。请看标红的地方。", "Not saved. See the marked place.", {"text": [here(sentence)]})


def _unreadable(why: CalendarError) -> Malformed:
    """What cannot be read stands at the field, with its line."""
    return _wrong(why.sentence(locale()))


def _region_name(code: str) -> str:
    return (regions.name_of(code, china_date(now())) or code) if code else str(_("全国"))
