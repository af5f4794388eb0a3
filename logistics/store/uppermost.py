"""Whose installation this is: the one agency that keeps what holds for everybody."""

from __future__ import annotations

from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.tables import Agency


def uppermost(session: Session) -> Agency:
    """The agency at the top of the tree that was set up first here.

    That an agency has none above it is not enough: a partner of another province has none either, and must not keep
    general rules of time, the state's notices or items that name no keeper. Raises `NoResultFound` while there is none.
    """
    first = session.exec(select(Agency.path).order_by(col(Agency.id)).limit(1)).one()
    return session.get_one(Agency, int(first.split(".")[0]))


def is_uppermost(session: Session, actor: Actor) -> bool:
    """Whether the actor acts for that agency."""
    return actor.agency_id is not None and actor.agency_id == uppermost(session).id
