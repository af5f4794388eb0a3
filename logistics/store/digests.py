"""Notices that wait to leave the house become errands, each notice in one: alone, or many of an officer in a digest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session

from logistics.decision import Json
from logistics.rules import digests
from logistics.rules.digests import Item, Leave
from logistics.rules.policies import RungKind
from logistics.store import channels
from logistics.store.telling import Openings
from logistics.terms import ErrandKind

_ANY = "SELECT EXISTS (SELECT 1 FROM notice WHERE outside_at <= %b AND posted_at IS NULL)"
_WHO = """
    SELECT id, agency_id FROM officer WHERE id = ANY (ARRAY(
        SELECT DISTINCT officer_id FROM notice WHERE outside_at <= %b AND posted_at IS NULL))
    AND NOT id = ANY (%b::int8[]) ORDER BY id LIMIT %b FOR NO KEY UPDATE SKIP LOCKED"""
# ours until the transaction ends; what an officer acknowledges just now is theirs, so neither waits for the other
_CLAIM = """
    SELECT id FROM notice WHERE officer_id = ANY (%b::int8[]) AND outside_at <= %b AND posted_at IS NULL
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"""
_OVER = """
    UPDATE notice SET outside_at = NULL FROM deadline d
    WHERE notice.id = ANY (%b::int8[]) AND d.id = notice.deadline_id
      AND (d.met_at IS NOT NULL OR d.waived_at IS NOT NULL) AND notice.kind = ANY (%b::text[])"""
_NOT_NOW = """
    UPDATE notice SET outside_at = t.at FROM unnest(%b::int8[], %b::timestamptz[]) AS t(officer_id, at)
    WHERE notice.id = ANY (%b::int8[]) AND notice.officer_id = t.officer_id AND NOT notice.at_any_hour"""
_WAITING = """
    SELECT * FROM (
        SELECT n.officer_id, n.id, n.kind, n.zh, n.en, n.made_at, d.due_at, n.channels, n.at_any_hour, n.dossier_id,
            coalesce(o.no, ''), n.address, row_number() OVER (PARTITION BY n.officer_id ORDER BY n.id) AS place
        FROM notice n LEFT JOIN dossier o ON o.id = n.dossier_id LEFT JOIN deadline d ON d.id = n.deadline_id
        WHERE n.id = ANY (%b::int8[]) AND n.outside_at <= %b) t
    WHERE place <= %b ORDER BY officer_id, id"""
_LATELY = """
    SELECT officer_id, count(DISTINCT posting), max(posted_at) FILTER (WHERE posting LIKE 'digest:%%')
    FROM notice WHERE officer_id = ANY (%b::int8[]) AND posted_at > %b AND posting <> '' GROUP BY officer_id"""
_OWE = """
    INSERT INTO errand (dossier_id, kind, key, payload, created_at, due_at, attempts, failures, last_error)
    SELECT t.d, %b, t.k, t.p::jsonb, %b, %b, 0, 0, '' FROM unnest(%b::int8[], %b::text[], %b::text[]) AS t(d, k, p)"""
_POSTED = """
    UPDATE notice SET posted_at = %b, posting = t.k FROM unnest(%b::int8[], %b::text[]) AS t(id, k)
    WHERE notice.id = t.id"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A notice that may leave now."""

    officer_id: int
    item: Item
    channels: Sequence[str]
    at_any_hour: bool
    dossier_id: int | None
    no: str
    address: str


@dataclass(frozen=True, slots=True)
class _Posting:
    """One message that leaves, and the notices in it."""

    key: str
    dossier_id: int | None
    payload: Mapping[str, Json]
    notices: Sequence[int]


def waits(session: Session, now: datetime) -> bool:
    """Whether a notice may leave now."""
    return session.connection().exec_driver_sql(_ANY, (now,)).scalar_one()  # type: ignore[no-any-return]


