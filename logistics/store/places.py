"""The table of regions at rest: GB/T 2260 codes with the time they were valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from logistics.rules import regions
from logistics.tables import Region

BEFORE_ALL = date(1949, 10, 1)
"""Stands for "no first day known" in the table, whose key needs one."""


def table(session: Session) -> Mapping[str, tuple[regions.Region, ...]]:
    """All regions by code, as the rules read them."""
    return _by_code(session.exec(select(Region).order_by(col(Region.code), col(Region.valid_from))))


def around(session: Session, code: str) -> Mapping[str, tuple[regions.Region, ...]]:
    """The region of that code with its city and province, as far as they are in the table: three of three thousand."""
    codes = {code, regions.city_of(code), regions.province_of(code)}
    wanted = select(Region).where(col(Region.code).in_(codes))
    return _by_code(session.exec(wanted.order_by(col(Region.code), col(Region.valid_from))))


def _by_code(rows: Iterable[Region]) -> Mapping[str, tuple[regions.Region, ...]]:
    return regions.by_code(
        regions.Region(row.code, row.name, None if row.valid_from == BEFORE_ALL else row.valid_from, row.valid_to)
        for row in rows
    )


def keep(session: Session, wanted: Iterable[regions.Region]) -> int:
    """The given regions are in the table; one with the same code and first day takes the new name and last day.

    Nothing is removed: a retired code keeps its name for the papers that bear it; an earlier span of a code ends
    the day
    before the next begins. Returns how many were given.
    """
    rows = [
        {
            "code": one.code,
            "name": one.name,
            "valid_from": one.valid_from or BEFORE_ALL,
            "valid_to": one.valid_to,
        }
        for one in wanted
    ]
    if rows:
        statement = insert(Region).values(rows)
        changed = {"name": statement.excluded.name, "valid_to": statement.excluded.valid_to}
        session.execute(statement.on_conflict_do_update(index_elements=["code", "valid_from"], set_=changed))
        session.execute(_END_EARLIER)
    return len(rows)


_END_EARLIER = text(
    "UPDATE region r SET valid_to = n.next_from - 1 FROM (SELECT code, valid_from, lead(valid_from) OVER "
    "(PARTITION BY code ORDER BY valid_from) AS next_from FROM region) n WHERE r.code = n.code "
    "AND r.valid_from = n.valid_from AND n.next_from IS NOT NULL AND coalesce(r.valid_to, n.next_from) >= n.next_from"
)
"""A span ends the day before the next one of its code begins."""
