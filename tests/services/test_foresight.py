"""What a lane's own measured times foretell of a parcel under way, and that its owner is warned once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from couriers.contract import Milestone
from logistics.rules.foresight import ENOUGH, Among, Step
from logistics.rules.policies import Leg
from logistics.services import foresight as verbs
from logistics.store import foresight as store
from logistics.store.work import reading
from logistics.tables import Agency, Consignment, Deadline, Foresight, Notice
from scheduler import foresight
from tests.builders import Envelope, House
from tests.services.history import finished, met
from tests.services.meaning import booked, entries, hear, said, violations

LIMIT = 96  # hours, across provinces


def under_way(hall: House) -> Envelope:
    """Picked up now and soon seen on the way."""
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 0, "203"))
    hall.clock.advance(hours=2)
    hear(hall, said(hall, Milestone.IN_TRANSIT, 0, "389"))
    return envelope


def lane(hall: House, envelope: Envelope, slow: int = 10, fast: int = 30) -> None:
    """A history in which some took five days, the others two."""
    finished(hall, envelope, 120, {Milestone.IN_TRANSIT: 2}, count=slow, days_ago=3)
    finished(hall, envelope, 48, {Milestone.IN_TRANSIT: 2}, count=fast)


def clock_of(hall: House, envelope: Envelope, leg: Leg = Leg.TRANSIT) -> Deadline:
    with Session(hall.system.engine) as session:
        of = select(Deadline).join(Consignment, col(Consignment.id) == Deadline.consignment_id)
        return session.exec(of.where(Consignment.no == envelope.no, Deadline.leg == leg.value)).one()


def kept(hall: House, envelope: Envelope, leg: Leg = Leg.TRANSIT) -> Foresight:
    with Session(hall.system.engine) as session:
        return session.exec(select(Foresight).where(Foresight.deadline_id == clock_of(hall, envelope, leg).id)).one()


def notices(hall: House) -> Sequence[Notice]:
    with Session(hall.system.engine) as session:
        return session.exec(select(Notice).where(Notice.kind == "foresight").order_by(col(Notice.id))).all()


def change(hall: House, statement: str, **values: object) -> None:
    with hall.system.engine.begin() as connection:
        connection.execute(text(statement), values)


def at_risk(hall: House, *, officer: int | None = None, agency: int | None = None) -> list[store.Risk]:
    with Session(hall.system.engine) as session:
        return store.at_risk(session, hall.clock(), officer=officer, agency=agency)


def test_a_parcel_that_outlasts_the_fast_ones_is_at_risk_and_its_owner_is_told_once_with_the_basis(hall: House) -> None:
    envelope = under_way(hall)
    lane(hall, envelope)
    hall.clock.advance(hours=20)
    assert foresight.once(hall.system) == 0
    before = kept(hall, envelope)
    assert (before.among, before.hits, before.total, before.compared) == ("lane", 10, 40, 40)
    assert not before.at_risk
    hall.clock.advance(hours=40)
    assert foresight.once(hall.system) == 1
    assert foresight.once(hall.system) == 0
    row = kept(hall, envelope)
    assert (row.hits, row.total, row.step, row.at_risk, row.told) == (10, 10, "in_transit", True, 1)
    [entry] = entries(hall, envelope, "deadline:at_risk")
    basis = {"among": "lane", "compared": 40, "alike": 10, "late": 10, "percent": 100, "percent_low": 72}
    assert basis.items() <= entry.facts.items()
    told = {one.officer_id: one for one in notices(hall)}
    assert len(told) == len(notices(hall)) == len(entry.facts["told"])
    notice = told[hall.window.officer_id or 0]
    assert notice.key == f"foresight:{row.deadline_id}"
    for figure in ("40 件", "10 件", "72%–100%", "很可能赶不上期限"):
        assert figure in notice.zh
    assert violations(hall, envelope) == []


def test_lists_show_what_is_at_risk_to_its_owner_until_it_has_come(hall: House) -> None:
    envelope = under_way(hall)
    lane(hall, envelope)
    hall.clock.advance(hours=60)
    foresight.once(hall.system)
    [risk] = at_risk(hall)
    for party in (hall.window, hall.receiver, hall.manager):
        with reading(hall.web.engine, party) as session:
            assert store.at_risk(session, hall.clock()) == [risk]
    assert (risk.dossier_no, risk.share, risk.hits, risk.total) == (envelope.dossier_no, 1.0, 10, 10)
    assert "95%" in risk.zh
    assert at_risk(hall, officer=hall.window.officer_id) == at_risk(hall, agency=hall.window.agency_id)
    assert at_risk(hall, officer=hall.receiver.officer_id) == []
    with Session(hall.system.engine) as session:
        found = store.forecast_of(session, clock_of(hall, envelope), hall.clock())
    assert found == risk.forecast
    hear(hall, said(hall, Milestone.DELIVERED, 0, "704"))
    assert foresight.once(hall.system) == 0
    assert at_risk(hall) == []
    with Session(hall.system.engine) as session:
        assert store.forecast_of(session, clock_of(hall, envelope), hall.clock()) is None


def test_too_few_say_nothing_and_say_that_they_are_too_few(hall: House) -> None:
    envelope = under_way(hall)
    finished(hall, envelope, 120, {Milestone.IN_TRANSIT: 2}, count=ENOUGH - 1)
    hall.clock.advance(hours=60)
    assert foresight.once(hall.system) == 0
    row = kept(hall, envelope)
    assert (row.among, row.compared, row.at_risk) == ("", ENOUGH - 1, False)
    assert notices(hall) == []


def test_a_lane_that_is_new_is_held_beside_its_two_provinces(hall: House) -> None:
    envelope = under_way(hall)
    with Session(hall.system.engine) as session:
        other = session.exec(select(Agency.id).where(Agency.region_code == "420000")).one()
    finished(hall, envelope, 120, {Milestone.IN_TRANSIT: 2}, count=ENOUGH, from_agency=other)
    hall.clock.advance(hours=10)
    assert foresight.once(hall.system) == 1
    assert kept(hall, envelope).among == Among.PROVINCES
    assert "放宽到这两省" in notices(hall)[0].zh


def test_old_parcels_and_parcels_of_other_couriers_are_not_compared(hall: House) -> None:
    envelope = under_way(hall)
    finished(hall, envelope, 120, {Milestone.IN_TRANSIT: 2}, count=ENOUGH, days_ago=200)
    others = finished(hall, envelope, 120, {Milestone.IN_TRANSIT: 2}, count=ENOUGH)
    change(hall, "UPDATE consignment SET courier = 'sf' WHERE id = ANY (:ids)", ids=others)
    hall.clock.advance(hours=10)
    assert foresight.once(hall.system) == 0
    assert kept(hall, envelope).compared == 0


def test_it_is_told_again_only_after_it_had_recovered_by_a_clear_margin(hall: House) -> None:
    envelope = under_way(hall)
    lane(hall, envelope)
    hall.clock.advance(hours=60)
    assert foresight.once(hall.system) == 1
    due_at = clock_of(hall, envelope).due_at
    move = "UPDATE deadline SET due_at = :at WHERE id = :id"
    id_ = clock_of(hall, envelope).id
    change(hall, move, at=due_at + timedelta(hours=48), id=id_)
    assert at_risk(hall) == []  # what was reckoned against another moment is not shown
    assert foresight.once(hall.system) == 0
    assert not kept(hall, envelope).at_risk
    change(hall, move, at=due_at, id=id_)
    assert foresight.once(hall.system) == 1
    told = [one.key for one in notices(hall) if one.officer_id == hall.window.officer_id]
    assert told == [f"foresight:{id_}", f"foresight:{id_}:2"]
    assert kept(hall, envelope).told == 2


def test_two_that_look_at_once_warn_once_and_a_clock_that_stands_still_is_not_foretold(hall: House) -> None:
    envelope = under_way(hall)
    lane(hall, envelope)
    hall.clock.advance(hours=60)
    [mine], [others] = verbs.foresee(hall.system), verbs.foresee(hall.system)
    change(hall, "UPDATE deadline SET paused_at = now() WHERE id = :id", id=mine.deadline_id)
    assert verbs.foresee(hall.system) == []
    assert not verbs.warn(hall.system, mine)
    change(hall, "UPDATE deadline SET paused_at = NULL WHERE id = :id", id=mine.deadline_id)
    assert verbs.warn(hall.system, mine)
    assert not verbs.warn(hall.system, others)
    assert len(entries(hall, envelope, "deadline:at_risk")) == 1


def test_what_was_taken_back_was_not_reached_and_a_scan_told_by_another_account_is_not_counted(hall: House) -> None:
    envelope = under_way(hall)
    lane(hall, envelope)
    hear(hall, said(hall, Milestone.OUT_FOR_DELIVERY, 5, "702"), said(hall, Milestone.INFO, 6, "999", voids="702"))
    hear(hall, said(hall, Milestone.ATTEMPTED, 4, "k", courier="kuaidi100"))
    hall.clock.advance(hours=20)
    foresight.once(hall.system)
    assert kept(hall, envelope).step == Step.IN_TRANSIT


def test_a_delivered_envelope_is_held_beside_how_long_its_receiver_took_in_working_time(hall: House) -> None:
    envelope = under_way(hall)
    hall.clock.advance(hours=24)  # Wednesday, late in the morning
    hear(hall, said(hall, Milestone.DELIVERED, 0, "704"))
    clock = clock_of(hall, envelope, Leg.DELIVERED_TO_RECEIVED)
    begun = clock.started_at - timedelta(days=14)
    met(hall, clock.id or 0, begun, begun + timedelta(days=2), 30)  # two whole working days: one too many
    hall.clock.advance(hours=5)
    assert foresight.once(hall.system) == 1
    change(hall, "UPDATE deadline SET due_at = due_at + interval '8 hours' WHERE id = :id", id=clock.id)
    hall.clock.advance(hours=28)  # in the evening, its working time is over: nothing new is said
    assert foresight.once(hall.system) == 0
    row = kept(hall, envelope, Leg.DELIVERED_TO_RECEIVED)
    assert row.due_at == clock.due_at
    assert (row.step, row.among, row.hits, row.total) == ("begun", "agency", 30, 30)
    assert hall.receiver.officer_id in {one.officer_id for one in notices(hall)}
