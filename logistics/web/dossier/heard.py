"""What the applicant said without a log-in, on the dossier's page, and the hall's answer to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, url_for
from flask_babel import gettext as _
from marshmallow import fields

from logistics.services import hearing
from logistics.terms import Role
from logistics.web.dossier import show
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.visit import for_roles, me, world

pages = Blueprint("heard", __name__)


def _form(seq: int) -> type[FormShape]:
    """The form that answers for one original; its field carries the number, for several stand on one page."""
    made: Any = FormShape.from_dict({f"answered-{seq}": fields.String(required=True)}, name="AnsweringApplicant")
    return made  # type: ignore[no-any-return]


@pages.post("/dossiers/<no>/heard/<int:seq>/answer")
@for_roles(Role.WINDOW, Role.MANAGER)
@redraws(lambda no, seq: show.show(no))  # noqa: ARG005 - the page is the dossier's
def answer(no: str, seq: int) -> Response:
    """The answer stands on the applicant's page."""
    form = read(_form(seq))
    hearing.answer(world(), me(), form["command_id"], no, seq, form[f"answered-{seq}"])
    said(_("已答复，申请人在查询页上会看到。"))
    return make_response(redirect(url_for("dossiers.show", no=no, _anchor="heard"), 303))
