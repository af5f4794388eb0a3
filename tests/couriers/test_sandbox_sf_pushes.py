# ruff: noqa: F811 - fixtures are imported by name
"""What SF's sandbox tells unasked, and what it does when it does not work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from couriers import transport
from couriers.adapters.sf import Sf
from couriers.contract import Busy, Garbled, Milestone, Operation
from couriers.sandbox.scans import Kind
from couriers.sandbox.world import World
from tests.couriers.conftest import wait_for
from tests.couriers.sf_stage import (  # noqa: F401
    AT,
    Hook,
    ask,
    book,
    extra,
    hook,
    request_of,
    sandbox,
    sent,
    sf,
    tracked,
)


@pytest.mark.parametrize("journey", ["delivered", "locker", "attempted", "delivered_then_not", "unknown_code"])
def test_what_is_pushed_is_what_is_shown(sf: Sf, world: World, hook: Hook, journey: str) -> None:
    waybill_no = book(sf).waybill_no
    world.play(waybill_no, journey, AT - timedelta(days=2), 86400)
    shown = tracked(sf, waybill_no)
    wait_for(lambda: len(hook.events) >= len(shown))
    assert [event.natural_key for event in hook.events] == [event.natural_key for event in shown]
    assert {event.reference for event in hook.events} == {"TEST-1"}
    assert len(hook.pushes) == -(-len(shown) // 10)  # ten routes at once


class TestForm:
    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"COURIER_SF_SANDBOX_PUSH": "form"}

    def test_routes_may_come_as_xml_in_a_form(self, sf: Sf, world: World, hook: Hook) -> None:
        waybill_no = book(sf).waybill_no
        world.play(waybill_no, "delivered", AT - timedelta(days=2), 86400)
        world.tell(waybill_no, "50", AT, "sender office", remark="<\"&'> 原话")
        shown = tracked(sf, waybill_no)
        wait_for(lambda: len(hook.events) == len(shown))
        assert {event.natural_key for event in hook.events} == {event.natural_key for event in shown}
        assert hook.events[-1].text == "<\"&'> 原话"
        assert {push.header("Content-Type") for push in hook.pushes} == {
            "application/x-www-form-urlencoded; charset=UTF-8"
        }
        wait_for(lambda: world.state()["pushes_owed"] == 0)

    def test_a_form_that_was_not_taken_comes_again(self, sf: Sf, world: World, hook: Hook) -> None:
        hook.failures = 2
        world.tell(book(sf).waybill_no, Kind.ACCEPTED, AT, "sender office")
        wait_for(lambda: hook.codes() == ["50"])
        assert len(hook.pushes) == 3


def test_a_batch_that_was_not_taken_comes_again(sf: Sf, world: World, hook: Hook) -> None:
    hook.failures = 2
    world.tell(book(sf).waybill_no, Kind.ACCEPTED, AT, "sender office")
    wait_for(lambda: hook.codes() == ["50"])
    assert len(hook.pushes) == 3
    assert len({push.body for push in hook.pushes}) == 1
    wait_for(lambda: world.state()["pushes_owed"] == 0)


def test_an_order_with_a_pickup_tells_its_states(sf: Sf, world: World, hook: Hook) -> None:
    waybill_no = book(sf, pickup_from=AT + timedelta(hours=2)).waybill_no
    wait_for(lambda: hook.codes() == ["04-40037", "04-40001"])
    world.tell(waybill_no, Kind.ACCEPTED, AT, "sender office")
    wait_for(lambda: hook.codes()[2:] == ["50", "05-40003"])
    assert {event.waybill_no for event in hook.events} == {waybill_no}
    assert [event.milestone for event in hook.events][-1] is Milestone.PICKED_UP
    wait_for(lambda: world.state()["pushes_owed"] == 0)


def test_a_trainer_may_send_any_state_of_an_order(sf: Sf, world: World, hook: Hook) -> None:
    waybill_no = book(sf).waybill_no
    world.notify("sf", waybill_no, {"orderStateCode": "99-00001", "orderStateDesc": "演示"})
    wait_for(lambda: hook.codes() == ["99-00001"])
    assert hook.events[0].milestone is Milestone.UNRECOGNISED


class TestStranger:
    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"COURIER_SF_PUSH_TOKEN": "AnotherPushToken9876543210"}

    def test_a_push_with_another_token_is_not_believed(self, sf: Sf, world: World, hook: Hook) -> None:
        world.tell(book(sf).waybill_no, Kind.ACCEPTED, AT, "sender office")
        wait_for(lambda: len(hook.pushes) > 1)
        assert hook.events == []
        assert world.state()["pushes_owed"] == 1


def test_a_return_goes_on_under_a_new_number_that_the_old_one_names(sf: Sf, world: World, hook: Hook) -> None:
    waybill_no = book(sf).waybill_no
    world.play(waybill_no, "returned", AT - timedelta(days=2), 86400)
    *_, last = tracked(sf, waybill_no)
    assert (last.code, last.milestone) == ("648", Milestone.RETURNING)
    (back,) = [one for one in world.parcels.orders() if one.returns == waybill_no]
    assert back.waybill_no in last.text
    *_, home = tracked(sf, back.waybill_no)
    assert (home.milestone, home.place) == (Milestone.DELIVERED, "深圳市")
    wait_for(lambda: {event.waybill_no for event in hook.events} == {waybill_no, back.waybill_no})


def test_a_further_parcel_is_scanned_for_itself_under_the_orders_number(sf: Sf, world: World, hook: Hook) -> None:
    book(sf)
    _, child = ask(sf, Operation.SUB_WAYBILLS, "TEST-1", "1")
    world.tell(child, Kind.ACCEPTED, AT, "sender office")
    wait_for(lambda: hook.codes() == ["50"])
    assert (hook.events[0].waybill_no, hook.events[0].reference) == (child, "TEST-1")


def test_too_often_is_said_in_sfs_own_code(sf: Sf, world: World) -> None:
    for manner in (True, "http"):
        world.set_fault("throttled", manner, "sf")
        with pytest.raises(Busy):
            book(sf)
    world.set_fault("throttled", None, "sf")
    assert ask(sf, Operation.ORDER, "TEST-1") is None


def test_an_order_whose_answer_never_came_is_found(sf: Sf, world: World) -> None:
    world.set_fault("timeout_after_order", 1.0, "sf")
    with pytest.raises(Busy):
        transport.send(sf.ask_booking(request_of(), AT), 0.3)
    found = ask(sf, Operation.ORDER, "TEST-1")
    assert found is not None
    world.set_fault("timeout_after_order", None, "sf")
    assert book(sf) == found


def test_half_a_text_is_garbled_and_the_order_stands(sf: Sf, world: World) -> None:
    world.set_fault("garbled", True, "sf")
    with pytest.raises(Garbled):
        book(sf)
    world.set_fault("garbled", None, "sf")
    assert ask(sf, Operation.ORDER, "TEST-1") is not None


def test_half_an_answer_shows_the_first_half(sf: Sf, world: World) -> None:
    waybill_no = book(sf).waybill_no
    world.play(waybill_no, "delivered", AT - timedelta(days=2), 86400)
    whole = tracked(sf, waybill_no)
    world.set_fault("half_answer", True, "sf")
    half = tracked(sf, waybill_no)
    assert half == whole[: len(whole) // 2]
    world.set_fault("half_answer", "cut", "sf")
    with pytest.raises(Busy):
        tracked(sf, waybill_no)


def test_a_reworded_scan_has_other_words_another_second_and_another_spelling(sf: Sf, world: World) -> None:
    waybill_no = book(sf).waybill_no
    world.tell(waybill_no, Kind.ACCEPTED, AT, "sender office")
    world.set_fault("reworded", True, "sf")
    first, again = tracked(sf, waybill_no)
    assert (first.code, first.milestone) == (again.code, again.milestone)
    assert first.text != again.text
    assert first.place != again.place
    assert timedelta(0) < again.happened_at - first.happened_at < timedelta(minutes=1)


def test_a_parcel_that_somebody_else_carries_is_not_shown(sf: Sf, world: World) -> None:
    order, _ = world.book("ems", "X", "ems")
    world.tell(order.waybill_no, Kind.ACCEPTED, AT, "sender office")
    assert sf.read_tracking(sent(sf.ask_routes([order.waybill_no], AT, phones=["13000000000"]))) == ()
