"""The words of making a report of figures: where one that was asked for stands."""

from __future__ import annotations

from enum import StrEnum


class ReportState(StrEnum):
    """Where a report that was asked for stands."""

    MAKING = "making"  # owed or under way
    MADE = "made"
    FAILED = "failed"  # nothing is kept; its fault says why
