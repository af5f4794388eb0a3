"""Clocks and troubles as the ledger tells them: what stood at a moment, from the entries recorded until then.

A ledger is never changed, so what is read from it for a moment of the past is the same whenever it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from logistics.decision import Json
from logistics.rules.figures import CARRIED, Case
from logistics.rules.policies import Leg
from logistics.rules.troubles import Kind, Trouble
from logistics.terms import Direction, DiscrepancyKind, Stage

CLOCK_FACTS = frozenset(
    f"deadline:{verb}"
    for verb in ("started", "met", "met_late", "waived", "reopened", "recomputed", "paused", "resumed")
)
DIFFERENCES = frozenset(
    f"discrepancy:{kind.value}"
    for kind in (DiscrepancyKind.SILENT, DiscrepancyKind.DELIVERY_DISPUTED, DiscrepancyKind.LOST)
)
WAY_FACTS = frozenset(
    f"consignment:{verb}" for verb in ("started", "dispatched", "moved", "received", "taken_back", "voided")
)
FACTS = CLOCK_FACTS | DIFFERENCES | WAY_FACTS | {"discrepancy:settled"}
"""The only entries that figures are made of."""


class Told(NamedTuple):
    """One entry of a dossier's ledger; `at` is when it was recorded."""

    dossier_no: str
    sender_id: int
    receiver_id: int
    seq: int
    at: datetime
    what: str
    facts: Mapping[str, Json]


@dataclass(slots=True)
class _Envelope:
    courier: str = ""
    direction: str = Direction.OUTBOUND.value
    stage: str = Stage.PACKING.value


@dataclass(slots=True)
class _Clock:
    leg: str
    owner_id: int
    started_at: datetime
    due_at: datetime
    met_at: datetime | None = None
    waived: bool = False
    paused: bool = False


@dataclass(slots=True)
class _Dossier:
    sender_id: int
    receiver_id: int
    clocks: dict[str, _Clock] = field(default_factory=dict)
    envelopes: dict[str, _Envelope] = field(default_factory=dict)
    open: dict[str, tuple[DiscrepancyKind, datetime]] = field(default_factory=dict)

    def envelope(self, no: str) -> _Envelope:
        return self.envelopes.setdefault(no, _Envelope())


def until(entries: Iterable[Told], as_of: datetime) -> list[Told]:
    """Of each dossier the entries before the first that was recorded after `as_of`: a chain is read from its beginning
    and never with a gap, even where two clocks disagree by a moment. The entries of a dossier come in its order.
    """
    later: set[str] = set()
    found: list[Told] = []
    for entry in entries:
        if entry.at > as_of:
            later.add(entry.dossier_no)
        elif entry.dossier_no not in later:
            found.append(entry)
    return found


def read(entries: Iterable[Told], as_of: datetime) -> tuple[list[Case], list[Trouble]]:
    """The clocks and the troubles (late, silent, disputed) as they stood at `as_of`; later entries are not read."""
    found: dict[str, _Dossier] = {}
    for entry in until(entries, as_of):
        if entry.what in FACTS:
            one = found.get(entry.dossier_no)
            if one is None:
                one = found[entry.dossier_no] = _Dossier(entry.sender_id, entry.receiver_id)
            _take_in(one, entry)
    cases = [case for no, one in found.items() for case in _cases(no, one)]
    troubles = [trouble for no, one in found.items() for trouble in _troubles(no, one, as_of)]
    return cases, troubles


def _take_in(one: _Dossier, entry: Told) -> None:
    if entry.what in CLOCK_FACTS:
        _clock(one, entry)
    elif entry.what in WAY_FACTS:
        _way(one, entry)
    elif entry.what == "discrepancy:settled":
        one.open.pop(str(entry.facts["key"]), None)
    else:
        one.open[str(entry.facts["key"])] = DiscrepancyKind(entry.what.partition(":")[2]), entry.at


