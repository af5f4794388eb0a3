"""Rules of time as data: who makes one, what it holds, when a second person must agree, and which clocks it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected
from logistics.rules.making import Wording, events
from logistics.rules.policies import DEFAULT_LADDER, Leg, Unit, Whose
from logistics.rules.resolving import Subject
from logistics.rules.workdays import CHINA
from logistics.services import policies, policy_moves, reminding
from logistics.store import policies as at_rest
from logistics.store import policy_views
from logistics.store.work import reading
from logistics.tables import (
    Agency,
    Agreement,
    Deadline,
    Dossier,
    LedgerEntry,
    PolicyMove,
    PolicyVersion,
    Rung,
    ServiceItem,
)
from logistics.terms import LaneScope, Role
from scheduler import policies as look
from tests import builders
from tests.builders import House

LEG = Leg.ACCEPT_TO_DISPATCH


def administrator(hall: House, login: str = "hb-admin") -> Actor:
    with Session(hall.system.engine) as session:
        return builders.officer(session, login)


def agreement(hall: House, no: str = "XN-FR-2026-01") -> int:
    with Session(hall.system.engine) as session:
        return session.exec(select(Agreement.id).where(Agreement.no == no)).one() or 0


def agency(hall: House, code: str) -> int:
    with Session(hall.system.engine) as session:
        return session.exec(select(Agency.id).where(Agency.region_code == code)).first() or 0


def wording(hall: House, length: int | None = 1, unit: Unit = Unit.WORKING_DAYS, **more: Any) -> Wording:
    """A version for the leg from acceptance to dispatch across provinces, which has two working days by default."""
    subject = Subject(
        more.pop("leg", LEG), more.pop("scope", LaneScope.CROSS), more.pop("item", None), more.pop("agreement", None),
        more.pop("agency", None),
    )  # fmt: skip
    starts, stops = events(subject.leg)
    given = {"whose": Whose.OWNER, "valid_from": hall.clock(), "reason": "协议第三条", "starts": starts, "stops": stops}
    return Wording(subject, length, unit, **{**given, **more})


def made(hall: House, length: int | None = 1, by: Actor | None = None, **more: Any) -> int:
    done = policies.make(hall.web, by or administrator(hall), hall.command(), wording(hall, length, **more))
    return int(done["policy"])


def version(hall: House, number: int) -> PolicyVersion:
    with Session(hall.system.engine) as session:
        return session.get_one(PolicyVersion, number)


def clocks(hall: House, leg: Leg = LEG) -> list[Deadline]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(Deadline).where(Deadline.leg == leg.value).order_by(col(Deadline.id))))


def due(deadline: Deadline) -> str:
    return deadline.due_at.astimezone(CHINA).strftime("%m-%d %H:%M")


def test_clocks_that_start_later_go_by_the_new_version_and_those_that_run_keep_theirs(hall: House) -> None:
    builders.opened(hall)
    number = made(hall, 1, agreement=agreement(hall))
    builders.opened(hall)
    before, after = clocks(hall)
    assert (due(before), due(after)) == ("09-10 17:30", "09-09 17:30")
    assert (before.policy["version"], after.policy["version"]) == (None, number)
    assert after.policy["basis"] == "协议 XN-FR-2026-01 第 1 版：1 个工作日"
    assert before.policy["basis"] == "默认（跨省）：2 个工作日"


def test_a_version_counts_from_its_day_on(hall: House) -> None:
    made(hall, 1, agreement=agreement(hall), valid_from=hall.clock() + timedelta(days=2))
    builders.opened(hall)
    hall.clock.advance(days=3)
    builders.opened(hall)
    assert [one.policy["length"] for one in clocks(hall)] == [2, 1]


def test_the_newest_version_holds_and_the_chain_says_what_it_took_the_place_of(hall: House) -> None:
    first = made(hall, 1, agreement=agreement(hall))
    second = made(hall, 2, agreement=agreement(hall))
    builders.opened(hall)
    assert clocks(hall)[0].policy["version"] == second
    assert (version(hall, second).version, version(hall, second).supersedes) == (2, first)
    ended = made(hall, None, agreement=agreement(hall))
    builders.opened(hall)
    assert clocks(hall)[1].policy["version"] is None
    assert version(hall, ended).version == 3
    with pytest.raises(Rejected, match="no rule here to end"):
        made(hall, None, agreement=agreement(hall))


def test_the_agreement_stands_before_the_item_the_item_before_the_agency(hall: House) -> None:
    with Session(hall.system.engine) as session:
        item = session.exec(select(ServiceItem.id).where(ServiceItem.code == "430102-XL-001")).one()
    rows = [
        made(hall, 2),
        made(hall, 2, agency=agency(hall, "420000")),
        made(hall, 2, agency=agency(hall, "421200")),
        made(hall, 2, item=item),
        made(hall, 2, agreement=agreement(hall)),
    ]
    for number in reversed(rows):
        builders.opened(hall)
        assert clocks(hall)[-1].policy["version"] == number
        row = version(hall, number)
        made(hall, None, item=row.item_id, agreement=row.agreement_id, agency=row.agency_id)
    builders.opened(hall)
    assert clocks(hall)[-1].policy["version"] is None


def test_stricter_counts_at_once_and_looser_waits_for_a_second_person(hall: House) -> None:
    number = made(hall, 5, agreement=agreement(hall))
    builders.opened(hall)
    assert clocks(hall)[0].policy["length"] == 2, "nobody approved it"
    (bound,) = version(hall, number).looser
    assert (bound["length"], bound["unit"], bound["zh"]) == (2, "wd", "系统默认时限（跨省）")
    author, second = administrator(hall), administrator(hall, "hb-manager")
    with pytest.raises(NotAllowed, match="second person"):
        policies.approve(hall.web, author, hall.command(), number, "同意")
    with pytest.raises(NotAllowed):
        policies.approve(hall.web, hall.manager, hall.command(), number, "同意")
    policies.approve(hall.web, second, hall.command(), number, "山区线路，邮政每周三班，同意")
    builders.opened(hall)
    assert clocks(hall)[1].policy["length"] == 5
    row = version(hall, number)
    assert (row.approved_by, row.judgement) == (second.officer_id, "山区线路，邮政每周三班，同意")
    with pytest.raises(Rejected, match="does not wait"):
        policies.refuse(hall.web, second, hall.command(), number, "不行")


def test_a_refused_version_never_counts_and_a_later_one_overtakes_one_that_waits(hall: House) -> None:
    second = administrator(hall, "hb-manager")
    refused = made(hall, 5, agreement=agreement(hall))
    policies.refuse(hall.web, second, hall.command(), refused, "没有依据")
    waiting = made(hall, 6, agreement=agreement(hall))
    assert (version(hall, waiting).version, version(hall, waiting).supersedes) == (2, None)
    later = made(hall, 1, agreement=agreement(hall))
    with pytest.raises(Rejected, match="Version 3 of this rule stands already"):
        policies.approve(hall.web, second, hall.command(), waiting, "同意")
    builders.opened(hall)
    assert clocks(hall)[0].policy["version"] == later


BOUNDS = (
    (Leg.CHECKED_TO_DECISION, 20, Unit.WORKING_DAYS, False),
    (Leg.CHECKED_TO_DECISION, 21, Unit.WORKING_DAYS, True),
    (Leg.DECISION_TO_RETURN, 10, Unit.WORKING_DAYS, False),
    (Leg.DECISION_TO_RETURN, 11, Unit.WORKING_DAYS, True),
    (Leg.TRANSIT, 72, Unit.NATURAL_HOURS, False),
    (Leg.TRANSIT, 97, Unit.NATURAL_HOURS, True),
    (Leg.TRANSIT, 1, Unit.WORKING_DAYS, True),  # ten days of holidays may lie between: not provable
    (Leg.ACCEPT_TO_DISPATCH, 14, Unit.WORKING_HOURS, True),  # whose hours is not known: any agency's
)


def test_law_and_promise_are_the_bounds(hall: House) -> None:
    for leg, length, unit, waits in BOUNDS:
        given = wording(hall, length, unit, leg=leg, agreement=agreement(hall))
        done = policies.make(hall.web, administrator(hall), hall.command(), given)
        assert done["waits"] is waits, (leg, length, unit)


def test_an_agencys_working_hours_are_held_against_working_days_by_its_own_hours(hall: House) -> None:
    own = agency(hall, "421200")
    assert version(hall, made(hall, 14, unit=Unit.WORKING_HOURS, agency=own)).looser == []  # two days of seven hours
    assert version(hall, made(hall, 15, unit=Unit.WORKING_HOURS, agency=own)).looser != []


def test_the_items_promise_stands_before_a_rule_that_does_not_name_the_item(hall: House) -> None:
    made(hall, 18, leg=Leg.CHECKED_TO_DECISION)
    with Session(hall.system.engine) as session:
        no = builders.opened(hall)
        dossier = session.exec(select(Dossier).where(Dossier.no == no)).one()
        owner = session.get_one(Agency, dossier.receiver_agency_id)
        holds = at_rest.InForce(session).resolve(dossier, Leg.CHECKED_TO_DECISION, owner, hall.clock())
    assert holds.policy.length == 10
    assert holds.words == "事项承诺：10 个工作日，先于通用规则 第 1 版：18 个工作日"


def test_only_administrators_make_rules_and_only_of_their_own(hall: House) -> None:
    with pytest.raises(NotAllowed):
        made(hall, 1, by=hall.manager, agency=hall.manager.agency_id)
    city = replace(hall.window, roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(NotAllowed, match="uppermost"):
        made(hall, 1, by=city)
    with pytest.raises(NotAllowed, match="own agency"):
        made(hall, 1, by=city, agency=hall.receiver.agency_id)
    elsewhere = replace(administrator(hall, "hz-manager"), roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(NotYours):
        made(hall, 1, by=elsewhere, agreement=agreement(hall))
    made(hall, 1, by=city, agency=city.agency_id)
    made(hall, 1, by=city, agreement=agreement(hall))


def test_what_makes_no_sense_is_refused_at_its_field_and_nothing_is_kept(hall: House) -> None:
    with pytest.raises(Malformed) as wrong:
        made(hall, 0, agreement=agreement(hall), reason=" ", valid_from=hall.clock() - timedelta(days=1))
    assert set(wrong.value.fields) == {"length", "reason", "valid_from"}
    with pytest.raises(Malformed) as wrong:
        made(hall, 1, rungs=DEFAULT_LADDER[:1])
    assert set(wrong.value.fields) == {"rungs"}
    with pytest.raises(Rejected, match="events that start and stop"):
        made(hall, 1, starts=("dossier:decided",))
    with Session(hall.system.engine) as session:
        assert session.exec(select(PolicyVersion)).all() == []


def test_an_agreements_rule_is_seen_by_its_parties_and_by_nobody_else(hall: House) -> None:
    made(hall, 1, agreement=agreement(hall))
    made(hall, 1)
    seen = {}
    for login in ("xn-window", "fr-receiver", "hz-window"):
        with reading(hall.web.engine, administrator(hall, login)) as session:
            seen[login] = len(at_rest.counting(session))
    assert seen == {"xn-window": 2, "fr-receiver": 2, "hz-window": 1}


def test_the_clock_runs_by_the_calendar_and_hours_of_whom_the_rule_names(hall: House) -> None:
    with Session(hall.system.engine) as session, session.begin():
        receiver = session.get_one(Agency, hall.receiver.agency_id)
        receiver.receiving_hours = "10:00-16:00"
        session.add(receiver)
    number = made(hall, 1, whose=Whose.RECEIVER, agreement=agreement(hall))
    policies.approve(hall.web, administrator(hall, "hb-manager"), hall.command(), number, "另一方的日历，同意")
    builders.opened(hall)
    (clock,) = clocks(hall)
    assert (due(clock), clock.policy["whose"], clock.policy["hours"]) == ("09-09 16:00", "receiver", "10:00-16:00")


def moves(hall: House, number: int) -> list[PolicyMove]:
    with Session(hall.system.engine) as session:
        statement = select(PolicyMove).where(PolicyMove.version_id == number).order_by(col(PolicyMove.deadline_id))
        return list(session.exec(statement))


def recomputed(hall: House) -> list[LedgerEntry]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(LedgerEntry).where(LedgerEntry.what == "deadline:recomputed")))


def test_open_clocks_move_exactly_as_they_were_listed_and_only_when_somebody_asks(hall: House) -> None:
    for _ in range(3):
        builders.opened(hall)
    number, by = made(hall, 1, agreement=agreement(hall)), administrator(hall)
    assert look.once(hall.system) == 0
    policy_moves.ask(hall.web, by, hall.command(), number)
    with pytest.raises(Rejected, match="not listed yet"):
        policy_moves.confirm(hall.web, by, hall.command(), number)
    assert look.once(hall.system) == 1
    listed = moves(hall, number)
    assert [due(one) for one in clocks(hall)] == ["09-10 17:30"] * 3, "listing moves nothing"
    assert len(listed) == 3
    policy_moves.confirm(hall.web, by, hall.command(), number)
    assert policy_moves.apply(hall.system, number, limit=2) == 2  # killed here, and started again
    assert len(recomputed(hall)) == 2
    look.once(hall.system)
    assert [one.due_at for one in clocks(hall)] == [one.due_after for one in listed]
    assert all(one.applied_at is not None for one in moves(hall, number))
    entries = recomputed(hall)
    assert len(entries) == 3
    assert entries[0].why == "时限规则改版，经确认用于已起算的时限：协议 XN-FR-2026-01 第 1 版：1 个工作日"
    assert (entries[0].facts["rule_before"], entries[0].facts["rule"]) == (None, number)
    assert look.once(hall.system) == 0
    with pytest.raises(Rejected, match="moved to it already"):
        policy_moves.ask(hall.web, by, hall.command(), number)


def test_a_rung_that_fired_before_the_rule_changed_does_not_fire_again(hall: House) -> None:
    builders.opened(hall)
    (clock,) = clocks(hall)
    with Session(hall.system.engine) as session:
        warning = session.exec(select(Rung).where(Rung.deadline_id == clock.id, Rung.name == "warning")).one()
    hall.clock.now = warning.fires_at
    assert reminding.chase(hall.system, clock.id or 0) == ["warning"]
    number, by = made(hall, 1, agreement=agreement(hall)), administrator(hall)
    policy_moves.ask(hall.web, by, hall.command(), number)
    look.once(hall.system)
    policy_moves.confirm(hall.web, by, hall.command(), number)
    look.once(hall.system)
    hall.clock.now = datetime(2026, 9, 9, 9, 30, tzinfo=UTC)  # due now, a day earlier than it was
    assert reminding.chase(hall.system, clock.id or 0) == ["due"]


def test_clocks_that_another_rule_holds_or_that_are_over_are_not_listed(hall: House) -> None:
    envelope = builders.dispatched(hall)  # its clock is met
    builders.opened(hall)
    own = made(hall, 1, agreement=agreement(hall))
    general, by = made(hall, 1), administrator(hall)
    for number in (own, general):
        policy_moves.ask(hall.web, by, hall.command(), number)
    look.once(hall.system)
    assert envelope.no
    assert [len(moves(hall, number)) for number in (own, general)] == [1, 0]
    policy_moves.drop(hall.web, by, hall.command(), own)
    assert look.once(hall.system) == 0
    assert recomputed(hall) == []


def test_an_agreements_page_shows_the_rules_of_the_agency_that_answers_for_the_leg(hall: House) -> None:
    number = made(hall, 1, agency=agency(hall, "421200"))
    subject = Subject(LEG, LaneScope.CROSS, agreement_id=agreement(hall))
    with Session(hall.system.engine) as session:
        held = policy_views.holding(session, subject, hall.clock())
    assert held[LEG, LaneScope.CROSS].version_id == number
    assert held[LEG, LaneScope.CITY].version_id is None


def test_what_does_not_count_is_not_put_on_open_clocks(hall: House) -> None:
    number = made(hall, 5, agreement=agreement(hall))
    with pytest.raises(Rejected, match="does not count now"):
        policy_moves.ask(hall.web, administrator(hall), hall.command(), number)


def test_a_clock_that_stands_still_or_was_given_time_in_another_unit_is_left_alone(hall: House) -> None:
    for _ in range(3):
        builders.opened(hall)
    still, given, last = (clock.id for clock in clocks(hall))
    number, by = made(hall, 14, agency=agency(hall, "421200"), unit=Unit.WORKING_HOURS), administrator(hall)
    with Session(hall.system.engine) as session, session.begin():
        extended = session.get_one(Deadline, given)
        extended.policy = {**extended.policy, "extensions": [1]}
        session.add(extended)
    policy_moves.ask(hall.web, by, hall.command(), number)
    look.once(hall.system)
    assert [move.deadline_id for move in moves(hall, number)] == [still, last]
    with Session(hall.system.engine) as session, session.begin():
        paused = session.get_one(Deadline, still)
        paused.paused_at = hall.clock()
        session.add(paused)
    policy_moves.confirm(hall.web, by, hall.command(), number)
    look.once(hall.system)
    assert [clock.policy["unit"] for clock in clocks(hall)] == ["wd", "wd", "wh"]
    assert [move.applied_at is not None for move in moves(hall, number)] == [False, True]


def test_one_verb_asks_for_the_rules_once_however_many_clocks_it_starts(hall: House) -> None:
    asked: list[str] = []

    @event.listens_for(hall.web.engine, "before_cursor_execute")
    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.extend(["rules"] * ("FROM policy_version" in statement))

    builders.opened(hall)
    assert asked == ["rules"]
    with Session(hall.system.engine) as session:
        assert len(session.exec(select(Deadline)).all()) > 1
