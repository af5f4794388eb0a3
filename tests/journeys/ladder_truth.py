"""What must be true of every ladder when the killing is over: read from the tables, the ledger and the witness."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.journeys.ladder_load import FIRST_ID, Made
from tests.journeys.ladder_town import LadderTown

Rows = list[tuple[object, ...]]
_ENTRIES = """
    SELECT dossier_id, facts->>'key', facts->>'rung', count(*), min(at) FROM ledger_entry
    WHERE what IN ('deadline:rung_fired', 'deadline:rung_held') GROUP BY 1, 2, 3"""
_FIRED = """
    SELECT count(*), count(*) FILTER (WHERE d.waived_at IS NOT NULL OR d.met_at IS NOT NULL)
    FROM rung r JOIN deadline d ON d.id = r.deadline_id WHERE r.fired_at IS NOT NULL"""
_TWICE = "SELECT rung_id, count(*), min(at), max(at) FROM rung_seen GROUP BY 1 HAVING count(*) > 1"
_UNSEEN = """
    SELECT r.id, r.fired_at FROM rung r LEFT JOIN rung_seen s ON s.rung_id = r.id
    WHERE (s.id IS NULL) <> (r.fired_at IS NULL)"""
_EARLY = """
    SELECT r.id, r.name, s.fires_at, s.at, s.fired_at FROM rung_seen s JOIN rung r ON r.id = s.rung_id
    WHERE s.at < s.fires_at OR s.fired_at < s.fires_at OR s.fired_at > s.at + interval '1 minute'"""
_LOST = """
    SELECT r.id, r.name, r.fires_at FROM rung r JOIN deadline d ON d.id = r.deadline_id
    WHERE r.fired_at IS NULL AND r.dropped_at IS NULL AND r.fires_at <= %s AND d.paused_at IS NULL"""
_LEDGER = f"""
    WITH entry AS ({_ENTRIES})
    SELECT coalesce(e.dossier_id, r.dossier_id), coalesce(e.key, d.key), coalesce(e.rung, r.name), e.count,
        e.min AS said, r.fires_at, r.fired_at
    FROM (rung r JOIN deadline d ON d.id = r.deadline_id AND r.fired_at IS NOT NULL)
    FULL JOIN entry e(dossier_id, key, rung, count, min)
        ON e.dossier_id = r.dossier_id AND e.key = d.key AND e.rung = r.name
    WHERE e.count IS DISTINCT FROM 1 OR r.id IS NULL OR e.min < r.fires_at
        OR e.min > r.fired_at + interval '1 minute'"""
_AFTER_THE_END = """
    SELECT f.dossier_id, f.facts->>'key', f.facts->>'rung', o.what
    FROM ledger_entry o JOIN ledger_entry f ON f.dossier_id = o.dossier_id AND f.facts->>'key' = o.facts->>'key'
        AND f.seq > o.seq AND f.what = 'deadline:rung_fired'
    WHERE o.what IN ('deadline:waived', 'deadline:met', 'deadline:met_late')"""
_AT_REST = """
    SELECT f.dossier_id, f.facts->>'key', f.facts->>'rung'
    FROM ledger_entry p JOIN ledger_entry f ON f.dossier_id = p.dossier_id AND f.facts->>'key' = p.facts->>'key'
        AND f.seq > p.seq AND f.what = 'deadline:rung_fired'
    WHERE p.what = 'deadline:paused' AND NOT EXISTS (
        SELECT 1 FROM ledger_entry r WHERE r.dossier_id = p.dossier_id AND r.facts->>'key' = p.facts->>'key'
            AND r.what = 'deadline:resumed' AND r.seq BETWEEN p.seq AND f.seq)"""
_DISORDER = """
    SELECT a.deadline_id, a.name, b.name, sa.fires_at, sb.fires_at, sa.at, sb.at
    FROM rung a JOIN rung b ON b.deadline_id = a.deadline_id JOIN deadline d ON d.id = a.deadline_id
        JOIN rung_seen sa ON sa.rung_id = a.id JOIN rung_seen sb ON sb.rung_id = b.id
    WHERE sa.fires_at < sb.fires_at AND sa.id > sb.id AND NOT EXISTS (
        SELECT 1 FROM ledger_entry r WHERE r.dossier_id = d.dossier_id AND r.facts->>'key' = d.key
            AND r.what = 'deadline:resumed')"""
"""Not where a clock was resumed: its moments were planned anew then, and one that fired before has another plan's."""
_TOLD = """
    WITH said AS (SELECT r.id, jsonb_array_elements(e.facts->'told')::text::bigint AS officer
        FROM ledger_entry e JOIN deadline d ON d.dossier_id = e.dossier_id AND d.key = e.facts->>'key'
            JOIN rung r ON r.deadline_id = d.id AND r.name = e.facts->>'rung'
        WHERE e.what = 'deadline:rung_fired')
    SELECT said.id, said.officer, n.id FROM said
    FULL JOIN (SELECT id, officer_id, split_part(key, ':', 2)::bigint AS rung_id FROM notice WHERE key LIKE 'rung:%%') n
        ON n.rung_id = said.id AND n.officer_id = said.officer
    WHERE n.id IS NULL OR said.id IS NULL"""


def fired(place: LadderTown) -> tuple[int, int]:
    """How many rungs fired, and how many of those on deadlines that are over now."""
    [(count, over)] = place.sql(_FIRED)
    return int(count), int(over)


def waiting(place: LadderTown) -> int:
    """How many rungs are due now and have not fired."""
    return len(place.sql(_LOST, place.sql("SELECT clock_timestamp()")[0][0]))


def wrong(place: LadderTown, until: datetime) -> dict[str, Rows]:
    """Everything that is not as it must be, by what is wrong; rungs that came due after `until` may still wait."""
    asked: dict[str, Rows] = {
        "fired twice": place.sql(_TWICE),
        "not as the witness saw": place.sql(_UNSEEN),
        "early, or not by the database's clock": place.sql(_EARLY),
        "lost": place.sql(_LOST, until),
        "ledger": place.sql(_LEDGER),
        "after it was over": place.sql(_AFTER_THE_END),
        "while it stood still": place.sql(_AT_REST),
        "out of order": place.sql(_DISORDER),
        "told": place.sql(_TOLD),
    }
    return {name: rows for name, rows in asked.items() if rows}


def moved(place: LadderTown, scattered: Iterable[Made]) -> list[tuple[int, str]]:
    """Rungs that stand at another moment than where they were put: nobody moved these deadlines."""
    stand = {
        (int(row[0]), str(row[1])): row[2]
        for row in place.sql("SELECT deadline_id, name, fires_at FROM rung WHERE deadline_id > %s", FIRST_ID - 1)
    }
    return [(one.id, name) for one in scattered for name, at in one.moments.items() if stand.get((one.id, name)) != at]


def latencies(place: LadderTown, since: datetime) -> list[float]:
    """Seconds from the moment of each rung that came due after `since` until it fired, by the database's clock."""
    rows = place.sql("SELECT extract(epoch FROM at - fires_at) FROM rung_seen WHERE fires_at > %s ORDER BY 1", since)
    return [float(row[0]) for row in rows]
