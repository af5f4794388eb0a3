"""The two parties of an agreement consent to its text, each for itself; a party without an administrator on paper."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import gettext as _
from marshmallow import fields

from logistics.errors import Malformed, Said
from logistics.rules import pictures
from logistics.services import consents as verbs
from logistics.services.consents import Paper
from logistics.store import agreements as kept
from logistics.store import consents
from logistics.terms import Role, SignatureKind
from logistics.web.agreements import one
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.pictures import ENDINGS, POLICY
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window.onward import onward

pages = Blueprint("agreement_consents", __name__)


class Confirming(FormShape):
    """The digest of the text that the page showed."""

    shown = fields.String(required=True)


class OnPaper(Confirming):
    """Who signed for the other party, and when; the scan comes beside."""

    signed_by = fields.String(load_default="")
    signed_on = fields.Date(required=True)


class Withdrawing(FormShape):
    """Why the consent is taken back."""

    withdrawn_why = fields.String(load_default="")


class Refusing(FormShape):
    """Why the list stays as it is."""

    refused_why = fields.String(load_default="")


@pages.post("/agreements/<int:agreement_id>/confirm")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def confirm(agreement_id: int) -> Response:
    """The reader's party has consented to the text; with both, the agreement is in force from its first day."""
    form = read(Confirming)
    done = verbs.confirm(world(), me(), form["command_id"], agreement_id, form["shown"])
    return _told(agreement_id, done["in_force"])


@pages.post("/agreements/<int:agreement_id>/confirm-on-paper")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def on_paper(agreement_id: int) -> Response:
    """The other party, whom nobody keeps here, has signed on paper; the scan is kept."""
    form = read(OnPaper)
    given = Paper(_scan(), form["signed_by"], form["signed_on"])
    done = verbs.confirm_on_paper(world(), me(), form["command_id"], agreement_id, form["shown"], given)
    return _told(agreement_id, done["in_force"])


@pages.post("/agreements/<int:agreement_id>/withdraw")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def withdraw(agreement_id: int) -> Response:
    """What the reader's party confirmed counts no longer."""
    form = read(Withdrawing)
    verbs.withdraw(world(), me(), form["command_id"], agreement_id, form["withdrawn_why"])
    said(_("已撤回本单位的确认。双方都看得到原因。"))
    return onward(url_for("agreements.one", agreement_id=agreement_id))


@pages.post("/agreements/<int:agreement_id>/refuse")
@for_roles(Role.ADMINISTRATOR)
@redraws(one)
def refuse(agreement_id: int) -> Response:
    """The change of the list that waits is put aside."""
    form = read(Refusing)
    verbs.refuse_change(world(), me(), form["command_id"], agreement_id, form["refused_why"])
    said(_("清单改动已放下，清单照旧。双方都看得到原因。"))
    return onward(url_for("agreements.one", agreement_id=agreement_id))


@pages.get("/agreements/<int:agreement_id>/signed/<int:consent_id>")
@for_roles(Role.ADMINISTRATOR)
def signed(agreement_id: int, consent_id: int) -> Response:
    """The scan of the signed agreement, for the administrators of its parties."""
    with look() as session:
        row = kept.agreement(session, me().agencies, agreement_id)
        digest = consents.paper(session, agreement_id, consent_id).paper_sha256
    content = world().files.get(digest)
    media_type = pictures.media_type(SignatureKind.SLIP, content)
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    name = f"agreement-{row.id}-signed.{ENDINGS[media_type]}"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _scan() -> bytes:
    upload = request.files.get("scan")
    if upload is None or not upload.filename:
        raise Malformed(
            "还没有登记：没有选扫描件。",
            "Not recorded: no scan was chosen.",
            {"scan": [Said("请选择文件。", "Choose a file.")]},
        )
    return bytes(upload.stream.read(pictures.SLIP_BYTES + 1))


def _told(agreement_id: int, in_force: bool) -> Response:
    said(
        _("双方都已确认。从生效日期起，窗口可以按它开专档。") if in_force else _("已确认。等对方确认同一份文本后生效。")
    )
    return onward(url_for("agreements.one", agreement_id=agreement_id))
