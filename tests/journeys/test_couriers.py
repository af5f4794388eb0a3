"""Envelopes by every courier that takes orders, under every fault: the same truth as without, or a person sees it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from sqlmodel import Session

from couriers.contract import Milestone
from logistics.store import find
from logistics.store.embedded import Server
from logistics.terms import DiscrepancyKind, ErrandKind, Stage
from scheduler import silence
from tests import builders
from tests.conftest import _new_database
from tests.journeys.courier_town import LEASE_SECONDS, CourierTown, Truth, courier_town

BOOKING = ("ems", "sf", "kuaidi100", "kdniao")
_truths: dict[tuple[str, str], Truth] = {}


@pytest.fixture(scope="module")
def town(postgres: Server, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourierTown]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # thousands of lines
    with _new_database(postgres, seeded_template) as urls, courier_town(urls, tmp_path_factory.mktemp("town")) as made:
        yield made
    structlog.reset_defaults()


@pytest.fixture(params=BOOKING)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def fault(town: CourierTown, code: str, name: str, value: Any = True) -> Iterator[None]:
    """It lasts while the block does."""
    town.world.set_fault(name, value, code)
    try:
        yield
    finally:
        town.world.set_fault(name, None, code)


def booked(town: CourierTown, code: str) -> str:
    no = town.sent(code)
    assert town.work_until(lambda: town.booked(no)), town.owed(no, ErrandKind.BOOK)
    return no


def truth(town: CourierTown, code: str, journey: str = "delivered") -> Truth:
    """What stands in the end when nothing goes wrong."""
    if (code, journey) not in _truths:
        no = booked(town, code)
        start = town.travel(no, journey)
        town.pushed()
        _truths[code, journey] = town.truth(no, start)
        _one_waybill(town, no)
        if journey == "delivered":
            _received(town, no)
    return _truths[code, journey]


def _received(town: CourierTown, no: str) -> None:
    house = town.house
    with Session(house.system.engine) as session:
        dossier, row = find.consignment_by_no(session, no)
        codes = [one.code for one in find.whole(session, dossier).originals_of(row)]
    builders.received(house, builders.Envelope(dossier.no, no, codes))
    assert house.consignment(no).stage is Stage.RECEIVED


def _one_waybill(town: CourierTown, no: str) -> None:
    assert town.orders(no) == [town.house.consignment(no).waybill_no]


def test_an_envelope_is_ordered_told_about_delivered_and_received(town: CourierTown, code: str) -> None:
    found = truth(town, code)
    assert found.stage is Stage.DELIVERED
    assert found.delivered_after is not None
    assert found.open == frozenset()
    told = [milestone for _, milestone in found.told]
    assert told[-1] is Milestone.DELIVERED
    assert {Milestone.PICKED_UP, Milestone.OUT_FOR_DELIVERY} <= set(told)
    assert town.pushes(code) > 0


CALLS: list[tuple[str, Any, float]] = [
    ("timeout_after_order", 0.7, 0.8),
    ("5xx", True, LEASE_SECONDS),
    ("garbled", True, LEASE_SECONDS),
    ("throttled", True, LEASE_SECONDS),
    ("half_answer", "cut", LEASE_SECONDS),
]


@pytest.mark.parametrize(("name", "value", "lease"), CALLS, ids=[name for name, _, _ in CALLS])
def test_a_fault_at_the_order_and_at_every_question_ends_in_one_waybill_and_the_same_truth(
    town: CourierTown, code: str, name: str, value: Any, lease: float
) -> None:
    wanted = truth(town, code)
    no = town.sent(code)
    with fault(town, code, name, value):
        town.lease_seconds = lease
        town.work_until(lambda: town.booked(no), 2)
        town.lease_seconds = LEASE_SECONDS
    assert town.work_until(lambda: town.booked(no)), [one.last_error for one in town.parked(no)]
    _one_waybill(town, no)
    with fault(town, code, name, value):
        start = town.travel(no)
        town.work()
    town.pushed()
    town.house.clock.advance(hours=7)
    town.work()
    assert town.truth(no, start) == wanted
    _one_waybill(town, no)
    _received(town, no)


@pytest.mark.parametrize("name", ["duplicate", "reworded", "out_of_order"])
def test_pushes_that_come_twice_in_other_words_or_out_of_order_tell_the_same(
    town: CourierTown, code: str, name: str
) -> None:
    wanted = truth(town, code)
    no = booked(town, code)
    with fault(town, code, name, 0.05 if name == "out_of_order" else True):
        start = town.travel(no)
        town.pushed()
    assert town.truth(no, start) == wanted
    _received(town, no)


def test_a_courier_that_pushes_nothing_is_asked(town: CourierTown, code: str) -> None:
    wanted = truth(town, code)
    no = booked(town, code)
    before = town.pushes(code)
    with fault(town, code, "silent"):
        start = town.travel(no)
        assert town.work_until(lambda: town.house.consignment(no).stage is Stage.DELIVERED)
        assert town.pushes(code) == before
        assert town.truth(no, start) == wanted
    town.pushed()  # it remembers in the end, and tells nothing new
    assert town.truth(no, start) == wanted
    _received(town, no)


@pytest.mark.parametrize(
    ("fate", "kind"), [("returned", DiscrepancyKind.RETURNED), ("lost", DiscrepancyKind.LOST)], ids=["returned", "lost"]
)
def test_a_parcel_that_does_not_arrive_is_seen_by_a_person(
    town: CourierTown, code: str, fate: str, kind: DiscrepancyKind
) -> None:
    """In the courier's own words where it has any for that; else as a parcel that fell silent."""
    no = booked(town, code)
    start = town.travel(no, fate)
    town.pushed()
    found = town.truth(no, start)
    if kind not in found.open:
        town.house.clock.advance(days=14)  # whatever holidays lie between
        silence.once(town.house.system)
        found = town.truth(no, start)
        kind = DiscrepancyKind.SILENT
    assert found.stage is not Stage.DELIVERED
    assert found.delivered_after is None
    assert kind in found.open, found
    _one_waybill(town, no)
