"""Each thing that must hold: a sound dossier shows nothing, and each break of it is found by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from couriers.contract import Milestone
from logistics.rules import chain
from logistics.rules.custody import hand_over
from logistics.rules.invariants import Snapshot, Violation, check
from logistics.tables import Errand, LedgerEntry, Rung
from logistics.terms import DiscrepancyKind, ErrandKind, Outcome, Resolution, Stage
from tests.rules.rows import (
    COUNTER,
    NO,
    at,
    consignment,
    custody_of,
    deadline,
    discrepancy,
    dossier,
    event,
    line,
    original,
    stored,
    taken_in,
)

NOW = at(100)


def entries(*facts: tuple[str, dict[str, chain.JSON]]) -> list[LedgerEntry]:
    rows: list[LedgerEntry] = []
    prev = chain.genesis(NO)
    for seq, (what, data) in enumerate(facts, start=1):
        made = chain.link(
            prev,
            dossier_no=NO,
            seq=seq,
            at=at(seq),
            actor="officer:11",
            actor_name="韩松",
            agency="咸宁市",
            what=what,
            why="",
            facts=data,
        )
        prev = made.hash
        rows.append(
            LedgerEntry(
                id=seq,
                dossier_id=1,
                seq=seq,
                at=made.at,
                actor=made.actor,
                actor_name=made.actor_name,
                agency=made.agency,
                what=what,
                why="",
                facts=data,
                prev_hash=made.prev_hash,
                hash=made.hash,
            )
        )
    return rows


def rung(name: str = "due", hours: float = 24, number: int = 1, fired: float | None = 24, **changes: Any) -> Rung:
    facts: dict[str, Any] = {
        "id": number,
        "dossier_id": 1,
        "deadline_id": 1,
        "seq": number,
        "name": name,
        "kind": "due",
        "audience": "owner",
        "fires_at": at(hours),
        "fired_at": None if fired is None else at(fired),
    }
    return Rung(**{**facts, **changes})


def errand(key: str = "book:1", **changes: Any) -> Errand:
    facts: dict[str, Any] = {
        "kind": ErrandKind.BOOK,
        "key": key,
        "payload": {},
        "created_at": at(1),
        "due_at": at(1),
        "done_at": at(2),
    }
    return Errand(**{**facts, **changes})


def sound() -> Snapshot:
    """Two originals arrived by one envelope, one is still missing; one clock was missed and chased, then met late."""
    envelope = consignment(1, Stage.RECEIVED)
    lines = [
        line(envelope, number, number, outcome=outcome, open=False)
        for number, outcome in ((1, Outcome.RECEIVED), (2, Outcome.DAMAGED), (3, Outcome.MISSING))
    ]
    links = [taken_in(number) for number in (1, 2, 3)]
    links += [custody_of(hand_over(links[i], i + 1, COUNTER, "receipt", envelope.id), at(30)) for i in (0, 1)]
    return Snapshot(
        dossier=dossier(),
        originals=[original(number) for number in (1, 2, 3)],
        consignments=[envelope, consignment(2, Stage.ON_THE_WAY)],
        packed=[*lines, line(consignment(2), 3, 1)],
        custody=links,
        tracking=[stored(replace(event(Milestone.PICKED_UP, 40), waybill_no="1178000000002"), consignment(2))],
        discrepancies=[discrepancy(consignment_id=envelope.id, original_id=3)],
        deadlines=[deadline(met_at=at(60))],
        rungs=[rung(), rung("late", 48, 2, fired=48.1), rung("later", 72, 3, fired=None, dropped_at=at(60))],
        entries=entries(("dossier:opened", {}), ("original:listed", {"seq": 1})),
        errands=[
            errand(),
            errand("book:2", done_at=None, parked_at=at(3)),
            errand("book:3", done_at=None, due_at=at(99.5)),
        ],
    )


def rules(snapshot: Snapshot) -> set[str]:
    found = check(snapshot, NOW, timedelta(hours=1))
    assert all(isinstance(one, Violation) and one.subject and one.zh for one in found)
    return {one.rule for one in found}


def test_a_sound_dossier_shows_nothing() -> None:
    assert check(sound(), NOW) == []
    assert check(Snapshot(dossier()), NOW) == []


Break = Callable[[Snapshot], object]


def _set(rows: str, index: int, **changes: object) -> Break:
    def apply(snapshot: Snapshot) -> None:
        for name, value in changes.items():
            setattr(getattr(snapshot, rows)[index], name, value)

    return apply


def _drop(rows: str, index: int) -> Break:
    return lambda snapshot: getattr(snapshot, rows).pop(index)


def _add(rows: str, row: object) -> Break:
    return lambda snapshot: getattr(snapshot, rows).append(row)


BREAKS: dict[str, tuple[str, Break]] = {
    "an original without a holder": ("one_holder", _drop("custody", 2)),
    "a link taken out": ("one_holder", _drop("custody", 0)),
    "a link forged": ("one_holder", _set("custody", 3, from_officer_id=99)),
    "custody of nothing": ("one_holder", _drop("originals", 2)),
    "a count before the opening": ("balance", _set("consignments", 0, stage=Stage.BOOKED)),
    "a missing original whose custody passed": ("balance", _set("packed", 0, outcome=Outcome.MISSING)),
    "two open envelopes": ("one_envelope", _set("packed", 2, open=True)),
    "a counted line that still binds": ("one_envelope", _set("packed", 0, open=True)),
    "a voided envelope that still binds": ("one_envelope", _set("consignments", 1, stage=Stage.VOIDED)),
    "no seal": ("sealed", _set("consignments", 1, seal_no="")),
    "no frozen list": ("sealed", _set("consignments", 1, manifest_sha256="")),
    "nothing inside": ("sealed", _drop("packed", 3)),
    "a stage the courier never said": ("stage", _set("consignments", 1, stage=Stage.DELIVERED)),
    "a stage the courier took further": ("stage", _set("tracking", 0, milestone=Milestone.DELIVERED)),
    "one waybill twice": ("waybill", _set("consignments", 1, waybill_no=consignment(1).waybill_no)),
    "another waybill's event": ("waybill", _set("tracking", 0, waybill_no="1178099999999")),
    "a missing original nobody was told of": ("discrepancy", _drop("discrepancies", 0)),
    "half a settlement": ("discrepancy", _set("discrepancies", 0, resolution=Resolution.FOUND)),
    "another kind of difference": ("discrepancy", _set("discrepancies", 0, kind=DiscrepancyKind.SEAL)),
    "a rung that never fired": ("deadline", _set("rungs", 1, fired_at=None)),
    "a missed clock without a ladder": ("deadline", lambda snapshot: snapshot.rungs.clear()),  # type: ignore[attr-defined]
    "a waiver without a reason": ("deadline", _set("deadlines", 0, waived_at=at(3), waived_by=11)),
    "a waiver without a name": ("deadline", _set("deadlines", 0, waived_at=at(3), waiver_reason="停业")),
    "a rung twice": ("rung", _add("rungs", rung("due", 24, 9))),
    "a rung fired and dropped": ("rung", _set("rungs", 0, dropped_at=at(60))),
    "a rung before its time": ("rung", _set("rungs", 0, fired_at=at(2))),
    "an errand forgotten": ("errand", _set("errands", 0, done_at=None)),
    "an errand twice": ("errand", _add("errands", errand())),
    "an entry changed": ("chain", _set("entries", 0, why="改")),
    "an entry taken out": ("chain", _drop("entries", 0)),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_break_is_found_by_its_rule(name: str) -> None:
    rule, apply = BREAKS[name]
    snapshot = sound()
    apply(snapshot)
    assert rule in rules(snapshot)


def test_a_clock_that_still_runs_late_must_have_fired_all_rungs_that_are_due() -> None:
    running = replace(sound(), deadlines=[deadline()], rungs=[rung(), rung("later", 72, 2, fired=None)])
    assert rules(running) == {"deadline"}
    assert check(running, at(72.5), timedelta(hours=1)) == []


def test_a_clock_kept_in_time_or_waived_by_name_needs_no_rung() -> None:
    assert check(replace(sound(), deadlines=[deadline(met_at=at(20))], rungs=[]), NOW) == []
    waived = deadline(waived_at=at(30), waived_by=31, waiver_reason="台风停运")
    assert check(replace(sound(), deadlines=[waived], rungs=[]), NOW) == []


def test_a_waiver_by_the_system_is_named_by_its_ledger_entry() -> None:
    waived = deadline(waived_at=at(30), waiver_reason="起算事实已撤回")
    named = entries(("deadline:waived", {"key": "transit"}))
    assert check(replace(sound(), deadlines=[waived], rungs=[], entries=named), NOW) == []
