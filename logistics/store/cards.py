"""SQL about agencies' cards: what stands against one, and a new agency's row."""

from __future__ import annotations

from dataclasses import asdict

from sqlmodel import Session, select

from logistics.errors import Wrong
from logistics.rules import cards
from logistics.rules.cards import Card
from logistics.rules.regions import RegionError
from logistics.store import places
from logistics.tables import Agency


def wrong(session: Session, card: Card, own_id: int | None) -> Wrong:
    """What is wrong with the card of the agency `own_id` (none: a new one), by field."""
    found = cards.wrong_alone(card)
    if not _is_place(session, card.region_code):
        found["region_code"] = [cards.NO_PLACE]
    taken = select(Agency.id).where(Agency.uscc == card.uscc, Agency.id != own_id)
    if "uscc" not in found and session.exec(taken).first() is not None:
        found["uscc"] = [cards.TAKEN_USCC]
    return found


def wrong_code(session: Session, code: str) -> Wrong:
    """What is wrong with the code of a new agency."""
    found = cards.wrong_code(code)
    if not found and session.exec(select(Agency.id).where(Agency.code == code)).first() is not None:
        found["code"] = [cards.TAKEN_CODE]
    return found


def insert(session: Session, code: str, card: Card, above: Agency | None) -> Agency:
    """The agency stands below that one, or at the top of a tree of its own."""
    row = Agency(code=code, parent_id=above.id if above else None, path="", **asdict(card))
    session.add(row)
    session.flush()
    row.path = f"{above.path if above else ''}{row.id}."
    session.add(row)
    session.flush()
    return row


def _is_place(session: Session, code: str) -> bool:
    try:
        return code in places.around(session, code)
    except RegionError:
        return False
