"""The archive's keeping: what is sealed and what waits and why, checks, files, holds and disposals decided by two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules import reporting
from logistics.rules.keeping import YEARS, disposal_obstacle
from logistics.services import disposal
from logistics.store import fixity, keeping, protecting, transfers
from logistics.store.keeping import LIMIT, Row, Wanted
from logistics.tables import LegalHold
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world

KEEPERS = (Role.MANAGER, Role.ADMINISTRATOR)
LONGEST = 500

pages = Blueprint("archive", __name__)
ENTRIES = [Entry("archive.overview", lazy_gettext("归档"), frozenset(KEEPERS), place=30, also=("batches",))]

RETENTIONS = {"Y": lazy_gettext("永久"), "D30": lazy_gettext("30 年"), "D10": lazy_gettext("10 年")}
WAITS = {
    "fonds_no": lazy_gettext("没有全宗号"),
    "unsigned": lazy_gettext("等检查点"),
    "sealing": lazy_gettext("正在封装"),
}


class Reason(FormShape):
    """An act with its reason."""

    reason = fields.String(required=True, validate=validate.Length(max=LONGEST))


class Typed(FormShape):
    """An act that wants words typed as they stand."""

    typed = fields.String(required=True)


@pages.get("/archive")
@for_roles(*KEEPERS)
def overview() -> Response:
    """What is sealed, what waits and why, which checks failed, how the files stand."""
    since = now() - timedelta(days=world().keeping.fixity_days)
    with look() as session:
        return page(
            "archive/overview.html",
            waiting=keeping.waiting(session, me().agencies),
            failing=keeping.failing(session),
            choices=keeping.choices(session),
            figures=fixity.figures(session, since),
            unsound=fixity.unsound(session),
            unsound_reports=fixity.unsound_reports(session),
            report_no=lambda one: reporting.number(one.as_of, one.id),
            proposals=protecting.proposals(session),
            holds=protecting.holds(session),
            batches=transfers.every(session, 5),
            days=world().keeping.fixity_days,
            waits=WAITS,
            **words(),
        )


@pages.get("/archive/packages")
@for_roles(*KEEPERS)
def packages() -> Response:
    """Sealed packages, narrowed by agency, year, retention or numbers."""
    wanted = asked()
    with look() as session:
        rows = keeping.packages(session, wanted)
        narrow = keeping.choices(session)
    return page("archive/packages.html", rows=rows, wanted=wanted, narrow=narrow, limit=LIMIT, **words())


@pages.get("/archive/packages/<no>")
@for_roles(*KEEPERS)
def package(no: str) -> Response:
    """One package: what it is, its checks, and what two people may decide about it."""
    with look() as session:
        row = keeping.package_of(session, no)
        history = protecting.history(session, row.package.dossier_id)
        checks = protecting.checks(session, row.package.dossier_id)
        people = [*_people(row), *(one for old in history for one in _holders(old))]
        names = transfers.names_of(session, people)
    return page(
        "archive/package.html",
        row=row,
        obstacle=disposal_obstacle(row.kept, now()),
        may_keep=row.package.agency_id in me().agencies,
        history=history,
        checks=checks,
        name=lambda officer: names.get(officer, ""),
        **words(),
    )


def _people(row: Row) -> list[int | None]:
    found = row.disposal
    return [*(_holders(row.hold) if row.hold else []), *([found.proposed_by, found.approved_by] if found else [])]


def _holders(hold: LegalHold) -> list[int | None]:
    return [hold.set_by, hold.confirmed_by, hold.lift_asked_by, hold.lifted_by]


@pages.post("/archive/packages/<no>/hold")
@for_roles(*KEEPERS)
@redraws(package)
def set_hold(no: str) -> Response:
    """The package is protected from now on."""
    form = read(Reason)
    disposal.set_hold(world(), me(), form["command_id"], no, form["reason"])
    said(_("已保全，从现在起不能处置。请另一人确认。"))
    return _back(no)


@pages.post("/archive/packages/<no>/hold/confirm")
@for_roles(*KEEPERS)
@redraws(package)
def confirm_hold(no: str) -> Response:
    """A second person stands behind the hold."""
    disposal.confirm_hold(world(), me(), read(FormShape)["command_id"], no)
    said(_("已确认保全。"))
    return _back(no)


@pages.post("/archive/packages/<no>/hold/ask")
@for_roles(*KEEPERS)
@redraws(package)
def ask_lift(no: str) -> Response:
    """Somebody wants the hold lifted."""
    form = read(Reason)
    disposal.ask_lift(world(), me(), form["command_id"], no, form["reason"])
    said(_("已申请解除。另一人办理之前，保全照旧有效。"))
    return _back(no)


@pages.post("/archive/packages/<no>/hold/lift")
@for_roles(*KEEPERS)
@redraws(package)
def lift(no: str) -> Response:
    """The hold is lifted by another."""
    disposal.lift(world(), me(), read(FormShape)["command_id"], no)
    said(_("已解除保全。"))
    return _back(no)


@pages.post("/archive/packages/<no>/disposal")
@for_roles(*KEEPERS)
@redraws(package)
def propose(no: str) -> Response:
    """The package is proposed for disposal."""
    form = read(Reason)
    disposal.propose(world(), me(), form["command_id"], no, form["reason"])
    said(_("已提出处置，等另一人批准。"))
    return _back(no)


@pages.post("/archive/packages/<no>/disposal/approve")
@for_roles(*KEEPERS)
@redraws(package)
def approve(no: str) -> Response:
    """Another person approves."""
    form = read(Typed)
    disposal.approve(world(), me(), form["command_id"], no, form["typed"])
    said(_("已批准。几分钟内删除文件；留痕、摘要和档号永远保留。"))
    return _back(no)


@pages.post("/archive/packages/<no>/disposal/refuse")
@for_roles(*KEEPERS)
@redraws(package)
def refuse(no: str) -> Response:
    """The proposal is turned down."""
    form = read(Reason)
    disposal.refuse(world(), me(), form["command_id"], no, form["reason"])
    said(_("没有批准，包继续保管。"))
    return _back(no)


@pages.get("/archive/holds")
@for_roles(*KEEPERS)
def holds() -> Response:
    """Holds in force."""
    with look() as session:
        return page("archive/holds.html", rows=protecting.holds(session), **words())


@pages.get("/archive/disposals")
@for_roles(*KEEPERS)
def disposals() -> Response:
    """What waits for approval, what could be proposed, what is gone and how it remains provable."""
    with look() as session:
        return page(
            "archive/disposals.html",
            proposals=protecting.proposals(session),
            ripe=protecting.ripe(session, now()),
            done=protecting.done(session),
            **words(),
        )


def asked() -> Wanted:
    """The narrowing in the address; what cannot be read there is left out."""
    given = {name: request.args.get(name, "").strip() for name in ("agency", "year", "retention", "numbers")}
    return Wanted(
        int(given["agency"]) if given["agency"].isdecimal() else None,
        int(given["year"]) if given["year"].isdecimal() and len(given["year"]) == 4 else None,
        given["retention"] if given["retention"] in YEARS else "",
        frozenset(given["numbers"].split()),
    )


def words() -> dict[str, Any]:
    """What the templates say things with."""
    return {
        "retention": lambda code: RETENTIONS.get(code, "—"),
        "agency": lambda zh, en: en if locale() == "en" else zh,
        "why": lambda pair: pair[1] if locale() == "en" else pair[0],
        "me_id": me().officer_id,
    }


def _back(no: str) -> Response:
    answer: AnyResponse = redirect(url_for("archive.package", no=no), 303)
    assert isinstance(answer, Response)
    return answer
