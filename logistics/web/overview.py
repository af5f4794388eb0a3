"""一屏: how it stands now in five numbers, how long things took and how many came in time, by lane, leg and week; and
the dossiers behind every number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, get_template_attribute, request, url_for
from flask_babel import LazyString, lazy_gettext
from markupsafe import Markup

from logistics.rules import figures as rules
from logistics.rules import troubles as now_rules
from logistics.rules.figures import WAY, Judged, Outcome, Side, Summary, Which
from logistics.rules.troubles import Kind, Trouble
from logistics.store import figures as store
from logistics.terms import Role
from logistics.web import asked as asking
from logistics.web.asked import Given, called_by, length
from logistics.web.dossier.wording import leg_name
from logistics.web.figures import Figure
from logistics.web.leaves import leaf
from logistics.web.naming import courier_name
from logistics.web.navigation import Entry
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now

MANAGERS = (Role.MANAGER, Role.ADMINISTRATOR)
LEAF = 200
"""So many rows stand on one page of a list."""

pages = Blueprint("overview", __name__)
ENTRIES = [Entry("overview.show", lazy_gettext("一屏"), frozenset(MANAGERS), place=26, also=("reports",))]

KINDS: dict[Kind, tuple[LazyString, str]] = {
    Kind.LATE: (lazy_gettext("超时"), "late"),
    Kind.RISK: (lazy_gettext("可能超时"), "attention"),
    Kind.SILENT: (lazy_gettext("静默"), "attention"),
    Kind.DISPUTED: (lazy_gettext("争议"), "attention"),
    Kind.PARKED: (lazy_gettext("搁置"), "attention"),
}
WHICH: dict[Which, LazyString] = {
    Which.STARTED: lazy_gettext("起算的"),
    Which.CLOSED: lazy_gettext("已了的"),
    Which.DECIDED: lazy_gettext("已有结果的"),
    Which.KEPT: lazy_gettext("按时的"),
    Which.NOT_KEPT: lazy_gettext("未按时的"),
    Which.OPEN: lazy_gettext("未了的"),
    Which.LATE: lazy_gettext("仍超时的"),
    Which.WAIVED: lazy_gettext("豁免的"),
    Which.ODD: lazy_gettext("时刻颠倒的"),
}
OUTCOMES: dict[Outcome, tuple[str, LazyString]] = {
    Outcome.KEPT: ("done", lazy_gettext("按时")),
    Outcome.MISSED: ("attention", lazy_gettext("超时后完成")),
    Outcome.LATE: ("late", lazy_gettext("仍超时")),
    Outcome.OPEN: ("moving", lazy_gettext("未到期")),
    Outcome.WAIVED: ("quiet", lazy_gettext("豁免")),
    Outcome.ODD: ("quiet", lazy_gettext("时刻颠倒，不计")),
}


@pages.get("/figures")
@for_roles(*MANAGERS)
def show() -> Response:
    """The one screen: numbers of now, then the figures of the period, each leading to its dossiers."""
    given = asking.given()
    with look() as session:
        names = store.names(session)
        narrow = asking.narrow(session, given, names)
        troubles = now_rules.wanted(store.troubles(session, now()), given.asked)
        try:
            found = rules.figures(store.cases(session, given.asked), given.asked, now(), given.step)
        except store.TooMany:
            found = None
    return page(
        "manager/overview.html",
        numbers=_numbers(given, now_rules.numbers(troubles)),
        late=now_rules.numbers(troubles)[Kind.LATE],
        given=given,
        narrow=narrow,
        found=found,
        weeks=[(count, asking.monday(count)) for count in asking.WEEKS],
        most=store.MOST,
        **(_of_time(found, given) if found else {}),
        **_words(names),
    )


def _numbers(given: Given, count: dict[Kind, int]) -> list[Figure]:
    return [
        Figure(kind.value, given.address("overview.standing", kind=kind.value), count[kind], *KINDS[kind])
        for kind in Kind
    ]


def _of_time(found: rules.Figures, given: Given) -> dict[str, Any]:
    used = {leg for _lane, leg in found.heat}
    return {
        "legs": [leg.value for leg in WAY if leg.value in used],
        "hours": sum(known.total for _leg, _side, known in found.split),
        "rows": sorted({lane for lane, _leg in found.heat}, key=lambda lane: _place(found, lane)),
        "measured": given.asked.measured,
    }


def _place(found: rules.Figures, lane: rules.Lane) -> int:
    """Lanes stand in the heat table as in the table of lanes; those without a measured case behind."""
    return next((n for n, one in enumerate(found.lanes) if one.lane == lane), len(found.lanes))


@pages.get("/figures/cases")
@for_roles(*MANAGERS)
def cases() -> Response:
    """The cases that one number of the period counts, the longest first."""
    given, which = asking.given(), request.args.get("which", "")
    if which not in set(Which):
        abort(404)
    low, high = asking.number("low"), asking.number("high")
    with look() as session:
        names = store.names(session)
        try:
            everything = rules.of_period(store.cases(session, given.asked), given.asked, now())
        except store.TooMany:
            abort(404)
        found = rules.chosen(everything, given.asked.measured, Which(which), low, high, _side())
        one_leaf, ordered = leaf(len(found), LEAF), sorted(found, key=_longest_first)
        shown = one_leaf.of(ordered)
        ids = store.clock_ids(session, [(one.case.dossier_no, one.case.key) for one in shown])
    known = rules.summary(found)
    return page(
        "manager/cases.html",
        given=given,
        which=WHICH[Which(which)],
        ends=(low, high),
        rows=[(one, ids.get((one.case.dossier_no, one.case.key))) for one in shown],
        marks=_marks(ordered, known),
        leaf=one_leaf,
        here=_address("overview.cases"),
        number=len(found),
        dossiers=len({one.case.dossier_no for one in found}),
        **_words(names),
    )


def _address(endpoint: str) -> str:
    """This list as it was asked for, before its number of page."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{url_for(endpoint)}?{urlencode(asked)}"


