"""Any number on any paper, scanned or typed, leads to the page where its next act is done."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from logistics.actor import Actor
from logistics.store import pickups, supervision
from logistics.store.find import Found, by_code
from logistics.terms import Role
from logistics.web.page import page
from logistics.web.visit import look, me

pages = Blueprint("find", __name__)

LONGEST = 400  # a QR of ours is far shorter
LONGEST_CASE = 64  # a case number of an approval system
OURS = "YD1|"  # how a QR of ours begins: no case number
SENDERS = frozenset({Role.WINDOW, Role.RECEIVER})  # who may open a hand-over list, which is of no single dossier

Lead = Callable[[Found, Actor], str | None]
_leads: list[tuple[int, Lead]] = []


def leads(place: int = 50) -> Callable[[Lead], Lead]:
    """Register where a found thing leads for this reader; None passes it on. Small `place` is asked first.

    Without any answer the dossier's own page opens.
    """

    def register(lead: Lead) -> Lead:
        _leads.append((place, lead))
        _leads.sort(key=lambda pair: pair[0])
        return lead

    return register


@pages.get("/find")
def find() -> AnyResponse:
    """Go to what the number names; say loudly when it names nothing."""
    wanted = request.args.get("q", "").strip()[:LONGEST]
    if not wanted:
        return redirect("/", 303)
    with look() as session:
        found = by_code(session, wanted)
        if found is not None:
            return redirect(_destination(found, me()), 303)
        if (order := supervision.typed(session, wanted)) is not None:
            return redirect(url_for("supervision.show", no=order), 303)
        listed = pickups.list_scanned(session, wanted) if me().roles & SENDERS else None
    return _nothing(wanted) if listed is None else redirect(url_for("handover.show", no=listed.no), 303)


def _destination(found: Found, actor: Actor) -> str:
    for _place, lead in _leads:
        address = lead(found, actor)
        if address is not None:
            return address
    return f"/dossiers/{found.dossier_no}" + (f"#{found.consignment_no}" if found.consignment_no else "")


def _nothing(wanted: str) -> Response:
    may_open = Role.WINDOW in me().roles and not wanted.startswith(OURS) and len(wanted) <= LONGEST_CASE
    answer = page("not_found_by_scan.html", wanted=wanted, may_open=may_open)
    answer.status_code = 404
    return answer
