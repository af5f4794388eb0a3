"""The receiving desk: what is coming, the envelope in hand, its count, and what to do when something is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from marshmallow import fields, validate
from sqlmodel import Session

from logistics.actor import Actor
from logistics.errors import Malformed
from logistics.rules import receipt as rule
from logistics.rules.receipt import Outside
from logistics.services import receipt, tracking
from logistics.store import arrivals, boards, find
from logistics.store.find import Found
from logistics.tables import Agency, Consignment, Dossier, Officer
from logistics.terms import Role, SigningRole, Stage
from logistics.web import signatures
from logistics.web.find import leads
from logistics.web.forms import FormShape, here, read, redraws, said
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.pictures import by_code
from logistics.web.receiving import lines as shown
from logistics.web.receiving import photos
from logistics.web.receiving.counting import EXTRAS, counted
from logistics.web.receiving.offline import version, with_camera
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.papers import Offer, found_here, offers

pages = Blueprint("receiving", __name__)
DESK = (Role.RECEIVER, Role.WINDOW)
ENTRIES = [Entry("receiving.scan", lazy_gettext("收件"), frozenset(DESK), place=20)]
LATELY = timedelta(days=3)
"""How long what was counted in order is offered for one signature together; later each is signed on its own page."""

QUEUES = frozenset({"coming_outbound", "coming_return", "half_checked"})


class Scan(FormShape):
    """The one field: waybill, transfer slip's QR, seal, or any other number of the dossier."""

    code = fields.String(required=True, validate=validate.Length(max=400, error=lazy_gettext("这不是一个编号。")))


class Correction(FormShape):
    """A line counted as missing was there after all."""

    original = fields.String(required=True)
    note = fields.String(required=True, validate=validate.Length(max=200, error=lazy_gettext("最多 200 个字。")))


class Dispute(FormShape):
    """The courier says delivered, we have nothing."""

    dispute_note = fields.String(required=True)


@leads(20)
def to_count(found: Found, actor: Actor) -> str | None:
    """An envelope in hand that this reader may count: its list. A dossier's own number leads elsewhere."""
    if found.consignment_no is None:
        return None
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, found.consignment_no)
        whole = find.whole(session, dossier)
    mine = shown.is_due_here(actor, whole, consignment)
    return url_for("receiving.envelope", no=consignment.no) if mine else None


@pages.get("/receive")
@for_roles(*DESK)
def scan() -> Response:
    """What is coming to this agency, and the field for the envelope in hand."""
    with look() as session:
        queues = [queue for queue in boards.waiting(session, me(), now()) if queue.key in QUEUES]
        to_sign = len(unsigned(session))
    coming = sum(len(queue.items) for queue in queues)
    return with_camera(page("receiving/scan.html", queues=queues, coming=coming, to_sign=to_sign, version=version()))


@pages.post("/receive")
@for_roles(*DESK)
@redraws(scan)
def to_envelope() -> Response:
    """On to the envelope that the scanned number names."""
    wanted = read(Scan)["code"]
    with look() as session:
        found = find.by_code(session, wanted)
        no = found.consignment_no if found else None
        if found is not None and no is None:
            dossier = find.dossier_by_no(session, found.dossier_no)
            waiting = shown.waiting_here(me(), find.whole(session, dossier))
            no = waiting.no if waiting else None
    if found is None:
        raise _wrong_scan(_("没有这个编号，或不属于本单位。直接再扫一次，或检查输入。"))
    if no is None:
        raise _wrong_scan(_("专档 %(no)s 现在没有要在这里签收的信封。", no=found.dossier_no))
    return _onward(no)


def unsigned(session: Session) -> list[tuple[Dossier, Consignment, Agency]]:
    """What this officer counted lately, found in order and has not signed for."""
    return arrivals.to_sign(session, me().officer_id, now() - LATELY)


def _wrong_scan(sentence: str) -> Malformed:
    return Malformed(
        "没有找到要签收的信封，什么都没有改动。",
        "No envelope to receive under this number; nothing was changed.",
        {"code": [here(sentence)]},
    )


def _onward(no: str, part: str | None = None) -> Response:
    return make_response(redirect(url_for("receiving.envelope", no=no, _anchor=part), 303))


