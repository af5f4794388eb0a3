"""One hand-over list (交寄清单): scan, take off, have the collector sign, print."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import gettext as _
from marshmallow import fields
from sqlmodel import Session

from labels.draw import draw
from labels.papers import HandoverItem, HandoverSheet
from logistics.errors import NotYours
from logistics.rules import collecting
from logistics.services import handovers, papers
from logistics.store import pickups
from logistics.tables import Agency, Consignment, HandoverLine, HandoverList, Officer, Pickup
from logistics.terms import Role
from logistics.web import signatures
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import together
from logistics.web.naming import courier_name
from logistics.web.page import page
from logistics.web.times import BEIJING, spoken
from logistics.web.visit import for_roles, look, me, now, world
from logistics.web.window.onward import onward
from logistics.web.window.papers import POLICY

pages = Blueprint("handover", __name__)
SENDERS = (Role.WINDOW, Role.RECEIVER)
LARGEST = 10_000_000  # bytes of a scanned sheet
DRAWN = "data:image/png;base64,"


class Scanning(FormShape):
    """One scanned number."""

    code = fields.String(load_default="")


class Removing(FormShape):
    """The envelope that shall not go."""

    consignment = fields.String(required=True)


class Signing(FormShape):
    """Who collects; `drawn` is the signature as a data address, the scanned sheet comes as a file."""

    collector = fields.String(load_default="")
    staff_no = fields.String(load_default="")
    drawn = fields.String(load_default="")


@pages.get("/handovers/<no>")
@for_roles(*SENDERS)
def show(no: str) -> Response:
    """The list with what was scanned and what was not; once signed, what the collector took and what stayed."""
    with look() as session:
        row = pickups.list_by_no(session, no)
        lines = _with_envelopes(session, pickups.lines_of(session, row))
        left = _with_envelopes(session, pickups.left_behind(session, row))
        targets = {it.id: session.get_one(Agency, it.to_agency_id) for _one, it in [*lines, *left]}
        later = {it.id: pickups.signed_on(session, it) for _one, it in left}
    done = sum(1 for one, _it in lines if one.scanned_at is not None)
    return page(
        "window/handover.html",
        row=row,
        lines=lines,
        left=left,
        later=later,
        targets=targets,
        done=done,
        name=courier_name(row.courier),
        collector=handovers.collector_of(world(), row),
        proof=handovers.signature_of(world(), row)[0],
    )


def _with_envelopes(session: Session, lines: Sequence[HandoverLine]) -> list[tuple[HandoverLine, Consignment]]:
    return [(one, session.get_one(Consignment, one.consignment_id)) for one in lines]


def _name(row: HandoverList) -> str:
    """As paper has it, which is Chinese."""
    known = world().couriers.get(row.courier)
    return known.name_zh if known is not None else row.courier


@pages.post("/handovers/<no>/scan")
@for_roles(*SENDERS)
@redraws(show)
def scan(no: str) -> Response:
    """The envelope is in the collector's hands; a second scan of it is told as such."""
    form = read(Scanning)
    code = form["code"].strip()
    done = handovers.scan(world(), me(), form["command_id"], no, code)
    if done["again"]:
        said(_("%(no)s 已经扫过（第 %(seq)s 行），没有再算一次。", no=done["consignment"], seq=done["seq"]))
    else:
        said(_("%(no)s 已扫。", no=done["consignment"]))
    return onward(url_for("handover.show", no=no))


@pages.post("/handovers/<no>/remove")
@for_roles(*SENDERS)
@redraws(show)
def remove(no: str) -> Response:
    """The envelope is off the list."""
    form = read(Removing)
    handovers.remove(world(), me(), form["command_id"], no, form["consignment"])
    said(_("已从清单移去 %(no)s。", no=form["consignment"]))
    return onward(url_for("handover.show", no=no))


