"""What no rule of time may pass without a second person's approval: the law, the item's promise, the promise in force.

The promise in force is what would hold without the rule: the rules made for everybody and those of agencies above,
with the shipped defaults underneath. Where the law itself sets the length of a leg, it takes the place of the shipped
default, which is stricter only because nothing forbids it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from logistics.rules.policies import DEFAULT_POLICIES, Leg, Unit, Whose, promised
from logistics.rules.resolving import FOLLOW_THE_PROMISE, Rule, Subject, specificity
from logistics.rules.strictness import Term, at_least_as_strict
from logistics.rules.workdays import Hours
from logistics.terms import LaneScope, zh

SCOPES_EN = {
    LaneScope.CITY: "within a city",
    LaneScope.PROVINCE: "within a province",
    LaneScope.CROSS: "across provinces",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A length that may not be passed, and who set it."""

    term: Term
    zh: str
    en: str


LAW: Mapping[Leg, Bound] = {
    # Counted from acceptance, of which this leg is a part; article 82 makes the days working days.
    Leg.CHECKED_TO_DECISION: Bound(
        Term(20, Unit.WORKING_DAYS),
        "《行政许可法》第四十二条：二十日内作出决定（第八十二条：以工作日计算）",
        "Administrative Licensing Law, art. 42: a decision within twenty days, which art. 82 makes working days",
    ),
    Leg.DECISION_TO_RETURN: Bound(
        Term(10, Unit.WORKING_DAYS),
        "《行政许可法》第四十四条：作出决定之日起十日内送达（第八十二条：以工作日计算）",
        "Administrative Licensing Law, art. 44: delivered within ten days of the decision, working days by art. 82",
    ),
}
"""Lengths that the law sets itself."""


def bounds(
    subject: Subject, standing: Collection[Rule], owner_line: tuple[int, ...] = (), promised_days: int | None = None
) -> tuple[Bound, ...]:
    """All that a rule about the subject must keep.

    `standing`: rules in force about the leg. `owner_line`: from the uppermost agency to the subject's own, where it has
    one. `promised_days`: of the subject's item, where it names one.
    """
    found = [LAW[subject.leg]] if subject.leg in LAW else []
    if promised_days is not None and subject.leg in FOLLOW_THE_PROMISE:
        found += [_of_item(subject.leg, scope, promised_days) for scope in subject.scopes]
    promises = [rule for rule in standing if _promises(rule.subject, subject, owner_line)]
    for scope in subject.scopes:
        found += _in_force(subject, scope, promises, owner_line, said=bool(found) and promised_days is not None)
    return tuple(dict.fromkeys(found))


def passed(term: Term, held: Iterable[Bound], hours: Hours | None = None) -> tuple[Bound, ...]:
    """The bounds that a rule of this length passes, or of which it cannot be proven that it keeps them."""
    return tuple(bound for bound in held if not at_least_as_strict(term, bound.term, hours))


def _promises(one: Subject, to: Subject, owner_line: tuple[int, ...]) -> bool:
    """Whether a rule about `one` would speak where a rule about `to` now does, and is a promise to keep."""
    above = one.agency_id is None or (one.agency_id in owner_line and one.agency_id != to.agency_id)
    return (
        one.leg is to.leg
        and one != to
        and one.agreement_id is None
        and above
        and (one.scope is None or one.scope in to.scopes)
        and (one.item_id is None or to.item_id in (None, one.item_id))
        and specificity(one, owner_line) < specificity(to, owner_line)
    )


def _in_force(
    subject: Subject, scope: LaneScope, promises: Iterable[Rule], owner_line: tuple[int, ...], said: bool
) -> list[Bound]:
    """The promise of one scope: for each item that is spoken of, the most specific; else what is shipped."""
    best: dict[int | None, Rule] = {}
    for rule in promises:
        if rule.subject.scope in (None, scope):
            item, standing = rule.subject.item_id, best.get(rule.subject.item_id)
            if standing is None or specificity(rule.subject, owner_line) > specificity(standing.subject, owner_line):
                best[item] = rule
    if subject.item_id is not None and subject.item_id in best:  # the item's own stands before the one for any item
        best = {subject.item_id: best[subject.item_id]}
    found = [_of_rule(rule) for rule in best.values()]
    if None not in best and subject.item_id not in best and subject.leg not in LAW and not said:
        found.append(_shipped(subject.leg, scope))
    return found


def _of_rule(rule: Rule) -> Bound:
    return Bound(rule.term, f"现行承诺：{rule.words}", f"promise in force: {rule.named}, version {rule.version}")


def _of_item(leg: Leg, scope: LaneScope, days: int) -> Bound:
    policy = promised(DEFAULT_POLICIES[leg, scope], days)
    sentence = f"事项登记的承诺办结时限：{days} 个工作日"
    return Bound(
        Term(policy.length, policy.unit, Whose.OWNER), sentence, f"the item promises a decision in {days} working days"
    )


def _shipped(leg: Leg, scope: LaneScope) -> Bound:
    policy = DEFAULT_POLICIES[leg, scope]
    return Bound(
        Term(policy.length, policy.unit, Whose.OWNER),
        f"系统默认时限（{zh(scope)}）",
        f"the shipped default ({SCOPES_EN[scope]})",
    )
