"""Deadlines as bars: how much of a leg's time has gone, where its due mark stands, how late it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from logistics.rules.lateness import Reading
from logistics.store.find import Whole
from logistics.tables import Deadline, Foresight
from logistics.web import lateness
from logistics.web.dossier.reasons import clock_lines, reason
from logistics.web.dossier.wording import leg_name
from logistics.web.foresight import Foretold, foretold
from logistics.web.naming import agency_name

WIDTH = 200  # the drawing's own units


@dataclass(frozen=True)
class Bar:
    """One deadline, drawn: `gone` and `due` are widths out of `WIDTH`; `words` say what the bar shows.

    `is_next`: of the clocks that run it ends first.
    """

    id: int
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
    is_next: bool = False
    foretold: Foretold | None = None


def bars(
    whole: Whole, readings: Mapping[int | None, Reading], told: Mapping[int | None, Foresight], now: datetime
) -> list[Bar]:
    """The dossier's deadlines, none hidden: open ones first, the one that ends first before all, those that stand still
    behind those that run; then those over, newest first.
    """
    names = {agency.id: agency_name(agency) for agency in (whole.sender, whole.receiver)}
    rows = sorted(whole.deadlines, key=lambda row: (row.paused_at is not None, row.due_at))
    running = [row for row in rows if row.met_at is None and row.waived_at is None]
    over = sorted((row for row in rows if row not in running), key=lambda row: row.due_at, reverse=True)
    first = next((row.id for row in running if row.paused_at is None), None)
    return [
        replace(
            _bar(row, names.get(row.owner_agency_id, ""), readings[row.id], now),
            is_next=row.id == first,
            foretold=foretold(told.get(row.id)),
        )
        for row in (*running, *over)
    ]


def _bar(row: Deadline, owner: str, reading: Reading, now: datetime) -> Bar:
    ended = row.met_at or row.waived_at
    until = ended or row.paused_at or now
    span = max(row.due_at, until) - row.started_at
    return Bar(
        id=row.id or 0,
        leg=leg_name(row.leg),
        owner=owner,
        due_at=row.due_at,
        gone=_share(until - row.started_at, span),
        due=_share(row.due_at - row.started_at, span),
        state=lateness.state_of(reading),
        words=lateness.sentence(reading),
        open=ended is None,
        provisional=row.provisional,
        explanation=clock_lines(row.explanation),
        waiver=reason(row.waiver_reason),
    )


def _share(part: timedelta, span: timedelta) -> int:
    return WIDTH if span <= timedelta(0) else round(max(0.0, min(1.0, part / span)) * WIDTH)
