"""A report says what an independent count of its exported rows says; made again it says the same."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlmodel import Session, select

from logistics.actor import SYSTEM, Actor
from logistics.decision import Fact, Json
from logistics.errors import NotAllowed
from logistics.report_terms import ReportState
from logistics.rules import figures as rules
from logistics.rules import reporting, told, troubles
from logistics.rules.figures import Asked, Side, Step
from logistics.rules.policies import LEG_NAMES, Leg
from logistics.rules.told import Told
from logistics.rules.troubles import Kind
from logistics.services import reports
from logistics.services.reports.content import Content, Words
from logistics.services.reports.sheet import workbook
from logistics.store import boards, leases, ledger, people
from logistics.store import figures as store
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.store.leases import Interrupted
from logistics.store.work import reading
from logistics.tables import Dossier, Officer, Report, ReportOrder
from scheduler import reports as scheduler
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures
from tests.services import recount

WORDS = Words(
    "zh", {leg.value: LEG_NAMES[leg] for leg in Leg}, {}, {side: side.value for side in Side},
    {kind: kind.value for kind in Kind}, {}, "全部",
)  # fmt: skip
WHOLE = Asked(date(2026, 8, 1), date(2026, 11, 20))
ASKED = {
    "all": (WHOLE, Step.WEEK),
    "a leg by month": (replace(WHOLE, leg="transit"), Step.MONTH),
    "a lane": (replace(WHOLE, lane=(2, 7)), Step.WEEK),
    "a courier's deliveries": (replace(WHOLE, courier="ems", leg="delivered_to_received"), Step.WEEK),
    "an agency": (replace(WHOLE, agency=2, since=date(2026, 11, 2)), Step.WEEK),
}


@pytest.fixture
def worlds(played: Urls, tmp_path: Path) -> Iterator[tuple[Context, Context]]:  # noqa: F811
    with both(played, tmp_path) as worlds:
        yield worlds


@pytest.fixture
def system(worlds: tuple[Context, Context]) -> Context:
    return worlds[0]


@pytest.fixture
def town(worlds: tuple[Context, Context]) -> Context:
    return worlds[1]


def manager(ctx: Context, login: str = "xn-manager") -> Actor:
    with Session(ctx.engine) as session:
        return people.actor_of_officer(
            session, session.exec(select(Officer.id).where(Officer.login == login)).one() or 0
        )


def made(
    town: Context, system: Context, actor: Actor, asked: Asked = WHOLE, step: Step = Step.WEEK
) -> dict[str, Any]:
    """A report that was asked for and has been made."""
    ordered = reports.order(town, actor, str(uuid4()), asked, step, WORDS)
    assert scheduler.once(system) == 1
    return ordered


def test_the_figures_equal_an_independent_count_of_the_exported_entries(town: Context, system: Context) -> None:
    actor, counted = manager(town), 0
    for name, (asked, step) in ASKED.items():
        report = made(town, system, actor, asked, step)["report"]
        with reading(town.engine, actor) as session:
            row = reports.one(session, report)
            sheet = town.files.get(row.sheet_sha256)
            assert recount.recounted(sheet) == recount.said(sheet) == dict(row.lines), name
            assert reports.again(session, actor, row, town.clock() + timedelta(days=3)).is_equal, name
        counted += len(row.lines)
    assert counted > 1000


def test_later_facts_are_told_apart_from_the_report_and_change_nothing_in_it(town: Context, system: Context) -> None:
    actor = manager(town)
    report = made(town, system, actor)["report"]
    later = NOON + timedelta(hours=5)
    with Session(system.engine) as session, session.begin():
        late = [
            one
            for one in _told(session, actor, later)
            if one.what == "deadline:started" and one.facts["leg"] == "transit"
        ]
        running = [one for one in late if _runs(session, actor, one, later)]
        dossier = session.exec(select(Dossier).where(Dossier.no == running[0].dossier_no)).one()
        met = {"key": running[0].facts["key"], "due_at": running[0].facts["due_at"]}
        delivered = (NOON - timedelta(hours=3)).isoformat()
        fact = Fact("deadline:met", "", {**met, "met_at": delivered})
        ledger.Chains(session).append(dossier, SYSTEM, fact, later, None)
    with reading(town.engine, actor) as session:
        row = reports.one(session, report)
        again = reports.again(session, actor, row, later + timedelta(minutes=1))
    assert again.is_equal
    assert again.told_since == 1
    changed = {one.place.rpartition("/")[2] for one in again.later if one.place.startswith("split/transit/courier/")}
    assert {"open", "closed"} <= changed


def _told(session: Session, actor: Actor, as_of: datetime) -> list[Told]:
    return store.told(session, actor.agencies, WHOLE.span[0], as_of)


def _runs(session: Session, actor: Actor, clock: Told, as_of: datetime) -> bool:
    cases, _troubles = told.read(_told(session, actor, as_of), as_of)
    found = next(case for case in cases if (case.dossier_no, case.key) == (clock.dossier_no, clock.facts["key"]))
    return found.met_at is None and not found.waived


def test_a_changed_ledger_is_seen_line_by_line(town: Context, system: Context) -> None:
    actor = manager(town)
    report = made(town, system, actor)["report"]
    with reading(town.engine, actor) as session:
        row = reports.one(session, report)
        session.expunge(row)
        row.lines = [[place, 99 if place == "whole/closed" else value] for place, value in row.lines]
        again = reports.again(session, actor, row, NOON)
    assert [(one.place, one.before) for one in again.differs] == [("whole/closed", 99)]


def test_only_managers_make_reports_and_only_of_what_they_see(town: Context, system: Context) -> None:
    with pytest.raises(NotAllowed):
        reports.order(town, manager(town, "xn-window"), str(uuid4()), WHOLE, Step.WEEK, WORDS)
    ours, theirs = made(town, system, manager(town)), made(town, system, manager(town, "fr-manager"))
    with Session(system.engine) as session:
        seen = {one.no for one in _dossiers(town, manager(town, "fr-manager"))}
        sheet = town.files.get(session.get_one(Report, theirs["report"]).sheet_sha256)
        assert {row[0] for row in recount.sheets(sheet)[3]} <= seen < set(session.exec(select(Dossier.no)))
    upper = manager(town, "hb-manager")
    with reading(town.engine, upper) as session:
        assert [row.id for row, *_names in reports.kept(session)] == [ours["report"]]
        row = reports.one(session, ours["report"])
        assert reports.again(session, upper, row, NOON).is_equal
        session.expunge(row)
        row.asked = {**row.asked, "agencies": [*row.asked["agencies"], 7]}
        with pytest.raises(NotAllowed):
            reports.again(session, upper, row, NOON)
    assert theirs["report"] != ours["report"]


def _dossiers(town: Context, actor: Actor) -> Sequence[Dossier]:
    with reading(town.engine, actor) as session:
        return session.exec(select(Dossier)).all()


def test_a_report_asked_for_twice_is_made_once(town: Context, system: Context) -> None:
    actor, command = manager(town), str(uuid4())
    first = reports.order(town, actor, command, WHOLE, Step.WEEK, WORDS)
    assert reports.order(town, actor, command, WHOLE, Step.WEEK, WORDS) == first
    assert (scheduler.once(system), scheduler.once(system)) == (1, 0)
    with reading(town.engine, actor) as session:
        assert len(reports.kept(session)) == 1


def test_a_report_whose_maker_dies_is_begun_anew_and_says_what_it_would_have_said(
    town: Context, system: Context
) -> None:
    actor = manager(town)
    first = made(town, system, actor)["report"]
    killed = reports.order(town, actor, str(uuid4()), WHOLE, Step.WEEK, WORDS)["report"]
    calls = iter([True, True, False])  # told to stop after the entries are read: nothing may be kept
    assert scheduler.once(system, going_on=lambda: next(calls, False)) == 0
    held = leases.claim(system.engine, ReportOrder, [ReportState.MAKING], NOON, timedelta(minutes=2))
    assert held is not None, "let go by whoever was told to stop"
    assert scheduler.once(system) == 0, "and whoever died, holding it, keeps it from others until its lease ends"
    with reading(town.engine, actor) as session:
        assert [row.id for row, *_names in reports.kept(session)] == [first]
        assert [order.id for order, _by in reports.under_way(session)] == [killed]
        assert f"/reports/{killed}" not in _waits(session, actor)
    later = replace(system, clock=lambda: NOON + timedelta(minutes=3))
    with pytest.raises(Interrupted):
        reports.Making(later, replace(held, until=NOON), lambda: True).make()
    assert scheduler.once(later) == 1
    with reading(town.engine, actor) as session:
        one, other = reports.one(session, first), reports.one(session, killed)
        assert (one.lines, one.digest, one.entries_digest) == (other.lines, other.digest, other.entries_digest)
        assert other.as_of == NOON, "of the moment it was asked for"
        assert reports.again(session, actor, other, later.clock()).is_equal
        assert f"/reports/{killed}" in _waits(session, actor)
    reports.saw(town, actor, killed)
    with reading(town.engine, actor) as session:
        assert f"/reports/{killed}" not in _waits(session, actor)


def _waits(session: Session, actor: Actor) -> list[str]:
    queues = {queue.key: queue.items for queue in boards.waiting(session, actor, NOON)}
    return [item.link for item in queues.get("reports", [])]


def test_a_report_that_cannot_be_made_says_why_and_is_not_tried_for_ever(
    town: Context, system: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = manager(town)
    monkeypatch.setattr(store, "MOST_TOLD", 3)
    long = reports.order(town, actor, str(uuid4()), WHOLE, Step.WEEK, WORDS)["report"]
    assert scheduler.once(system) == 0
    with reading(town.engine, actor) as session:
        order = reports.ordered(session, long)
        assert order is not None
        assert order.state is ReportState.FAILED
        assert "请缩短期间" in order.fault["zh"]
        assert f"/reports/{long}" in _waits(session, actor)
    assert scheduler.once(system) == 0


START = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
AS_OF = START + timedelta(days=60)
MINUTES = st.integers(0, 70 * 1440)
LEGS = ("dispatch_to_received", "transit", "delivered_to_received", "accept_to_dispatch", "supervision_to_answer")


@st.composite
def history(draw: st.DrawFn, number: int) -> list[Told]:
    """What a ledger may say of one dossier: clocks that start, move, stand still, stop and run on; envelopes on their
    way; differences that open and are settled. Told in any order of moments, after `AS_OF` too.
    """
    sender, receiver = draw(st.sampled_from([(1, 4), (2, 4), (3, 5)]))
    no, facts = f"D-{number}", list[tuple[int, str, dict[str, Json]]]()
    envelope = f"{no}-1"

    def at(minute: int) -> str:
        return (START + timedelta(minutes=minute)).isoformat()

    def say(minute: int, what: str, **data: Json) -> None:
        facts.append((minute, what, data))

    say(0, "consignment:started", consignment=envelope, direction=draw(st.sampled_from(["outbound", "return"])))
    if draw(st.booleans()):
        say(1, "consignment:dispatched", consignment=envelope, courier=draw(st.sampled_from(["ems", "sf"])))
    for stage in draw(st.lists(st.sampled_from(["on_the_way", "delivered", "returned"]), max_size=2)):
        say(draw(MINUTES), "consignment:moved", **{"consignment": envelope, "from": "booked", "to": stage})
    for leg in draw(st.lists(st.sampled_from(LEGS), max_size=4, unique=True)):
        key = leg if leg in LEGS[3:] else f"{leg}/{envelope}"
        begun, due, last = draw(MINUTES), draw(MINUTES), draw(MINUTES)
        owner = draw(st.sampled_from([sender, receiver]))
        say(begun, "deadline:started", key=key, leg=leg, owner=owner, due_at=at(due), started_at=at(begun))
        for verb in draw(st.lists(st.sampled_from(MOVES), max_size=4)):
            moved: dict[str, Json] = {"key": key, "due_at": at(draw(MINUTES)), "started_at": at(draw(MINUTES))}
            ended: dict[str, Json] = {"key": key, "due_at": at(due), "met_at": at(draw(MINUTES))}
            last += 1
            say(
                last,
                f"deadline:{verb}",
                **(moved if verb == "recomputed" else ended if verb == "met" else {"key": key}),
            )
    for kind in draw(st.lists(st.sampled_from(["silent", "delivery_disputed", "lost"]), max_size=2, unique=True)):
        say(draw(MINUTES), f"discrepancy:{kind}", key=f"{kind}:{envelope}:1")
        if draw(st.booleans()):
            say(draw(MINUTES), "discrepancy:settled", key=f"{kind}:{envelope}:1")
    recorded = sorted(minute for minute, _what, _data in facts)
    return [
        Told(no, sender, receiver, seq, START + timedelta(minutes=minute), what, data)
        for seq, (minute, (_told, what, data)) in enumerate(zip(recorded, facts, strict=True), 1)
    ]


MOVES = ("met", "met", "reopened", "recomputed", "paused", "resumed", "waived")


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """The ledgers of some dossiers."""
    return [one for number in range(draw(st.integers(0, 12))) for one in draw(history(number))]


@settings(max_examples=30, deadline=None)
@given(
    histories(),
    st.sampled_from([None, (1, 4)]),
    st.sampled_from(["", "ems"]),
    st.sampled_from([None, 4]),
    st.sampled_from(["", "transit", "delivered_to_received"]),
    st.sampled_from(Step),
)
def test_the_figures_of_any_history_equal_an_independent_count_of_its_exported_entries(
    entries: list[Told], lane: tuple[int, int] | None, courier: str, agency: int | None, leg: str, step: Step
) -> None:
    asked = Asked(date(2026, 9, 3), date(2026, 10, 20), lane, courier, agency, leg)
    until_then = told.until(entries, AS_OF)
    cases, standing = told.read(entries, AS_OF)
    found = rules.figures(cases, asked, AS_OF, step)
    now = troubles.numbers(troubles.wanted(standing, asked))
    lines = reporting.lines(found, now)
    content = Content(
        "单位", "某人", found, now, lines, reporting.digest(lines), until_then,
        reporting.digest_of_entries(until_then), rules.of_period(cases, asked, AS_OF), [], 0, "", {}, WORDS, "TJ-1",
    )  # fmt: skip
    sheet = workbook(content)
    assert recount.recounted(sheet) == recount.said(sheet) == dict(lines)


def test_nothing_in_the_file_computes() -> None:
    entry = Told("=1+1", 1, 2, 1, START, "consignment:started", {"consignment": "@SUM(A1)", "direction": "outbound"})
    found = rules.figures([], WHOLE, AS_OF)
    content = Content("=cmd", "+x", found, {}, [("=HYPERLINK(1)", 3)], "", [entry], "", [], [], 0, "", {}, WORDS, "-1")
    book = load_workbook(io.BytesIO(workbook(content)))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "=1+1" in {cell.value for cell in cells}
