"""Orders of numbers of the pool at a strict desk: whatever was lost on the way, at most one order stays alive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from couriers.sandbox.world import World
from logistics.services import dispatch, pool, registrations
from logistics.terms import ErrandKind
from scheduler import outbox
from tests.builders import Envelope, House, dispatched

FIRST = "1000000000100"


def run(youdang: House) -> None:
    """What is due soon has been done."""
    youdang.clock.advance(hours=1)
    outbox.once(youdang.system, 4.0, 20)


def alive(world: World) -> list[tuple[str, str]]:
    return [(one.reference, one.waybill_no) for one in world.parcels.orders() if not one.cancelled]


@contextmanager
def unanswered(world: World) -> Iterator[None]:
    """Orders are taken and not answered."""
    world.set_fault("timeout_after_order", 1.0)
    yield
    world.set_fault("timeout_after_order", None)


def in_limbo(youdang: House, world: World) -> Envelope:
    """An envelope whose order was taken without an answer, and that went on with a number of the pool."""
    pool.add(youdang.web, youdang.window, youdang.command(), "ems", first=FIRST, last=FIRST)
    envelope = dispatched(youdang)
    with unanswered(world):
        outbox.once(youdang.system, 1.0, 20)
    assert [reference for reference, _ in alive(world)] == [envelope.no]
    dispatch.book_from_pool(youdang.web, youdang.window, youdang.command(), envelope.no)
    return envelope


def withdrawn(youdang: House, world: World) -> Envelope:
    """The same, and the courier has withdrawn its own number since."""
    envelope = in_limbo(youdang, world)
    run(youdang)
    registrations.withdraw_number(youdang.web, youdang.window, youdang.command(), envelope.no)
    run(youdang)
    return envelope


def test_after_a_withdrawn_order_the_number_on_the_envelope_is_ordered_under_a_new_reference(
    youdang: House, world: World
) -> None:
    envelope = withdrawn(youdang, world)
    run(youdang)
    assert alive(world) == [(f"{envelope.no}-2", FIRST)]
    assert youdang.consignment(envelope.no).registered_at is not None


def test_an_order_under_a_new_reference_is_withdrawn_under_it(youdang: House, world: World) -> None:
    envelope = withdrawn(youdang, world)
    run(youdang)
    dispatch.void(youdang.web, youdang.window, youdang.command(), envelope.no, "申请人撤回")
    run(youdang)
    assert alive(world) == []


def test_a_void_envelope_leaves_no_order_behind_that_nobody_here_knew_of(youdang: House, world: World) -> None:
    envelope = in_limbo(youdang, world)
    dispatch.void(youdang.web, youdang.window, youdang.command(), envelope.no, "申请人撤回")
    run(youdang)
    run(youdang)
    assert alive(world) == []
    assert not [one for one in youdang.errands(kind=ErrandKind.REGISTER) if one.done_at is None]


def test_a_void_envelope_whose_registration_went_unanswered_leaves_no_order_behind(
    youdang: House, world: World
) -> None:
    pool.add(youdang.web, youdang.window, youdang.command(), "ems", first=FIRST, last=FIRST)
    envelope = dispatched(youdang)
    youdang.clock.advance(seconds=21)
    dispatch.book_from_pool(youdang.web, youdang.window, youdang.command(), envelope.no)
    with unanswered(world):
        outbox.once(youdang.system, 1.0, 20)
    assert alive(world) == [(envelope.no, FIRST)]
    dispatch.void(youdang.web, youdang.window, youdang.command(), envelope.no, "申请人撤回")
    run(youdang)
    run(youdang)
    assert alive(world) == []
