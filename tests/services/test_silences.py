"""Silent parcels: one difference a silence, explained by the next movement."""

from __future__ import annotations

from couriers.contract import Milestone
from logistics.terms import DiscrepancyKind, Resolution
from scheduler import silence
from tests import builders
from tests.builders import House
from tests.services.meaning import booked, differences, hear, said

SILENT = DiscrepancyKind.SILENT


def test_nobody_came_for_a_whole_working_day_and_one_difference_says_so(hall: House) -> None:
    envelope = booked(hall)
    hall.clock.advance(hours=4)
    assert silence.once(hall.system) == 0
    hall.clock.advance(hours=24)
    assert silence.once(hall.system) == 1
    assert silence.once(hall.system) == 0  # it is told already
    [opened] = differences(hall, envelope, SILENT)
    assert opened.key == f"silent:{envelope.no}:dispatched"
    assert "没有任何揽收轨迹" in opened.note


def test_the_next_movement_explains_the_silence_and_the_next_silence_is_another(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 0, "203"))
    hall.clock.advance(days=7)
    assert silence.once(hall.system) == 1
    hear(hall, said(hall, Milestone.INFO, -0.5, "900"))  # words are no movement
    assert differences(hall, envelope, SILENT)[0].settled_at is None
    hear(hall, said(hall, Milestone.IN_TRANSIT, 0, "389"))
    [first] = differences(hall, envelope, SILENT)
    assert first.resolution is Resolution.EXPLAINED
    hall.clock.advance(days=7)
    assert silence.once(hall.system) == 1
    first, second = differences(hall, envelope, SILENT)
    assert second.settled_at is None
    assert first.key != second.key


def test_a_holiday_is_no_silence(hall: House) -> None:
    hall.clock.advance(days=22)  # 30 September, before the week of the national holiday
    booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 5, "203"))
    hall.clock.advance(days=6)
    assert silence.once(hall.system) == 0


def test_a_parcel_that_came_is_silent_no_more(hall: House) -> None:
    envelope = booked(hall)
    hall.clock.advance(days=7)
    assert silence.once(hall.system) == 1
    builders.received(hall, envelope)
    silence.once(hall.system)
    [row] = differences(hall, envelope, SILENT)
    assert row.resolution is Resolution.EXPLAINED
