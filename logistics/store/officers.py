"""SQL about the officers and agencies an administrator keeps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from logistics.errors import NotYours
from logistics.tables import Agency, DirectoryAct, LoginSession, Officer

LIMIT = 500


@dataclass(frozen=True)
class Row:
    """An officer with their agency, and when they were last seen; None: never logged in, or long ago."""

    officer: Officer
    agency: Agency
    seen_at: datetime | None


def officers(session: Session, agencies: Collection[int], wanted: str = "", agency_id: int | None = None) -> list[Row]:
    """Officers of these agencies, those who work first; `wanted` is part of a name or a log-in."""
    seen = (
        select(col(LoginSession.officer_id).label("officer_id"), func.max(LoginSession.seen_at).label("seen_at"))
        .group_by(col(LoginSession.officer_id))
        .subquery()
    )
    statement = (
        select(Officer, Agency, seen.c.seen_at)
        .join(Agency, col(Agency.id) == Officer.agency_id)
        .outerjoin(seen, seen.c.officer_id == Officer.id)
        .where(col(Officer.agency_id).in_(list(agencies)))
        .order_by(col(Officer.active).desc(), col(Agency.path), col(Officer.login))
        .limit(LIMIT)
    )
    if wanted:
        part = col(Officer.name).contains(wanted, autoescape=True)
        statement = statement.where(or_(part, col(Officer.login).contains(wanted.lower(), autoescape=True)))
    if agency_id is not None:
        statement = statement.where(Officer.agency_id == agency_id)
    return [Row(officer, agency, at) for officer, agency, at in session.exec(statement)]


def officer(session: Session, agencies: Collection[int], officer_id: int) -> Officer:
    """The officer, where one of these agencies is theirs. Raises `NotYours`."""
    row = session.get(Officer, officer_id)
    if row is None or row.agency_id not in agencies:
        raise NotYours("经办人", "officer")
    return row


def is_locked(row: Officer, now: datetime) -> bool:
    """Whether wrong tries keep them out now."""
    return row.locked_until is not None and now < row.locked_until


def agency_names(session: Session, agencies: Collection[int], locale: str) -> dict[int, str]:
    """The names of these agencies by id, the uppermost first."""
    found = session.exec(select(Agency).where(col(Agency.id).in_(list(agencies))).order_by(col(Agency.path)))
    return {row.id or 0: (row.name_en or row.short_name) if locale == "en" else row.short_name for row in found}


@dataclass(frozen=True)
class Branch:
    """An agency in the tree, how deep it stands, how many officers work there."""

    agency: Agency
    depth: int
    officers: int


def agencies(session: Session, keeps: Collection[int]) -> list[Branch]:
    """These agencies, each before those below it."""
    working = (
        select(col(Officer.agency_id).label("agency_id"), func.count().label("many"))
        .where(col(Officer.active).is_(True))
        .group_by(col(Officer.agency_id))
        .subquery()
    )
    statement = (
        select(Agency, func.coalesce(working.c.many, 0))
        .outerjoin(working, working.c.agency_id == Agency.id)
        .where(col(Agency.id).in_(list(keeps)))
        .order_by(col(Agency.path))
    )
    return [Branch(agency, agency.path.count("."), many) for agency, many in session.exec(statement)]


def agency(session: Session, keeps: Collection[int], agency_id: int) -> Agency:
    """The agency, where it is one of these. Raises `NotYours`."""
    row = session.get(Agency, agency_id)
    if row is None or agency_id not in keeps:
        raise NotYours("单位", "agency")
    return row


def acts(session: Session, subject: str, limit: int = 50) -> list[tuple[DirectoryAct, str]]:
    """What was changed about that log-in or agency, newest first, each with who did it."""
    statement = (
        select(DirectoryAct, Officer.name)
        .join(Officer, col(Officer.id) == DirectoryAct.officer_id)
        .where(
            DirectoryAct.subject == subject,
            col(DirectoryAct.item_id).is_(None),
            col(DirectoryAct.agreement_id).is_(None),
        )
        .order_by(col(DirectoryAct.id).desc())
        .limit(limit)
    )
    return list(session.exec(statement).all())
