"""Silent parcels: one difference a silence, explained by the next movement."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from couriers.contract import Milestone
from logistics.rules.policies import Audience, RungKind
from logistics.rules.silence import RUNG
from logistics.rules.workdays import DayKind, SpecialDay
from logistics.services import silences
from logistics.store import calendars
from logistics.tables import CalendarNotice, Consignment, Deadline, Notice, Rung
from logistics.terms import DiscrepancyKind, Resolution
from scheduler import reminders, silence
from tests import builders
from tests.builders import Envelope, House
from tests.services.meaning import booked, differences, entries, hear, said, violations

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


def rungs(hall: House, envelope: Envelope) -> list[Rung]:
    with Session(hall.system.engine) as session:
        of = select(Rung).join(Deadline, col(Deadline.id) == Rung.deadline_id)
        of = of.join(Consignment, col(Consignment.id) == Deadline.consignment_id).where(Consignment.no == envelope.no)
        return list(session.exec(of.where(col(Rung.name).startswith(RUNG)).order_by(col(Rung.name))))


def test_a_silence_raises_the_clock_that_runs_once_and_owner_and_manager_hear_of_it(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 0, "203"))
    hall.clock.advance(days=2, hours=7)  # Thursday at half past four, the two working days are just over
    assert silence.once(hall.system) == 1
    silences.watch(hall.system, envelope.no)
    owner, manager = rungs(hall, envelope)
    assert (owner.audience, manager.audience) == (Audience.OWNER, Audience.OWNER_MANAGER)
    assert {one.kind for one in (owner, manager)} == {RungKind.SILENT}
    [entry] = entries(hall, envelope, "deadline:raised")
    assert entry.facts["rungs"] == [owner.name, manager.name]
    assert entry.facts["silence"] == differences(hall, envelope, SILENT)[0].key
    reminders.once(hall.system)
    reminders.once(hall.system)
    with Session(hall.system.engine) as session:
        told = session.exec(select(Notice).where(Notice.kind == RungKind.SILENT)).all()
    assert {hall.window.officer_id, hall.manager.officer_id} <= {one.officer_id for one in told}
    assert len({(one.officer_id, one.key) for one in told}) == len(told)
    assert "久无动向" in told[0].zh
    assert violations(hall, envelope) == []


def test_the_next_silence_raises_it_again_and_a_waived_clock_is_not_raised(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 0, "203"))
    hall.clock.advance(days=7)
    silence.once(hall.system)
    hear(hall, said(hall, Milestone.IN_TRANSIT, 0, "389"))
    hall.clock.advance(days=7)
    silence.once(hall.system)
    assert len(rungs(hall, envelope)) == 4
    hear(hall, said(hall, Milestone.ARRIVED, 0, "390"))
    with hall.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deadline SET waived_at = now() WHERE leg = 'transit'")
    hall.clock.advance(days=7)
    assert silence.once(hall.system) == 1
    assert len(rungs(hall, envelope)) == 4


def test_days_on_which_the_sender_is_closed_are_no_silence_of_its_parcels(hall: House) -> None:
    booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 0, "203"))
    closed = [SpecialDay(date(2026, 9, day), DayKind.CLOSED, "搬迁") for day in (9, 10, 11)]
    with Session(hall.system.engine) as session, session.begin():
        now = hall.clock()
        session.add(
            CalendarNotice(
                agency_id=hall.window.agency_id, year=2026, title="搬迁", days=calendars.plain_days(closed),
                source_text="搬迁", drafted_at=now, listed_at=now, confirmed_at=now, applied_at=now,
            )
        )  # fmt: skip
    hall.clock.advance(days=5)
    assert silence.once(hall.system) == 0
    hall.clock.advance(days=3)
    assert silence.once(hall.system) == 1


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
