"""SQL about service items and their checklists: as they stand now, and as they stood when a dossier was opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, func, or_, select

from logistics.errors import NotYours
from logistics.rules import items as rules
from logistics.rules.items import Line, Terms
from logistics.store.locks import Lock
from logistics.store.uppermost import uppermost
from logistics.tables import Agency, AgreementItem, DirectoryAct, Material, Officer, ServiceItem, ServiceItemPast

LIMIT = 500


@dataclass(frozen=True)
class Shelf:
    """An item in the list: how many lines its checklist has, how many of them are mailed, how many lists name it."""

    item: ServiceItem
    lines: int
    mailed: int
    lists: int


def items(session: Session, wanted: str = "", *, out_of_use: bool = False) -> list[Shelf]:
    """Items by code; `wanted` is part of a code or a name. Those out of use only when asked for."""
    lines = (
        select(
            col(Material.item_id),
            func.count().label("lines"),
            func.count().filter(col(Material.original_wanted), ~col(Material.e_certificate_shared)).label("mailed"),
        )
        .where(col(Material.until).is_(None))
        .group_by(col(Material.item_id))
        .subquery()
    )
    named = (
        select(col(AgreementItem.item_id), func.count().label("lists"))
        .where(col(AgreementItem.active))
        .group_by(col(AgreementItem.item_id))
        .subquery()
    )
    statement = (
        select(
            ServiceItem,
            func.coalesce(lines.c.lines, 0),
            func.coalesce(lines.c.mailed, 0),
            func.coalesce(named.c.lists, 0),
        )
        .outerjoin(lines, lines.c.item_id == ServiceItem.id)
        .outerjoin(named, named.c.item_id == ServiceItem.id)
        .order_by(col(ServiceItem.code))
        .limit(LIMIT)
    )
    if not out_of_use:
        statement = statement.where(col(ServiceItem.active))
    if wanted:
        part = col(ServiceItem.name).contains(wanted, autoescape=True)
        code = col(ServiceItem.code).contains(rules.folded_code(wanted), autoescape=True)
        statement = statement.where(or_(part, code))
    return [Shelf(*row) for row in session.exec(statement)]


def item(session: Session, item_id: int, *, lock: bool = False) -> ServiceItem:
    """The item. Raises `NotYours`."""
    row = session.get(ServiceItem, item_id, with_for_update=lock)
    if row is None:
        raise NotYours("事项", "service item")
    return row


def by_code(session: Session, codes: Collection[str]) -> dict[str, ServiceItem]:
    """The items with these codes."""
    return {row.code: row for row in session.exec(select(ServiceItem).where(col(ServiceItem.code).in_(list(codes))))}


def hold_codes(session: Session) -> None:
    """Until this transaction ends nobody else gives a service item a code: what `by_code` finds next stays true.

    Taken before any row is locked, so that two such transactions cannot wait for each other.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.ITEM_CODES.value})


def keeper(session: Session, row: ServiceItem) -> Agency:
    """Who keeps the item: the agency it names, or the uppermost one."""
    if row.agency_id is not None:
        return session.get_one(Agency, row.agency_id)
    return uppermost(session)


def materials_at(session: Session, item_id: int, at: datetime | None = None) -> list[Material]:
    """The item's checklist, in order: as it stands, or as it stood at that moment."""
    rows = session.exec(
        select(Material).where(Material.item_id == item_id).order_by(col(Material.seq), col(Material.id))
    )
    return [row for row in rows if rules.is_in_force(row.since, row.until, at)]


def terms_at(session: Session, row: ServiceItem, at: datetime) -> Terms:
    """What the item said at that moment."""
    past = session.exec(select(ServiceItemPast).where(ServiceItemPast.item_id == row.id)).all()
    return rules.terms_at(rules.terms_of(row), past, at)


def item_at(session: Session, item_id: int, at: datetime) -> ServiceItem:
    """The item as it stood at that moment: a copy that nobody stores."""
    row = session.get_one(ServiceItem, item_id)
    return ServiceItem(**{**row.model_dump(), **asdict(terms_at(session, row, at))})


def revise(session: Session, row: ServiceItem, terms: Terms, at: datetime) -> dict[str, list[Any]]:
    """The item says this from now on; what it said is kept for the dossiers opened before. Returns what changed."""
    before = rules.terms_of(row)
    changed = rules.differences(asdict(before), asdict(terms))
    if changed:
        session.add(ServiceItemPast(item_id=row.id or 0, until=at, **asdict(before)))
        for name, value in asdict(terms).items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
    return changed


def lay_down(session: Session, item_id: int, lines: Sequence[Line], at: datetime | None) -> None:
    """The item's checklist is this from now on (`at` none: from its beginning); a line that stays as it was keeps its
    row, every other is ended and replaced."""
    standing = {row.seq: row for row in materials_at(session, item_id)}
    for seq, line in enumerate(lines, start=1):
        row = standing.pop(seq, None)
        if row is not None and rules.line_of(row) == line:
            continue
        _end(session, row, at)
        session.add(Material(item_id=item_id, seq=seq, since=at, **vars(line)))
    for row in standing.values():
        _end(session, row, at)
    session.flush()


def _end(session: Session, row: Material | None, at: datetime | None) -> None:
    if row is not None:
        row.until = at
        session.add(row)


def acts(session: Session, item_id: int, limit: int = 100) -> list[tuple[DirectoryAct, str]]:
    """What was changed about the item, newest first, each with who did it."""
    statement = (
        select(DirectoryAct, Officer.name)
        .join(Officer, col(Officer.id) == DirectoryAct.officer_id)
        .where(DirectoryAct.item_id == item_id)
        .order_by(col(DirectoryAct.id).desc())
        .limit(limit)
    )
    return list(session.exec(statement).all())
