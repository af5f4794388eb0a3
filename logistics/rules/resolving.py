"""Which rule of time holds for a clock: the most specific one in force, with the shipped defaults underneath.

The answer depends on the rules and the question alone, never on the order in which rules were made or read: of one
subject the highest version counts, and no two subjects that fit one question are equally specific.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from logistics.rules.policies import DEFAULT_LADDER, DEFAULT_POLICIES, Leg, Policy, Rung, Unit, Whose, promised
from logistics.rules.strictness import Term, at_least_as_strict
from logistics.rules.workdays import Hours
from logistics.terms import LaneScope, zh

UNIT_WORDS = {
    Unit.WORKING_DAYS: "个工作日",
    Unit.WORKING_HOURS: "个工作小时",
    Unit.NATURAL_HOURS: "小时",
}


FOLLOW_THE_PROMISE = frozenset({Leg.CHECKED_TO_DECISION, Leg.WHOLE_CASE})
"""Legs whose shipped length follows the decision time that the item promises."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is about; None means any. `agency_id` is the owner of the leg or an agency above it."""

    leg: Leg
    scope: LaneScope | None = None
    item_id: int | None = None
    agreement_id: int | None = None
    agency_id: int | None = None

    @property
    def is_general(self) -> bool:
        """Whether it is made for everybody: a promise that others keep or better."""
        return self.agreement_id is None and self.agency_id is None

    @property
    def scopes(self) -> tuple[LaneScope, ...]:
        """The lane scopes it is about."""
        return tuple(LaneScope) if self.scope is None else (self.scope,)


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule, as it counts. `length` None: from here on the subject has no rule of its own.

    `since`: clocks that start then or later go by it. `excepted`: somebody approved that it passes law or promise.
    `named`: for whom it was made, in Chinese words.
    """

    id: int
    subject: Subject
    version: int
    length: int | None
    unit: Unit
    whose: Whose
    since: datetime
    rungs: tuple[Rung, ...] = DEFAULT_LADDER
    excepted: bool = False
    named: str = ""

    @property
    def term(self) -> Term:
        """How long, by whose calendar. Only for a rule that has a length."""
        assert self.length is not None
        return Term(self.length, self.unit, self.whose)

    @property
    def words(self) -> str:
        """`协议 XN-FR-2026-01 第 3 版：3 个工作日`."""
        return f"{self.named} 第 {self.version} 版：{_length(self.length, self.unit)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A clock that starts: its leg, where, who answers for it. `owner_line`: from the uppermost agency to the owner."""

    leg: Leg
    scope: LaneScope
    at: datetime
    owner_line: tuple[int, ...] = ()
    agreement_id: int | None = None
    item_id: int | None = None
    promised_days: int | None = None  # by the item, for the decision


@dataclass(frozen=True, slots=True)
class Resolved:
    """The policy that holds, by whose calendar it runs, which rule said so (None: shipped, or the item's promise)."""

    policy: Policy
    whose: Whose
    words: str
    rule: Rule | None = None

    @property
    def version_id(self) -> int | None:
        """The version of the rule, None for what is shipped."""
        return self.rule.id if self.rule is not None else None


def fits(subject: Subject, asked: Asked) -> bool:
    """Whether a rule about the subject speaks to the clock."""
    return (
        subject.leg is asked.leg
        and subject.scope in (None, asked.scope)
        and (subject.item_id is None or subject.item_id == asked.item_id)
        and (subject.agreement_id is None or subject.agreement_id == asked.agreement_id)
        and (subject.agency_id is None or subject.agency_id in asked.owner_line)
    )


def specificity(subject: Subject, owner_line: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Agreement before item before agency (a nearer one before those above) before scope; higher is more specific."""
    depth = owner_line.index(subject.agency_id) + 1 if subject.agency_id in owner_line else 0
    named = [int(part is not None) for part in (subject.agreement_id, subject.item_id)]
    return named[0], named[1], depth, int(subject.scope is not None)


def in_force(rules: Iterable[Rule], at: datetime) -> dict[Subject, Rule]:
    """Of each subject the highest version that counts at that moment; none where that one says there is no rule."""
    highest: dict[Subject, Rule] = {}
    for rule in rules:
        standing = highest.get(rule.subject)
        if rule.since <= at and (standing is None or rule.version > standing.version):
            highest[rule.subject] = rule
    return {subject: rule for subject, rule in highest.items() if rule.length is not None}


def resolve(rules: Iterable[Rule], asked: Asked, hours: Hours | None = None) -> Resolved:
    """What holds for the clock. Always answers.

    A decision is never due later than the item promises, unless the rule names the item or was approved as looser; a
    rule whose length cannot be proven to be as strict gives way to the promise. `hours`: those of the owner.
    """
    standing = in_force((rule for rule in rules if fits(rule.subject, asked)), asked.at)
    if not standing:
        return shipped(asked)
    rule = standing[max(standing, key=lambda subject: specificity(subject, asked.owner_line))]
    if _follows(asked) and rule.subject.item_id is None and not rule.excepted:
        answer = shipped(asked)
        if not at_least_as_strict(rule.term, Term(answer.policy.length, answer.policy.unit, answer.whose), hours):
            return replace(answer, words=f"{answer.words}，先于{rule.words}")
    assert rule.length is not None  # `in_force` leaves out those without
    policy = Policy(asked.leg, asked.scope, rule.length, rule.unit, rule.rungs)
    return Resolved(policy, rule.whose, rule.words, rule)


def shipped(asked: Asked) -> Resolved:
    """What holds where nobody made a rule: the item's promise, else the default of the leg and scope."""
    policy = DEFAULT_POLICIES[asked.leg, asked.scope]
    if _follows(asked):
        policy = promised(policy, asked.promised_days or policy.length)
        return Resolved(policy, Whose.OWNER, f"事项承诺：{_length(policy.length, policy.unit)}")
    return Resolved(policy, Whose.OWNER, f"默认（{zh(asked.scope)}）：{_length(policy.length, policy.unit)}")


def _follows(asked: Asked) -> bool:
    return asked.promised_days is not None and asked.leg in FOLLOW_THE_PROMISE


def _length(length: int | None, unit: Unit) -> str:
    return "不再另设" if length is None else f"{length} {UNIT_WORDS[unit]}"
