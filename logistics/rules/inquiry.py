"""What the applicant is told without a log-in: which step the case is at, where each original is, what comes next.

Plain values, no name and no number of a person or a document; the page finds the words. A courier's word never moves an
original here either: until the receiver has counted, an envelope is on its way.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from logistics.decision import Holder
from logistics.rules.policies import Leg
from logistics.tables import Consignment, Deadline, Discrepancy, Dossier, Original, Packed
from logistics.terms import DecisionResult, Direction, DiscrepancyKind, HolderKind, Role, Stage

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What codes are made of: no 0 and O, no 1, I and L, which people take for one another."""
CODE_LETTERS = 10
"""Some 49 bits, typed by hand together with the last digits of the phone."""
KEY_LETTERS = 26
"""Some 128 bits, carried by the QR alone, which needs nothing typed."""
DIGITS = 4
"""So many last digits of the phone."""

RATING, NOT_RECEIVED, ANSWERED = "rating", "not_received:", "answered:"
"""What is said, or how it begins before the original's number in the list."""

FAILURES_OF_A_CODE = 10
FAILURES_OF_A_PLACE = 60
"""After so many wrong tries in an hour for one code, or from one place, it waits for the next hour. A hall's own
machine, or all phones of one network, are one place: many people stand before it.
"""


class Place(StrEnum):
    """Where an original is, as the applicant would ask."""

    HALL = "hall"
    SEALED = "sealed"  # in an envelope that no courier has been seen with yet
    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"  # by the courier's word; not counted yet
    TURNED_BACK = "turned_back"  # could not be delivered, is going back to whoever sent it
    AUTHORITY = "authority"
    STAYS = "stays"  # with the authority for good: it need not come back
    SEALED_BACK = "sealed_back"
    ON_THE_WAY_BACK = "on_the_way_back"
    DELIVERED_BACK = "delivered_back"
    BACK_AT_HALL = "back_at_hall"
    WITH_YOU = "with_you"
    LOOKED_INTO = "looked_into"  # missing, lost or disputed: somebody is following it up


class Step(StrEnum):
    """The way of a case, in order."""

    ACCEPTED = "accepted"
    SENT = "sent"
    ARRIVED = "arrived"
    DECIDED = "decided"
    SENT_BACK = "sent_back"
    HANDED_BACK = "handed_back"


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step: when it was done, or by when it should be (None: nobody has promised a time yet)."""

    step: Step
    done_at: datetime | None = None
    due_at: datetime | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class OriginalTold:
    """One original by its title and where it is."""

    seq: int
    title: str
    place: Place


@dataclass(frozen=True, slots=True)
class Told:
    """All that the page says. `current` is the first step not done, None when the case is over; `late`: its time has
    passed."""

    steps: tuple[StepTold, ...]
    originals: tuple[OriginalTold, ...]
    current: Step | None
    late: bool
    decision: DecisionResult | None
    differences: int
    over: bool


_LOOKED_INTO = frozenset(
    {
        DiscrepancyKind.MISSING,
        DiscrepancyKind.WRONG,
        DiscrepancyKind.LOST,
        DiscrepancyKind.EMPTY,
        DiscrepancyKind.DELIVERY_DISPUTED,
    }
)
_IN_ENVELOPE = {
    Stage.SEALED: (Place.SEALED, Place.SEALED_BACK),
    Stage.BOOKING: (Place.SEALED, Place.SEALED_BACK),
    Stage.BOOKED: (Place.SEALED, Place.SEALED_BACK),
    Stage.ON_THE_WAY: (Place.ON_THE_WAY, Place.ON_THE_WAY_BACK),
    Stage.DELIVERED: (Place.DELIVERED, Place.DELIVERED_BACK),
    Stage.RETURNED: (Place.TURNED_BACK, Place.TURNED_BACK),
    Stage.LOST: (Place.LOOKED_INTO, Place.LOOKED_INTO),
}
"""Where the content of an envelope is, on the way out and on the way back."""
_LEG_OF = {
    Step.SENT: (Leg.ACCEPT_TO_DISPATCH,),
    Step.ARRIVED: (Leg.DISPATCH_TO_RECEIVED, Leg.TRANSIT, Leg.DELIVERED_TO_RECEIVED),
    Step.DECIDED: (Leg.CHECKED_TO_DECISION,),
    Step.SENT_BACK: (Leg.DECISION_TO_RETURN,),
    Step.HANDED_BACK: (Leg.RETURN_TRANSIT, Leg.RETURN_TO_ACKNOWLEDGED),
}


def new_letters(count: int) -> str:
    """So many letters nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def shown(code: str) -> str:
    """The code as it is printed: in two groups."""
    return f"{code[: CODE_LETTERS // 2]}-{code[CODE_LETTERS // 2 :]}"


