"""What is foretold of running deadlines: reckoned by the scheduler, kept, and shown to whoever sees the dossier.

The scheduler sees all parcels of a lane; what it reckoned is what everybody reads, so that a page and a warning never
differ. Screens ask `foretold`, `at_risk` and `forecast_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, or_, text
from sqlmodel import Session, col, select

from logistics.rules import foresight, foresight_words
from logistics.rules.foresight import HORIZON, POOLS, WAYS, Among, Forecast, Scan, Step, furthest, reached
from logistics.rules.shares import wilson
from logistics.store.comparisons import Kin, Measured, scans
from logistics.tables import Deadline, Dossier, Foresight, Officer

LEGS = [leg.value for leg in (*WAYS, *foresight.HALLS)]
_WAYS = frozenset(leg.value for leg in WAYS)

_RUNNING = text("""
    SELECT d.id, d.dossier_id, d.leg, d.started_at, d.due_at, d.owner_agency_id, d.consignment_id,
        c.from_agency_id, c.to_agency_id, c.courier, f.region_code, t.region_code, o.region_code, s.scope,
        e.at_risk, e.due_at, e.step, e.among, e.compared, e.total, e.hits
    FROM deadline d JOIN consignment c ON c.id = d.consignment_id JOIN dossier s ON s.id = d.dossier_id
        JOIN agency f ON f.id = c.from_agency_id JOIN agency t ON t.id = c.to_agency_id
        JOIN agency o ON o.id = d.owner_agency_id LEFT JOIN foresight e ON e.deadline_id = d.id
    WHERE d.met_at IS NULL AND d.waived_at IS NULL AND d.paused_at IS NULL AND d.leg = ANY (:legs)
        AND d.started_at <= :now AND d.due_at > :now AND d.due_at <= :until AND (d.due_at, d.id) > (:after, :after_id)
    ORDER BY d.due_at, d.id LIMIT :limit""")

# the columns of `_values`, in its order
_KEEP = """
    INSERT INTO foresight (dossier_id, deadline_id, reckoned_at, due_at, step, step_at, among, compared, total, hits,
        since, at_risk, told)
    SELECT t.*, false, 0 FROM unnest(%b::int8[], %b::int8[], %b::timestamptz[], %b::timestamptz[], %b::text[],
        %b::timestamptz[], %b::text[], %b::int4[], %b::int4[], %b::int4[], %b::timestamptz[]) t
    ON CONFLICT (deadline_id) DO UPDATE SET reckoned_at = excluded.reckoned_at, due_at = excluded.due_at,
        step = excluded.step, step_at = excluded.step_at, among = excluded.among, compared = excluded.compared,
        total = excluded.total, hits = excluded.hits, since = excluded.since"""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What is foretold of one deadline now, beside what was before. `rises`: it is at risk and was not; `falls`: the
    other way round; `changed`: there is something new to keep."""

    deadline_id: int
    dossier_id: int
    due_at: datetime
    step_at: datetime
    forecast: Forecast
    rises: bool
    falls: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class _Running:
    """A deadline that runs, whom it is compared with, and what was foretold of it before."""

    id: int
    dossier_id: int
    started_at: datetime
    due_at: datetime
    consignment_id: int
    region_code: str
    kin: Kin
    was_at_risk: bool
    before: tuple[Any, ...]


def running(session: Session, now: datetime, after: tuple[datetime, int], limit: int) -> Sequence[_Running]:
    """Deadlines that are foretold: not paused, due within the horizon; nearest first, from behind `after` on."""
    asked = {"legs": LEGS, "now": now, "until": now + HORIZON, "after": after[0], "after_id": after[1], "limit": limit}
    return [_row(row) for row in session.execute(_RUNNING, asked)]


def _row(row: Sequence[Any]) -> _Running:
    id_, dossier_id, leg, started_at, due_at, owner, consignment_id, source, target, courier, *rest = row
    from_region, to_region, owner_region, scope, was_at_risk, *before = rest
    kin = Kin(leg, source, target, from_region[:2], to_region[:2], scope, courier, owner, owner_region[:2])
    return _Running(
        id_, dossier_id, started_at, due_at, consignment_id, to_region, kin, bool(was_at_risk), tuple(before)
    )


@dataclass(frozen=True, slots=True)
class _Stands:
    """Where a parcel is, since when, how old it is and how old it may become: seconds of the leg's own time."""

    row: _Running
    step: Step
    at: datetime
    age: int
    allowed: int


def reckon(session: Session, rows: Sequence[_Running], measured: Measured, now: datetime) -> list[Reckoned]:
    """What is foretold of each of these; the measured times of all are asked for together, the wider ones only for
    those that the nearer do not suffice. One whose working time is over before its moment comes is left as it was."""
    seen = scans(session, [row.consignment_id for row in rows if row.kin.leg in _WAYS])
    stands = [_stands(row, measured, seen, now) for row in rows]
    found: list[Reckoned] = []
    for is_way in (True, False):
        left = [one for one in stands if (one.row.kin.leg in _WAYS) is is_way and one.age < one.allowed]
        for place, among in enumerate(POOLS[is_way], start=1):
            measured.know(among, (one.row.kin for one in left))
            pools, last = POOLS[is_way][:place], place == len(POOLS[is_way])
            judged = [(one, _foretell(one, pools, measured)) for one in left]
            found += [_compared(one, now_said) for one, now_said in judged if last or now_said.is_known]
            left = [one for one, now_said in judged if not now_said.is_known]
    return sorted(found, key=lambda one: one.deadline_id)


