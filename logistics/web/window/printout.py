"""Print what an envelope has to have, by one key: each paper to the printer that holds its stock, else one PDF."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from logistics.services import papers
from logistics.services.papers import Wanted, printing
from logistics.store import find
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.printing import label_size
from logistics.web.visit import for_roles, look, me, world
from logistics.web.window import envelope
from logistics.web.window.due import due, queued
from logistics.web.window.envelopes import part
from logistics.web.window.onward import onward

pages = Blueprint("printout", __name__)


@pages.post("/consignments/<no>/print")
@for_roles(Role.WINDOW, Role.RECEIVER)
@redraws(envelope.drawn)
def print_all(no: str) -> Response:
    """Everything due is made: on its way to its printer, or open in the browser as one PDF. Sent twice, it is once."""
    command = read(FormShape)["command_id"]
    with look() as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
    todo = due(whole, consignment, queued(whole)[0])
    for_printers: dict[int, list[Wanted]] = {}
    for one in todo:
        if one.printer is not None:
            for_printers.setdefault(one.printer.id or 0, []).append(Wanted(one.subject, one.kind))
    for printer, wanted in for_printers.items():
        printing.send(world(), me(), part(command, f"print {printer}"), printer, wanted)
    rest = [Wanted(one.subject, one.kind) for one in todo if one.printer is None]
    if not rest:
        if todo:
            said(_("已送打印：%(papers)s。", papers="、".join(one.words for one in todo)))
        return onward(url_for("envelope.show", no=no))
    made = papers.open_for_print(world(), me(), part(command, "browser"), rest, label_size())
    return onward(url_for("printing.sheets", no=made["papers"]))
