"""Clocks stopped for a reason, or given more time: asked for by one person, approved by another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref


class Pause(SQLModel, table=True):
    """暂停 or 延期 of one deadline: asked, then approved or refused by another person; a pause then begins and ends.

    A pause has `from_at`, and `until_at` where the day on which the clock runs on is known; an extension has `amount`,
    counted in the unit of the deadline's own length.
    """

    __table_args__ = (
        Index(
            "uq_pause_live",
            "deadline_id",
            unique=True,
            postgresql_where=text("refused_at IS NULL AND ended_at IS NULL"),
        ),
        Index(
            "ix_pause_due",
            "from_at",
            postgresql_where=text("kind = 'pause' AND approved_at IS NOT NULL AND ended_at IS NULL"),
        ),
        CheckConstraint("kind IN ('pause', 'extension')", name="pause_kind"),
        CheckConstraint("approved_by <> asked_by", name="approved_by_another"),
        CheckConstraint("(kind = 'extension') = (amount IS NOT NULL)", name="extension_has_amount"),
        CheckConstraint("(kind = 'pause') = (from_at IS NOT NULL)", name="pause_has_start"),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    deadline_id: int = Field(sa_column=ref("deadline.id"))
    kind: str
    reason: str
    note: str = ""
    from_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    until_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    amount: int | None = None
    asked_at: datetime = Field(sa_column=instant())
    asked_by: int = Field(sa_column=ref("officer.id", index=False))
    approved_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    approved_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    refused_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    refused_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    refused_why: str = ""
    begun_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # the clock stands since from_at
    ended_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # run on, used up, or taken back
    ended_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
