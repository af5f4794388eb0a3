"""SQL about people at the door: officers, the agencies they may look into, their log-in sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, or_, select

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.tables import Agency, Dossier, LoginSession, Notice, Officer
from logistics.terms import Role

OVERSEERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
"""Roles that also see what the agencies below their own are party to."""


def officer_by_login(session: Session, login: str) -> Officer | None:
    """The officer of that log-in, locked until the transaction ends, so that tries are counted one after the other."""
    return session.exec(select(Officer).where(Officer.login == login).with_for_update()).first()


def live_session(session: Session, token_sha256: str) -> tuple[LoginSession, Officer] | None:
    """The log-in session of that digest with its officer, unless it was revoked or the officer no longer works."""
    return session.exec(
        select(LoginSession, Officer)
        .join(Officer, col(Officer.id) == col(LoginSession.officer_id))
        .where(
            LoginSession.token_sha256 == token_sha256,
            col(LoginSession.revoked_at).is_(None),
            col(Officer.active).is_(True),
        )
    ).first()


def revoke(session: Session, token_sha256: str, now: datetime) -> None:
    """That session is over; an earlier end stays as it was."""
    _end(session, col(LoginSession.token_sha256) == token_sha256, now)


def revoke_all(session: Session, officer_id: int, now: datetime) -> int:
    """Every open session of the officer is over; how many there were."""
    return _end(session, col(LoginSession.officer_id) == officer_id, now)


def set_locale(session: Session, officer_id: int, locale: str) -> None:
    """The officer reads in `locale` from now on."""
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(locale=locale))


def actor_of_officer(session: Session, officer_id: int) -> Actor:
    """The officer as one who acts, in the agencies they may see. Raises `NotYours` for one unknown or inactive."""
    found = session.exec(
        select(Officer, Agency).join(Agency).where(Officer.id == officer_id, col(Officer.active).is_(True))
    ).first()
    if found is None:
        raise NotYours("经办人", "officer")
    return as_actor(session, *found)


def as_actor(session: Session, officer: Officer, agency: Agency) -> Actor:
    """The officer of `agency` as one who acts."""
    roles = frozenset(Role(role) for role in officer.roles)
    seen = agencies_at_or_below(session, agency) if roles & OVERSEERS else (officer.agency_id,)
    return Actor(
        id=f"officer:{officer.id}",
        name=officer.name,
        agency=agency.short_name,
        agency_en=agency.name_en,
        agency_id=agency.id,
        officer_id=officer.id,
        roles=roles,
        agencies=seen,
        locale=officer.locale,
        password_given=officer.password_given,
    )


def agencies_at_or_below(session: Session, agency: Agency) -> tuple[int, ...]:
    """Ids of the agency and of every agency under it, ascending."""
    below = col(Agency.path).startswith(agency.path.rstrip(".") + ".", autoescape=True)
    found = session.exec(select(Agency.id).where(or_(col(Agency.id) == agency.id, below)).order_by(col(Agency.id)))
    return tuple(number for number in found if number is not None)


_SEEN = or_(col(Notice.address) != "", col(Dossier.id).is_not(None))
"""About a dossier that the officer still sees, or about none."""


def notices_of(session: Session, actor: Actor, limit: int = 20) -> list[tuple[Notice, str]]:
    """The officer's notices not yet acknowledged, newest first, at most `limit` of a kind, each with its dossier's
    number, "" where it is about none.
    """
    place = func.row_number().over(
        partition_by=col(Notice.kind), order_by=(col(Notice.made_at).desc(), col(Notice.id).desc())
    )
    unread = (
        select(col(Notice.id), place.label("place"))
        .where(Notice.officer_id == actor.officer_id, col(Notice.acknowledged_at).is_(None))
        .subquery()
    )
    found = session.exec(
        select(Notice, Dossier.no)
        .join(unread, unread.c.id == col(Notice.id))
        .outerjoin(Dossier, col(Dossier.id) == col(Notice.dossier_id))
        .where(unread.c.place <= limit, _SEEN)
        .order_by(col(Notice.made_at).desc(), col(Notice.id).desc())
    )
    return [(notice, no or "") for notice, no in found]


def unread_of(session: Session, actor: Actor) -> dict[str, int]:
    """How many notices of each kind the officer has not acknowledged."""
    found = session.exec(
        select(Notice.kind, func.count())
        .outerjoin(Dossier, col(Dossier.id) == col(Notice.dossier_id))
        .where(Notice.officer_id == actor.officer_id, col(Notice.acknowledged_at).is_(None), _SEEN)
        .group_by(col(Notice.kind))
    )
    return dict(found.all())


def _end(session: Session, which: object, now: datetime) -> int:
    done = session.execute(
        update(LoginSession)
        .where(which, col(LoginSession.revoked_at).is_(None))  # type: ignore[arg-type]
        .values(revoked_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
