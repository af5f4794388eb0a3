"""The applicant's way in without a log-in, the tries that failed there, and what the applicant told us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, DateTime, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref


class InquiryCode(SQLModel, table=True):
    """查询码: the code on the applicant's receipt, with the longer key that its QR carries. Sealed for printing them
    again; found by their keyed digests.
    """

    __tablename__ = "inquiry_code"
    __table_args__ = (UniqueConstraint("dossier_id"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    code_sealed: str
    code_digest: str = Field(unique=True)
    key_sealed: str
    key_digest: str = Field(unique=True)
    made_at: datetime = Field(sa_column=instant())


class InquiryTry(SQLModel, table=True):
    """Tries that failed in one hour, by the keyed digest of where they came from or of the code that was tried."""

    __tablename__ = "inquiry_try"
    source_digest: str = Field(primary_key=True)
    hour: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    failed: int


class ApplicantWord(SQLModel, table=True):
    """What the applicant said on the page: a rating (好差评), or that an original did not come back; and what the hall
    answered to that. Append-only.
    """

    __tablename__ = "applicant_word"
    __table_args__ = (UniqueConstraint("dossier_id", "key"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    key: str  # "rating", or "not_received" and "answered" with the original's number in the list
    stars: int | None = None
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    words_sealed: str = ""  # may name people
    said_at: datetime = Field(sa_column=instant())
