"""The state machine against its written table, move by move, and the courier's events in every order and batching."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone, TrackingEvent
from logistics.errors import Rejected
from logistics.rules.stages import MOVEMENT, MOVES, diagram, follow, move, oddities, settle
from logistics.terms import Stage, Verb
from tests.rules.rows import at, consignment, event, stored

S, V, M = Stage, Verb, Milestone

MOVING = {
    M.PICKED_UP,
    M.IN_TRANSIT,
    M.ARRIVED,
    M.OUT_FOR_DELIVERY,
    M.ATTEMPTED,
    M.AVAILABLE,
    M.HELD,
    M.DAMAGED,
    M.RETURNING,
}

WRITTEN: dict[tuple[Stage, Verb | Milestone], Stage] = {
    (S.PACKING, V.SEAL): S.SEALED,
    (S.PACKING, V.VOID): S.VOIDED,
    (S.SEALED, V.DISPATCH): S.BOOKING,
    (S.SEALED, V.REOPEN): S.PACKING,
    (S.SEALED, V.VOID): S.VOIDED,
    (S.BOOKING, V.RECORD_BOOKING): S.BOOKED,
    (S.BOOKING, V.RECORD_REFUSAL): S.SEALED,
    (S.BOOKED, M.DELIVERED): S.DELIVERED,
    (S.BOOKED, M.RETURNED): S.RETURNED,
    (S.BOOKED, M.LOST): S.LOST,
    (S.BOOKED, V.RECEIVE): S.RECEIVED,
    (S.BOOKED, V.VOID): S.VOIDED,
    (S.ON_THE_WAY, M.DELIVERED): S.DELIVERED,
    (S.ON_THE_WAY, M.RETURNED): S.RETURNED,
    (S.ON_THE_WAY, M.LOST): S.LOST,
    (S.ON_THE_WAY, V.RECEIVE): S.RECEIVED,
    (S.DELIVERED, M.RETURNED): S.RETURNED,
    (S.DELIVERED, V.RECEIVE): S.RECEIVED,
    (S.RETURNED, V.RECEIVE): S.RECEIVED,
    (S.LOST, M.DELIVERED): S.DELIVERED,
    (S.LOST, M.RETURNED): S.RETURNED,
    (S.LOST, V.RECEIVE): S.RECEIVED,
}
WRITTEN.update({(S.BOOKED, milestone): S.ON_THE_WAY for milestone in MOVING})
"""The table a second time, written as a list of moves by hand: the code may change only together with this."""

TO_REACH: dict[Stage, list[Milestone]] = {
    S.BOOKED: [],
    S.ON_THE_WAY: [M.PICKED_UP],
    S.DELIVERED: [M.DELIVERED],
    S.RETURNED: [M.RETURNED],
    S.LOST: [M.LOST],
}


def test_every_stage_has_a_row_and_the_table_holds_the_written_moves_and_no_other() -> None:
    assert set(MOVES) == set(S)
    assert {(stage, cause): target for stage, row in MOVES.items() for cause, target in row.items()} == WRITTEN


@pytest.mark.parametrize("stage", S)
@pytest.mark.parametrize("verb", V)
def test_our_verbs_move_as_written_and_an_impossible_one_says_what_why_and_what_next(stage: Stage, verb: Verb) -> None:
    if (stage, verb) in WRITTEN:
        assert move(stage, verb) is WRITTEN[stage, verb]
        return
    with pytest.raises(Rejected) as no:
        move(stage, verb)
    assert no.value.rule == "stage"
    assert no.value.zh.count("。") == 2
    assert no.value.en.endswith(".")


@pytest.mark.parametrize("stage", TO_REACH)
@pytest.mark.parametrize("milestone", M)
@pytest.mark.parametrize("verb", [None, *V])
def test_the_couriers_milestones_move_as_written_and_never_undo_our_verbs(
    stage: Stage, milestone: Milestone, verb: Verb | None
) -> None:
    before = [event(one, hours, code=f"way-{hours}") for hours, one in enumerate(TO_REACH[stage])]
    events = [*before, event(milestone, 10)]
    followed = follow(events).stage
    assert follow(before).stage is stage
    assert followed is WRITTEN.get((stage, milestone), stage)
    if verb is None or (followed, verb) not in WRITTEN:
        return
    ours = WRITTEN[followed, verb]
    assert settle(ours, events) is ours


@pytest.mark.parametrize("stage", S)
def test_settling_leaves_what_our_people_made_and_follows_the_courier_otherwise(stage: Stage) -> None:
    events = [event(M.PICKED_UP, 0), event(M.DELIVERED, 5)]
    ours = {S.PACKING, S.SEALED, S.BOOKING, S.RECEIVED, S.VOIDED}
    assert settle(stage, events) is (stage if stage in ours else S.DELIVERED)


def test_waiting_for_collection_is_not_delivered() -> None:
    followed = follow([event(M.PICKED_UP, 0), event(M.AVAILABLE, 5)])
    assert followed.stage is S.ON_THE_WAY
    assert followed.delivered_at is None


def test_an_unknown_code_moves_nothing_and_is_kept_for_a_person() -> None:
    unknown = event(M.UNRECOGNISED, 3, code="999")
    followed = follow([event(M.PICKED_UP, 0), unknown])
    assert followed.stage is S.ON_THE_WAY
    assert followed.unrecognised == (unknown,)
    assert followed.odd == ()


def test_a_reversed_delivery_counts_as_never_said() -> None:
    way = [event(M.PICKED_UP, 0, "203"), event(M.DELIVERED, 5, "704")]
    followed = follow([*way, event(M.INFO, 6, "743", voids="704")])
    assert followed.stage is S.ON_THE_WAY
    assert followed.delivered_at is None
    again = follow([*way, event(M.INFO, 6, "743", voids="704"), event(M.DELIVERED, 9, "704")])
    assert (again.stage, again.delivered_at) == (S.DELIVERED, at(9))


def test_a_reversal_takes_back_only_the_latest_of_its_code() -> None:
    followed = follow(
        [event(M.DELIVERED, 1, "704"), event(M.DELIVERED, 4, "704"), event(M.INFO, 5, "743", voids="704")]
    )
    assert (followed.stage, followed.delivered_at) == (S.DELIVERED, at(1))


def test_a_reversal_may_name_several_codes_and_takes_back_the_latest_of_them() -> None:
    events = [event(M.PICKED_UP, 0, "203"), event(M.ATTEMPTED, 1, "336"), event(M.INFO, 2, "304", voids="303/336/345")]
    assert follow(events).odd == ()
    assert follow(events[1:]).stage is S.BOOKED


def test_a_reversal_of_nothing_is_odd_and_moves_nothing() -> None:
    followed = follow([event(M.INFO, 6, "743", voids="704"), event(M.DELIVERED, 7, "704")])
    assert followed.stage is S.DELIVERED
    assert [odd.event.code for odd in followed.odd] == ["743"]
    assert "704" in followed.odd[0].why_zh


def test_within_one_second_progress_comes_before_its_reversal_whatever_the_codes() -> None:
    followed = follow(
        [event(M.INFO, 5, "100", voids="704"), event(M.DELIVERED, 5, "704"), event(M.PICKED_UP, 5, "999")]
    )
    assert followed.stage is S.ON_THE_WAY
    assert followed.odd == ()


def test_a_reversal_moves_nothing_of_its_own_and_comes_last_in_its_second() -> None:
    followed = follow([event(M.ORDER_CREATED, 5, "743", voids="704"), event(M.DELIVERED, 5, "704")])
    assert (followed.stage, followed.odd) == (S.BOOKED, ())


@pytest.mark.parametrize("end", [M.DELIVERED, M.RETURNED, M.LOST])
def test_movement_after_an_end_is_odd_and_moves_nothing(end: Milestone) -> None:
    followed = follow([event(M.PICKED_UP, 0), event(end, 5), event(M.IN_TRANSIT, 6), event(end, 7, "again")])
    assert followed.stage is follow([event(end, 5)]).stage
    assert [odd.event.milestone for odd in followed.odd] == [M.IN_TRANSIT]


def test_a_cancelled_order_is_odd_unless_we_voided_the_envelope() -> None:
    events = [event(M.ORDER_CREATED, 0), event(M.CANCELLED, 1)]
    assert follow(events).stage is S.BOOKED
    assert len(oddities(S.BOOKED, events)) == 1
    assert oddities(S.VOIDED, events) == ()


def test_a_voided_envelope_that_moves_is_shown_to_a_person() -> None:
    odd = oddities(S.VOIDED, [event(M.CANCELLED, 1), event(M.PICKED_UP, 2)])
    assert [one.event.milestone for one in odd] == [M.PICKED_UP]


def test_the_first_sign_of_movement_is_the_pick_up_when_the_courier_forgot_to_say_so() -> None:
    assert follow([event(M.ORDER_CREATED, 0), event(M.ARRIVED, 4), event(M.PICKED_UP, 5)]).picked_up_at == at(4)
    assert follow([event(M.ORDER_CREATED, 0)]).picked_up_at is None
    assert follow([event(M.PICKED_UP, 1), event(M.IN_TRANSIT, 2), event(M.DELIVERED, 5)]).picked_up_at == at(1)


def test_stored_rows_and_fresh_readings_are_followed_alike() -> None:
    events = [event(M.PICKED_UP, 0), event(M.DELIVERED, 5)]
    assert follow([stored(one, consignment()) for one in events]).stage is follow(events).stage


def test_no_event_at_all_leaves_the_envelope_booked() -> None:
    followed = follow([])
    assert (followed.stage, followed.last, followed.odd) == (S.BOOKED, None, ())


CODES = {
    "A": M.PICKED_UP,
    "B": M.IN_TRANSIT,
    "C": M.DELIVERED,
    "D": M.RETURNED,
    "E": M.LOST,
    "F": M.UNRECOGNISED,
    "G": M.AVAILABLE,
}
EVENTS = st.one_of(
    st.builds(lambda code, hours: event(CODES[code], hours, code), st.sampled_from(sorted(CODES)), st.integers(0, 6)),
    st.builds(
        lambda code, hours: event(M.INFO, hours, f"undo-{code}", voids=code), st.sampled_from("ABCD"), st.integers(0, 6)
    ),
)


def _outcome(events: list[TrackingEvent]) -> tuple[object, ...]:
    followed = follow(events)
    return (
        followed.stage,
        followed.picked_up_at,
        followed.delivered_at,
        followed.last,
        followed.odd,
        followed.unrecognised,
    )


@given(st.lists(EVENTS, max_size=9), st.data())
def test_every_order_repeat_and_batching_of_the_events_leads_to_one_stage(
    events: list[TrackingEvent], data: st.DataObject
) -> None:
    wanted = _outcome(events)
    shuffled = data.draw(
        st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=4) if events else st.just([])))
    )
    assert _outcome(shuffled) == wanted
    known: dict[str, TrackingEvent] = {}
    stage = S.BOOKED
    for one in shuffled:  # each message is absorbed alone, as the inbox does it: the stage is settled over all stored
        known.setdefault(one.natural_key, one)
        stage = settle(stage, known.values())
    assert stage is wanted[0]


def test_all_orders_of_a_story_with_a_duplicate_and_a_reversal_lead_to_one_stage() -> None:
    story = [
        event(M.PICKED_UP, 0, "203"),
        event(M.IN_TRANSIT, 2, "305"),
        event(M.DELIVERED, 5, "704"),
        event(M.INFO, 6, "743", voids="704"),
        event(M.DELIVERED, 9, "704"),
        event(M.UNRECOGNISED, 7, "999"),
        event(M.DELIVERED, 5, "704"),
    ]
    assert {_outcome(list(order)) for order in itertools.permutations(story)} == {_outcome(story)}


def test_a_story_cut_into_any_batches_settles_to_one_stage() -> None:
    story = [
        event(M.PICKED_UP, 0),
        event(M.DELIVERED, 5, "704"),
        event(M.INFO, 6, "743", voids="704"),
        event(M.RETURNED, 9),
    ]
    for seed in range(50):
        rng = random.Random(seed)
        rng.shuffle(story)
        cut = sorted(rng.sample(range(len(story) + 1), 2))
        stage, known = S.BOOKED, []
        for batch in (story[: cut[0]], story[cut[0] : cut[1]], story[cut[1] :]):
            known += batch
            stage = settle(stage, known)
        assert stage is S.RETURNED


def test_movement_means_the_envelope_left_the_senders_hands() -> None:
    assert MOVING | {M.DELIVERED, M.RETURNED, M.LOST} == MOVEMENT


def test_the_diagram_is_printed_from_the_table() -> None:
    printed = diagram()
    assert printed.startswith("stateDiagram-v2\n")
    arrows = {
        tuple(line.split(":")[0].split(" --> ")) for line in printed.replace("    ", "").splitlines() if "-->" in line
    }
    assert arrows == {(stage.value, target.value) for (stage, _), target in WRITTEN.items()} | {
        ("[*]", "packing"),
        ("received", "[*]"),
        ("voided", "[*]"),
    }
