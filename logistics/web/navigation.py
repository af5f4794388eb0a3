"""What the head of every page offers: the entries of the pages, by role."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, request, url_for
from flask_babel import LazyString

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
