"""Another system chooses how an envelope leaves: the proposed way, another one with its reason, or the number pool."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from logistics.services import pool
from logistics.store import people
from logistics.tables import CourierAccount, Officer
from tests.api.world import World, sealed

FIRST, LAST = "1000000070100", "1000000070102"


@pytest.fixture
def stocked(house: World) -> Iterator[World]:
    """The sending agency has numbers of the courier, whose interface does not answer."""
    with Session(house.system.engine) as session, session.begin():
        officer = session.exec(select(Officer).where(Officer.login == "xn-window")).one()
        window = people.actor_of_officer(session, officer.id or 0)
        until = house.clock() + timedelta(hours=1)
        session.merge(CourierAccount(code="ems", failures=5, open_until=until))
    pool.add(house.web, window, "stock-for-the-api", "ems", first=FIRST, last=LAST)
    yield house
    with Session(house.system.engine) as session, session.begin():
        session.merge(CourierAccount(code="ems", failures=0, open_until=None))


def test_with_the_interface_down_a_number_of_the_pool_is_the_waybill_at_once(stocked: World) -> None:
    window, way = stocked.client("xn-window"), sealed(stocked)
    window.done(f"/consignments/{way.consignment}/dispatch", {"courier": "ems", "from_pool": True})
    shown = window.read(f"/consignments/{way.consignment}")
    assert (shown["stage"], shown["waybill_no"]) == ("booked", FIRST)


def test_while_the_interface_works_the_pool_is_refused_as_a_problem(house: World) -> None:
    window, way = house.client("xn-window"), sealed(house)
    answer = window.post(f"/consignments/{way.consignment}/dispatch", {"courier": "ems", "from_pool": True})
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert window.read(f"/consignments/{way.consignment}")["stage"] == "sealed"


def test_why_another_way_was_taken_is_in_the_ledger(house: World) -> None:
    window, way = house.client("xn-window"), sealed(house)
    given = {"courier": "manual", "form_no": f"ZR-{way.seal}", "why": "同城急送，专人当天送达"}
    window.done(f"/consignments/{way.consignment}/dispatch", given)
    entries = window.read(f"/dossiers/{way.dossier}/ledger", limit=100)["entries"]
    (entry,) = [one for one in entries if one["what"] == "consignment:dispatched"]
    assert entry["why"] == given["why"]
    assert entry["facts"]["choice"]["chosen"] == "manual"


@pytest.mark.parametrize(("field", "value"), [("from_pool", "perhaps"), ("why", "长" * 201)])
def test_a_wrong_wish_is_refused_at_its_field(house: World, field: str, value: str) -> None:
    window, way = house.client("xn-window"), sealed(house)
    answer = window.post(f"/consignments/{way.consignment}/dispatch", {"courier": "ems", field: value})
    assert answer.status_code == 422
    assert field in answer.text
