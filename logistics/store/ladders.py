"""Due rungs at rest, many at once: which may be fired now, what stands beside them, and that they have fired."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from logistics.rules.ladder import Person, Staff, Standing
from logistics.rules.policies import Audience

_DUE = """
    FROM rung r JOIN deadline d ON d.id = r.deadline_id JOIN dossier o ON o.id = r.dossier_id
    WHERE r.fired_at IS NULL AND r.dropped_at IS NULL AND r.fires_at <= %b AND r.fires_at > %b
      AND d.met_at IS NULL AND d.waived_at IS NULL AND d.paused_at IS NULL AND NOT d.id = ANY (%b::int8[])
    ORDER BY r.fires_at, r.id LIMIT %b"""
_LIST = f"SELECT r.deadline_id {_DUE}"
# the dossier is locked as every verb locks it, but lets foreign keys be checked; who has it in hand keeps it
_CLAIM = f"{_LIST} FOR NO KEY UPDATE OF o SKIP LOCKED"
_CLAIM_ONE = """
    SELECT d.id FROM deadline d JOIN dossier o ON o.id = d.dossier_id WHERE d.id = %b
    FOR NO KEY UPDATE OF o SKIP LOCKED"""
_LOAD = """
    SELECT r.id, r.deadline_id, r.seq, r.name, r.kind, r.audience, r.channels, r.at_any_hour, r.unless_acknowledged,
        d.dossier_id, o.no, d.key, d.leg, d.due_at, d.owner_agency_id, d.owner_officer_id, o.sender_agency_id,
        o.receiver_agency_id, s.ordered_by, s.ordering_agency_id
    FROM rung r JOIN deadline d ON d.id = r.deadline_id JOIN dossier o ON o.id = r.dossier_id
        LEFT JOIN supervision s ON r.audience = 'orderer' AND s.no = split_part(split_part(d.key, '/', 2), '#', 1)
    WHERE r.deadline_id = ANY (%b::int8[]) AND r.fired_at IS NULL AND r.dropped_at IS NULL AND r.fires_at <= %b
      AND d.met_at IS NULL AND d.waived_at IS NULL AND d.paused_at IS NULL
    ORDER BY r.fires_at, r.seq"""
_STANDING = """
    SELECT deadline_id, max(seq) FILTER (WHERE dropped_at IS NULL), max(seq) FILTER (WHERE held_by IS NOT NULL),
        max(audience) FILTER (WHERE held_by IS NOT NULL),
        max(seq) FILTER (WHERE fired_at IS NOT NULL AND held_by IS NULL)
    FROM rung WHERE deadline_id = ANY (%b::int8[]) GROUP BY deadline_id"""
_ACKNOWLEDGED = """
    SELECT DISTINCT ON (n.deadline_id) n.deadline_id, n.officer_id, f.name, n.acknowledged_at
    FROM notice n JOIN deadline d ON d.id = n.deadline_id
        JOIN officer f ON f.id = n.officer_id AND f.agency_id = d.owner_agency_id
    WHERE n.deadline_id = ANY (%b::int8[]) AND n.acknowledged_at IS NOT NULL
    ORDER BY n.deadline_id, n.acknowledged_at"""
_AGENCIES = """
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT id, parent_id FROM agency WHERE id = ANY (%b::int8[])
        UNION SELECT a.id, a.parent_id FROM agency a JOIN up ON a.id = up.parent_id)
    SELECT id, parent_id FROM up"""
_OFFICERS = "SELECT id, agency_id, roles FROM officer WHERE agency_id = ANY (%b::int8[]) AND active ORDER BY id"
_FIRED = """
    UPDATE rung SET fired_at = %b, held_by = t.h FROM unnest(%b::int8[], %b::int8[]) AS t(id, h)
    WHERE rung.id = t.id AND rung.fired_at IS NULL"""
_NEXT = """
    SELECT r.fires_at FROM rung r JOIN deadline d ON d.id = r.deadline_id
    WHERE r.fired_at IS NULL AND r.dropped_at IS NULL AND d.paused_at IS NULL
      AND d.met_at IS NULL AND d.waived_at IS NULL ORDER BY r.fires_at, r.id LIMIT 1"""


@dataclass(frozen=True, slots=True)
class DueRung:
    """A rung whose moment has come, with the deadline and the dossier it belongs to."""

    id: int
    deadline_id: int
    seq: int
    name: str
    kind: str
    audience: str
    channels: Sequence[str]
    at_any_hour: bool
    unless_acknowledged: bool
    dossier_id: int
    no: str
    key: str
    leg: str
    due_at: datetime
    owner_id: int
    officer_id: int | None
    sender_id: int
    receiver_id: int
    orderer_id: int | None = None
    ordering_id: int | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who of the owner's agency acknowledged a word about a deadline first, and when."""

    officer_id: int
    name: str
    at: datetime


