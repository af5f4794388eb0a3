"""What was last foretold of a deadline that runs, and when its owner was told of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref


class Foresight(SQLModel, table=True):
    """预判: of the comparable parcels that had taken as long (`total`), so many (`hits`) took longer than was left.

    `among` says which were compared, "" when too few were known for a forecast; `compared` is how many had come as far
    at all, `since` when the first of them ended. Reckoned against `due_at`: for another due moment it says nothing.
    """

    __table_args__ = (
        UniqueConstraint("deadline_id"),
        Index("ix_foresight_at_risk", "deadline_id", postgresql_where=text("at_risk")),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    deadline_id: int = Field(sa_column=ref("deadline.id", index=False))
    reckoned_at: datetime = Field(sa_column=instant())
    due_at: datetime = Field(sa_column=instant())
    step: str
    step_at: datetime = Field(sa_column=instant())
    among: str
    compared: int
    total: int
    hits: int
    since: datetime | None = Field(default=None, sa_column=instant(null=True))
    at_risk: bool
    told: int = 0  # how often its owner has been told
    told_at: datetime | None = Field(default=None, sa_column=instant(null=True))