def _side() -> Side | None:
    name = request.args.get("side", "")
    if name and name not in set(Side):
        abort(404)
    return Side(name) if name else None


def _longest_first(one: Judged) -> tuple[float, str, str]:
    took = one.seconds if one.seconds is not None else (now() - one.case.started_at).total_seconds()
    return -took, one.case.dossier_no, one.case.key


def _marks(rows: Sequence[Judged], known: Summary) -> dict[int, str]:
    """At which row the percentiles stand: by nearest rank each is a case that happened."""
    marks: dict[int, str] = {}
    for words, seconds in (("95%", known.p95), ("80%", known.p80), ("50%", known.median)):
        place = next((n for n, one in enumerate(rows) if seconds is not None and one.seconds == seconds), None)
        if place is not None:
            marks[place] = " ".join(filter(None, (marks.get(place, ""), words)))
    return marks


@dataclass(frozen=True)
class Standing:
    """One dossier of a number of now, with the things it is counted for."""

    dossier_no: str
    lane: tuple[int, int]
    things: Sequence[tuple[Trouble, int | None]]  # with the clock's id, where it is a clock


@pages.get("/figures/now")
@for_roles(*MANAGERS)
def standing() -> Response:
    """The dossiers that one number of now counts, the one that waits longest first."""
    given, kind = asking.given(), request.args.get("kind", "")
    if kind not in set(Kind):
        abort(404)
    with look() as session:
        names = store.names(session)
        every = now_rules.wanted(store.troubles(session, now()), given.asked)
        found = sorted((one for one in every if one.kind.value == kind), key=lambda one: one.since)
        ids = store.clock_ids(session, [(one.dossier_no, one.ref) for one in found if one.leg])
    of_dossier: dict[str, list[tuple[Trouble, int | None]]] = {}
    for one in found:
        of_dossier.setdefault(one.dossier_no, []).append((one, ids.get((one.dossier_no, one.ref))))
    rows = [Standing(no, (of[0][0].sender_id, of[0][0].receiver_id), of) for no, of in of_dossier.items()]
    one_leaf = leaf(len(rows), LEAF)
    return page(
        "manager/standing.html",
        given=given,
        kind=kind,
        numbers=_numbers(given, now_rules.numbers(every)),
        rows=one_leaf.of(rows),
        leaf=one_leaf,
        here=_address("overview.standing"),
        number=len(rows),
        things=len(found),
        **_words(names),
    )


def may_order(owner_id: int) -> bool:
    """Whether this reader may give an order to that agency."""
    return Role.MANAGER in me().roles and owner_id in me().agencies


def _outcome(outcome: Outcome) -> Markup:
    """The outcome as a state; on one page drawn once and shown in every row that has it."""
    state, words = OUTCOMES[outcome]
    drawn: Markup = get_template_attribute("_parts.html", "state")(state, str(words))
    return drawn


def _words(names: store.Names) -> dict[str, Any]:
    return {
        "said": asking.said,
        "names": names,
        "called": called_by(names),
        "leg_name": leg_name,
        "length": cache(length),
        "day": asking.day,
        "courier": cache(courier_name),
        "outcome": cache(_outcome),
        "lane_of": cache(get_template_attribute("manager/_desk.html", "lane")),
        "may_order": may_order,
        "percent": percent,
        "sides": SIDES,
    }


def percent(share: float | None) -> str:
    """A share as people say it."""
    return "—" if share is None else f"{100 * share:.0f}%"


SIDES = {
    Side.COURIER: lazy_gettext("快递"),
    Side.RECEIVER: lazy_gettext("收件单位"),
    Side.SENDER: lazy_gettext("寄出单位"),
}
"""Whose hours a stretch of the way is made of."""