def due(session: Session, now: datetime, limit: int, since: datetime, but: Collection[int]) -> list[int]:
    """Deadlines with rungs whose moment lies behind `since` and has come, the longest waiting first."""
    return list(dict.fromkeys(_column(session, _LIST, (now, since, sorted(but), limit))))


def claim(session: Session, now: datetime, limit: int, since: datetime, but: Collection[int]) -> list[int]:
    """As `due`, without those whose dossier another process or person has in hand; ours are locked until the
    transaction ends."""
    return list(dict.fromkeys(_column(session, _CLAIM, (now, since, sorted(but), limit))))


def claim_one(session: Session, deadline_id: int) -> list[int]:
    """This deadline, its dossier locked; [] when another process or person has it in hand."""
    return _column(session, _CLAIM_ONE, (deadline_id,))


def load(session: Session, deadline_ids: Sequence[int], now: datetime) -> list[DueRung]:
    """Every due rung of these claimed deadlines that are still open, as it stands now; oldest moment first."""
    found = session.connection().exec_driver_sql(_LOAD, (list(deadline_ids), now))
    return [DueRung(*row) for row in found]


def standings(session: Session, deadline_ids: Sequence[int]) -> dict[int, Standing]:
    """How far each of these ladders was climbed."""
    found = session.connection().exec_driver_sql(_STANDING, (list(deadline_ids),))
    return {
        of: Standing(last or 0, held or 0, Audience(passed) if passed is not None else None, fired or 0)
        for of, last, held, passed, fired in found
    }


def acknowledged(session: Session, deadline_ids: Sequence[int]) -> dict[int, Acknowledged]:
    """Which of these deadlines somebody of the agency that owns it knows of, by their own word."""
    if not deadline_ids:
        return {}
    found = session.connection().exec_driver_sql(_ACKNOWLEDGED, (list(deadline_ids),))
    return {of: Acknowledged(*row) for of, *row in found}


def staff(session: Session, agency_ids: Iterable[int]) -> Staff:
    """Who works in these agencies and in all above them."""
    connection = session.connection()
    found = connection.exec_driver_sql(_AGENCIES, (sorted(set(agency_ids)),))
    above: dict[int, int | None] = {row.id: row.parent_id for row in found}
    people: dict[int, list[Person]] = {}
    for id_, agency_id, roles in connection.exec_driver_sql(_OFFICERS, (sorted(above),)):
        people.setdefault(agency_id, []).append(Person(id_, agency_id, frozenset(roles)))
    return Staff(people, above)


def fired(session: Session, held_by: dict[int, int | None], at: datetime) -> None:
    """These rungs fired at `at`, each held back by that officer's word or, with None, by nobody's.

    Raises RuntimeError when one of them had fired: then whoever calls did not lock its dossier.
    """
    done = session.connection().exec_driver_sql(_FIRED, (at, list(held_by), list(held_by.values())))
    if done.rowcount != len(held_by):
        raise RuntimeError(f"{len(held_by) - done.rowcount} rungs had fired already")


def next_moment(session: Session) -> datetime | None:
    """When the next rung fires; None when none waits."""
    found: list[datetime] = _column(session, _NEXT, ())
    return found[0] if found else None


def _column(session: Session, statement: str, values: tuple[Any, ...]) -> list[Any]:
    return list(session.connection().exec_driver_sql(statement, values).scalars())
