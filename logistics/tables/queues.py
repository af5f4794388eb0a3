"""What is owed outward and what has come in but is not yet read; and the acts already done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref, term
from logistics.terms import ErrandKind


class Errand(SQLModel, table=True):
    """待办外呼: one effect owed to the outside. Leased while someone tries it; parked when it waits for a person."""

    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_errand_due", "due_at", postgresql_where=text("done_at IS NULL AND parked_at IS NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int | None = Field(default=None, sa_column=ref("dossier.id", null=True))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    kind: ErrandKind = Field(sa_column=term(ErrandKind))
    key: str
    payload: dict[str, Any] = Field(sa_column=json())
    created_at: datetime = Field(sa_column=instant())
    due_at: datetime = Field(sa_column=instant())
    lease_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    attempts: int = 0  # times it was taken up, those included whose process died
    failures: int = 0  # times the other side did not do it: these lengthen the wait
    done_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    parked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_error: str = ""


class InboxMessage(SQLModel, table=True):
    """A trusted push exactly as it came, single by digest; read later. `packed`: the body is kept as zlib."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_unread", "received_at", postgresql_where=text("read_at IS NULL AND parked_at IS NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    courier: str
    digest: str = Field(unique=True)
    body_sha256: str = Field(index=True)
    headers: dict[str, Any] = Field(sa_column=json())
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    packed: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    received_at: datetime = Field(sa_column=instant())
    attempts: int = 0
    due_at: datetime = Field(sa_column=instant())
    read_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    parked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_error: str = ""
    names: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )  # waybills and references that a message put off or parked is about, as far as it could be read


class Exchange(SQLModel, table=True):
    """A courier's raw answer to one of our calls, kept for the life of the dossier; single by digest of the
    plain bytes. `packed`: the body is kept as zlib.
    """

    __table_args__ = (UniqueConstraint("consignment_id", "sha256"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int = Field(sa_column=ref("consignment.id"))
    operation: str
    status: int
    sha256: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    packed: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    received_at: datetime = Field(sa_column=instant())


class Command(SQLModel, table=True):
    """An act that has been done: a second arrival of the same command id gets the first result."""

    id: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    verb: str
    request_sha256: str = ""
    result: dict[str, Any] = Field(sa_column=json())
    done_at: datetime = Field(sa_column=instant())
