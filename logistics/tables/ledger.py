"""The append-only chain of each dossier, and the one Merkle log over all chains."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref


class LedgerEntry(SQLModel, table=True):
    """留痕条目: one entry of one dossier's chain; the database refuses to change or delete it."""

    __tablename__ = "ledger_entry"
    __table_args__ = (UniqueConstraint("dossier_id", "seq"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id", index=False))
    seq: int
    at: datetime = Field(sa_column=instant())
    actor: str
    actor_name: str
    agency: str
    what: str
    why: str
    facts: dict[str, Any] = Field(sa_column=json())
    command_id: str | None = None
    prev_hash: str
    hash: str


class LogNode(SQLModel, table=True):
    """A complete subtree's hash in the Merkle log: level 0 is a leaf, `idx` counts subtrees of that level.
    Append-only.
    """

    __tablename__ = "log_node"
    level: int = Field(primary_key=True)
    idx: int = Field(sa_column=Column(BigInteger, primary_key=True))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LogLeaf(SQLModel, table=True):
    """Where each logged entry stands in the log: `leaf` is its index. Append-only."""

    __tablename__ = "log_leaf"
    __table_args__ = (Index("ix_log_leaf_entry", "entry_id", unique=True),)
    leaf: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    entry_id: int = Field(sa_column=ref("ledger_entry.id", index=False))


class LogPending(SQLModel, table=True):
    """An entry that is not in the Merkle log yet; the row goes when the entry is logged."""

    __tablename__ = "log_pending"
    entry_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("ledger_entry.id"), primary_key=True, autoincrement=False)
    )


class Checkpoint(SQLModel, table=True):
    """A signed head of the log. Append-only."""

    __table_args__ = (Index("ix_checkpoint_newest", text("size DESC")),)
    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    root: str
    signed_at: datetime = Field(sa_column=instant())
    key_id: str
    public_key: str
    signature: str


class CheckpointStamp(SQLModel, table=True):
    """What a time-stamping authority said of a head: the RFC 3161 answer over its signed text. Append-only."""

    __tablename__ = "checkpoint_stamp"
    size: int = Field(
        sa_column=Column(BigInteger, ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False)
    )
    text_sha256: str = Field(unique=True)  # of the signed text
    stamped_at: datetime = Field(sa_column=instant())  # as the authority says
    authority: str
    token: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
