"""Batches for the archive at rest: one by its number with its lines, all the reader may see, the next to work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Engine, and_, func, or_, select, update
from sqlmodel import Session, col

from logistics.errors import NotYours
from logistics.tables import Agency, Dossier, KeptPackage, Officer, TransferBatch, TransferLine
from logistics.terms import LockMode, TransferLineState, TransferState

LIMIT = 200


@dataclass(frozen=True)
class Line:
    """One package of a batch, with its dossier's number."""

    line: TransferLine
    package: KeptPackage
    dossier_no: str

    @property
    def file_name(self) -> str:
        """The package's name in the hand-over."""
        return f"{self.package.record_no}.zip"

    @property
    def path(self) -> str:
        """Its place in the hand-over: year, retention, file."""
        return f"电子档案/{self.package.year}/{self.package.retention}/{self.file_name}"


@dataclass(frozen=True)
class Progress:
    """How far a batch is: packages in all, checked, written, held back."""

    packages: int
    bytes: int
    checked: int
    written: int
    held_back: int


@dataclass(frozen=True)
class Listed:
    """A batch in a list."""

    batch: TransferBatch
    agency: str
    agency_en: str
    progress: Progress


def by_no(session: Session, no: str, *, lock: bool = False) -> TransferBatch:
    """The batch of that number. Raises `NotYours`."""
    wanted = select(TransferBatch).where(col(TransferBatch.no) == no)
    found = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if found is None:
        raise NotYours("移交批次", "transfer batch")
    return found


def lines(session: Session, batch: TransferBatch) -> list[Line]:
    """Its packages in order."""
    statement = (
        select(TransferLine, KeptPackage, col(Dossier.no))
        .join(KeptPackage, col(KeptPackage.id) == TransferLine.package_id)
        .join(Dossier, col(Dossier.id) == TransferLine.dossier_id)
        .where(col(TransferLine.batch_id) == batch.id)
        .order_by(col(TransferLine.seq))
    )
    return [Line(line, package, no) for line, package, no in session.execute(statement)]


def every(session: Session, limit: int = LIMIT) -> list[Listed]:
    """Batches the reader may see, the newest first."""
    held = col(TransferLine.state) == TransferLineState.HELD_BACK
    counted = (
        func.count(col(TransferLine.id)),
        func.coalesce(func.sum(col(KeptPackage.size_bytes)), 0),
        func.count(col(TransferLine.checked_at)),
        func.count(col(TransferLine.written_at)),
        func.count(col(TransferLine.id)).filter(held),
    )
    statement = (
        select(TransferBatch, Agency, *counted)
        .join(Agency, col(Agency.id) == TransferBatch.agency_id)
        .outerjoin(TransferLine, col(TransferLine.batch_id) == TransferBatch.id)
        .outerjoin(KeptPackage, col(KeptPackage.id) == TransferLine.package_id)
        .group_by(col(TransferBatch.id), col(Agency.id))
        .order_by(col(TransferBatch.id).desc())
        .limit(limit)
    )
    return [
        Listed(batch, who.short_name, who.name_en or who.short_name, Progress(*map(int, numbers)))
        for batch, who, *numbers in session.execute(statement)
    ]


def progress(found: Sequence[Line]) -> Progress:
    """How far these lines are."""
    return Progress(
        len(found),
        sum(one.package.size_bytes for one in found),
        sum(one.line.checked_at is not None for one in found),
        sum(one.line.written_at is not None for one in found),
        sum(one.line.state is TransferLineState.HELD_BACK for one in found),
    )


def next_number(session: Session, agency_id: int, year: int) -> int:
    """The number of the agency's next batch in that year. The caller holds the agency's row."""
    last = session.scalar(
        select(func.max(col(TransferBatch.number))).where(
            col(TransferBatch.agency_id) == agency_id, col(TransferBatch.year) == year
        )
    )
    return (last or 0) + 1


def names_of(session: Session, officers: Sequence[int | None]) -> dict[int, str]:
    """Who these officers are."""
    wanted = {one for one in officers if one is not None}
    rows = session.execute(select(col(Officer.id), col(Officer.name)).where(col(Officer.id).in_(wanted)))
    return {cast(int, id_): name for id_, name in rows}


_READY = and_(
    col(TransferBatch.state) == TransferState.ORDERED,
    col(TransferBatch.parked_at).is_(None),
    or_(col(TransferBatch.lock_mode) != LockMode.COMPLIANCE, col(TransferBatch.confirmed_at).is_not(None)),
)


def claim(engine: Engine, now: datetime, lease: timedelta) -> str | None:
    """The number of an ordered batch that nobody works on, ours until the lease ends; None when there is none."""
    free = or_(col(TransferBatch.lease_until).is_(None), col(TransferBatch.lease_until) <= now)
    first = select(col(TransferBatch.id)).where(_READY, free).order_by(col(TransferBatch.id)).limit(1)
    taken = (
        update(TransferBatch)
        .where(col(TransferBatch.id) == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(lease_until=now + lease)
        .returning(col(TransferBatch.no))
    )
    with engine.begin() as connection:
        return connection.execute(taken).scalar()


def hold(engine: Engine, no: str, until: datetime) -> None:
    """The batch stays ours until then: what takes longer than a lease says so as it goes."""
    with engine.begin() as connection:
        connection.execute(update(TransferBatch).where(col(TransferBatch.no) == no).values(lease_until=until))


def put_off(engine: Engine, no: str, until: datetime, why: str) -> None:
    """The batch is tried again from `until` on; people see why it waits."""
    with engine.begin() as connection:
        connection.execute(
            update(TransferBatch).where(col(TransferBatch.no) == no).values(lease_until=until, last_error=why)
        )


def park(engine: Engine, no: str, now: datetime, why: str) -> None:
    """The batch waits for a person, who sees why."""
    with engine.begin() as connection:
        connection.execute(
            update(TransferBatch)
            .where(col(TransferBatch.no) == no, col(TransferBatch.state) == TransferState.ORDERED)
            .values(parked_at=now, lease_until=None, last_error=why)
        )
