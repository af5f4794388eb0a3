"""Pictures of originals: photos and scans taken before sealing, or of what a receiver found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref, term
from logistics.terms import PictureOf


class Picture(SQLModel, table=True):
    """原件影像: a photo or scan of one original. Its bytes, digest and moment are those of its paper (kind "picture").

    What it shows is never changed; a wrong one is withdrawn with a reason, and stays in the dossier.
    """

    __table_args__ = (
        UniqueConstraint("original_id", "seq"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_why = '')", name="withdrawn_for_a_reason"),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    original_id: int = Field(sa_column=ref("original.id"))
    paper_id: int = Field(sa_column=ref("paper.id"))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True, index=False))
    seq: int  # counts from 1 for each original
    shows: PictureOf = Field(sa_column=term(PictureOf))
    agency_id: int = Field(sa_column=ref("agency.id", index=False))  # whose officer took it
    width: int  # pixels; 0 for a PDF
    height: int
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    withdrawn_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    withdrawn_why: str = ""
