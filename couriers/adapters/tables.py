"""Code tables of couriers: the CSV files beside the adapters, read in one way. No courier is in this file.

A table has the columns code, name, milestone, reason, and where it needs them kind (several tables in one file) and
voids. Lines that begin with # say where the codes come from.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources

from couriers.contract import Milestone, Reason


@dataclass(frozen=True)
class Meaning:
    """What one code of one table means; `voids` names the operation codes that it takes back, joined by "/"."""

    name: str
    milestone: Milestone
    reason: Reason | None
    voids: str | None = None


UNKNOWN = Meaning("", Milestone.UNRECOGNISED, None)


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a table beside the adapters, by column name, without the comments."""
    text = resources.files("couriers.adapters").joinpath(file).read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def by_code(file: str) -> dict[str, Meaning]:
    """Code -> meaning. Raises ValueError when a milestone or reason is none of ours."""
    return {row["code"]: _meaning(row) for row in rows(file)}


def by_kind(file: str) -> dict[tuple[str, str], Meaning]:
    """(kind, code) -> meaning, for a file that holds several tables. Raises as `by_code`."""
    return {(row["kind"], row["code"]): _meaning(row) for row in rows(file)}


def _meaning(row: dict[str, str]) -> Meaning:
    reason = Reason(row["reason"]) if row["reason"] else None
    return Meaning(row["name"], Milestone(row["milestone"]), reason, row.get("voids") or None)
