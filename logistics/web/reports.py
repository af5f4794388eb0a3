"""Reports of figures: asked for from the one screen, made meanwhile, fetched as XLSX or PDF, made again to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from logistics.errors import Rejected
from logistics.report_terms import ReportState
from logistics.rules import reporting
from logistics.rules.deadlines import Leg
from logistics.rules.figures import Which
from logistics.rules.reporting import Difference
from logistics.rules.troubles import Kind
from logistics.services import reports as verbs
from logistics.services.reports.content import Words
from logistics.store import figures as store
from logistics.store import fixity
from logistics.store.files import FileAltered, FileLost
from logistics.tables import Report, ReportOrder
from logistics.web import asked as asking
from logistics.web import overview
from logistics.web.asked import Given, called_by, length
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws
from logistics.web.language import locale
from logistics.web.naming import courier_name
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world

ENDINGS = ("xlsx", "pdf")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages = Blueprint("reports", __name__)

MEASURES = {
    "started": lazy_gettext("起算的"),
    "closed": lazy_gettext("已了"),
    "open": lazy_gettext("未了"),
    "late": lazy_gettext("仍超时"),
    "waived": lazy_gettext("豁免"),
    "odd": lazy_gettext("时刻颠倒"),
    "kept": lazy_gettext("按时"),
    "missed": lazy_gettext("超时"),
    "decided": lazy_gettext("已有结果的"),
    "total": lazy_gettext("用时合计"),
    "median": lazy_gettext("中位数"),
    "p80": lazy_gettext("八成不超过"),
    "p95": lazy_gettext("九成五不超过"),
    "share": lazy_gettext("按时率"),
    "low": lazy_gettext("区间下限"),
    "high": lazy_gettext("区间上限"),
}


@pages.post("/reports")
@for_roles(*overview.MANAGERS)
@redraws(overview.show)
def make() -> Response:
    """The report of the figures that the address asks for is owed; its page shows how far it is."""
    given, form = asking.given(), read(FormShape)
    with look() as session:
        narrowed = asking.said(given, store.names(session))
    done = verbs.order(world(), me(), form["command_id"], given.asked, given.step, _words(narrowed))
    return _to(url_for("reports.show", report_id=done["report"]))


@pages.get("/reports")
@for_roles(*overview.MANAGERS)
def every() -> Response:
    """The reports of my agencies, newest first, those under way before them."""
    with look() as session:
        rows, orders, names = verbs.kept(session), verbs.under_way(session), store.names(session)
    said = {"about": lambda one: about(one.asked, names), "called": called_by(names)}
    return page("manager/reports.html", rows=rows, orders=orders, **said, **_helps())


@pages.get("/reports/<int:report_id>")
@for_roles(*overview.MANAGERS)
def show(report_id: int) -> Response:
    """One report, or how far it is; asked to (`?again=yes`), made again and compared."""
    with look() as session:
        order = verbs.ordered(session, report_id)
        made = order is None or order.state is ReportState.MADE
        report = verbs.one(session, report_id) if made else None
        names = store.names(session)
        again = verbs.again(session, me(), report, now()) if report and request.args.get("again") == "yes" else None
        files = fixity.of_report(session, report) if report else {}
    if order is not None and order.ended_at and not order.seen_at and order.ordered_by == me().officer_id:
        verbs.saw(world(), me(), report_id)
    of = report or order
    assert of is not None
    given, called = Given(*reporting.read(of.asked)), called_by(names)
    return page(
        "manager/report.html",
        fragment="manager/_report.html",
        title=reporting.number(report.as_of if report else order.ordered_at if order else now(), report_id),
        report=report,
        order=order,
        fault=order.fault.get("en" if locale() == "en" else "zh", "") if order else "",
        given=given,
        about=asking.said(given, names),
        again=again,
        files=[(ending, files.get(ending)) for ending in ENDINGS],
        told=_shown(again.differs, called) if again else [],
        later=_shown(again.later, called) if again else [],
        **_helps(),
    )


MOST_SHOWN = 100


def _shown(found: Sequence[Difference], called: Any) -> list[tuple[str, str, str]]:
    return [(words_of(one, called), _value(one, one.before), _value(one, one.after)) for one in found[:MOST_SHOWN]]


@pages.get("/reports/<int:report_id>.<ending>")
@for_roles(*overview.MANAGERS)
def file(report_id: int, ending: str) -> Response:
    """The report's XLSX or PDF, the bytes that were made then."""
    if ending not in ENDINGS:
        abort(404)
    with look() as session:
        report = verbs.one(session, report_id)
    sha256 = report.sheet_sha256 if ending == "xlsx" else report.paper_sha256
    answer = Response(_content(sha256), content_type=SHEET if ending == "xlsx" else "application/pdf")
    how = "attachment" if ending == "xlsx" else "inline"
    answer.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(number_of(report))}.{ending}"
    return answer


