"""The print station: what waits to be printed, all of it in one go, and what became of each job."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from marshmallow import fields

from logistics.errors import Malformed
from logistics.rules.printing import LABELS, stocks_for
from logistics.services import papers
from logistics.services.papers import Wanted, printing
from logistics.store import printing as kept
from logistics.store.printing import Job, Waiting
from logistics.tables import Printer
from logistics.terms import Role, Stock
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.navigation import Entry
from logistics.web.page import page, wants_fragment
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.onward import onward
from logistics.web.window.papers import pdf

pages = Blueprint("printing", __name__)
DESK = (Role.WINDOW, Role.RECEIVER)
ENTRIES = [Entry("printing.station", lazy_gettext("打印"), frozenset(DESK), place=27)]
SHOWN = timedelta(hours=12)  # finished jobs stand in the queue so long
BROWSER = "browser"
FAMILIES: dict[str, tuple[Stock, ...]] = {
    "label": LABELS,
    "seal": (Stock.SEAL,),
    "stickers": (Stock.STICKER,),
    "sheet": (Stock.SHEET,),
}
"""Papers that come out of one printer together."""


@dataclass(frozen=True)
class Group:
    """One family with what waits for it and the printers that hold its paper."""

    family: str
    rows: list[Waiting]
    printers: list[Printer]


class Printing(FormShape):
    """What is ticked (`kind:number`), and for each family a printer's id or the browser."""

    wanted = fields.List(fields.String(), load_default=[])
    to_label = fields.String(load_default=BROWSER)
    to_seal = fields.String(load_default=BROWSER)
    to_stickers = fields.String(load_default=BROWSER)
    to_sheet = fields.String(load_default=BROWSER)


@pages.get("/print")
@for_roles(*DESK)
def station() -> Response:
    """What waits, by what it is printed on; the queue; after a click for the browser, the way to its PDF."""
    agency_id = me().agency_id or 0
    with look() as session:
        printers = list(kept.printers(session, [agency_id], active=True))
        waiting = kept.waiting(session, agency_id, {one.stock for one in printers}, now())
        jobs = kept.jobs(session, agency_id, now() - SHOWN)
    ready = request.args.getlist("no")
    return page(
        "printing/station.html",
        groups=_groups(waiting, printers),
        pressing=sum(1 for one in waiting if one.pressing),
        ready=ready,
        ready_address=url_for("printing.sheets", no=ready) if ready else "",
        **_queue(jobs),
    )


@pages.get("/print/queue")
@for_roles(*DESK)
def queue() -> Response | tuple[str, int]:
    """The queue alone, for a page that looks again; nothing when it stands as the page shows it."""
    with look() as session:
        jobs = kept.jobs(session, me().agency_id or 0, now() - SHOWN)
    told = _queue(jobs)
    if request.args.get("seen") == told["moment"] and wants_fragment():
        return "", 204
    return page("printing/_queue.html", **told)


@pages.post("/print")
@for_roles(*DESK)
@redraws(station)
def print_all() -> Response:
    """Everything ticked is made; what has a printer is on its way to it, the rest is ready for the browser."""
    form = read(Printing)
    chosen = [_wanted(one) for one in form["wanted"]]
    if not chosen:
        raise Malformed(
            "还没有打印：请至少选一份单据。",
            "Nothing printed: tick at least one paper.",
            {"wanted": [here(_("请选择。"))]},
        )
    ready: list[str] = []
    sent = 0
    for family in FAMILIES:
        mine = [one for one in chosen if family_of(one.kind) == family]
        to = form[f"to_{family}"]
        command = f"{form['command_id']}:{family}"
        if mine and to == BROWSER:
            ready += papers.open_for_print(world(), me(), command, mine, label_size())["papers"]
        elif mine:
            sent += len(printing.send(world(), me(), command, _id(to), mine)["jobs"])
    if sent:
        said(ngettext("%(num)s 份已排队，几秒后送到打印机。", "%(num)s 份已排队，几秒后送到打印机。", sent))
    return onward(url_for("printing.station", no=ready))


@pages.get("/print/sheets.pdf")
@for_roles(*DESK)
def sheets() -> Response:
    """These papers in one PDF, for the browser's own printing."""
    return pdf(papers.together(world(), me(), request.args.getlist("no")), _("单据"))


@pages.post("/print/jobs/<int:print_job_id>/retry")
@for_roles(*DESK)
@redraws(lambda print_job_id: station())  # noqa: ARG005 - the page is the desk's
def retry(print_job_id: int) -> Response:
    """The job that waits for a person is sent again."""
    printing.retry(world(), me(), read(FormShape)["command_id"], print_job_id)
    said(_("再送一次，几秒后看结果。"))
    return onward(url_for("printing.station"))


@pages.post("/print/jobs/<int:print_job_id>/drop")
@for_roles(*DESK)
@redraws(lambda print_job_id: station())  # noqa: ARG005 - the page is the desk's
def drop(print_job_id: int) -> Response:
    """The job is not sent any more."""
    printing.drop(world(), me(), read(FormShape)["command_id"], print_job_id)
    said(_("已放弃这份。要打时请从寄递件的页面再打一份。"))
    return onward(url_for("printing.station"))


def family_of(kind: str) -> str:
    """Which printers a kind of paper comes out of."""
    return next(family for family, stocks in FAMILIES.items() if stocks_for(kind)[0] in stocks)


def label_size() -> Stock:
    """The size of the labels that this agency's own printers hold; the usual one where it has none."""
    with look() as session:
        held = [one.stock for one in kept.printers(session, [me().agency_id or 0], active=True) if one.stock in LABELS]
    return held[0] if held else Stock.LABEL


def _groups(waiting: Sequence[Waiting], printers: Sequence[Printer]) -> list[Group]:
    found = [
        Group(
            family,
            [one for one in waiting if family_of(one.kind) == family],
            [one for one in printers if one.stock in stocks],
        )
        for family, stocks in FAMILIES.items()
    ]
    return [group for group in found if group.rows]


def _queue(jobs: Sequence[Job]) -> dict[str, Any]:
    """The queue, whether it still moves, and what a page must know to see that it is out of date."""
    told = "".join(f"{job.row.id}{job.state}{job.errand.failures if job.errand else ''};" for job in jobs)
    return {
        "jobs": jobs,
        "moving": any(job.state in ("waiting", "retrying") for job in jobs),
        "moment": hashlib.sha256(told.encode()).hexdigest()[:16],
    }


def _wanted(text: str) -> Wanted:
    kind, _colon, subject = text.partition(":")
    return Wanted(subject, kind)


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
