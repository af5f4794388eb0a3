"""At the authority: originals to the examining department and back, and the decision on the case."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from marshmallow import fields, validate

from logistics.errors import Malformed
from logistics.services import dossiers
from logistics.store import find
from logistics.store.find import Whole
from logistics.tables import Original
from logistics.terms import DecisionResult, HolderKind, Role
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world

pages = Blueprint("examination", __name__)
TOO_LONG = lazy_gettext("最多 200 个字。")


class HandingOver(FormShape):
    """Which originals go to which department."""

    given = fields.List(fields.String(), load_default=list)
    department = fields.String(required=True, validate=validate.Length(max=40, error=lazy_gettext("最多 40 个字。")))


class TakingBack(FormShape):
    """Which originals come back from departments."""

    taken = fields.List(fields.String(), load_default=list)


class Deciding(FormShape):
    """What the authority decided."""

    result = fields.Enum(DecisionResult, by_value=True, required=True)
    note = fields.String(required=True, validate=validate.Length(max=200, error=TOO_LONG))


def _here(whole: Whole, kind: HolderKind) -> list[Original]:
    """Originals that this agency holds in that way and that are in no unopened envelope."""
    last, inside = whole.last_custody(), {line.original_id for line in whole.packed if line.open}
    return [
        one
        for one in whole.originals
        if one.id not in inside
        and (link := last.get(cast(int, one.id))) is not None
        and link.to_kind is kind
        and link.to_agency_id == me().agency_id
    ]


def _named(whole: Whole, kind: HolderKind) -> list[tuple[str, str]]:
    last = whole.last_custody()
    return [
        (one.code, f"{one.title}（{last[cast(int, one.id)].to_name}）" if kind is HolderKind.DEPARTMENT else one.title)
        for one in _here(whole, kind)
    ]


@pages.get("/dossiers/<no>/handover")
@for_roles(Role.RECEIVER)
def handover(no: str) -> Response:
    """Originals with this desk, and those with departments."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
    known = [link.to_name for link in whole.custody if link.to_kind is HolderKind.DEPARTMENT]
    return page(
        "dossier/handover.html",
        dossier=whole.dossier,
        item=whole.item,
        ours=_named(whole, HolderKind.OFFICER),
        theirs=_named(whole, HolderKind.DEPARTMENT),
        department=known[-1] if known else "",
    )


@pages.post("/dossiers/<no>/handover")
@for_roles(Role.RECEIVER)
@redraws(handover)
def hand_over(no: str) -> Response:
    """The ticked originals are with the department."""
    form = read(HandingOver)
    _require_ticked(form["given"], "given")
    dossiers.hand_to_department(world(), me(), form["command_id"], no, form["department"], tuple(form["given"]))
    count = len(form["given"])
    said(ngettext("%(num)s 件原件已移交%(to)s。", "%(num)s 件原件已移交%(to)s。", count, to=form["department"]))
    return _to_dossier(no)


@pages.post("/dossiers/<no>/take-back")
@for_roles(Role.RECEIVER)
@redraws(handover)
def take_back(no: str) -> Response:
    """The ticked originals are with this officer again."""
    form = read(TakingBack)
    _require_ticked(form["taken"], "taken")
    dossiers.take_back(world(), me(), form["command_id"], no, tuple(form["taken"]))
    said(ngettext("%(num)s 件原件已收回。", "%(num)s 件原件已收回。", len(form["taken"])))
    return _to_dossier(no)


def _require_ticked(codes: list[str], field: str) -> None:
    if not codes:
        raise Malformed(
            "还没有交接：一件原件也没勾选。请看标红的地方。",
            "Nothing passed on: no original is ticked. See the marked place.",
            {field: [here(_("请至少勾选一件原件。"))]},
        )


@pages.get("/dossiers/<no>/decision")
@for_roles(Role.RECEIVER)
def decision(no: str) -> Response:
    """What was decided, or the form to record it."""
    with look() as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
    last = whole.last_custody()
    mine = whole.dossier.receiver_agency_id
    away = [
        one
        for one in whole.originals
        if not one.unlisted and ((link := last.get(cast(int, one.id))) is None or link.to_agency_id != mine)
    ]
    results: list[Any] = list(DecisionResult)
    return page("dossier/decision.html", dossier=whole.dossier, item=whole.item, away=away, results=results)


@pages.post("/dossiers/<no>/decision")
@for_roles(Role.RECEIVER)
@redraws(decision)
def decide(no: str) -> Response:
    """The decision is recorded, once."""
    form = read(Deciding)
    dossiers.decide(world(), me(), form["command_id"], no, form["result"], form["note"])
    said(_("审批结果已登记。接下来把原件装件退回。"))
    return _to_dossier(no)


def _to_dossier(no: str) -> Response:
    return make_response(redirect(url_for("dossiers.show", no=no), 303))
