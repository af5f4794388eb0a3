"""Mappings of unknown codes at rest, for whoever reads statements."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from couriers.contract import Milestone
from logistics.rules.reading import UNMAPPED, Meanings
from logistics.tables import CodeMapping, Tracking


def meanings(session: Session, rows: Iterable[Tracking]) -> Meanings:
    """Every version of every mapping that concerns an unknown code among the rows; asks nothing when there is none."""
    codes = {(row.courier, row.code) for row in rows if row.milestone is Milestone.UNRECOGNISED}
    if not codes:
        return UNMAPPED
    wanted = tuple_(col(CodeMapping.courier), col(CodeMapping.code)).in_(sorted(codes))
    return Meanings(session.exec(select(CodeMapping).where(wanted).order_by(col(CodeMapping.id))).all())
