"""The receiver signs once for everything that was counted; a witness may sign beside."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from logistics.services import signing
from logistics.terms import Role, SigningRole
from logistics.web.forms import read, redraws, said
from logistics.web.pads import PadShape, proof_of
from logistics.web.receiving.desk import envelope
from logistics.web.visit import for_roles, me, world
from logistics.web.window.onward import onward

pages = Blueprint("accepting", __name__)


class Accepting(PadShape):
    """The signature, and who the second person is when it is theirs."""

    witness = fields.String(load_default="")


@pages.post("/receive/<no>/sign")
@for_roles(Role.RECEIVER, Role.WINDOW)
@redraws(envelope)
def sign(no: str) -> Response:
    """Signed for the list and what was found, in one go."""
    form = read(Accepting)
    role, witness = SigningRole.ACCEPTANCE, form["witness"]
    signing.sign_envelope(world(), me(), form["command_id"], no, role, form["shown"], proof_of(form), witness)
    said(_("监交人 %(name)s 已签字。", name=witness) if witness else _("已签字，交接完成。"))
    return onward(url_for("receiving.envelope", no=no))
