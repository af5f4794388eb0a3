"""Offers inside an agency, as its pages ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from logistics.errors import NotYours
from logistics.tables import Dossier, InsideHandover, Officer, ServiceItem


@dataclass(frozen=True)
class Offer:
    """One offer with the words that pages need."""

    row: InsideHandover
    dossier: Dossier
    item: ServiceItem
    giver: str
    taker: str


def open_offers(session: Session, *, officer_id: int | None = None, dossier: Dossier | None = None) -> list[Offer]:
    """Offers without an answer, oldest first: to this officer, or of this dossier."""
    wanted: ColumnElement[bool] = col(InsideHandover.answered_at).is_(None)
    if officer_id is not None:
        wanted &= col(InsideHandover.to_officer_id) == officer_id
    if dossier is not None:
        wanted &= col(InsideHandover.dossier_id) == dossier.id
    return _joined(session, wanted)


def by_id(session: Session, handover_id: int) -> Offer:
    """The offer as the reader sees it. Raises `NotYours`."""
    found = _joined(session, col(InsideHandover.id) == handover_id)
    if not found:
        raise NotYours("移交", "handover")
    return found[0]


def _joined(session: Session, condition: ColumnElement[bool]) -> list[Offer]:
    giver, taker = aliased(Officer), aliased(Officer)
    rows = session.execute(
        columns(InsideHandover, Dossier, ServiceItem, col(giver.name), col(taker.name))
        .join(Dossier, col(Dossier.id) == InsideHandover.dossier_id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .join(giver, col(giver.id) == InsideHandover.from_officer_id)
        .join(taker, col(taker.id) == InsideHandover.to_officer_id)
        .where(condition)
        .order_by(col(InsideHandover.id))
    )
    return [Offer(*row) for row in rows]


def colleagues(session: Session, agency_id: int, but: int | None) -> Sequence[Officer]:
    """Active officers of the agency, without one, by name."""
    rows = session.exec(
        select(Officer).where(Officer.agency_id == agency_id, col(Officer.active)).order_by(col(Officer.name))
    )
    return [one for one in rows if one.id != but]