def typed(text: str) -> str:
    """What somebody typed, as the code it means: no blanks and hyphens, full-width and small letters folded."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).upper() if one.isalnum())


def told(
    dossier: Dossier,
    originals: Sequence[Original],
    holders: Mapping[int, Holder],
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    discrepancies: Sequence[Discrepancy],
    deadlines: Sequence[Deadline],
    now: datetime,
) -> Told:
    """What the applicant is told now."""
    listed = [one for one in originals if not one.unlisted]
    unsettled = [one for one in discrepancies if one.settled_at is None]
    places = tuple(
        OriginalTold(seq, one.title, _place(dossier, one, holders.get(one.id or 0), consignments, lines, unsettled))
        for seq, one in enumerate(listed, start=1)
    )
    done = _done(dossier, listed, consignments)
    running = [one for one in deadlines if one.met_at is None and one.waived_at is None and one.paused_at is None]
    steps = tuple(StepTold(step, at, *(_due(step, running) if at is None else ())) for step, at in done.items())
    current = next((one for one in steps if one.done_at is None), None)
    return Told(
        steps=steps,
        originals=places,
        current=current.step if current else None,
        late=current is not None and current.due_at is not None and current.due_at < now,
        decision=dossier.decision,
        differences=len([one for one in unsettled if one.kind in _LOOKED_INTO]),
        over=current is None,
    )


def may_rate(what: Told) -> bool:
    """Whether a rating can be given: when the case has been decided."""
    return what.decision is not None


def where(what: Told) -> Place | None:
    """Where the originals are that are still under way; None when they are at several places, or all are with the
    applicant or stay with the authority.
    """
    found = under_way(what)
    return next(iter(found)) if len(found) == 1 else None


def under_way(what: Told) -> frozenset[Place]:
    """The places of the originals that are neither with the applicant nor stay with the authority."""
    return frozenset(one.place for one in what.originals) - {Place.WITH_YOU, Place.STAYS}


def to_collect(what: Told) -> bool:
    """Whether something waits at the hall for the applicant to come."""
    return any(one.place is Place.BACK_AT_HALL for one in what.originals)


def _done(
    dossier: Dossier, listed: Sequence[Original], consignments: Sequence[Consignment]
) -> dict[Step, datetime | None]:
    out = [one for one in consignments if one.direction is Direction.OUTBOUND and one.stage is not Stage.VOIDED]
    back = [one for one in consignments if one.direction is Direction.RETURN and one.stage is not Stage.VOIDED]
    done: dict[Step, datetime | None] = {
        Step.ACCEPTED: dossier.opened_at,
        Step.SENT: min((one.dispatched_at for one in out if one.dispatched_at), default=None),
        Step.ARRIVED: min((one.received_at for one in out if one.received_at), default=None),
        Step.DECIDED: dossier.decided_at,
    }
    if any(one.must_return for one in listed):
        done[Step.SENT_BACK] = min((one.dispatched_at for one in back if one.dispatched_at), default=None)
    done[Step.HANDED_BACK] = dossier.closed_at
    return done


def _due(step: Step, running: Sequence[Deadline]) -> tuple[datetime | None, bool]:
    """By when the step should be done: the latest of the clocks that run towards it."""
    legs = {leg.value for leg in _LEG_OF.get(step, ())}
    found = max((one for one in running if one.leg in legs), key=lambda one: one.due_at, default=None)
    return (found.due_at, found.provisional) if found else (None, False)


def _place(
    dossier: Dossier,
    original: Original,
    held: Holder | None,
    consignments: Sequence[Consignment],
    lines: Sequence[Packed],
    unsettled: Sequence[Discrepancy],
) -> Place:
    here = {line.consignment_id for line in lines if line.original_id == original.id and line.open}
    envelope = next((one for one in consignments if one.id in here), None)
    if any(_about(one, original, envelope) for one in unsettled):
        return Place.LOOKED_INTO
    if envelope is not None and envelope.stage in _IN_ENVELOPE:
        out, back = _IN_ENVELOPE[envelope.stage]
        return out if envelope.direction is Direction.OUTBOUND else back
    if held is not None and held.kind is HolderKind.APPLICANT:
        return Place.WITH_YOU
    if held is not None and held.agency_id == dossier.receiver_agency_id:
        return Place.AUTHORITY if original.must_return else Place.STAYS
    if held is not None and held.agency_id == dossier.sender_agency_id:
        return Place.HALL if dossier.decided_at is None else Place.BACK_AT_HALL
    return Place.LOOKED_INTO


def _about(one: Discrepancy, original: Original, envelope: Consignment | None) -> bool:
    """Whether the difference says that the original is not where it should be: its own, or its whole envelope's."""
    if one.kind not in _LOOKED_INTO:
        return False
    if one.original_id is not None:
        return one.original_id == original.id
    return envelope is not None and one.consignment_id == envelope.id


def may_answer(roles: Collection[str], agency_id: int | None, sender_agency_id: int) -> bool:
    """Whether an officer may answer an applicant: at the hall that took the originals in, its window or managers."""
    return agency_id == sender_agency_id and bool({Role.WINDOW, Role.MANAGER} & set(roles))
