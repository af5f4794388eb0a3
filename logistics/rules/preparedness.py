"""What stands ready and what is missing before an installation can send its first envelope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=60)
"""An agreement that ends within this time wants another."""
NEXT_YEAR_FROM_MONTH = 11
"""The State Council announces a year's days off in November of the year before."""


class Standing(StrEnum):
    """How one part stands: what is missing stops the work, what is due wants somebody, the rest is ready or may be
    left out."""

    MISSING = "missing"
    DUE = "due"
    READY = "ready"
    LEFT_OUT = "left_out"


class Part(StrEnum):
    """What an installation is made of, in the order in which it is set up; the first four it cannot do without."""

    AGENCIES = "agencies"
    OFFICERS = "officers"
    ITEMS = "items"
    AGREEMENTS = "agreements"
    COURIERS = "couriers"
    PRINTERS = "printers"
    CALENDAR = "calendar"
    POLICIES = "policies"
    CODES = "codes"
    CHANNELS = "channels"


ESSENTIAL = (Part.AGENCIES, Part.OFFICERS, Part.ITEMS, Part.AGREEMENTS)


@dataclass(frozen=True)
class Prepared:
    """What was counted. `windows_lacking`, `receivers_lacking`: parties of agreements in force where nobody has the
    role; `newest_year`: the last year whose days off are settled; `agreements_asked`: drafts which the
    other party has confirmed."""

    agencies: int
    without_fonds: int
    windows: int
    receivers: int
    managers: int
    windows_lacking: Sequence[str]
    receivers_lacking: Sequence[str]
    items: int
    items_bare: int
    agreements: int
    drafts: int
    agreements_asked: int
    ending_soon: int
    couriers: int
    couriers_ill: int
    printers: int
    newest_year: int
    policies_waiting: int
    codes_waiting: int
    channels: int
    channels_ill: int


def standings(counted: Prepared, today: date) -> dict[Part, Standing]:
    """How each part stands."""
    missing, due, ready, left_out = Standing.MISSING, Standing.DUE, Standing.READY, Standing.LEFT_OUT
    officers = missing if not (counted.windows and counted.receivers) else ready
    lacking = counted.windows_lacking or counted.receivers_lacking or not counted.managers
    items = missing if counted.items == counted.items_bare else due if counted.items_bare else ready
    agreements = missing if not counted.agreements else due if counted.drafts or counted.ending_soon else ready
    couriers = left_out if not counted.couriers else due if counted.couriers_ill else ready
    channels = left_out if not counted.channels else due if counted.channels_ill else ready
    return {
        Part.AGENCIES: missing if counted.agencies < 2 else due if counted.without_fonds else ready,
        Part.OFFICERS: due if officers is ready and lacking else officers,
        Part.ITEMS: items,
        Part.AGREEMENTS: agreements,
        Part.COURIERS: couriers,
        Part.PRINTERS: ready if counted.printers else left_out,
        Part.CALENDAR: calendar_standing(counted.newest_year, today),
        Part.POLICIES: due if counted.policies_waiting else ready,
        Part.CODES: due if counted.codes_waiting else ready,
        Part.CHANNELS: channels,
    }


def calendar_standing(newest_year: int, today: date) -> Standing:
    """Whether the days off of this year, and from November on of the next, are settled."""
    if newest_year < today.year:
        return Standing.DUE
    return Standing.DUE if today.month >= NEXT_YEAR_FROM_MONTH and newest_year == today.year else Standing.READY


def ends_soon(valid_until: date | None, today: date) -> bool:
    """Whether an agreement in force ends within the time in which another should be made."""
    return valid_until is not None and today <= valid_until <= today + SOON
