"""A notice of days off: drafted from its words, listed before anybody confirms, then moved exactly as listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, col, select

from logistics.actor import SYSTEM
from logistics.errors import NotAllowed, Rejected
from logistics.rules.workdays import CHINA, CalendarError, state_calendar
from logistics.services import calendars, reminding
from logistics.store import calendars as at_rest
from logistics.store.locks import Lock
from logistics.tables import Agency, CalendarMove, CalendarNotice, Deadline, LedgerEntry, Rung
from logistics.terms import Role
from scheduler import calendars as look
from scheduler.alone import alone
from tests import builders
from tests.builders import House

# made up: nobody has announced 2027 yet
OF_2027 = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月30日（周六）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假调休，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""
JANUARY_29 = datetime(2027, 1, 29, 2, tzinfo=UTC)  # a Friday, 10:00 in China


def open_deadlines(hall: House) -> list[Deadline]:
    with Session(hall.system.engine) as session:
        stretches = select(Deadline).where(Deadline.leg != "whole_case").order_by(col(Deadline.id))
        return list(session.exec(stretches))


def moves(hall: House, notice: int) -> list[CalendarMove]:
    with Session(hall.system.engine) as session:
        rows = select(CalendarMove, Deadline.leg).join(Deadline).where(CalendarMove.notice_id == notice)
        found = session.exec(rows.order_by(col(CalendarMove.deadline_id)))
        return [move for move, leg in found if leg != "whole_case"]


def recomputed(hall: House) -> list[LedgerEntry]:
    with Session(hall.system.engine) as session:
        found = session.exec(select(LedgerEntry).where(LedgerEntry.what == "deadline:recomputed"))
        return [entry for entry in found if entry.facts["key"] != "whole_case"]


def drafted(hall: House, text: str = OF_2027) -> int:
    return int(calendars.draft_states(hall.system, SYSTEM, None, text)["notice"])


def test_a_deadline_of_2027_is_provisional_until_the_notice_and_then_moves_as_it_was_listed(hall: House) -> None:
    hall.clock.now = JANUARY_29
    builders.opened(hall)
    (before,) = open_deadlines(hall)
    assert before.provisional
    assert before.due_at.astimezone(CHINA).date() == date(2027, 2, 2)  # two working days by the plain week

    notice = drafted(hall)
    assert look.once(hall.system) == 1
    (listed,) = moves(hall, notice)
    assert open_deadlines(hall) == [before], "listing moves nothing"
    # the made-up Saturday is a working day, so one of the two days is over sooner
    assert listed.due_after.astimezone(CHINA).date() == date(2027, 2, 1)
    assert (listed.provisional_before, listed.provisional_after) == (True, False)

    calendars.confirm(hall.system, SYSTEM, None, notice)
    look.once(hall.system)
    (after,) = open_deadlines(hall)
    assert (after.due_at, after.provisional) == (listed.due_after, False)
    assert "调休上班" in "".join(after.explanation)
    (entry,) = recomputed(hall)
    assert entry.why == "国务院办公厅关于2027年部分节假日安排的通知"
    assert all(one.applied_at is not None for one in moves(hall, notice))
    assert look.once(hall.system) == 0, "nothing is left to do"


def test_a_rung_that_fired_does_not_fire_again_and_the_others_stand_at_their_new_moments(hall: House) -> None:
    hall.clock.now = JANUARY_29
    builders.opened(hall)
    (deadline,) = open_deadlines(hall)
    with Session(hall.system.engine) as session:
        warning = session.exec(select(Rung).where(Rung.name == "warning", Rung.deadline_id == deadline.id)).one()
    hall.clock.now = warning.fires_at
    assert reminding.chase(hall.system, deadline.id or 0) == ["warning"]
    notice = drafted(hall)
    look.once(hall.system)
    calendars.confirm(hall.system, SYSTEM, None, notice)
    look.once(hall.system)
    # the moments that lie behind us by the new calendar fire now, each once, and what fired before does not
    assert reminding.chase(hall.system, deadline.id or 0) == ["due", "overdue"]
    assert reminding.chase(hall.system, deadline.id or 0) == []
    with Session(hall.system.engine) as session:
        rungs = {rung.name: rung for rung in session.exec(select(Rung).where(Rung.deadline_id == deadline.id))}
    assert rungs["warning"].fires_at == warning.fires_at
    assert rungs["due"].fires_at.astimezone(CHINA).date() == date(2027, 2, 1)
    assert len(rungs) == 5


def test_a_stopped_application_goes_on_where_it_was(hall: House) -> None:
    hall.clock.now = JANUARY_29
    for _ in range(3):
        builders.opened(hall)
    notice = drafted(hall)
    look.once(hall.system)
    calendars.confirm(hall.system, SYSTEM, None, notice)
    assert calendars.apply(hall.system, notice, limit=3) == 3  # of each dossier the stretch and the whole case
    assert len(recomputed(hall)) == 2
    look.once(hall.system)
    assert len(recomputed(hall)) == 3
    assert {entry.facts["due_at"] for entry in recomputed(hall)} == {
        one.due_after.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for one in moves(hall, notice)
    }


def test_nothing_is_confirmed_that_was_not_listed_and_nothing_twice(hall: House) -> None:
    notice = drafted(hall)
    with pytest.raises(Rejected, match="not listed yet"):
        calendars.confirm(hall.system, SYSTEM, None, notice)
    look.once(hall.system)
    calendars.confirm(hall.system, SYSTEM, None, notice)
    with pytest.raises(Rejected, match="confirmed or withdrawn already"):
        calendars.confirm(hall.system, SYSTEM, None, notice)


def test_an_agency_closes_its_own_days_and_nobody_elses(hall: House) -> None:
    administrator = replace(hall.window, roles=frozenset({Role.ADMINISTRATOR}))
    done = calendars.draft_own(
        hall.web, administrator, hall.command(), "2026-09-09 窗口系统切换\n2026-09-12 上班（按周三） 补班"
    )
    builders.opened(hall)
    (before,) = open_deadlines(hall)
    look.once(hall.system)
    calendars.confirm(hall.web, administrator, hall.command(), done["notice"])
    look.once(hall.system)
    (after,) = open_deadlines(hall)
    assert before.due_at.astimezone(CHINA).date() == date(2026, 9, 10)
    assert after.due_at.astimezone(CHINA).date() == date(2026, 9, 11)
    with Session(hall.system.engine) as session:
        agencies = {one.code: at_rest.in_force(session, one) for one in session.exec(select(Agency))}
    own = [code for code, calendar in agencies.items() if calendar is not state_calendar()]
    assert own == [administrator_code(hall)]
    assert agencies[own[0]].is_workday(date(2026, 9, 12))


def administrator_code(hall: House) -> str:
    with Session(hall.system.engine) as session:
        return session.get_one(Agency, hall.window.agency_id).code


def test_only_the_uppermost_administrator_enters_the_states_notice(hall: House) -> None:
    with pytest.raises(NotAllowed):
        calendars.draft_states(hall.web, hall.window, hall.command(), OF_2027)
    with pytest.raises(NotAllowed):
        calendars.draft_own(hall.web, hall.manager, hall.command(), "2026-09-09 停")


def test_what_cannot_be_read_is_refused_and_nothing_is_kept(hall: House) -> None:
    with pytest.raises(CalendarError):
        calendars.draft_states(hall.system, SYSTEM, None, OF_2027.replace("（周五）", "（周一）"))
    with Session(hall.system.engine) as session:
        assert session.exec(select(CalendarNotice)).all() == []


def test_one_process_at_a_time_lists_and_applies_for_all(hall: House) -> None:
    calendars.draft_states(hall.system, SYSTEM, None, OF_2027)
    with alone(hall.system, Lock.CALENDAR_MOVES) as mine:
        assert mine
        assert look.once(hall.system) == 0
    assert look.once(hall.system) == 1
