"""Every courier that has a desk meets every fault, over real HTTP through its real adapter: the truth stays the same.

A further courier is here as soon as its desk and its settings.json are.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from typing import Any

import pytest

from couriers.contract import (
    Busy,
    CourierError,
    Garbled,
    Milestone,
    Operation,
    Reason,
    Refused,
    Subscribes,
    TrackingEvent,
)
from couriers.sandbox import desk
from tests.couriers.fault_stage import DATA, DAY, START, Stage, opened, settled

CODES = [code for code in desk.codes() if (DATA / code / "settings.json").exists()]
# fault, value, what the first try may come to; seconds that our side waits
CALL_FAULTS: list[tuple[str, Any, tuple[type[CourierError], ...], float]] = [
    ("slow", 0.4, (Busy,), 0.15),
    ("5xx", True, (Busy,), 5),
    ("5xx", 500, (Busy,), 5),
    ("throttled", True, (Busy,), 5),
    ("throttled", "http", (Busy,), 5),
    ("garbled", True, (Garbled,), 5),
    ("half_answer", "cut", (Busy,), 5),
    ("clock_skew", 7200, (Busy, Refused), 5),
    ("clock_skew", -7200, (Busy, Refused), 5),
]
CALL_IDS = [f"{name}-{value}" for name, value, _, _ in CALL_FAULTS]
Row = tuple[datetime, str, str, Milestone, Reason | None, str]
_truths: dict[tuple[str, str], list[Row]] = {}


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stage]]:
    known: dict[str, Stage] = {}
    with ExitStack() as closing:

        def stage_of(code: str) -> Stage:
            if code not in known:
                known[code] = closing.enter_context(opened(code, tmp_path_factory.mktemp(code)))
            return known[code]

        yield stage_of


@pytest.fixture(params=CODES)
def stage(request: pytest.FixtureRequest, stages: Callable[[str], Stage]) -> Iterator[Stage]:
    made = stages(request.param)
    yield made
    made.calm()


def row(event: TrackingEvent) -> Row:
    """What an event says, whatever its parcel's number."""
    return event.happened_at, event.code, event.detail_code, event.milestone, event.reason, event.place


def rows(events: Any) -> list[Row]:
    return sorted((row(event) for event in events), key=str)


def truth(stage: Stage, journey: str) -> list[Row]:
    """What a query says of that journey when nothing goes wrong."""
    if (stage.code, journey) not in _truths:
        number = stage.parcel()
        stage.world.play(number, journey, START, DAY)
        _truths[stage.code, journey] = rows(stage.track(number))
        stage.told()
        stage.events.clear()
        stage.pushes.clear()
    return _truths[stage.code, journey]


def pushes(stage: Stage) -> bool:
    return stage.can(Operation.PUSH)


def first(errand: Callable[[], object], allowed: tuple[type[CourierError], ...]) -> None:
    """The errand under the fault: it succeeds or fails as it may; nothing else is raised."""
    with suppress(*allowed):
        errand()


@pytest.mark.parametrize(("fault", "value", "allowed", "seconds"), CALL_FAULTS, ids=CALL_IDS)
def test_an_order_ends_in_one_waybill(
    stage: Stage, fault: str, value: Any, allowed: tuple[type[CourierError], ...], seconds: float
) -> None:
    if not stage.can(Operation.BOOK):
        return
    reference = stage.reference()
    before = len(stage.world.parcels.orders())
    stage.set_fault(fault, value)
    first(lambda: stage.book(reference, seconds), allowed)
    first(lambda: stage.book(reference, seconds), allowed)
    stage.set_fault(fault, None)
    booking = stage.book(reference)
    order = stage.world.order(stage.code, reference)
    assert order is not None
    assert booking.waybill_no == order.waybill_no
    assert len(stage.world.parcels.orders()) == before + 1


@pytest.mark.parametrize("value", [True, 0.4])
def test_an_order_that_was_taken_but_not_answered_is_found_again(stage: Stage, value: object) -> None:
    if not stage.can(Operation.BOOK):
        return
    reference = stage.reference()
    stage.set_fault("timeout_after_order", value)
    with pytest.raises(Busy):
        stage.book(reference, 0.15)
    stage.set_fault("timeout_after_order", None)
    taken = stage.world.order(stage.code, reference)
    assert taken is not None
    assert stage.book(reference).waybill_no == taken.waybill_no


