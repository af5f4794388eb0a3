"""Our two Chinese faces for machines that lack them: the browser asks only for what its own fonts cannot show."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, abort, send_file

from logistics.web.visit import open_to_all

pages = Blueprint("fonts", __name__)

FACES = frozenset({"NotoSansSC-Regular.woff2", "HanaMinB.woff2"})
WEEK = 7 * 24 * 3600


@pages.get("/fonts/<name>")
@open_to_all
def face(name: str) -> Response:
    """One of the faces; browsers keep it for a week and then ask whether it changed."""
    if name not in FACES:
        abort(404)
    answer = send_file(str(files("labels.fonts") / name), mimetype="font/woff2", max_age=WEEK)
    answer.headers["Cache-Control"] = f"public, max-age={WEEK}"
    return answer
