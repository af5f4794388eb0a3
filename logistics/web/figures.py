"""The numbers on top of the pages of time and oversight: each the length of the list it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import LazyString, lazy_gettext
from sqlmodel import Session

from logistics.store import deadlines, oversight
from logistics.store.deadlines import Asked, Shelf
from logistics.terms import Role
from logistics.web.visit import me, now

OVERSEERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})

SHELVES: Mapping[Shelf, tuple[LazyString, str]] = {
    Shelf.LATE: (lazy_gettext("超时"), "late"),
    Shelf.TODAY: (lazy_gettext("今天到期"), "attention"),
    Shelf.SOON: (lazy_gettext("临期"), "attention"),
    Shelf.RISK: (lazy_gettext("可能超时"), "attention"),
    Shelf.PAUSED: (lazy_gettext("暂停"), "quiet"),
    Shelf.ALL: (lazy_gettext("全部未了"), "quiet"),
}
"""What each list of running clocks is called, and the colour of its number."""


@dataclass(frozen=True)
class Figure:
    """One number: `key` says which page it opens, `state` how it is coloured when it is not nothing."""

    key: str
    address: str
    number: int | None
    words: LazyString
    state: str


def home() -> str:
    """Whose clocks the reader is shown first: overseers their agencies', officers their own."""
    return "agency" if me().roles & OVERSEERS else "mine"


def of_reader(session: Session, asked: Asked | None = None, given: Mapping[str, str] | None = None) -> list[Figure]:
    """The numbers for the reader, as narrowed where they stand on the lists; overseers see those of envelopes too."""
    at = deadlines.horizon(session, me(), now())
    count = deadlines.counts(session, me(), at, asked or Asked(home()))
    kept: dict[str, Any] = {name: value for name, value in (given or {}).items() if name != "shelf"}
    made = [
        Figure(shelf.value, url_for("deadlines.show", shelf=shelf.value, **kept), count[shelf], *words)
        for shelf, words in SHELVES.items()
    ]
    return [*made, *_of_envelopes(session)] if me().roles & OVERSEERS else made


def _of_envelopes(session: Session) -> list[Figure]:
    found = oversight.figures(session, now())
    ways = (
        ("disputed", found.disputed, lazy_gettext("争议"), "attention"),
        ("parked", found.parked, lazy_gettext("搁置"), "attention"),
        ("in_transit", found.in_transit, lazy_gettext("在途"), "moving"),
    )
    lists = [Figure(key, url_for(f"manager.{key}"), number, words, state) for key, number, words, state in ways]
    one_screen = url_for("overview.show", _anchor="lanes")
    return [*lists, Figure("lanes", one_screen, None, lazy_gettext("各线路按时率"), "quiet")]
