"""One timeline of a dossier: what our people did, what the courier said, what the system noted; newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _

from couriers.contract import Milestone
from logistics.rules import regions, repeats, stages
from logistics.rules.reading import Meanings, read
from logistics.rules.repeats import Told
from logistics.store.find import Whole
from logistics.tables import LedgerEntry, Tracking
from logistics.terms import DiscrepancyKind
from logistics.web.dossier.telling import Detail, Teller, details
from logistics.web.dossier.wording import ENTRIES, MILESTONES, REASONS, TROUBLE, entry_name
from logistics.web.naming import who_acted

PERSON, COURIER, SYSTEM = "person", "courier", "system"

_KIND_OF_LINE = (
    DiscrepancyKind.MISSING,
    DiscrepancyKind.WRONG,
    DiscrepancyKind.DAMAGED,
    DiscrepancyKind.ILLEGIBLE,
)

TOLD_OTHERWISE = frozenset({"tracking:arrived", "consignment:moved", "consignment:picked_up", "consignment:delivered"})
"""Entries that repeat what the courier's own statement says; the ledger page has them."""

QUIET = frozenset(
    {"deadline:started", "deadline:met", "deadline:reopened", "consignment:checked", "discrepancy:notified"}
)
"""Entries of the clocks: the bars show them."""

HEADS = (
    "original:hand_back_corrected",
    "dossier:opened",
    "dossier:decided",
    "dossier:closed",
    "consignment:received",
    "original:recounted",
    "original:counted",
    "consignment:sealed",
    "consignment:dispatched",
    "original:listed",
    "discrepancy:settled",
)
"""Which entry of an act names it; else its first one."""

COUNTED = frozenset({"original:handed_over", *(f"discrepancy:{kind.value}" for kind in _KIND_OF_LINE)})
UNSAID = {
    "original:listed": frozenset({"original:handed_over"}),
    "consignment:received": COUNTED,
    "original:counted": COUNTED,
    "original:recounted": frozenset({"original:handed_over"}),
    "original:hand_back_corrected": frozenset({"original:handed_over"}),
    "dossier:closed": frozenset({"dossier:acknowledged"}),
    "paper:made": frozenset({"paper:opened_for_print"}),
}
"""What goes without saying beside an act's own name."""

MERGED = frozenset({"original:listed", "original:packed", "paper:made"})
MERGED_WITHIN = timedelta(minutes=30)
LATE_WORD = timedelta(hours=1)
"""How long after it happened a courier's word may reach us before the page says so."""


@dataclass(frozen=True)
class Again:
    """The same scan told once more: by whom, when, in which words. `beside`: by another account than the carrier's."""

    at: datetime
    who: str
    words: str
    place: str
    code: str
    source: str
    beside: bool


@dataclass(frozen=True)
class Moment:
    """One act or statement. For the courier's: `words` are its own, `code` its own code, `source` push or poll;
    `region` the place by its full name where the courier's words leave no doubt, `version` of the decision that gave
    its code a meaning (0: none was needed), `again` the same scan in other words. `beside`: an aggregator's word.
    `withdrawn`: the courier took it back later.
    """

    at: datetime
    kind: str
    title: str
    state: str
    who: str
    agency: str = ""
    details: tuple[Detail, ...] = ()
    words: str = ""
    place: str = ""
    code: str = ""
    source: str = ""
    told_at: datetime | None = None
    unrecognised: bool = False
    what: str = ""
    region: str = ""
    version: int = 0
    again: tuple[Again, ...] = ()
    beside: bool = False
    withdrawn: bool = False


def timeline(whole: Whole, names: Mapping[str, str] | None = None) -> list[Moment]:
    """Everything that happened, newest first; each scan once. `names`: what people call each courier."""
    told = [*_statements(whole, names or {}), *_acts(whole)]
    return [moment for _place, moment in sorted(enumerate(told), key=lambda one: (one[1].at, one[0]), reverse=True)]


def narrowed(moments: Sequence[Moment], source: str, oldest_first: bool) -> list[Moment]:
    """What one source said, or all ("" for any), in the order asked for."""
    found = [one for one in moments if source in ("", one.kind)]
    return found[::-1] if oldest_first else found


def _acts(whole: Whole) -> list[Moment]:
    teller = Teller(whole)
    found: list[Moment] = []
    for act in _grouped(whole.entries):
        moment = _act(teller, act)
        if found and _continues(found[-1], moment):
            found[-1] = replace(found[-1], at=moment.at, details=found[-1].details + moment.details)
        else:
            found.append(moment)
    return found


