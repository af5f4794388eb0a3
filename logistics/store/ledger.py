"""The ledger at rest: append to a dossier's chain, log chains in the Merkle log, sign its head."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, text, tuple_
from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.archive import checkpoints
from logistics.decision import Fact
from logistics.rules import chain, merkle
from logistics.rules.invariants import entry_of
from logistics.store.locks import Lock
from logistics.tables import Checkpoint, Dossier, LedgerEntry, LogLeaf, LogNode, LogPending

_BATCH = 5000

_HEADS = """
    SELECT d.id, e.seq, e.hash FROM unnest(%b::int8[]) AS d(id)
    CROSS JOIN LATERAL (SELECT seq, hash FROM ledger_entry WHERE dossier_id = d.id ORDER BY seq DESC LIMIT 1) e"""

_STORE = """
    WITH made AS (
        INSERT INTO ledger_entry
            (dossier_id, seq, at, actor, actor_name, agency, what, why, facts, command_id, prev_hash, hash)
        SELECT t.d, t.s, t.t, t.a, t.n, t.g, t.w, t.y, t.f::jsonb, t.c, t.p, t.h
        FROM unnest(%b::int8[], %b::int4[], %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::text[],
            %b::text[], %b::text[], %b::text[], %b::text[], %b::text[]) AS t(d, s, t, a, n, g, w, y, f, c, p, h)
        RETURNING id)
    INSERT INTO log_pending (entry_id) SELECT id FROM made"""
_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


class Chains:
    """The chains that one verb makes longer. The caller holds the row lock of each dossier, so no two entries share a
    place.
    """

    def __init__(self, session: Session, later: bool = False) -> None:
        """`later`: entries stay in hand until `flush` stores them all at once; else each is stored as it is made."""
        self._session, self._later = session, later
        self._heads: dict[int, tuple[int, str] | None] = {}
        self._waiting: list[tuple[int, chain.Entry]] = []

    def know(self, dossiers: Sequence[Dossier]) -> None:
        """The last entries of these dossiers are looked up with one question."""
        ids = [cast(int, dossier.id) for dossier in dossiers]
        found = self._session.connection().exec_driver_sql(_HEADS, (ids,))
        self._heads.update(dict.fromkeys(ids))
        self._heads.update({dossier_id: (seq, digest) for dossier_id, seq, digest in found})

    def append(self, dossier: Dossier, actor: Actor, fact: Fact, at: datetime, command_id: str | None) -> None:
        """The dossier's chain is one entry longer."""
        dossier_id = cast(int, dossier.id)
        if dossier_id not in self._heads:
            self.know([dossier])
        seq, digest = self._heads[dossier_id] or (0, chain.genesis(dossier.no))
        entry = chain.link(
            digest,
            dossier_no=dossier.no,
            seq=seq + 1,
            at=at,
            actor=actor.id,
            actor_name=actor.name,
            agency=actor.agency,
            what=fact.what,
            why=fact.why,
            facts=cast("dict[str, chain.JSON]", fact.data),
            command_id=command_id,
        )
        self._heads[dossier_id] = entry.seq, entry.hash
        self._waiting.append((dossier_id, entry))
        if not self._later:
            self._session.flush()  # what the entry speaks of stands before it
            self.flush()

    def flush(self) -> None:
        """Every entry made so far is stored, in the order in which they were made, and waits for the Merkle log."""
        if not self._waiting:
            return
        rows = [
            (of, e.seq, e.at, e.actor, e.actor_name, e.agency, e.what, e.why, _json(e.facts), e.command_id, e.prev_hash,
             e.hash)
            for of, e in self._waiting
        ]  # fmt: skip
        self._session.connection().exec_driver_sql(_STORE, tuple(map(list, zip(*rows, strict=True))))
        self._waiting.clear()


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


def fetched(session: Session, ask: Callable[[merkle.Get], object]) -> merkle.Get:
    """As `node`, with every node that `ask` wants fetched by one question: which ones those are does not depend on what
    they hold. Reading raises LookupError for one that is missing.
    """
    wanted: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return b""

    ask(note)
    rows = session.exec(select(LogNode).where(tuple_(LogNode.level, LogNode.idx).in_(wanted)))
    known = {(row.level, row.idx): row.hash for row in rows}

    def get(level: int, index: int) -> bytes:
        if (level, index) not in known:
            raise LookupError(f"log node {level}/{index} is missing")
        return known[level, index]

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
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.LOG.value})
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