@pytest.mark.parametrize(("fault", "value", "allowed", "seconds"), CALL_FAULTS, ids=CALL_IDS)
def test_a_cancellation_ends_in_a_cancelled_order(
    stage: Stage, fault: str, value: Any, allowed: tuple[type[CourierError], ...], seconds: float
) -> None:
    if not (stage.can(Operation.CANCEL) and stage.can(Operation.BOOK)):
        return
    reference = stage.reference()
    number = stage.book(reference).waybill_no
    stage.set_fault(fault, value)
    first(lambda: stage.cancel(number, reference, seconds), allowed)
    stage.set_fault(fault, None)
    stage.cancel(number, reference)
    order = stage.world.order(stage.code, reference)
    assert order is not None
    assert order.cancelled


@pytest.mark.parametrize(("fault", "value", "allowed", "seconds"), CALL_FAULTS, ids=CALL_IDS)
def test_a_query_ends_in_the_same_events(
    stage: Stage, fault: str, value: Any, allowed: tuple[type[CourierError], ...], seconds: float
) -> None:
    if not stage.can(Operation.TRACK):
        return
    wanted = truth(stage, "delivered")
    number = stage.parcel()
    stage.world.play(number, "delivered", START, DAY)
    stage.set_fault(fault, value)
    first(lambda: stage.track(number, seconds), allowed)
    stage.set_fault(fault, None)
    assert rows(stage.track(number)) == wanted


def test_half_of_the_events_are_events_and_the_rest_comes_later(stage: Stage) -> None:
    if not stage.can(Operation.TRACK):
        return
    wanted = truth(stage, "delivered")
    number = stage.parcel()
    stage.world.play(number, "delivered", START, DAY)
    stage.set_fault("half_answer")
    half = stage.track(number)
    stage.set_fault("half_answer", None)
    whole = stage.track(number)
    assert 0 < len(half) < len(whole)
    assert {event.happened_at for event in half} <= {event.happened_at for event in whole}
    assert Milestone.DELIVERED not in {event.milestone for event in half}
    assert rows(whole) == wanted


def test_a_reworded_scan_is_a_further_row_that_says_the_same(stage: Stage) -> None:
    wanted = truth(stage, "delivered")
    number = stage.parcel()
    stage.set_fault("reworded")
    stage.subscribe(number)
    stage.world.play(number, "delivered", START, DAY)
    told = list(stage.track(number)) if stage.can(Operation.TRACK) else []
    if pushes(stage):
        stage.told()
        told += stage.events
    stage.set_fault("reworded", None)
    assert {one[0] for one in wanted} <= {event.happened_at for event in told}
    assert {event.milestone for event in told} == {one[3] for one in wanted}
    assert rows(stage.track(number)) == wanted


@pytest.mark.parametrize(
    ("fault", "value"),
    [("duplicate", True), ("out_of_order", 0.1), ("out_of_order", True), ("clock_skew", 7200), ("clock_skew", -7200)],
)
def test_pushes_end_in_the_same_truth(stage: Stage, fault: str, value: object) -> None:
    if not pushes(stage):
        return
    wanted = truth(stage, "delivered")
    number = stage.parcel()
    stage.subscribe(number)
    stage.set_fault(fault, value)
    stage.world.play(number, "delivered", START, DAY)
    stage.told()
    told = {event.natural_key: event for event in stage.events if event.waybill_no == number}
    assert {one[:2] for one in wanted} <= {(event.happened_at, event.code) for event in told.values()}
    assert {event.happened_at for event in told.values()} == {one[0] for one in wanted}
    newest = max(told.values(), key=lambda event: event.happened_at)
    assert newest.milestone is Milestone.DELIVERED
    stage.set_fault(fault, None)
    assert rows(stage.track(number)) == wanted


def test_a_push_comes_until_it_is_taken(stage: Stage) -> None:
    if not pushes(stage):
        return
    number = stage.parcel()
    stage.subscribe(number)
    stage.failures = 3
    stage.world.tell(number, "accepted", START, "sender office")
    stage.told()
    assert len(stage.pushes) >= 4
    assert Milestone.PICKED_UP in {event.milestone for event in stage.events if event.waybill_no == number}


def test_a_silent_courier_is_found_by_asking_and_catches_up(stage: Stage) -> None:
    wanted = truth(stage, "delivered")
    number = stage.parcel()
    stage.subscribe(number)
    stage.told()
    stage.events.clear()
    stage.set_fault("silent")
    stage.world.play(number, "delivered", START, DAY)
    time.sleep(0.15)
    assert stage.events == []
    assert rows(stage.track(number)) == wanted
    stage.set_fault("silent", None)
    if pushes(stage):
        stage.told()
        assert {one[0] for one in wanted} == {event.happened_at for event in stage.events}


