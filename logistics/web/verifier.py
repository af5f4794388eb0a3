"""The page `verify.html` for whoever wants to check a package without our program: to open here or to keep."""

from __future__ import annotations

from flask import Blueprint, Response

from logistics.archive import page
from logistics.web.visit import open_to_all

pages = Blueprint("verifier", __name__)


@pages.get("/verify.html")
@open_to_all
def whole() -> Response:
    """The page; what it may do is its own policy's to say: its one script and style by digest, no connection at all."""
    answer = Response(page.whole(), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = f"{page.policy()}; frame-ancestors 'none'"
    return answer
