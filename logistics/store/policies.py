"""Rules of time at rest: those in force for a verb, looked up with one question, and what they say of a clock."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import cast

from sqlmodel import Session, col, func, or_, select

from logistics.decision import Json
from logistics.errors import NotYours
from logistics.rules.frozen import rungs_of
from logistics.rules.policies import DEFAULT_POLICIES, Leg, Policy, Rung, Unit, Whose
from logistics.rules.resolving import FOLLOW_THE_PROMISE, Asked, Resolved, Rule, Subject, in_force, resolve
from logistics.rules.workdays import Hours
from logistics.store.catalogue import terms_at
from logistics.tables import Agency, Dossier, PolicyVersion, ServiceItem
from logistics.terms import LaneScope

_COUNTING = """
    SELECT p.id, p.leg, p.scope, p.item_id, p.agreement_id, p.agency_id, p.version, p.length, p.unit, p.whose,
        greatest(p.valid_from, p.approved_at) AS since, p.rungs::text, p.approved_at IS NOT NULL AS excepted,
        concat_ws(' · ', '协议 ' || a.no, g.short_name, i.name) AS named
    FROM policy_version p
    LEFT JOIN agreement a ON a.id = p.agreement_id
    LEFT JOIN agency g ON g.id = p.agency_id
    LEFT JOIN service_item i ON i.id = p.item_id
    WHERE p.refused_at IS NULL AND (p.looser = '[]'::jsonb OR p.approved_at IS NOT NULL)"""


def counting(session: Session) -> list[Rule]:
    """Every version that counts at some time and that the reader may see."""
    return [_rule(*row) for row in session.connection().exec_driver_sql(_COUNTING)]


def standing(session: Session, leg: Leg, at: datetime) -> list[Rule]:
    """The rules about the leg that count at that moment."""
    return list(in_force(InForce(session).of_leg(leg), at).values())


def held_against(session: Session, subject: Subject) -> tuple[tuple[int, ...], int | None]:
    """The agencies from the uppermost to the subject's own, and the days its item promises, where it names them."""
    owner = session.get(Agency, subject.agency_id) if subject.agency_id else None
    item = session.get(ServiceItem, subject.item_id) if subject.item_id else None
    return line_of(owner) if owner else (), item.promised_days if item else None


class InForce:
    """What rules say of the clocks that one verb starts; they are looked up when the first clock asks."""

    def __init__(self, session: Session, *, beside: Rule | None = None) -> None:
        """`beside`: as if this version counted too."""
        self._session, self._beside = session, beside
        self._rules: dict[Leg, list[Rule]] | None = None
        self._promised: dict[tuple[int, datetime], int] = {}

    def of_leg(self, leg: Leg) -> Sequence[Rule]:
        """The versions about one leg."""
        if self._rules is None:
            self._rules = defaultdict(list)
            for rule in [*counting(self._session), *([self._beside] if self._beside else [])]:
                self._rules[rule.subject.leg].append(rule)
        return self._rules.get(leg, ())

    def resolve(self, dossier: Dossier, leg: Leg, owner: Agency, at: datetime) -> Resolved:
        """What holds for a clock of the leg that starts at `at` and that `owner` answers for."""
        rules = self.of_leg(leg)
        promised = self._promise(dossier) if leg in FOLLOW_THE_PROMISE else None
        asked = Asked(
            leg,
            dossier.scope,
            at,
            owner_line=line_of(owner),
            agreement_id=dossier.agreement_id if rules else None,
            item_id=dossier.item_id,
            promised_days=promised,
        )
        return resolve(rules, asked, Hours.parse(owner.receiving_hours) if rules else None)

    def _promise(self, dossier: Dossier) -> int:
        """What the dossier's item promised when it was opened."""
        asked = (dossier.item_id, dossier.opened_at)
        if asked not in self._promised:
            row = self._session.get_one(ServiceItem, dossier.item_id)
            self._promised[asked] = terms_at(self._session, row, dossier.opened_at).promised_days
        return self._promised[asked]


def policy_for(session: Session, dossier: Dossier, leg: Leg, owner: Agency, at: datetime) -> Policy:
    """The policy of one clock, for whoever asks about a single one."""
    return InForce(session).resolve(dossier, leg, owner, at).policy


