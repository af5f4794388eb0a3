"""Who owes an answer to a difference: whoever packed the envelope, for what the other side found when opening it.

What couriers do or fail to say (no movement, lost, an unknown code) is no question to whoever packed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from logistics.errors import Rejected
from logistics.rules import access
from logistics.terms import Cause, Direction, DiscrepancyKind, Role

AT_THE_OPENING = frozenset(
    {
        DiscrepancyKind.MISSING,
        DiscrepancyKind.EXTRA,
        DiscrepancyKind.WRONG,
        DiscrepancyKind.DAMAGED,
        DiscrepancyKind.ILLEGIBLE,
        DiscrepancyKind.EMPTY,
        DiscrepancyKind.SEAL,
    }
)
"""Differences between what was packed and what was found."""

VERB = "answer_discrepancy"


def is_owed(kind: DiscrepancyKind, packed_by: int, found_by: int | None) -> bool:
    """Whether whoever packed owes an answer: not to a courier's difference, and not to themselves, who took it back."""
    return kind in AT_THE_OPENING and found_by is not None and found_by != packed_by


def may_answer(
    kind: DiscrepancyKind,
    settled_at: datetime | None,
    direction: Direction,
    packed_by: int,
    agency_id: int | None,
    roles: Collection[Role],
) -> bool:
    """Whether this officer may answer this difference now."""
    in_time = kind in AT_THE_OPENING and settled_at is None
    return in_time and agency_id == packed_by and access.role_for(VERB, direction) in roles


def require_answer(
    kind: DiscrepancyKind,
    settled_at: datetime | None,
    direction: Direction,
    packed_by: int,
    agency_id: int,
    roles: Collection[Role],
) -> None:
    """Returns when this officer may answer. Raises `NotAllowed` ("role", "agency"), `Rejected` ("settled",
    "couriers_difference").
    """
    access.require_role(roles, access.role_for(VERB, direction))
    access.require_agency(agency_id, packed_by)
    if kind not in AT_THE_OPENING:
        raise Rejected(
            "这项差异出在快递途中，不由装封的单位答复。请查询快递后直接了结。",
            "This difference arose on the way; whoever packed does not answer it. Ask the courier, then settle it.",
            "couriers_difference",
        )
    if settled_at is not None:
        raise Rejected(
            "这项差异已了结，不必再答复。请刷新页面。",
            "This difference is settled; no answer is wanted any more. Reload the page.",
            "settled",
        )


def require_words(words: str, cause: Cause | None) -> tuple[str, Cause]:
    """The answer without blank edges, and its cause. Raises `Rejected` ("reason", "cause")."""
    if not words.strip():
        raise Rejected("请填写答复：查到了什么，怎样处理。", "Say what you found and what is being done.", "reason")
    if cause is None:
        raise Rejected("请选择原因类别，统计要用。", "Choose the kind of cause.", "cause")
    return words.strip(), cause
