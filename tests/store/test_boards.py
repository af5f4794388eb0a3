"""The manager's figures equal what anybody recomputes from the rows, and each is the length of its own list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules.deadlines import days_late
from logistics.rules.workdays import USUAL_HOURS, add_working_days, state_calendar
from logistics.store import deadlines, oversight
from logistics.store.context import Context
from logistics.store.deadlines import Asked, Shelf
from logistics.store.embedded import Urls
from logistics.store.lanes import Wanted
from logistics.store.work import reading
from logistics.tables import Agency, Consignment, Custody, Deadline, Discrepancy, Dossier, Errand
from logistics.terms import DiscrepancyKind, Stage
from tests.builders import officer
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures

EVERY = Asked("all")
UNTIL = add_working_days(state_calendar(), USUAL_HOURS, NOON, 1).due_at


@pytest.fixture
def worlds(played: Urls, tmp_path: Path) -> Iterator[tuple[Context, Context]]:  # noqa: F811
    with both(played, tmp_path) as pair:
        yield pair


class Rows:
    """Everything an officer's agencies are party to, read past the policies and sifted here."""

    def __init__(self, system: Context, actor: Actor) -> None:
        with Session(system.engine) as session:
            mine = set(actor.agencies)
            self.agencies = {one.id: one for one in session.exec(select(Agency))}
            self.dossiers = {
                one.id: one
                for one in session.exec(select(Dossier))
                if {one.sender_agency_id, one.receiver_agency_id} & mine
            }
            self.deadlines = [one for one in session.exec(select(Deadline)) if one.dossier_id in self.dossiers]
            envelopes = session.exec(select(Consignment))
            self.envelopes = {one.id: one for one in envelopes if one.dossier_id in self.dossiers}
            self.custody = list(session.exec(select(Custody)))
            self.differences = [one for one in session.exec(select(Discrepancy)) if one.dossier_id in self.dossiers]
            self.errands = [one for one in session.exec(select(Errand)) if one.dossier_id in self.dossiers]

    def open_until(self, start: datetime | None, end: datetime) -> list[Deadline]:
        return [
            one
            for one in self.deadlines
            if one.met_at is None and one.waived_at is None and one.due_at <= end and (not start or one.due_at >= start)
        ]


@pytest.fixture(params=["xn-manager", "hb-manager", "fr-manager", "hz-manager", "cs-manager"])
def manager(request: pytest.FixtureRequest, worlds: tuple[Context, Context]) -> Actor:
    with Session(worlds[0].engine) as session:
        return officer(session, request.param)


def test_the_five_numbers_are_those_of_an_independent_count(worlds: tuple[Context, Context], manager: Actor) -> None:
    system, app = worlds
    rows = Rows(system, manager)
    with reading(app.engine, manager) as session:
        shown, at = oversight.figures(session, NOON), deadlines.horizon(session, manager, NOON)
        clocks = deadlines.counts(session, manager, at, EVERY)
        lengths = (
            len(oversight.late(session, NOON)),
            sum(len(deadlines.listed(session, manager, at, EVERY, shelf).rows) for shelf in (Shelf.TODAY, Shelf.SOON)),
            len(oversight.disputed(session, NOON)),
            len(oversight.parked(session)),
            len(oversight.in_transit(session)),
        )
    late = [one for one in rows.open_until(None, NOON) if one.due_at < NOON]
    not_counted = {one.consignment_id for one in late if one.leg == "delivered_to_received"}
    declared = {
        one.consignment_id
        for one in rows.differences
        if one.settled_at is None and one.kind in (DiscrepancyKind.DELIVERY_DISPUTED, DiscrepancyKind.LOST)
    }
    disputed = [
        one
        for one in rows.envelopes.values()
        if one.id in declared or (one.stage is Stage.DELIVERED and one.id in not_counted)
    ]
    parked = [one for one in rows.errands if one.parked_at is not None and one.done_at is None]
    moving = [one for one in rows.envelopes.values() if one.stage.value in ("booking", "booked", "on_the_way")]
    counted = (len(late), len(rows.open_until(NOON, UNTIL)), len(disputed), len(parked), len(moving))
    soon = clocks[Shelf.TODAY] + clocks[Shelf.SOON]
    assert (clocks[Shelf.LATE], soon, shown.disputed, shown.parked, shown.in_transit) == counted
    assert lengths == counted
    assert manager.name != "吴建平" or min(counted) > 0, "the demo shows each of the five to its own manager"


