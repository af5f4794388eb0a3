"""What the pages of rules show: what is in force where, its versions, and what a new one would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.rules import deadlines, making
from logistics.rules.deadlines import Plan
from logistics.rules.making import Wording
from logistics.rules.policies import Leg, Whose
from logistics.rules.resolving import Asked, Resolved, Rule, Subject, resolve
from logistics.rules.workdays import Hours
from logistics.store import calendars, policies, policy_moves
from logistics.store.policy_moves import Moved
from logistics.tables import Agency, Agreement, Deadline, Dossier, Officer, PolicyMove, PolicyVersion, ServiceItem
from logistics.terms import LaneScope

SEEN = 1000
"""So many open clocks are looked at for a preview; the list that the scheduler makes has them all."""

_NOT_KEPT = -1  # the id of a version that is only looked at


@dataclass(frozen=True)
class Places:
    """For whom rules can be looked at: agencies, agreements and items that the reader may see."""

    agencies: Sequence[Agency]
    agreements: Sequence[Agreement]
    items: Sequence[ServiceItem]


@dataclass(frozen=True)
class Change:
    """One lane scope before and after: what holds, and where a clock that starts at `start` would end."""

    scope: LaneScope
    before: Resolved
    after: Resolved
    due_before: Plan
    due_after: Plan


@dataclass(frozen=True)
class Preview:
    """What a version would change; `moves` are open clocks it would move if it were put on them, as far as seen."""

    start: datetime
    changes: Sequence[Change]
    moves: Sequence[Moved]
    looked_at: int
    whole: bool  # every open clock that the reader may see was looked at


def places(session: Session, actor: Actor) -> Places:
    """All that the reader may choose from."""
    agencies = session.exec(select(Agency).where(col(Agency.id).in_(actor.agencies)).order_by(col(Agency.path))).all()
    return Places(
        agencies,
        session.exec(select(Agreement).order_by(col(Agreement.no))).all(),
        session.exec(select(ServiceItem).order_by(col(ServiceItem.code))).all(),
    )


def holding(session: Session, of: Subject, at: datetime) -> dict[tuple[Leg, LaneScope], Resolved]:
    """What holds for each leg and scope of the subject's agency, agreement and item."""
    rules = policies.InForce(session)
    return {
        (leg, scope): _hold(session, Subject(leg, scope, of.item_id, of.agreement_id, of.agency_id), at, rules)
        for leg in Leg
        for scope in LaneScope
    }


def versions(session: Session, subject: Subject) -> list[tuple[PolicyVersion, str]]:
    """Every version of the rule about the subject, newest first, each with its maker's name."""
    rows = policies.chain(session, subject)
    makers = select(Officer.id, Officer.name).where(col(Officer.id).in_({row.made_by for row in rows}))
    names = dict(session.exec(makers).all())
    return [(row, names.get(row.made_by, "")) for row in rows]


def pending(session: Session) -> list[tuple[PolicyVersion, str]]:
    """Looser versions that wait for a second person, oldest first, each with its maker's name."""
    statement = (
        select(PolicyVersion, Officer.name)
        .join(Officer, col(Officer.id) == col(PolicyVersion.made_by))
        .where(col(PolicyVersion.approved_at).is_(None), col(PolicyVersion.refused_at).is_(None))
        .where(PolicyVersion.looser != [])
        .order_by(col(PolicyVersion.id))
    )
    return [(row, name) for row, name in session.exec(statement)]


def moves_of(session: Session, version_id: int, limit: int) -> list[tuple[PolicyMove, Deadline, str]]:
    """The listed open clocks that the reader may see, by the moment they are due, each with its dossier's number."""
    statement = (
        select(PolicyMove, Deadline, Dossier.no)
        .join(Deadline, col(Deadline.id) == col(PolicyMove.deadline_id))
        .join(Dossier, col(Dossier.id) == col(PolicyMove.dossier_id))
        .where(PolicyMove.version_id == version_id)
        .order_by(col(PolicyMove.due_after), col(PolicyMove.id))
        .limit(limit)
    )
    return [(move, deadline, no) for move, deadline, no in session.exec(statement)]


