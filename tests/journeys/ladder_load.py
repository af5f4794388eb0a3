"""Many deadlines for the kill test of the ladder, put into the tables at once, and a witness of what fires."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlmodel import Session, select

from logistics.rules.deadlines import Leg, Policy, Unit
from logistics.rules.frozen import frozen_policy
from logistics.rules.recomputing import replanned
from logistics.store import calendars, recomputing
from logistics.store.context import Context
from logistics.tables import Agency, Deadline
from logistics.terms import LaneScope
from tests.journeys.ladder_town import LadderTown

FIRST_ID = 100_000_000  # what the verbs of the test make is far below
ROUND_THE_CLOCK = "00:00-24:00"
POLICY = Policy(Leg.RECEIVED_TO_CHECKED, LaneScope.CROSS, 1, Unit.WORKING_HOURS)
_WITNESS = """
    CREATE TABLE rung_seen (id bigserial PRIMARY KEY, rung_id bigint, at timestamptz, fires_at timestamptz,
        before timestamptz, fired_at timestamptz);
    CREATE FUNCTION see_rung() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN
            INSERT INTO rung_seen (rung_id, at, fires_at, before, fired_at)
            VALUES (NEW.id, clock_timestamp(), NEW.fires_at, OLD.fired_at, NEW.fired_at);
            RETURN NEW;
        END $$;
    CREATE TRIGGER see_rung AFTER UPDATE ON rung FOR EACH ROW
        WHEN (NEW.fired_at IS DISTINCT FROM OLD.fired_at) EXECUTE FUNCTION see_rung()"""
_CLONE = """
    INSERT INTO dossier OVERRIDING SYSTEM VALUE
    SELECT (jsonb_populate_record(d, jsonb_build_object('id', %s + n, 'no', d.no || '-' || n, 'number', d.number + n,
        'case_no', d.case_no || '-' || n))).* FROM dossier d, generate_series(1, %s) n
    WHERE d.id = (SELECT max(id) FROM dossier WHERE id < %s)"""


@dataclass(frozen=True)
class Made:
    """A deadline as it was put in: `moments` says when each rung fires."""

    id: int
    dossier_id: int
    owner_id: int
    leg: str
    started_at: datetime
    due_at: datetime
    policy: dict[str, Any]
    moments: dict[str, datetime]


def witness(place: LadderTown) -> None:
    """From now on the database itself writes down which rung fired and when, by its own clock."""
    with place.connect() as connection:
        connection.execute(_WITNESS)


def clone_dossiers(place: LadderTown, count: int) -> list[int]:
    """So many dossiers more, each like the newest of those that went through the verbs; ids of all of them."""
    with place.connect() as connection:
        connection.execute(_CLONE, [FIRST_ID, count, FIRST_ID])
        return [row[0] for row in connection.execute("SELECT id FROM dossier ORDER BY id")]


def scattered(
    dossiers: Sequence[int], owner_id: int, count: int, start: datetime, seconds: float, dice: random.Random, first: int
) -> Iterator[Made]:
    """Deadlines of no calendar's making: three rungs each at random moments from `start` on, a fourth in two days,
    whatever stands beside them as their end."""
    policy = frozen_policy(POLICY, ROUND_THE_CLOCK)
    for n in range(first, first + count):
        at = sorted(start + timedelta(seconds=dice.uniform(0, seconds)) for _ in range(3))
        moments = dict(zip(("warning", "due", "overdue"), at, strict=True))
        moments["escalated"] = start + timedelta(days=2)
        yield Made(
            FIRST_ID + n,
            dossiers[n % len(dossiers)],
            owner_id,
            POLICY.leg.value,
            start - timedelta(days=1),
            start + timedelta(days=1),  # so that each may be paused until then
            dict(policy),
            moments,
        )


def planned(
    ctx: Context, dossiers: Sequence[int], owner_id: int, count: int, start: datetime, seconds: float, first: int
) -> list[Made]:
    """Deadlines as the product's own rules plan them, an hour of working time each: of half of them the warning, of
    half the end comes within the `seconds` from `start` on."""
    with Session(ctx.engine) as session:
        owner = session.exec(select(Agency).where(Agency.id == owner_id)).one()
        calendar = calendars.in_force(session, owner)
    made = []
    for n in range(first, first + count):
        ahead = timedelta(seconds=seconds * (n - first) / count) - timedelta(minutes=45 if n % 2 else 60)
        row = Deadline(
            id=FIRST_ID + n,
            dossier_id=dossiers[n % len(dossiers)],
            key=f"grown/{n}",
            leg=POLICY.leg.value,
            owner_agency_id=owner_id,
            started_at=start + ahead,
            due_at=start,
            provisional=False,
            policy=frozen_policy(POLICY, ROUND_THE_CLOCK),
            calendar_version=calendar.version,
            explanation=[],
        )
        plan = replanned(recomputing.frozen(row), calendar)
        moments = {rung.name: rung.fires_at for rung in plan.rungs}
        made.append(
            Made(
                FIRST_ID + n, row.dossier_id, owner_id, row.leg, row.started_at, plan.due_at, dict(row.policy), moments
            )
        )
    return made


def put_in(place: LadderTown, deadlines: Iterable[Made], calendar_version: str = "test") -> int:
    """These deadlines stand in the tables with their ladders; how many rungs."""
    made = list(deadlines)
    with place.connect() as connection, connection.transaction():
        _copy(connection, "deadline", [_deadline(one, calendar_version) for one in made])
        rungs = [row for one in made for row in _rungs(one)]
        _copy(connection, "rung", rungs)
    with place.connect() as connection:
        connection.execute("ANALYZE")
    return len(rungs)


def _deadline(one: Made, calendar_version: str) -> dict[str, object]:
    return {
        "id": one.id,
        "dossier_id": one.dossier_id,
        "key": f"grown/{one.id - FIRST_ID}",
        "leg": one.leg,
        "owner_agency_id": one.owner_id,
        "started_at": one.started_at,
        "due_at": one.due_at,
        "provisional": False,
        "policy": json.dumps(one.policy),
        "calendar_version": calendar_version,
        "explanation": "[]",
        "waiver_reason": "",
    }


def _rungs(one: Made) -> Iterator[dict[str, object]]:
    for seq, (name, at) in enumerate(one.moments.items(), start=1):
        yield {
            "dossier_id": one.dossier_id,
            "deadline_id": one.id,
            "seq": seq,
            "name": name,
            "kind": "escalation" if name.startswith("escalated") else name,
            "audience": "owner_manager" if name.startswith("escalated") else "owner",
            "fires_at": at,
        }


def _copy(connection: psycopg.Connection, table: str, rows: Sequence[dict[str, object]]) -> None:
    names = list(rows[0])
    with connection.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
