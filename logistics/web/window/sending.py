"""The acts on an envelope: pack by scan, seal, send, open again, void. A form of several verbs does each once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from logistics.errors import Malformed, Rejected, Said
from logistics.rules.choice import Proposal, proposed
from logistics.services import dispatch
from logistics.services import queues as errands
from logistics.services.dispatch import MANUAL
from logistics.store import find
from logistics.store.find import Whole
from logistics.tables import Consignment
from logistics.terms import Role, Stage
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.language import together
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window import envelope, undoing
from logistics.web.window.envelopes import part, ways
from logistics.web.window.onward import onward
from logistics.web.window.sealers import demanded

pages = Blueprint("sending", __name__)

OWN_QR = "YD1|"


class Packing(FormShape):
    """What shall be inside, and one scan: an original's code, or the seal that closes the envelope."""

    inside = fields.List(fields.String(), load_default=list)
    was = fields.List(fields.String(), load_default=None)  # what was inside when the page was drawn
    code = fields.String(load_default="")
    then = fields.String(load_default="send")


class Sending(FormShape):
    """The way out; `form_no` is the number of the hand-over form of an appointed person, `why` the reason for a way
    that was not proposed.
    """

    courier = fields.String(required=True)
    form_no = fields.String(load_default="")
    why = fields.String(load_default="")


class Reason(FormShape):
    """Why an act is taken back."""

    why = fields.String(load_default="")


class Voiding(Reason):
    """And that the courier's collector, who had signed for the envelope, gave it back."""

    taken_back = fields.Boolean(load_default=False)


class Retry(FormShape):
    """Which parked order is to be tried again."""

    errand_id = fields.Integer(required=True)


@pages.post("/consignments/<no>/pack")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def pack(no: str) -> Response:
    """The list is as ticked. A scanned original is on it too; a scanned seal closes the envelope and, unless
    `then=seal`, sends it the proposed way.
    """
    form = read(Packing)
    code = _plain(form["code"])
    whole, consignment = _open(no)
    original = code if code in {one.code for one in whole.originals} else ""
    if code and not original:
        _refuse_what_is_no_seal(code)
    _require_seen(whole, consignment, form)
    if not code and form["then"] != "keep":
        raise _at_code("请扫描封签号，再封装。", "Scan the seal, then seal the envelope.")
    _pack_as_ticked(whole, consignment, {*form["inside"], *([original] if original else [])}, form["command_id"])
    if original:
        said(_("已装入 %(code)s。", code=original))
    elif code:
        _seal(no, code, form)
    return onward(url_for("envelope.show", no=no))


def _plain(code: str) -> str:
    """The number in a scanned text: of a QR of ours only the number counts."""
    parts = code.split("|")
    return (parts[2] if code.startswith(OWN_QR) and len(parts) > 2 else code).strip().upper()


def _open(no: str) -> tuple[Whole, Consignment]:
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, no)
        return find.whole(session, dossier), consignment


def _require_seen(whole: Whole, consignment: Consignment, form: dict[str, Any]) -> None:
    """Two people may not overrule each other unknowingly: the list is as this reader saw it, or as they want it."""
    inside = {one.code for one in whole.originals_of(consignment)}
    known = form["was"] is None or inside in (set(form["was"]) - {"-"}, set(form["inside"]))
    if known or consignment.stage is not Stage.PACKING:
        return
    acts = [one for one in whole.entries if one.what in ("original:packed", "original:unpacked")]
    last = [one.actor_name for one in acts if one.facts.get("consignment") == consignment.no]
    who = last[-1] if last else consignment.no
    raise Rejected(
        f"{who}刚刚改过这个封套的清单，您的还没有保存。下面是现在的清单，请看过再扫一次封签。",
        f"The list of this envelope was changed meanwhile ({who}); yours was not saved. Look at the list below, and "
        "scan the seal again.",
        "list_changed",
    )


def _refuse_what_is_no_seal(code: str) -> None:
    """A known number of another kind never becomes a seal by a slip of the scanner."""
    with look() as session:
        found = find.by_code(session, code)
    if found is None or found.kind == "seal":
        return
    kinds = {
        "dossier": ("专档编号", "a dossier number"),
        "case": ("办件编号", "a case number"),
        "consignment": ("寄递件编号", "a consignment number"),
        "waybill": ("运单号", "a waybill number"),
        "original": ("别的专档的原件编号", "an original of another dossier"),
        "paper": ("单据编号", "the number of a paper"),
    }
    zh, en = kinds[found.kind]
    raise _at_code(
        f"扫到的是{zh} {code}，不是封签。请扫描封签。",
        f"{code} is {en}, not a seal. Scan the seal.",
    )


