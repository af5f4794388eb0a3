"""Calendar feeds at rest: whose a secret is, and how often a clock has moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, or_, select

from logistics.tables import Deadline, Feed, LedgerEntry, Officer

STARTED = "deadline:started"
MOVED = ("deadline:recomputed", "deadline:extended", "deadline:reopened", "deadline:paused", "deadline:resumed")
"""Entries of a clock after which its due moment, or whether it runs, is another."""


def live(session: Session, officer_id: int | None) -> Feed | None:
    """The officer's feed, when they have one."""
    return session.exec(select(Feed).where(Feed.officer_id == officer_id, col(Feed.revoked_at).is_(None))).first()


def by_digest(session: Session, token_sha256: str) -> Feed | None:
    """The feed of that secret, unless it was revoked or its officer no longer works."""
    return session.exec(
        select(Feed)
        .join(Officer, col(Officer.id) == Feed.officer_id)
        .where(Feed.token_sha256 == token_sha256, col(Feed.revoked_at).is_(None), col(Officer.active).is_(True))
    ).first()


def asked(session: Session, feed: Feed, now: datetime, not_since: datetime) -> bool:
    """Whether the feed may be given now: nobody fetched it after `not_since`. The fetch is noted."""
    rested = or_(col(Feed.asked_at).is_(None), col(Feed.asked_at) <= not_since)
    done = session.execute(update(Feed).where(col(Feed.id) == feed.id, rested).values(asked_at=now))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def revoke(session: Session, officer_id: int | None, now: datetime) -> bool:
    """The officer has no feed any more; whether there was one."""
    done = session.execute(
        update(Feed).where(col(Feed.officer_id) == officer_id, col(Feed.revoked_at).is_(None)).values(revoked_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Moved:
    """How often a clock has moved since it started, and when it last changed; both only ever grow."""

    times: int
    at: datetime


def moved(session: Session, deadlines: Iterable[Deadline]) -> dict[tuple[int, str], Moved]:
    """Of each clock, by dossier and key, how often it moved: counted in the chains, which are never changed."""
    key = col(LedgerEntry.facts)["key"].astext
    rows = session.execute(
        select(
            col(LedgerEntry.dossier_id),
            key,
            func.count().filter(col(LedgerEntry.what) != STARTED),
            func.max(col(LedgerEntry.at)),
        )
        .where(col(LedgerEntry.dossier_id).in_({row.dossier_id for row in deadlines}))
        .where(col(LedgerEntry.what).in_((STARTED, *MOVED)))
        .group_by(col(LedgerEntry.dossier_id), key)
    )
    return {(dossier, name): Moved(times, at) for dossier, name, times, at in rows}