def test_a_late_row_says_what_its_rows_say(worlds: tuple[Context, Context], manager: Actor) -> None:
    system, app = worlds
    rows = Rows(system, manager)
    with reading(app.engine, manager) as session:
        shown = oversight.late(session, NOON)
    by_id = {one.id: one for one in rows.deadlines}
    assert [one.due_at for one in shown] == sorted(one.due_at for one in shown)
    for one in shown:
        deadline = by_id[one.deadline_id]
        dossier = rows.dossiers[deadline.dossier_id]
        envelope = rows.envelopes.get(deadline.consignment_id)
        assert one.dossier_no == dossier.no
        assert one.days_late == days_late(state_calendar(), deadline.due_at, None, NOON)
        assert one.owner == rows.agencies[deadline.owner_agency_id].short_name
        assert one.route.key == f"{dossier.sender_agency_id}-{dossier.receiver_agency_id}"
        assert one.stage == (envelope.stage if envelope else None)
        assert set(one.holder.split("、")) == _holders(rows, dossier)


def _holders(rows: Rows, dossier: Dossier) -> set[str]:
    last: dict[int, Custody] = {}
    for link in sorted(rows.custody, key=lambda one: one.seq):
        if link.dossier_id == dossier.id:
            last[link.original_id] = link
    return {link.to_name for link in last.values()}


def test_narrowing_by_lane_leg_and_agency_keeps_what_matches_and_nothing_else(
    worlds: tuple[Context, Context], manager: Actor
) -> None:
    _system, app = worlds
    with reading(app.engine, manager) as session:
        at = deadlines.horizon(session, manager, NOON)

        def late(wanted: Wanted) -> list[int | None]:
            shown = deadlines.listed(session, manager, at, Asked("all", wanted), Shelf.LATE)
            return [row.deadline.id for row in shown.rows]

        every = deadlines.listed(session, manager, at, EVERY, Shelf.LATE).rows
        for one in every:
            ends, leg, owner = (one.route.sender_id, one.route.receiver_id), one.deadline.leg, one.owner.id
            assert late(Wanted(lane=ends)) == [row.deadline.id for row in every if row.route == one.route]
            assert late(Wanted(leg=leg)) == [row.deadline.id for row in every if row.deadline.leg == leg]
            assert late(Wanted(agency=owner)) == [row.deadline.id for row in every if row.owner.id == owner]


def test_another_agencys_deadline_cannot_be_opened(worlds: tuple[Context, Context]) -> None:
    system, app = worlds
    with Session(system.engine) as session:
        here, elsewhere = officer(session, "xn-manager"), officer(session, "cs-manager")
    with reading(app.engine, here) as session:
        between_xn_and_xa = next(one for one in oversight.late(session, NOON) if "咸安" in one.lane)
        assert deadlines.one(session, NOON, between_xn_and_xa.deadline_id).id == between_xn_and_xa.deadline_id
    with reading(app.engine, elsewhere) as session, pytest.raises(NotYours):
        deadlines.one(session, NOON, between_xn_and_xa.deadline_id)


def test_a_moment_later_what_was_near_is_late(worlds: tuple[Context, Context]) -> None:
    system, app = worlds
    with Session(system.engine) as session:
        actor = officer(session, "xn-manager")
    with reading(app.engine, actor) as session:
        at = deadlines.horizon(session, actor, NOON)
        near = [
            one.id
            for shelf in (Shelf.LATE, Shelf.TODAY, Shelf.SOON)
            for one in deadlines.listed(session, actor, at, EVERY, shelf).rows
        ]
        then = oversight.late(session, UNTIL + timedelta(seconds=1))
    assert {one.deadline_id for one in then} == set(near)


def test_a_list_costs_the_same_few_questions_however_long_it_is(worlds: tuple[Context, Context]) -> None:
    system, app = worlds
    with Session(system.engine) as session:
        actor = officer(session, "hb-manager")
    asked: list[int] = []
    for limit in (1, 20):
        statements: list[str] = []
        with reading(app.engine, actor) as session:
            at = deadlines.horizon(session, actor, NOON)

            def heard(_c: object, _k: object, statement: str, *_more: object, into: list[str] = statements) -> None:
                into.append(statement)

            event.listen(app.engine, "before_cursor_execute", heard)
            deadlines.listed(session, actor, at, EVERY, Shelf.ALL, limit=limit)
            event.remove(app.engine, "before_cursor_execute", heard)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 10
