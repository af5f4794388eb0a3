"""A report of figures as plain lines that can be compared: what was said then, and when it is made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from logistics.decision import Json
from logistics.rules.figures import Asked, Case, Figures, Step, Summary
from logistics.rules.told import Told
from logistics.rules.troubles import Kind, Trouble
from logistics.rules.workdays import china_date

VERSION = 1
"""Of the definitions in docs/figures.md; a report says by which it was made."""

Line = tuple[str, int | None]
"""One figure: its place (`lane/2-7/median`) and its value; times in seconds, shares in hundredths of a percent."""

COUNTS = ("started", "closed", "open", "late", "waived", "odd", "kept", "decided")
TIMES = ("total", "median", "p80", "p95")
SHARES = ("share", "low", "high")


def number(as_of: datetime, key: int) -> str:
    """A report's number: the day in Beijing it is of, and its place among all reports."""
    return f"TJ-{china_date(as_of):%Y%m%d}-{key}"


def lines(found: Figures, now: Mapping[Kind, int]) -> list[Line]:
    """Every figure of the report, in its order."""
    said: list[Line] = [(f"now/{kind.value}", now[kind]) for kind in Kind]
    said += _summary("whole", found.whole)
    said.append(("allowed", found.allowed))
    for row in found.lanes:
        said += _summary(f"lane/{_lane(row.lane)}", row.known)
    for one in found.trend:
        said += _summary(f"trend/{one.since.isoformat()}", one.known)
    for bar in found.bars:
        said += [(f"bar/{bar.low}-{bar.high}/kept", bar.kept), (f"bar/{bar.low}-{bar.high}/missed", bar.missed)]
    for (lane, leg), known in found.heat.items():
        said += _summary(f"cell/{_lane(lane)}/{leg}", known)
    for leg, side, known in found.split:
        said += _summary(f"split/{leg}/{side.value}", known)
    return said


def _lane(lane: tuple[int, int]) -> str:
    return f"{lane[0]}-{lane[1]}"


def _summary(place: str, known: Summary) -> Iterator[Line]:
    for name in (*COUNTS, *TIMES):
        yield f"{place}/{name}", getattr(known, name)
    share = known.share
    for name, value in zip(SHARES, (share.value, share.low, share.high), strict=True):
        yield f"{place}/{name}", None if share.value is None or value is None else round(10_000 * value)


def digest(said: Iterable[Line]) -> str:
    """SHA-256 (hex) of the lines; the same for the same figures on any machine."""
    text = json.dumps([list(line) for line in said], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_entries(entries: Iterable[Told]) -> str:
    """SHA-256 (hex) of which entries a report was made of."""
    named = hashlib.sha256()
    for one in entries:
        named.update(f"{one.dossier_no} {one.seq} {one.at.isoformat()} {one.what}\n".encode())
    return named.hexdigest()


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that differs; None where there was, or is, no such line or no value."""

    place: str
    before: int | None
    after: int | None


def differences(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """The lines in which two reports differ, in the order of the first, new ones behind."""
    was, now = dict(before), dict(after)
    places = [*was, *(place for place in now if place not in was)]
    return [
        Difference(place, was.get(place), now.get(place))
        for place in places
        if (place in was) != (place in now) or was.get(place) != now.get(place)
    ]


def as_known_later(cases: Iterable[Case], as_of: datetime) -> list[Case]:
    """Clocks as they are known now to have stood at `as_of`: what happened after it has not, what was told later of
    before it has.
    """
    return [
        case._replace(met_at=None) if case.met_at is not None and case.met_at > as_of else case
        for case in cases
        if case.started_at <= as_of
    ]


def plain(asked: Asked, step: Step, agencies: Iterable[int]) -> dict[str, Json]:
    """What was asked for, as it is stored; `read` gives it back."""
    return {
        "version": VERSION,
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "lane": None if asked.lane is None else [*asked.lane],
        "courier": asked.courier,
        "agency": asked.agency,
        "leg": asked.leg,
        "step": step.value,
        "agencies": [*sorted(agencies)],
    }


def read(stored: Mapping[str, Json]) -> tuple[Asked, Step]:
    """What was asked for, from how it is stored."""
    lane, agency = stored["lane"], stored["agency"]
    ends = tuple(one for one in lane if isinstance(one, int)) if isinstance(lane, list) else ()
    return Asked(
        date.fromisoformat(str(stored["since"])),
        date.fromisoformat(str(stored["until"])),
        (ends[0], ends[1]) if len(ends) == 2 else None,
        str(stored["courier"]),
        agency if isinstance(agency, int) else None,
        str(stored["leg"]),
    ), Step(str(stored["step"]))


def plain_trouble(one: Trouble) -> list[Json]:
    """A thing that no ledger tells, as it is stored; `read_trouble` gives it back."""
    return [one.kind.value, *one[1:-1], one.since.isoformat()]


def read_trouble(stored: Sequence[Json]) -> Trouble:
    """A thing that was stored with a report."""
    kind, no, ref, sender, receiver, owner, courier, leg, since = stored
    ends = [one for one in (sender, receiver, owner) if isinstance(one, int)]
    at = datetime.fromisoformat(str(since))
    return Trouble(Kind(str(kind)), str(no), str(ref), ends[0], ends[1], ends[2], str(courier), str(leg), at)
