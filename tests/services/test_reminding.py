"""Rungs fire many at a time: who hears them, what holds one back, and when what they say leaves the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from logistics.errors import NotYours
from logistics.rules import digests
from logistics.services import deadlines, notices, reminding
from logistics.tables import Agency, Deadline, Dossier, Errand, LedgerEntry, Notice, Officer, Rung
from logistics.terms import ErrandKind
from tests.builders import House, officer, opened

NIGHT = datetime(2026, 9, 8, 14, 0, tzinfo=UTC)  # Tuesday, 22:00 in China
MORNING = datetime(2026, 9, 9, 1, 0, tzinfo=UTC)  # 09:00


@contextmanager
def changing(hall: House) -> Iterator[Session]:
    with Session(hall.system.engine) as session, session.begin():
        yield session


def one_clock(hall: House) -> tuple[str, Deadline]:
    """A dossier's number and the clock of its first leg; its other clocks stand still."""
    no = opened(hall)
    with changing(hall) as session:
        dossier = session.exec(select(Dossier).where(Dossier.no == no)).one()
        rows = session.exec(select(Deadline).where(Deadline.dossier_id == dossier.id)).all()
        for row in rows:
            if row.leg != "accept_to_dispatch":
                row.paused_at = hall.clock.now
                session.add(row)
        [first] = [row for row in rows if row.leg == "accept_to_dispatch"]
        session.expunge(first)
    return no, first


def ripen(hall: House, deadline: Deadline, *names: str) -> None:
    """These rungs' moment is now."""
    with changing(hall) as session:
        for rung in session.exec(select(Rung).where(Rung.deadline_id == deadline.id, col(Rung.name).in_(names))):
            rung.fires_at = hall.clock.now
            session.add(rung)


def told(hall: House, kind: str) -> set[str]:
    """Log-ins of who has a notice of that kind."""
    with Session(hall.system.engine) as session:
        return set(session.exec(select(Officer.login).join(Notice).where(Notice.kind == kind)))


def entries(hall: House, what: str) -> list[LedgerEntry]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(LedgerEntry).where(LedgerEntry.what == what).order_by(col(LedgerEntry.id))))


def unread(hall: House, login: str) -> list[int]:
    with Session(hall.system.engine) as session:
        who = officer(session, login)
        rows = session.exec(select(Notice.id).where(Notice.officer_id == who.officer_id).order_by(col(Notice.id)))
        return [id_ or 0 for id_ in rows]


def messages(hall: House) -> list[Errand]:
    return hall.errands(kind=ErrandKind.NOTIFY)


def test_what_was_acknowledged_does_not_climb_to_the_manager_until_the_next_rung(hall: House) -> None:
    _, clock = one_clock(hall)
    ripen(hall, clock, "warning")
    assert reminding.chase(hall.system, clock.id or 0) == ["warning"]
    [mine] = unread(hall, "xn-window")
    notices.acknowledge(hall.web, hall.window, mine)
    ripen(hall, clock, "escalated")
    [fired] = reminding.fire(hall.system, 10)
    assert (fired.rungs, fired.held) == (("escalated",), ("escalated",))
    assert told(hall, "escalation") == set()
    [held] = entries(hall, "deadline:rung_held")
    assert held.why == "陈晓岚已确认知悉，暂缓升级，至下一级再报"
    assert held.facts["officer"] == hall.window.officer_id
    with Session(hall.system.engine) as session:
        rung = session.exec(select(Rung).where(Rung.deadline_id == clock.id, Rung.name == "escalated")).one()
        assert (rung.fired_at, rung.held_by) == (hall.clock.now, hall.window.officer_id)
    ripen(hall, clock, "escalated_upper")
    reminding.fire(hall.system, 10)
    with Session(hall.system.engine) as session:
        here = session.get_one(Officer, hall.manager.officer_id)
        above = session.get_one(Agency, here.agency_id).parent_id
        ranks = set(session.exec(select(Notice.agency_id).where(Notice.kind == "escalation")))
    assert ranks == {here.agency_id, above}, "the manager who was passed over hears it with the next rung"
    assert entries(hall, "deadline:rung_fired")[-1].facts["also"] == "owner_manager"


def test_the_other_agencys_acknowledgement_holds_nothing_back(hall: House) -> None:
    _, clock = one_clock(hall)
    with changing(hall) as session:
        rung = session.exec(select(Rung).where(Rung.deadline_id == clock.id, Rung.name == "warning")).one()
        rung.audience = "counterpart"
        session.add(rung)
    ripen(hall, clock, "warning")
    reminding.fire(hall.system, 10)
    [theirs] = unread(hall, "fr-receiver")
    notices.acknowledge(hall.web, hall.receiver, theirs)
    ripen(hall, clock, "escalated")
    [fired] = reminding.fire(hall.system, 10)
    assert fired.held == ()
    assert "xn-manager" in told(hall, "escalation")


def test_several_are_acknowledged_at_once_and_the_ledger_says_it_once_a_deadline(hall: House) -> None:
    clocks = [one_clock(hall)[1] for _ in range(3)]
    for clock in clocks:
        ripen(hall, clock, "warning", "due")
    reminding.fire(hall.system, 100)
    mine = unread(hall, "xn-window")
    assert len(mine) == 6
    command = hall.command()
    assert notices.acknowledge_all(hall.web, hall.window, mine[:5], command_id=command) == 5
    assert notices.acknowledge_all(hall.web, hall.window, mine[:5], command_id=command) == 5, "the first answer again"
    assert notices.acknowledge_all(hall.web, hall.window, mine) == 1
    said = entries(hall, "deadline:acknowledged")
    assert len(said) == 3
    assert {entry.facts["officer"] for entry in said} == {hall.window.officer_id}
    with pytest.raises(NotYours):
        notices.acknowledge_all(hall.web, hall.receiver, mine)


