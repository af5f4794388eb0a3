"""SQL about what carries notices outside the inbox: who can be reached how, and what became of each message."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from sqlalchemy import text
from sqlmodel import Session

from logistics.terms import ChannelKind


def ways_of(session: Session, officer_ids: Collection[int]) -> dict[int, frozenset[ChannelKind]]:
    """By which channels each of these officers can be reached outside the inbox; who has none is left out. Whoever
    asks sees kinds only, no address."""
    found: dict[int, set[ChannelKind]] = {}
    ask = text("SELECT officer_id, kind FROM outside_ways(CAST(:officers AS bigint[]))")
    rows = session.execute(ask, {"officers": sorted(officer_ids)})
    for officer_id, kind in rows:
        found.setdefault(cast(int, officer_id), set()).add(ChannelKind(kind))
    return {officer_id: frozenset(kinds) for officer_id, kinds in found.items()}


def reachable(session: Session, officer_ids: Collection[int]) -> set[int]:
    """Those of these officers who have any way outside the inbox: for them a NOTIFY errand is worth owing."""
    return set(ways_of(session, officer_ids))
