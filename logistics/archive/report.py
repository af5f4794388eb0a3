"""What the verifier answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CONTAINER = "(ZIP)"  # stands in `Fault.file` when the ZIP itself is at fault and no one file is

SOUND, FAULTY, UNREADABLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one file of the package (its path in the bag), said in Chinese and English.

    `code` is the sentence's name in `findings.FAULTS`, for programs.
    """

    file: str
    code: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that is proven, or is not, said in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Report:
    """The whole answer. `ok` means no fault; `readable` is false when nothing in the file could be read."""

    ok: bool
    readable: bool
    faults: tuple[Fault, ...] = ()
    proven: tuple[Sentence, ...] = ()
    not_proven: tuple[Sentence, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 sound, 1 at least one fault, 2 unreadable."""
        if not self.readable:
            return UNREADABLE
        return SOUND if self.ok else FAULTY

    @property
    def verdict(self) -> str:
        """The exit code as a word: `sound`, `faulty` or `unreadable`."""
        return ("sound", "faulty", "unreadable")[self.exit_code]
