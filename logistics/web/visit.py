"""This request: the world it works in, who reads, and a look into the database with their eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import current_app, g
from sqlmodel import Session

from logistics.actor import Actor
from logistics.errors import NotAllowed
from logistics.store.context import Context
from logistics.store.work import reading
from logistics.terms import Role, zh
from logistics.web.words import english

P = ParamSpec("P")
R = TypeVar("R")


def world() -> Context:
    """The context of this process."""
    return cast(Context, current_app.extensions["youdang"])


def reader() -> Actor | None:
    """Who reads this page; None before log-in."""
    return cast("Actor | None", g.get("actor"))


def me() -> Actor:
    """Who reads this page, on routes that need a log-in (all but those `open_to_all`)."""
    actor = reader()
    assert actor is not None, "the door lets nobody in without a log-in"
    return actor


def now() -> datetime:
    """The instant of this request: the same for everything drawn on one page."""
    known: datetime | None = g.get("now")
    if known is None:
        known = g.now = world().clock()
    return known


@contextmanager
def look() -> Iterator[Session]:
    """A read-only session that shows what the reader may see."""
    with reading(world().engine, me()) as session:
        yield session


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that needs no log-in."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def before_own_password(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that is there for officers whose password somebody else gave, too."""
    view.before_own_password = True  # type: ignore[attr-defined]
    return view


def changes_nothing(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose POST only asks, so that a page drawn before the last log-in may still send it."""
    view.changes_nothing = True  # type: ignore[attr-defined]
    return view


def for_roles(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only officers with one of `roles` may use the view; others get 403 with the roles that may."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not me().roles.intersection(roles):
                raise NotAllowed(
                    f"这一页由{'、'.join(zh(role) for role in roles)}人员使用。请联系本单位的系统管理人员开通。",
                    f"This page is for: {', '.join(english(role) for role in roles)}. Ask your administrator.",
                    "needs_role",
                )
            return view(*args, **kwargs)

        return guarded

    return decorate
