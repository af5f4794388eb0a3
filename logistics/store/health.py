"""How the queues, the clocks and the log stand: figures for whoever watches, and the rows that wait for a person.

Read as the system role: the web role may not look into the inbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from logistics.rules import chain, invariants, merkle
from logistics.rules.invariants import Violation
from logistics.store import ledger
from logistics.tables import Checkpoint, Dossier, Errand, InboxMessage, LedgerEntry, LogLeaf, LogNode

_FIGURES = text("""
    SELECT
        (SELECT count(*) FROM errand WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= :now) AS errands_due,
        (SELECT min(due_at) FROM errand WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= :now)
            AS oldest_errand,
        (SELECT count(*) FROM errand WHERE done_at IS NULL AND parked_at IS NOT NULL) AS errands_parked,
        (SELECT count(*) FROM inbox WHERE read_at IS NULL AND parked_at IS NULL) AS pushes_unread,
        (SELECT min(received_at) FROM inbox WHERE read_at IS NULL AND parked_at IS NULL) AS oldest_push,
        (SELECT count(*) FROM inbox WHERE read_at IS NULL AND parked_at IS NOT NULL) AS pushes_parked,
        (SELECT count(*) FROM rung WHERE fired_at IS NULL AND dropped_at IS NULL AND fires_at <= :now) AS rungs_due,
        (SELECT count(*) FROM log_pending) AS entries_unlogged,
        (SELECT max(signed_at) FROM checkpoint) AS signed_at""")


@dataclass(frozen=True)
class Health:
    """How much is due, parked and unread, since when, and when the log was signed last (None: never or nothing)."""

    errands_due: int
    oldest_errand: datetime | None
    errands_parked: int
    pushes_unread: int
    oldest_push: datetime | None
    pushes_parked: int
    rungs_due: int
    entries_unlogged: int
    signed_at: datetime | None


def look(session: Session, now: datetime) -> Health:
    """The figures at `now`."""
    return Health(**session.execute(_FIGURES, {"now": now}).mappings().one())


def parked_errands(session: Session, limit: int = 100) -> Sequence[Errand]:
    """Errands that wait for a person, longest waiting first, as the reader sees them."""
    return session.exec(
        select(Errand)
        .where(col(Errand.parked_at).is_not(None), col(Errand.done_at).is_(None))
        .order_by(col(Errand.parked_at))
        .limit(limit)
    ).all()


def parked_messages(session: Session, limit: int = 100) -> Sequence[InboxMessage]:
    """Pushes that wait for a person, longest waiting first."""
    return session.exec(
        select(InboxMessage)
        .where(col(InboxMessage.parked_at).is_not(None), col(InboxMessage.read_at).is_(None))
        .order_by(col(InboxMessage.parked_at))
        .limit(limit)
    ).all()


@contextmanager
def snapshot_of(engine: Engine) -> Iterator[Session]:
    """A session that sees the database as it stood at one moment; nothing is stored."""
    with Session(engine.execution_options(isolation_level="REPEATABLE READ")) as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        yield session


def dossiers_after(session: Session, dossier_id: int, limit: int) -> list[Dossier]:
    """The next dossiers by id."""
    return list(
        session.exec(select(Dossier).where(col(Dossier.id) > dossier_id).order_by(col(Dossier.id)).limit(limit))
    )


def unlike_the_log(session: Session, dossier: Dossier) -> list[Violation]:
    """Entries of the dossier whose stored leaf in the Merkle log is another one: changed since they were logged."""
    rows = session.exec(
        select(LedgerEntry, LogLeaf.leaf, LogNode.hash)
        .join(LogLeaf, col(LogLeaf.entry_id) == LedgerEntry.id)
        .join(LogNode, (col(LogNode.idx) == LogLeaf.leaf) & (col(LogNode.level) == 0))
        .where(LedgerEntry.dossier_id == dossier.id)
    )
    return [
        Violation("log", f"{dossier.no}#{row.seq}", f"与检查点日志第 {leaf} 叶不符")
        for row, leaf, logged in rows
        if merkle.leaf_hash(chain.leaf(invariants.entry_of(row, dossier.no))) != logged
    ]


def unreproduced(session: Session) -> list[Violation]:
    """Checkpoints whose root the stored log does not lead to."""
    node = ledger.node(session)
    return [
        Violation("checkpoint", str(one.size), "检查点的根不能由日志重算得出")
        for one in session.exec(select(Checkpoint).order_by(col(Checkpoint.size)))
        if merkle.root(one.size, node).hex() != one.root
    ]
