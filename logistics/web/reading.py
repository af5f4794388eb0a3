"""How a reader wants the pages: light or dark, usual or large letters, usual or high contrast. Kept by this browser.

The page is drawn with the choice already in it (`data-…` at its root), so nothing flashes or moves when it loads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Flask, redirect, request
from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response

from logistics.web.places import back_to
from logistics.web.visit import open_to_all

YEAR = 365 * 24 * 3600

pages = Blueprint("reading", __name__)


@dataclass(frozen=True)
class Way:
    """One thing a reader chooses: its name in forms, cookies and `data-…`, what it is called, its values and words."""

    name: str
    words: LazyString
    values: Mapping[str, LazyString]

    @property
    def cookie(self) -> str:
        """Where the browser keeps it."""
        return f"youdang_{self.name}"

    @property
    def first(self) -> str:
        """What holds for a reader who chose nothing."""
        return next(iter(self.values))

    @property
    def chosen(self) -> str:
        """What this reader has chosen."""
        wanted = request.cookies.get(self.cookie, "")
        return wanted if wanted in self.values else self.first


WAYS = (
    Way("letters", lazy_gettext("字号"), {"usual": lazy_gettext("标准"), "large": lazy_gettext("大字")}),
    Way("contrast", lazy_gettext("对比"), {"usual": lazy_gettext("标准"), "high": lazy_gettext("高对比")}),
    Way(
        "display",
        lazy_gettext("明暗"),
        {"auto": lazy_gettext("跟随系统"), "light": lazy_gettext("浅色"), "dark": lazy_gettext("深色")},
    ),
)


def install(app: Flask) -> None:
    """Templates of `app` know the ways of reading as `reading_ways()`."""
    app.jinja_env.globals.update(reading_ways=lambda: WAYS)


@pages.post("/reading")
@open_to_all
def choose() -> Response:
    """The choices of the form hold from now on in this browser; what it does not name stays."""
    answer = redirect(back_to(request.form.get("next")), 303)
    for way in WAYS:
        wanted = request.form.get(way.name)
        if wanted in way.values:
            answer.set_cookie(way.cookie, str(wanted), max_age=YEAR, httponly=True, samesite="Lax")
    return answer