def post(session: Session, now: datetime, limit: int, but: Sequence[int] = ()) -> tuple[list[int], int]:
    """What may leave now for up to `limit` officers is owed, each notice in one errand; returns these officers and how
    many errands that made.

    No other process posts for them until the transaction ends. Outside the hours of their agency only what may leave
    at any hour does. What is said about a deadline that was kept or waived meanwhile stays in the inbox alone. `but`:
    officers that were looked at already.
    """
    connection = session.connection()
    agencies = {row.id: row.agency_id for row in connection.exec_driver_sql(_WHO, (now, list(but), limit))}
    if not agencies:
        return [], 0
    officers = list(agencies)
    claimed = list(connection.exec_driver_sql(_CLAIM, (officers, now)).scalars())
    _wait_for_opening(session, agencies, claimed, now)
    connection.exec_driver_sql(_OVER, (claimed, [digests.FORESIGHT, *(kind.value for kind in RungKind)]))
    found = [_read(row) for row in connection.exec_driver_sql(_WAITING, (claimed, now, digests.MOST))]
    lately = {
        id_: (count, last) for id_, count, last in connection.exec_driver_sql(_LATELY, (officers, now - digests.SPELL))
    }
    reachable = channels.reachable(session, officers)
    made: list[_Posting] = []
    for officer_id, rows in groupby(found, key=lambda one: one.officer_id):
        waiting = list(rows)
        if officer_id not in reachable:
            made.append(_Posting("", None, {}, [one.item.id for one in waiting]))
            continue
        match digests.leave(len(waiting), *lately.get(officer_id, (0, None)), now):
            case Leave.ALONE:
                made += [_alone(one) for one in waiting]
            case Leave.TOGETHER:
                made.append(_digest(waiting))
    return officers, _store(session, made, now)


def _wait_for_opening(session: Session, agencies: Mapping[int, int], claimed: Sequence[int], now: datetime) -> None:
    """What was held up until its reader's agency closed waits for the next opening, unless it may leave at any hour."""
    openings = Openings(session)
    openings.know(set(agencies.values()))
    opens = {id_: openings.after(agency_id, now) for id_, agency_id in agencies.items()}
    closed = {id_: at for id_, at in opens.items() if at > now}
    if closed:
        session.connection().exec_driver_sql(_NOT_NOW, (list(closed), list(closed.values()), list(claimed)))


def _store(session: Session, made: Sequence[_Posting], now: datetime) -> int:
    connection = session.connection()
    owed = [(one.dossier_id, one.key, json.dumps(one.payload, ensure_ascii=False)) for one in made if one.key]
    if owed:
        columns = map(list, zip(*owed, strict=True))
        connection.exec_driver_sql(_OWE, (ErrandKind.NOTIFY.value, now, now, *columns))
    posted = [(id_, one.key) for one in made for id_ in one.notices]
    if posted:
        connection.exec_driver_sql(_POSTED, (now, *map(list, zip(*posted, strict=True))))
    return len(owed)


def _read(row: Any) -> _Waiting:
    officer_id, id_, kind, zh, en, made_at, due_at, ways, at_any_hour, dossier_id, no, address, _place = row
    return _Waiting(officer_id, Item(id_, kind, zh, en, made_at, due_at), ways, at_any_hour, dossier_id, no, address)


def _alone(one: _Waiting) -> _Posting:
    payload: dict[str, Json] = {
        "officer": one.officer_id,
        "zh": one.item.zh,
        "en": one.item.en,
        "dossier": one.no or None,
        "address": one.address,
        "notices": [one.item.id],
        "channels": list(one.channels),
        "at_any_hour": one.at_any_hour,
        "kind": one.item.kind,
    }
    return _Posting(f"notify:{one.item.id}", one.dossier_id, payload, [one.item.id])


def _digest(waiting: Sequence[_Waiting]) -> _Posting:
    """One message for all of these; it goes wherever one of them must go."""
    if len(waiting) == 1:
        [only] = waiting
        alone = _alone(only)
        return _Posting(f"digest:{only.item.id}", alone.dossier_id, alone.payload, alone.notices)
    items = digests.by_urgency([one.item for one in waiting])
    zh, en = digests.words(items)
    ids = [one.id for one in items]
    payload: dict[str, Json] = {
        "officer": waiting[0].officer_id,
        "zh": zh,
        "en": en,
        "dossier": None,
        "notices": [*ids],
        "channels": [*dict.fromkeys(way for one in waiting for way in one.channels)],
        "at_any_hour": any(one.at_any_hour for one in waiting),
        "kind": "digest",
    }
    return _Posting(f"digest:{ids[0]}", None, payload, ids)
