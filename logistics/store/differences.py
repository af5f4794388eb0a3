"""Open differences (差异) over all dossiers the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.tables import Agency, Discrepancy, Dossier, Original, ServiceItem

LIMIT = 200


@dataclass(frozen=True)
class OpenDifference:
    """One difference nobody has settled yet; `original` is its title, "" where the whole envelope is meant."""

    row: Discrepancy
    dossier_no: str
    item: str
    sender: Agency
    receiver: Agency
    original: str


def open_ones(session: Session, limit: int = LIMIT) -> Sequence[OpenDifference]:
    """Every open difference the reader may see, the oldest first."""
    sender, receiver = aliased(Agency), aliased(Agency)
    rows = session.execute(
        select(Discrepancy, col(Dossier.no), col(ServiceItem.name), sender, receiver, col(Original.title))
        .join(Dossier, col(Dossier.id) == Discrepancy.dossier_id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .join(sender, col(sender.id) == Dossier.sender_agency_id)
        .join(receiver, col(receiver.id) == Dossier.receiver_agency_id)
        .outerjoin(Original, col(Original.id) == Discrepancy.original_id)
        .where(col(Discrepancy.settled_at).is_(None))
        .order_by(col(Discrepancy.opened_at), col(Discrepancy.id))
        .limit(limit)
    )
    return [OpenDifference(row, no, item, one, other, title or "") for row, no, item, one, other, title in rows]
