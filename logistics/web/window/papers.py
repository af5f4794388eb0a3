"""Make papers and open them: label, transfer slip, cover. Each opens as a PDF in a tab of its own, ready to print."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, url_for
from marshmallow import fields, validate

from logistics.errors import NotYours
from logistics.services import papers
from logistics.terms import Role
from logistics.web.forms import FormShape, read
from logistics.web.visit import for_roles, me, world
from logistics.web.window.onward import onward

pages = Blueprint("papers", __name__)

# A PDF is shown by the browser's own viewer, which needs a frame and styles of its own; nothing else may load.
POLICY = "default-src 'none'; object-src 'self'; frame-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class OfEnvelope(FormShape):
    """Which paper of an envelope is wanted."""

    kind = fields.String(required=True, validate=validate.OneOf(["label", "slip"]))


@pages.post("/consignments/<no>/papers")
@for_roles(Role.WINDOW, Role.RECEIVER)
def make(no: str) -> Response:
    """The paper is made, or was by this very form; it opens."""
    form = read(OfEnvelope)
    maker = papers.make_label if form["kind"] == "label" else papers.make_slip
    made = maker(world(), me(), form["command_id"], no)
    return onward(url_for("papers.open_pdf", no=made["paper"]))


@pages.post("/dossiers/<no>/cover")
@for_roles(Role.WINDOW, Role.RECEIVER)
def make_cover(no: str) -> Response:
    """The dossier's first page is made, or was by this very form; it opens."""
    made = papers.make_cover(world(), me(), read(FormShape)["command_id"], no)
    return onward(url_for("papers.open_pdf", no=made["paper"]))


@pages.get("/papers/<no>.pdf")
def open_pdf(no: str) -> Response:
    """The paper's own bytes, shown in the browser; its digest is the entity tag. Not kept in any cache."""
    row, content = papers.fetch(world(), me(), no)
    if row.media_type != papers.PDF:
        raise NotYours("单据", "paper")
    answer = make_response(content)
    answer.headers["Content-Type"] = papers.PDF
    answer.headers["Content-Disposition"] = f'inline; filename="{row.no}.pdf"'
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag(row.sha256)
    return answer
