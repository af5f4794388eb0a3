"""What rules answer with: values that say what shall be stored and owed, carried out by the unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from logistics.terms import DiscrepancyKind, ErrandKind, HolderKind, Outcome, Resolution, Stage

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None
"""JSON without floats: the ledger's canonical form has none."""


@dataclass(frozen=True)
class Fact:
    """One thing that happened, for the ledger. `what` has three parts by use: `noun:verb` (`original:handed_over`)."""

    what: str
    why: str = ""
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Errand:
    """One effect owed to the outside. `key` makes it single: the same key is never owed twice."""

    kind: ErrandKind
    key: str
    payload: Mapping[str, Json]
    not_before: datetime | None = None


@dataclass(frozen=True)
class Holder:
    """Who answers for an original. For APPLICANT and UNKNOWN the agency is None; `name` is never a person's full
    name for them.
    """

    kind: HolderKind
    name: str
    agency_id: int | None = None
    officer_id: int | None = None


@dataclass(frozen=True)
class Handover:
    """Custody of one original passes from one holder to the next. `seq` counts from 1 in each original's own chain."""

    original_id: int
    seq: int
    released_by: Holder
    accepted_by: Holder
    basis: str
    consignment_id: int | None = None
    manifest_sha256: str | None = None


@dataclass(frozen=True)
class Check:
    """The receiver's finding for one listed original of a consignment."""

    packed_id: int
    original_id: int
    outcome: Outcome


@dataclass(frozen=True)
class NewDiscrepancy:
    """A difference to be opened; `key` makes it single within its dossier."""

    kind: DiscrepancyKind
    key: str
    note: str
    original_id: int | None = None
    consignment_id: int | None = None


@dataclass(frozen=True)
class Settlement:
    """An open discrepancy that is settled."""

    discrepancy_id: int
    resolution: Resolution
    note: str


@dataclass(frozen=True)
class Waiver:
    """A deadline that need not be kept, with the reason a person gave."""

    deadline_id: int
    reason: str


@dataclass(frozen=True)
class Decision:
    """The whole answer of a rule. Empty parts change nothing."""

    stage: Stage | None = None
    facts: tuple[Fact, ...] = ()
    errands: tuple[Errand, ...] = ()
    handovers: tuple[Handover, ...] = ()
    checks: tuple[Check, ...] = ()
    discrepancies: tuple[NewDiscrepancy, ...] = ()
    settlements: tuple[Settlement, ...] = ()
