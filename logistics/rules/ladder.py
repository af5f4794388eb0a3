"""Who hears a rung of a ladder, what an acknowledgement holds back, and the sentence that is said.

An escalation that is marked `unless_acknowledged` is held back when somebody of the agency that owns the deadline has
acknowledged an earlier word about it: they know, and have until the next rung. That happens once a ladder; the ladder's
last rung is never held back; and the rank that was passed over hears together with the next rung that fires. So an
acknowledgement buys one rung's time and can never silence an overdue deadline for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from logistics.rules.policies import LEG_NAMES, Audience, Leg, RungKind
from logistics.rules.spoken import moment
from logistics.terms import Role

_WORDS: Mapping[RungKind, tuple[str, str]] = {
    RungKind.WARNING: ("快到期", "is due soon"),
    RungKind.DUE: ("已到期", "is due now"),
    RungKind.OVERDUE: ("已超时", "is overdue"),
    RungKind.ESCALATION: ("超时升级督办", "is overdue and escalated"),
    RungKind.SILENT: ("邮件久无动向，请查下落", "has not moved for too long: find out where it is"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """An officer who is active: where, and in which roles."""

    id: int
    agency_id: int
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Staff:
    """The active officers of agencies, in order of their ids, and which agency stands above which."""

    people: Mapping[int, Sequence[Person]]
    above: Mapping[int, int | None]

    def holding(self, agency_id: int, role: Role) -> tuple[Person, ...]:
        """Those of the agency who hold the role."""
        return tuple(one for one in self.people.get(agency_id, ()) if role.value in one.roles)

    def managers(self, agency_id: int | None) -> tuple[Person, ...]:
        """The managers of the agency, or of the nearest agency above it that has one."""
        while agency_id is not None:
            found = self.holding(agency_id, Role.MANAGER)
            if found:
                return found
            agency_id = self.above.get(agency_id)
        return ()


@dataclass(frozen=True, slots=True)
class Parties:
    """Whose deadline it is, and which of the two agencies of the dossier that is."""

    owner_id: int
    sender_id: int
    receiver_id: int
    officer_id: int | None = None  # in charge, where one is named
    orderer_id: int | None = None  # who gave the order that the clock waits for
    ordering_id: int | None = None  # and for which agency

    @property
    def other_id(self) -> int:
        """The other agency of the lane."""
        return self.receiver_id if self.owner_id == self.sender_id else self.sender_id

    def desk(self, staff: Staff, agency_id: int) -> tuple[Person, ...]:
        """Who works on the dossier for this party: the window of the hall, the receivers of the authority."""
        return staff.holding(agency_id, Role.WINDOW if agency_id == self.sender_id else Role.RECEIVER)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung whose moment has come. `seq`: its place in the ladder."""

    seq: int
    audience: Audience
    unless_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A ladder so far. `last`: place of its last rung; `held`: of the one held back, with its audience; `fired`: of the
    last one that fired otherwise. 0 where there is none.
    """

    last: int
    held: int = 0
    passed_over: Audience | None = None
    fired: int = 0


@dataclass(frozen=True, slots=True)
class Climbed:
    """What becomes of a step: nobody is told for it is held back, or these are."""

    step: Step
    audiences: tuple[Audience, ...]

    @property
    def is_held(self) -> bool:
        """Whether its own audience is not told now."""
        return not self.audiences


def climb(steps: Sequence[Step], standing: Standing, acknowledged: bool) -> tuple[Climbed, ...]:
    """What becomes of the due steps of one ladder, in the order given; `acknowledged` as this module says."""
    made: list[Climbed] = []
    held, passed_over = standing.held, standing.passed_over if standing.fired < standing.held else None
    for step in steps:
        if acknowledged and step.unless_acknowledged and not held and step.seq < standing.last:
            held, passed_over = step.seq, step.audience
            made.append(Climbed(step, ()))
            continue
        both = (step.audience,) if passed_over in (None, step.audience) else (step.audience, passed_over)
        made.append(Climbed(step, tuple(one for one in both if one is not None)))
        passed_over = None
    return tuple(made)


def hearers(
    audiences: Sequence[Audience], parties: Parties, staff: Staff, kind: RungKind = RungKind.DUE
) -> tuple[Person, ...]:
    """Who these audiences are, each person once; () when nobody up to the root of the directory could hear it.

    A warning is for the officer in charge alone. From the due moment on the whole desk hears: one may be on leave.
    """
    alone = kind is RungKind.WARNING
    found = {person.id: person for audience in audiences for person in _heard_by(audience, parties, staff, alone)}
    return tuple(found.values())


def _heard_by(audience: Audience, parties: Parties, staff: Staff, alone: bool) -> tuple[Person, ...]:
    """An audience that nobody fills falls to the managers of its agency, then to those above; at last the owner's."""
    owner_id = parties.owner_id
    if audience is Audience.OWNER:
        named = _in_charge(parties, staff)
        found = named if named and alone else (*named, *parties.desk(staff, owner_id))
    elif audience is Audience.COUNTERPART:
        found = parties.desk(staff, parties.other_id) or staff.managers(parties.other_id)
    elif audience is Audience.UPPER_MANAGER:
        found = staff.managers(staff.above.get(owner_id))
    elif audience is Audience.ORDERER:
        found = _who_ordered(parties, staff) or staff.managers(parties.ordering_id)
    else:
        found = ()
    return found or staff.managers(owner_id)


def _in_charge(parties: Parties, staff: Staff) -> tuple[Person, ...]:
    """The officer named for the deadline, while they are active and still of the agency that owns it."""
    return tuple(one for one in staff.people.get(parties.owner_id, ()) if one.id == parties.officer_id)


def _who_ordered(parties: Parties, staff: Staff) -> tuple[Person, ...]:
    """Whoever gave the order, while they are active and still of the agency they gave it for."""
    return tuple(one for one in staff.people.get(parties.ordering_id or 0, ()) if one.id == parties.orderer_id)


def sentence(kind: RungKind, dossier_no: str, leg: Leg, due_at: datetime) -> tuple[str, str]:
    """What a rung says, in Chinese and in English; the moment is China's."""
    zh, en = _WORDS[kind]
    due_zh, due_en = moment(due_at)
    return (
        f"专档 {dossier_no}「{LEG_NAMES[leg]}」{zh}，期限 {due_zh}。",
        f"Dossier {dossier_no}: '{leg.value.replace('_', ' ')}' {en}; due {due_en}.",
    )