@pytest.mark.parametrize("fate", ["lost", "returned", "delivered_then_not", "unknown_code"])
def test_a_fate_is_told_alike_by_push_and_query(stage: Stage, fate: str) -> None:
    stage.set_fault(fate)
    stage.world.lapse_seconds = 3600
    number = stage.parcel()
    stage.world.lapse_seconds = None
    stage.subscribe(number)
    stage.set_fault(fate, None)
    stage.world.advance(4000)
    events = stage.track(number)
    milestones = [event.milestone for event in events]
    if pushes(stage):
        stage.told()
        mine = [event for event in stage.events if event.waybill_no == number]
        assert {event.natural_key for event in mine} >= {event.natural_key for event in events}
        assert {event.happened_at for event in mine} == {event.happened_at for event in events}
    assert len({event.natural_key for event in events}) == len(events)
    if not _tells_steps(stage):
        assert (milestones[-1] is Milestone.DELIVERED) is (fate == "unknown_code")
        return
    assert (Milestone.UNRECOGNISED in milestones) is (fate == "unknown_code")
    if fate == "returned":
        assert {Milestone.RETURNING, Milestone.RETURNED} & set(milestones)
        assert Milestone.DELIVERED not in milestones or _new_number(stage, number) is not None
        _followed(stage, number)
    elif fate == "delivered_then_not":
        assert Milestone.DELIVERED in milestones
        assert milestones[-1] is not Milestone.DELIVERED
    elif fate == "lost":
        assert Milestone.DELIVERED not in milestones
    else:
        assert milestones[-1] is Milestone.DELIVERED


def _tells_steps(stage: Stage) -> bool:
    """False for a courier that says only what the last step meant (快递鸟 without extended states)."""
    return Milestone.PICKED_UP in {one[3] for one in truth(stage, "delivered")}


def _new_number(stage: Stage, number: str) -> str | None:
    return next((one.waybill_no for one in stage.world.parcels.orders() if one.returns == number), None)


def _followed(stage: Stage, number: str) -> None:
    """Where the return goes on under a new number, that number is told and leads back to the sender."""
    other = _new_number(stage, number)
    if other is None:
        return
    [turned] = [event for event in stage.track(number) if event.milestone is Milestone.RETURNING][:1]
    assert other in turned.text
    assert stage.track(other)[-1].milestone in (Milestone.DELIVERED, Milestone.RETURNED)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_the_dice_throw_everything_is_settled_in_the_end(stage: Stage, seed: int) -> None:
    wanted = truth(stage, "delivered")
    stage.set_fault("random", {"seed": seed, "rate": 0.5, "seconds": 0.05})
    reference = stage.reference()
    takes = stage.can(Operation.BOOK)
    number = settled(lambda: stage.book(reference)).waybill_no if takes else stage.parcel()
    if isinstance(stage.courier, Subscribes):
        settled(lambda: stage.subscribe(number))
    stage.world.play(number, "delivered", START, DAY)
    told = {event.happened_at for _ in range(5) for event in settled(lambda: stage.track(number))}
    if pushes(stage):
        stage.told()
        told |= {event.happened_at for event in stage.events if event.waybill_no == number}
    assert told >= {one[0] for one in wanted}
    stage.set_fault("random", None)
    assert rows(stage.track(number)) == wanted
    if stage.can(Operation.BOOK):
        order = stage.world.order(stage.code, reference)
        assert order is not None
        assert order.waybill_no == number


def questions(stage: Stage) -> Iterator[tuple[Operation, list[Any]]]:
    """One recorded set of arguments for everything else that the courier can be asked."""
    told: dict[Operation, list[Any]] = {}
    for path in sorted((DATA / stage.code).glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        operation = case.get("operation", "")
        if operation in set(stage.courier.services) and "arguments" in case.get("given", {}):
            told.setdefault(Operation(operation), case["given"]["arguments"])
    assert set(told) == set(stage.courier.services)
    yield from told.items()


@pytest.mark.parametrize(
    ("fault", "value", "error"),
    [
        ("5xx", 503, Busy),
        ("throttled", True, Busy),
        ("throttled", "http", Busy),
        ("garbled", True, Garbled),
        ("half_answer", "cut", Busy),
    ],
)
def test_any_other_question_is_no_decision_under_a_fault_and_one_without_it(
    stage: Stage, fault: str, value: Any, error: type[CourierError]
) -> None:
    for operation, told in questions(stage):
        service = stage.courier.services[operation]
        stage.set_fault(fault, value)
        with pytest.raises(error):
            stage.ask(service.ask(told, stage.at()), service.read)
        stage.set_fault(fault, None)
        with suppress(Refused):  # it is asked about parcels that are not there
            stage.ask(service.ask(told, stage.at()), service.read)
