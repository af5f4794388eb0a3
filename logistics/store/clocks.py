"""Deadlines at rest: facts start, stop, reopen and withdraw them; each start freezes the inputs it was computed
from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from logistics.actor import SYSTEM, Actor
from logistics.decision import Fact, Json
from logistics.rules import deadlines, workdays
from logistics.rules.chain import stamp
from logistics.rules.frozen import frozen_policy
from logistics.rules.legs import OF_THE_WAY, Act, Tick, ticks
from logistics.rules.policies import Unit, Whose
from logistics.rules.resolving import Resolved
from logistics.store import calendars, pauses, policies, recomputing
from logistics.tables import Agency, Consignment, Deadline, Dossier, Rung
from logistics.terms import Stage

WITHDRAWN = "起算事实已撤回"
LATER_WORD = "快递方后来报的时间更早"

_IN_HAND = """
    SELECT id, dossier_id, key, due_at, started_at, paused_at, met_at, waived_at, waived_by, waiver_reason
    FROM deadline
    WHERE dossier_id = ANY(%b::int8[]) ORDER BY id"""
_STORE_STARTED = """
    INSERT INTO deadline (dossier_id, consignment_id, key, leg, owner_agency_id, owner_officer_id, started_at, due_at,
        provisional, policy, calendar_version, explanation, met_at, waived_at, waived_by, waiver_reason)
    SELECT t.d, t.c, t.k, t.l, t.o, t.f, t.s, t.u, t.p, t.y::jsonb, t.v, t.e::jsonb, t.m, t.w, t.b, t.r
    FROM unnest(%b::int8[], %b::int8[], %b::text[], %b::text[], %b::int8[], %b::int8[], %b::timestamptz[],
        %b::timestamptz[], %b::bool[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[],
        %b::int8[], %b::text[]) AS t(d, c, k, l, o, f, s, u, p, y, v, e, m, w, b, r)
    RETURNING id, dossier_id, key"""
_STORE_RUNGS = """
    INSERT INTO rung (dossier_id, deadline_id, seq, name, kind, audience, fires_at, channels, at_any_hour,
        unless_acknowledged, dropped_at)
    SELECT t.d, t.l, t.s, t.n, t.k, t.a, t.f, t.c::jsonb, t.h, t.u, t.x
    FROM unnest(%b::int8[], %b::int8[], %b::int4[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::text[],
        %b::bool[], %b::bool[], %b::timestamptz[]) AS t(d, l, s, n, k, a, f, c, h, u, x)"""
_STORE_CHANGED = """
    UPDATE deadline SET met_at = t.m, waived_at = t.w, waived_by = t.b, waiver_reason = t.r
    FROM unnest(%b::int8[], %b::timestamptz[], %b::timestamptz[], %b::int8[], %b::text[]) AS t(id, m, w, b, r)
    WHERE deadline.id = t.id"""
_DROP_RUNGS = """
    UPDATE rung SET dropped_at = t.at FROM unnest(%b::int8[], %b::timestamptz[]) AS t(id, at)
    WHERE rung.deadline_id = t.id AND rung.fired_at IS NULL"""


@dataclass(slots=True)
class _InHand:
    """A clock that is stored later, with many others; the fields are those of `Deadline`. One that stands in the
    database already is in hand without what it was computed from."""

    dossier_id: int
    key: str
    due_at: datetime
    consignment_id: int | None = None
    leg: str = ""
    owner_agency_id: int = 0
    owner_officer_id: int | None = None
    started_at: datetime | None = None
    provisional: bool = False
    policy: Mapping[str, Json] = field(default_factory=dict)
    calendar_version: str = ""
    explanation: Sequence[str] = ()
    id: int | None = None
    paused_at: datetime | None = None
    met_at: datetime | None = None
    waived_at: datetime | None = None
    waived_by: int | None = None
    waiver_reason: str = ""


@dataclass
class _New:
    """A clock whose rungs are not stored yet."""

    row: Deadline
    rungs: Sequence[deadlines.PlannedRung]
    dropped_at: datetime | None = None


class Book:
    """The clocks that one verb moves."""

    def __init__(self, session: Session, later: bool = False) -> None:
        """`later`: what was moved is stored by `flush`, all at once; else as it moves."""
        self._session, self._later = session, later
        self._known: dict[int, list[Deadline]] = {}
        self._asked_for: set[int] = set()  # dossiers whose clocks are looked up when the first of them is needed
        self._agencies: dict[int, Agency] = {}  # held here, for a session forgets what nobody holds
        self._calendars: dict[int, workdays.Calendar] = {}
        self._held = False  # whether announcements wait until this verb has committed
        self._rules = policies.InForce(session)
        self._new: dict[int, _New] = {}  # by the identity of the row, which may have no id yet
        self._changed: dict[int, Deadline] = {}
        self._dropped: dict[int, datetime | None] = {}

    def know(self, dossiers: Sequence[Dossier]) -> None:
        """Every clock of these dossiers is looked up with one question, if a fact moves one of them at all: most
        statements of a courier move none."""
        self._asked_for.update(cast(int, dossier.id) for dossier in dossiers)

    def _look_up(self) -> None:
        """The clocks that were asked for are in hand."""
        ids = sorted(self._asked_for)
        self._known.update({id_: [] for id_ in ids})
        self._asked_for.clear()
        found = self._session.connection().exec_driver_sql(_IN_HAND, (ids,))
        for id_, dossier_id, key, due_at, started_at, paused_at, met_at, waived_at, waived_by, reason in found:
            row = _InHand(dossier_id, key, due_at, started_at=started_at, id=id_, paused_at=paused_at, met_at=met_at)
            row.waived_at, row.waived_by, row.waiver_reason = waived_at, waived_by, reason
            self._known[dossier_id].append(cast(Deadline, row))

    def move(
        self, now: datetime, dossier: Dossier, fact: Fact, consignment: Consignment | None, actor: Actor = SYSTEM
    ) -> list[Fact]:
        """The clocks that `fact` moves have moved; returns what the ledger should say about it."""
        direction = consignment.direction if consignment is not None else None
        said: list[Fact] = []
        for tick in ticks(fact.what, direction):
            key = _key(tick, fact, consignment)
            if tick.act is Act.START:
                if not _too_late(tick, consignment):
                    said += self._start(dossier, tick, key, fact, _when(fact, now), consignment, actor)
            else:
                said += self._change(dossier, tick, key, fact, now)
        return said

    def flush(self) -> None:
        """What was moved and not stored yet is stored."""
        self._session.flush()
        self._store_started([new.row for new in self._new.values() if new.row.id is None])
        rungs = [
            (new.row.dossier_id, new.row.id, seq, rung.name, rung.kind.value, rung.audience.value, rung.fires_at,
             json.dumps(rung.channels), rung.at_any_hour, rung.unless_acknowledged, new.dropped_at)
            for new in self._new.values()
            for seq, rung in enumerate(new.rungs, start=1)
        ]  # fmt: skip
        changed = [
            (row.id, row.met_at, row.waived_at, row.waived_by, row.waiver_reason) for row in self._changed.values()
        ]
        connection = self._session.connection()
        if changed:
            connection.exec_driver_sql(_STORE_CHANGED, tuple(map(list, zip(*changed, strict=True))))
        if rungs:
            connection.exec_driver_sql(_STORE_RUNGS, tuple(map(list, zip(*rungs, strict=True))))
        if self._dropped:
            connection.exec_driver_sql(_DROP_RUNGS, (list(self._dropped), list(self._dropped.values())))
        self._new.clear()
        self._changed.clear()
        self._dropped.clear()

    def _store_started(self, rows: Sequence[Deadline]) -> None:
        """The new clocks have their ids."""
        if not rows:
            return
        values = [
            (row.dossier_id, row.consignment_id, row.key, row.leg, row.owner_agency_id, row.owner_officer_id,
             row.started_at, row.due_at, row.provisional, json.dumps(row.policy), row.calendar_version,
             json.dumps(row.explanation), row.met_at, row.waived_at, row.waived_by, row.waiver_reason)
            for row in rows
        ]  # fmt: skip
        found = self._session.connection().exec_driver_sql(_STORE_STARTED, tuple(map(list, zip(*values, strict=True))))
        ids = {(dossier_id, key): id_ for id_, dossier_id, key in found}
        for row in rows:
            row.id = ids[row.dossier_id, row.key]

    def _of_key(self, dossier: Dossier, key: str) -> list[Deadline]:
        """Every clock of that key, oldest first: the key itself, then its restarts `key#2`, `key#3` …"""
        if self._later:
            dossier_id = cast(int, dossier.id)
            if dossier_id not in self._known:
                self._asked_for.add(dossier_id)
                self._look_up()
            return [row for row in self._known[dossier_id] if row.key == key or row.key.startswith(f"{key}#")]
        rows = self._session.exec(
            select(Deadline)
            .where(Deadline.dossier_id == dossier.id)
            .where((col(Deadline.key) == key) | col(Deadline.key).startswith(f"{key}#", autoescape=True))
            .order_by(col(Deadline.id))
        )
        return list(rows)

    def _start(
        self,
        dossier: Dossier,
        tick: Tick,
        key: str,
        fact: Fact,
        at: datetime,
        consignment: Consignment | None,
        actor: Actor,
    ) -> list[Fact]:
        standing = self._of_key(dossier, key)
        if standing and standing[-1].waived_at is None:
            return []  # the clock runs or has been met; it is not started twice
        owner_id = _owner(dossier, tick, fact)
        holds = _given(self._rules.resolve(dossier, tick.leg, self._agency(owner_id), at), fact)
        by_id = policies.agency_of(holds.whose, owner_id, dossier.sender_agency_id, dossier.receiver_agency_id)
        hours = workdays.Hours.parse(self._agency(by_id).receiving_hours)
        planned = deadlines.plan(holds.policy, self._calendar(by_id, holds.whose), hours, at)
        make = cast("type[Deadline]", _InHand) if self._later else Deadline
        row = make(
            dossier_id=cast(int, dossier.id),
            consignment_id=consignment.id if consignment is not None and tick.each != "dossier" else None,
            key=key if not standing else f"{key}#{len(standing) + 1}",
            leg=tick.leg.value,
            owner_agency_id=owner_id,
            owner_officer_id=_in_charge(owner_id, consignment, actor),
            started_at=at,
            due_at=planned.due_at,
            provisional=planned.provisional,
            policy=frozen_policy(holds.policy, str(hours), holds.whose, holds.version_id, holds.words),
            calendar_version=planned.calendar_version,
            explanation=list(planned.explanation),
        )
        self._add(dossier, row, planned)
        data: dict[str, Json] = {
            "key": row.key,
            "leg": row.leg,
            "owner": owner_id,
            "due_at": stamp(row.due_at),
            "provisional": row.provisional,
        }
        return [Fact("deadline:started", "", {**data, "calendar": row.calendar_version, "started_at": stamp(at)})]

    def _agency(self, agency_id: int) -> Agency:
        if agency_id not in self._agencies:
            self._agencies[agency_id] = self._session.get_one(Agency, agency_id)
        return self._agencies[agency_id]

    def _calendar(self, agency_id: int, whose: Whose = Whose.OWNER) -> workdays.Calendar:
        """The calendar the agency works by, asked for once a verb; the state's own where the rule says so."""
        if not self._held:
            recomputing.hold_calendars(self._session)
            self._held = True
        if whose is Whose.STATE:
            return calendars.states(self._session)
        if agency_id not in self._calendars:
            self._calendars[agency_id] = calendars.in_force(self._session, self._agency(agency_id))
        return self._calendars[agency_id]

    def _add(self, dossier: Dossier, row: Deadline, planned: deadlines.Plan) -> None:
        self._new[id(row)] = _New(row, planned.rungs)
        self._known.get(cast(int, dossier.id), []).append(row)
        if not self._later:
            self._session.add(row)
            self.flush()

    def _change(self, dossier: Dossier, tick: Tick, key: str, fact: Fact, now: datetime) -> list[Fact]:
        standing = self._of_key(dossier, key)
        if not standing or standing[-1].waived_at is not None:
            return []
        row, at = standing[-1], _when(fact, now)
        told = "happened_at" in fact.data  # a courier's own time, told now
        said: list[Fact] = []
        match tick.act:
            case Act.STOP if row.met_at is None:
                said = self._settled(row, at, now)
                said.append(_met(row, at))
                self._keep(row, at)
            case Act.STOP | Act.STOP_TOLD_ANEW if row.met_at is not None and told:
                if at < row.met_at or (tick.act is Act.STOP_TOLD_ANEW and _told_before(fact) == row.met_at != at):
                    said = [self._corrected(row, now, fact, met_at=at)]
            case Act.START_TOLD_ANEW if told and at != row.started_at:
                said = [self._corrected(row, now, fact, started_at=at)]
            case Act.REOPEN if row.met_at is not None and _met_by(fact) in (None, row.met_at):
                row.met_at = None
                said = [Fact("deadline:reopened", "", {"key": row.key, "due_at": stamp(row.due_at)})]
                self._keep(row, None)
            case Act.WITHDRAW if row.met_at is None:
                said = self._settled(row, at, now)
                said.append(_waived(row, at, None, WITHDRAWN))
                self._keep(row, at)
        return said

    def _keep(self, row: Deadline, dropped: datetime | None) -> None:
        if not self._later:
            self._session.add(row)
        elif row.id is not None:
            self._changed[row.id] = row
        self._drop(row, dropped)

    def _settled(self, row: Deadline, at: datetime, now: datetime) -> list[Fact]:
        """A pause of a clock that is about to stop has ended, and what was paused is in its due moment."""
        if row.paused_at is None:
            return []
        whole = self._whole(row)
        said = pauses.settle(self._session, whole, at, now)
        _take_over(row, whole)
        return said

    def _corrected(self, row: Deadline, now: datetime, fact: Fact, **news: datetime) -> Fact:
        """The clock started or stopped at another moment than we were told first, and is planned anew."""
        whole = self._whole(row)
        before: dict[str, datetime | None] = {name: getattr(whole, name) for name in news}
        for name, at in news.items():
            setattr(whole, name, at)
        said = recomputing.again(self._session, whole, now, fact.why or LATER_WORD, **before)
        _take_over(row, whole)
        return said

    def _whole(self, row: Deadline) -> Deadline:
        """The row with all that it was computed from."""
        if not self._later:
            return row
        self.flush()
        return self._session.get_one(Deadline, row.id, populate_existing=True)

    def _drop(self, row: Deadline, at: datetime | None) -> None:
        """Rungs that have not fired never will; with None they may again."""
        if not self._later:
            _drop_rungs(self._session, row, at)
            return
        if id(row) in self._new:
            self._new[id(row)].dropped_at = at
        else:
            self._dropped[cast(int, row.id)] = at


def _when(fact: Fact, now: datetime) -> datetime:
    """The moment the clock moves: the courier's own time where the fact carries one, else the act's."""
    at = fact.data.get("happened_at")
    return datetime.fromisoformat(at) if isinstance(at, str) else now


def _met_by(fact: Fact) -> datetime | None:
    """The moment of the closing that is taken back: what was done before it stays done."""
    at = fact.data.get("closed_at")
    return datetime.fromisoformat(at) if isinstance(at, str) else None


def _told_before(fact: Fact) -> datetime | None:
    """The time that the courier told before."""
    at = fact.data.get("before")
    return datetime.fromisoformat(at) if isinstance(at, str) else None


def _too_late(tick: Tick, consignment: Consignment | None) -> bool:
    """Whether a courier's late word would start a clock of a way that is over: our people have opened the envelope."""
    return tick.leg in OF_THE_WAY and consignment is not None and consignment.stage is Stage.RECEIVED


def _in_charge(owner_id: int, consignment: Consignment | None, actor: Actor) -> int | None:
    """The officer who answers: who did the act; of a clock that others started, who sealed the owner's envelope."""
    if actor.agency_id == owner_id:
        return actor.officer_id
    if consignment is not None and consignment.from_agency_id == owner_id:
        return consignment.sealed_by or consignment.created_by
    return None


def _take_over(row: Deadline, whole: Deadline) -> None:
    """What is in hand says what now stands in the database."""
    if row is not whole:
        for name in ("due_at", "started_at", "paused_at", "met_at"):
            setattr(row, name, getattr(whole, name))


def _key(tick: Tick, fact: Fact, consignment: Consignment | None) -> str:
    if tick.each == "consignment":
        assert consignment is not None, f"{fact.what} belongs to a consignment"
        return f"{tick.leg.value}/{consignment.no}"
    if tick.each in ("discrepancy", "supervision"):
        return f"{tick.leg.value}/{fact.data['key']}"
    return tick.leg.value


def _owner(dossier: Dossier, tick: Tick, fact: Fact) -> int:
    """The agency that answers for the leg."""
    if tick.owner == "addressee":
        return cast(int, fact.data["addressee"])
    return dossier.sender_agency_id if tick.owner == "sender" else dossier.receiver_agency_id


def _given(holds: Resolved, fact: Fact) -> Resolved:
    """What holds, with the working days that the fact itself gives: an order says how soon its answer is wanted."""
    days = fact.data.get("answer_within")
    if not isinstance(days, int):
        return holds
    return replace(holds, policy=replace(holds.policy, length=days, unit=Unit.WORKING_DAYS), words="督办所定期限")


def _met(row: Deadline, at: datetime) -> Fact:
    row.met_at = at
    late = at > row.due_at
    return Fact(
        "deadline:met_late" if late else "deadline:met",
        "",
        {"key": row.key, "due_at": stamp(row.due_at), "met_at": stamp(at)},
    )


def _waived(row: Deadline, at: datetime, officer_id: int | None, reason: str) -> Fact:
    row.waived_at, row.waived_by, row.waiver_reason = at, officer_id, reason
    return Fact("deadline:waived", reason, {"key": row.key, "due_at": stamp(row.due_at)})


def waive(session: Session, row: Deadline, at: datetime, officer_id: int | None, reason: str) -> Fact:
    """The deadline need not be kept; name and reason stand beside it, and no further rung fires."""
    said = _waived(row, at, officer_id, reason)
    session.add(row)
    _drop_rungs(session, row, at)
    return said


def _drop_rungs(session: Session, row: Deadline, at: datetime | None) -> None:
    for rung in session.exec(select(Rung).where(Rung.deadline_id == row.id).where(col(Rung.fired_at).is_(None))):
        rung.dropped_at = at
        session.add(rung)
    session.flush()
