"""Two who give a new item the same code at the same instant: one is done, the other is told, nobody sees a fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from logistics.actor import Actor
from logistics.errors import Malformed, Rejected
from logistics.rules import item_lists
from logistics.rules.items import Terms
from logistics.rules.sheet_columns import entry_of
from logistics.services import item_lists as lists
from logistics.services import items
from logistics.store import agreements as kept
from logistics.store import catalogue
from logistics.store.locks import Lock
from logistics.tables import Agreement, ItemList, ServiceItem
from tests import builders
from tests.builders import House

SHEET = "事项编码,事项名称,承诺时限,保管期限\r\nGZ-777,公证,7,30 年\r\nGZ-{own},公证,7,30 年\r\n"
WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND NOT granted")
Act = Callable[[], dict[str, Any]]


@pytest.fixture
def keeper(hall: House) -> Actor:
    with Session(hall.system.engine) as session:
        return builders.officer(session, "hb-admin")


def at_the_same_instant(hall: House, acts: list[Act]) -> list[dict[str, Any] | Exception]:
    """Each act's result or refusal. All have begun, in transactions of their own, before any may go on."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with Session(hall.system.engine) as holder, holder.begin():
            catalogue.hold_codes(holder)
            under_way = [pool.submit(act) for act in acts]
            deadline = time.monotonic() + 10
            while holder.execute(WAITING, {"key": Lock.ITEM_CODES.value}).scalar_one() < len(acts):
                assert time.monotonic() < deadline, "not all of them wait for each other"
                time.sleep(0.01)
        return [one.exception() or one.result() for one in under_way]  # type: ignore[misc]


def confirming(hall: House, keeper: Actor, agreement: str, own: str) -> Act:
    """The list is sent and looked at; what is left is to confirm it."""
    with Session(hall.system.engine) as session:
        number = session.exec(select(Agreement.id).where(Agreement.no == agreement)).one() or 0
    sheet = SHEET.format(own=own).encode()
    listed = lists.upload(hall.web, keeper, hall.command(), number, sheet, "清单.csv")["list"]
    with Session(hall.system.engine) as session:
        found = [entry_of(one) for one in session.get_one(ItemList, listed).rows]
        rows = item_lists.plan(found, kept.standing(session, number, [one.cells["code"] for one in found]))
    shown = item_lists.digest(rows)
    return lambda: lists.confirm(hall.web, keeper, hall.command(), number, listed, shown)


def codes(hall: House) -> set[str]:
    with Session(hall.system.engine) as session:
        return {one for one in session.exec(select(ServiceItem.code)) if one.startswith("GZ-")}


def test_of_two_lists_that_make_one_code_the_second_is_asked_to_look_again(hall: House, keeper: Actor) -> None:
    acts = [confirming(hall, keeper, "XN-FR-2026-01", "701"), confirming(hall, keeper, "XN-XA-2026-03", "702")]
    results = at_the_same_instant(hall, acts)
    (refused,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(refused, Rejected)
    assert (refused.rule, refused.status) == ("list_moved_on", 409)
    assert codes(hall) in ({"GZ-777", "GZ-701"}, {"GZ-777", "GZ-702"})


def test_of_two_who_add_an_item_with_one_code_the_second_reads_it_at_the_field(hall: House, keeper: Actor) -> None:
    terms = Terms("公证", 7, "D30")

    def add() -> dict[str, Any]:
        return items.add(hall.web, keeper, hall.command(), keeper.agency_id or 0, "GZ-700", terms)

    (refused,) = [one for one in at_the_same_instant(hall, [add, add]) if isinstance(one, Exception)]
    assert isinstance(refused, Malformed)
    assert set(refused.fields) == {"code"}
    assert codes(hall) == {"GZ-700"}