@pages.get("/receive/<no>")
@for_roles(*DESK)
def envelope(no: str) -> Response:
    """The list to count against: seal, originals, what came beside them, and the balance."""
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
        materials = find.materials_of(session, dossier.item_id, dossier.opened_at)
        sender = session.get_one(Agency, consignment.from_agency_id)
        receiver = session.get_one(Agency, consignment.to_agency_id)
        to_sign = len(unsigned(session))
        counted_by = session.get_one(Officer, consignment.received_by).agency_id if consignment.received_by else None
    listed = shown.lines(world(), whole, consignment, materials)
    drawn = page(
        "receiving/envelope.html",
        dossier=dossier,
        consignment=consignment,
        item=whole.item,
        sender=sender,
        receiver=receiver,
        lines=listed,
        balance=rule.balance(whole.lines_of(consignment)),
        first=consignment.stage is not Stage.RECEIVED,
        mine=shown.may_receive(me(), consignment),
        may_correct=shown.may_correct(me(), consignment),
        at_home=me().agency_id == dossier.sender_agency_id,
        extras=range(1, EXTRAS + 1),
        albums=by_code(whole),
        outside=whole.pictures_of_envelope(consignment),
        signatures=signatures.shown(whole, consignment),
        pad=_pad(whole, consignment, counted_by),
        to_sign=to_sign,
        offered=_offered(whole, consignment),
        **_aside(whole, no),
    )
    return with_camera(drawn)


def _offered(whole: find.Whole, consignment: Consignment) -> list[Offer]:
    """What this desk prints about an envelope it has counted."""
    if consignment.stage is not Stage.RECEIVED or not shown.may_receive(me(), consignment):
        return []
    return offers(whole, consignment, found_here(whole, consignment))


def _pad(whole: find.Whole, consignment: Consignment, counted_by: int | None) -> signatures.Pad | None:
    """Where this officer signs for what was counted here; None for others, and while something is uncounted."""
    if counted_by != me().agency_id or whole.dossier.closed_at or not shown.may_receive(me(), consignment):
        return None
    return signatures.pad_of(whole, consignment, SigningRole.ACCEPTANCE)


def _aside(whole: find.Whole, no: str) -> dict[str, Any]:
    """What was found beside the list, and whether the delivery is disputed."""
    consignment = next(one for one in whole.consignments if one.no == no)
    here = [one for one in whole.discrepancies if one.consignment_id == consignment.id and one.settled_at is None]
    return {
        "beside": [one for one in here if one.kind.value == "extra"],
        "whole_envelope": [one for one in here if one.original_id is None and one.kind.value in {"empty", "seal"}],
        "disputed": any(one.kind.value == "delivery_disputed" for one in here),
        "findings": shown.FINDINGS,
    }


@pages.post("/receive/<no>")
@for_roles(*DESK)
@redraws(envelope)
def count(no: str) -> Response:
    """What was found is counted; what is left is 未核 and can be counted later."""
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
        materials = find.materials_of(session, dossier.item_id, dossier.opened_at)
        listed = shown.lines(world(), whole, consignment, materials)
    first = consignment.stage is not Stage.RECEIVED
    form, findings, extras = counted(listed, first)
    if first:
        photos.keep(no, form["command_id"])
    balance = receipt.receive(
        world(),
        me(),
        form["command_id"],
        no,
        form["seal_found"],
        findings,
        extras,
        form["act"] == "empty",
        outside=Outside(form["seal_broken"], form["envelope_damaged"]),
    )
    left = balance["unchecked"]
    if form["act"] == "empty":
        said(_("已登记空封：%(count)s 件都记为缺件，寄出单位会看到。", count=balance["listed"]))
    elif left:
        said(ngettext("已存。还有 %(num)s 件未核。", "已存。还有 %(num)s 件未核。", left))
    else:
        said(_("已签收核验：应收 %(listed)s，收到 %(received)s，缺 %(missing)s。", **_counts(balance)))
    return _onward(no)


def _counts(balance: dict[str, Any]) -> dict[str, int]:
    return {name: int(balance[name]) for name in ("listed", "received", "missing")}


@pages.post("/receive/<no>/correct")
@for_roles(*DESK)
@redraws(envelope)
def correct(no: str) -> Response:
    """The line counts as received; what was written before stays, with this correction after it."""
    form = read(Correction)
    receipt.correct(world(), me(), form["command_id"], no, form["original"], form["note"])
    said(_("已更正：这件原件找到了，记为收到。原来的登记仍在留痕里。"))
    return _onward(no)


@pages.post("/receive/<no>/dispute")
@for_roles(*DESK)
@redraws(envelope)
def dispute(no: str) -> Response:
    """Delivered, says the courier; not received, say we. Both stand until it is settled."""
    form = read(Dispute)
    tracking.dispute_delivery(world(), me(), form["command_id"], no, form["dispute_note"])
    said(_("已登记没有收到。寄出单位会看到，请同时向快递方查询。"))
    return _onward(no)
