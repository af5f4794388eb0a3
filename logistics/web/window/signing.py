"""Signatures at the window: who lets the envelope go, and the applicant for what was taken in or handed back."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from logistics.services import signing
from logistics.terms import Role, SigningRole
from logistics.web.forms import read, redraws, said
from logistics.web.pads import PadShape, proof_of
from logistics.web.visit import for_roles, me, world
from logistics.web.window import envelope, handback, listing
from logistics.web.window.onward import onward

pages = Blueprint("releasing", __name__)


class Releasing(PadShape):
    """The signature, and who the second person is when it is theirs."""

    witness = fields.String(load_default="")


class AtTheCounter(PadShape):
    """The applicant's signature, or that of the person acting for them."""

    by_agent = fields.Boolean(load_default=False)


def _envelope(no: str) -> Response:
    return make_response(envelope.show(no))


@pages.post("/consignments/<no>/sign")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(_envelope)
def release(no: str) -> Response:
    """Signed for the frozen list, in one go."""
    form = read(Releasing)
    role, witness = SigningRole.RELEASE, form["witness"]
    signing.sign_envelope(world(), me(), form["command_id"], no, role, form["shown"], proof_of(form), witness)
    said(_("监交人 %(name)s 已签字。", name=witness) if witness else _("移交人已签字。"))
    return onward(url_for("envelope.show", no=no))


@pages.post("/dossiers/<no>/sign-in")
@for_roles(Role.WINDOW)
@redraws(listing.show)
def take_in(no: str) -> Response:
    """The applicant has signed for everything that was taken in."""
    form = read(AtTheCounter)
    _at_the_counter(no, SigningRole.TAKEN_IN, form)
    said(_("交件人已签字。"))
    return onward(url_for("listing.show", no=no))


@pages.post("/dossiers/<no>/sign-back")
@for_roles(Role.WINDOW)
@redraws(handback.show)
def hand_back(no: str) -> Response:
    """The applicant has signed for everything they have again."""
    form = read(AtTheCounter)
    _at_the_counter(no, SigningRole.HANDED_BACK, form)
    said(_("领件人已签字。"))
    return onward(url_for("handback.show", no=no))


def _at_the_counter(no: str, role: SigningRole, form: dict[str, object]) -> None:
    command, by_agent = str(form["command_id"]), bool(form["by_agent"])
    signing.sign_at_counter(world(), me(), command, no, role, str(form["shown"]), proof_of(form), by_agent)
