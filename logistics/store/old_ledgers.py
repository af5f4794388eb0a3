"""Old ledgers at rest: files under import, whose turn it is, what stands against a row, the records taken over."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, or_, select
from sqlmodel import Session, col

from logistics.actor import Actor
from logistics.errors import NotYours, Said
from logistics.store import leases
from logistics.store.crypto import Keyring
from logistics.store.leases import Lease
from logistics.tables import (
    Agency,
    Consignment,
    DirectoryAct,
    Dossier,
    Officer,
    OldLedger,
    OldLedgerMapping,
    OldLedgerRemark,
    OldRecord,
)
from logistics.terms import OldLedgerColumn, OldLedgerState, RowVerdict

LIMIT = 100
DUE = (OldLedgerState.CHECKING, OldLedgerState.IMPORTING)


@dataclass(frozen=True)
class Listed:
    """One import in a list: whose it is, who uploaded it."""

    row: OldLedger
    agency: Agency
    uploaded_by: str


@dataclass(frozen=True)
class Against:
    """What stands against one row: its number, what becomes of it, each remark with its column (None: the row)."""

    row_no: int
    verdict: RowVerdict
    remarks: Sequence[tuple[OldLedgerColumn | None, Said, bool]]


@dataclass(frozen=True)
class Shown:
    """A record with the words that stand sealed, and the file it came from."""

    record: OldRecord
    ledger: OldLedger
    agency: Agency
    words: Mapping[OldLedgerColumn, str]


def by_id(session: Session, ledger_id: int, *, lock: bool = False) -> OldLedger:
    """The import. Raises `NotYours`."""
    found = session.get(OldLedger, ledger_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotYours("台账导入", "ledger import")
    return found


def every(session: Session, agencies: Collection[int]) -> list[Listed]:
    """The imports of these agencies, the newest first; those given up are left out."""
    statement = (
        select(OldLedger, Agency, col(Officer.name))
        .join(Agency, col(Agency.id) == OldLedger.agency_id)
        .join(Officer, col(Officer.id) == OldLedger.uploaded_by)
        .where(col(OldLedger.agency_id).in_(list(agencies)), col(OldLedger.state) != OldLedgerState.DROPPED)
        .order_by(col(OldLedger.id).desc())
        .limit(LIMIT)
    )
    return [Listed(*found) for found in session.execute(statement)]


def same_file(session: Session, agency_id: int, sha256: str) -> OldLedger | None:
    """The agency's newest import of the very same bytes that was not given up or taken back."""
    over = (OldLedgerState.DROPPED, OldLedgerState.WITHDRAWN)
    statement = select(OldLedger).where(
        col(OldLedger.agency_id) == agency_id, col(OldLedger.sha256) == sha256, col(OldLedger.state).not_in(over)
    )
    return session.scalars(statement.order_by(col(OldLedger.id).desc())).first()


def mappings(session: Session, agency_id: int) -> list[OldLedgerMapping]:
    """The agency's saved mappings, the newest first."""
    statement = select(OldLedgerMapping).where(col(OldLedgerMapping.agency_id) == agency_id)
    return list(session.scalars(statement.order_by(col(OldLedgerMapping.saved_at).desc())))


def acts(session: Session, ledger_id: int) -> list[tuple[DirectoryAct, str]]:
    """What people did about the import, the oldest first, each with who it was."""
    statement = (
        select(DirectoryAct, col(Officer.name))
        .join(Officer, col(Officer.id) == DirectoryAct.officer_id)
        .where(col(DirectoryAct.subject) == subject(ledger_id))
        .order_by(col(DirectoryAct.id))
    )
    return [(act, name) for act, name in session.execute(statement)]


