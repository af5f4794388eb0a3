"""What an address asks of managers' figures, and the addresses of what stands behind each number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from flask import abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session

from logistics.rules.deadlines import Leg
from logistics.rules.figures import MEASURED, Asked, Lane, Step, Which
from logistics.rules.workdays import china_date
from logistics.store import figures as store
from logistics.store.figures import Names
from logistics.web.dossier.wording import leg_name
from logistics.web.language import locale
from logistics.web.naming import courier_name, lane_of
from logistics.web.visit import now

WEEKS = (4, 13, 26, 52)
USUAL = 13
"""So many weeks are shown where the address names no period."""

LONGEST = timedelta(days=5 * 366)
FIRST, LAST = date(1970, 1, 1), date(2999, 12, 31)


def _path(endpoint: str) -> str:
    """Where the page stands, looked up once a request: a screen of figures has hundreds of addresses."""
    known: dict[str, str] = g.setdefault("paths_of_figures", {})
    if endpoint not in known:
        known[endpoint] = url_for(endpoint)
    return known[endpoint]


_quoted = lru_cache(maxsize=4096)(quote_plus)
"""A screen's hundreds of addresses say the same few values over and over."""


@dataclass(frozen=True)
class Given:
    """What was asked for, and by which step the trend goes."""

    asked: Asked
    step: Step

    def address(self, endpoint: str, **more: Any) -> str:
        """The page with all that was asked for; `more` is put over it, None takes it out."""
        asked = self.asked
        values: dict[str, Any] = {
            "since": asked.since.isoformat(),
            "until": asked.until.isoformat(),
            "lane": "-".join(map(str, asked.lane)) if asked.lane else None,
            "courier": asked.courier or None,
            "agency": asked.agency,
            "leg": asked.leg or None,
            "step": self.step.value if self.step is not Step.WEEK else None,
        }
        found = {name: value for name, value in {**values, **more}.items() if value is not None}
        return f"{_path(endpoint)}?{'&'.join([f'{name}={_quoted(str(value))}' for name, value in found.items()])}"

    def cases(
        self,
        which: str,
        lane: Lane | None = None,
        days: tuple[date, date] | None = None,
        leg: str = "",
        bar: tuple[int, int] | None = None,
        side: str = "",
    ) -> str:
        """Where the cases of one number stand; what is not said is as it was asked for."""
        asked, (low, high) = self.asked, bar or (None, None)
        since, until = days or (asked.since, asked.until)
        narrowed = replace(asked, lane=lane or asked.lane, since=since, until=until, leg=leg or asked.measured)
        kept, counted = replace(self, asked=narrowed), Which(which).value
        return kept.address("overview.cases", which=counted, low=low, high=high, side=side or None)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the period narrows what is shown."""
        asked = self.asked
        return bool(asked.lane or asked.courier or asked.agency or asked.leg)


def monday(weeks: int) -> date:
    """The Monday so many weeks begin with, this week the last of them."""
    today = china_date(now())
    return today - timedelta(days=today.weekday(), weeks=weeks - 1)


def period() -> tuple[date, date]:
    """The first and the last day that this request asks for; what cannot be read is no page of ours."""
    since, until = _day("since", monday(USUAL)), _day("until", china_date(now()))
    if not FIRST <= since <= until <= LAST or until - since > LONGEST:
        abort(404)
    return since, until


def given() -> Given:
    """What this request asks for; what cannot be read is no page of ours."""
    since, until = period()
    words = request.args.get
    lane = (lane_of(words("lane", "")) or abort(404)) if words("lane") else None
    agency, leg, step = words("agency", ""), words("leg", ""), words("step", "") or Step.WEEK.value
    if agency and not (agency.isdecimal() and len(agency) < 19):
        abort(404)
    if (leg and leg not in set(Leg)) or step not in set(Step):
        abort(404)
    courier = words("courier", "")
    return Given(Asked(since, until, lane, courier, int(agency) if agency else None, leg), Step(step))


def _day(name: str, usual: date) -> date:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else usual
    except ValueError:
        abort(404)


def number(name: str) -> int | None:
    """A count of seconds in the address; None where it has none."""
    text = request.args.get(name, "")
    if text and not (text.isdecimal() and len(text) < 12):
        abort(404)
    return int(text) if text else None


def narrow(session: Session, asked: Given, names: Names) -> dict[str, list[tuple[str, str]]]:
    """What can be asked for: only what the period has, and what is asked for now."""
    lanes, couriers, owners = store.given(session, *asked.asked.span)
    one = asked.asked
    lanes |= {one.lane} if one.lane else set()
    couriers |= {one.courier} if one.courier else set()
    owners |= {one.agency} if one.agency else set()
    called = called_by(names)
    return {
        "lane": sorted(((f"{a}-{b}", f"{called(a)} → {called(b)}") for a, b in lanes), key=lambda pair: pair[1]),
        "courier": sorted(((code, courier_name(code)) for code in couriers), key=lambda pair: pair[1]),
        "agency": sorted(((str(key), called(key)) for key in owners), key=lambda pair: pair[1]),
        "leg": [(leg.value, leg_name(leg.value)) for leg in Leg],
    }


def called_by(names: Names) -> Any:
    """What an agency is called in the reader's language, by id."""
    of = names.en if locale() == "en" else names.zh
    return lambda key: of.get(key, str(key))


def said(asked: Given, names: Names) -> str:
    """What narrows the figures, in words; empty where nothing does."""
    one, called = asked.asked, called_by(names)
    parts = [
        " → ".join(map(called, one.lane)) if one.lane else "",
        courier_name(one.courier) if one.courier else "",
        _("责任单位 %(agency)s", agency=called(one.agency)) if one.agency else "",
        leg_name(one.leg) if one.leg else "",
    ]
    return " · ".join(filter(None, parts))


def length(seconds: int | None) -> str:
    """A length of time in one unit, as a table says it: 40 分钟, 18 小时, 3.5 天; a dash for none."""
    if seconds is None:
        return "—"
    if seconds < 3600:
        return str(ngettext("%(num)s 分钟", "%(num)s 分钟", seconds // 60))
    if seconds < 48 * 3600:
        return str(ngettext("%(num)s 小时", "%(num)s 小时", round(seconds / 3600)))
    days = f"{seconds / 86400:.1f}".removesuffix(".0")
    return str(_("%(days)s 天", days=days))


def day(one: date) -> str:
    """A day as a chart names it; its year where it is another than this."""
    this_year = one.year == china_date(now()).year
    if locale() != "en":
        return f"{'' if this_year else f'{one.year}年'}{one.month}月{one.day}日"
    return f"{one.day} {one:%b}{'' if this_year else f' {one.year}'}"


__all__ = ["MEASURED", "Given", "called_by", "day", "given", "length", "monday", "narrow", "number", "period", "said"]
