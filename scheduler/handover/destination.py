"""What a destination can do, and the two ways in which it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class NotNow(Exception):
    """The destination cannot be reached or written at present; the text says why, for people. Try again later."""


class Refused(Exception):
    """The destination will not take this batch as it is; the text says why and what to do, for people."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How an object is to be locked: until an instant in a mode, or for ever by a legal hold (`until` None)."""

    compliance: bool
    until: datetime | None

    @property
    def words(self) -> str:
        """For the ledger: what was asked of the store, and seen to be set."""
        mode = "COMPLIANCE" if self.compliance else "GOVERNANCE"
        return "LEGAL_HOLD" if self.until is None else f"{mode} {self.until.isoformat()}"


class Destination(Protocol):
    """One batch's place. Writing the same file again changes nothing; other bytes under its name are `Refused`."""

    @property
    def location(self) -> str:
        """Where it is, for people."""

    def begin(self) -> None:
        """The place is there and fit. Raises `NotNow`, `Refused`."""

    def write(self, path: str, content: bytes, lock: Lock | None) -> None:
        """The file is there, durably and whole, and locked where that is asked. Raises `NotNow`, `Refused`."""

    def finish(self, paths: frozenset[str]) -> None:
        """The hand-over has its final name and holds these files and no other. Raises `NotNow`, `Refused`."""

    def read(self, path: str) -> bytes:
        """What lies there now, read from the destination itself. Raises `NotNow`, `Refused`."""
