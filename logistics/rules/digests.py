"""How many messages an officer gets outside the inbox: a few alone, many as one digest; and what a digest says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from logistics.rules.policies import RungKind

FEW = 5
"""So many messages within `SPELL` reach an officer one by one; from the next on they come as a digest."""

SPELL = timedelta(minutes=10)
"""Two digests of one officer are at least so far apart: what comes meanwhile waits for the next."""

MOST = 10_000
"""So many notices one digest holds at most; the rest is in the next."""

NAMED = 3
"""So many of them a digest says in full, the most urgent first."""

FORESIGHT = "foresight"
"""The kind of a notice that measured times foretell a deadline to be missed."""

_COUNTED: Mapping[str, tuple[str, str]] = {
    RungKind.ESCALATION: ("升级督办", "escalated"),
    RungKind.OVERDUE: ("已超时", "overdue"),
    RungKind.SILENT: ("久无动向", "silent"),
    RungKind.DUE: ("已到期", "due now"),
    FORESIGHT: ("很可能超时", "probably late"),
    RungKind.WARNING: ("快到期", "due soon"),
}
_URGENCY: Mapping[str, int] = {kind: place for place, kind in enumerate(_COUNTED, start=1)}


class Leave(Enum):
    """How what waits for an officer leaves the house."""

    ALONE = "alone"
    TOGETHER = "together"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Item:
    """One notice that waits to leave. `due_at`: of its deadline, None when it is about none."""

    id: int
    kind: str
    zh: str
    en: str
    made_at: datetime
    due_at: datetime | None = None


def leave(waiting: int, lately: int, last_digest: datetime | None, now: datetime) -> Leave:
    """How `waiting` notices leave for an officer who got `lately` messages within the last `SPELL`."""
    if waiting + lately <= FEW:
        return Leave.ALONE
    return Leave.LATER if last_digest is not None and now - last_digest < SPELL else Leave.TOGETHER


def by_urgency(items: Sequence[Item]) -> list[Item]:
    """What a person ordered first, then rungs from escalated to warning, each the longest due first."""
    return sorted(items, key=lambda one: (_URGENCY.get(one.kind, 0), one.due_at or one.made_at, one.id))


def words(items: Sequence[Item]) -> tuple[str, str]:
    """A digest of these, most urgent first, in Chinese and in English: how many of what, and the first in full."""
    kinds = [(zh, en, sum(item.kind == kind for item in items)) for kind, (zh, en) in _COUNTED.items()]
    others = len(items) - sum(count for _, _, count in kinds)
    counted = [*kinds, ("其他", "other", others)]
    zh = "、".join(f"{word} {count} 项" for word, _, count in counted if count)
    en = ", ".join(f"{count} {word}" for _, word, count in counted if count)
    first = items[:NAMED]
    return (
        f"有 {len(items)} 项提醒：{zh}。最急的 {len(first)} 项：{' '.join(one.zh for one in first)}其余见站内提醒。",
        f"{len(items)} reminders: {en}. The most urgent {len(first)}: {' '.join(one.en for one in first)} "
        "The rest is in your inbox.",
    )
