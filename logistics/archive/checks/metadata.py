"""What a package's metadata say, whatever their elements are called: the basic information, its file set, the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from logistics.archive.report import Fault

_CHINA = timezone(timedelta(hours=8))


class Shape(StrEnum):
    """What a value is written as."""

    TEXT = "text"
    INSTANT = "instant"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an element may say. A longest of 0 is any length; no values and no pattern: anything of its shape."""

    name: str  # the element
    zh: str
    key: str  # our field, which is what it means; empty for a constant of the profile's
    required: bool = False
    shape: Shape = Shape.TEXT
    longest: int = 0
    values: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One element as it stands in the file at `path`; `row` counts from 1 in a list of rows, 0 stands outside one."""

    rule: Rule
    text: str
    path: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the file set, each value as it is written. `path` is its place in the package; `code` as `B02`."""

    path: str
    code: str
    title: str
    format: str
    size: str
    created: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the process: who did what, when, and the ledger's entry about it; all as it is written."""

    name: str
    who: str
    at: str
    entry: str


@dataclass(frozen=True)
class Metadata:
    """All of it. `basic_path` and `process_path` are where it stands; `malformed` says what could not be read."""

    basic_path: str
    process_path: str
    values: Sequence[Value] = ()
    missing: Sequence[tuple[Rule, str, int]] = ()  # required, with the file and the row it is missing from
    required: int = 0
    rows: Sequence[FileRow] = ()
    steps: Sequence[Step] = ()
    folders: Sequence[str] = ()  # of the materials, as `data/申报文件/`
    needed: Sequence[str] = ()  # those of them that are never empty: cover and main file lie there
    must: Sequence[str] = ()  # paths of what must be filed
    malformed: Sequence[Fault] = ()

    def said(self, key: str) -> str:
        """The first value of this field outside the rows, empty for none."""
        return next((one.text for one in self.values if one.rule.key == key and not one.row), "")


def moment(text: str) -> datetime:
    """The instant a text says, read in Beijing time where it names no zone. Raises ValueError, OverflowError."""
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=_CHINA)).astimezone(UTC)