def started_by(session: Session, row: OldLedger) -> list[Officer]:
    """Who waits for this import: the active officers who uploaded it, ordered its last dry run, or confirmed it."""
    ordered = (
        select(col(DirectoryAct.officer_id))
        .where(col(DirectoryAct.subject) == subject(row.id or 0), col(DirectoryAct.verb) == "old_ledger_check")
        .order_by(col(DirectoryAct.id).desc())
        .limit(1)
    )
    wanted = {row.uploaded_by, row.confirmed_by, session.scalars(ordered).first()} - {None}
    found = select(Officer).where(col(Officer.id).in_(wanted), col(Officer.active)).order_by(col(Officer.id))
    return list(session.scalars(found))


def subject(ledger_id: int) -> str:
    """What acts about the import are filed under."""
    return f"old-ledger:{ledger_id}"


def waiting_for(session: Session, actor: Actor) -> list[OldLedger]:
    """Imports that this officer began and that wait for their word, or say how the long work ended."""
    statement = select(OldLedger).where(
        col(OldLedger.uploaded_by) == actor.officer_id,
        or_(
            col(OldLedger.state) == OldLedgerState.CHECKED,
            (col(OldLedger.state) == OldLedgerState.MAPPING) & (col(OldLedger.fault) != {}),
        ),
    )
    return list(session.scalars(statement.order_by(col(OldLedger.id))))


def remarks(
    session: Session, keyring: Keyring, ledger_id: int, verdicts: Collection[RowVerdict], after: int, limit: int
) -> list[Against]:
    """What stands against rows of these verdicts, by row, those after row `after`."""
    statement = (
        select(OldLedgerRemark)
        .where(col(OldLedgerRemark.old_ledger_id) == ledger_id, col(OldLedgerRemark.row_no) > after)
        .where(col(OldLedgerRemark.verdict).in_(list(verdicts)))
        .order_by(col(OldLedgerRemark.row_no))
        .limit(limit)
    )
    return [_said(row, keyring) for row in session.scalars(statement)]


def _said(row: OldLedgerRemark, keyring: Keyring) -> Against:
    plain = json.loads(keyring.unseal(row.words_sealed, remark_place(row.old_ledger_id, row.row_no)))
    found = [
        (OldLedgerColumn(one["column"]) if one["column"] else None, Said(one["zh"], one["en"]), bool(one["refuses"]))
        for one in plain
    ]
    return Against(row.row_no, row.verdict, found)


def head_place(agency_id: int, sha256: str) -> str:
    """What a file's first rows are sealed for."""
    return f"old_ledger:{agency_id}-{sha256}:head"


def remark_place(ledger_id: int, row_no: int) -> str:
    """What a remark is sealed for."""
    return f"old_ledger_remark:{ledger_id}-{row_no}:words"


def record_place(ledger_id: int, row_no: int) -> str:
    """What a record's words are sealed for."""
    return f"old_record:{ledger_id}-{row_no}:words"


def by_number(session: Session, number: str) -> int | None:
    """The newest record that stands under this case number or waybill, among what the reader may see."""
    wanted = number.strip()
    statement = select(col(OldRecord.id)).where(
        or_(col(OldRecord.case_no) == wanted, col(OldRecord.waybill_no) == wanted.upper()),
        col(OldRecord.withdrawn_at).is_(None),
    )
    return session.scalars(statement.order_by(col(OldRecord.id).desc()).limit(1)).first() if wanted else None


def records(
    session: Session, agencies: Collection[int], wanted: str, ledger_id: int | None, before: int | None, limit: int
) -> list[tuple[OldRecord, Agency]]:
    """Records of these agencies that stand, the newest first; narrowed by a number or item, and by an import."""
    statement = (
        select(OldRecord, Agency)
        .join(Agency, col(Agency.id) == OldRecord.agency_id)
        .where(col(OldRecord.agency_id).in_(list(agencies)), col(OldRecord.withdrawn_at).is_(None))
    )
    if wanted:
        statement = statement.where(_says(wanted))
    if ledger_id is not None:
        statement = statement.where(col(OldRecord.old_ledger_id) == ledger_id)
    if before is not None:
        statement = statement.where(col(OldRecord.id) < before)
    return [
        (record, agency)
        for record, agency in session.execute(statement.order_by(col(OldRecord.id).desc()).limit(limit))
    ]


