"""Make papers and open or send them: what an envelope and a dossier offer, and how often each was printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, url_for
from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _
from marshmallow import fields, validate

from logistics.errors import NotYours
from logistics.rules.photographs import KIND as PICTURE
from logistics.rules.printing import LABELS, MOST_COPIES, Counted, counted, stocks_for
from logistics.services import papers
from logistics.services.papers import Wanted, printing
from logistics.store import find
from logistics.store import printing as kept
from logistics.store.find import Whole
from logistics.tables import Consignment, Paper, Printer
from logistics.terms import HolderKind, Role, Stock
from logistics.web.forms import FormShape, read, said
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward

pages = Blueprint("papers", __name__)

# A PDF is shown by the browser's own viewer, which needs a frame and styles of its own; nothing else may load.
POLICY = "default-src 'none'; object-src 'self'; frame-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
DESK = (Role.WINDOW, Role.RECEIVER)

NAMES: dict[str, tuple[LazyString, LazyString]] = {
    "label": (lazy_gettext("面单"), lazy_gettext("贴在封套正面")),
    "slip": (lazy_gettext("交接单"), lazy_gettext("随封套走，双方签字")),
    "seal": (lazy_gettext("封签贴"), lazy_gettext("贴在封口上")),
    "stickers": (lazy_gettext("原件贴"), lazy_gettext("每件原件的护套一张")),
    "arrival": (lazy_gettext("签收回执"), lazy_gettext("告诉寄出单位收到了什么")),
    "notice": (lazy_gettext("差异通知单"), lazy_gettext("请对方在期限内答复")),
    "differences_slip": (lazy_gettext("差异登记单"), lazy_gettext("应收和实收逐件对照，双方签字")),
    "intake": (lazy_gettext("收件回执"), lazy_gettext("给申请人，写明收了哪些原件")),
    "cover": (lazy_gettext("专档封面"), lazy_gettext("专档第一页")),
    "internal_slip": (lazy_gettext("内部交接单"), lazy_gettext("最近一次移交科室的签字单")),
    "catalogue": (lazy_gettext("卷内文件目录"), lazy_gettext("办结前打印，逐件编页")),
    "remarks": (lazy_gettext("卷内备考表"), lazy_gettext("办结前打印，卷内最后一页")),
}
"""Every kind as people call it, and what it is for."""


@dataclass(frozen=True)
class Offer:
    """One kind of paper that can be made here. `made` are its copies with how often each was printed, in words."""

    kind: str
    words: str
    where: str
    made: Sequence[tuple[Paper, str]]
    printers: Sequence[Printer]


def _kinds(of: str) -> list[str]:
    return [kind for kind, how in papers.KINDS.items() if how.of == of]


class Wish(FormShape):
    """Where one more copy goes: to a printer by its id, or to nothing for the browser."""

    printer = fields.Integer(load_default=0)
    copies = fields.Integer(load_default=1, validate=validate.Range(1, MOST_COPIES))


class OfEnvelope(Wish):
    """Which paper of an envelope is wanted."""

    kind = fields.String(required=True, validate=validate.OneOf(_kinds("consignment")))


class OfDossier(Wish):
    """Which paper of a dossier is wanted."""

    kind = fields.String(required=True, validate=validate.OneOf(_kinds("dossier")))


@pages.post("/consignments/<no>/papers")
@for_roles(*DESK)
def make(no: str) -> Response:
    """The envelope's paper is made, or was by this very form; it opens, or is on its way to the printer."""
    return _made(read(OfEnvelope), no, url_for("envelope.show", no=no))


@pages.post("/dossiers/<no>/papers")
@for_roles(*DESK)
def make_of_dossier(no: str) -> Response:
    """The dossier's paper is made, or was by this very form; it opens, or is on its way to the printer."""
    return _made(read(OfDossier), no, url_for("dossiers.show", no=no))


@pages.post("/dossiers/<no>/cover")
@for_roles(*DESK)
def make_cover(no: str) -> Response:
    """The dossier's first page is made, or was by this very form; it opens."""
    made = papers.make_paper(world(), me(), read(FormShape)["command_id"], "cover", no, to_print=True)
    return onward(url_for("papers.open_pdf", no=made["paper"]))


