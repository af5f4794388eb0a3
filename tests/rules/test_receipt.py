"""Receiving: line by line, partly, wrongly, in whatever order; the count and the holder always hold."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from logistics.decision import Decision, Holder
from logistics.errors import Rejected
from logistics.rules.custody import accepted_by, chain_faults, hand_over, same_holder
from logistics.rules.receipt import ABSENT, PRESENT, Balance, Extra, Finding, MissingLine, balance, correct, receive
from logistics.tables import Consignment, Custody, Packed
from logistics.terms import DiscrepancyKind, Outcome, Resolution, Stage
from tests.rules.rows import COUNTER, OFFICE, WINDOW, consignment, custody_of, line, original, taken_in

Kind, Found = DiscrepancyKind, Outcome


def refused(rule_name: str) -> AbstractContextManager[object]:
    return pytest.raises(
        Rejected, check=lambda no: no.rule == rule_name and no.zh.endswith("。") and no.en.endswith(".")
    )


@dataclass
class Desk:
    """An envelope with three originals as it lies before the receiver."""

    envelope: Consignment = field(default_factory=lambda: consignment(1, Stage.DELIVERED))
    lines: list[Packed] = field(default_factory=list)
    custody: dict[int, Custody] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = self.lines or [line(self.envelope, number, number) for number in (1, 2, 3)]
        self.custody = self.custody or {one.original_id: taken_in(one.original_id) for one in self.lines}

    def receive(
        self,
        *outcomes: Outcome | None,
        seal: str | None = None,
        by: Holder = COUNTER,
        elsewhere: dict[int, MissingLine] | None = None,
        extras: tuple[Extra, ...] = (),
        empty: bool = False,
    ) -> Decision:
        found = [Finding(one.id or 0, outcome) for one, outcome in zip(self.lines, outcomes, strict=False) if outcome]
        seal = self.envelope.seal_no if seal is None else seal
        return receive(self.envelope, self.lines, found, seal, self.custody, by, elsewhere or {}, extras, empty)


def kinds(decision: Decision) -> list[DiscrepancyKind]:
    return [one.kind for one in decision.discrepancies]


def outcomes(decision: Decision) -> dict[int, Outcome]:
    return {check.packed_id: check.outcome for check in decision.checks}


def test_all_found_and_intact_moves_every_original_to_the_receiver() -> None:
    desk = Desk()
    decision = desk.receive(Found.RECEIVED, Found.RECEIVED, Found.RECEIVED)
    assert decision.stage is Stage.RECEIVED
    assert decision.discrepancies == ()
    assert [(one.original_id, one.released_by, one.accepted_by, one.basis) for one in decision.handovers] == [
        (number, WINDOW, COUNTER, "签收核验") for number in (1, 2, 3)
    ]
    assert {one.manifest_sha256 for one in decision.handovers} == {desk.envelope.manifest_sha256}
    assert [fact.what for fact in decision.facts] == [
        "consignment:received",
        *["original:counted"] * 3,
        "consignment:checked",
    ]


@pytest.mark.parametrize("outcome", sorted(PRESENT | ABSENT))
def test_custody_moves_exactly_for_what_is_there_and_what_is_amiss_is_opened(outcome: Outcome) -> None:
    desk = Desk()
    decision = desk.receive(outcome)
    assert bool(decision.handovers) is (outcome in PRESENT)
    expected = [] if outcome is Found.RECEIVED else [f"{outcome.value}:{desk.envelope.no}:1"]
    assert [one.key for one in decision.discrepancies] == expected


def test_what_was_not_counted_stays_unchecked_and_does_not_block_the_rest() -> None:
    desk = Desk()
    decision = desk.receive(Found.RECEIVED)
    assert decision.stage is Stage.RECEIVED
    assert outcomes(decision) == {desk.lines[0].id: Found.RECEIVED}
    assert "consignment:checked" not in [fact.what for fact in decision.facts]


def test_an_envelope_may_be_opened_before_anything_is_counted() -> None:
    decision = Desk().receive()
    assert (decision.stage, decision.checks, decision.handovers) == (Stage.RECEIVED, (), ())


def test_counting_goes_on_later_without_a_second_stage_or_seal() -> None:
    desk = Desk(envelope=consignment(1, Stage.RECEIVED))
    desk.lines[0].outcome = Found.RECEIVED
    decision = desk.receive(None, Found.RECEIVED, Found.DAMAGED, seal="OTHER-1")
    assert decision.stage is None
    assert kinds(decision) == [Kind.DAMAGED]
    assert [fact.what for fact in decision.facts][-1] == "consignment:checked"


def test_a_line_is_counted_once() -> None:
    desk = Desk(envelope=consignment(1, Stage.RECEIVED))
    desk.lines[0].outcome = Found.MISSING
    with refused("checked_once"):
        desk.receive(Found.RECEIVED)
    with refused("checked_once"):
        twice = [Finding(desk.lines[1].id or 0, Found.RECEIVED)] * 2
        receive(desk.envelope, desk.lines, twice, "", desk.custody, COUNTER, {}, (), False)


def test_nothing_is_left_to_count_when_all_is_counted() -> None:
    desk = Desk(envelope=consignment(1, Stage.RECEIVED))
    for one in desk.lines:
        one.outcome = Found.RECEIVED
    with refused("nothing_left"):
        desk.receive()


@pytest.mark.parametrize("outcome", [Found.UNCHECKED, Found.MOVED])
def test_unchecked_and_moved_are_no_findings(outcome: Outcome) -> None:
    with refused("finding"):
        Desk().receive(outcome)


def test_a_line_of_another_list_is_not_counted_here() -> None:
    desk = Desk()
    with refused("unknown_line"):
        receive(desk.envelope, desk.lines, [Finding(4711, Found.RECEIVED)], "", desk.custody, COUNTER, {}, (), False)


@pytest.mark.parametrize("stage", [Stage.PACKING, Stage.SEALED, Stage.BOOKING, Stage.VOIDED])
def test_what_was_never_sent_cannot_be_received(stage: Stage) -> None:
    with refused("stage"):
        Desk(envelope=consignment(1, stage)).receive(Found.RECEIVED)


@pytest.mark.parametrize("stage", [Stage.BOOKED, Stage.ON_THE_WAY, Stage.DELIVERED, Stage.RETURNED, Stage.LOST])
def test_our_count_outranks_whatever_the_courier_says(stage: Stage) -> None:
    assert Desk(envelope=consignment(1, stage)).receive(Found.RECEIVED).stage is Stage.RECEIVED


def test_a_seal_that_differs_or_is_gone_is_opened_once() -> None:
    desk = Desk()
    [other], [gone] = desk.receive(seal="XX-9999").discrepancies, desk.receive(seal=" ").discrepancies
    assert other.key == gone.key == f"seal:{desk.envelope.no}"
    assert "XX-9999" in other.note
    assert "未见封签" in gone.note
    assert desk.receive(seal=f" {desk.envelope.seal_no.lower()}\n").discrepancies == ()


def test_an_empty_envelope_misses_every_line() -> None:
    desk = Desk()
    decision = desk.receive(empty=True)
    assert set(outcomes(decision).values()) == {Found.MISSING}
    assert kinds(decision) == [Kind.MISSING] * 3 + [Kind.EMPTY]
    assert decision.handovers == ()


def test_an_empty_envelope_holds_nothing_else() -> None:
    with refused("empty"):
        Desk().receive(Found.RECEIVED, empty=True)
    with refused("empty"):
        Desk().receive(empty=True, extras=(Extra("一页纸", ""),))


def test_a_missing_original_that_follows_in_a_later_envelope_settles_the_earlier_list() -> None:
    first = line(consignment(1, Stage.RECEIVED), 2, 2, outcome=Found.MISSING)
    desk = Desk(envelope=consignment(2, Stage.DELIVERED), lines=[line(consignment(2), 2, 1)])
    decision = desk.receive(Found.RECEIVED, elsewhere={2: MissingLine(first, 55)})
    assert outcomes(decision) == {desk.lines[0].id: Found.RECEIVED, first.id: Found.MOVED}
    [settled] = decision.settlements
    assert (settled.discrepancy_id, settled.resolution) == (55, Resolution.FOLLOWED)
    assert len(decision.handovers) == 1


def test_an_original_missing_again_is_missing_on_the_later_list_only() -> None:
    first = line(consignment(1, Stage.RECEIVED), 2, 2, outcome=Found.WRONG)
    desk = Desk(envelope=consignment(2, Stage.DELIVERED), lines=[line(consignment(2), 2, 1)])
    decision = desk.receive(Found.MISSING, elsewhere={2: MissingLine(first, 55)})
    assert outcomes(decision) == {desk.lines[0].id: Found.MISSING, first.id: Found.MOVED}
    assert kinds(decision) == [Kind.MISSING]
    assert decision.settlements[0].resolution is Resolution.EXPLAINED


def test_a_missing_original_found_in_another_envelope_is_taken_over_there() -> None:
    first = line(consignment(1, Stage.RECEIVED), 9, 1, outcome=Found.MISSING)
    desk = Desk(envelope=consignment(2, Stage.DELIVERED))
    desk.custody[9] = taken_in(9)
    extra = Extra("户口簿", "夹在中间", original(9))
    decision = desk.receive(elsewhere={9: MissingLine(first, 77)}, extras=(extra,))
    assert [(one.original_id, one.consignment_id) for one in decision.handovers] == [(9, desk.envelope.id)]
    assert outcomes(decision) == {first.id: Found.MOVED}
    assert (decision.settlements[0].discrepancy_id, decision.discrepancies) == (77, ())


def test_an_unlisted_document_is_opened_and_two_alike_are_two() -> None:
    desk = Desk()
    decision = desk.receive(extras=(Extra("收据", "一张"), Extra("收据", "一张")))
    assert kinds(decision) == [Kind.EXTRA, Kind.EXTRA]
    assert len({one.key for one in decision.discrepancies}) == 2
    assert decision.handovers == ()


def test_an_unlisted_document_that_got_its_own_row_comes_from_an_unknown_source() -> None:
    decision = Desk().receive(extras=(Extra("收据", "", original(9, unlisted=True)),))
    [handover] = decision.handovers
    assert (handover.seq, handover.released_by.agency_id, handover.accepted_by) == (1, None, COUNTER)
    assert decision.discrepancies[0].original_id == 9


def test_an_original_that_came_as_an_extra_before_its_own_envelope_is_moved_there_and_not_missing() -> None:
    early = Desk(envelope=consignment(2, Stage.DELIVERED), lines=[line(consignment(2), 5, 1)])
    early.custody[1] = taken_in(1)
    came = early.receive(Found.RECEIVED, extras=(Extra("毕业证书", "", original(1)),))
    assert kinds(came) == [Kind.EXTRA]
    own = Desk()
    own.custody[1] = custody_of(next(one for one in came.handovers if one.original_id == 1))
    later = own.receive(Found.MISSING, Found.MISSING)
    assert outcomes(later) == {own.lines[0].id: Found.MOVED, own.lines[1].id: Found.MISSING}
    assert [one.original_id for one in later.discrepancies] == [2]


def test_an_original_this_agency_holds_already_is_not_counted_a_second_time() -> None:
    desk = Desk(envelope=consignment(2, Stage.DELIVERED))
    desk.custody[1] = taken_in(1, COUNTER)
    with refused("already_here"):
        desk.receive(Found.RECEIVED)
    desk.custody[9] = taken_in(9, OFFICE)
    with refused("already_here"):
        desk.receive(extras=(Extra("户口簿", "", original(9)),))


def test_a_listed_original_is_no_extra_and_no_extra_comes_twice() -> None:
    with refused("extra"):
        Desk().receive(extras=(Extra("毕业证书", "", original(1)),))
    with refused("extra"):
        Desk().receive(extras=(Extra("收据", "", original(9)), Extra("收据", "", original(9))))


def test_only_the_addressee_receives_and_the_sender_takes_back_what_went_out() -> None:
    stranger = Holder(COUNTER.kind, "路人", 9, 91)
    with refused("receiver"):
        Desk().receive(Found.RECEIVED, by=stranger)
    with refused("receiver"):
        Desk(envelope=consignment(1, Stage.BOOKED)).receive(Found.RECEIVED, by=WINDOW)
    back = Desk(envelope=consignment(1, Stage.RETURNED)).receive(Found.RECEIVED, Found.MISSING, by=WINDOW)
    assert back.handovers == ()  # the sender answered all along: nothing passes
    assert kinds(back) == [Kind.MISSING]
    assert "consignment:received" not in [fact.what for fact in back.facts]
    assert back.facts[0].what == "consignment:taken_back"


def test_a_missing_line_that_turns_up_in_the_same_envelope_is_corrected_as_found() -> None:
    desk = Desk(envelope=consignment(1, Stage.RECEIVED))
    desk.lines[0].outcome = Found.MISSING
    decision = correct(desk.envelope, desk.lines[0], 31, desk.custody[1], COUNTER, "夹在封套内层")
    assert outcomes(decision) == {desk.lines[0].id: Found.RECEIVED}
    assert decision.handovers[0].accepted_by == COUNTER
    assert (decision.settlements[0].discrepancy_id, decision.settlements[0].resolution) == (31, Resolution.FOUND)
    assert decision.stage is None


def test_only_an_absent_line_of_a_received_envelope_is_corrected() -> None:
    desk = Desk(envelope=consignment(1, Stage.RECEIVED))
    for outcome in set(Found) - ABSENT:
        desk.lines[0].outcome = outcome
        with refused("correction"):
            correct(desk.envelope, desk.lines[0], 31, desk.custody[1], COUNTER, "")
    unopened = Desk()
    unopened.lines[0].outcome = Found.MISSING
    with refused("correction"):
        correct(unopened.envelope, unopened.lines[0], 31, unopened.custody[1], COUNTER, "")
    with refused("correction"):
        correct(
            desk.envelope,
            line(desk.envelope, 1, 1, outcome=Found.MISSING),
            31,
            desk.custody[1],
            COUNTER,
            "",
            Found.WRONG,
        )


def test_the_count_knows_every_outcome() -> None:
    lines = [line(consignment(), number, number, outcome=outcome) for number, outcome in enumerate(Found, start=1)]
    assert balance(lines) == Balance(listed=7, received=3, missing=2, moved=1, unchecked=1)
    assert balance([]) == Balance(0, 0, 0, 0, 0)


class Receivings(RuleBasedStateMachine):
    """A sender packs six originals into envelopes as the open ones allow; the receiver counts at random."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: dict[int, Consignment] = {}
        self.lines: dict[int, Packed] = {}
        self.chains: dict[int, list[Custody]] = {number: [taken_in(number)] for number in range(1, 7)}
        self.open: dict[str, tuple[int, int]] = {}  # key of an open discrepancy: (its id, original)
        self.settled: set[int] = set()
        self.next_id = 0

    def _packable(self) -> list[int]:
        busy = {one.original_id for one in self.lines.values() if one.open}
        return [number for number, chain in self.chains.items() if chain[-1].to_agency_id == 1 and number not in busy]

    @precondition(lambda self: self._packable() and len(self.envelopes) < 6)
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        number = len(self.envelopes) + 1
        packed = data.draw(st.lists(st.sampled_from(self._packable()), min_size=1, unique=True))
        envelope = consignment(number, data.draw(st.sampled_from([Stage.BOOKED, Stage.DELIVERED, Stage.LOST])))
        self.envelopes[envelope.id or 0] = envelope
        for seq, original_id in enumerate(packed, start=1):
            one = line(envelope, original_id, seq)
            self.lines[one.id or 0] = one

    @precondition(lambda self: self.envelopes)
    @rule(data=st.data())
    def count_some(self, data: st.DataObject) -> None:
        envelope = data.draw(st.sampled_from(list(self.envelopes.values())))
        lines = self._of(envelope)
        found = data.draw(
            st.lists(
                st.builds(
                    Finding, st.sampled_from([one.id or 0 for one in lines]), st.sampled_from(sorted(PRESENT | ABSENT))
                ),
                max_size=4,
            )
        )
        self._receive(envelope, found, self._extras(envelope, data), data.draw(st.booleans()) and not found)

    @precondition(lambda self: any(one.outcome in ABSENT for one in self.lines.values()))
    @rule(data=st.data(), outcome=st.sampled_from(sorted(Found)))
    def correct_one(self, data: st.DataObject, outcome: Outcome) -> None:
        one = data.draw(st.sampled_from([one for one in self.lines.values() if one.outcome in ABSENT]))
        envelope = self.envelopes[one.consignment_id]
        discrepancy_id, _ = self.open[f"{one.outcome.value}:{envelope.no}:{one.original_id}"]
        last = self.chains[one.original_id][-1]
        try:
            decision = correct(envelope, one, discrepancy_id, last, COUNTER, "找到", outcome)
        except Rejected:
            assert outcome not in PRESENT
            return
        self._carry_out(envelope, decision)

    @rule(original_id=st.integers(1, 6))
    def pass_on_inside_the_authority(self, original_id: int) -> None:
        last = self.chains[original_id][-1]
        if last.to_agency_id != 2 or same_holder(accepted_by(last), OFFICE):
            return
        link = custody_of(hand_over(last, original_id, OFFICE, "送审"))
        self.chains[original_id].append(link)

    def _of(self, envelope: Consignment) -> list[Packed]:
        return [one for one in self.lines.values() if one.consignment_id == envelope.id]

    def _extras(self, envelope: Consignment, data: st.DataObject) -> list[Extra]:
        here = {one.original_id for one in self._of(envelope)}
        with_sender = [number for number, chain in self.chains.items() if chain[-1].to_agency_id == 1]
        strays = data.draw(
            st.lists(st.sampled_from(with_sender), unique=True, max_size=2) if with_sender else st.just([])
        )
        return [Extra("多件", "", original(number)) for number in strays if number not in here]

    def _missing_elsewhere(self) -> dict[int, MissingLine]:
        return {
            one.original_id: MissingLine(
                one, self.open[f"{one.outcome.value}:{self.envelopes[one.consignment_id].no}:{one.original_id}"][0]
            )
            for one in self.lines.values()
            if one.outcome in ABSENT
        }

    def _receive(self, envelope: Consignment, found: list[Finding], extras: list[Extra], empty: bool) -> None:
        before = self._picture()
        custody = {number: chain[-1] for number, chain in self.chains.items()}
        lines = self._of(envelope)
        elsewhere = self._missing_elsewhere()
        try:
            decision = receive(envelope, lines, found, envelope.seal_no, custody, COUNTER, elsewhere, extras, empty)
        except Rejected:
            assert self._picture() == before
            return
        self._carry_out(envelope, decision)

    def _picture(self) -> tuple[object, ...]:
        return (
            {key: one.stage for key, one in self.envelopes.items()},
            {key: (one.outcome, one.open) for key, one in self.lines.items()},
            {key: len(chain) for key, chain in self.chains.items()},
        )

    def _carry_out(self, envelope: Consignment, decision: Decision) -> None:
        """What the unit of work does with a decision."""
        envelope.stage = decision.stage or envelope.stage
        for check in decision.checks:
            one = self.lines[check.packed_id]
            assert one.original_id == check.original_id
            one.outcome, one.open = check.outcome, False
        for handover in decision.handovers:
            self.chains[handover.original_id].append(custody_of(handover))
        for new in decision.discrepancies:
            assert new.key not in self.open, "a difference is opened once"
            self.next_id += 1
            self.open[new.key] = (self.next_id, new.original_id or 0)
        for settlement in decision.settlements:
            assert settlement.discrepancy_id not in self.settled, "a difference is settled once"
            self.settled.add(settlement.discrepancy_id)

    @invariant()
    def every_list_balances(self) -> None:
        for envelope in self.envelopes.values():
            lines = self._of(envelope)
            count = balance(lines)
            assert count.listed == len(lines) == count.received + count.missing + count.moved + count.unchecked
            assert envelope.stage is Stage.RECEIVED or count.unchecked == count.listed

    @invariant()
    def every_original_has_one_holder_and_a_chain_that_joins(self) -> None:
        assert all(chain_faults(chain) == [] for chain in self.chains.values())

    @invariant()
    def an_original_is_present_on_one_list_at_most_and_then_with_the_receiver(self) -> None:
        for number, chain in self.chains.items():
            present = [one for one in self.lines.values() if one.original_id == number and one.outcome in PRESENT]
            assert len(present) <= 1
            assert not present or chain[-1].to_agency_id == 2

    @invariant()
    def what_is_missing_is_missing_on_one_list_with_the_sender_and_with_an_open_difference(self) -> None:
        for number, chain in self.chains.items():
            absent = [one for one in self.lines.values() if one.original_id == number and one.outcome in ABSENT]
            assert len(absent) <= 1
            for one in absent:
                assert chain[-1].to_agency_id == 1
                key = f"{one.outcome.value}:{self.envelopes[one.consignment_id].no}:{number}"
                assert self.open[key][0] not in self.settled


TestReceivings = Receivings.TestCase
TestReceivings.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
