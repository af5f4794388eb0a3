"""Rules of time as data: each a chain of versions, and the open clocks that a version was asked to move."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref


class PolicyVersion(SQLModel, table=True):
    """One version of one rule: what it says is never changed, a later version of the same subject takes its place.

    The subject is leg, scope, item, agreement and owner agency; null means any. `length` null: from this version on the
    rule is no more, and what is less specific holds. A version that is looser than law or promise (`looser` says than
    which) counts from `approved_at` on, never without. Marks of listing and applying are those of its open clocks.
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        Index(
            "ix_policy_version_subject",
            "leg",
            text("coalesce(scope, '')"),
            text("coalesce(item_id, 0)"),
            text("coalesce(agreement_id, 0)"),
            text("coalesce(agency_id, 0)"),
            "version",
            unique=True,
        ),
        Index(
            "ix_policy_version_waiting",
            "id",
            postgresql_where=text("asked_at IS NOT NULL AND applied_at IS NULL AND dropped_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=key())
    leg: str
    scope: str | None = None
    item_id: int | None = Field(default=None, sa_column=ref("service_item.id", null=True, index=False))
    agreement_id: int | None = Field(default=None, sa_column=ref("agreement.id", null=True))
    agency_id: int | None = Field(default=None, sa_column=ref("agency.id", null=True))
    version: int
    supersedes: int | None = Field(default=None, sa_column=ref("policy_version.id", null=True, index=False))
    length: int | None = None
    unit: str
    whose: str
    rungs: list[dict[str, Any]] = Field(sa_column=json())
    starts: list[str] = Field(sa_column=json())  # the facts that rules/legs tied to the leg when it was made
    stops: list[str] = Field(sa_column=json())
    valid_from: datetime = Field(sa_column=instant())
    reason: str
    made_at: datetime = Field(sa_column=instant())
    made_by: int = Field(sa_column=ref("officer.id", index=False))
    looser: list[dict[str, Any]] = Field(
        sa_column=json()
    )  # the bounds it passes: length, unit, source in two languages
    approved_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    approved_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    refused_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    refused_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    judgement: str = ""  # why it was approved or refused
    asked_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # that open clocks be listed
    asked_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    listed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    confirmed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    dropped_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # the list was put aside
    reached: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))  # the last clock looked at
    applied_at: datetime | None = Field(default=None, sa_column=instant(null=True))


class PolicyMove(SQLModel, table=True):
    """An open clock that a version would move, as it was listed; `applied_at` when it has been moved so."""

    __tablename__ = "policy_move"
    __table_args__ = (Index("ix_policy_move_once", "version_id", "deadline_id", unique=True),)
    id: int | None = Field(default=None, sa_column=key())
    version_id: int = Field(sa_column=ref("policy_version.id", index=False))
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    deadline_id: int = Field(sa_column=ref("deadline.id"))
    due_before: datetime = Field(sa_column=instant())
    due_after: datetime = Field(sa_column=instant())
    applied_at: datetime | None = Field(default=None, sa_column=instant(null=True))
