"""Pictures: photos and scans of originals before sealing, of what a receiver found, of an envelope and its seal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref, term
from logistics.terms import PictureOf


class Picture(SQLModel, table=True):
    """影像: a photo or scan of one original, or of one envelope (`original_id` is None then) as its receiver found it.
    Its bytes, digest and moment are those of its paper (kind "picture").

    What it shows is never changed; a wrong one is withdrawn with a reason, and stays in the dossier.
    """

    __table_args__ = (
        UniqueConstraint("original_id", "seq"),
        Index(
            "uq_picture_of_envelope",
            "consignment_id",
            "seq",
            unique=True,
            postgresql_where=text("original_id IS NULL"),
        ),
        CheckConstraint("original_id IS NOT NULL OR consignment_id IS NOT NULL", name="picture_of_something"),
        CheckConstraint("(original_id IS NULL) = (shows IN ('envelope', 'seal'))", name="picture_of_what_it_shows"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_why = '')", name="withdrawn_for_a_reason"),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    original_id: int | None = Field(default=None, sa_column=ref("original.id", null=True))
    paper_id: int = Field(sa_column=ref("paper.id"))
    consignment_id: int | None = Field(default=None, sa_column=ref("consignment.id", null=True, index=False))
    seq: int  # counts from 1 for each original, and for each envelope
    shows: PictureOf = Field(sa_column=term(PictureOf))
    agency_id: int = Field(sa_column=ref("agency.id", index=False))  # whose officer took it
    width: int  # pixels; 0 for a PDF
    height: int
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    withdrawn_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    withdrawn_why: str = ""
