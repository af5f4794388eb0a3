"""Originals on their way inside one agency: offered by whoever holds them, answered by whoever is to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref


class InsideHandover(SQLModel, table=True):
    """内部移交: these originals are offered to a colleague. Custody passes when the colleague says that they are there.

    Nothing of it changes but the answer: taken, declined with a reason, or withdrawn by the agency's desk.
    """

    __tablename__ = "inside_handover"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"),
        CheckConstraint("taken IS NULL OR answered_at IS NOT NULL", name="taken_is_an_answer"),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    codes: list[str] = Field(sa_column=json())  # of the originals, in the dossier's order
    department: str = ""  # 科室 of the colleague, as people call it
    from_officer_id: int = Field(sa_column=ref("officer.id", index=False))
    to_officer_id: int = Field(sa_column=ref("officer.id"))
    offered_at: datetime = Field(sa_column=instant())
    answered_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    answered_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    taken: bool | None = None
    words: str = ""  # why it was declined or withdrawn