@pages.post("/handovers/<no>/sign")
@for_roles(*SENDERS)
@redraws(show)
def sign(no: str) -> Response:
    """The collector has signed for what was scanned."""
    form = read(Signing)
    done = handovers.sign(world(), me(), form["command_id"], no, form["collector"], form["staff_no"], _proof(form))
    taken, left = _("揽收员已签收 %(count)s 件。", count=done["count"]), done.get("left", 0)
    stayed = _("还有 %(count)s 件没有扫，留在这里，请收好等下一次。", count=left) if left else ""
    said(together([taken, stayed]))
    return onward(url_for("handover.show", no=no))


def _proof(form: dict[str, Any]) -> bytes:
    """The scanned sheet if one was given, else the drawn signature; b"" for neither, which the verb refuses."""
    upload = request.files.get("signature")
    if upload is not None and upload.filename:
        return bytes(upload.read(LARGEST))
    drawn = str(form["drawn"])
    if not drawn.startswith(DRAWN):
        return b""
    try:
        return base64.b64decode(drawn.removeprefix(DRAWN), validate=True)
    except binascii.Error:
        return b""


@pages.get("/handovers/<no>.pdf")
@for_roles(*SENDERS)
def open_pdf(no: str) -> Response:
    """The list as a sheet of paper: before the signature to be signed in ink, afterwards with the digests."""
    with look() as session:
        row = pickups.list_by_no(session, no)
        lines = _with_envelopes(session, pickups.lines_of(session, row))
        left = len(pickups.left_behind(session, row))
        items = tuple(_item(one, it, session.get_one(Agency, it.to_agency_id).name) for one, it in lines)
        agency = session.get_one(Agency, row.agency_id)
        maker = session.get_one(Officer, row.made_by).name
        appointment = session.get(Pickup, row.pickup_id) if row.pickup_id is not None else None
        expected = appointment or pickups.next_open(session, row.agency_id, row.courier, row.made_at)
    collector, staff_no = handovers.collector_of(world(), row)
    digest = row.list_sha256 or _so_far(row, agency, lines)
    content = draw(
        HandoverSheet(
            number=row.no,
            agency=agency.name,
            courier_name=_name(row),
            items=items,
            made_at=row.made_at,
            made_by=maker,
            pickup=_slot(expected) if expected is not None else "",
            collector=collector,
            staff_no=staff_no,
            signed_at=row.signed_at,
            list_sha256=row.list_sha256,
            signature_sha256=row.signature_sha256,
            printed_at=row.signed_at or now(),
            qr_text=papers.qr("H", row.no, digest),
            left=left,
        )
    )
    answer = make_response(content)
    answer.headers["Content-Type"] = papers.PDF
    answer.headers["Content-Disposition"] = f'inline; filename="{row.no}.pdf"'
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.get("/handovers/<no>/signature")
@for_roles(*SENDERS)
def signature(no: str) -> Response:
    """What the collector signed with, as it came; kept in no cache."""
    with look() as session:
        row = pickups.list_by_no(session, no)
    media_type, content = handovers.signature_of(world(), row)
    if not content:
        raise NotYours("签字", "signature")
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'inline; filename="{row.no}-signature"'
    answer.headers["Content-Security-Policy"] = signatures.POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _so_far(row: HandoverList, agency: Agency, lines: list[tuple[HandoverLine, Consignment]]) -> str:
    """The digest the list would have if it were signed as it stands."""
    told = [collecting.line(one.seq, it, one.scanned_at) for one, it in lines if one.scanned_at is not None]
    return collecting.list_sha256(row.no, agency.code, row.courier, told)


def _item(line: HandoverLine, consignment: Consignment, receiver: str) -> HandoverItem:
    return HandoverItem(line.seq, line.waybill_no, consignment.no, receiver, consignment.seal_no, line.scanned_at)


def _slot(one: Pickup) -> str:
    return f"{spoken(one.collect_from, one.collect_from, 'zh')}–{one.collect_until.astimezone(BEIJING):%H:%M}"