def preview(session: Session, wording: Wording, now: datetime, reader: Agency) -> Preview:
    """What the version would change, by today's calendars; `reader`: whose hours stand in where the rule names none."""
    subject = wording.subject
    rule = _rule(wording)
    before, after = policies.InForce(session), policies.InForce(session, beside=rule)
    start = max(now, wording.valid_from)
    changes = []
    for scope in subject.scopes:
        one = Subject(subject.leg, scope, subject.item_id, subject.agreement_id, subject.agency_id)
        held = [_hold(session, one, start, rules) for rules in (before, after)]
        plans = [_example(session, one, holds, start, _owner(session, one) or reader) for holds in held]
        changes.append(Change(scope, held[0], held[1], plans[0], plans[1]))
    moves, looked_at, whole = _open(session, wording, rule, now)
    return Preview(start, changes, moves, looked_at, whole)


def _open(session: Session, wording: Wording, rule: Rule, now: datetime) -> tuple[list[Moved], int, bool]:
    row = policy_moves.unkept(wording)
    found = policy_moves.concerned(session, row, 0, SEEN + 1)
    look = policy_moves.Look(session, row, now, beside=rule)
    moves = [one for pair in found[:SEEN] if (one := look.move(*pair)) is not None]
    return sorted(moves, key=lambda one: one.planned.due_at), min(len(found), SEEN), len(found) <= SEEN


def _rule(wording: Wording) -> Rule:
    return Rule(
        id=_NOT_KEPT,
        subject=wording.subject,
        version=1_000_000,  # after every version that is kept
        length=wording.length,
        unit=wording.unit,
        whose=wording.whose,
        since=wording.valid_from,
        rungs=wording.rungs,
        excepted=True,  # as if it had been approved, where it must be
        named="新版",
    )


def _owner(session: Session, one: Subject) -> Agency | None:
    """Who answers for a clock of the subject: its agency, else the agreement's party that the leg is a matter of."""
    if one.agency_id is not None:
        return session.get_one(Agency, one.agency_id)
    side = making.owner_of(one.leg)
    if one.agreement_id is None or side not in ("sender", "receiver"):
        return None
    agreement = session.get_one(Agreement, one.agreement_id)
    return session.get_one(Agency, agreement.sender_agency_id if side == "sender" else agreement.receiver_agency_id)


def _hold(session: Session, one: Subject, at: datetime, rules: policies.InForce) -> Resolved:
    assert one.scope is not None
    owner = _owner(session, one)
    item = session.get(ServiceItem, one.item_id) if one.item_id else None
    asked = Asked(
        one.leg,
        one.scope,
        at,
        owner_line=policies.line_of(owner) if owner else (),
        agreement_id=one.agreement_id,
        item_id=one.item_id,
        promised_days=item.promised_days if item else None,
    )
    return resolve(rules.of_leg(one.leg), asked, Hours.parse(owner.receiving_hours) if owner else None)


def _example(session: Session, one: Subject, holds: Resolved, start: datetime, owner: Agency) -> Plan:
    """A clock that starts now, by the calendar and hours of the owner, or of the agreement's party the rule names."""
    by = owner
    if one.agreement_id is not None and holds.whose in (Whose.SENDER, Whose.RECEIVER):
        agreement = session.get_one(Agreement, one.agreement_id)
        party = agreement.sender_agency_id if holds.whose is Whose.SENDER else agreement.receiver_agency_id
        by = session.get_one(Agency, party)
    calendar = calendars.states(session) if holds.whose is Whose.STATE else calendars.in_force(session, by)
    return deadlines.plan(holds.policy, calendar, Hours.parse(by.receiving_hours), start)
