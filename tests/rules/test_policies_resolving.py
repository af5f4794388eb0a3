"""Which rule holds: always one, always the same, the more specific before the more general, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from logistics.decision import Json
from logistics.rules.bounds import LAW, bounds, passed
from logistics.rules.frozen import frozen_policy, thawed_policy, whose_of
from logistics.rules.making import events
from logistics.rules.policies import (
    DEFAULT_LADDER,
    DEFAULT_POLICIES,
    Audience,
    Leg,
    Policy,
    Rung,
    RungKind,
    Unit,
    Whose,
)
from logistics.rules.resolving import Asked, Rule, Subject, fits, resolve, specificity
from logistics.rules.strictness import Term, at_least_as_strict
from logistics.rules.workdays import USUAL_HOURS
from logistics.terms import LaneScope

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
LINE = (1, 2, 3)
LEGS = (Leg.TRANSIT, Leg.CHECKED_TO_DECISION)

ids = st.sampled_from([None, 1, 2, 3])
subjects = st.builds(Subject, st.sampled_from(LEGS), st.sampled_from([None, *LaneScope]), ids, ids, ids)
bare_rules = st.builds(
    Rule,
    id=st.just(0),
    subject=subjects,
    version=st.just(0),
    length=st.none() | st.integers(1, 30),
    unit=st.sampled_from(Unit),
    whose=st.sampled_from(Whose),
    since=st.integers(-3, 3).map(lambda days: NOON + timedelta(days=days)),
    excepted=st.booleans(),
    named=st.just("规则"),
)
questions = st.builds(
    Asked,
    leg=st.sampled_from(LEGS),
    scope=st.sampled_from(LaneScope),
    at=st.just(NOON),
    owner_line=st.just(LINE),
    agreement_id=ids,
    item_id=ids,
    promised_days=st.none() | st.integers(1, 30),
)


@st.composite
def rule_sets(draw: st.DrawFn) -> list[Rule]:
    """Rules as they were made one after the other: each has its own id, and the next version of its subject."""
    made: list[Rule] = []
    for number, rule in enumerate(draw(st.lists(bare_rules, max_size=8)), start=1):
        version = 1 + sum(one.subject == rule.subject for one in made)
        made.append(replace(rule, id=number, version=version))
    return made


@given(rule_sets(), questions, st.integers())
def test_there_is_always_one_answer_whatever_the_order(rules: list[Rule], asked: Asked, seed: int) -> None:
    answer = resolve(rules, asked, USUAL_HOURS)
    shuffled = list(rules)
    Random(seed).shuffle(shuffled)
    assert resolve(shuffled, asked, USUAL_HOURS) == answer
    assert (answer.policy.leg, answer.policy.scope) == (asked.leg, asked.scope)
    assert answer.policy.length >= 1
    assert answer.words


@given(rule_sets(), questions)
def test_what_holds_fits_counts_and_is_the_most_specific(rules: list[Rule], asked: Asked) -> None:
    holds = resolve(rules, replace(asked, promised_days=None)).rule
    if holds is None:
        return
    assert fits(holds.subject, asked)
    assert holds.since <= asked.at
    for other in rules:
        if other.subject == holds.subject:
            assert other.version <= holds.version or other.since > asked.at
        elif fits(other.subject, asked) and specificity(other.subject, LINE) > specificity(holds.subject, LINE):
            ended = [one for one in rules if one.subject == other.subject and one.since <= asked.at]
            assert not ended or max(ended, key=lambda one: one.version).length is None


@given(rule_sets(), questions, bare_rules)
def test_a_rule_about_something_else_changes_nothing(rules: list[Rule], asked: Asked, other: Rule) -> None:
    assume(not fits(other.subject, asked))
    other = replace(other, id=99, version=1 + sum(one.subject == other.subject for one in rules))
    assert resolve([*rules, other], asked) == resolve(rules, asked)


@st.composite
def fitting(draw: st.DrawFn, asked: Asked) -> Subject:
    """Something a rule could be about that speaks to the clock."""
    named: dict[str, Any] = {"scope": asked.scope, "item_id": asked.item_id, "agreement_id": asked.agreement_id}
    said = {name: value for name, value in named.items() if draw(st.booleans())}
    return Subject(asked.leg, **said, agency_id=draw(st.sampled_from([None, *LINE])))


@given(st.data(), questions)
def test_no_two_subjects_that_fit_one_clock_are_equally_specific(data: st.DataObject, asked: Asked) -> None:
    one, other = data.draw(fitting(asked)), data.draw(fitting(asked))
    assert fits(one, asked)
    assert (specificity(one, LINE) == specificity(other, LINE)) is (one == other)


@given(rule_sets(), questions)
def test_a_decision_is_never_due_after_the_items_promise_unless_somebody_said_so(
    rules: list[Rule], asked: Asked
) -> None:
    asked = replace(asked, leg=Leg.CHECKED_TO_DECISION, promised_days=7)
    answer = resolve(rules, asked, USUAL_HOURS)
    if answer.rule is None:
        assert answer.policy.length == 7
    elif not answer.rule.excepted and answer.rule.subject.item_id is None:
        promise = Term(7, Unit.WORKING_DAYS, Whose.OWNER)
        assert at_least_as_strict(answer.rule.term, promise, USUAL_HOURS)


def test_a_nearer_agency_stands_before_one_above_it_and_the_words_say_which() -> None:
    def of(agency: int, number: int) -> Rule:
        subject = Subject(Leg.TRANSIT, agency_id=agency)
        return Rule(number, subject, 1, number, Unit.NATURAL_HOURS, Whose.OWNER, NOON, named=f"单位{agency}")

    asked = Asked(Leg.TRANSIT, LaneScope.CROSS, NOON, LINE)
    assert resolve([of(1, 10), of(3, 30), of(2, 20)], asked).words == "单位3 第 1 版：30 小时"
    assert resolve([of(4, 40)], asked).words == "默认（跨省）：96 小时"


def test_the_law_bounds_its_legs_and_the_default_bounds_the_others() -> None:
    for leg in Leg:
        found = bounds(Subject(leg), [])
        if leg in LAW:
            assert found == (LAW[leg],)
        else:
            lengths = {bound.term.length for bound in found}
            assert lengths == {DEFAULT_POLICIES[leg, scope].length for scope in LaneScope}
        assert all(bound.zh and bound.en for bound in found)


def test_the_promise_in_force_takes_the_place_of_the_shipped_default() -> None:
    general = Rule(1, Subject(Leg.TRANSIT), 1, 60, Unit.NATURAL_HOURS, Whose.OWNER, NOON, named="通用规则")
    above = Rule(2, Subject(Leg.TRANSIT, agency_id=1), 1, 40, Unit.NATURAL_HOURS, Whose.OWNER, NOON, named="省厅")
    own = Subject(Leg.TRANSIT, LaneScope.CROSS, agency_id=3)
    for standing, most in (([], 96), ([general], 60), ([general, above], 40)):
        held = bounds(own, standing, LINE)
        assert passed(Term(most, Unit.NATURAL_HOURS, Whose.OWNER), held) == ()
        assert passed(Term(most + 1, Unit.NATURAL_HOURS, Whose.OWNER), held) == held
    assert bounds(general.subject, [general], LINE)[0].zh.startswith("系统默认"), "its own version before is no bound"


def test_every_leg_that_runs_has_events_that_start_and_stop_it() -> None:
    for leg in Leg:
        starts, stops = events(leg)
        assert starts, leg
        assert stops, leg


rungs = st.builds(
    Rung,
    name=st.sampled_from(["a", "b"]),
    kind=st.sampled_from([RungKind.WARNING, RungKind.OVERDUE, RungKind.ESCALATION]),
    audience=st.sampled_from(Audience),
    share=st.integers(1, 100),
    channels=st.lists(st.sampled_from(["mail", "wecom"]), unique=True).map(tuple),
    at_any_hour=st.booleans(),
    unless_acknowledged=st.booleans(),
)


@given(
    st.sampled_from(Leg),
    st.sampled_from(LaneScope),
    st.integers(1, 99),
    st.sampled_from(Unit),
    st.lists(rungs, unique_by=lambda rung: rung.name).map(tuple),
)
def test_what_is_frozen_is_what_is_thawed(
    leg: Leg, scope: LaneScope, length: int, unit: Unit, ladder: tuple[Rung, ...]
) -> None:
    policy = Policy(leg, scope, length, unit, ladder)
    frozen = frozen_policy(policy, "09:00-17:00", Whose.SENDER, 7)
    assert thawed_policy(leg.value, frozen) == policy
    assert whose_of(frozen) is Whose.SENDER


def test_a_clock_from_before_rules_were_data_is_read_as_it_was_meant() -> None:
    old: dict[str, Json] = {"length": 2, "unit": "wd", "scope": "cross", "hours": "09:00-17:00"}
    assert thawed_policy("transit", old).rungs == DEFAULT_LADDER
    assert whose_of(old) is Whose.OWNER
