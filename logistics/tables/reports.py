"""Reports that managers made: what was asked, what was answered, and what it was answered from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from logistics.report_terms import ReportState
from logistics.tables.columns import instant, json, key, ref, term

NOT_YET = {"server_default": text("0")}


class Report(SQLModel, table=True):
    """One report of figures as it stood at `as_of`; append-only. Made again it says the same (`rules.reporting`)."""

    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id"))
    made_by: int = Field(sa_column=ref("officer.id", index=False))
    as_of: datetime = Field(sa_column=instant())  # also when it was made
    since: date
    until: date
    asked: dict[str, Any] = Field(sa_column=json())  # filters, step, the agencies whose dossiers it is of, version
    present: list[Any] = Field(sa_column=json())  # troubles that no ledger tells, as they were
    lines: list[Any] = Field(sa_column=json())  # every figure it says
    digest: str  # SHA-256 of the lines
    entries: int  # ledger entries it was made of
    entries_digest: str
    log_size: int  # the newest checkpoint when it was made; 0 and "" before the first
    log_root: str
    sheet_sha256: str
    paper_sha256: str


class ReportOrder(SQLModel, table=True):
    """A report that was asked for, by the number it will have: how far it is; what it will be made of is fixed here, so
    that whoever begins anew after a crash makes the same.
    """

    __tablename__ = "report_order"
    __table_args__ = (Index("ix_report_order_due", "id", postgresql_where=text("state = 'making'")),)
    id: int | None = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    agency_id: int = Field(sa_column=ref("agency.id"))
    ordered_by: int = Field(sa_column=ref("officer.id"))
    ordered_at: datetime = Field(sa_column=instant())  # what the ledger told until then is what the report says
    asked: dict[str, Any] = Field(sa_column=json())  # as `Report.asked`
    present: list[Any] = Field(sa_column=json())  # as `Report.present`
    words: dict[str, Any] = Field(sa_column=json())  # what things are called in its reader's language
    state: ReportState = Field(sa_column=term(ReportState))
    rows_total: int = Field(default=0, sa_column_kwargs=NOT_YET)
    rows_done: int = Field(default=0, sa_column_kwargs=NOT_YET)
    lease_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    ended_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    seen_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # by whoever asked for it
    fault: dict[str, Any] = Field(default_factory=dict, sa_column=json())  # zh, en: why nothing came of it
