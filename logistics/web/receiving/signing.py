"""The receiver signs once for everything that was counted, or for several envelopes; a witness may sign beside."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import fields

from logistics.errors import Malformed
from logistics.rules.signing import digest_shown
from logistics.services import signing
from logistics.store import find
from logistics.tables import Agency, Consignment, Dossier
from logistics.terms import Role, SigningRole
from logistics.web.forms import here, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import agency_name
from logistics.web.pads import PadShape, proof_of
from logistics.web.page import page
from logistics.web.receiving.desk import DESK, envelope, unsigned
from logistics.web.visit import for_roles, look, me, world
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


class Together(PadShape):
    """One signature for the ticked envelopes; each value is a number and the digest that was shown for it."""

    envelopes = fields.List(fields.String(), load_default=list)


@dataclass(frozen=True)
class Waiting:
    """One envelope that may be signed for with others."""

    dossier: Dossier
    consignment: Consignment
    sender: Agency
    item: str
    count: int
    digest: str

    @property
    def called(self) -> str:
        """The sending agency in the reader's language."""
        return agency_name(self.sender)


@pages.get("/receive/together")
@for_roles(*DESK)
def together() -> Response:
    """What this officer counted and found in order, each with its digest, and one field to sign in."""
    with look() as session:
        rows = []
        for dossier, consignment, sender in unsigned(session):
            whole = find.whole(session, dossier)
            listed = signing.listed_of(whole, consignment, SigningRole.ACCEPTANCE)
            rows.append(Waiting(dossier, consignment, sender, whole.item.name, len(listed.codes), digest_shown(listed)))
    return page("receiving/together.html", rows=rows, count=sum(one.count for one in rows))


@pages.post("/receive/together")
@for_roles(*DESK)
@redraws(together)
def sign_together() -> Response:
    """Each ticked envelope that stands as it was shown is signed for; of each other one the next page says why not."""
    form = read(Together)
    chosen = [(no, digest) for no, _blank, digest in (one.partition(" ") for one in form["envelopes"])]
    if not chosen:
        why = {"envelopes": [here(_("请至少勾选一个信封。"))]}
        raise Malformed("还没有签字：一封也没有勾。", "Not signed: no envelope is ticked.", why)
    done = signing.sign_together(world(), me(), form["command_id"], chosen, proof_of(form))
    count = len(done["signed"])
    said(ngettext("已签字：%(num)s 封，一次签完。", "已签字：%(num)s 封，一次签完。", count))
    for one in done["refused"]:
        flash(one["zh" if locale() == "zh" else "en"], "late")
    return onward(url_for("accepting.together" if done["refused"] else "receiving.scan"))
