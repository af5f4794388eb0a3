"""Codes that couriers used and no table knew: a manager decides once what each means."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from couriers.contract import Milestone, Reason
from logistics.errors import NotYours
from logistics.rules.reading import REASONS, shown_words
from logistics.services import codes
from logistics.store.codes import LIMIT, UnknownCode, unknown
from logistics.terms import Role
from logistics.web.dossier import wording
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.naming import courier_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, world

LONGEST = 200
TOO_LONG = lazy_gettext("最多 200 个字。")

pages = Blueprint("codes", __name__)
ENTRIES = [Entry("codes.every", lazy_gettext("代码释义"), frozenset({Role.MANAGER, Role.ADMINISTRATOR}), place=64)]


class Decide(FormShape):
    """What a code means, and what says so."""

    milestone = fields.Enum(Milestone, by_value=True, required=True)
    reason = fields.Enum(Reason, by_value=True, load_default=None)
    why = fields.String(required=True, validate=validate.Length(max=LONGEST, error=TOO_LONG))


@pages.get("/codes")
@for_roles(Role.MANAGER, Role.ADMINISTRATOR)
def every() -> Response:
    """Every unknown code in the dossiers that the reader may see, undecided ones first; a manager decides them."""
    with look() as session:
        rows = unknown(session)
    return page(
        "codes/every.html",
        rows=rows,
        waiting=sum(row.holds is None for row in rows),
        limit=LIMIT,
        may_decide=Role.MANAGER in me().roles,
        **_words(),
    )


@pages.get("/codes/decide")
@for_roles(Role.MANAGER)
def deciding() -> Response:
    """One code with the courier's words, the form to decide, and every earlier decision."""
    asked = _asked()
    row = _found(asked)
    milestones = [(one.value, wording.MILESTONES[one]) for one in Milestone if one is not Milestone.UNRECOGNISED]
    if row.history and row.history[0].row.milestone is not Milestone.UNRECOGNISED:
        milestones.append((Milestone.UNRECOGNISED.value, _("撤回决定，仍不认识")))
    return page(
        "codes/decide.html",
        row=row,
        action=url_for("codes.decide", courier=asked["courier"], code=asked["code"], detail=asked["detail"]),
        milestones=milestones,
        reasons=[(one.value, wording.REASONS[one]) for one in Reason if any(one in some for some in REASONS.values())],
        **_words(),
    )


@pages.post("/codes/decide")
@for_roles(Role.MANAGER)
@redraws(deciding)
def decide() -> Response:
    """The code means what the manager says, with name and ground in every ledger concerned."""
    asked = _asked()
    form = read(Decide)
    codes.map_code(
        world(),
        me(),
        form["command_id"],
        asked["courier"],
        asked["code"],
        asked["detail"],
        form["milestone"],
        form["reason"],
        form["why"],
    )
    said(_("已决定。用过这个代码的轨迹一两分钟内按此重读，您的姓名和依据已留痕。"))
    answer: AnyResponse = redirect(url_for("codes.every"), 303)
    assert isinstance(answer, Response)
    return answer


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("courier", "code", "detail")}


def _found(asked: dict[str, str]) -> UnknownCode:
    """That code as the manager sees it. Raises `NotYours`."""
    with look() as session:
        for row in unknown(session):
            if (row.courier, row.code, row.detail_code) == (asked["courier"], asked["code"], asked["detail"]):
                return row
    raise NotYours("未识别的代码", "unknown code")


def _words() -> dict[str, Any]:
    return {
        "courier": courier_name,
        "shown": shown_words,
        "milestone": lambda one: wording.MILESTONES[one],
        "reason": lambda one: wording.REASONS[one] if one else "",
    }
