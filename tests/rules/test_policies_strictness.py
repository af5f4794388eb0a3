"""What is called stricter is never later: held against the exact reckoning, over units, hours and holidays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from logistics.rules.deadlines import plan
from logistics.rules.policies import Leg, Policy, Unit, Whose
from logistics.rules.strictness import Term, at_least_as_strict
from logistics.rules.workdays import USUAL_HOURS, Hours, state_calendar
from logistics.terms import LaneScope

HOURS = (
    USUAL_HOURS,
    Hours.parse("08:30-12:00,14:00-18:00 | 06-01至09-30 09:00-12:00,15:00-18:00"),
    Hours.parse("周一至周四 09:00-12:00,13:30-17:30; 周五 09:00-12:00"),
    Hours.parse("00:00-24:00"),
)
LENGTHS = {Unit.WORKING_DAYS: 12, Unit.WORKING_HOURS: 90, Unit.NATURAL_HOURS: 300}
starts = st.integers(0, 720 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
terms = st.sampled_from(Unit).flatmap(
    lambda unit: st.integers(1, LENGTHS[unit]).map(lambda length: Term(length, unit, Whose.OWNER))
)


def due(term: Term, hours: Hours, start: datetime) -> datetime:
    policy = Policy(Leg.TRANSIT, LaneScope.CROSS, term.length, term.unit, ())
    return plan(policy, state_calendar(), hours, start).due_at


@given(terms, terms, st.sampled_from(HOURS), starts)
def test_what_is_proven_stricter_never_ends_later(one: Term, bound: Term, hours: Hours, start: datetime) -> None:
    assume(at_least_as_strict(one, bound, hours))
    assert due(one, hours, start) <= due(bound, hours, start)


@given(terms, terms, st.sampled_from(HOURS))
def test_without_the_hours_less_is_proven_never_more(one: Term, bound: Term, hours: Hours) -> None:
    if at_least_as_strict(one, bound):
        assert at_least_as_strict(one, bound, hours)


@given(terms)
def test_a_length_keeps_itself_and_a_longer_one_of_its_unit_does_not_keep_it(term: Term) -> None:
    longer = Term(term.length + 1, term.unit, term.whose)
    assert at_least_as_strict(term, term)
    assert at_least_as_strict(term, longer)
    assert not at_least_as_strict(longer, term)


@pytest.mark.parametrize(
    ("one", "bound", "kept"),
    [
        (Term(14, Unit.WORKING_HOURS), Term(2, Unit.WORKING_DAYS), True),  # seven hours a day
        (Term(15, Unit.WORKING_HOURS), Term(2, Unit.WORKING_DAYS), False),
        (Term(1, Unit.WORKING_DAYS), Term(14, Unit.WORKING_HOURS), True),  # this day and the next
        (Term(1, Unit.WORKING_DAYS), Term(13, Unit.WORKING_HOURS), False),
        (Term(17, Unit.NATURAL_HOURS), Term(1, Unit.WORKING_DAYS), True),  # from midnight to 17:30
        (Term(18, Unit.NATURAL_HOURS), Term(1, Unit.WORKING_DAYS), False),
        (Term(4, Unit.NATURAL_HOURS), Term(4, Unit.WORKING_HOURS), True),
        (Term(1, Unit.WORKING_DAYS), Term(300, Unit.NATURAL_HOURS), False),  # a holiday may be longer
        (Term(1, Unit.WORKING_HOURS), Term(300, Unit.NATURAL_HOURS), False),
    ],
)
def test_the_proof_goes_as_far_as_it_can(one: Term, bound: Term, kept: bool) -> None:
    assert at_least_as_strict(one, bound, USUAL_HOURS) is kept


def test_days_by_another_agencys_calendar_are_not_compared() -> None:
    mine, theirs = (Term(1, Unit.WORKING_DAYS, whose) for whose in (Whose.OWNER, Whose.RECEIVER))
    assert not at_least_as_strict(theirs, Term(9, Unit.WORKING_DAYS, Whose.OWNER), USUAL_HOURS)
    assert at_least_as_strict(mine, Term(9, Unit.WORKING_DAYS, Whose.OWNER), USUAL_HOURS)
