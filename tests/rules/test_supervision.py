"""督办: what may follow what and whose act it is; every state, every verb, everybody."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.errors import NotAllowed, Rejected
from logistics.rules import supervision
from logistics.rules.supervision import MOVES, Order, Part, Person
from logistics.terms import Cause, Role, SupervisionState, SupervisionVerb, Urgency

S = SupervisionState
V = SupervisionVerb
UPPER, OWING, OTHER = 1, 2, 3
ORDERER, BESIDE, NAMED, DESK, MANAGER, STRANGER = 10, 11, 20, 21, 22, 30

PEOPLE = {
    "who ordered": Person(ORDERER, UPPER, frozenset({Role.MANAGER}), None),
    "a manager beside": Person(BESIDE, UPPER, frozenset({Role.MANAGER}), None),
    "a window beside": Person(BESIDE, UPPER, frozenset({Role.WINDOW}), None),
    "the named officer": Person(NAMED, OWING, frozenset({Role.WINDOW}), Role.WINDOW),
    "another at the desk": Person(DESK, OWING, frozenset({Role.WINDOW}), Role.WINDOW),
    "a receiver at the sender": Person(DESK, OWING, frozenset({Role.RECEIVER}), Role.WINDOW),
    "the owing manager": Person(MANAGER, OWING, frozenset({Role.MANAGER}), Role.WINDOW),
    "the other party's desk": Person(STRANGER, OTHER, frozenset({Role.RECEIVER}), Role.RECEIVER),
    "the other party's manager": Person(STRANGER, OTHER, frozenset({Role.MANAGER}), Role.RECEIVER),
    "nobody's": Person(None, None, frozenset(Role), None),
}

ALLOWED: dict[tuple[S, V], tuple[S, set[str]]] = {
    (S.ORDERED, V.SIGN): (S.SIGNED, {"the named officer", "the owing manager"}),
    (S.ORDERED, V.WITHDRAW): (S.WITHDRAWN, {"who ordered"}),
    (S.SIGNED, V.ANSWER): (S.ANSWERED, {"the named officer", "the owing manager"}),
    (S.SIGNED, V.WITHDRAW): (S.WITHDRAWN, {"who ordered"}),
    (S.ANSWERED, V.ACCEPT): (S.CLOSED, {"who ordered", "a manager beside"}),
    (S.ANSWERED, V.SEND_BACK): (S.SENT_BACK, {"who ordered", "a manager beside"}),
    (S.SENT_BACK, V.ANSWER): (S.ANSWERED, {"the named officer", "the owing manager"}),
    (S.SENT_BACK, V.WITHDRAW): (S.WITHDRAWN, {"who ordered"}),
}
"""All that may happen to an order whose officer is named; everything else is refused."""


def order(state: S = S.ORDERED, named: int | None = NAMED, *, active: bool = True, by: int | None = None) -> Order:
    return Order("DB-1", state, ORDERER, active, UPPER, OWING, named, by)


@pytest.mark.parametrize("state", S)
def test_every_state_every_verb_everybody(state: S) -> None:
    for verb, (name, person) in product(V, PEOPLE.items()):
        to, who = ALLOWED.get((state, verb), (None, set[str]()))
        if name in who:
            assert supervision.move(order(state), verb, person) is to
            assert verb in supervision.may(order(state), person)
            continue
        assert verb not in supervision.may(order(state), person), (verb, name)
        with pytest.raises(NotAllowed if to else Rejected) as no:
            supervision.move(order(state), verb, person)
        assert no.value.rule == ("supervision_part" if to else "supervision_state")


def test_every_state_has_a_row_and_can_be_reached_and_left_or_is_an_end() -> None:
    assert set(MOVES) == set(S)
    reached = {state for row in MOVES.values() for state, _ in row.values()} | {S.ORDERED}
    assert reached == set(S)
    assert {S.CLOSED, S.WITHDRAWN} == supervision.OVER
    assert set(S) == supervision.OWED | supervision.DECIDING | supervision.OVER
    assert not supervision.OWED & supervision.DECIDING


def test_an_order_to_nobody_in_particular_is_the_desks() -> None:
    free = order(named=None)
    able = {name for name, person in PEOPLE.items() if V.SIGN in supervision.may(free, person)}
    assert able == {"the named officer", "another at the desk", "the owing manager"}


def test_when_whoever_ordered_has_left_a_manager_beside_takes_their_place() -> None:
    left = order(active=False)
    assert supervision.move(left, V.WITHDRAW, PEOPLE["a manager beside"]) is S.WITHDRAWN
    with pytest.raises(NotAllowed):
        supervision.move(left, V.WITHDRAW, PEOPLE["the owing manager"])


@given(
    st.sampled_from(S),
    st.integers(1, 3),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.integers(1, 4)),
    st.integers(1, 4),
    st.integers(1, 3),
    st.frozensets(st.sampled_from(Role)),
    st.booleans(),
)
def test_nobody_answers_their_own_order_nor_accepts_their_own_answer(
    state: S,
    ordering: int,
    owing: int,
    named: int | None,
    answered_by: int | None,
    officer: int,
    agency: int,
    roles: frozenset[Role],
    active: bool,
) -> None:
    known = Order("DB-1", state, 1, active, ordering, owing, named, answered_by if answered_by != 1 else None)
    person = Person(officer, ordering if officer == 1 else agency, roles, Role.WINDOW)
    may = supervision.may(known, person)
    if officer == known.ordered_by:
        assert not may & {V.SIGN, V.ANSWER}
    if officer == known.answered_by:
        assert not may & {V.ACCEPT, V.SEND_BACK}
    if person.agency_id not in (ordering, owing):
        assert not may
    assert Part.DEPUTY not in supervision.parts(known, person) or active


@given(st.lists(st.sampled_from(V), max_size=40))
def test_whatever_is_tried_an_order_that_is_over_stays_over_and_rounds_count_what_was_sent_back(tried: list[V]) -> None:
    state, round_, back = S.ORDERED, 1, 0
    for verb in tried:
        if verb not in MOVES[state]:
            continue
        to, _whose = MOVES[state][verb]
        assert state not in supervision.OVER
        state, round_ = to, supervision.next_round(verb, round_)
        back += verb is V.SEND_BACK
    assert round_ == back + 1


def test_each_round_has_a_clock_of_its_own() -> None:
    keys = [supervision.clock_key("DB-D-1", round_) for round_ in (1, 2, 3)]
    assert keys == ["DB-D-1", "DB-D-1/2", "DB-D-1/3"]
    assert [supervision.number("D", before) for before in (0, 1)] == ["DB-D-1", "DB-D-2"]


@pytest.mark.parametrize(
    ("asked", "urgency", "usual", "given_"),
    [
        (None, "ordinary", 2, 2),
        (None, "urgent", 2, 1),
        (None, "urgent", 3, 2),
        (None, "urgent", 1, 1),
        (5, "urgent", 2, 5),
    ],
)
def test_an_urgent_order_gives_half_the_days(asked: int | None, urgency: str, usual: int, given_: int) -> None:
    assert supervision.days_given(asked, Urgency(urgency), usual) == given_


@given(st.integers().filter(lambda days: not 1 <= days <= supervision.MOST_DAYS))
def test_no_order_gives_no_day_or_a_month(days: int) -> None:
    with pytest.raises(Rejected) as no:
        supervision.days_given(days, Urgency.ORDINARY, 2)
    assert no.value.rule == "supervision_days"


def test_a_manager_orders_parties_at_or_below_their_own_agency() -> None:
    manager = PEOPLE["who ordered"]
    supervision.require_order(manager, (UPPER, OWING), OWING, (OWING, OTHER), False)
    for addressee in (OTHER, UPPER):  # the other party is not below them; their own agency is no party
        with pytest.raises(NotAllowed) as no:
            supervision.require_order(manager, (UPPER, OWING), addressee, (OWING, OTHER), False)
        assert no.value.rule == "supervision_addressee"
    with pytest.raises(Rejected) as over:
        supervision.require_order(manager, (UPPER, OWING), OWING, (OWING, OTHER), True)
    assert over.value.rule == "dossier_closed"
    with pytest.raises(NotAllowed) as role:
        supervision.require_order(PEOPLE["the named officer"], (OWING,), OWING, (OWING, OTHER), False)
    assert role.value.rule == "role"


def test_words_and_a_cause_are_given() -> None:
    assert supervision.require_words("  已寄出 ", "答复", "the answer") == "已寄出"
    with pytest.raises(Rejected):
        supervision.require_words(" \n", "答复", "the answer")
    assert supervision.cause_of(Cause.OURS) is Cause.OURS
    with pytest.raises(Rejected):
        supervision.cause_of(None)
