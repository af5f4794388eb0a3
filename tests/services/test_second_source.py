"""An aggregator speaks of a waybill that EMS carries: shown, never followed, and a contradiction is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from couriers import adapters
from couriers.contract import Milestone
from logistics.tables import Tracking
from logistics.terms import DiscrepancyKind, Resolution, Stage
from tests.builders import House
from tests.services.meaning import WAYBILL, booked, differences, hear, said, violations

DISAGREE = DiscrepancyKind.SOURCES_DISAGREE
OTHER = "kuaidi100"


@pytest.fixture
def hall(hall: House) -> House:
    couriers = {**hall.system.couriers, OTHER: adapters.make_reader(OTHER, {})}
    return replace(hall, web=replace(hall.web, couriers=couriers), system=replace(hall.system, couriers=couriers))


def test_what_an_aggregator_says_stands_beside_and_moves_nothing(hall: House) -> None:
    envelope = booked(hall)
    assert hear(hall, said(hall, Milestone.DELIVERED, 1, "3", courier=OTHER), source="poll") == []
    row = hall.consignment(envelope.no)
    assert (row.stage, row.delivered_at) == (Stage.BOOKED, None)
    with Session(hall.system.engine) as session:
        assert [one.courier for one in session.exec(select(Tracking))] == [OTHER]
    assert differences(hall, envelope, DISAGREE) == []  # EMS has said nothing that it could contradict
    assert violations(hall, envelope) == []


def test_an_aggregator_is_not_heard_about_a_number_that_is_nobodys(hall: House) -> None:
    booked(hall)
    strange = said(hall, Milestone.DELIVERED, 1, "3", courier=OTHER, waybill_no="1100000000099")
    assert hear(hall, strange) == ["1100000000099"]


def test_another_courier_is_not_heard_about_ems_numbers(hall: House) -> None:
    booked(hall)
    assert hear(hall, said(hall, Milestone.DELIVERED, 1, "80", courier="sf")) == [WAYBILL]


def test_a_contradiction_is_told_once_and_settled_when_they_agree(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 1, "203"))
    hear(hall, said(hall, Milestone.DELIVERED, 3, "3", courier=OTHER))
    assert differences(hall, envelope, DISAGREE) == []
    hear(hall, said(hall, Milestone.IN_TRANSIT, 5, "389"))
    assert differences(hall, envelope, DISAGREE) == []  # EMS may merely be behind
    hear(hall, said(hall, Milestone.IN_TRANSIT, 12, "389"))
    [told] = differences(hall, envelope, DISAGREE)
    assert "快递100" in told.note
    assert "已妥投" in told.note
    assert "在途" in told.note
    assert told.settled_at is None
    hear(hall, said(hall, Milestone.DELIVERED, 13, "704"))
    [settled] = differences(hall, envelope, DISAGREE)
    assert settled.resolution is Resolution.EXPLAINED
    assert hall.consignment(envelope.no).stage is Stage.DELIVERED
    assert violations(hall, envelope) == []


def test_an_aggregator_that_is_behind_contradicts_nobody(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.DELIVERED, 30, "704"), said(hall, Milestone.RETURNED, 60, "713"))
    hear(hall, said(hall, Milestone.IN_TRANSIT, 20, "0", courier=OTHER))
    hear(hall, said(hall, Milestone.DELIVERED, 30, "3", courier=OTHER))
    assert differences(hall, envelope, DISAGREE) == []
