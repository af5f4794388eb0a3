"""Pauses and extensions of running clocks: one asks, another decides, the clock runs on, each act in the ledger."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from logistics.errors import NotAllowed, Rejected
from logistics.rules import invariants
from logistics.rules.workdays import CHINA
from logistics.services import deadlines, dispatch, pauses
from logistics.store import find
from logistics.tables import Deadline, LedgerEntry, Notice, Officer, Pause, Rung
from logistics.terms import Role
from scheduler import pauses as look
from scheduler import reminders
from tests import builders
from tests.builders import House

NOTE = "送省检测中心鉴定"


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


def the_clock(hall: House, key: str = "accept_to_dispatch") -> Deadline:
    with Session(hall.system.engine) as session:
        return session.exec(select(Deadline).where(Deadline.key == key)).one()


def said(hall: House, key: str = "accept_to_dispatch") -> list[str]:
    """What the ledger says of the clock, in order."""
    with Session(hall.system.engine) as session:
        found = session.exec(select(LedgerEntry).order_by(col(LedgerEntry.id)))
        return [one.what for one in found if one.what.startswith("deadline:") and one.facts.get("key") == key]


def paused(hall: House, until: datetime | None = None, from_at: datetime | None = None) -> int:
    """The first stretch stands still, with both people's word; the deadline's id."""
    row = the_clock(hall)
    asked = pauses.ask_pause(
        hall.web, hall.window, hall.command(), row.id or 0, "examination", NOTE, from_at=from_at, until_at=until
    )
    pauses.approve(hall.web, hall.manager, hall.command(), asked["pause"])
    return row.id or 0


def test_a_paused_clock_is_silent_and_runs_on_with_what_was_left(hall: House) -> None:
    hall.clock.now = beijing("2026-09-08T09:30")
    builders.opened(hall)
    before = the_clock(hall)
    assert before.due_at == beijing("2026-09-10T17:30")
    hall.clock.now = beijing("2026-09-09T15:00")
    deadline = paused(hall)
    assert the_clock(hall).paused_at == hall.clock.now

    hall.clock.now = beijing("2026-09-15T11:00")  # long past its due moment, had it run
    look.once(hall.system)
    reminders.once(hall.system)
    with Session(hall.system.engine) as session:
        assert (
            session.exec(select(Rung).where(Rung.deadline_id == deadline, col(Rung.fired_at).is_not(None))).all() == []
        )
    pauses.resume(hall.web, hall.window, hall.command(), deadline)

    after = the_clock(hall)
    # 2.5 of 7 hours on the 9th, three whole days, 2 hours on the 15th: 3.64 days' worth, so four days more
    assert (after.paused_at, after.due_at) == (None, beijing("2026-09-16T17:30"))
    assert "2026-09-09 15:00 至 2026-09-15 11:00 暂停（专家评审、检验检测或鉴定），不计" in after.explanation
    assert said(hall) == [
        "deadline:started", "deadline:pause_asked", "deadline:paused", "deadline:resumed", "deadline:recomputed",
    ]  # fmt: skip
    with Session(hall.system.engine) as session:
        rungs = session.exec(select(Rung).where(Rung.deadline_id == deadline)).all()
        assert all(rung.fires_at > hall.clock.now for rung in rungs)


def test_nobody_grants_their_own_request_and_only_a_manager_grants(hall: House) -> None:
    builders.opened(hall)
    row = the_clock(hall)
    one = replace(hall.window, roles=frozenset({*hall.window.roles, Role.MANAGER}))  # the asker, were they a manager
    asked = pauses.ask_pause(hall.web, hall.window, hall.command(), row.id or 0, "force_majeure", NOTE)["pause"]
    for actor, rule in ((one, "same_person"), (hall.window, "role"), (hall.receiver, "role")):
        with pytest.raises(NotAllowed) as refused:
            pauses.approve(hall.web, actor, hall.command(), asked)
        assert refused.value.rule == rule
    with pytest.raises(NotAllowed) as refused:
        pauses.ask_pause(hall.web, hall.receiver, hall.command(), row.id or 0, "force_majeure", NOTE)
    assert refused.value.rule == "agency"
    assert the_clock(hall).paused_at is None


def test_a_refused_request_changes_nothing_and_its_asker_is_told_why(hall: House) -> None:
    builders.opened(hall)
    row = the_clock(hall)
    asked = pauses.ask_pause(hall.web, hall.window, hall.command(), row.id or 0, "other", NOTE)["pause"]
    pauses.refuse(hall.web, hall.manager, hall.command(), asked, "材料不足")
    assert the_clock(hall) == row
    with Session(hall.system.engine) as session:
        told = session.exec(select(Notice).where(Notice.officer_id == hall.window.officer_id)).all()
    assert any("未批准：材料不足" in one.zh for one in told)
    with pytest.raises(Rejected):
        pauses.approve(hall.web, hall.manager, hall.command(), asked)


def test_a_pause_ends_on_its_day_even_when_nobody_looked_until_later(hall: House) -> None:
    hall.clock.now = beijing("2026-09-08T09:30")
    builders.opened(hall)
    deadline = paused(hall, from_at=beijing("2026-09-09T09:00"), until=beijing("2026-09-10T09:00"))
    assert the_clock(hall).paused_at is None
    assert look.once(hall.system) == 0
    hall.clock.now = beijing("2026-09-12T10:00")
    assert look.once(hall.system) == 3  # begun, run on, recomputed
    assert look.once(hall.system) == 0
    assert the_clock(hall).due_at == beijing("2026-09-11T17:30")
    with Session(hall.system.engine) as session:
        pause = session.exec(select(Pause).where(Pause.deadline_id == deadline)).one()
    assert pause.ended_at == beijing("2026-09-10T09:00")


def test_what_stops_while_its_clock_stands_still_was_in_time(hall: House) -> None:
    hall.clock.now = beijing("2026-09-08T09:30")
    envelope = builders.sealed(hall)
    hall.clock.now = beijing("2026-09-09T15:00")
    paused(hall)
    hall.clock.now = beijing("2026-09-18T15:00")
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems")
    row = the_clock(hall)
    assert (row.paused_at, row.met_at) == (None, hall.clock.now)
    assert row.due_at > hall.clock.now
    assert "deadline:met" in said(hall)
    assert "deadline:met_late" not in said(hall)


def test_a_pause_whose_day_comes_after_the_clock_stopped_never_begins(hall: House) -> None:
    hall.clock.now = beijing("2026-09-08T09:30")
    envelope = builders.sealed(hall)
    paused(hall, from_at=beijing("2026-09-09T09:00"))
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems")
    met = the_clock(hall)
    hall.clock.now = beijing("2026-09-10T09:00")
    look.once(hall.system)
    assert the_clock(hall) == met
    assert pauses.due(hall.system) == []


def test_a_waived_clock_leaves_no_pause_behind(hall: House) -> None:
    no = builders.opened(hall)
    deadline = paused(hall)
    deadlines.waive(hall.web, hall.manager, hall.command(), no, deadline, "申请人撤回")
    assert the_clock(hall).paused_at is None
    with Session(hall.system.engine) as session:
        assert session.exec(select(Pause)).one().ended_at == hall.clock.now
    assert look.once(hall.system) == 0


def test_more_time_is_given_once_and_at_most_the_legs_own_length(hall: House) -> None:
    hall.clock.now = beijing("2026-09-08T09:30")
    builders.opened(hall)
    row = the_clock(hall)
    with pytest.raises(Rejected, match="1 to 2"):
        pauses.ask_extension(hall.web, hall.window, hall.command(), row.id or 0, "applicant", NOTE, 3)
    asked = pauses.ask_extension(hall.web, hall.window, hall.command(), row.id or 0, "applicant", NOTE, 2)["pause"]
    with pytest.raises(Rejected, match="waits already"):
        pauses.ask_extension(hall.web, hall.window, hall.command(), row.id or 0, "applicant", NOTE, 1)
    pauses.approve(hall.web, hall.manager, hall.command(), asked)
    extended = the_clock(hall)
    assert extended.due_at == beijing("2026-09-14T17:30")
    assert extended.explanation[-2] == "经批准延长 2 个工作日"
    with pytest.raises(Rejected, match="extended before"):
        pauses.ask_extension(hall.web, hall.window, hall.command(), row.id or 0, "applicant", NOTE, 1)


def test_a_clock_past_due_is_neither_paused_nor_extended(hall: House) -> None:
    builders.opened(hall)
    row = the_clock(hall)
    hall.clock.now = row.due_at + timedelta(hours=1)
    with pytest.raises(Rejected, match="past due"):
        pauses.ask_pause(hall.web, hall.window, hall.command(), row.id or 0, "other", NOTE)
    with pytest.raises(Rejected, match="past due"):
        pauses.ask_extension(hall.web, hall.window, hall.command(), row.id or 0, "other", NOTE, 1)


def test_managers_are_told_of_a_request_but_not_the_one_who_made_it(hall: House) -> None:
    builders.opened(hall)
    asking = replace(hall.window, roles=frozenset({*hall.window.roles, Role.MANAGER}))
    pauses.ask_pause(hall.web, asking, hall.command(), the_clock(hall).id or 0, "other", NOTE)
    with Session(hall.system.engine) as session:
        told = session.exec(select(Officer.login).join(Notice).where(Notice.kind == "pause_asked")).all()
    assert told == ["xn-manager"]


def test_the_officer_who_opened_the_case_is_in_charge_of_its_first_stretch(hall: House) -> None:
    envelope = builders.dispatched(hall)
    assert the_clock(hall).owner_officer_id == hall.window.officer_id
    assert the_clock(hall, f"dispatch_to_received/{envelope.no}").owner_officer_id == hall.window.officer_id


def reckoned(hall: House, no: str) -> list[invariants.Violation]:
    """Clocks whose due moment does not follow from what stands beside them."""
    with Session(hall.system.engine) as session:
        snapshot = find.snapshot(session, find.dossier_by_no(session, no))
        found = invariants.check(snapshot, hall.clock(), slack=timedelta(days=400))
        return [one for one in found if one.rule == "deadline"]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_was_paused_and_extended_the_inputs_beside_a_clock_lead_to_its_due_moment(
    hall: House, seed: int
) -> None:
    dice = random.Random(seed)
    no = builders.opened(hall)
    with Session(hall.system.engine) as session:
        ids = list(session.exec(select(Deadline.id).order_by(col(Deadline.id))))
    done = 0
    for _ in range(16):
        hall.clock.advance(hours=dice.choice([0.7, 5, 26, 70]))
        look.once(hall.system)
        deadline = dice.choice(ids) or 0
        until = dice.choice([None, hall.clock() + timedelta(hours=dice.randrange(4, 90))])
        with suppress(Rejected):
            match dice.choice(["pause", "pause", "extend", "resume"]):
                case "pause":
                    asked = pauses.ask_pause(
                        hall.web, hall.window, hall.command(), deadline, "other", NOTE, until_at=until
                    )
                    pauses.approve(hall.web, hall.manager, hall.command(), asked["pause"])
                case "extend":
                    asked = pauses.ask_extension(hall.web, hall.window, hall.command(), deadline, "other", NOTE, 1)
                    pauses.approve(hall.web, hall.manager, hall.command(), asked["pause"])
                case _:
                    pauses.resume(hall.web, hall.window, hall.command(), deadline)
            done += 1
    assert reckoned(hall, no) == []
    assert done >= 3
    with hall.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deadline SET due_at = due_at + interval '1 minute' WHERE leg = 'whole_case'")
    assert [one.subject for one in reckoned(hall, no)] == ["whole_case"]
