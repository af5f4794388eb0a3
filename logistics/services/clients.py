"""Verbs about other systems that act for an officer: admit one, shut one out, know one by its token."""

from __future__ import annotations

import hashlib
import secrets

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.errors import NotYours, Rejected
from logistics.store import clients
from logistics.store.context import Context
from logistics.tables import ApiClient, Officer

TOKEN_BYTES = 32
PREFIX = "yd_"  # lets people and secret scanners recognise what a leaked string is
log = structlog.get_logger("clients")


def admit(ctx: Context, name: str, login: str) -> str:
    """A system named `name` may act as the officer of that log-in; its token, which is shown once and kept only as
    a digest.

    Raises `NotYours` for an unknown or inactive officer, `Rejected` for a name that is in use or empty.
    """
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    name = name.strip()
    with Session(ctx.engine) as session, session.begin():
        officer = session.exec(select(Officer.id).where(Officer.login == login, col(Officer.active))).first()
        if officer is None:
            raise NotYours("经办人", "officer")
        used = session.exec(select(ApiClient.id).where(ApiClient.name == name, col(ApiClient.active))).first()
        if not name or used is not None:
            raise Rejected(
                f"系统名称“{name}”为空或已在使用。请换一个名称，留痕靠它区分各系统。",
                f"The client name '{name}' is empty or in use. Choose another: the ledger tells systems apart by it.",
                "client_name",
            )
        session.add(ApiClient(name=name, officer_id=officer, token_sha256=token_digest(token)))
    log.info("verb", verb="admit_client", client=name)
    return token


def shut_out(ctx: Context, name: str) -> bool:
    """No token of the system named `name` works any more; False when there was none."""
    with Session(ctx.engine) as session, session.begin():
        ended = session.execute(
            update(ApiClient).where(col(ApiClient.name) == name, col(ApiClient.active)).values(active=False)
        )
    log.info("verb", verb="shut_out_client", client=name)
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def actor_of(ctx: Context, token: str) -> tuple[int, Actor] | None:
    """The client's id and the officer it acts as; None for a token that is unknown or no longer works."""
    with Session(ctx.engine) as session:
        return clients.actor_of(session, token_digest(token))


def token_digest(token: str) -> str:
    """What is kept of a token. Tokens are random, so a plain SHA-256 cannot be searched backwards."""
    return hashlib.sha256(token.encode()).hexdigest()
