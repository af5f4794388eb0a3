"""Deadlines of each leg, the rungs of their ladders, and the notices people read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref


def _none_yet() -> Column[Any]:
    return Column(JSONB, nullable=False, server_default=text("'[]'"))


def _not_unless_said() -> Column[Any]:
    return Column(Boolean, nullable=False, server_default=text("false"))


class Deadline(SQLModel, table=True):
    """时限: a promise for one leg, with the inputs it was computed from frozen beside it."""

    __table_args__ = (
        UniqueConstraint("dossier_id", "key"),
        Index("ix_deadline_open", "due_at", postgresql_where=text("met_at IS NULL AND waived_at IS NULL")),
        Index("ix_deadline_started", "started_at"),
        Index("ix_deadline_met", "owner_agency_id", "leg", "met_at", postgresql_where=text("met_at IS NOT NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True))
    key: str  # leg, and the consignment's number where the leg is a consignment's
    leg: str
    owner_agency_id: int = Field(sa_column=ref("agency.id"))
    owner_officer_id: int | None = Field(default=None, sa_column=ref("officer.id", null=True))
    started_at: datetime = Field(sa_column=instant())
    due_at: datetime = Field(sa_column=instant())
    provisional: bool
    policy: dict[str, Any] = Field(sa_column=json())
    calendar_version: str
    explanation: list[str] = Field(sa_column=json())
    paused_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # since when it stands still
    met_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    waived_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    waived_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    waiver_reason: str = ""


class Rung(SQLModel, table=True):
    """提醒级次: one step of a deadline's ladder. Fired at most once, dropped when the deadline was met before.

    `held_by`: its moment came and its own audience was not told, for this officer had acknowledged (`rules.ladder`).
    """

    __table_args__ = (
        UniqueConstraint("deadline_id", "name"),
        Index("ix_rung_due", "fires_at", "id", postgresql_where=text("fired_at IS NULL AND dropped_at IS NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    deadline_id: int = Field(sa_column=ref("deadline.id"))
    seq: int
    name: str
    kind: str
    audience: str
    fires_at: datetime = Field(sa_column=instant())
    channels: list[str] = Field(default_factory=list, sa_column=_none_yet())
    at_any_hour: bool = Field(default=False, sa_column=_not_unless_said())
    unless_acknowledged: bool = Field(default=False, sa_column=_not_unless_said())
    fired_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    dropped_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    held_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))


class Notice(SQLModel, table=True):
    """One line in an officer's inbox. `key` makes it single for that officer.

    It is about a dossier, or `address` says where on this site it leads. `outside_at`: from when it may also leave by
    other channels, None for never. `posting`: key of the errand that took it there, alone or with others in a digest.
    """

    __table_args__ = (
        UniqueConstraint("officer_id", "key"),
        CheckConstraint("(dossier_id IS NULL) = (address <> '')", name="notice_leads_somewhere"),
        Index("ix_notice_outside", "outside_at", postgresql_where=text("outside_at IS NOT NULL AND posted_at IS NULL")),
        Index("ix_notice_posted", "officer_id", "posted_at", postgresql_where=text("posted_at IS NOT NULL")),
    )
    id: int | None = Field(default=None, sa_column=key())
    officer_id: int = Field(sa_column=ref("officer.id"))
    agency_id: int = Field(sa_column=ref("agency.id"))
    dossier_id: int | None = Field(default=None, sa_column=ref("dossier.id", null=True))
    deadline_id: int | None = Field(default=None, sa_column=ref("deadline.id", null=True))
    key: str
    kind: str
    zh: str
    en: str
    made_at: datetime = Field(sa_column=instant())
    acknowledged_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    channels: list[str] = Field(default_factory=list, sa_column=_none_yet())
    at_any_hour: bool = Field(default=False, sa_column=_not_unless_said())
    outside_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    posted_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    posting: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    address: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
