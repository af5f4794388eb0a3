"""Pages of lists for the API: newest first by id, each continuing below the last id of the one before.

Rows that are added meanwhile have greater ids: they never move what a reader has yet to see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.tables import (
    Agency,
    Agreement,
    Consignment,
    Dossier,
    LedgerEntry,
    LogLeaf,
    ServiceItem,
    Tracking,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page; `below` is where the next one continues, None after the last."""

    rows: Sequence[T]
    below: int | None


@dataclass(frozen=True)
class DossierLine:
    """A dossier as lists show it."""

    dossier: Dossier
    sender: Agency
    receiver: Agency
    item: ServiceItem


@dataclass(frozen=True)
class AgreementLine:
    """An agreement with its two parties."""

    agreement: Agreement
    sender: Agency
    receiver: Agency


@dataclass(frozen=True)
class EntryLine:
    """A ledger entry; `leaf` is its place in the Merkle log, None while it is not logged."""

    entry: LedgerEntry
    leaf: int | None


def _page(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    key: Any,
    below: int | None,
    limit: int,
    line: Callable[..., T],
) -> Page[T]:
    """The page of `statement` whose rows start with the object that has `key`; one row more than shown is asked for."""
    if below is not None:
        statement = statement.where(key < below)
    found = session.execute(statement.order_by(key.desc()).limit(limit + 1)).all()
    shown = found[:limit]
    return Page([line(*row) for row in shown], shown[-1][0].id if len(found) > limit else None)


def dossiers(
    session: Session,
    below: int | None,
    limit: int,
    *,
    case_no: str | None = None,
    since: datetime | None = None,
    is_open: bool | None = None,
) -> Page[DossierLine]:
    """Dossiers the reader may see: of one case, opened at or after `since`, still open or closed."""
    sender, receiver = aliased(Agency), aliased(Agency)
    statement = (
        select(Dossier, sender, receiver, ServiceItem)
        .join(sender, col(sender.id) == Dossier.sender_agency_id)
        .join(receiver, col(receiver.id) == Dossier.receiver_agency_id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
    )
    if case_no is not None:
        statement = statement.where(col(Dossier.case_no) == case_no)
    if since is not None:
        statement = statement.where(col(Dossier.opened_at) >= since)
    if is_open is not None:
        statement = statement.where(
            col(Dossier.closed_at).is_(None) if is_open else col(Dossier.closed_at).is_not(None)
        )
    return _page(session, statement, col(Dossier.id), below, limit, DossierLine)


def agreements(session: Session, below: int | None, limit: int) -> Page[AgreementLine]:
    """Agreements of which the reader's agencies are a party; drafts are none."""
    sender, receiver = aliased(Agency), aliased(Agency)
    statement = (
        select(Agreement, sender, receiver)
        .join(sender, col(sender.id) == Agreement.sender_agency_id)
        .join(receiver, col(receiver.id) == Agreement.receiver_agency_id)
        .where(~col(Agreement.draft))
    )
    return _page(session, statement, col(Agreement.id), below, limit, AgreementLine)


def entries(session: Session, dossier: Dossier, below: int | None, limit: int) -> Page[EntryLine]:
    """Entries of the dossier's chain, each with its place in the log."""
    statement = (
        select(LedgerEntry, col(LogLeaf.leaf))
        .outerjoin(LogLeaf, col(LogLeaf.entry_id) == LedgerEntry.id)
        .where(col(LedgerEntry.dossier_id) == dossier.id)
    )
    return _page(session, statement, col(LedgerEntry.id), below, limit, EntryLine)


def tracking(session: Session, consignment: Consignment, below: int | None, limit: int) -> Page[Tracking]:
    """The courier's events of one consignment, in the order in which they reached us, last first."""
    statement = select(Tracking).where(col(Tracking.consignment_id) == consignment.id)
    return _page(session, statement, col(Tracking.id), below, limit, lambda row: row)


def agreement(session: Session, agreement_id: int) -> Agreement | None:
    """The agreement, when the reader's agencies are a party; a draft is none."""
    row = session.get(Agreement, agreement_id)
    return None if row is None or row.draft else row