def _at_code(zh: str, en: str) -> Malformed:
    nothing_zh, nothing_en = "没有封装，什么都没有改动。", "Not sealed; nothing was changed."
    return Malformed(nothing_zh, nothing_en, {"code": [Said(zh, en)]})


def _pack_as_ticked(whole: Whole, consignment: Consignment, wanted: set[str], command_id: str) -> None:
    """Take out what is no longer ticked, put in what now is; nothing when the form was sent twice."""
    inside = [one.code for one in whole.originals_of(consignment)]
    if consignment.stage is not Stage.PACKING and set(inside) == wanted:
        return
    for code in inside:
        if code not in wanted:
            dispatch.unpack(world(), me(), part(command_id, f"unpack {code}"), consignment.no, code)
    for one in whole.originals:
        if one.code in wanted and one.code not in inside:
            dispatch.pack(world(), me(), part(command_id, f"pack {one.code}"), consignment.no, one.code)


def _seal(no: str, seal_no: str, form: dict[str, Any]) -> None:
    dispatch.seal(world(), me(), part(form["command_id"], "seal"), no, seal_no)
    whole, consignment = _open(no)
    way = proposed(ways(consignment, whole.originals_of(consignment)))
    if demanded(whole, consignment) is not None:
        said(_("已封装，封签 %(seal)s。请另一位经办人复核。", seal=seal_no))
        return
    if form["then"] != "send" or way is None or way.code == MANUAL:
        said(_("已封装，封签 %(seal)s。", seal=seal_no))
        return
    command = part(form["command_id"], "dispatch")
    dispatch.dispatch(world(), me(), command, no, way.code, from_pool=way.from_pool)


@pages.post("/consignments/<no>/dispatch")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def send(no: str) -> Response:
    """The envelope leaves the chosen way."""
    form = read(Sending)
    way = _chosen(no, form["courier"])
    next_form = form["courier"] == MANUAL and not form["form_no"] and way is not None and bool(way.next_number)
    if form["courier"] == MANUAL and not form["form_no"] and not next_form:
        raise Malformed(
            "还没有寄出：专人递送须填写交接单据号。",
            "Not sent: an appointed person needs the number of the form.",
            {"form_no": [here(_("请填写交接单据号。"))]},
        )
    from_pool = next_form or (way is not None and way.from_pool)
    dispatch.dispatch(
        world(), me(), form["command_id"], no, form["courier"], form["form_no"], from_pool=from_pool, why=form["why"]
    )
    return onward(url_for("envelope.show", no=no))


def _chosen(no: str, courier: str) -> Proposal | None:
    whole, consignment = _open(no)
    if consignment.stage is not Stage.SEALED:
        return None  # sent already, perhaps by this very form: the verb answers
    return next((one for one in ways(consignment, whole.originals_of(consignment)) if one.code == courier), None)


@pages.post("/consignments/<no>/reopen")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def reopen(no: str) -> Response:
    """The envelope is open for packing again; its seal is used up."""
    form = read(Reason)
    _whole, consignment = _open(no)
    steps = undoing.after_reopening(consignment.seal_no) if consignment.seal_no else []
    dispatch.reopen(world(), me(), form["command_id"], no, form["why"])
    said(together([_("已拆封。"), *steps]))
    return onward(url_for("envelope.show", no=no))


@pages.post("/consignments/<no>/void")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def void(no: str) -> Response:
    """The envelope does not travel; its originals are free again."""
    form = read(Voiding)
    dispatch.void(world(), me(), form["command_id"], no, form["why"], taken_back=form["taken_back"])
    said(_("寄递件已作废，原件可以重新装封。"))
    return onward(url_for("envelope.show", no=no))


@pages.post("/consignments/<no>/retry")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def retry(no: str) -> Response:
    """The parked order is tried again."""
    form = read(Retry)
    errands.retry(world(), me(), form["command_id"], form["errand_id"])
    return onward(url_for("envelope.show", no=no))
