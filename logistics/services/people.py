"""Verbs at the door: log in, log out, end all sessions, choose a language; and who stands behind a token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from logistics.actor import Actor
from logistics.errors import NotAllowed, Rejected
from logistics.store import passwords, people
from logistics.store.context import Context
from logistics.tables import Agency, LoginSession, Officer
from logistics.terms import Role

TRIES = 5
LOCKED = timedelta(minutes=15)
IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how exact `seen_at` is: not every request is worth a write
TOKEN_BYTES = 32

log = structlog.get_logger("people")


hash_password = passwords.hashed


def log_in(ctx: Context, login: str, password: str) -> str:
    """A new session's token (only its SHA-256 is kept). Raises `Rejected` with one sentence for every reason.

    Five wrong passwords in a row lock the log-in for fifteen minutes, the right password included.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with Session(ctx.engine, expire_on_commit=False) as session, session.begin():
        now = ctx.clock()
        officer = people.officer_by_login(session, login.strip())
        admitted = _is_admitted(officer, password, now)
        if officer is not None and admitted:
            officer.failed_log_ins, officer.locked_until = 0, None
            session.add(_session(token, officer, now))
    log.info("verb", verb="log_in", actor=f"officer:{officer.id}" if officer else "", admitted=admitted)
    if not admitted:
        raise _refusal()
    return token


def vouch(ctx: Context, login: str, password: str) -> Actor:
    """The officer behind log-in name and password, for one act at a colleague's screen; no session is begun.

    Wrong passwords count as at the door. Raises `Rejected` with one sentence for every reason.
    """
    with Session(ctx.engine, expire_on_commit=False) as session, session.begin():
        officer = people.officer_by_login(session, login.strip())
        admitted = _is_admitted(officer, password, ctx.clock())
        found = None
        if officer is not None and admitted:
            officer.failed_log_ins, officer.locked_until = 0, None
            found = people.as_actor(session, officer, session.get_one(Agency, officer.agency_id))
    log.info("verb", verb="vouch", actor=f"officer:{officer.id}" if officer else "", admitted=admitted)
    if found is None:
        raise _refusal()
    return found


def log_out(ctx: Context, token: str) -> None:
    """The session of that token is over; an unknown token is no error."""
    with Session(ctx.engine) as session, session.begin():
        people.revoke(session, token_digest(token), ctx.clock())


def revoke_all(ctx: Context, actor: Actor, officer_id: int) -> int:
    """Every session of the officer is over; how many. Their own always; others' by an administrator above them.

    Raises `NotAllowed`, `NotYours`.
    """
    with Session(ctx.engine) as session, session.begin():
        if officer_id != actor.officer_id:
            other = people.actor_of_officer(session, officer_id)
            if Role.ADMINISTRATOR not in actor.roles or other.agency_id not in actor.agencies:
                raise NotAllowed(
                    "只有系统管理人员可以结束他人的登录。请联系本单位的系统管理人员。",
                    "Only an administrator may end other officers' sessions. Ask your agency's administrator.",
                    "needs_administrator",
                )
        ended = people.revoke_all(session, officer_id, ctx.clock())
    log.info("verb", verb="revoke_all", actor=actor.id, officer=officer_id, ended=ended)
    return ended


def actor_of(ctx: Context, token: str) -> Actor | None:
    """Who stands behind the token, None once the session is idle for 8 h, 12 h old, revoked, or the officer left."""
    with Session(ctx.engine, expire_on_commit=False) as session, session.begin():
        found = people.live_session(session, token_digest(token))
        now = ctx.clock()
        if found is None or now >= min(found[0].expires_at, found[0].seen_at + IDLE):
            return None
        at_the_door, officer = found
        if now - at_the_door.seen_at >= SEEN_EVERY:
            at_the_door.seen_at = now
        return people.as_actor(session, officer, session.get_one(Agency, officer.agency_id))


def choose_language(ctx: Context, actor: Actor, locale: str) -> None:
    """The officer reads in `locale` (`zh` or `en`) on every machine from now on."""
    assert actor.officer_id is not None, "only a person reads"
    with Session(ctx.engine) as session, session.begin():
        people.set_locale(session, actor.officer_id, locale)


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_admitted(officer: Officer | None, password: str, now: datetime) -> bool:
    """Whether this password opens the door now; a wrong one is counted on the officer's row."""
    usable = officer is not None and officer.active and not (officer.locked_until and now < officer.locked_until)
    right = passwords.matches(officer.password_hash if officer and usable else passwords.STRANGERS, password)
    if officer is None or not usable:
        return False
    if right:
        if passwords.is_outdated(officer.password_hash):
            officer.password_hash = hash_password(password)
        return True
    officer.failed_log_ins += 1
    if officer.failed_log_ins >= TRIES:
        officer.failed_log_ins, officer.locked_until = 0, now + LOCKED
    return False


def _session(token: str, officer: Officer, now: datetime) -> LoginSession:
    assert officer.id is not None, "the officer came from the database"
    return LoginSession(
        token_sha256=token_digest(token), officer_id=officer.id, created_at=now, seen_at=now, expires_at=now + LONGEST
    )


def _refusal() -> Rejected:
    return Rejected(
        "没有登录成功：登录名或密码不对，或者连续输错 5 次后已锁定 15 分钟。"
        "请核对后再试；急用请找本单位的系统管理人员。",
        "Not logged in: the log-in name or password is wrong, or it is locked for 15 minutes after 5 wrong tries. "
        "Check both and try again; if it is urgent, ask your agency's administrator.",
        "log_in_refused",
    )
