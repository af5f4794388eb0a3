"""Days off and days worked instead, as they were announced: for everybody, for a region, or by one agency."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref


class CalendarNotice(SQLModel, table=True):
    """One announcement. Drafted, then listed (what it would move), then confirmed and from then in force, then applied.

    `region_code` and `agency_id` are empty for the state's own. The state's settles its whole `year`, a later one anew;
    the others' days stand over the state's, a later one's over an earlier one's.
    """

    __tablename__ = "calendar_notice"
    __table_args__ = (
        Index(
            "ix_calendar_notice_waiting",
            "id",
            postgresql_where=text("applied_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=key())
    region_code: str = Field(default="", max_length=6)
    agency_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True))
    year: int
    title: str
    number: str = ""
    dated: date | None = None
    days: list[dict[str, Any]] = Field(sa_column=json())  # day, kind, name, follows
    source_text: str  # what was pasted or uploaded, as it was
    drafted_at: datetime = Field(sa_column=instant())
    drafted_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    listed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    confirmed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    reached: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))  # the last deadline recomputed
    applied_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(null=True))


class CalendarMove(SQLModel, table=True):
    """A deadline that an announcement would move, as it was listed; `applied_at` when it has been moved so."""

    __tablename__ = "calendar_move"
    __table_args__ = (UniqueConstraint("notice_id", "deadline_id"),)
    id: int | None = Field(default=None, sa_column=key())
    notice_id: int = Field(sa_column=ref("calendar_notice.id"))
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    deadline_id: int = Field(sa_column=ref("deadline.id"))
    due_before: datetime = Field(sa_column=instant())
    due_after: datetime = Field(sa_column=instant())
    provisional_before: bool
    provisional_after: bool
    applied_at: datetime | None = Field(default=None, sa_column=instant(null=True))
