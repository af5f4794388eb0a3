"""Which open clocks a version of a rule would move, and to when: looked at here, listed and moved by the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, or_, select

from logistics.decision import Json
from logistics.rules.deadlines import Plan
from logistics.rules.frozen import frozen_policy, thawed_policy, whose_of
from logistics.rules.making import Wording
from logistics.rules.policies import Leg, Whose
from logistics.rules.recomputing import replanned
from logistics.rules.resolving import Resolved, Rule
from logistics.rules.workdays import Calendar
from logistics.store import calendars, policies, recomputing
from logistics.tables import Agency, Deadline, Dossier, PolicyVersion


@dataclass(frozen=True, slots=True)
class Moved:
    """An open clock by the version: the new plan, what is frozen beside it, the rule in Chinese words."""

    deadline: Deadline
    dossier: Dossier
    planned: Plan
    frozen: Mapping[str, Json]
    words: str


def concerned(session: Session, row: PolicyVersion, after: int, limit: int) -> list[tuple[Deadline, Dossier]]:
    """Running clocks of the version's leg and subject, by id from `after` on. One that stands still is left alone."""
    statement = (
        select(Deadline, Dossier)
        .join(Dossier, col(Dossier.id) == col(Deadline.dossier_id))
        .where(Deadline.leg == row.leg, col(Deadline.id) > after)
        .where(col(Deadline.met_at).is_(None), col(Deadline.waived_at).is_(None), col(Deadline.paused_at).is_(None))
    )
    if row.scope is not None:
        statement = statement.where(Dossier.scope == row.scope)
    if row.item_id is not None:
        statement = statement.where(Dossier.item_id == row.item_id)
    if row.agreement_id is not None:
        statement = statement.where(Dossier.agreement_id == row.agreement_id)
    if row.agency_id is not None:
        path = session.get_one(Agency, row.agency_id).path.rstrip(".") + "."
        statement = statement.join(Agency, col(Agency.id) == col(Deadline.owner_agency_id)).where(
            or_(Agency.id == row.agency_id, col(Agency.path).startswith(path, autoescape=True))
        )
    return list(session.exec(statement.order_by(col(Deadline.id)).limit(limit)))


def unkept(wording: Wording) -> PolicyVersion:
    """A version that is only looked at: no session knows it."""
    subject = wording.subject
    return PolicyVersion(
        leg=subject.leg.value,
        scope=subject.scope.value if subject.scope else None,
        item_id=subject.item_id,
        agreement_id=subject.agreement_id,
        agency_id=subject.agency_id,
        version=0,
        length=wording.length,
        unit=wording.unit.value,
        whose=wording.whose.value,
        rungs=[],
        starts=[],
        stops=[],
        valid_from=wording.valid_from,
        reason=wording.reason,
        made_at=wording.valid_from,
        made_by=0,
        looser=[],
    )


class Look:
    """Clocks looked at as if each started now, by the version; from their own starts and by their own hours."""

    def __init__(self, session: Session, row: PolicyVersion, now: datetime, *, beside: Rule | None = None) -> None:
        """`beside`: the version is not kept yet, and counts as this rule."""
        self._session, self._row, self._now = session, row, now
        self._rules = policies.InForce(session, beside=beside)
        self._version = beside.id if beside is not None else row.id
        self._ends = row.length is None
        self._chain = {one.id for one in policies.chain(session, policies.subject_of(row))}
        self._agencies: dict[int, Agency] = {}
        self._calendars: dict[int, Calendar] = {}

    def move(self, deadline: Deadline, dossier: Dossier) -> Moved | None:
        """Where the version would move the clock to; None where another rule holds, or nothing would change."""
        if deadline.leg == Leg.SUPERVISION_TO_ANSWER:
            return None  # each order says itself by when it wants its answer
        at = max(self._now, self._row.valid_from)
        holds = self._rules.resolve(dossier, Leg(deadline.leg), self._agency(deadline.owner_agency_id), at)
        if self._ends:
            if deadline.policy.get("version") not in self._chain:
                return None
        elif holds.version_id != self._version:
            return None
        frozen = self._frozen(deadline, dossier, holds)
        if deadline.policy.get("extensions") and frozen["unit"] != deadline.policy["unit"]:
            return None  # somebody granted more time in the unit that the clock has
        if _same(deadline.leg, frozen, deadline.policy):
            return None
        standing = replace(recomputing.frozen(deadline), policy=frozen)
        planned = replanned(standing, self._calendar(deadline, dossier, holds.whose))
        return Moved(deadline, dossier, planned, frozen, holds.words)

    def _frozen(self, deadline: Deadline, dossier: Dossier, holds: Resolved) -> dict[str, Json]:
        """The hours stay as they were frozen, unless the rule names another agency's."""
        hours = str(deadline.policy["hours"])
        if holds.whose is not whose_of(deadline.policy):
            hours = self._agency(self._by(deadline, dossier, holds.whose)).receiving_hours
        # what pauses and extensions put beside the clock stays
        return {**deadline.policy, **frozen_policy(holds.policy, hours, holds.whose, holds.version_id, holds.words)}

    def _calendar(self, deadline: Deadline, dossier: Dossier, whose: Whose) -> Calendar:
        if whose is Whose.STATE:
            return calendars.states(self._session)
        by = self._by(deadline, dossier, whose)
        if by not in self._calendars:
            self._calendars[by] = calendars.in_force(self._session, self._agency(by))
        return self._calendars[by]

    @staticmethod
    def _by(deadline: Deadline, dossier: Dossier, whose: Whose) -> int:
        return policies.agency_of(whose, deadline.owner_agency_id, dossier.sender_agency_id, dossier.receiver_agency_id)

    def _agency(self, agency_id: int) -> Agency:
        if agency_id not in self._agencies:
            self._agencies[agency_id] = self._session.get_one(Agency, agency_id)
        return self._agencies[agency_id]


def _same(leg: str, one: Mapping[str, Json], other: Mapping[str, Json]) -> bool:
    """Whether two frozen policies say the same of the clock, whichever version said it."""
    return (
        thawed_policy(leg, one) == thawed_policy(leg, other)
        and one["hours"] == other["hours"]
        and whose_of(one) is whose_of(other)
    )
