"""The demo's weeks: played through the real verbs, they hold every invariant and come out the same each time."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from couriers.contract import Milestone
from logistics.archive.verify import verify
from logistics.demo import neighbours
from logistics.demo.cases import CASES, LANES, Case, Plot
from logistics.demo.days import live
from logistics.demo.months import town
from logistics.demo.plots import accepted_at
from logistics.demo.seed import seed
from logistics.rules import invariants
from logistics.rules.policies import Leg
from logistics.rules.workdays import CHINA, USUAL_HOURS, is_working_moment, state_calendar
from logistics.store import find
from logistics.store.embedded import Urls
from logistics.store.packed import unpack
from logistics.tables import (
    ApplicantWord,
    Consignment,
    Deadline,
    Discrepancy,
    DiscrepancyAnswer,
    Dossier,
    Errand,
    Exchange,
    InboxMessage,
    LedgerEntry,
    Paper,
    Pause,
    SupervisionAct,
    Tracking,
)
from logistics.terms import Stage
from scheduler import checkpoints, packages
from tests.played import NOON, ONE_OF_EACH, both, played, played_template  # noqa: F401 - fixtures


def test_every_invariant_holds_in_every_dossier(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, _app), Session(system.engine) as session:
        found = {
            dossier.no: [f"{one.rule} {one.subject}: {one.zh}" for one in broken]
            for dossier in session.exec(select(Dossier))
            if (broken := invariants.check(find.snapshot(session, dossier), NOON))
        }
    assert not found


def test_every_courier_word_can_be_traced_to_the_raw_message_it_came_in(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, _app), Session(system.engine) as session:
        pushes = {row.body_sha256: unpack(row.body, row.packed) for row in session.exec(select(InboxMessage))}
        replies = {row.sha256: unpack(row.body, row.packed) for row in session.exec(select(Exchange))}
        events = list(session.exec(select(Tracking)))
        unread = session.exec(select(InboxMessage).where(col(InboxMessage.read_at).is_(None))).all()
    assert events
    assert not unread
    for event in events:
        if event.source == "person":  # typed by our own people, who prove a delivery; the proof is in the file store
            assert event.raw_sha256 or event.milestone is not Milestone.DELIVERED
            continue
        raw = pushes.get(event.raw_sha256) or replies[event.raw_sha256]
        assert hashlib.sha256(raw).hexdigest() == event.raw_sha256


def test_dossiers_stand_at_every_stage_and_trouble(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, _app), Session(system.engine) as session:
        stages = {one.stage for one in session.exec(select(Consignment))}
        unsettled = session.exec(select(Discrepancy).where(col(Discrepancy.settled_at).is_(None)))
        kinds = {one.kind.value for one in unsettled}
        dossiers = list(session.exec(select(Dossier)))
        waived = session.exec(select(Deadline).where(col(Deadline.waived_at).is_not(None))).all()
        parked = session.exec(select(Errand).where(col(Errand.parked_at).is_not(None))).all()
    assert stages >= set(Stage) - {Stage.PACKING, Stage.VOIDED}
    assert kinds >= {"lost", "returned", "delivery_disputed", "missing"}
    assert {one.closed_at is not None for one in dossiers} == {True, False}
    assert len(dossiers) == len(ONE_OF_EACH) + 1
    assert [one.waived_by is not None for one in waived] == [True]
    assert [one.kind.value for one in parked] == ["book"]


def test_nothing_is_owed_that_a_scheduler_would_find_overdue(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, _app), Session(system.engine) as session:
        overdue = session.exec(
            select(Errand.key)
            .where(col(Errand.done_at).is_(None), col(Errand.parked_at).is_(None))
            .where(Errand.due_at <= NOON)
        ).all()
    assert not overdue


def test_a_second_start_does_nothing(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, app):
        with Session(system.engine) as session:
            before = len(session.exec(select(LedgerEntry.id)).all())
        assert live(system, app) == 0
        with Session(system.engine) as session:
            assert len(session.exec(select(LedgerEntry.id)).all()) == before


def test_the_same_moment_plays_the_same_days(postgres_pair: tuple[Urls, Urls], tmp_path: Path) -> None:
    told = []
    for urls in postgres_pair:
        with both(urls, tmp_path) as (system, app):
            seed(system)
            heard: list[str] = []
            live(system, app, heard.append, cases=[Case(6, "xn-fr", Plot.MISSING), Case(4, "xn-xa", Plot.DAMAGED)])
            with Session(system.engine) as session:
                entries = session.exec(select(LedgerEntry).order_by(col(LedgerEntry.dossier_id), col(LedgerEntry.seq)))
                told.append([(row.at, row.actor, row.what) for row in entries])
            assert "2/2" in heard[-1]
    assert told[0] == told[1]
    assert told[0]


@pytest.mark.parametrize(
    "end",
    [
        NOON,
        datetime(2026, 11, 21, 22, 0, tzinfo=UTC),  # a Sunday morning in China
        datetime(2026, 10, 3, 2, 0, tzinfo=UTC),  # in the National Day holiday
        datetime(2026, 11, 19, 23, 30, tzinfo=UTC),  # before the offices open
        datetime(2026, 11, 20, 1, 2, tzinfo=UTC),  # two minutes after
    ],
)
def test_every_case_is_taken_in_by_open_windows_within_the_last_weeks(end: datetime) -> None:
    calendar = state_calendar()
    for number, case in enumerate(CASES):
        at = accepted_at(end, case, number)
        assert end - timedelta(days=62) < at < end
        assert is_working_moment(calendar, USUAL_HOURS, at), at.astimezone(CHINA)


def test_the_cases_cover_every_plot_and_every_lane() -> None:
    assert {case.plot for case in town()} == set(Plot)
    assert {case.lane for case in CASES} == set(LANES)
    assert {case.lane for case in town()} == set(LANES | neighbours.LANES)
    assert Counter(case.plot for case in CASES).most_common(1)[0][0] is Plot.SMOOTH


def test_the_whole_town_has_hundreds_of_cases_over_more_than_five_months() -> None:
    cases = town()
    first = min(accepted_at(NOON, case, number) for number, case in enumerate(cases))
    assert len(cases) >= 300
    assert NOON - first > timedelta(days=152)
    assert sum("·" in case.holder for case in cases) > 10
    assert any(ord(letter) > 0xFFFF for case in cases for letter in case.holder)


def test_the_months_troubles_come_to_good_ends(database: Urls, tmp_path: Path) -> None:
    cases = [
        Case(14, "xx-xn", Plot.FOUND, wants=1, stays=True, stars=2),
        Case(16, "at-xn", Plot.PAUSED, wants=1, stays=True, holder="玛依拉·卡德尔"),
        Case(24, "th-fr", Plot.SMOOTH, by="sf", wants=1, agent=True),
        Case(9, "km-xn", Plot.PAUSED_STILL, wants=1),
        Case(8, "xn-th", Plot.PAUSE_ASKED, wants=1),
    ]
    with both(database, tmp_path) as (system, app):
        seed(system)
        assert neighbours.settle(system)
        assert not neighbours.settle(system)
        live(system, app, cases=cases)
        with Session(system.engine) as session:
            stand = {dossier.case_no[:2]: dossier for dossier in session.exec(select(Dossier).order_by(Dossier.no))}
            rated = session.exec(select(ApplicantWord)).one()
            paused = session.exec(select(Deadline).where(col(Deadline.paused_at).is_not(None))).all()
            asked = session.exec(select(Pause).where(col(Pause.approved_at).is_(None))).all()
            broken = [
                one
                for dossier in session.exec(select(Dossier))
                for one in invariants.check(find.snapshot(session, dossier), NOON)
            ]
            longest = neighbours.long_names(session)
    assert {lane for lane, dossier in stand.items() if dossier.closed_at} == {"XX", "AT", "TH"}
    assert len(paused) == len(asked) == 1
    assert not broken
    assert len(longest) == 2
    assert (rated.stars, rated.reasons) == (2, ["unclear"]), "who waited says so"


def test_a_closed_dossier_of_the_demo_can_be_packed_and_verified(database: Urls, tmp_path: Path) -> None:
    with both(database, tmp_path) as (system, app):
        seed(system)
        live(system, app, cases=[Case(28, "xn-xa", Plot.UNKNOWN_CODE)])
        checkpoints.once(system)
        assert packages.once(system) == 1
        with Session(system.engine) as session:
            row = session.exec(select(Paper).where(Paper.kind == "package")).one()
        file = tmp_path / "package.zip"
        file.write_bytes(system.files.get(row.sha256))
        report = verify(file)
    assert report.ok, report


def test_one_order_came_to_its_answer_and_another_waits(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, _app), Session(system.engine) as session:
        last = {
            act.supervision_id: act.state
            for act in session.exec(select(SupervisionAct).order_by(col(SupervisionAct.id)))
        }
        answered = session.exec(select(DiscrepancyAnswer)).all()
        notices = session.exec(select(Deadline).where(Deadline.leg == Leg.NOTICE_TO_ANSWER)).all()
    assert sorted(state.value for state in last.values()) == ["closed", "ordered"]
    assert len(answered) == 3
    assert {one.met_at is not None for one in notices} == {True, False}
