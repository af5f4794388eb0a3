"""Keeping and handing over: re-reading of files, transfer batches to the archive, legal holds, disposals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from logistics.tables.columns import instant, json, key, ref, term
from logistics.terms import CheckLink, FileFault, LockMode, TransferLineState, TransferState, TransferTarget


class KeptFile(SQLModel, table=True):
    """What is known of one stored file: when its bytes were last read and found to be those of its name."""

    __tablename__ = "kept_file"
    __table_args__ = (Index("ix_kept_file_due", "due_at", postgresql_where=text("gone_at IS NULL")),)
    sha256: str = Field(primary_key=True, max_length=64)
    known_since: datetime = Field(sa_column=instant())
    due_at: datetime = Field(sa_column=instant())
    size_bytes: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    checked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_ok_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    fault: FileFault | None = Field(default=None, sa_column=term(FileFault, null=True))  # as it stands now
    fault_since: datetime | None = Field(default=None, sa_column=instant(null=True))
    gone_at: datetime | None = Field(default=None, sa_column=instant(null=True))  # removed by a disposal


class FixityDay(SQLModel, table=True):
    """How many files were re-read on one day (China), and how many were not as they should be."""

    __tablename__ = "fixity_day"
    day: date = Field(primary_key=True)
    files: int
    bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    faults: int
    last_at: datetime = Field(sa_column=instant())


class FixityFault(SQLModel, table=True):
    """A re-reading that did not give the file back. Append-only; `kept_file` says how it stands now."""

    __tablename__ = "fixity_fault"
    id: int | None = Field(default=None, sa_column=key())
    sha256: str = Field(max_length=64, index=True)
    at: datetime = Field(sa_column=instant())
    kind: FileFault = Field(sa_column=term(FileFault))


class KeptPackage(SQLModel, table=True):
    """What a sealed package says of itself, read from its own bytes once. Append-only.

    A package of an older format says no record number and no retention: it is kept, and cannot be handed over.
    """

    __tablename__ = "kept_package"
    __table_args__ = (UniqueConstraint("dossier_id"),)
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id", index=False))
    agency_id: int = Field(sa_column=ref("agency.id"))  # 立档单位: the sender
    sha256: str = Field(max_length=64)
    size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    sealed_at: datetime = Field(sa_column=instant())
    year: int  # in which the dossier was closed, in China
    record_no: str = ""  # 电子文件号
    archival_code: str = ""  # 档号
    retention: str = ""  # Y, D30, D10
    secrecy: str = ""
    title: str = ""


class PackageCheck(SQLModel, table=True):
    """One run of the four checks over a sealed package, with its report in the file store. Append-only."""

    __tablename__ = "package_check"
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    link: CheckLink = Field(sa_column=term(CheckLink))
    at: datetime = Field(sa_column=instant())
    passed: bool
    failed: list[str] = Field(sa_column=json())  # what did not pass, each "code name: why"
    report_sha256: str


class TransferBatch(SQLModel, table=True):
    """移交批次: sealed packages that go to the archive together. `number` counts within the agency's year."""

    __tablename__ = "transfer_batch"
    __table_args__ = (
        UniqueConstraint("agency_id", "year", "number"),
        Index(
            "ix_transfer_batch_under_way",
            "lease_until",
            postgresql_where=text("state = 'ordered' AND parked_at IS NULL"),
        ),
        CheckConstraint("lock_mode <> 'compliance' OR confirmed_by <> ordered_by", name="compliance_by_two"),
    )
    id: int | None = Field(default=None, sa_column=key())
    no: str = Field(unique=True)
    agency_id: int = Field(sa_column=ref("agency.id", index=False))
    year: int
    number: int
    name: str  # 交接工作名称
    description: str = ""
    receiver: str  # the archive that takes it
    target: TransferTarget = Field(sa_column=term(TransferTarget))
    carrier_no: str = ""  # of a medium
    carrier_kind: str = ""  # 载体类型、规格
    lock_mode: LockMode = Field(sa_column=term(LockMode))
    state: TransferState = Field(sa_column=term(TransferState))
    made_at: datetime = Field(sa_column=instant())
    made_by: int = Field(sa_column=ref("officer.id", index=False))
    ordered_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    ordered_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    confirmed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    lease_until: datetime | None = Field(default=None, sa_column=instant(null=True))
    parked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    last_error: str = ""
    documents: dict[str, Any] = Field(sa_column=json())  # path in the hand-over -> SHA-256 in the file store
    ledger_size: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    ledger_root: str = ""
    location: str = ""  # where it was handed over to, as a person says it
    handed_over_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    acknowledged_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    acknowledged_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    received_by: str = ""  # the archive's person
    received_on: date | None = None
    opinion: str = ""  # 接收意见
    signed_sha256: str = ""  # the scanned, signed 登记表


class TransferLine(SQLModel, table=True):
    """One package of a batch. In one live batch at a time."""

    __tablename__ = "transfer_line"
    __table_args__ = (
        UniqueConstraint("batch_id", "dossier_id"),
        Index(
            "uq_transfer_line_live",
            "dossier_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'handed_over', 'accepted')"),
        ),
    )
    id: int | None = Field(default=None, sa_column=key())
    batch_id: int = Field(sa_column=ref("transfer_batch.id"))
    dossier_id: int = Field(sa_column=ref("dossier.id", index=False))
    seq: int
    package_id: int = Field(sa_column=ref("kept_package.id", index=False))
    state: TransferLineState = Field(sa_column=term(TransferLineState))
    checked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    written_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    why: str = ""  # held back or refused: the reason


class LegalHold(SQLModel, table=True):
    """保全: the dossier's package is not disposed of, from the moment one person asks until two have lifted it."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        Index("uq_legal_hold_in_force", "dossier_id", unique=True, postgresql_where=text("lifted_at IS NULL")),
        CheckConstraint("confirmed_by <> set_by", name="confirmed_by_another"),
        CheckConstraint("lifted_by <> lift_asked_by", name="lifted_by_another"),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    reason: str
    set_at: datetime = Field(sa_column=instant())
    set_by: int = Field(sa_column=ref("officer.id", index=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    confirmed_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    lift_reason: str = ""
    lift_asked_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    lift_asked_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    lifted_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    lifted_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))


class Disposal(SQLModel, table=True):
    """处置: proposed by one, approved by another, carried out by the scheduler. The row stays as the tombstone."""

    __table_args__ = (
        Index("uq_disposal_live", "dossier_id", unique=True, postgresql_where=text("refused_at IS NULL")),
        CheckConstraint("approved_by <> proposed_by", name="approved_by_another"),
    )
    id: int | None = Field(default=None, sa_column=key())
    dossier_id: int = Field(sa_column=ref("dossier.id"))
    package_id: int = Field(sa_column=ref("kept_package.id", index=False))
    retained_until: date
    reason: str
    proposed_at: datetime = Field(sa_column=instant())
    proposed_by: int = Field(sa_column=ref("officer.id", index=False))
    approved_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    approved_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    refused_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    refused_by: int | None = Field(default=None, sa_column=ref("officer.id", null=True, index=False))
    refused_why: str = ""
    done_at: datetime | None = Field(default=None, sa_column=instant(null=True))
    removed: list[Any] | None = Field(default=None, sa_column=json(null=True))  # [{"sha256", "no", "kind", "bytes"}]
