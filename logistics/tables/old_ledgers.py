"""Old ledgers (台账) that agencies kept before: files under import, what was wrong in them, the records taken over.

Personal data stand sealed; everything belongs to one agency and is seen by nobody else.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from logistics.old_ledger_terms import OldLedgerState, RowVerdict
from logistics.tables.columns import instant, json, key, ref, term

NOT_YET = {"server_default": text("0")}


class OldLedger(SQLModel, table=True):
    """台账导入: one uploaded file on its way. `head_sealed`: its first rows, for the page that asks what is what."""

    __tablename__ = "old_ledger"
    __table_args__ = (
        Index("ix_old_ledger_due", "id", postgresql_where=text("state IN ('checking', 'importing')")),
    )
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))
    file_name: str
    sha256: str = Field(index=True)
    size_bytes: int
    same_as: int | None = Field(default=None, sa_column=ref("old_ledger.id", null=True, index=False))
    head_sealed: str
    uploaded_at: datetime = Field(sa_column=instant())
    uploaded_by: int = Field(sa_column=ref("officer.id", index=False))
    state: OldLedgerState = Field(sa_column=term(OldLedgerState))
    mapping: dict[str, Any] = Field(default_factory=dict, sa_column=json())
    rows_total: int = Field(default=0, sa_column_kwargs=NOT_YET)
    rows_done: int = Field(default=0, sa_column_kwargs=NOT_YET)
    good: int = Field(default=0, sa_column_kwargs=NOT_YET)
    warned: int = Field(default=0, sa_column_kwargs=NOT_YET)
    refused: int = Field(default=0, sa_column_kwargs=NOT_YET)
    left_out: int = Field(default=0, sa_column_kwargs=NOT_YET)
    ordered_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    checked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    good_only: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    confirmed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    imported_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    ended_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    ended_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    ended_why: str = Field(default="", sa_column_kwargs={"server_default": ""})
    lease_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    fault: dict[str, Any] = Field(default_factory=dict, sa_column=json())  # zh, en: why the last try came to nothing


class OldLedgerRemark(SQLModel, table=True):
    """What the dry run says of one row that is not simply good; the words may quote the row, so they are sealed."""

    __tablename__ = "old_ledger_remark"
    __table_args__ = (UniqueConstraint("old_ledger_id", "row_no"),)
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))
    old_ledger_id: int = Field(sa_column=ref("old_ledger.id"))
    row_no: int
    verdict: RowVerdict = Field(sa_column=term(RowVerdict))
    words_sealed: str


class OldLedgerMapping(SQLModel, table=True):
    """Which heading is what, under a name, for the agency's next file of the same make."""

    __tablename__ = "old_ledger_mapping"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))
    name: str
    headings: dict[str, Any] = Field(sa_column=json())  # column's word -> heading as it stood in the file
    saved_at: datetime = Field(sa_column=instant())
    saved_by: int = Field(sa_column=ref("officer.id", index=False))


class OldRecord(SQLModel, table=True):
    """历史台账记录: one row of an old ledger as it stood. No dossier, no figure: nothing in it was seen by the system.

    `row_digest`: keyed digest of what was taken over, single among the agency's records that stand.
    """

    __tablename__ = "old_record"
    __table_args__ = (
        UniqueConstraint("old_ledger_id", "row_no"),
        Index(
            "ix_old_record_single",
            "agency_id",
            "row_digest",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))
    old_ledger_id: int = Field(sa_column=ref("old_ledger.id"))
    row_no: int
    row_digest: str
    case_no: str = Field(index=True)
    waybill_no: str = Field(index=True)
    courier: str
    item: str
    receiver: str
    count: int | None = None
    sent_on: date | None = None
    signed_on: date | None = None
    words_sealed: str  # applicant, materials, signer, handler, remark
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(null=True))
