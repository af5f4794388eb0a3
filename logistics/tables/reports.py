"""Reports that managers made: what was asked, what was answered, and what it was answered from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref


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