def _says(wanted: str) -> ColumnElement[bool]:
    return or_(
        col(OldRecord.case_no).startswith(wanted, autoescape=True),
        col(OldRecord.waybill_no).startswith(wanted.upper(), autoescape=True),
        col(OldRecord.item).contains(wanted, autoescape=True),
        col(OldRecord.receiver).contains(wanted, autoescape=True),
    )


def counted(session: Session, ledger_id: int) -> int:
    """How many records of the import stand."""
    statement = select(func.count()).where(
        col(OldRecord.old_ledger_id) == ledger_id, col(OldRecord.withdrawn_at).is_(None)
    )
    return session.scalar(statement) or 0


def shown(session: Session, keyring: Keyring, record_id: int) -> Shown:
    """The record with its words. Raises `NotYours`."""
    record = session.get(OldRecord, record_id)
    if record is None:
        raise NotYours("台账记录", "ledger record")
    plain = json.loads(keyring.unseal(record.words_sealed, record_place(record.old_ledger_id, record.row_no)))
    words = {OldLedgerColumn(word): text for word, text in plain.items()}
    ledger = session.get_one(OldLedger, record.old_ledger_id)
    return Shown(record, ledger, session.get_one(Agency, record.agency_id), words)


def dossiers_of_case(session: Session, case_no: str) -> list[str]:
    """The dossiers of a case that the reader may see."""
    if not case_no:
        return []
    return list(
        session.scalars(select(col(Dossier.no)).where(col(Dossier.case_no) == case_no).order_by(col(Dossier.id)))
    )


def built_on(session: Session, ledger: OldLedger) -> list[str]:
    """Dossiers the agency opened for cases of this import after it: they refer to its records."""
    cases = select(col(OldRecord.case_no)).where(
        col(OldRecord.old_ledger_id) == ledger.id, col(OldRecord.case_no) != ""
    )
    statement = (
        select(col(Dossier.no))
        .where(col(Dossier.case_no).in_(cases), col(Dossier.sender_agency_id) == ledger.agency_id)
        .where(col(Dossier.opened_at) >= ledger.imported_at)
        .order_by(col(Dossier.id))
        .limit(5)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class There:
    """What the agency has already, for some rows: records by digest, dossiers by waybill and by case."""

    records: Mapping[str, tuple[str, int]]
    by_waybill: Mapping[str, str]
    by_case: Mapping[str, str]


def there(
    session: Session, agency_id: int, digests: Collection[str], waybills: Collection[str], cases: Collection[str]
) -> There:
    """What stands against rows with these digests and numbers."""
    known = (
        select(col(OldRecord.row_digest), col(OldLedger.file_name), col(OldRecord.row_no))
        .join(OldLedger, col(OldLedger.id) == OldRecord.old_ledger_id)
        .where(col(OldRecord.agency_id) == agency_id, col(OldRecord.withdrawn_at).is_(None))
        .where(col(OldRecord.row_digest).in_(list(digests)))
    )
    ours = or_(col(Dossier.sender_agency_id) == agency_id, col(Dossier.receiver_agency_id) == agency_id)
    carried = (
        select(col(Consignment.waybill_no), col(Dossier.no))
        .join(Dossier, col(Dossier.id) == Consignment.dossier_id)
        .where(col(Consignment.waybill_no).in_(list(waybills)), ours)
    )
    of_case = select(col(Dossier.case_no), col(Dossier.no)).where(col(Dossier.case_no).in_(list(cases)), ours)
    return There(
        {digest: (name, row_no) for digest, name, row_no in session.execute(known)},
        {str(waybill): no for waybill, no in session.execute(carried)},
        {str(case): no for case, no in session.execute(of_case)},
    )


def claim(engine: Engine, now: datetime, lease: timedelta) -> Lease | None:
    """The oldest import with long work owed that nobody works on, ours until the lease ends; None for none."""
    return leases.claim(engine, OldLedger, DUE, now, lease)


def chunked(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The values in pieces of at most `size`."""
    return [values[start : start + size] for start in range(0, len(values), size)]
