"""What is kept for the archive, as a keeper looks at it: sealed packages with what stands against touching them, closed
dossiers that wait for their package, checks that failed. With the reader's eyes (row-level security).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from logistics.archive.contents import CLOSED
from logistics.errors import NotYours
from logistics.rules.keeping import YEARS, Kept, is_over, retained_until
from logistics.store import ledger
from logistics.tables import (
    Agency,
    Disposal,
    Dossier,
    KeptPackage,
    LedgerEntry,
    LegalHold,
    LogLeaf,
    PackageCheck,
    Paper,
    TransferBatch,
    TransferLine,
)
from logistics.terms import CheckLink, TransferLineState

LIMIT = 500
LIVE = (TransferLineState.WAITING, TransferLineState.HANDED_OVER, TransferLineState.ACCEPTED)


@dataclass(frozen=True)
class Wanted:
    """Which packages are wanted; None and empty mean all."""

    agency_id: int | None = None
    year: int | None = None
    retention: str = ""
    numbers: frozenset[str] = frozenset()  # dossier numbers, record numbers or 档号


@dataclass(frozen=True)
class Row:
    """One sealed package with all that decides over it."""

    package: KeptPackage
    dossier_no: str
    agency: str
    agency_en: str
    hold: LegalHold | None
    batch_no: str
    line: TransferLineState | None
    disposal: Disposal | None

    @property
    def kept(self) -> Kept:
        """The same as the rules want it."""
        one = self.package
        return Kept(one.retention, one.year, self.hold is not None, self.line, self.disposal is not None)

    @property
    def until(self) -> date | None:
        """The last day of its retention; None for ever, and where the package says none."""
        return retained_until(self.package.retention, self.package.year) if self.package.retention in YEARS else None

    def is_over(self, at: datetime) -> bool:
        """Whether its retention is over."""
        return self.package.retention in YEARS and is_over(self.package.retention, self.package.year, at)


def packages(session: Session, wanted: Wanted, limit: int = LIMIT) -> list[Row]:
    """Sealed packages that are wanted, the newest first."""
    return _rows(session, _conditions(wanted), limit)


def package_of(session: Session, dossier_no: str) -> Row:
    """The sealed package of a dossier. Raises `NotYours`."""
    found = _rows(session, [col(Dossier.no) == dossier_no], 1)
    if not found:
        raise NotYours("归档信息包", "archive package")
    return found[0]


def _conditions(wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    if wanted.agency_id is not None:
        found.append(col(KeptPackage.agency_id) == wanted.agency_id)
    if wanted.year is not None:
        found.append(col(KeptPackage.year) == wanted.year)
    if wanted.retention:
        found.append(col(KeptPackage.retention) == wanted.retention)
    if wanted.numbers:
        named = sorted(wanted.numbers)
        found.append(
            col(Dossier.no).in_(named)
            | col(KeptPackage.record_no).in_(named)
            | (col(KeptPackage.archival_code) != "") & col(KeptPackage.archival_code).in_(named)
        )
    return found


def _rows(session: Session, conditions: Sequence[Any], limit: int) -> list[Row]:
    of = KeptPackage.dossier_id
    statement = (
        select(
            KeptPackage, col(Dossier.no), Agency, LegalHold, col(TransferLine.state), col(TransferBatch.no), Disposal
        )
        .join(Dossier, col(Dossier.id) == of)
        .join(Agency, col(Agency.id) == KeptPackage.agency_id)
        .outerjoin(LegalHold, and_(col(LegalHold.dossier_id) == of, col(LegalHold.lifted_at).is_(None)))
        .outerjoin(TransferLine, and_(col(TransferLine.dossier_id) == of, col(TransferLine.state).in_(LIVE)))
        .outerjoin(TransferBatch, col(TransferBatch.id) == TransferLine.batch_id)
        .outerjoin(Disposal, and_(col(Disposal.dossier_id) == of, col(Disposal.refused_at).is_(None)))
        .where(*conditions)
        .order_by(col(KeptPackage.sealed_at).desc(), col(KeptPackage.id).desc())
        .limit(limit)
    )
    return [
        Row(package, no, who.short_name, who.name_en or who.short_name, hold, batch or "", line, disposal)
        for package, no, who, hold, line, batch, disposal in session.execute(statement)
    ]


@dataclass(frozen=True)
class Choice:
    """What packages can be chosen by, with how many there are: an agency's year and retention."""

    agency_id: int
    agency: str
    agency_en: str
    year: int
    retention: str
    count: int
    bytes: int


