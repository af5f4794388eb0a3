"""Where couriers' pushes are put: pushes that come at the same time share one transaction and one wait for the disk.

Whoever comes first stores all that wait, once the transaction before has ended; each caller goes on only after its own
push is committed. A push that cannot be stored fails alone: the others of its group are stored without it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

log = structlog.get_logger("letterbox")

MOST = 64  # pushes in one transaction

_POST = """
    INSERT INTO inbox (courier, digest, body_sha256, headers, body, packed, received_at, due_at, attempts, last_error)
    SELECT t.c, t.d, t.s, jsonb_build_object('content-type', t.h), t.b, t.p, t.r, t.r, 0, ''
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bool[], %b::timestamptz[])
        AS t(c, d, s, h, b, p, r)
    ON CONFLICT (digest) DO NOTHING RETURNING digest"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A push to be kept. `digest` names courier and bytes; `packed`: the body is kept as zlib."""

    courier: str
    digest: str
    body_sha256: str
    content_type: str
    body: bytes
    packed: bool
    received_at: datetime


@dataclass(slots=True)
class _Ticket:
    letter: Letter
    settled: bool = False
    fresh: bool = False
    fault: BaseException | None = None


def post(engine: Engine, letters: Sequence[Letter]) -> set[str]:
    """All of them are in the inbox, committed, or none is; returns the digests that were not there before."""
    rows = [(a.courier, a.digest, a.body_sha256, a.content_type, a.body, a.packed, a.received_at) for a in letters]
    # one statement that commits itself: one way to the database and back
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return {digest for (digest,) in connection.exec_driver_sql(_POST, tuple(map(list, zip(*rows, strict=True))))}


class Letterbox:
    """One for each process and database."""

    def __init__(self) -> None:
        """Nothing waits, and nobody is storing."""
        self._changed = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._storing = False

    def put(self, engine: Engine, letter: Letter) -> bool:
        """The push is committed; False when the very same bytes were there before. Raises what kept it from that."""
        mine = _Ticket(letter)
        with self._changed:
            self._waiting.append(mine)
            while self._storing and not mine.settled:
                self._changed.wait()
            if not mine.settled:
                self._storing = True
        if not mine.settled:
            self._store_until(engine, mine)
        if mine.fault is not None:
            raise mine.fault
        return mine.fresh

    def _store_until(self, engine: Engine, mine: _Ticket) -> None:
        """The groups up to that of `mine` are settled, whatever happens; then somebody else may store."""
        try:
            while not mine.settled:
                with self._changed:
                    group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                _store(engine, group)
                with self._changed:
                    self._changed.notify_all()
        finally:
            with self._changed:
                self._storing = False
                self._changed.notify_all()


def _store(engine: Engine, group: Sequence[_Ticket]) -> None:
    try:
        fresh = post(engine, [ticket.letter for ticket in group])
    except (OperationalError, InterfaceError) as away:  # the database's trouble: it would meet each alone, too
        _fail(group, away)
    except Exception as fault:  # noqa: BLE001 - raised again, to the caller whose push it is
        if len(group) == 1:
            _fail(group, fault)
        else:
            for ticket in group:
                _store(engine, [ticket])
    except BaseException as end:
        _fail(group, end)
        raise
    else:
        log.info("pushes", many=len(group), fresh=len(fresh), bytes=sum(len(one.letter.body) for one in group))
        for ticket in group:
            ticket.fresh = ticket.letter.digest in fresh
            fresh.discard(ticket.letter.digest)  # of two with the same bytes the first one's
            ticket.settled = True


def _fail(group: Sequence[_Ticket], fault: BaseException) -> None:
    for ticket in group:
        if not ticket.settled:
            ticket.fault, ticket.settled = fault, True


_boxes: WeakKeyDictionary[Engine, Letterbox] = WeakKeyDictionary()
_making = threading.Lock()


def of(engine: Engine) -> Letterbox:
    """The letterbox of that database in this process."""
    with _making:
        return _boxes.setdefault(engine, Letterbox())
