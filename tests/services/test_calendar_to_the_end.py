"""A notice comes while clocks run, stand still and start: what was listed is what happens, and no clock is missed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, col, select

from logistics.actor import SYSTEM
from logistics.rules.workdays import CHINA
from logistics.services import calendars, pauses, reminding
from logistics.tables import CalendarMove, CalendarNotice, Deadline, LedgerEntry, Rung
from scheduler import calendars as look
from scheduler import reminders
from tests import builders
from tests.builders import House
from tests.services.test_calendars import JANUARY_29, OF_2027

WAIT = 20.0  # seconds until a test gives up; nothing waits so long when it works


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


def every_clock(hall: House) -> dict[int, Deadline]:
    with Session(hall.system.engine) as session:
        return {row.id or 0: row for row in session.exec(select(Deadline))}


def fired(hall: House) -> dict[tuple[int, str], datetime]:
    with Session(hall.system.engine) as session:
        rungs = session.exec(select(Rung).where(col(Rung.fired_at).is_not(None)))
        return {(one.deadline_id, one.name): one.fires_at for one in rungs}


def test_a_november_clock_that_reaches_into_2027_moves_exactly_as_listed_whatever_became_of_it_meanwhile(
    hall: House,
) -> None:
    hall.clock.now = beijing("2026-11-20T10:00")
    for _ in range(3):
        builders.opened(hall)
    whole = [row for row in every_clock(hall).values() if row.leg == "whole_case"]
    assert all(row.provisional and row.due_at.astimezone(CHINA).year == 2027 for row in whole)
    assert all("暂定" in row.explanation[-1] for row in whole)

    # one of them stands still until the year ends, one is given more time, the third just runs
    first, second, _third = (row.id or 0 for row in whole)
    asked = pauses.ask_pause(hall.web, hall.window, hall.command(), first, "force_majeure", "大雪封路")["pause"]
    pauses.approve(hall.web, hall.manager, hall.command(), asked)
    more = pauses.ask_extension(hall.web, hall.window, hall.command(), second, "applicant", "申请人补正", 2)["pause"]
    pauses.approve(hall.web, hall.manager, hall.command(), more)
    hall.clock.now = beijing("2026-12-31T10:00")
    pauses.resume(hall.web, hall.window, hall.command(), first)
    with Session(hall.system.engine) as session:
        warning = session.exec(select(Rung).where(Rung.deadline_id == first, Rung.name == "warning")).one()
    hall.clock.now = warning.fires_at
    reminders.once(hall.system)
    climbed = fired(hall)
    assert {name for deadline, name in climbed if deadline == first} == {"warning"}

    notice = int(calendars.draft_states(hall.system, SYSTEM, None, OF_2027)["notice"])
    assert every_clock(hall)[first].provisional, "a dry run moves nothing"
    look.once(hall.system)
    with Session(hall.system.engine) as session:
        listed = {
            one.deadline_id: one for one in session.exec(select(CalendarMove).where(CalendarMove.notice_id == notice))
        }
    before = every_clock(hall)
    assert {first, second} <= set(listed)
    assert listed[first].due_after != listed[first].due_before, "days around the Spring Festival are swapped"
    calendars.confirm(hall.system, SYSTEM, None, notice)
    look.once(hall.system)

    after = every_clock(hall)
    for id_, row in after.items():
        if id_ in listed:
            assert (row.due_at, row.provisional) == (listed[id_].due_after, listed[id_].provisional_after)
        else:
            assert (row.due_at, row.provisional) == (before[id_].due_at, before[id_].provisional)
    assert [line for line in after[first].explanation if "不可抗力" in line]
    assert "经批准延长 2 个工作日" in after[second].explanation
    with Session(hall.system.engine) as session:
        entries = session.exec(
            select(LedgerEntry).where(LedgerEntry.why == "国务院办公厅关于2027年部分节假日安排的通知")
        ).all()
    told = {(one.facts["due_before"], one.facts["due_at"]) for one in entries}
    assert len(entries) == len(listed)
    assert told == {(_stamp(one.due_before), _stamp(one.due_after)) for one in listed.values()}

    assert climbed.items() <= fired(hall).items(), "what fired stands where it fired"
    assert reminding.chase(hall.system, first) == []
    hall.clock.now = beijing("2027-06-01T10:00")
    assert reminding.chase(hall.system, first) == ["due", "overdue", "escalated", "escalated_upper"]


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"


@contextmanager
def held_before_commit(engine: Engine) -> Iterator[tuple[threading.Event, threading.Event]]:
    """The engine's next commit says that it is there, and waits to be let go."""
    there, go = threading.Event(), threading.Event()

    def stop(_connection: Connection) -> None:
        if not there.is_set():
            there.set()
            assert go.wait(WAIT)

    event.listen(engine, "commit", stop)
    try:
        yield there, go
    finally:
        go.set()
        event.remove(engine, "commit", stop)


