"""Holds and disposals as a keeper looks at them, with the reader's eyes: what waits for a second person, what is ripe,
what is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from logistics.rules.keeping import disposal_obstacle
from logistics.store.keeping import LIMIT, Row, Wanted, packages
from logistics.tables import Disposal, Dossier, KeptPackage, LegalHold, Officer, PackageCheck


@dataclass(frozen=True)
class Held:
    """A hold in force with its dossier and who set it."""

    hold: LegalHold
    dossier_no: str
    record_no: str
    set_by: str


@dataclass(frozen=True)
class Proposal:
    """A disposal with its package and who proposed it."""

    disposal: Disposal
    package: KeptPackage
    dossier_no: str
    proposed_by: str


def holds(session: Session, limit: int = LIMIT) -> list[Held]:
    """Holds in force, those first that wait for a second person."""
    statement = (
        select(LegalHold, col(Dossier.no), col(KeptPackage.record_no), col(Officer.name))
        .join(Dossier, col(Dossier.id) == LegalHold.dossier_id)
        .join(KeptPackage, col(KeptPackage.dossier_id) == LegalHold.dossier_id)
        .join(Officer, col(Officer.id) == LegalHold.set_by)
        .where(col(LegalHold.lifted_at).is_(None))
        .order_by(
            col(LegalHold.confirmed_at).is_(None).desc(), col(LegalHold.lift_asked_at).desc(), col(LegalHold.id).desc()
        )
        .limit(limit)
    )
    return [Held(*row) for row in session.execute(statement)]


def history(session: Session, dossier_id: int) -> Sequence[LegalHold]:
    """Every hold of a dossier that was lifted, the newest first."""
    return session.scalars(
        select(LegalHold)
        .where(col(LegalHold.dossier_id) == dossier_id, col(LegalHold.lifted_at).is_not(None))
        .order_by(col(LegalHold.id).desc())
    ).all()


def checks(session: Session, dossier_id: int, limit: int = 20) -> Sequence[PackageCheck]:
    """The runs of the four checks over a dossier's package, the newest first."""
    return session.scalars(
        select(PackageCheck)
        .where(col(PackageCheck.dossier_id) == dossier_id)
        .order_by(col(PackageCheck.id).desc())
        .limit(limit)
    ).all()


def proposals(session: Session) -> list[Proposal]:
    """Disposals that wait for approval, or to be carried out, the oldest first."""
    return _disposals(session, done=False)


def done(session: Session, limit: int = LIMIT) -> list[Proposal]:
    """Disposals carried out, the newest first: the tombstones."""
    return _disposals(session, done=True)[:limit]


def _disposals(session: Session, *, done: bool) -> list[Proposal]:
    over = col(Disposal.done_at)
    statement = (
        select(Disposal, KeptPackage, col(Dossier.no), col(Officer.name))
        .join(KeptPackage, col(KeptPackage.id) == Disposal.package_id)
        .join(Dossier, col(Dossier.id) == Disposal.dossier_id)
        .join(Officer, col(Officer.id) == Disposal.proposed_by)
        .where(col(Disposal.refused_at).is_(None), over.is_not(None) if done else over.is_(None))
        .order_by(over.desc() if done else col(Disposal.id))
        .limit(LIMIT)
    )
    return [Proposal(*row) for row in session.execute(statement)]


def ripe(session: Session, at: datetime) -> list[Row]:
    """Packages whose retention is over and that nothing stands against disposing of."""
    return [row for row in packages(session, Wanted(), 10_000) if disposal_obstacle(row.kept, at) is None]
