"""Handing originals on to a colleague: the desk offers, the colleague looks and takes, and custody passes then."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from marshmallow import fields, validate

from logistics.errors import Malformed
from logistics.services import inside, privacy
from logistics.store import find
from logistics.store import inside as kept
from logistics.terms import Role
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.page import page
from logistics.web.receiving.lines import review_points
from logistics.web.visit import for_roles, look, me, world

pages = Blueprint("inside", __name__)
TOO_LONG = lazy_gettext("最多 200 个字。")


class Offering(FormShape):
    """Which originals go to whom."""

    offered = fields.List(fields.String(), load_default=list)
    colleague = fields.Integer(required=True)
    of_department = fields.String(
        load_default="", validate=validate.Length(max=40, error=lazy_gettext("最多 40 个字。"))
    )


class Taking(FormShape):
    """The colleague's word; ticked originals must be all of them."""

    had = fields.List(fields.String(), load_default=list)


class Declining(FormShape):
    """Why nothing passed."""

    why = fields.String(required=True, validate=validate.Length(max=200, error=TOO_LONG))


@pages.get("/dossiers/<no>/inside")
@for_roles(Role.RECEIVER)
def desk(no: str) -> Response:
    """Offer originals of the dossier to a colleague; what is offered and not answered yet."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        waiting = kept.open_offers(session, dossier=whole.dossier)
        colleagues = [(one.id, one.name) for one in kept.colleagues(session, me().agency_id or 0, me().officer_id)]
    offered = {code for one in waiting for code in one.row.codes}
    inside_envelopes = {line.original_id for line in whole.packed if line.open}
    last = whole.last_custody()
    ours = [
        (one.code, f"{one.title}（{last[cast(int, one.id)].to_name}）")
        for one in whole.originals
        if one.code not in offered and one.id not in inside_envelopes
        if (link := last.get(cast(int, one.id))) is not None and link.to_agency_id == me().agency_id
    ]
    titles = {one.code: one.title for one in whole.originals}
    return page(
        "receiving/inside.html", dossier=whole.dossier, item=whole.item, ours=ours, waiting=waiting, titles=titles,
        colleagues=colleagues,
    )  # fmt: skip


@pages.post("/dossiers/<no>/inside")
@for_roles(Role.RECEIVER)
@redraws(desk)
def offer(no: str) -> Response:
    """The colleague finds the offer on the workbench."""
    form = read(Offering)
    if not form["offered"]:
        raise Malformed(
            "还没有移交：一件原件也没勾选。请看标红的地方。",
            "Nothing handed on: no original is ticked. See the marked place.",
            {"offered": [here(_("请至少勾选一件原件。"))]},
        )
    inside.offer(world(), me(), form["command_id"], no, form["offered"], form["colleague"], form["of_department"])
    said(_("已移交，等对方接收。接收之前，原件仍由原来的人保管。"))
    return make_response(redirect(url_for("inside.desk", no=no), 303))


@pages.get("/inside/<int:handover_id>")
def show(handover_id: int) -> Response:
    """What is offered to this officer, each original with what to look at."""
    with look() as session:
        found = kept.by_id(session, handover_id)
        whole = find.whole(session, found.dossier)
        materials = find.materials_of(session, found.dossier.item_id)
    lines = [
        (one, privacy.original_number(world(), one), review_points(one, materials))
        for one in whole.originals
        if one.code in found.row.codes
    ]
    mine = found.row.to_officer_id == me().officer_id
    may_withdraw = not mine and Role.RECEIVER in me().roles
    return page("receiving/taking.html", offer=found, lines=lines, mine=mine, may_withdraw=may_withdraw)


@pages.post("/inside/<int:handover_id>/take")
@redraws(show)
def take(handover_id: int) -> Response:
    """The originals are this officer's to answer for."""
    form = read(Taking)
    with look() as session:
        wanted = kept.by_id(session, handover_id).row.codes
    if missing := [code for code in wanted if code not in form["had"]]:
        raise Malformed(
            f"还没有接收：有 {len(missing)} 件没勾。手里没有的，不要接收；请按“不接收”写明缺哪一件。",
            f"Not taken: {len(missing)} not ticked. Do not take what is not in your hands; decline and say which.",
            {"had": [here(_("每一件都在手里才能接收。"))]},
        )
    inside.take(world(), me(), form["command_id"], handover_id)
    said(ngettext("%(num)s 件原件由您保管了。", "%(num)s 件原件由您保管了。", len(wanted)))
    return make_response(redirect("/", 303))


@pages.post("/inside/<int:handover_id>/decline")
@redraws(show)
def decline(handover_id: int) -> Response:
    """Nothing passes; the desk sees why."""
    form = read(Declining)
    done = inside.decline(world(), me(), form["command_id"], handover_id, form["why"])
    said(_("没有交接。原件仍由原来的人保管，原因已记下。"))
    desk_again = Role.RECEIVER in me().roles
    return make_response(redirect(url_for("inside.desk", no=done["dossier"]) if desk_again else "/", 303))