def _made(form: dict[str, Any], no: str, back: str) -> Response:
    if form["printer"]:
        wanted = [Wanted(no, form["kind"])]
        printing.send(world(), me(), form["command_id"], form["printer"], wanted, form["copies"])
        said(_("已排队，几秒后送到打印机。"))
        return onward(back)
    size = _label_size() if form["kind"] == "label" else None
    made = papers.make_paper(world(), me(), form["command_id"], form["kind"], no, stock=size, to_print=True)
    return onward(url_for("papers.open_pdf", no=made["paper"]))


@pages.get("/papers/<no>.pdf")
def open_pdf(no: str) -> Response:
    """The paper's own bytes, shown in the browser; its digest is the entity tag. Not kept in any cache."""
    row, content = papers.fetch(world(), me(), no)
    if row.kind == PICTURE:
        return onward(url_for("pictures.whole_picture", no=no))
    if row.media_type != papers.PDF:
        raise NotYours("单据", "paper")
    answer = pdf(content, row.no)
    answer.set_etag(row.sha256)
    return answer


@pages.get("/dossiers/<no>/guide.pdf")
def guide(no: str) -> Response:
    """The handbook page of the dossier's item under its agreement, as things stand now."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
    return pdf(papers.guide(world(), me(), whole.agreement.no, whole.item.code), whole.item.code)


def pdf(content: bytes, name: str) -> Response:
    """PDF bytes for the browser's viewer, under a policy of their own, kept in no cache."""
    answer = make_response(content)
    answer.headers["Content-Type"] = papers.PDF
    answer.headers["Content-Disposition"] = f'inline; filename="{name if name.isascii() else "papers"}.pdf"'
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def offers(whole: Whole, consignment: Consignment | None, kinds: Sequence[str]) -> list[Offer]:
    """These kinds as the page offers them; none after the dossier is closed but those that are there."""
    with look() as session:
        mine = kept.printers(session, [me().agency_id or 0], active=True)
    told = counted(whole.entries)
    found, of = [], consignment.id if consignment is not None else None
    for kind in kinds:
        made = [row for row in whole.papers if (row.kind, row.consignment_id) == (kind, of)]
        fitting = [one for one in mine if one.stock in stocks_for(kind)]
        copies = [(row, _times(told.get(row.no, Counted()))) for row in made]
        found.append(Offer(kind, str(NAMES[kind][0]), str(NAMES[kind][1]), copies, fitting))
    return [one for one in found if one.made or whole.dossier.closed_at is None]


def may_print(whole: Whole) -> bool:
    """Whether the reader makes papers of this dossier: the desks of its two agencies, until it is closed."""
    party = me().agency_id in (whole.sender.id, whole.receiver.id)
    return party and bool(me().roles.intersection(DESK)) and whole.dossier.closed_at is None


def found_here(whole: Whole, consignment: Consignment) -> list[str]:
    """What the side that opened the envelope prints about it; a notice only while something differs."""
    if consignment.to_agency_id != me().agency_id:
        return []
    differs = any(row.consignment_id == consignment.id and row.settled_at is None for row in whole.discrepancies)
    told = any(row.kind == "notice" and row.consignment_id == consignment.id for row in whole.papers)
    return ["arrival", *(["notice"] if differs or told else []), "differences_slip"]


def of_dossier(whole: Whole) -> list[str]:
    """What is printed of the dossier itself, by the reader's side and by how far it is."""
    mine = me().agency_id == whole.sender.id
    inside = any(
        link.from_agency_id == link.to_agency_id == me().agency_id
        and HolderKind.DEPARTMENT in (link.from_kind, link.to_kind)
        for link in whole.custody
    )
    kinds = ["intake"] if mine and whole.originals else []
    kinds += ["internal_slip"] if inside else []
    return kinds + (["cover", "catalogue", "remarks"] if whole.originals else [])


def _times(told: Counted) -> str:
    """How often, in words. A browser says only that it was opened."""
    sent = ngettext("打印机 %(num)s 张", "打印机 %(num)s 张", told.sent) if told.sent else ""
    opened = ngettext("打开打印 %(num)s 次", "打开打印 %(num)s 次", told.opened) if told.opened else ""
    return str(_("、")).join(filter(None, (sent, opened)))


def _label_size() -> Stock | None:
    """The size of the labels in this agency's own printers."""
    with look() as session:
        held = [one.stock for one in kept.printers(session, [me().agency_id or 0], active=True) if one.stock in LABELS]
    return held[0] if held else None