def started(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_clock_planned_by_the_old_calendar_is_there_when_the_notice_is_applied(hall: House) -> None:
    hall.clock.now = JANUARY_29
    notice = int(calendars.draft_states(hall.system, SYSTEM, None, OF_2027)["notice"])
    look.once(hall.system)
    with held_before_commit(hall.web.engine) as (there, go):
        opening = started(lambda: builders.opened(hall))
        assert there.wait(WAIT)  # planned by the old calendar, and not committed
        confirming = started(lambda: calendars.confirm(hall.system, SYSTEM, None, notice))
        confirming.join(0.4)
        assert confirming.is_alive(), "the notice waits for whoever plans by the calendar it changes"
        go.set()
        opening.join(WAIT)
        confirming.join(WAIT)
    assert all(row.provisional for row in every_clock(hall).values())
    look.once(hall.system)
    moved = every_clock(hall)
    assert moved
    assert not any(row.provisional for row in moved.values())


def test_a_clock_that_starts_while_a_notice_is_confirmed_is_planned_by_the_new_calendar(hall: House) -> None:
    hall.clock.now = JANUARY_29
    notice = int(calendars.draft_states(hall.system, SYSTEM, None, OF_2027)["notice"])
    look.once(hall.system)
    with held_before_commit(hall.system.engine) as (there, go):
        confirming = started(lambda: calendars.confirm(hall.system, SYSTEM, None, notice))
        assert there.wait(WAIT)
        opening = started(lambda: builders.opened(hall))
        opening.join(0.4)
        assert opening.is_alive(), "whoever would plan by the calendar waits for the notice"
        go.set()
        confirming.join(WAIT)
        opening.join(WAIT)
    rows = every_clock(hall)
    assert rows
    assert not any(row.provisional for row in rows.values())
    with Session(hall.system.engine) as session:
        assert session.get_one(CalendarNotice, notice).confirmed_at is not None


def test_a_pause_that_ends_in_the_second_of_a_notice_is_planned_by_it(hall: House) -> None:
    hall.clock.now = JANUARY_29
    builders.opened(hall)
    row = next(one for one in every_clock(hall).values() if one.leg == "whole_case")
    asked = pauses.ask_pause(hall.web, hall.window, hall.command(), row.id or 0, "courier_suspension", "春运停收")
    pauses.approve(hall.web, hall.manager, hall.command(), asked["pause"])
    hall.clock.now += timedelta(hours=3)
    notice = int(calendars.draft_states(hall.system, SYSTEM, None, OF_2027)["notice"])
    look.once(hall.system)
    with held_before_commit(hall.web.engine) as (there, go):
        resuming = started(lambda: pauses.resume(hall.web, hall.window, hall.command(), row.id or 0))
        assert there.wait(WAIT)
        confirming = started(lambda: calendars.confirm(hall.system, SYSTEM, None, notice))
        confirming.join(0.4)
        assert confirming.is_alive()
        go.set()
        resuming.join(WAIT)
        confirming.join(WAIT)
    look.once(hall.system)
    after = every_clock(hall)[row.id or 0]
    assert (after.paused_at, after.provisional) == (None, False)
