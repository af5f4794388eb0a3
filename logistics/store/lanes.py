"""A lane: its name, the deadlines asked for by it, and how fast a courier is on it. How it keeps its time is reckoned
in `rules.figures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from logistics.rules.choice import Measured
from logistics.tables import Agency, Consignment, Deadline, Dossier

LIMIT = 500


@dataclass(frozen=True)
class Wanted:
    """Which deadlines are wanted: those of a lane (sender, receiver), a leg, an agency that must keep them."""

    lane: tuple[int, int] | None = None
    leg: str = ""
    agency: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL over deadline and dossier."""
        found: list[ColumnElement[bool]] = []
        if self.lane is not None:
            found += [col(Dossier.sender_agency_id) == self.lane[0], col(Dossier.receiver_agency_id) == self.lane[1]]
        if self.leg:
            found.append(col(Deadline.leg) == self.leg)
        if self.agency is not None:
            found.append(col(Deadline.owner_agency_id) == self.agency)
        return found


EVERYTHING = Wanted()


@dataclass(frozen=True)
class LaneName:
    """A lane by the ids and the names of its two agencies."""

    sender_id: int
    receiver_id: int
    sender: str
    receiver: str
    sender_en: str
    receiver_en: str

    @property
    def key(self) -> str:
        """The lane in an address."""
        return f"{self.sender_id}-{self.receiver_id}"

    @property
    def zh(self) -> str:
        """The lane in Chinese."""
        return f"{self.sender} → {self.receiver}"


def whole(alias: Any) -> Any:
    """An alias as something to select: `aliased` is typed as the table's class, which select takes for its columns."""
    return alias


def with_lane(statement: Select[*tuple[Any, ...]], child: type[Any]) -> Select[*tuple[Any, ...]]:
    """The statement joined to the child's dossier and the lane's agencies, whose columns `lane_name` reads."""
    source, target = aliased(Agency), aliased(Agency)
    return (
        statement.add_columns(
            col(source.id), col(target.id), col(source.short_name), col(target.short_name),
            col(source.name_en), col(target.name_en),
        )
        .select_from(child)
        .join(Dossier, col(Dossier.id) == child.dossier_id)
        .join(source, col(source.id) == Dossier.sender_agency_id)
        .join(target, col(target.id) == Dossier.receiver_agency_id)
    )  # fmt: skip


def lane_name(names: Sequence[Any]) -> LaneName:
    """The lane of the six columns that `with_lane` added."""
    sender_id, receiver_id, sender, receiver, sender_en, receiver_en = names
    return LaneName(sender_id, receiver_id, sender, receiver, sender_en or sender, receiver_en or receiver)


NEWEST = 200
"""A courier's speed on a lane is told by so many of its newest deliveries: what was years ago says little."""


def transit(session: Session, from_agency_id: int, to_agency_id: int, courier: str) -> Measured | None:
    """How long one courier took from pick-up to delivery on a lane, by its own words; None before its first delivery.

    An envelope whose times cannot be (delivered before it was picked up) is left out.
    """
    hours = func.extract("epoch", col(Consignment.delivered_at) - col(Consignment.picked_up_at)) / 3600
    newest = (
        select(hours.label("hours"))
        .where(col(Consignment.from_agency_id) == from_agency_id, col(Consignment.to_agency_id) == to_agency_id)
        .where(col(Consignment.courier) == courier)
        .where(col(Consignment.delivered_at) >= col(Consignment.picked_up_at))
        .order_by(col(Consignment.delivered_at).desc())
        .limit(NEWEST)
        .subquery()
    )
    count, p80 = session.execute(
        select(func.count(), func.percentile_cont(0.8).within_group(newest.c.hours)).select_from(newest)
    ).one()
    return Measured(int(count), float(p80)) if count else None
