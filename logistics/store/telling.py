"""People are told: a notice in their inbox at once, and from when on it may also leave the house.

What leaves, alone or in a digest, is `store.digests`; whoever tells need not think of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import text
from sqlmodel import Session, col, select

from logistics.rules import workdays
from logistics.store import calendars, find
from logistics.store.work import Work
from logistics.tables import Agency, Dossier, Officer
from logistics.terms import Role

_STORE = text("""
    INSERT INTO notice (officer_id, agency_id, dossier_id, deadline_id, key, kind, zh, en, made_at, channels,
        at_any_hour, outside_at, address)
    SELECT t.o, t.a, t.d, t.l, t.k, t.n, t.z, t.e, :now, t.c::jsonb, t.h, t.u, t.w
    FROM unnest(CAST(:o AS int8[]), CAST(:a AS int8[]), CAST(:d AS int8[]), CAST(:l AS int8[]), CAST(:k AS text[]),
        CAST(:n AS text[]), CAST(:z AS text[]), CAST(:e AS text[]), CAST(:c AS text[]), CAST(:h AS bool[]),
        CAST(:u AS timestamptz[]), CAST(:w AS text[])) AS t(o, a, d, l, k, n, z, e, c, h, u, w)
    ON CONFLICT DO NOTHING""")


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told, in both languages. `key` makes it single for each of them.

    `channels`: where it must go besides the inbox, whatever the reader chose. `at_any_hour`: it may leave working time.
    """

    key: str
    kind: str
    zh: str
    en: str
    deadline_id: int | None = None
    channels: Sequence[str] = ()
    at_any_hour: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One person who is told one thing: about a dossier, or without one about what stands at `address` on this site."""

    officer_id: int
    agency_id: int
    dossier_id: int | None
    message: Message
    address: str = ""


class Openings:
    """When each agency works, looked up once."""

    def __init__(self, session: Session) -> None:
        """Nothing is looked up yet."""
        self._session = session
        self._known: dict[int, tuple[workdays.Calendar, workdays.Hours]] = {}

    def know(self, agency_ids: Collection[int]) -> None:
        """These agencies' calendars and hours are in hand, with one question for all that were not."""
        new = set(agency_ids) - self._known.keys()
        if not new:
            return
        agencies = self._session.exec(select(Agency).where(col(Agency.id).in_(new))).all()
        found = calendars.of_each(self._session, agencies)
        for agency in agencies:
            hours = workdays.Hours.parse(agency.receiving_hours)
            self._known[cast(int, agency.id)] = found[agency.id], hours

    def after(self, agency_id: int, at: datetime) -> datetime:
        """The agency's first working moment at or after `at`."""
        self.know([agency_id])
        return workdays.next_working_moment(*self._known[agency_id], at)


def tell(w: Work, dossier: Dossier, people: Iterable[Officer], message: Message) -> None:
    """Each of these people has the message in their inbox, once; outside it leaves in their working time, unless it may
    leave at any hour. Whoever sees the dossier may tell others about it."""
    w.session.flush()  # the deadline that the message is about
    told = [Told(cast(int, one.id), one.agency_id, cast(int, dossier.id), message) for one in people]
    tell_all(w, told, Openings(w.session))


def tell_of(w: Work, address: str, people: Iterable[Officer], message: Message) -> None:
    """As `tell`, of something that is about no dossier and stands at `address`."""
    tell_all(w, [Told(cast(int, one.id), one.agency_id, None, message, address) for one in people], Openings(w.session))


def tell_all(w: Work, told: Sequence[Told], openings: Openings) -> None:
    """As `tell`, many at once with one statement."""
    if not told:
        return
    openings.know({one.agency_id for one in told if not one.message.at_any_hour})
    leaves = {id_: openings.after(id_, w.now) for id_ in {one.agency_id for one in told if not one.message.at_any_hour}}
    columns = zip(
        *(
            (one.officer_id, one.agency_id, one.dossier_id, said.deadline_id, said.key, said.kind, said.zh, said.en,
             json.dumps(list(said.channels)), said.at_any_hour, w.now if said.at_any_hour else leaves[one.agency_id],
             one.address)
            for one in told
            for said in (one.message,)
        ),
        strict=True,
    )  # fmt: skip
    w.session.execute(_STORE, {"now": w.now, **dict(zip("oadlknzechuw", map(list, columns), strict=True))})


def desk(session: Session, dossier: Dossier, agency_id: int) -> list[Officer]:
    """Who works on the dossier for this party: the window of the hall, the receivers of the authority."""
    role = Role.WINDOW if agency_id == dossier.sender_agency_id else Role.RECEIVER
    return find.officers_of(session, agency_id, role.value)


def managers(session: Session, agency_id: int | None) -> list[Officer]:
    """The managers of the agency, or of the nearest agency above it that has one."""
    while agency_id is not None:
        found = find.officers_of(session, agency_id, Role.MANAGER.value)
        if found:
            return found
        agency_id = session.get_one(Agency, agency_id).parent_id
    return []
