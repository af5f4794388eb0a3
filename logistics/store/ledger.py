"""The ledger at rest: append to a dossier's chain, log chains in the Merkle log, sign its head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, text
from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.archive import checkpoints
from logistics.decision import Fact
from logistics.rules import chain, merkle
from logistics.rules.invariants import entry_of
from logistics.tables import Checkpoint, Dossier, LedgerEntry, LogLeaf, LogNode, LogPending

_LOCK = 4202650  # the advisory lock of the one process that extends the log
_BATCH = 5000


def append(
    session: Session, dossier: Dossier, actor: Actor, fact: Fact, at: datetime, command_id: str | None
) -> LedgerEntry:
    """The dossier's chain is one entry longer. The caller holds the dossier's row lock, so no two entries share a
    place.
    """
    last = session.exec(
        select(LedgerEntry).where(LedgerEntry.dossier_id == dossier.id).order_by(col(LedgerEntry.seq).desc()).limit(1)
    ).first()
    entry = chain.link(
        last.hash if last else chain.genesis(dossier.no),
        dossier_no=dossier.no,
        seq=last.seq + 1 if last else 1,
        at=at,
        actor=actor.id,
        actor_name=actor.name,
        agency=actor.agency,
        what=fact.what,
        why=fact.why,
        facts=cast("dict[str, chain.JSON]", dict(fact.data)),
        command_id=command_id,
    )
    row = LedgerEntry(
        dossier_id=cast(int, dossier.id),
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        actor_name=entry.actor_name,
        agency=entry.agency,
        what=entry.what,
        why=entry.why,
        facts=dict(entry.facts),
        command_id=entry.command_id,
        prev_hash=entry.prev_hash,
        hash=entry.hash,
    )
    session.add(row)
    session.flush()
    session.add(LogPending(entry_id=cast(int, row.id)))
    session.flush()
    return row


def entries(session: Session, dossier: Dossier) -> list[chain.Entry]:
    """The dossier's whole chain, first entry first."""
    rows = session.exec(select(LedgerEntry).where(LedgerEntry.dossier_id == dossier.id).order_by(col(LedgerEntry.seq)))
    return [entry_of(row, dossier.no) for row in rows]


def node(session: Session) -> merkle.Get:
    """How proofs read the log: the hash of the complete subtree (level, index)."""

    def get(level: int, index: int) -> bytes:
        found = session.get(LogNode, (level, index))
        if found is None:
            raise LookupError(f"log node {level}/{index} is missing")
        return found.hash

    return get


def size(session: Session) -> int:
    """How many leaves the log has."""
    newest = session.exec(select(func.max(LogLeaf.leaf))).one()
    return 0 if newest is None else newest + 1


def extend(session: Session) -> int:
    """Every entry not yet logged is now a leaf, in order of its id; returns the new size.

    Only one process does this at a time (advisory lock for the transaction); entries still being written by open
    transactions simply come with the next extension.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    start = size(session)
    rows = session.exec(
        select(LedgerEntry, Dossier.no)
        .join(Dossier, col(Dossier.id) == LedgerEntry.dossier_id)
        .join(LogPending, col(LogPending.entry_id) == LedgerEntry.id)
        .order_by(col(LedgerEntry.id))
        .limit(_BATCH)
    ).all()
    leaves = [chain.leaf(entry_of(row, no)) for row, no in rows]
    session.add_all(
        LogNode(level=n.level, idx=n.index, hash=n.hash) for n in merkle.append(start, leaves, node(session))
    )
    session.add_all(LogLeaf(leaf=start + i, entry_id=cast(int, row.id)) for i, (row, _) in enumerate(rows))
    session.execute(delete(LogPending).where(col(LogPending.entry_id).in_([row.id for row, _ in rows])))
    session.flush()
    return start + len(leaves)


def sign_head(session: Session, key: Ed25519PrivateKey, at: datetime) -> Checkpoint | None:
    """A signed checkpoint of the log's present head; None when nothing was logged since the last one."""
    count = extend(session)
    if count == 0 or session.get(Checkpoint, count) is not None:
        return None
    signed = checkpoints.sign_checkpoint(key, size=count, root=merkle.root(count, node(session)), signed_at=at)
    row = Checkpoint(
        size=signed.size,
        root=signed.root_hex,
        signed_at=signed.signed_at,
        key_id=signed.key_id,
        public_key=signed.public_key,
        signature=signed.signature,
    )
    session.add(row)
    session.flush()
    return row


def newest_checkpoint(session: Session) -> Checkpoint | None:
    """The last signed head, or None before the first."""
    return session.exec(select(Checkpoint).order_by(col(Checkpoint.size).desc()).limit(1)).first()


def leaves_of(session: Session, dossier: Dossier) -> Sequence[tuple[int, int]]:
    """(seq, leaf index) of every logged entry of the dossier, in order."""
    rows = session.exec(
        select(LedgerEntry.seq, LogLeaf.leaf)
        .join(LogLeaf, col(LogLeaf.entry_id) == LedgerEntry.id)
        .where(LedgerEntry.dossier_id == dossier.id)
        .order_by(col(LedgerEntry.seq))
    )
    return [(seq, leaf) for seq, leaf in rows]
