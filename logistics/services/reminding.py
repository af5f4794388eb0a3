"""Due rungs fire, many deadlines in one transaction; what they say leaves the house."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import structlog
from sqlmodel import Session

from logistics.actor import SYSTEM
from logistics.decision import Fact, Json
from logistics.rules import ladder
from logistics.rules.chain import stamp
from logistics.rules.ladder import Climbed, Parties, Staff, Step
from logistics.rules.policies import Audience, Leg, RungKind
from logistics.store import digests, ladders, telling
from logistics.store.context import Context
from logistics.store.ladders import Acknowledged, DueRung
from logistics.store.telling import Message, Openings, Told
from logistics.store.work import Work, work
from logistics.tables import Dossier

log = structlog.get_logger("reminding")
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fired:
    """What fired of one deadline, in order; `held`: those of them that an acknowledgement held back."""

    deadline_id: int
    rungs: tuple[str, ...]
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Chained:
    """As much of a dossier as its chain needs."""

    id: int
    no: str


def due(ctx: Context, limit: int = 100, *, since: datetime = ALWAYS, but: Collection[int] = ()) -> list[int]:
    """Deadlines with a rung whose moment has come, longest waiting first: the sweep costs what is due."""
    with Session(ctx.engine) as session:
        return ladders.due(session, ctx.clock(), limit, since, but)


def next_moment(ctx: Context) -> datetime | None:
    """When the next rung fires; None when none waits."""
    with Session(ctx.engine) as session:
        return ladders.next_moment(session)


def fire(ctx: Context, limit: int, *, since: datetime = ALWAYS, but: Collection[int] = ()) -> list[Fired]:
    """Deadlines with up to `limit` rungs whose moment lies behind `since` and has come, longest waiting first: every
    due rung of theirs has fired, once, with its entry in the ledger and its notices. [] when none is due that nobody
    has in hand.

    Those whose dossier a person or another process has in hand are left for the next look.
    """
    with work(ctx, SYSTEM, "fire", later=True) as w:
        return _fire(w, ladders.claim(w.session, w.now, limit, since, but))


def chase(ctx: Context, deadline_id: int) -> list[str]:
    """Every due rung of this deadline has fired, as `fire` has it; returns their names.

    A deadline that was met or waived or that stands still meanwhile, or that others have in hand, fires nothing.
    """
    with work(ctx, SYSTEM, "chase", later=True) as w:
        return [name for one in _fire(w, ladders.claim_one(w.session, deadline_id)) for name in one.rungs]


def waits_to_leave(ctx: Context) -> bool:
    """Whether anything may leave the house now."""
    with Session(ctx.engine) as session:
        return digests.waits(session, ctx.clock())


def post(ctx: Context, limit: int = 200, but: Sequence[int] = ()) -> tuple[list[int], int]:
    """What may leave the house now for up to `limit` officers is owed outward; these officers, and how many errands."""
    with work(ctx, SYSTEM, "post") as w:
        return digests.post(w.session, w.now, limit, but)


def _fire(w: Work, claimed: Sequence[int]) -> list[Fired]:
    rungs = ladders.load(w.session, claimed, w.now) if claimed else []
    if not rungs:
        return []
    by_deadline: dict[int, list[DueRung]] = {}
    for rung in rungs:
        by_deadline.setdefault(rung.deadline_id, []).append(rung)
    known = ladders.acknowledged(w.session, [rung.deadline_id for rung in rungs if rung.unless_acknowledged])
    standings = ladders.standings(w.session, list(by_deadline))
    climbed: dict[int, Climbed] = {}
    for id_, due_rungs in by_deadline.items():
        steps = [Step(one.seq, Audience(one.audience), one.unless_acknowledged) for one in due_rungs]
        for rung, step in zip(due_rungs, ladder.climb(steps, standings[id_], id_ in known), strict=True):
            climbed[rung.id] = step
    _tell(w, rungs, climbed, known)
    held = {rung.id: known[rung.deadline_id].officer_id if climbed[rung.id].is_held else None for rung in rungs}
    ladders.fired(w.session, held, w.now)
    return [
        Fired(id_, tuple(one.name for one in done), tuple(one.name for one in done if climbed[one.id].is_held))
        for id_, done in by_deadline.items()
    ]


def _tell(w: Work, rungs: Sequence[DueRung], climbed: dict[int, Climbed], known: dict[int, Acknowledged]) -> None:
    """Every rung stands in its dossier's chain, oldest moment first, and in the inboxes of who hears it."""
    staff = ladders.staff(w.session, {id_ for one in rungs for id_ in _agencies(one)})
    dossiers = {one.dossier_id: cast(Dossier, _Chained(one.dossier_id, one.no)) for one in rungs}
    w.chains.know(list(dossiers.values()))
    told: list[Told] = []
    for rung in rungs:
        step = climbed[rung.id]
        if step.is_held:
            w.record(dossiers[rung.dossier_id], _held(rung, known[rung.deadline_id]))
            continue
        told += (heard := _heard(rung, step, staff))
        if not heard:
            log.warning("nobody_hears", deadline=rung.deadline_id, rung=rung.name)
        w.record(dossiers[rung.dossier_id], _said(rung, step, [one.officer_id for one in heard]))
    telling.tell_all(w, told, Openings(w.session))


def _agencies(rung: DueRung) -> tuple[int, ...]:
    """Where those work who may hear the rung."""
    known = (rung.sender_id, rung.receiver_id, rung.owner_id, rung.ordering_id)
    return tuple(one for one in known if one is not None)


def _heard(rung: DueRung, step: Climbed, staff: Staff) -> list[Told]:
    parties = Parties(
        rung.owner_id, rung.sender_id, rung.receiver_id, rung.officer_id, rung.orderer_id, rung.ordering_id
    )
    zh, en = ladder.sentence(RungKind(rung.kind), rung.no, Leg(rung.leg), rung.due_at)
    message = Message(f"rung:{rung.id}", rung.kind, zh, en, rung.deadline_id, rung.channels, rung.at_any_hour)
    people = ladder.hearers(step.audiences, parties, staff, RungKind(rung.kind))
    return [Told(one.id, one.agency_id, rung.dossier_id, message) for one in people]


def _said(rung: DueRung, step: Climbed, told: list[int]) -> Fact:
    data: dict[str, Json] = {"key": rung.key, "rung": rung.name, "due_at": stamp(rung.due_at), "told": [*told]}
    if len(step.audiences) > 1:
        data["also"] = step.audiences[1].value  # the rank that an acknowledgement had passed over
    return Fact("deadline:rung_fired", "", data)


def _held(rung: DueRung, known: Acknowledged) -> Fact:
    data: dict[str, Json] = {"key": rung.key, "rung": rung.name, "due_at": stamp(rung.due_at)}
    said: dict[str, Json] = {"officer": known.officer_id, "acknowledged_at": stamp(known.at)}
    return Fact("deadline:rung_held", f"{known.name}已确认知悉，暂缓升级，至下一级再报", {**data, **said})
