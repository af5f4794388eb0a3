"""The advisory locks of the house: one number for each thing that only one may do at a time."""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """What is held. A lock ends with its transaction, or, taken by a process, with its connection."""

    LOG = 4202650  # the one process that extends the log
    MIGRATIONS = 4202651
    CHECK = 4202652  # the nightly check
    LOOK_AHEAD = 4202653  # foresight
    CALENDARS = 4202654  # between those who plan by the calendars they read, and who confirms a notice
    CALENDAR_MOVES = 4202655  # the one process that lists and applies what a notice moves
    POLICY_MOVES = 4202656  # the same for a rule of time
    CODES = 4202659  # whoever decides what a code means: versions are numbered and become visible in one order
    ITEM_CODES = 4202660  # whoever may give a new service item its code
    INQUIRY = 4202661  # with the hash of a code or a place beside it: one try of it at a time
