"""Drawing a page, or only the fragment of it that changed, from the same template part."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request

from logistics.web.forms import problem


def wants_fragment() -> bool:
    """Whether htmx asks, and for a part of the page only."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def page(template: str, fragment: str | None = None, **values: Any) -> Response:
    """The page; for htmx only `fragment` (which the full template includes), with the page's messages beside it.

    After a refused act (`forms.redraws`) the answer carries that error's status.
    """
    if fragment and wants_fragment():
        body = render_template(fragment, **values)
        body += render_template("_messages.html", out_of_band=True, drawn=body)
    else:
        body = render_template(template, **values)
    why = problem()
    return make_response(body, why.status if why else 200)
