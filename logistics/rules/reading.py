"""What stored statements mean (读法): the adapter's reading, or what a manager decided of a code it did not know.

Stored rows never change. An unknown code is read with the newest version of its mapping, wherever it is read: for the
stage, on the pages, in the package. A mapping back to UNRECOGNISED withdraws the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from couriers.contract import Milestone, Reason
from logistics.tables import CodeMapping, Tracking

R = Reason
REASONS: dict[Milestone, tuple[Reason, ...]] = {
    Milestone.ATTEMPTED: (R.REFUSED, R.UNREACHABLE, R.ADDRESS, R.DAMAGED, R.POSTPONED, R.FORCE_MAJEURE, R.OTHER),
    Milestone.AVAILABLE: (R.IN_LOCKER, R.AT_STATION, R.AT_COUNTER),
    Milestone.DELIVERED: (
        R.SIGNED_BY_ADDRESSEE, R.SIGNED_BY_OTHER, R.MAILROOM, R.IN_LOCKER, R.AT_STATION, R.AT_COUNTER,
    ),
    Milestone.RETURNING: (
        R.REFUSED, R.UNREACHABLE, R.ADDRESS, R.DAMAGED, R.WITHDRAWN, R.CUSTOMS, R.FORCE_MAJEURE, R.OTHER,
    ),
    Milestone.RETURNED: (R.REFUSED, R.UNREACHABLE, R.ADDRESS, R.DAMAGED, R.WITHDRAWN, R.CUSTOMS, R.OTHER),
    Milestone.HELD: (R.HELD, R.CUSTOMS, R.FORCE_MAJEURE, R.ADDRESS, R.POSTPONED, R.OTHER),
    Milestone.LOST: (R.COMPENSATED, R.FORCE_MAJEURE),
    Milestone.CANCELLED: (R.WITHDRAWN, R.OTHER),
}  # fmt: skip
"""Which reasons make sense of which milestone; one that is not here has none."""


@dataclass(frozen=True)
class Meanings:
    """Every version of the mappings that concern some statements, in the order of their decision."""

    versions: Sequence[CodeMapping] = ()

    @cached_property
    def _newest(self) -> dict[tuple[str, str, str], CodeMapping]:
        ordered = sorted(self.versions, key=lambda one: one.id or 0)
        return {(one.courier, one.code, one.detail_code): one for one in ordered}

    @property
    def newest_id(self) -> int:
        """The id of the version decided last, 0 when there is none."""
        return max((one.id or 0 for one in self.versions), default=0)

    def as_of(self, newest_id: int) -> Meanings:
        """What was known when that version was the newest."""
        return Meanings([one for one in self.versions if (one.id or 0) <= newest_id])

    def of(self, row: Tracking) -> CodeMapping | None:
        """The mapping that an unknown code is read with; None for any other row."""
        if row.milestone is not Milestone.UNRECOGNISED:
            return None
        return self.holding(row.courier, row.code, row.detail_code)

    def holding(self, courier: str, code: str, detail_code: str) -> CodeMapping | None:
        """The mapping that holds for a code: its detail's own, else the one for all its details; None without any."""
        for detail in dict.fromkeys((detail_code, "")):
            found = self._newest.get((courier, code, detail))
            if found is not None and found.milestone is not Milestone.UNRECOGNISED:
                return found
        return None

    def withdrawals(self, row: Tracking) -> int:
        """How many of the row's mappings were taken back: an unknown code is a new question after each."""
        return sum(
            one.milestone is Milestone.UNRECOGNISED
            and (one.courier, one.code) == (row.courier, row.code)
            and one.detail_code in (row.detail_code, "")
            for one in self.versions
        )


UNMAPPED = Meanings()

_LONG_NUMBER = re.compile(r"\d{7,}")


def shown_words(text: str) -> str:
    """A courier's words about an unknown code as people may read them: numbers long enough for a phone are masked."""
    return _LONG_NUMBER.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 5)}{found[0][-2:]}", text)


def read(rows: Iterable[Tracking], meanings: Meanings) -> list[Tracking]:
    """The rows as they are to be understood: one with a mapped code as a copy with that meaning, never to be stored."""
    if not meanings.versions:
        return list(rows)
    return [row if (found := meanings.of(row)) is None else _copy(row, found) for row in rows]


def _copy(row: Tracking, mapping: CodeMapping) -> Tracking:
    return Tracking(**{**row.model_dump(), "milestone": mapping.milestone, "reason": mapping.reason})