def _grouped(entries: Sequence[LedgerEntry]) -> Iterator[list[LedgerEntry]]:
    """Entries of one act stand together: same command, or same actor at the same instant."""
    group: list[LedgerEntry] = []
    for entry in entries:
        if entry.what in TOLD_OTHERWISE or entry.what in QUIET:
            continue
        if group and not _same_act(group[-1], entry):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _same_act(one: LedgerEntry, other: LedgerEntry) -> bool:
    if one.command_id or other.command_id:
        return one.command_id == other.command_id and one.actor == other.actor
    return one.actor == other.actor and one.at == other.at


def _act(teller: Teller, entries: Sequence[LedgerEntry]) -> Moment:
    head = next((one for what in HEADS for one in entries if one.what == what), entries[0])
    unsaid = UNSAID.get(head.what, frozenset())
    said = details(teller, [one for one in entries if one.what not in unsaid])
    named = {one.what for one in entries if one.what != head.what and one.what not in unsaid and one.what in ENTRIES}
    bare = [Detail(entry_name(what)) for what in sorted(named & {"dossier:complete"})]
    kind = {"officer": PERSON, "client": PERSON, "courier": COURIER}.get(head.actor.partition(":")[0], SYSTEM)
    return Moment(
        at=head.at,
        kind=kind,
        title=entry_name(head.what),
        state=_worst([*said, *bare]),
        who="" if kind == SYSTEM else who_acted(head.actor, head.actor_name),
        agency=teller.agency(head.agency) if kind == PERSON else "",
        details=(*said, *bare),
        what=head.what,
    )


def _worst(said: Sequence[Detail]) -> str:
    return next((state for state in ("late", "attention") if any(one.state == state for one in said)), "quiet")


def _continues(before: Moment, moment: Moment) -> bool:
    return (
        before.what == moment.what
        and moment.what in MERGED
        and before.who == moment.who
        and moment.at - before.at <= MERGED_WITHIN
    )


def _statements(whole: Whole, names: Mapping[str, str]) -> Iterator[Moment]:
    meanings = Meanings(whole.mappings)
    versions = {row.id: found.version for row in whole.tracking if (found := meanings.of(row)) is not None}
    for envelope in whole.consignments:
        rows = [row for row in whole.tracking if row.consignment_id == envelope.id]
        stands = {row.natural_key for row in stages.standing(rows)}
        for told in repeats.beside(read(rows, meanings), envelope.courier):
            made = _statement(whole, told, envelope.courier, versions.get(told.head.id, 0), names)
            gone = told.head.voids is None and told.head.natural_key not in stands
            yield replace(made, withdrawn=True, state="attention") if gone else made


def _statement(whole: Whole, told: Told, carrier: str, version: int, names: Mapping[str, str]) -> Moment:
    """What the courier said, in its own words; what says the same again stands behind it."""
    row = told.head
    return Moment(
        at=row.happened_at,
        kind=COURIER,
        title=_title(row),
        state="late" if row.milestone is Milestone.LOST else "attention" if row.milestone in TROUBLE else "moving",
        who=names.get(row.courier, row.courier.upper()),
        details=_envelope(whole, row),
        words=row.text,
        place=row.place,
        code=row.code,
        source=row.source,
        told_at=row.received_at if row.received_at - row.happened_at > LATE_WORD else None,
        unrecognised=row.milestone is Milestone.UNRECOGNISED,
        region=_region(row),
        version=version,
        again=tuple(_again(one, carrier, names) for one in told.again),
        beside=row.courier != carrier,
    )


def _title(row: Tracking) -> str:
    title = str(MILESTONES[row.milestone])
    if row.reason is None:
        return title
    return str(_("%(what)s：%(reason)s", what=title, reason=REASONS[row.reason]))


def _region(row: Tracking) -> str:
    """The region's full name where it says more than the courier's own word for the place."""
    name = regions.full_name(row.region_code) if row.region_code else ""
    return "" if name in row.place else name


def _again(row: Tracking, carrier: str, names: Mapping[str, str]) -> Again:
    who = names.get(row.courier, row.courier.upper())
    return Again(row.happened_at, who, row.text, row.place, row.code, row.source, row.courier != carrier)


def _envelope(whole: Whole, row: Tracking) -> tuple[Detail, ...]:
    """Which envelope is meant, where there is more than one."""
    if len(whole.consignments) < 2:
        return ()
    seq = next(one.seq for one in whole.consignments if one.id == row.consignment_id)
    return (Detail(_("第 %(seq)s 封", seq=seq)),)