def _clock(one: _Dossier, entry: Told) -> None:
    facts, key = entry.facts, str(entry.facts["key"])
    if entry.what == "deadline:started":
        owner = facts["owner"]
        assert isinstance(owner, int), "an owner is an agency's id"
        one.clocks[key] = _Clock(str(facts["leg"]), owner, _at(facts["started_at"]), _at(facts["due_at"]))
        return
    clock = one.clocks[key]
    match entry.what.partition(":")[2]:
        case "met" | "met_late":
            clock.met_at, clock.due_at, clock.paused = _at(facts["met_at"]), _at(facts["due_at"]), False
        case "waived":
            clock.waived = True
        case "reopened":
            clock.met_at = None
        case "recomputed":
            clock.due_at = _at(facts["due_at"])
            clock.started_at = _at(facts["started_at"]) if facts.get("started_at") else clock.started_at
            clock.met_at = _at(facts["met_at"]) if facts.get("met_at") else clock.met_at
        case "paused":
            clock.paused = True
        case "resumed":
            clock.paused = False


def _way(one: _Dossier, entry: Told) -> None:
    envelope = one.envelope(str(entry.facts["consignment"]))
    match entry.what.partition(":")[2]:
        case "started":
            envelope.direction = str(entry.facts["direction"])
        case "dispatched":
            envelope.courier, envelope.stage = str(entry.facts["courier"]), Stage.BOOKING.value
        case "moved":
            envelope.stage = str(entry.facts["to"])
        case "voided":
            envelope.stage = Stage.VOIDED.value
        case _:
            envelope.stage = Stage.RECEIVED.value


def _at(value: Json) -> datetime:
    return datetime.fromisoformat(str(value))


def _no_of(key: str) -> str:
    """The envelope a clock's key names, "" where it names none: the legs that each envelope has carry its number."""
    return key.partition("#")[0].partition("/")[2]


def _cases(no: str, one: _Dossier) -> Iterable[Case]:
    for key, clock in one.clocks.items():
        envelope = one.envelopes.get(_no_of(key)) if clock.leg in CARRIED else None
        yield Case(
            no, key, clock.leg, one.sender_id, one.receiver_id, clock.owner_id, envelope.courier if envelope else "",
            clock.started_at, clock.due_at, clock.met_at, clock.waived, clock.paused,
        )  # fmt: skip


def _troubles(no: str, one: _Dossier, as_of: datetime) -> Iterable[Trouble]:
    lane = one.sender_id, one.receiver_id
    late = [case for case in _cases(no, one) if _is_late(case, as_of)]
    for case in late:
        yield Trouble(Kind.LATE, no, case.key, *lane, case.owner_id, case.courier, case.leg, case.due_at)
    disputed: dict[str, datetime] = {}
    for key, (kind, at) in one.open.items():
        envelope_no = key.split(":")[1]
        envelope = one.envelope(envelope_no)
        if kind is DiscrepancyKind.SILENT:
            owner = lane[0] if envelope.direction == Direction.OUTBOUND.value else lane[1]
            yield Trouble(Kind.SILENT, no, envelope_no, *lane, owner, envelope.courier, "", at)
        else:
            disputed[envelope_no] = min(at, disputed.get(envelope_no, at))
    for case in late:
        envelope_no = _no_of(case.key)
        if case.leg == Leg.DELIVERED_TO_RECEIVED.value and one.envelope(envelope_no).stage == Stage.DELIVERED.value:
            disputed.setdefault(envelope_no, case.due_at)
    for envelope_no, since in disputed.items():
        envelope = one.envelope(envelope_no)
        owner = lane[1] if envelope.direction == Direction.OUTBOUND.value else lane[0]
        yield Trouble(Kind.DISPUTED, no, envelope_no, *lane, owner, envelope.courier, "", since)


def _is_late(case: Case, as_of: datetime) -> bool:
    return not (case.met_at or case.waived or case.paused) and case.due_at < as_of
