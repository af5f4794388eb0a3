"""Our Chinese faces for machines that lack them: the browser asks only for what its own fonts cannot show.

The main face comes whole; the rare characters come 256 at a time, as `labels.fonts.webfont` cuts them.
"""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, abort, send_file

from labels.fonts import MAIN, webfont
from logistics.web.visit import open_to_all

pages = Blueprint("fonts", __name__)

WEEK = 7 * 24 * 3600


@pages.get("/fonts/<name>")
@open_to_all
def face(name: str) -> Response:
    """The main face; browsers keep it for a week and then ask whether it changed."""
    if name != MAIN.file:
        abort(404)
    return _kept(send_file(str(files("labels.fonts") / name), mimetype="font/woff2", max_age=WEEK))


@pages.get("/fonts/rare.css")
@open_to_all
def rare() -> Response:
    """Which small face holds which rare characters."""
    rules = (
        f'@font-face{{font-family:"{webfont.FAMILY}";font-display:swap;unicode-range:{webfont.ranges(codes)};'
        f'src:url("/fonts/{name}/{page:X}.woff2") format("woff2")}}\n'
        for (name, page), codes in webfont.faces().items()
    )
    return _kept(Response("".join(rules), mimetype="text/css"))


@pages.get("/fonts/<name>/<page>.woff2")
@open_to_all
def small(name: str, page: str) -> Response:
    """One small face."""
    try:
        content = webfont.font((name, int(page, 16)))
    except (KeyError, ValueError):
        abort(404)
    return _kept(Response(content, mimetype="font/woff2"))


def _kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = f"public, max-age={WEEK}"
    return answer
