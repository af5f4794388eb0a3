"""What the head of every page offers: the entries of the pages, by role; what is not daily work lies in two drawers.

An entry's place says where it stands: below 40 by itself, from 40 on under oversight, from 60 on under settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import current_app, request, url_for
from flask_babel import LazyString, lazy_gettext

from logistics.terms import Role
from logistics.web.visit import reader


@dataclass(frozen=True)
class Entry:
    """One entry: the endpoint it opens, its words, the roles that see it (none: all), its place (small comes first)."""

    endpoint: str
    words: LazyString
    roles: frozenset[Role] = field(default_factory=frozenset)
    place: int = 50
    also: tuple[str, ...] = ()  # further modules whose pages belong to it

    @property
    def address(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def is_here(self) -> bool:
        """Whether the reader is on one of its pages now."""
        return (request.endpoint or "").partition(".")[0] in (self.endpoint.partition(".")[0], *self.also)


def entries() -> list[Entry]:
    """The entries the reader sees, in order; none before log-in."""
    actor = reader()
    if actor is None:
        return []
    known: list[Entry] = current_app.extensions["youdang_entries"]
    return [entry for entry in known if not entry.roles or entry.roles & actor.roles]


@dataclass(frozen=True)
class Drawer:
    """Entries that share one place in the head; it opens by click or key, and needs no script."""

    words: LazyString
    entries: Sequence[Entry]

    @property
    def is_here(self) -> bool:
        """Whether the reader is on one of its pages now."""
        return any(entry.is_here for entry in self.entries)


DRAWERS = ((40, 60, lazy_gettext("督查")), (60, 1000, lazy_gettext("设置")))
"""From which place to which (not included) a drawer reaches, and what it is called."""


def ways() -> list[Entry | Drawer]:
    """What the reader sees in the head, in order; a drawer with one entry is that entry."""
    every = entries()
    found: list[Entry | Drawer] = [entry for entry in every if entry.place < DRAWERS[0][0]]
    for first, behind, words in DRAWERS:
        inside = [entry for entry in every if first <= entry.place < behind]
        found += inside if len(inside) == 1 else [Drawer(words, inside)] if inside else []
    return found
