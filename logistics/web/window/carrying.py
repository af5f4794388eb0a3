"""专人 and 机要: the person who carries an envelope types what happened, on a phone, with a photo as proof."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from marshmallow import fields

from couriers.adapters import manual
from logistics.errors import Malformed, Rejected
from logistics.services import milestones
from logistics.store import find
from logistics.tables import Agency
from logistics.terms import Role
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.language import locale
from logistics.web.page import page
from logistics.web.times import BEIJING
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.envelopes import may_send
from logistics.web.window.onward import onward

pages = Blueprint("carrying", __name__)
LARGEST = 20_000_000  # bytes
ENGLISH = {
    "departed": "Set out with it",
    "on_the_way": "On the way",
    "arrived": "At the place",
    "delivering": "Delivering",
    "signed": "Delivered, signed by the addressee",
    "signed_by_other": "Delivered to somebody else",
    "mailroom": "Delivered to the mail room",
    "refused": "Refused by the addressee",
    "nobody_there": "Nobody there",
    "brought_back": "Bringing it back",
    "returned": "Returned undelivered",
    "held": "Held on the way",
    "damaged": "Envelope damaged",
    "lost": "Lost",
    "correction": "Take back a wrong entry",
}


class Typing(FormShape):
    """What happened, when and where; the photo comes as a file."""

    code = fields.String(required=True)
    happened_at = fields.NaiveDateTime(required=True, format="%Y-%m-%dT%H:%M")
    place = fields.String(load_default="")
    note = fields.String(load_default="")
    takes_back = fields.String(load_default="")


@pages.get("/consignments/<no>/milestones")
@for_roles(Role.WINDOW, Role.RECEIVER)
def show(no: str) -> Response:
    """What was typed until now, and the form for the next."""
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
        target = session.get_one(Agency, consignment.to_agency_id)
    if not may_send(consignment) or consignment.courier != manual.CODE:
        raise Rejected(
            "这件不由本单位人员递送，没有节点要登记。请到寄递件页查看。",
            "Your agency does not carry this envelope itself; there is nothing to type.",
            "not_by_hand",
        )
    typed = [one for one in whole.tracking if one.consignment_id == consignment.id]
    words = {code: name if locale() == "zh" else ENGLISH[code] for code, name, _milestone, _reason in manual.TYPED}
    codes = {one.code for one in typed if one.code != manual.CORRECTION}
    return page(
        "window/carrying.html",
        dossier=dossier,
        consignment=consignment,
        target=target,
        typed=typed[::-1],
        words=words,
        options=list(words.items()),
        taken=[(code, name) for code, name in words.items() if code in codes],
        moment=now().astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M"),
    )


@pages.post("/consignments/<no>/milestones")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(show)
def write(no: str) -> Response:
    """The milestone stands on the envelope."""
    form = read(Typing)
    done = milestones.type_milestone(
        world(),
        me(),
        form["command_id"],
        no,
        form["code"],
        form["happened_at"].replace(tzinfo=BEIJING),
        form["place"],
        form["note"],
        _proof(),
        takes_back=form["takes_back"] if form["code"] == manual.CORRECTION else "",
    )
    said(_("这一条已经登记过，没有重复登记。") if done["again"] else _("已登记。"))
    return onward(url_for("carrying.show", no=no))


def _proof() -> bytes | None:
    upload = request.files.get("proof")
    if upload is None or not upload.filename:
        return None
    content = bytes(upload.read(LARGEST + 1))
    if len(content) > LARGEST:
        raise Malformed(
            "还没有登记：文件超过 20 MB。", "Not typed: the file is larger than 20 MB.",
            {"proof": [here(_("文件超过 20 MB，没有保存。请缩小后再选一次。"))]},
        )  # fmt: skip
    return content
