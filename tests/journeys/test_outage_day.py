"""A day of courier outage, played in fast time: windows go on from the pool, everything is registered after, and no
trace is missing that the courier still knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import Session

from logistics.errors import Rejected
from logistics.services import dispatch, handovers, pool, queues, registrations
from logistics.store import accounts, health
from logistics.store.embedded import Urls
from logistics.store.work import reading
from logistics.tables import Errand, Tracking
from logistics.terms import CallResult, ErrandKind, Stage
from scheduler import nightly
from tests import builders
from tests.journeys.outage_town import SECOND, Day, day

FIRST, LAST = "1000000000100", "1000000000119"
PNG = b"\x89PNG\r\n\x1a\n" + b"a drawn name"
CALL = 0.5  # seconds that a scheduler waits for an answer while the courier gives none


def china(hour: int, minute: int = 0) -> datetime:
    return builders.TUESDAY.replace(hour=0, minute=0) + timedelta(hours=hour - 8, minutes=minute)


def stocked(hall: Day) -> None:
    house = hall.house
    pool.add(house.web, house.window, house.command(), "ems", first=FIRST, last=LAST)


def goes_down(hall: Day, *, one_dies: bool = True) -> list[str]:
    """Orders are taken and not answered (and one scheduler is killed in such a call); then nobody answers at all. The
    envelopes whose orders were under way."""
    hall.fault("silent")
    hall.pushing = False
    hall.longest_call(CALL)
    hall.fault("timeout_after_order", 30.0)
    limbo = hall.send(4)
    if one_dies:
        hall.die_in_a_call()
    hall.fault("timeout_after_order", 2 * CALL)
    hall.until(10, 1, step=1)
    hall.fault("timeout_after_order", None)
    hall.fault("5xx")
    return limbo


def is_back(hall: Day) -> None:
    """The courier answers and pushes again."""
    for name in ("5xx", "throttled", "silent"):
        hall.fault(name, None)
    hall.longest_call(6)
    hall.pushing = True


def to_the_pool(hall: Day, envelopes: list[str]) -> None:
    """Envelopes in 下单中 have gone on with numbers of the pool."""
    house = hall.house
    for no in envelopes:
        dispatch.book_from_pool(house.web, house.window, house.command(), no)


def handed_over(hall: Day, envelopes: list[str]) -> None:
    """The collector has signed for each of them, and they travel, whoever knows of it."""
    house = hall.house
    no = str(handovers.start(house.web, house.window, house.command(), "ems")["list"])
    for envelope in envelopes:
        handovers.scan(house.web, house.window, house.command(), no, hall.no_of(envelope))
    done = handovers.sign(house.web, house.window, house.command(), no, "赵示例", "YG-10086", PNG)
    assert done["count"] == len(envelopes)
    for envelope in envelopes:
        hall.postman.take(hall.no_of(envelope), hall.house.clock.now, 24)


def nothing_is_missing(hall: Day, envelopes: list[str]) -> None:
    """Every scan that an account knows stands on its envelope, which is asked after until it is received."""
    for no in envelopes:
        known = [scan.happened_at for scan in hall.world.scans(hall.no_of(no))]
        own = {one.happened_at for one in hall.rows(Tracking, no) if one.courier == hall.courier}
        assert set(known) == own, no
        for account in (hall.courier, *filter(None, [hall.house.system.second_source])):
            assert hall.missing(account, no) == set(), (account, no)
        asked = [one for one in hall.rows(Errand, no) if one.kind is ErrandKind.TRACK]
        assert [(one.done_at, one.parked_at) for one in asked] == [(None, None)], no


def test_a_day_without_ems_loses_no_envelope_no_number_and_no_trace(seeded: Urls, tmp_path: Path) -> None:
    with day(seeded, tmp_path) as hall:
        house = hall.house
        stocked(hall)
        early, eleven = hall.send(2)
        hall.until(9)
        hall.postman.take(hall.no_of(early), china(8, 30), 24)
        hall.postman.take(hall.no_of(eleven), china(11) - timedelta(hours=1.2), 24)  # its pick-up is scanned at 11:00
        hall.until(10, step=20)
        assert hall.rows(Tracking, early)

        at_hand, left, gone, waits = limbo = goes_down(hall)
        never = hall.send(2)
        hall.until(10, 20, step=4)
        assert {house.consignment(no).stage for no in (*limbo, *never)} == {Stage.BOOKING}
        taken = [no for no in limbo if hall.orders(no)]
        assert len(taken) >= 3, "these the courier has, and never answered"
        assert not any(hall.orders(no) for no in never)
        to_the_pool(hall, [at_hand, left, gone, never[0]])
        from_pool = hall.send(2, from_pool=True)
        assert all(hall.label(no).startswith(b"%PDF") for no in (at_hand, left, *from_pool))
        hall.schedulers[0].again()
        hall.web.stop()
        hall.until(12, step=20)
        hall.web.start()
        hall.fault("throttled", 1800, SECOND)
        refused, silent = hall.send(2, from_pool=True)
        hall.world.book("ems", "SOMEBODY-1", waybill_no=hall.no_of(refused))
        dispatch.void(house.web, house.window, house.command(), gone, "申请人撤回")
        hall.until(14, step=30)
        hall.fault("5xx", None)
        hall.fault("slow", 2 * CALL)  # whatever is asked now is done after we have hung up
        hall.until(15, step=30)
        hall.fault("slow", None)
        hall.fault("5xx")
        hall.schedulers[1].again()
        handed_over(hall, [left, never[0], *from_pool, silent])
        hall.until(20, step=30)
        assert house.consignment(eleven).picked_up_at is None
        assert len(hall.calls(china(10, 20))) <= 25, "one try every half hour, however many wait"
        assert len(hall.calls(china(12), SECOND)) <= 17, "not before it said"
        assert hall.parked() == [], "what waits for an account is no failure of its own"

        is_back(hall)
        hall.fault("throttled", None, SECOND)
        hall.until(21)
        for no in (at_hand, left):
            assert set(hall.open_differences(no)) == {"second_waybill"}, "two numbers are shown, never two silently"
        registrations.adopt_number(house.web, house.window, house.command(), at_hand)
        assert hall.label(at_hand).startswith(b"%PDF")
        registrations.withdraw_number(house.web, house.window, house.command(), left)
        handed_over(hall, [at_hand])
        hall.until(22, step=20)

        everybody = [one.no for one in hall.envelopes()]
        assert {no for no in everybody if hall.orders(no) != [hall.no_of(no)]} == {gone, refused}
        assert hall.orders(gone) == [], "the order that nobody here knew of was withdrawn with it"
        assert set(hall.open_differences(refused)) == {"unregistered"}
        assert "B0006" in house.consignment(refused).refusal
        numbers = [one for one in hall.numbers() if one.taken_at is not None]
        unregistered = {one.number for one in numbers if one.registered_at is None and one.spoilt_at is None}
        assert unregistered == {hall.no_of(gone), hall.no_of(refused)}
        assert house.consignment(waits).waybill_no in {one.waybill_no for one in hall.world.parcels.orders()}

        hall.until(21, days=1, step=180)
        travelled = [early, eleven, at_hand, left, never[0], *from_pool, silent]
        assert {house.consignment(no).stage for no in travelled} == {Stage.DELIVERED}
        nothing_is_missing(hall, travelled)
        assert house.consignment(eleven).picked_up_at == china(11)
        collected, transit = hall.clock_of(eleven, "booked_to_picked_up"), hall.clock_of(eleven, "transit")
        assert collected is not None
        assert transit is not None
        assert collected.met_at == transit.started_at == china(11), (
            "the courier's own time counts, however late we heard"
        )
        assert list(nightly.violations(house.system)) == []
        assert hall.parked() == []


def test_hours_of_throttling_are_obeyed_with_a_cap_and_nothing_is_lost(seeded: Urls, tmp_path: Path) -> None:
    with day(seeded, tmp_path, second="") as hall:
        stocked(hall)
        [early] = hall.send(1)
        hall.until(9, step=15)
        hall.postman.take(hall.no_of(early), hall.house.clock.now, 24)
        hall.until(10, step=30)
        hall.fault("throttled", 7200)
        hall.fault("silent")
        hall.pushing = False
        waiting = hall.send(2)
        hall.until(10, 5, step=5)
        pooled = hall.send(2, from_pool=True)
        hall.until(16, step=15)
        times = sorted(set(hall.calls(china(10, 1))))
        assert all(after - before >= timedelta(hours=1) for before, after in pairwise(times)), "it asked for two hours"
        assert len(times) >= 4, "an hour is the longest that we stay away"
        assert hall.parked() == []
        is_back(hall)
        hall.until(18, step=15)
        for no in (early, *waiting, *pooled):
            assert hall.orders(no) == [hall.no_of(no)]
            assert hall.house.consignment(no).registered_at is not None
        nothing_is_missing(hall, [early, *waiting, *pooled])
        assert list(nightly.violations(hall.house.system)) == []


def test_sf_is_down_while_its_token_expires_and_each_order_is_there_once(seeded: Urls, tmp_path: Path) -> None:
    with day(seeded, tmp_path, "sf", "", COURIER_SF_AUTH="oauth2") as hall:
        house = hall.house
        [early] = hall.send(1)
        hall.until(9, step=15)
        hall.postman.take(hall.no_of(early), house.clock.now, 24)
        hall.until(10, step=30)
        limbo = goes_down(hall, one_dies=False)
        hall.until(11, step=15)
        waiting = hall.send(2)
        with pytest.raises(Rejected) as none:
            dispatch.book_from_pool(house.web, house.window, house.command(), waiting[0])
        assert none.value.rule == "no_pool_courier"
        hall.until(14, step=30)
        assert sum(bool(hall.orders(no)) for no in limbo) >= 3
        assert {house.consignment(no).stage for no in waiting} == {Stage.BOOKING}
        is_back(hall)
        hall.until(15, 30, step=15)
        for no in (early, *limbo, *waiting):
            assert hall.orders(no) == [hall.no_of(no)]
        with Session(house.system.engine) as session:
            fetched = accounts.figures(session, "sf", china(8).date())["token", CallResult.OK]
        assert fetched >= 2, "in the morning, and when that one had expired"
        nothing_is_missing(hall, [early, *limbo, *waiting])
        assert hall.parked() == []
        assert list(nightly.violations(house.system)) == []


def test_what_gave_up_is_seen_by_a_person_and_done_once_it_is_tried_again(seeded: Urls, tmp_path: Path) -> None:
    with day(seeded, tmp_path, second="") as hall:
        house = hall.house
        [only] = hall.send(1)
        hall.fault("garbled")  # orders are taken, and answered in half a text
        hall.until(13, step=30)
        hall.fault("garbled", None)
        hall.until(14, step=30)
        with reading(house.web.engine, house.window) as session:
            [parked] = health.parked_errands(session)
            assert [one.id for one in accounts.parked(session, "ems")] == [parked.id]
        assert (parked.kind, parked.parked_at is None) == (ErrandKind.BOOK, False)
        assert "不可读" in parked.last_error or "读" in parked.last_error
        queues.retry(house.web, house.window, house.command(), parked.id or 0)
        hall.until(15, step=30)
        assert hall.orders(only) == [hall.no_of(only)]
        assert hall.parked() == []
