"""好差评: what applicants rated the halls of the reader, the reasons they gave, and the share of good ratings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import LazyString, lazy_gettext

from logistics.rules import ratings as rules
from logistics.rules.ratings import BAD, GOOD, OF, Asked
from logistics.store import figures
from logistics.store import ratings as store
from logistics.terms import RatingReason, Role
from logistics.web import asked as asking
from logistics.web.asked import called_by
from logistics.web.leaves import leaf
from logistics.web.navigation import Entry
from logistics.web.overview import percent
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me

MANAGERS = (Role.MANAGER, Role.ADMINISTRATOR)
LEAF = 100

pages = Blueprint("ratings", __name__)
ENTRIES = [Entry("ratings.show", lazy_gettext("好差评"), frozenset(MANAGERS), place=46)]

WORDS: dict[str, tuple[str, LazyString]] = {
    "5": ("done", lazy_gettext("非常满意")),
    "4": ("done", lazy_gettext("满意")),
    "3": ("quiet", lazy_gettext("基本满意")),
    "2": ("attention", lazy_gettext("不满意")),
    "1": ("late", lazy_gettext("非常不满意")),
    GOOD: ("done", lazy_gettext("好评")),
    BAD: ("attention", lazy_gettext("差评")),
}
"""Each grade as a state, as the applicant chose it, and the two kinds of them."""


@dataclass(frozen=True)
class Given:
    """What the address asks for, and the addresses of what stands behind each number."""

    asked: Asked

    def address(self, **more: Any) -> str:
        """The page with all that was asked for; `more` is put over it, None takes it out."""
        asked = self.asked
        values: dict[str, Any] = {
            "since": asked.since.isoformat(),
            "until": asked.until.isoformat(),
            "hall": asked.hall,
            "grade": asked.grade or None,
            "reason": asked.reason or None,
        }
        found = {name: value for name, value in {**values, **more}.items() if value is not None}
        return f"{url_for('ratings.show')}?{urlencode(found)}"

    @property
    def narrowed(self) -> bool:
        """Whether anything but the period narrows the list."""
        return bool(self.asked.hall or self.asked.grade or self.asked.reason)


def given() -> Given:
    """What this request asks for; what cannot be read, and a hall that is not the reader's, is no page of ours."""
    since, until = asking.period()
    hall, grade, reason = (request.args.get(name, "") for name in ("hall", "grade", "reason"))
    if hall and (not hall.isdecimal() or len(hall) > 18 or int(hall) not in me().agencies):
        abort(404)
    if (grade and grade not in OF) or (reason and reason not in set(RatingReason)):
        abort(404)
    return Given(Asked(since, until, int(hall) if hall else None, grade, reason))


@pages.get("/ratings")
@for_roles(*MANAGERS)
def show() -> Response:
    """The ratings of the reader's halls in a period, each leading to its dossier."""
    wanted = given()
    with look() as session:
        names = figures.names(session)
        try:
            everything = store.of_halls(session, me().agencies, wanted.asked.span)
        except store.TooMany:
            everything = None
    return page("manager/ratings.html", given=wanted, **_told(everything, wanted.asked), **_words(names))


def _told(everything: list[rules.Rated] | None, asked: Asked) -> dict[str, Any]:
    """Every number is the length of the list it opens: each is counted with all that the others narrow."""
    if everything is None:
        return {"rows": None}
    found = _wanted(everything, asked)
    one = leaf(len(found), LEAF)
    halls = rules.by_hall(everything)
    return {
        "rows": one.of(found),
        "leaf": one,
        "known": rules.summary(_wanted(everything, replace(asked, grade="", reason=""))),
        "halls": halls if len(halls) > 1 else [],
        "grades": rules.by_grade(_wanted(everything, replace(asked, grade=""))),
        "reasons": rules.by_reason(_wanted(everything, replace(asked, reason=""))),
    }


def _wanted(everything: list[rules.Rated], narrowed: Asked) -> list[rules.Rated]:
    return [one for one in everything if narrowed.wants(one)]


def _words(names: figures.Names) -> dict[str, Any]:
    called = called_by(names)
    return {
        "called": called,
        "day": asking.day,
        "percent": percent,
        "weeks": [(count, asking.monday(count)) for count in asking.WEEKS],
        "words": WORDS,
        "why": {reason.value: reason for reason in RatingReason},
        "mine": sorted(((key, called(key)) for key in me().agencies), key=lambda pair: str(pair[1])),
    }
