"""Sealing by two: the second officer's word, with log-in and password at this desk, or on a screen of their own."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from logistics.actor import Actor
from logistics.errors import Malformed, Rejected, YoudangError
from logistics.rules.choice import proposed
from logistics.services import dispatch, people
from logistics.services.dispatch import MANUAL
from logistics.services.second_sealer import confirm_seal
from logistics.store import find
from logistics.terms import Stage
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.visit import look, me, world
from logistics.web.window import envelope
from logistics.web.window.envelopes import may_send, part, ways
from logistics.web.window.onward import onward

pages = Blueprint("second", __name__)
NOT_THEY = frozenset({"same_person", "not_found", "agency"})
"""Rules that say: this person cannot be the second one."""


class Vouching(FormShape):
    """The second officer's own log-in where they confirm at a colleague's screen; nothing where it is their own."""

    second_login = fields.String(load_default="")
    second_password = fields.String(load_default="")


@pages.post("/consignments/<no>/second")
@redraws(envelope.drawn)
def confirm(no: str) -> Response:
    """The second officer has confirmed. At the first one's desk the envelope then leaves the proposed way."""
    form = read(Vouching)
    at_the_desk = bool(form["second_login"] or form["second_password"])
    who = _vouched(form["second_login"], form["second_password"]) if at_the_desk else me()
    try:
        confirm_seal(world(), who, part(form["command_id"], "confirm"), no, at_the_desk=at_the_desk)
    except YoudangError as refused:
        if at_the_desk and refused.rule in NOT_THEY:
            raise _somebody_else(refused) from refused
        raise
    said(_("%(name)s 已复核封装。", name=who.name))
    _send_on(no, form["command_id"])
    return onward(url_for("envelope.show", no=no))


def _somebody_else(refused: YoudangError) -> Malformed:
    """The refusal at the log-in name: that is what the next person types over."""
    if refused.rule == "same_person":
        at_name = _("这是封装人自己。请另一位同事输入。")
        return Malformed(refused.zh, refused.en, {"second_login": [here(at_name)]})
    at_name = _("这位经办人不属于封装的单位。")
    return Malformed(
        "还没有复核：复核的须是本单位的另一位经办人。",
        "Not confirmed: the second officer must be another one of your own agency.",
        {"second_login": [here(at_name)]},
    )


def _vouched(login: str, password: str) -> Actor:
    try:
        return people.vouch(world(), login, password)
    except Rejected as refused:
        raise Malformed(
            "还没有复核：登录名或密码不对，或者已锁定 15 分钟。请第二位经办人核对后再输一次。",
            "Not confirmed: the log-in name or password is wrong, or locked for 15 minutes. Check and try again.",
            {"second_password": [here(_("登录名或密码不对。"))]},
        ) from refused


def _send_on(no: str, command_id: str) -> None:
    """What the seal's scan would have done if one person were enough; only for whoever sends from this desk."""
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
    if not may_send(consignment) or consignment.stage is not Stage.SEALED or consignment.sealed_by != me().officer_id:
        return
    way = proposed(ways(consignment, whole.originals_of(consignment)))
    if way is not None and way.code != MANUAL:
        command = part(command_id, "dispatch")
        dispatch.dispatch(world(), me(), command, no, way.code, from_pool=way.from_pool)