def _stands(row: _Running, measured: Measured, seen: Mapping[int, Sequence[Scan]], now: datetime) -> _Stands:
    if row.kin.leg in _WAYS:
        step, at = furthest(reached(seen.get(row.consignment_id, ()), row.started_at, row.region_code))
        age, allowed = now - row.started_at, row.due_at - row.started_at
        return _Stands(row, step, at, int(age.total_seconds()), int(allowed.total_seconds()))
    working = partial(measured.working_seconds, row.kin.owner_agency_id, row.started_at)
    return _Stands(row, Step.BEGUN, row.started_at, working(now), working(row.due_at))


def _foretell(one: _Stands, pools: Sequence[Among], measured: Measured) -> Forecast:
    comparisons = [measured.of(among, one.row.kin) for among in pools]
    return foresight.forecast(one.step, comparisons, one.age, one.allowed)


def _compared(one: _Stands, now: Forecast) -> Reckoned:
    """Beside what was foretold before."""
    row = one.row
    risk = foresight.is_at_risk(row.was_at_risk, now)
    values = (row.due_at, now.step.value, now.among or "", now.compared, now.share.total, now.share.hits)
    falls = row.was_at_risk and not risk
    changed = falls or values != row.before
    return Reckoned(row.id, row.dossier_id, row.due_at, one.at, now, risk and not row.was_at_risk, falls, changed)


def keep(session: Session, found: Sequence[Reckoned], now: datetime) -> None:
    """What is foretold is kept. Only `mark_told` says that a deadline is at risk; here it may cease to be."""
    rows = [_values(one, now) for one in found if one.changed and not one.rises]
    if not rows:
        return
    columns = map(list, zip(*(row.values() for row in rows), strict=True))
    session.connection().exec_driver_sql(_KEEP, tuple(columns))
    fallen = [one.deadline_id for one in found if one.falls]
    if fallen:
        session.execute(text("UPDATE foresight SET at_risk = false WHERE deadline_id = ANY (:ids)"), {"ids": fallen})


def mark_told(session: Session, one: Reckoned, now: datetime) -> int:
    """The deadline is at risk and its owner is being told, for which time in all; 0 when it was at risk already."""
    before = session.exec(select(Foresight).where(Foresight.deadline_id == one.deadline_id).with_for_update()).first()
    if before is not None and before.at_risk:
        return 0
    row = before or Foresight(**_values(one, now), at_risk=True)
    for name, value in _values(one, now).items():
        setattr(row, name, value)
    row.at_risk, row.told, row.told_at = True, row.told + 1, now
    session.add(row)
    session.flush()
    return row.told


def _values(one: Reckoned, now: datetime) -> dict[str, Any]:
    found = one.forecast
    return {
        "dossier_id": one.dossier_id,
        "deadline_id": one.deadline_id,
        "reckoned_at": now,
        "due_at": one.due_at,
        "step": found.step.value,
        "step_at": one.step_at,
        "among": found.among.value if found.among is not None else "",
        "compared": found.compared,
        "total": found.share.total,
        "hits": found.share.hits,
        "since": found.since,
    }


def forecast(row: Foresight) -> Forecast:
    """What a kept row foretells."""
    among = Among(row.among) if row.among else None
    return Forecast(Step(row.step), among, row.compared, wilson(row.hits, row.total), row.since)


def forecast_of(session: Session, deadline: Deadline, now: datetime) -> Forecast | None:
    """What is foretold of the deadline; None when it does not run, is past due, or nobody has looked at it yet."""
    if deadline.met_at or deadline.waived_at or deadline.paused_at or deadline.due_at <= now:
        return None
    row = session.exec(select(Foresight).where(Foresight.deadline_id == deadline.id)).first()
    return forecast(row) if row is not None and row.due_at == deadline.due_at else None


@dataclass(frozen=True, slots=True)
class Risk:
    """A deadline that will probably be missed, and by what that is known; `zh` and `en` say it with its basis."""

    dossier_no: str
    deadline: Deadline
    due_at: datetime
    share: float
    hits: int
    total: int
    forecast: Forecast
    zh: str
    en: str


def at_risk(
    session: Session, now: datetime, *, officer: int | None = None, agency: int | None = None, limit: int = 200
) -> list[Risk]:
    """Deadlines at risk that the reader may see, the nearest due first. `officer`: named as theirs, or nobody's and
    their agency's; `agency`: those it must keep."""
    statement = (
        select(Foresight, Deadline, Dossier.no)
        .join(Deadline, col(Deadline.id) == Foresight.deadline_id)
        .join(Dossier, col(Dossier.id) == Deadline.dossier_id)
        .where(col(Foresight.at_risk), col(Foresight.due_at) == Deadline.due_at, Deadline.due_at > now)
        .where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None), col(Deadline.paused_at).is_(None))
    )
    if agency is not None:
        statement = statement.where(Deadline.owner_agency_id == agency)
    if officer is not None:
        theirs = select(Officer.agency_id).where(Officer.id == officer).scalar_subquery()
        nobodys = and_(col(Deadline.owner_officer_id).is_(None), col(Deadline.owner_agency_id) == theirs)
        statement = statement.where(or_(col(Deadline.owner_officer_id) == officer, nobodys))
    rows = session.exec(statement.order_by(col(Deadline.due_at), col(Deadline.id)).limit(limit))
    return [_risk(row, deadline, no) for row, deadline, no in rows]


def _risk(row: Foresight, deadline: Deadline, no: str) -> Risk:
    found = forecast(row)
    zh, en = foresight_words.said(found)
    return Risk(no, deadline, deadline.due_at, found.share.value or 0.0, row.hits, row.total, found, zh, en)