def choices(session: Session) -> list[Choice]:
    """Packages not yet in a batch and not disposed of, counted by agency, year and retention."""
    of = KeptPackage.dossier_id
    in_batch = and_(col(TransferLine.dossier_id) == of, col(TransferLine.state).in_(LIVE))
    live = select(col(TransferLine.id)).where(in_batch).exists()
    gone = select(col(Disposal.id)).where(col(Disposal.dossier_id) == of, col(Disposal.refused_at).is_(None)).exists()
    by = (KeptPackage.agency_id, Agency.short_name, Agency.name_en, KeptPackage.year, KeptPackage.retention)
    statement = (
        select(*cast(Any, by), func.count(), func.sum(KeptPackage.size_bytes))
        .join(Agency, col(Agency.id) == KeptPackage.agency_id)
        .where(~live, ~gone)
        .group_by(*cast(Any, by))
        .order_by(col(Agency.short_name), col(KeptPackage.year), col(KeptPackage.retention))
    )
    return [
        Choice(agency_id, name, name_en or name, year, retention, count, int(size))
        for agency_id, name, name_en, year, retention, count, size in session.execute(statement)
    ]


@dataclass(frozen=True)
class Waiting:
    """A closed dossier without a package. `why`: "fonds_no", "unsigned" (no signed head yet) or "sealing"."""

    dossier_no: str
    agency: str
    agency_en: str
    closed_at: datetime
    why: str


def waiting(session: Session, agencies: Collection[int], limit: int = LIMIT) -> list[Waiting]:
    """Closed dossiers of these agencies that have no package, the one that waits longest first."""
    head = ledger.newest_checkpoint(session)
    signed = select(col(LedgerEntry.dossier_id)).join(LogLeaf, col(LogLeaf.entry_id) == LedgerEntry.id)
    signed = signed.where(col(LedgerEntry.what) == CLOSED, col(LogLeaf.leaf) < (head.size if head else 0))
    packed = select(col(Paper.id)).where(col(Paper.dossier_id) == Dossier.id, col(Paper.kind) == "package").exists()
    statement = (
        select(Dossier, Agency, col(Dossier.id).in_(signed))
        .join(Agency, col(Agency.id) == Dossier.sender_agency_id)
        .where(col(Dossier.closed_at).is_not(None), ~packed, col(Dossier.sender_agency_id).in_(agencies))
        .order_by(col(Dossier.closed_at))
        .limit(limit)
    )
    return [
        Waiting(
            dossier.no,
            who.short_name,
            who.name_en or who.short_name,
            cast(datetime, dossier.closed_at),
            "fonds_no" if not who.fonds_no else "sealing" if covered else "unsigned",
        )
        for dossier, who, covered in session.execute(statement)
    ]


@dataclass(frozen=True)
class Failed:
    """The newest check of a package at one link, which it did not pass."""

    dossier_no: str
    check: PackageCheck


def failing(session: Session, limit: int = LIMIT) -> list[Failed]:
    """Packages whose newest check at a link was not passed, the newest first; what was passed later is not here."""
    newest = (
        select(func.max(col(PackageCheck.id)).label("id"))
        .group_by(cast(Any, PackageCheck.dossier_id), cast(Any, PackageCheck.link))
        .subquery()
    )
    statement = (
        select(PackageCheck, col(Dossier.no))
        .join(newest, newest.c.id == PackageCheck.id)
        .join(Dossier, col(Dossier.id) == PackageCheck.dossier_id)
        .where(~col(PackageCheck.passed))
        .order_by(col(PackageCheck.id).desc())
        .limit(limit)
    )
    return [Failed(no, check) for check, no in session.execute(statement)]


def last_check(session: Session, dossier_id: int, link: CheckLink) -> PackageCheck | None:
    """The newest run of the four checks over a dossier's package at this link."""
    return session.scalars(
        select(PackageCheck)
        .where(col(PackageCheck.dossier_id) == dossier_id, col(PackageCheck.link) == link)
        .order_by(col(PackageCheck.id).desc())
        .limit(1)
    ).first()