def _content(sha256: str) -> bytes:
    try:
        return world().files.get(sha256)
    except (FileLost, FileAltered):
        raise Rejected(
            "这份文件读不出来或被改动过，没有打开。请系统管理人员从备份放回；数字在页面上可以重新计算。",
            "This file cannot be read, or was altered, and was not opened. Ask your administrator to put it back from "
            "a backup; the figures can be made again on the report's page.",
            "file_unsound",
        ) from None


def about(asked: Mapping[str, Any], names: store.Names) -> str:
    """Which figures a report is of, in words: the leg that is measured, the days, what else narrows it."""
    of = Given(*reporting.read(asked))
    of_leg, days = of.asked.measured, f"{asking.day(of.asked.since)}–{asking.day(of.asked.until)}"
    else_narrowed = asking.said(replace(of, asked=replace(of.asked, leg="")), names)
    return " · ".join(filter(None, [leg_name(of_leg), days, else_narrowed]))


def said_of(order: ReportOrder, names: store.Names) -> str:
    """The report that was asked for in one line; that nothing came of it before all."""
    failed = str(_("没有做成")) if order.state is ReportState.FAILED else ""
    return " · ".join(filter(None, [failed, about(order.asked, names)]))


def number_of(report: Report) -> str:
    """The report's number."""
    return reporting.number(report.as_of, report.id or 0)


def _words(narrowed: str) -> Words:
    return Words(
        language="en" if locale() == "en" else "zh",
        legs={leg.value: leg_name(leg.value) for leg in Leg},
        couriers={code: courier_name(code) for code in world().couriers},
        sides={side: str(words) for side, words in overview.SIDES.items()},
        kinds={kind: str(words) for kind, (words, _state) in overview.KINDS.items()},
        outcomes={outcome.value: str(words) for outcome, (_state, words) in overview.OUTCOMES.items()},
        narrowed=narrowed or str(_("全部")),
    )


def words_of(one: Difference, called: Any) -> str:
    """The place of a figure in words: 咸宁 → 芙蓉 · 中位数."""
    section, *rest = one.place.split("/")
    if section == "now":
        return str(overview.KINDS[Kind(rest[0])][0])
    if section == "allowed":
        return str(_("时限（中位）"))
    return " · ".join([*(_part(section, part, called) for part in rest[:-1]), str(MEASURES[rest[-1]])]).strip()


def _part(section: str, part: str, called: Any) -> str:
    if part in set(Leg):
        return leg_name(part)
    if section in ("lane", "cell"):
        return " → ".join(called(int(end)) for end in part.split("-"))
    if section == "bar":
        return "–".join(length(int(end)) for end in part.split("-"))
    return str(next((words for side, words in overview.SIDES.items() if side.value == part), part))


def _value(one: Difference, value: int | None) -> str:
    name = one.place.rpartition("/")[2]
    if value is None:
        return "—"
    if name in reporting.TIMES or name == "allowed":
        return length(value)
    return f"{value / 100:.2f}%" if name in reporting.SHARES else str(value)


def _helps() -> dict[str, Any]:
    return {"number_of": number_of, "number": reporting.number, "day": asking.day, "leg_name": leg_name, "which": Which}


def _to(address: str) -> Response:
    answer: AnyResponse = redirect(address, 303)
    assert isinstance(answer, Response)
    return answer
