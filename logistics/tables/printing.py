"""Printers that stand in an agency's rooms, and what was sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, key, ref, term
from logistics.terms import PrinterLanguage, Stock


class Printer(SQLModel, table=True):
    """打印机: where it listens, what it understands, and which paper lies in it now. Seen by its agency alone."""

    __table_args__ = (UniqueConstraint("agency_id", "name"),)
    id: int | None = Field(default=None, sa_column=key())
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    name: str
    language: PrinterLanguage = Field(sa_column=term(PrinterLanguage))
    dpi: int
    stock: Stock = Field(sa_column=term(Stock))
    host: str
    port: int
    active: bool = True
    added_at: datetime = Field(sa_column=instant())
    added_by: int = Field(sa_column=ref("officer.id", index=False))


class PrintJob(SQLModel, table=True):
    """打印任务: one paper's bytes for one printer, ready to be sent; `key` is its errand's. No paper: a test print.

    `language`, `dpi` and `stock` are what one copy's bytes were made for, `sha256` is theirs. `content` is gone once
    they were printed or dropped; for a printer that reads PDF it is None, the paper itself is sent. `attempt` is the
    one that succeeded: beyond the first, an earlier one may have printed, too.
    """

    __tablename__ = "print_job"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_print_job_newest", "agency_id", text("id DESC")),
    )
    id: int | None = Field(default=None, sa_column=key())
    key: str
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    printer_id: int = Field(sa_column=ref("printer.id"))
    dossier_id: int | None = Field(default=None, sa_column=ref("dossier.id", null=True))
    paper_id: int | None = Field(default=None, sa_column=ref("paper.id", null=True))
    paper_no: str
    kind: str
    copies: int
    language: PrinterLanguage = Field(sa_column=term(PrinterLanguage))
    dpi: int
    stock: Stock = Field(sa_column=term(Stock))
    sha256: str
    size_bytes: int
    content: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    asked_at: datetime = Field(sa_column=instant())
    asked_by: int = Field(sa_column=ref("officer.id", index=False))
    printed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    attempt: int = 0
    dropped_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    dropped_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
