"""Envelopes of an agency's receiving desk: to count (on their way to it, half counted, or brought back), and counted in
good order without a signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists
from sqlmodel import Session, col, or_, select

from logistics.tables import (
    Agency,
    Consignment,
    Discrepancy,
    Dossier,
    Material,
    Original,
    Packed,
    ServiceItem,
    Signature,
)
from logistics.terms import Outcome, SigningRole, Stage

UNDER_WAY = (Stage.BOOKED, Stage.ON_THE_WAY, Stage.DELIVERED, Stage.LOST)
MOST = 200
"""How many envelopes one device takes along; who expects more counts some first."""


@dataclass(frozen=True)
class Arrival:
    """One envelope with its list, each line beside its original."""

    dossier: Dossier
    consignment: Consignment
    item: ServiceItem
    sender: Agency
    lines: Sequence[tuple[Packed, Original]]
    materials: Sequence[Material]


def arriving(session: Session, agency_id: int) -> list[Arrival]:
    """What the agency is to count, in the order in which it was delivered or sent; at most `MOST`."""
    open_lines = select(col(Packed.consignment_id)).where(col(Packed.outcome) == Outcome.UNCHECKED)
    here = col(Consignment.to_agency_id) == agency_id
    rows = session.exec(
        select(Consignment, Dossier, ServiceItem, Agency)
        .join(Dossier, col(Dossier.id) == Consignment.dossier_id)
        .join(ServiceItem, col(ServiceItem.id) == Dossier.item_id)
        .join(Agency, col(Agency.id) == Consignment.from_agency_id)
        .where(
            or_(
                here & col(Consignment.stage).in_(UNDER_WAY),
                here & (col(Consignment.stage) == Stage.RECEIVED) & col(Consignment.id).in_(open_lines),
                (col(Consignment.from_agency_id) == agency_id) & (col(Consignment.stage) == Stage.RETURNED),
            )
        )
        .order_by(col(Consignment.delivered_at).asc().nulls_last(), col(Consignment.id))
        .limit(MOST)
    ).all()
    lists = _lists(session, [consignment.id for consignment, *_rest in rows])
    materials = _materials(session, {item.id for _c, _d, item, _a in rows})
    return [
        Arrival(dossier, consignment, item, sender, lists.get(consignment.id, []), materials.get(item.id, []))
        for consignment, dossier, item, sender in rows
    ]


def to_sign(session: Session, officer_id: int | None, since: datetime) -> list[tuple[Dossier, Consignment, Agency]]:
    """What this officer opened since then, counted to the end and found in order, and has not been signed for, in the
    order of the opening; each with the agency that packed it; at most `MOST`.
    """
    of = col(Consignment.id)
    wrong = exists().where(col(Packed.consignment_id) == of, col(Packed.outcome) != Outcome.RECEIVED)
    differs = exists().where(col(Discrepancy.consignment_id) == of, col(Discrepancy.settled_at).is_(None))
    signed = exists().where(col(Signature.consignment_id) == of, col(Signature.role) == SigningRole.ACCEPTANCE)
    rows = session.exec(
        select(Dossier, Consignment, Agency)
        .join(Consignment, col(Consignment.dossier_id) == Dossier.id)
        .join(Agency, col(Agency.id) == Consignment.from_agency_id)
        .where(
            col(Consignment.received_by) == officer_id,
            col(Consignment.received_at) >= since,
            col(Consignment.stage) == Stage.RECEIVED,
            col(Consignment.seal_found) == col(Consignment.seal_no),
            ~col(Consignment.seal_broken),
            ~col(Consignment.envelope_damaged),
            col(Dossier.closed_at).is_(None),
            ~wrong,
            ~differs,
            ~signed,
        )
        .order_by(col(Consignment.received_at), col(Consignment.id))
        .limit(MOST)
    )
    return list(rows)


def _lists(session: Session, ids: Sequence[int | None]) -> dict[int | None, list[tuple[Packed, Original]]]:
    found: dict[int | None, list[tuple[Packed, Original]]] = {}
    rows = session.exec(
        select(Packed, Original)
        .join(Original, col(Original.id) == Packed.original_id)
        .where(col(Packed.consignment_id).in_(ids))
        .order_by(col(Packed.consignment_id), col(Packed.seq))
    )
    for packed, original in rows:
        found.setdefault(packed.consignment_id, []).append((packed, original))
    return found


def _materials(session: Session, items: set[int | None]) -> dict[int | None, list[Material]]:
    found: dict[int | None, list[Material]] = {}
    rows = session.exec(select(Material).where(col(Material.item_id).in_(items)).order_by(col(Material.seq)))
    for material in rows:
        found.setdefault(material.item_id, []).append(material)
    return found
