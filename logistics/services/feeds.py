"""An officer's calendar feed: an address that is a secret is given out once, and taken back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlmodel import Session

from logistics.actor import Actor
from logistics.errors import Rejected
from logistics.store import feeds, people
from logistics.store.context import Context
from logistics.store.work import work
from logistics.tables import Feed

SECRET_BYTES = 32
REST = timedelta(seconds=10)
"""A feed is given again after so long: a program that asks in a loop costs no more than one that asks now and then."""


class TooSoon(Rejected):
    """The feed was fetched a moment ago. HTTP 429."""

    status = 429


def issue(ctx: Context, actor: Actor, command_id: str) -> str | None:
    """The secret of a new feed of this officer; an earlier one opens nothing any more. Only its digest is kept.

    None when this command was carried out before: the secret cannot be shown twice.
    """
    with work(ctx, actor, "issue_feed", command_id) as w:
        if w.done is not None:
            return None
        assert actor.officer_id is not None, "only a person has a calendar"
        feeds.revoke(w.session, actor.officer_id, w.now)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        w.session.add(Feed(officer_id=actor.officer_id, token_sha256=_digest(secret), made_at=w.now))
        w.session.flush()
        w.finish()
        return secret


def revoke(ctx: Context, actor: Actor, command_id: str) -> None:
    """The officer's feed opens nothing any more; without one nothing changes."""
    with work(ctx, actor, "revoke_feed", command_id) as w:
        if w.done is None:
            feeds.revoke(w.session, actor.officer_id, w.now)
            w.finish()


def opened(ctx: Context, secret: str) -> Actor | None:
    """The officer whose feed that secret opens, as they may see now; None for no feed.

    Raises `TooSoon` (rule "feed_rest") when it was fetched less than ten seconds ago.
    """
    with Session(ctx.engine) as session, session.begin():
        feed = feeds.by_digest(session, _digest(secret))
        if feed is None:
            return None
        now = ctx.clock()
        if not feeds.asked(session, feed, now, now - REST):
            raise TooSoon(
                "日历刚刚取过。请十秒后再取；日历程序每十五分钟取一次就够了。",
                "The calendar was fetched a moment ago. Ask again in ten seconds; every fifteen minutes is enough.",
                "feed_rest",
            )
        return people.actor_of_officer(session, feed.officer_id)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
