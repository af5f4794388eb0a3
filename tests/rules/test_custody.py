"""One holder at every moment, and a chain that joins."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.decision import Holder
from logistics.rules.custody import UNKNOWN, accepted_by, chain_faults, hand_over, holder, same_holder
from logistics.tables import Custody
from logistics.terms import HolderKind
from tests.rules.rows import APPLICANT, COUNTER, OFFICE, RECEIVER, WINDOW, at, custody_of, taken_in

HOLDERS = [APPLICANT, WINDOW, COUNTER, OFFICE]


def chain(*holders: Holder) -> list[Custody]:
    """The applicant gives an original to the first, who gives it to the next, and so on."""
    links: list[Custody] = []
    for hours, to in enumerate(holders):
        last = links[-1] if links else None
        links.append(custody_of(hand_over(last, 1, to, "交接", first_from=None if last else APPLICANT), at(hours)))
    return links


@given(st.lists(st.sampled_from(HOLDERS), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_chain_of_handovers_joins_and_its_last_receiver_holds(holders: list[Holder], rng: random.Random) -> None:
    links = chain(*holders)
    rng.shuffle(links)
    assert chain_faults(links) == []
    assert holder(links) == holders[-1]


def test_nobody_holds_before_the_first_handover_and_that_is_a_fault() -> None:
    assert holder([]) is None
    assert chain_faults([]) != []


@given(st.lists(st.sampled_from(HOLDERS), min_size=3, max_size=6, unique_by=lambda one: one.name), st.data())
def test_a_link_taken_out_of_the_chain_is_seen(holders: list[Holder], data: st.DataObject) -> None:
    links = chain(*holders)
    del links[data.draw(st.integers(0, len(links) - 2))]
    assert chain_faults(links) != []


def test_a_link_that_does_not_start_where_the_last_one_ended_is_seen() -> None:
    links = chain(WINDOW, COUNTER)
    links[1].from_name, links[1].from_officer_id = "他人", 99
    assert "不是上一次的接收人" in chain_faults(links)[0]


def test_two_first_links_are_seen() -> None:
    assert "有两个起始交接" in chain_faults([taken_in(1), taken_in(1)])


def test_a_link_of_another_original_is_seen() -> None:
    links = chain(WINDOW, COUNTER)
    links[1].original_id = 2
    assert "混入了其他原件的交接记录" in chain_faults(links)


def test_a_link_earlier_than_the_one_before_is_seen() -> None:
    links = chain(WINDOW, COUNTER)
    links[1].at = at(-1)
    assert "早于上一次" in chain_faults(links)[0]


def test_a_holder_without_an_agency_is_seen_and_refused() -> None:
    links = chain(WINDOW)
    links[0].to_agency_id = None
    assert "没有所属单位" in chain_faults(links)[0]
    with pytest.raises(ValueError, match="没有所属单位"):
        hand_over(taken_in(1), 1, Holder(HolderKind.DEPARTMENT, "审批科"), "交接")


def test_the_unknown_may_be_a_source_and_never_a_holder() -> None:
    assert hand_over(None, 1, COUNTER, "receipt", first_from=UNKNOWN).released_by is UNKNOWN
    with pytest.raises(ValueError, match="来源不明"):
        hand_over(taken_in(1), 1, UNKNOWN, "交接")


def test_a_chain_starts_exactly_once() -> None:
    with pytest.raises(ValueError, match="first_from"):
        hand_over(None, 1, WINDOW, "交接")
    with pytest.raises(ValueError, match="first_from"):
        hand_over(taken_in(1), 1, COUNTER, "交接", first_from=APPLICANT)
    with pytest.raises(ValueError, match="original 1, not 2"):
        hand_over(taken_in(1), 2, COUNTER, "交接")


def test_a_handover_carries_the_envelope_and_the_hash_of_the_list_that_was_signed() -> None:
    passed = hand_over(taken_in(7), 7, COUNTER, "receipt", 101, "ab" * 32)
    assert (passed.seq, passed.consignment_id, passed.manifest_sha256) == (2, 101, "ab" * 32)
    assert passed.released_by == accepted_by(taken_in(7)) == WINDOW


def test_an_officer_is_the_same_under_a_new_name_and_a_department_is_not() -> None:
    assert same_holder(WINDOW, Holder(WINDOW.kind, "韩松（改名）", WINDOW.agency_id, WINDOW.officer_id))
    assert not same_holder(OFFICE, Holder(HolderKind.DEPARTMENT, "档案科", RECEIVER))
    assert not same_holder(COUNTER, WINDOW)
