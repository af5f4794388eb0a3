"""What came of one errand or one push."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias


@dataclass(frozen=True)
class Done:
    """It is over. `note` stands beside it where there is something to say."""

    note: str = ""


@dataclass(frozen=True)
class Again:
    """It went well and is to be done again after `wait`."""

    wait: timedelta


@dataclass(frozen=True)
class Failed:
    """Nothing came of it this time: try later, give up after a while. `unreadable`: an answer came, in no language."""

    why: str
    retry_after_seconds: int | None = None
    unreadable: bool = False


@dataclass(frozen=True)
class ForAPerson:
    """Trying again would not help: somebody must look, and `why` says at what."""

    why: str


@dataclass(frozen=True)
class Postponed:
    """The courier's account is not to be called before `until`. It counts as no failure of the errand, not even where
    it `was_tried`: the one call that found out that the account is still out of order."""

    why: str
    until: datetime
    was_tried: bool = False


Outcome: TypeAlias = Done | Again | Failed | ForAPerson | Postponed