def subject_of(row: PolicyVersion) -> Subject:
    """What the version is about."""
    scope = LaneScope(row.scope) if row.scope else None
    return Subject(Leg(row.leg), scope, row.item_id, row.agreement_id, row.agency_id)


def chain(session: Session, subject: Subject) -> list[PolicyVersion]:
    """Every version about the subject, newest first."""
    same = (
        (PolicyVersion.scope, subject.scope.value if subject.scope else None),
        (PolicyVersion.item_id, subject.item_id),
        (PolicyVersion.agreement_id, subject.agreement_id),
        (PolicyVersion.agency_id, subject.agency_id),
    )
    statement = select(PolicyVersion).where(PolicyVersion.leg == subject.leg.value)
    for column, value in same:
        statement = statement.where(col(column).is_not_distinct_from(value))
    return list(session.exec(statement.order_by(col(PolicyVersion.version).desc())))


def newest(session: Session, subject: Subject) -> PolicyVersion | None:
    """The highest version about the subject that was not refused, whether it counts yet or not."""
    return next((row for row in chain(session, subject) if row.refused_at is None), None)


def one_at_a_time(session: Session, subject: Subject) -> None:
    """Whoever makes a version about the subject waits here until an earlier maker has finished."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"policy {subject}", 0))))


def version(session: Session, version_id: int) -> PolicyVersion:
    """The version of that id. Raises `NotYours`."""
    row = session.get(PolicyVersion, version_id)
    if row is None:
        raise NotYours("时限规则", "rule of time")
    return row


def counts(session: Session, row: PolicyVersion, now: datetime) -> bool:
    """Whether the version is the one of its subject that counts now."""
    if row.refused_at is not None or (row.looser and row.approved_at is None) or row.valid_from > now:
        return False
    return not any(
        later.version > row.version
        and later.refused_at is None
        and later.valid_from <= now
        and (not later.looser or later.approved_at is not None)
        for later in chain(session, subject_of(row))
    )


def locked(session: Session, version_id: int) -> PolicyVersion:
    """As `version`, locked until the transaction ends, so that two acts on it follow each other."""
    row = session.exec(select(PolicyVersion).where(PolicyVersion.id == version_id).with_for_update()).first()
    if row is None:
        raise NotYours("时限规则", "rule of time")
    return row


def agency_of(whose: Whose, owner_id: int, sender_id: int, receiver_id: int) -> int:
    """Whose hours a clock runs by; the state has none of its own, so the owner's stand."""
    return {Whose.SENDER: sender_id, Whose.RECEIVER: receiver_id}.get(whose, owner_id)


def waiting(session: Session) -> list[PolicyVersion]:
    """Versions whose open clocks are to be listed, or were confirmed and are not all moved; oldest first."""
    return list(
        session.exec(
            select(PolicyVersion)
            .where(col(PolicyVersion.asked_at).is_not(None), col(PolicyVersion.applied_at).is_(None))
            .where(col(PolicyVersion.dropped_at).is_(None))
            .where(or_(col(PolicyVersion.listed_at).is_(None), col(PolicyVersion.confirmed_at).is_not(None)))
            .order_by(col(PolicyVersion.id))
        )
    )


def line_of(agency: Agency) -> tuple[int, ...]:
    """Ids from the uppermost agency down to this one."""
    return tuple(int(part) for part in agency.path.split(".") if part)


def _rule(
    id_: int,
    leg: str,
    scope: str | None,
    item_id: int | None,
    agreement_id: int | None,
    agency_id: int | None,
    version: int,
    length: int | None,
    unit: str,
    whose: str,
    since: datetime,
    rungs: str,
    excepted: bool,
    named: str,
) -> Rule:
    subject = Subject(Leg(leg), LaneScope(scope) if scope else None, item_id, agreement_id, agency_id)
    return Rule(
        id=id_,
        subject=subject,
        version=version,
        length=length,
        unit=Unit(unit),
        whose=Whose(whose),
        since=since,
        rungs=ladder_of(rungs) or DEFAULT_POLICIES[subject.leg, subject.scopes[0]].rungs,
        excepted=excepted,
        named=named or "通用规则",
    )


@lru_cache(maxsize=1024)  # ladders are few, and read at every verb that starts a clock
def ladder_of(stored: str) -> tuple[Rung, ...]:
    """The ladder of a stored rule."""
    return rungs_of(cast("list[dict[str, Json]]", json.loads(stored)))
