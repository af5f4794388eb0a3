"""List originals: the item's checklist row by row, 免寄 struck out with the reason, and papers outside the list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from logistics.actor import Actor
from logistics.errors import Malformed, Rejected
from logistics.services import dossiers, privacy
from logistics.store import find
from logistics.store.find import Found, Whole
from logistics.tables import Material, Original
from logistics.terms import Form, Role, Secrecy, SigningRole, Stage
from logistics.web import signatures
from logistics.web.find import leads
from logistics.web.forms import read, redraws, said
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.envelopes import at_hand, being_packed, pack_all, part
from logistics.web.window.onward import onward
from logistics.web.window.rows import MOST_EXTRAS, Row, extra_rows, material_rows, shape_of, still_wanted, taken

pages = Blueprint("listing", __name__)


@leads(40)
def to_pack(found: Found, actor: Actor) -> str | None:
    """A case or dossier of this window that has sent nothing yet: its originals are what comes next."""
    if found.kind not in {"dossier", "case"} or Role.WINDOW not in actor.roles:
        return None
    with look() as session:
        dossier = find.dossier_by_no(session, found.dossier_no)
        sent = any(one.stage is not Stage.VOIDED for one in find.whole(session, dossier).consignments)
    ours = dossier.sender_agency_id == actor.agency_id and dossier.closed_at is None and dossier.decision is None
    return url_for("listing.show", no=dossier.no) if ours and not sent else None


@pages.get("/dossiers/<no>/originals")
@for_roles(Role.WINDOW)
def show(no: str) -> Response:
    """What is listed and who holds it; what is still wanted; what need not be mailed and why."""
    whole, materials = _open(no)
    rows = still_wanted(material_rows(materials), whole.originals) + _extras()
    hands = at_hand(whole, me().agency_id or 0)
    return page(
        "window/originals.html",
        whole=whole,
        dossier=whole.dossier,
        rows=rows,
        spared=[one for one in materials if one.e_certificate_shared or not one.original_wanted],
        lines=_lines(whole),
        applicant=privacy.masked(world(), whole.dossier),
        hands=hands,
        may_list=whole.dossier.sender_agency_id == me().agency_id and whole.dossier.closed_at is None,
        secrecies=list(Secrecy),
        forms=list(Form),
        extras=sum(row.material is None for row in rows),
        most=MOST_EXTRAS,
        pad=signatures.pad_of(whole, None, SigningRole.TAKEN_IN),
        signatures=[one for one in signatures.shown(whole) if one.row.role is SigningRole.TAKEN_IN],
    )


@pages.post("/dossiers/<no>/originals")
@for_roles(Role.WINDOW)
@redraws(show)
def take(no: str) -> Response:
    """The ticked originals are listed and held by this officer; with `then=pack` they are in an envelope too, with
    `then=pictures` their pictures come next.
    """
    then = request.form.get("then", "stay")
    if then == "more":
        g.more = 1
        return show(no)
    whole, materials = _open(no)
    rows = material_rows(materials) + _extras()
    form = read(shape_of(rows))
    chosen = taken(rows, form, _applicant(whole))
    if not chosen and not at_hand(whole, me().agency_id or 0):
        raise Malformed("还没有登记：请勾选收到的原件。", "Nothing listed: tick the originals you have taken.")
    open_rows = still_wanted(rows, whole.originals)
    _require_none_lost(whole, [(row, new) for row, new in chosen if row not in open_rows])
    listed = _list(no, [(row, new) for row, new in chosen if row in open_rows], form["command_id"])
    if listed:
        said(ngettext("已登记 %(num)s 件原件，现由您保管。", "已登记 %(num)s 件原件，现由您保管。", listed))
    whole, _materials = _open(no)
    if then == "pack" and (being_packed(whole) or at_hand(whole, me().agency_id or 0)):
        return onward(url_for("envelope.show", no=pack_all(no, form["command_id"])))
    return onward(url_for("pictures.show" if then == "pictures" else "listing.show", no=no))


def _require_none_lost(whole: Whole, given: list[tuple[Row, dict[str, Any]]]) -> None:
    """What a colleague listed meanwhile is not listed twice, and a number typed for it is not dropped in silence."""
    known = {one.material_id: one for one in whole.originals}
    differing = []
    for row, new in given:
        original = known[row.material.id if row.material else None]
        if new["number"] not in ("", privacy.original_number(world(), original)):
            differing.append(new["title"])
    if differing:
        names = "、".join(differing)
        raise Rejected(
            f"“{names}”刚由同事登记过，号码与您填的不同，还没有登记任何一件。请对照下面“已登记”核对，再登记其余的。",
            f"'{names}' was listed meanwhile with another number; nothing of yours was listed. Compare below, then "
            "list the rest.",
            "listed_meanwhile",
        )


def _list(no: str, rows: list[tuple[Row, dict[str, Any]]], command_id: str) -> int:
    g.listed = set()
    for row, new in rows:
        new_original = dossiers.NewOriginal(**new)
        dossiers.list_original(world(), me(), part(command_id, f"list {row.prefix}"), no, new_original)
        g.listed.add(row.prefix)
    return len(rows)


@pages.post("/dossiers/<no>/consignments")
@for_roles(Role.WINDOW, Role.RECEIVER)
def start(no: str) -> Response:
    """An envelope from here with everything at hand in it; one that is being packed already is used."""
    form = read(shape_of([]))
    return onward(url_for("envelope.show", no=pack_all(no, form["command_id"])))


def _open(no: str) -> tuple[Whole, list[Material]]:
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        return whole, find.materials_of(session, whole.dossier.item_id, whole.dossier.opened_at)


def _extras() -> list[Row]:
    return extra_rows(g.get("more", 0), g.get("listed", frozenset()))


def _applicant(whole: Whole) -> str:
    """Who the papers belong to unless the officer says otherwise. Goes from row to row sealed; no page shows it."""
    dossier = whole.dossier
    return world().keyring.unseal(dossier.applicant_name_sealed, f"dossier:{dossier.no}:applicant_name")


def _lines(whole: Whole) -> list[dict[str, Any]]:
    """The listed originals as `parts.originals` shows them."""
    last, inside = whole.last_custody(), {line.original_id: line for line in whole.packed if line.open}
    sent = {one.id: one.no for one in whole.consignments}
    shown = []
    for one in whole.originals:
        link = last[one.id or 0]
        line = inside.get(one.id or 0)
        shown.append(
            {
                "seq": one.seq,
                "title": one.title,
                "note": one.code.rpartition("-")[2],
                "count": _quantity(one),
                "form": one.form,
                "holder": link.to_name,
                "since": link.at,
                "state": "moving" if line else "quiet",
                "words": _("在封套 %(no)s", no=sent[line.consignment_id]) if line else _("未装封套"),
            }
        )
    return shown


def _quantity(one: Original) -> str:
    """Copies and the pages of each, in words."""
    copies = ngettext("%(num)s 份", "%(num)s 份", one.copies)
    return f"{copies} {ngettext('%(num)s 页', '%(num)s 页', one.pages)}"
