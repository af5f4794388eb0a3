"""Who may take originals at the counter, and how a hand-over is corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from logistics.actor import Actor
from logistics.decision import Decision
from logistics.errors import Malformed, NotAllowed, Rejected
from logistics.rules import custody
from logistics.rules.handing_back import (
    AGENT,
    APPLICANT,
    MANDATED,
    Correction,
    basis,
    correct,
    handed_back,
    reopening,
    round_of,
    told,
    who,
)
from logistics.rules.workdays import china_date
from logistics.tables import Custody, LedgerEntry
from logistics.terms import Role
from tests.rules import rows

LIN = Actor("officer:12", "林秀芳", agency_id=1, officer_id=12, roles=frozenset({Role.WINDOW}), agencies=(1,))
HAN = replace(LIN, id="officer:11", name="韩松", officer_id=11)
WU = Actor("officer:13", "吴建平", agency_id=5, officer_id=13, roles=frozenset({Role.MANAGER}), agencies=(5, 1))
ELSEWHERE = replace(WU, id="officer:31", agency_id=2, agencies=(2,))


@pytest.mark.parametrize("person", [APPLICANT, AGENT])
@pytest.mark.parametrize("by_agent", [True, False])
def test_a_document_on_file_says_who_it_is_whatever_was_ticked(person: str, by_agent: bool) -> None:
    assert who(True, person, by_agent, "", False) == person
    assert "与登记一致" in basis(person, True, True)


def test_without_a_reader_the_officer_answers_for_the_comparison() -> None:
    assert who(False, None, False, "", False) == APPLICANT
    assert who(False, None, True, "", False) == AGENT
    assert "已核对" in basis(APPLICANT, True, False)


def test_a_stranger_needs_a_mandate_a_document_and_a_signature() -> None:
    with pytest.raises(Malformed) as why:
        who(True, None, False, "", True)
    assert why.value.fields["id_no"][0].endswith("。")
    with pytest.raises(Malformed):
        who(False, None, False, "张三", True)
    with pytest.raises(Rejected) as unsigned:
        who(True, None, False, "张三", False)
    assert unsigned.value.rule == "unsigned"
    assert who(True, None, False, "张三", True) == MANDATED
    assert "委托书" in basis(MANDATED, True, False)


@pytest.mark.parametrize("taker", [APPLICANT, AGENT, MANDATED])
@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("compared", [True, False])
def test_what_the_ledger_says_of_a_hand_back_is_read_again_for_the_page(
    taker: str, checked: bool, compared: bool
) -> None:
    said = basis(taker, checked, compared)
    found, proof = told(said)
    assert found == taker
    assert said.endswith(proof)
    assert bool(proof) is (checked or compared or taker == MANDATED)
    assert told("旧系统迁入") == ("", "")


class Counter(RuleBasedStateMachine):
    """A counter where two officers and a manager hand one original over and take that back, over days."""

    def __init__(self) -> None:
        """The original was taken in."""
        super().__init__()
        self.now, self.original = rows.at(0), rows.original()
        self.links = [rows.taken_in(1)]
        self.entries: list[LedgerEntry] = []
        self.by: Actor | None = None
        self.gave = self.now

    def _tell(self, actor: Actor, what: str, facts: dict[str, Any]) -> None:
        seq = len(self.entries) + 1
        self.entries.append(
            LedgerEntry(
                dossier_id=1, seq=seq, at=self.now, actor=actor.id, actor_name=actor.name, agency="", what=what,
                why="", facts=facts, prev_hash="", hash="",
            )
        )  # fmt: skip

    def _carried(self, actor: Actor, link: Custody) -> None:
        self.links.append(link)
        self._tell(actor, "original:handed_over", {"original": self.original.code, "link": link.seq})

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.by is None)
    @rule(actor=st.sampled_from([LIN, HAN]))
    def given(self, actor: Actor) -> None:
        made = custody.hand_over(self.links[-1], 1, rows.APPLICANT, "退还申请人")
        self._carried(actor, rows.custody_of(made, self.now))
        self.by, self.gave = actor, self.now

    @rule(actor=st.sampled_from([LIN, HAN, WU, ELSEWHERE]), in_hand=st.booleans(), why=st.sampled_from(["", "点错"]))
    def corrected(self, actor: Actor, in_hand: bool, why: str) -> None:
        found = handed_back([self.original], self.links, self.entries)
        assert [one.original.code for one in found] == ([] if self.by is None else [self.original.code])
        if self.by is None:
            return
        same_day = china_date(self.now) == china_date(self.gave)
        allowed = actor is WU or (actor is self.by and same_day)
        faults = {name for name, good in (("why", why), ("in_hand", in_hand)) if not good}
        said = Correction(why, in_hand)
        if not allowed or faults:
            with pytest.raises(Malformed if allowed else NotAllowed) as refused:
                correct(rows.dossier(), found, [], said, actor, self.now)
            assert set(getattr(refused.value, "fields", ())) == (faults if allowed else set())
            return
        made = correct(rows.dossier(), found, [], said, actor, self.now)
        before = round_of([self.original.code], self.entries)
        self._carried(actor, rows.custody_of(made.handovers[0], self.now))
        [fact] = made.facts
        self._tell(actor, fact.what, dict(fact.data))
        assert round_of([self.original.code], self.entries) > before
        assert self.entries[cast(int, fact.data["corrects"]) - 1].facts["link"] == fact.data["link"]
        self.by = None

    @invariant()
    def the_chain_has_no_gap_and_one_holder(self) -> None:
        assert custody.chain_faults(self.links) == []
        now = custody.holder(self.links)
        assert now is not None
        assert custody.same_holder(now, rows.WINDOW if self.by is None else rows.APPLICANT)


Counter.TestCase.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
TestCounter = Counter.TestCase


def test_a_closed_dossier_opens_only_when_asked_and_never_once_it_is_packed() -> None:
    shut = rows.dossier(closed_at=rows.at(5))
    closing = LedgerEntry(
        dossier_id=1, seq=7, at=rows.at(5), actor="officer:11", actor_name="", agency="", what="dossier:closed", why="",
        facts={}, prev_hash="", hash="",
    )  # fmt: skip
    said = Correction("点错", in_hand=True)
    assert reopening(rows.dossier(), [], said, packed=False) == Decision()
    with pytest.raises(Malformed) as silent:
        reopening(shut, [closing], said, packed=False)
    assert list(silent.value.fields) == ["reopen"]
    for asked in (said, replace(said, reopen=True)):
        with pytest.raises(Rejected) as sealed:
            reopening(shut, [closing], asked, packed=True)
        assert sealed.value.rule == "archived"
    [fact] = reopening(shut, [closing], replace(said, reopen=True), packed=False).facts
    assert (fact.what, fact.why, fact.data["corrects"]) == ("dossier:reopened", "点错", 7)
