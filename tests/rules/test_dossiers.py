"""Opening, numbering, standing and closing of a dossier."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.decision import Holder
from logistics.errors import Rejected
from logistics.rules.dossiers import (
    State,
    complete,
    consignment_no,
    dossier_no,
    may_open,
    original_code,
    state,
)
from logistics.tables import Consignment, Discrepancy, Original, Packed
from logistics.terms import DecisionResult, DiscrepancyKind, Outcome, Stage
from tests.rules.rows import (
    COUNTER,
    NO,
    OFFICE,
    RECEIVER,
    SENDER,
    WINDOW,
    agencies,
    agreement,
    at,
    consignment,
    discrepancy,
    dossier,
    line,
    original,
)


def refused(rule: str) -> AbstractContextManager[object]:
    return pytest.raises(Rejected, check=lambda no: no.rule == rule and no.zh.endswith("。") and no.en.endswith("."))


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31)])
def test_a_dossier_opens_on_every_day_of_its_agreement(day: date) -> None:
    may_open(agreement(), {1, 2}, 1, SENDER, day)


def test_an_agreement_without_an_end_stays_in_force() -> None:
    may_open(agreement(valid_until=None), {1}, 1, SENDER, date(2099, 1, 1))


def test_a_dossier_does_not_open_outside_its_agreement() -> None:
    with refused("agreement_validity"):
        may_open(agreement(), {1}, 1, SENDER, date(2025, 12, 31))
    with refused("agreement_validity"):
        may_open(agreement(), {1}, 1, SENDER, date(2027, 1, 1))
    with refused("agreement_item"):
        may_open(agreement(), {2}, 1, SENDER, date(2026, 6, 1))
    with refused("agreement_party"):
        may_open(agreement(), {1}, 1, RECEIVER, date(2026, 6, 1))


def test_numbers_read_as_people_write_them() -> None:
    no = dossier_no("421200", 2026, 123)
    assert no == NO
    assert consignment_no(no, 2) == "421200-2026-000123-2"
    assert original_code(no, 3) == "421200-2026-000123-Y03"


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_two_dossiers_of_a_year_never_share_a_number(a: int, b: int) -> None:
    assert (dossier_no("421200", 2026, a) == dossier_no("421200", 2026, b)) is (a == b)


@pytest.mark.parametrize(("prefix", "year", "number"), [("4212", 2026, 1), ("421200", 26, 1), ("421200", 2026, 0)])
def test_what_is_no_number_is_not_written(prefix: str, year: int, number: int) -> None:
    with pytest.raises(ValueError, match="not a dossier number"):
        dossier_no(prefix, year, number)
    with pytest.raises(ValueError, match="counts from 1"):
        original_code(NO, 0)


DECIDED = dossier(decision=DecisionResult.APPROVED, decided_at=at(200))


def test_it_is_complete_when_the_authority_holds_every_listed_original() -> None:
    both = (original(1), original(2))
    assert complete(dossier(), both, {1: COUNTER, 2: OFFICE})
    assert not complete(dossier(), both, {1: COUNTER, 2: WINDOW})
    assert not complete(dossier(), (), {})
    assert complete(dossier(), (original(1), original(3, unlisted=True)), {1: COUNTER})


def said(
    consignments: tuple[Consignment, ...] = (),
    lines: tuple[Packed, ...] = (),
    discrepancies: tuple[Discrepancy, ...] = (),
    holders: dict[int, Holder] | None = None,
    originals: tuple[Original, ...] = (original(1),),
    decided: bool = False,
    closed: bool = False,
) -> State:
    one = DECIDED if decided else dossier(closed_at=at(1) if closed else None)
    held = {1: WINDOW} if holders is None else holders
    return state(one, originals, held, consignments, lines, discrepancies, agencies())


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (Stage.PACKING, "咸宁市正在装件"),
        (Stage.SEALED, "已封装，等待咸宁市寄出"),
        (Stage.BOOKING, "正在向快递方下单"),
        (Stage.BOOKED, "已下单，等待快递方到咸宁市揽收"),
        (Stage.ON_THE_WAY, "在途，等待芙蓉区签收"),
        (Stage.DELIVERED, "快递称已妥投，等待芙蓉区签收核验"),
        (Stage.RETURNED, "邮件被退回，等待咸宁市签收核验"),
    ],
)
def test_an_envelope_under_way_says_where_it_is_and_whose_turn_it_is(stage: Stage, words: str) -> None:
    now = said(consignments=(consignment(1, stage),))
    assert (now.zh, now.kind) == (words, stage.value)


def test_on_the_way_back_the_hall_is_waited_for() -> None:
    back = consignment(2, Stage.ON_THE_WAY, from_agency_id=RECEIVER, to_agency_id=SENDER)
    assert said(consignments=(back,), decided=True).zh == "在途，等待咸宁市签收"
    assert said(consignments=(back,), decided=True).en == "On the way, waiting for Xianning"


def test_a_refused_order_says_so() -> None:
    assert "拒单" in said(consignments=(consignment(1, Stage.SEALED, refusal="地址超区"),)).zh


def test_the_most_urgent_envelope_speaks_and_differences_are_not_forgotten() -> None:
    lost = consignment(1, Stage.LOST)
    now = said(
        consignments=(lost, consignment(2, Stage.PACKING)),
        discrepancies=(discrepancy(1, DiscrepancyKind.LOST, consignment_id=lost.id),),
    )
    assert now.kind == "lost"
    assert now.zh.endswith("另有 1 项差异待处理")


def test_a_lost_envelope_that_was_settled_speaks_no_more() -> None:
    assert said(consignments=(consignment(1, Stage.LOST),)).kind == "ready"


def test_a_half_counted_envelope_says_how_many_are_left() -> None:
    one = consignment(1, Stage.RECEIVED)
    now = said(consignments=(one,), lines=(line(one, 1, 1), line(one, 2, 2, outcome=Outcome.RECEIVED)))
    assert (now.zh, now.kind) == ("已签收，芙蓉区尚有 1 份原件未核", "counting")


def test_the_rest_of_the_way_is_said_in_turn() -> None:
    assert said(originals=(), holders={}).kind == "listing"
    assert said().kind == "ready"
    assert said(discrepancies=(discrepancy(),)).kind == "discrepancy"
    assert said(holders={1: OFFICE}).kind == "examining"
    assert said(holders={1: OFFICE}, decided=True).kind == "returning"
    assert said(decided=True).kind == "closing"
    assert said(closed=True).kind == "closed"


@given(st.sampled_from(Stage), st.booleans(), st.booleans(), st.sampled_from([WINDOW, COUNTER]))
def test_every_standing_has_a_sentence_in_both_languages(
    stage: Stage, decided: bool, disputed: bool, by: Holder
) -> None:
    now = said(
        consignments=(consignment(1, stage),),
        discrepancies=(discrepancy(),) if disputed else (),
        holders={1: by},
        decided=decided,
    )
    assert now.zh
    assert now.en
    assert now.en.isascii()
    assert "{" not in now.zh + now.en
