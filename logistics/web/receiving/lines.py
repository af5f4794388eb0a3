"""What the receiving page shows of an envelope: its list line by line, and who may count it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from logistics.actor import Actor
from logistics.rules import access, receipt, stages
from logistics.services import privacy
from logistics.store.context import Context
from logistics.store.find import Whole
from logistics.tables import Consignment, Discrepancy, Material, Original, Packed
from logistics.terms import Direction, DiscrepancyKind, Outcome, Stage, Verb

FINDINGS = (Outcome.RECEIVED, Outcome.DAMAGED, Outcome.MISSING, Outcome.WRONG, Outcome.ILLEGIBLE)
"""What may be found for a line, in the order of the buttons."""

SHOWN_AS = {
    Outcome.UNCHECKED: "quiet",
    Outcome.RECEIVED: "done",
    Outcome.MOVED: "done",
    Outcome.DAMAGED: "attention",
    Outcome.ILLEGIBLE: "attention",
    Outcome.MISSING: "late",
    Outcome.WRONG: "late",
}
"""The state each finding is drawn as."""

_UNREPAIRED = (DiscrepancyKind.MISSING, DiscrepancyKind.WRONG)
_BACK_TO_SENDER = frozenset({Stage.ON_THE_WAY, Stage.DELIVERED, Stage.RETURNED, Stage.LOST})


@dataclass(frozen=True)
class Line:
    """One line of the list as the receiver compares it with the paper in hand. `holder` is masked."""

    packed: Packed
    original: Original
    number: str
    holder: str
    review_points: str
    correctable: bool

    @property
    def field(self) -> str:
        """The form's name for what was found."""
        return f"found-{self.original.code}"

    @property
    def open(self) -> bool:
        """Whether it is still to be counted."""
        return self.packed.outcome is Outcome.UNCHECKED

    @property
    def shown_as(self) -> str:
        """The state it is drawn as."""
        return SHOWN_AS[self.packed.outcome]


def lines(ctx: Context, whole: Whole, consignment: Consignment, materials: Sequence[Material]) -> list[Line]:
    """The list of an envelope, in its order."""
    by_id = {original.id: original for original in whole.originals}
    made = []
    for packed in sorted(whole.lines_of(consignment), key=lambda one: one.seq):
        original = by_id[packed.original_id]
        made.append(
            Line(
                packed,
                original,
                privacy.original_number(ctx, original),
                privacy.original_holder(ctx, original),
                review_points(original, materials),
                _is_correctable(packed, whole.discrepancies, consignment),
            )
        )
    return made


def review_points(original: Original, materials: Sequence[Material]) -> str:
    """What the item asks to look at: of the material it was listed for, else of the one of its kind."""
    for material in materials:
        if material.id == original.material_id:
            return material.review_points
    return next((one.review_points for one in materials if one.name == original.kind), "")


def _is_correctable(packed: Packed, discrepancies: Sequence[Discrepancy], consignment: Consignment) -> bool:
    return packed.outcome in receipt.ABSENT and any(
        one.original_id == packed.original_id
        and one.consignment_id == consignment.id
        and one.kind in _UNREPAIRED
        and one.settled_at is None
        for one in discrepancies
    )


def may_receive(actor: Actor, consignment: Consignment) -> bool:
    """Whether this officer may open and count this envelope now: the addressee, or the sender when it came back."""
    taking_back = actor.agency_id == consignment.from_agency_id
    if not taking_back and actor.agency_id != consignment.to_agency_id:
        return False
    if access.role_for("receive", Direction.RETURN if taking_back else consignment.direction) not in actor.roles:
        return False
    if taking_back:
        return consignment.stage in _BACK_TO_SENDER or _taken_back(actor, consignment)
    return consignment.stage is Stage.RECEIVED or Verb.RECEIVE in stages.MOVES[consignment.stage]


def _taken_back(actor: Actor, consignment: Consignment) -> bool:
    return consignment.stage is Stage.RECEIVED and consignment.received_by == actor.officer_id


def may_correct(actor: Actor, consignment: Consignment) -> bool:
    """Whether this officer may correct a count of this envelope."""
    wanted = access.role_for("correct", consignment.direction)
    return actor.agency_id == consignment.to_agency_id and wanted in actor.roles


def is_due_here(actor: Actor, whole: Whole, consignment: Consignment) -> bool:
    """Whether counting this envelope is the next thing to do with it, and this officer does it.

    The sender may take back what never arrived, but is asked to only when the courier brought it back.
    """
    if not may_receive(actor, consignment):
        return False
    if actor.agency_id == consignment.from_agency_id:
        return consignment.stage is Stage.RETURNED
    if consignment.stage is not Stage.RECEIVED:
        return True
    return any(line.outcome is Outcome.UNCHECKED for line in whole.lines_of(consignment))


def waiting_here(actor: Actor, whole: Whole) -> Consignment | None:
    """The envelope of a dossier that this officer counts next: what is not yet opened first; None without any."""
    mine = [one for one in whole.consignments if is_due_here(actor, whole, one)]
    return min(mine, key=lambda one: (one.stage is Stage.RECEIVED, cast(int, one.id)), default=None)
