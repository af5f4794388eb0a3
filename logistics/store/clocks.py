"""Deadlines at rest: facts start, stop, reopen and withdraw them; each start freezes the inputs it was computed
from.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from logistics.decision import Fact, Json
from logistics.rules import deadlines, workdays
from logistics.rules.chain import stamp
from logistics.rules.deadlines import Leg, Policy
from logistics.rules.legs import Act, Tick, ticks
from logistics.tables import Agency, Consignment, Deadline, Dossier, Rung, ServiceItem

WITHDRAWN = "起算事实已撤回"


def move(session: Session, now: datetime, dossier: Dossier, fact: Fact, consignment: Consignment | None) -> list[Fact]:
    """The clocks that `fact` moves have moved; returns what the ledger should say about it."""
    direction = consignment.direction if consignment is not None else None
    said: list[Fact] = []
    for tick in ticks(fact.what, direction):
        key = _key(tick, fact, consignment)
        if tick.act is Act.START:
            said += _start(session, dossier, tick, key, _when(fact, now), consignment)
        else:
            said += _change(session, dossier, tick, key, _when(fact, now))
    return said


def _when(fact: Fact, now: datetime) -> datetime:
    """The moment the clock moves: the courier's own time where the fact carries one, else the act's."""
    at = fact.data.get("happened_at")
    return datetime.fromisoformat(at) if isinstance(at, str) else now


def _key(tick: Tick, fact: Fact, consignment: Consignment | None) -> str:
    if tick.each == "consignment":
        assert consignment is not None, f"{fact.what} belongs to a consignment"
        return f"{tick.leg.value}/{consignment.no}"
    if tick.each == "discrepancy":
        return f"{tick.leg.value}/{fact.data['key']}"
    return tick.leg.value


def policy_for(session: Session, dossier: Dossier, leg: Leg) -> Policy:
    """The policy of a leg for this dossier: the default of its scope, the item's promised days for the decision."""
    policy = deadlines.DEFAULT_POLICIES[leg, dossier.scope]
    if leg is Leg.CHECKED_TO_DECISION:
        return replace(policy, length=session.get_one(ServiceItem, dossier.item_id).promised_days)
    return policy


def _start(
    session: Session, dossier: Dossier, tick: Tick, key: str, at: datetime, consignment: Consignment | None
) -> list[Fact]:
    standing = _of_key(session, dossier, key)
    if standing and standing[-1].waived_at is None:
        return []  # the clock runs or has been met; it is not started twice
    owner_id = dossier.sender_agency_id if tick.owner == "sender" else dossier.receiver_agency_id
    hours = workdays.Hours.parse(session.get_one(Agency, owner_id).receiving_hours)
    policy = policy_for(session, dossier, tick.leg)
    planned = deadlines.plan(policy, workdays.state_calendar(), hours, at)
    row = Deadline(
        dossier_id=cast(int, dossier.id),
        consignment_id=consignment.id if consignment is not None and tick.each != "dossier" else None,
        key=key if not standing else f"{key}#{len(standing) + 1}",
        leg=tick.leg.value,
        owner_agency_id=owner_id,
        started_at=at,
        due_at=planned.due_at,
        provisional=planned.provisional,
        policy={"length": policy.length, "unit": policy.unit.value, "scope": dossier.scope.value, "hours": str(hours)},
        calendar_version=planned.calendar_version,
        explanation=list(planned.explanation),
    )
    session.add(row)
    session.flush()
    session.add_all(
        Rung(
            dossier_id=cast(int, dossier.id),
            deadline_id=cast(int, row.id),
            seq=seq,
            name=rung.name,
            kind=rung.kind.value,
            audience=rung.audience.value,
            fires_at=rung.fires_at,
        )
        for seq, rung in enumerate(planned.rungs, start=1)
    )
    session.flush()
    data: dict[str, Json] = {
        "key": row.key,
        "leg": row.leg,
        "owner": owner_id,
        "due_at": stamp(row.due_at),
        "provisional": row.provisional,
    }
    return [Fact("deadline:started", "", {**data, "calendar": row.calendar_version, "started_at": stamp(at)})]


def _change(session: Session, dossier: Dossier, tick: Tick, key: str, at: datetime) -> list[Fact]:
    standing = _of_key(session, dossier, key)
    if not standing:
        return []
    row = standing[-1]
    if tick.act is Act.STOP and row.met_at is None and row.waived_at is None:
        return [stop(session, row, at)]
    if tick.act is Act.REOPEN and row.met_at is not None:
        row.met_at = None
        _drop_rungs(session, row, None)
        session.add(row)
        session.flush()
        return [Fact("deadline:reopened", "", {"key": row.key, "due_at": stamp(row.due_at)})]
    if tick.act is Act.WITHDRAW and row.met_at is None and row.waived_at is None:
        return [waive(session, row, at, None, WITHDRAWN)]
    return []


def stop(session: Session, row: Deadline, at: datetime) -> Fact:
    """The deadline is met at `at`; rungs that have not fired never will."""
    row.met_at = at
    session.add(row)
    _drop_rungs(session, row, at)
    late = at > row.due_at
    return Fact(
        "deadline:met_late" if late else "deadline:met",
        "",
        {"key": row.key, "due_at": stamp(row.due_at), "met_at": stamp(at)},
    )


def waive(session: Session, row: Deadline, at: datetime, officer_id: int | None, reason: str) -> Fact:
    """The deadline need not be kept; name and reason stand beside it, and no further rung fires."""
    row.waived_at, row.waived_by, row.waiver_reason = at, officer_id, reason
    session.add(row)
    _drop_rungs(session, row, at)
    return Fact("deadline:waived", reason, {"key": row.key, "due_at": stamp(row.due_at)})


def _of_key(session: Session, dossier: Dossier, key: str) -> list[Deadline]:
    """Every clock of that key, oldest first: the key itself, then its restarts `key#2`, `key#3` …"""
    rows = session.exec(
        select(Deadline)
        .where(Deadline.dossier_id == dossier.id)
        .where((col(Deadline.key) == key) | col(Deadline.key).startswith(f"{key}#", autoescape=True))
        .order_by(col(Deadline.id))
    )
    return list(rows)


def _drop_rungs(session: Session, row: Deadline, at: datetime | None) -> None:
    for rung in session.exec(select(Rung).where(Rung.deadline_id == row.id).where(col(Rung.fired_at).is_(None))):
        rung.dropped_at = at
        session.add(rung)
    session.flush()
