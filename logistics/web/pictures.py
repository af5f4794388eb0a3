"""Pictures of originals: look at them, add photos or scans, withdraw a bad one. `_pictures.html` shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import fields

from logistics.errors import Malformed, Said
from logistics.rules.photographs import FIELD, MEGABYTE, PDF
from logistics.services import pictures
from logistics.services.pictures import File
from logistics.store import find
from logistics.store.find import Whole
from logistics.tables import Original, Paper, Picture
from logistics.terms import HolderKind, PictureOf, Role, Stage
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.headers import allow_camera
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.envelopes import at_hand
from logistics.web.window.onward import onward

pages = Blueprint("pictures", __name__)
DESK = (Role.WINDOW, Role.RECEIVER)
FORM = 100_000  # bytes of a request that are not the picture's

# The browser's own viewer shows a PDF; nothing else may load, and nothing may run.
POLICY = "default-src 'none'; img-src 'self'; object-src 'self'; frame-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"  # noqa: E501
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", PDF: "pdf"}


class Adding(FormShape):
    """What the files show; the envelope's number where a receiver shows damage."""

    shows = fields.Enum(PictureOf, by_value=True, load_default=PictureOf.ORIGINAL)
    consignment = fields.String(load_default="")


class Withdrawing(FormShape):
    """Why the picture counts no more."""

    why = fields.String(load_default="")


def largest() -> int:
    """How many bytes one picture may have, sent with its form: the setting's, and no more than a request may carry."""
    room = current_app.config["MAX_CONTENT_LENGTH"] - FORM
    return min(world().picture_megabytes * MEGABYTE, int(room))


@dataclass(frozen=True)
class Album:
    """One original with its pictures. `open`: this reader may add and withdraw; `why_not` says why not."""

    original: Original
    rows: list[tuple[Picture, Paper]]
    open: bool
    why_not: str


@pages.get("/dossiers/<no>/pictures")
@for_roles(*DESK)
def show(no: str) -> Response:
    """Every original of the dossier with its pictures, and where more are added."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
    albums = [_album(whole, one) for one in whole.originals]
    packing = [one for one in whole.consignments if one.stage is Stage.PACKING and one.from_agency_id == me().agency_id]
    drawn = page(
        "window/pictures.html",
        whole=whole,
        dossier=whole.dossier,
        albums=albums,
        arrived=[(one, rows) for one in whole.consignments if (rows := whole.pictures_of_envelope(one))],
        count=sum(len(one.rows) for one in albums),
        envelope=packing[-1] if packing else None,
        to_pack=_to_pack(whole),
        most=world().picture_megabytes,
        wrong_original=g.get("pictures_of", ""),
    )
    return allow_camera(drawn)


def _to_pack(whole: Whole) -> bool:
    """Whether originals that were just taken in wait here for their envelope."""
    at_first = whole.dossier.decision is None and whole.dossier.closed_at is None
    ours = me().agency_id == whole.dossier.sender_agency_id and Role.WINDOW in me().roles
    return at_first and ours and bool(at_hand(whole, whole.dossier.sender_agency_id))


def _album(whole: Whole, original: Original) -> Album:
    last = whole.last_custody().get(original.id or 0)
    sealed = pictures.sealed_with(whole, original)
    ours = last is not None and last.to_agency_id == me().agency_id
    ours = ours and last is not None and last.to_kind in (HolderKind.OFFICER, HolderKind.DEPARTMENT)
    why_not = ""
    if whole.dossier.closed_at is not None:
        why_not = _("专档已办结")
    elif sealed is not None:
        why_not = _("已封在 %(no)s，影像随清单冻结", no=sealed.no)
    elif not ours:
        why_not = _("不在本单位手中")
    return Album(original, whole.pictures_of(original), not why_not, why_not)


def by_code(whole: Whole) -> dict[str, list[tuple[Picture, Paper]]]:
    """For pages that list originals: the pictures of each that has some, by its code."""
    return {one.code: rows for one in whole.originals if (rows := whole.pictures_of(one))}


@pages.get("/pictures/<no>")
def whole_picture(no: str) -> Response:
    """The bytes as they came, for the dossier's parties only; kept in no cache that others share."""
    row, media_type, content = pictures.fetch(world(), me(), no)
    return _answer(row, media_type, content, row.sha256)


@pages.get("/pictures/<no>/small")
def small(no: str) -> Response:
    """A thumbnail; a PDF has none and answers as itself."""
    row, media_type, content = pictures.fetch(world(), me(), no, small=True)
    return _answer(row, media_type, content, f"{row.sha256}-small")


def _answer(row: Paper, media_type: str, content: bytes, tag: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'inline; filename="{row.no}.{ENDINGS[media_type]}"'
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-cache"  # asked about each time: who may see it may change
    answer.set_etag(tag)
    answer.make_conditional(request)
    return answer


def _again(no: str) -> Response:
    """The page on which the refused files were chosen."""
    g.pictures_of = no
    return show(no.rpartition("-")[0])


@pages.post("/originals/<no>/pictures")
@for_roles(*DESK)
@redraws(_again)
def add(no: str) -> Response:
    """The good ones among the files are kept; what is no picture is told by its name and reason."""
    form = read(Adding)
    good, wrong = _sorted_out()
    done: dict[str, Any] = {"papers": [], "had": 0}
    if good:
        done = pictures.keep(world(), me(), form["command_id"], no, good, form["shows"], form["consignment"])
    if wrong:
        kept = len(done["papers"])
        raise Malformed(
            f"有 {len(wrong)} 个文件没有保存{f'，其余 {kept} 张已保存' if kept else ''}。",
            f"{len(wrong)} file(s) not kept{f'; the other {kept} are' if kept else ''}.",
            {FIELD: wrong},
        )
    count = len(done["papers"])
    if count:
        said(ngettext("已保存 %(num)s 张影像。", "已保存 %(num)s 张影像。", count))
    else:
        said(_("这些影像先前已经保存过。"))
    if form["shows"] is PictureOf.DAMAGE:
        return onward(f"/receive/{form['consignment']}")
    return onward(url_for("pictures.show", no=no.rpartition("-")[0]))


def _sorted_out() -> tuple[list[File], list[Said]]:
    """The files that may be kept, and a sentence for each that may not."""
    good: list[File] = []
    wrong: list[Said] = []
    most = world().picture_megabytes * 1_000_000 + 1
    for upload in request.files.getlist(FIELD):
        if not upload.filename:
            continue
        file = File(upload.read(most), upload.filename[-60:])
        try:
            pictures.look_at(world(), file)
        except Malformed as why:
            wrong += why.fields[FIELD]
        else:
            good.append(file)
    if not good and not wrong:
        wrong.append(here(_("请先拍照，或选择文件。")))
    return good, wrong


@pages.post("/pictures/<no>/withdraw")
@for_roles(*DESK)
@redraws(lambda no: _again(no.rpartition("-")[0]))
def withdraw(no: str) -> Response:
    """The picture is off the list; it stays in the dossier's ledger."""
    form = read(Withdrawing)
    pictures.withdraw(world(), me(), form["command_id"], no, form["why"])
    said(_("影像已撤回，留痕里还查得到。"))
    return onward(url_for("pictures.show", no=no.rpartition("-")[0].rpartition("-")[0]))