def test_what_is_said_at_night_leaves_in_the_morning(hall: House) -> None:
    _, clock = one_clock(hall)
    hall.clock.now = NIGHT
    ripen(hall, clock, "due")
    reminding.fire(hall.system, 10)
    assert unread(hall, "xn-window"), "the inbox has it at once"
    reminding.post(hall.system)
    assert messages(hall) == []
    hall.clock.now = MORNING
    reminding.post(hall.system)
    reminding.post(hall.system)
    assert {one.payload["officer"] for one in messages(hall)} >= {hall.window.officer_id}
    assert len({one.payload["officer"] for one in messages(hall)}) == len(messages(hall))
    assert all(one.due_at == MORNING and one.dossier_id == clock.dossier_id for one in messages(hall))


def test_a_rung_that_may_leave_at_any_hour_leaves_at_night_by_the_channels_it_names(hall: House) -> None:
    _, clock = one_clock(hall)
    with changing(hall) as session:
        rung = session.exec(select(Rung).where(Rung.deadline_id == clock.id, Rung.name == "due")).one()
        rung.at_any_hour, rung.channels = True, ["sms"]
        session.add(rung)
    hall.clock.now = NIGHT
    ripen(hall, clock, "due")
    reminding.fire(hall.system, 10)
    reminding.post(hall.system)
    assert messages(hall)
    assert all(one.payload["channels"] == ["sms"] and one.payload["at_any_hour"] for one in messages(hall))


def test_what_no_scheduler_posted_before_closing_time_does_not_leave_at_night(hall: House) -> None:
    _, clock = one_clock(hall)
    ripen(hall, clock, "due")
    reminding.fire(hall.system, 10)
    hall.clock.now = NIGHT
    reminding.post(hall.system)
    assert messages(hall) == []
    hall.clock.now = MORNING
    reminding.post(hall.system)
    assert len(mine(hall)) == 1


@pytest.mark.parametrize("end", ["met", "acknowledged"])
def test_the_morning_does_not_bring_what_the_evening_settled(hall: House, end: str) -> None:
    no, clock = one_clock(hall)
    hall.clock.now = NIGHT
    ripen(hall, clock, "due")
    reminding.fire(hall.system, 10)
    if end == "met":
        deadlines.waive(hall.web, hall.manager, hall.command(), no, clock.id or 0, "停电")
    else:
        for login in ("xn-window", "xn-manager"):
            with Session(hall.system.engine) as session:
                who = officer(session, login)
            notices.acknowledge_all(hall.web, who, unread(hall, login))
    hall.clock.now = MORNING
    reminding.post(hall.system)
    assert {one.payload["officer"] for one in messages(hall)} & {hall.window.officer_id} == set()


def flood(hall: House, many: int) -> None:
    for _ in range(many):
        _, clock = one_clock(hall)
        ripen(hall, clock, "due")
    reminding.fire(hall.system, 1000)


def mine(hall: House) -> list[Errand]:
    return [one for one in messages(hall) if one.payload["officer"] == hall.window.officer_id]


def test_a_flood_leaves_as_one_digest_and_every_notice_in_exactly_one_message(hall: House) -> None:
    flood(hall, digests.FEW + 2)
    reminding.post(hall.system)
    [digest] = mine(hall)
    assert (digest.dossier_id, digest.payload["dossier"], digest.payload["kind"]) == (None, None, "digest")
    assert sorted(digest.payload["notices"]) == unread(hall, "xn-window")
    assert digest.payload["zh"].startswith("有 7 项提醒：已到期 7 项。最急的 3 项：专档 ")
    flood(hall, digests.FEW)
    reminding.post(hall.system)
    assert len(mine(hall)) == 1, "the next digest is ten minutes away"
    hall.clock.now += digests.SPELL
    reminding.post(hall.system)
    assert sorted(id_ for one in mine(hall) for id_ in one.payload["notices"]) == unread(hall, "xn-window")


def test_who_cannot_be_reached_outside_has_the_inbox_and_owes_no_errand(hall: House) -> None:
    with changing(hall) as session:
        for one in session.exec(select(Officer)):
            one.email = ""
            session.add(one)
    flood(hall, 1)
    reminding.post(hall.system)
    assert messages(hall) == []
    assert not reminding.waits_to_leave(hall.system)
    assert unread(hall, "xn-window")


def test_a_clock_that_stands_still_fires_nothing(hall: House) -> None:
    _, clock = one_clock(hall)
    with changing(hall) as session:
        session.get_one(Deadline, clock.id).paused_at = hall.clock.now
    hall.clock.advance(days=60)
    assert reminding.due(hall.system) == []
    assert reminding.fire(hall.system, 100) == []
    assert reminding.chase(hall.system, clock.id or 0) == []
    assert reminding.next_moment(hall.system) is None


def test_a_clock_set_back_fires_nothing_again(hall: House) -> None:
    _, clock = one_clock(hall)
    hall.clock.advance(days=60)
    assert reminding.chase(hall.system, clock.id or 0)
    hall.clock.advance(days=-1)
    assert reminding.fire(hall.system, 100) == []
    hall.clock.advance(days=2)
    assert reminding.fire(hall.system, 100) == []
