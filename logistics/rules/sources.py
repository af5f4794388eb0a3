"""Two accounts of one waybill (两个来源): the courier's own, which is followed, and an aggregator's, which is shown.

An aggregator is heard about a waybill that another courier carries; what it says never moves the stage, not even when
the courier itself is silent: it is shown beside, and where the two contradict each other a person is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from logistics.decision import NewDiscrepancy
from logistics.rules import repeats, stages
from logistics.rules.reading import Meanings, read
from logistics.rules.workdays import CHINA
from logistics.tables import Consignment, Tracking
from logistics.terms import DiscrepancyKind, zh

TOLERANCE = timedelta(hours=6)
"""How long one account may be behind the other before that is a contradiction: aggregators ask every few hours."""


def followable(consignment: Consignment, rows: Iterable[Tracking], meanings: Meanings) -> list[Tracking]:
    """The events that the stage follows: the own courier's, each scan once, mapped codes with their meaning."""
    own = [row for row in rows if row.courier == consignment.courier]
    return [told.head for told in repeats.folded(read(own, meanings))]


def others(consignment: Consignment, rows: Iterable[Tracking], meanings: Meanings) -> dict[str, list[Tracking]]:
    """What each other account says, each scan once, by its code."""
    found: dict[str, list[Tracking]] = {}
    for told in repeats.folded(read([row for row in rows if row.courier != consignment.courier], meanings)):
        found.setdefault(told.head.courier, []).append(told.head)
    return found


def contradictions(
    consignment: Consignment,
    own: Sequence[Tracking],
    accounts: Mapping[str, Sequence[Tracking]],
    names: Mapping[str, str],
    tolerance: timedelta = TOLERANCE,
) -> list[NewDiscrepancy]:
    """One difference for each other account that contradicts the own one. `names`: what people call each courier.

    A contradiction: one says that it ended (delivered, returned, lost), the other has moved on by more than `tolerance`
    and does not say so. Who has merely heard nothing since contradicts nobody.
    """
    if not own:
        return []
    found = []
    for account in accounts.values():
        for ended, behind in ((own, account), (account, own)):
            end = _end(ended, behind, tolerance)
            if end is not None:
                found.append(_difference(consignment, end, behind, names))
                break
    return found


def _end(ended: Sequence[Tracking], behind: Sequence[Tracking], tolerance: timedelta) -> Tracking | None:
    """The statement of an end that the other account denies by what it says later."""
    stage = stages.follow(ended).stage
    milestone = stages.ENDS.get(stage)
    moved = [row for row in behind if row.milestone in stages.MOVEMENT]
    if milestone is None or not moved or stages.follow(behind).stage is stage:
        return None
    if any(row.milestone is milestone for row in stages.standing(behind)):
        return None
    end = max((row for row in ended if row.milestone is milestone), key=lambda row: (row.happened_at, row.natural_key))
    return end if max(row.happened_at for row in moved) >= end.happened_at + tolerance else None


def _difference(
    consignment: Consignment, end: Tracking, behind: Sequence[Tracking], names: Mapping[str, str]
) -> NewDiscrepancy:
    last = max(
        (row for row in behind if row.milestone in stages.MOVEMENT), key=lambda row: (row.happened_at, row.natural_key)
    )
    ended = next(stage for stage, milestone in stages.ENDS.items() if milestone is end.milestone)
    return NewDiscrepancy(
        DiscrepancyKind.SOURCES_DISAGREE,
        f"sources:{consignment.no}:{end.courier}:{last.courier}:{end.id}",
        f"{_name(end, names)}称「{zh(ended)}」（{_when(end.happened_at)}，代码 {end.code or '无'}），"
        f"{_name(last, names)}此后仍称「{zh(stages.follow(behind).stage)}」（{_when(last.happened_at)}，"
        f"代码 {last.code or '无'}）。两方原话见轨迹，请向承运快递核实邮件下落。",
        consignment_id=consignment.id,
    )


def _name(row: Tracking, names: Mapping[str, str]) -> str:
    return names.get(row.courier, row.courier.upper())


def _when(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
