"""Deadlines as bars: how much of a leg's time has gone, where its due mark stands, how late it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from logistics.rules.deadlines import days_late
from logistics.rules.workdays import state_calendar
from logistics.store.find import Whole
from logistics.tables import Deadline
from logistics.web.dossier.wording import full_width, leg_name
from logistics.web.language import locale
from logistics.web.times import duration

WIDTH = 200  # the drawing's own units
SOON = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """One deadline, drawn: `gone` and `due` are widths out of `WIDTH`; `words` say what the bar shows."""

    leg: str
    owner: str
    due_at: datetime
    gone: int
    due: int
    state: str
    words: str
    open: bool
    provisional: bool
    explanation: Sequence[str]
    waiver: str


def bars(whole: Whole, now: datetime) -> list[Bar]:
    """The dossier's deadlines: open ones first, the nearest due first; then those over, newest first."""
    names = {
        agency.id: (agency.name_en or agency.short_name) if locale() == "en" else agency.short_name
        for agency in (whole.sender, whole.receiver)
    }
    made = [(row, _bar(row, names.get(row.owner_agency_id, ""), now)) for row in whole.deadlines]
    running = sorted((pair for pair in made if pair[1].open), key=lambda pair: pair[0].due_at)
    over = sorted((pair for pair in made if not pair[1].open), key=lambda pair: pair[0].due_at, reverse=True)
    return [bar for _row, bar in (*running, *over)]


def _bar(row: Deadline, owner: str, now: datetime) -> Bar:
    ended = row.met_at or row.waived_at
    until = ended or now
    span = max(row.due_at, until) - row.started_at
    state, words = _said(row, now)
    return Bar(
        leg=leg_name(row.leg),
        owner=owner,
        due_at=row.due_at,
        gone=_share(until - row.started_at, span),
        due=_share(row.due_at - row.started_at, span),
        state=state,
        words=words,
        open=ended is None,
        provisional=row.provisional,
        explanation=[full_width(sentence) for sentence in row.explanation],
        waiver=row.waiver_reason,
    )


def _share(part: timedelta, span: timedelta) -> int:
    return WIDTH if span <= timedelta(0) else round(max(0.0, min(1.0, part / span)) * WIDTH)


def _said(row: Deadline, now: datetime) -> tuple[str, str]:
    if row.waived_at is not None:
        return "quiet", _("不再计时")
    late = (row.met_at or now) > row.due_at
    if late:
        days = days_late(state_calendar(), row.due_at, row.met_at, now)
        words = (
            ngettext("超时 %(num)s 个工作日", "超时 %(num)s 个工作日", days)
            if days
            else _("超时 %(length)s", length=duration((row.met_at or now) - row.due_at))
        )
        return ("late", words) if row.met_at is None else ("attention", _("完成，%(late)s", late=words))
    if row.met_at is not None:
        return "done", _("按时完成")
    left = row.due_at - now
    return ("attention" if left < SOON else "moving"), _("还有 %(length)s", length=duration(left))
