"""Calendar feeds: an officer's open deadlines for a calendar program, behind an address that is a secret."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref


class Feed(SQLModel, table=True):
    """One address of an officer's calendar; only the SHA-256 of its secret is kept. An officer has one at a time."""

    __table_args__ = (
        Index("ix_feed_of_officer", "officer_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    officer_id: int = Field(sa_column=ref("officer.id", index=False))
    token_sha256: str = Field(unique=True, max_length=64)
    made_at: datetime = Field(sa_column=instant())
    asked_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # when a program last fetched it
    revoked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
