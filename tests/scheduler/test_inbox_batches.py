"""A batch of pushes is stored at once or one by one; no message harms another, and none is read twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session, select

from couriers.contract import Push
from couriers.sandbox.world import World
from logistics.rules import chain
from logistics.services import tracking
from logistics.store import find, ledger, messages
from logistics.store.embedded import Urls
from logistics.store.messages import Overtaken
from logistics.tables import LedgerEntry, LogPending, Tracking
from logistics.terms import Stage
from scheduler import inbox
from tests.builders import House
from tests.scheduler.test_inbox import QUICK, booked, pushes
from tests.scheduler.test_inbox import messages as stored


def put(youdang: House, sent: list[Push]) -> None:
    for push in sent:
        tracking.accept_push(youdang.web, "ems", push)


def test_a_batch_leaves_whole_chains_and_every_entry_waits_for_the_log(youdang: House, world: World) -> None:
    envelopes = [booked(youdang) for _ in range(2)]
    for _, waybill_no in envelopes:
        world.play(waybill_no, "delivered", youdang.clock.now, 3600)
    put(youdang, [push for _, waybill_no in envelopes for push in pushes(world, waybill_no)])
    inbox.once(youdang.system, 100, patience=QUICK)
    with Session(youdang.system.engine) as session:
        for no, _ in envelopes:
            dossier = find.dossier_by_no(session, no.rsplit("-", 1)[0])
            entries = ledger.entries(session, dossier)
            assert chain.verify(entries) == []
            assert [one.what for one in entries].count("consignment:delivered") == 1
            assert youdang.consignment(no).stage is Stage.DELIVERED
        assert len(session.exec(select(LogPending)).all()) == len(session.exec(select(LedgerEntry)).all())


def test_a_push_that_the_database_refuses_harms_no_other(youdang: House, world: World, seeded: Urls) -> None:
    no, waybill_no = booked(youdang)
    other, other_waybill = booked(youdang)
    for number in (waybill_no, other_waybill):
        world.tell(number, "203", youdang.clock.now)
    owner = create_engine(seeded.owner)
    with owner.begin() as connection:  # a fault that only storing it shows
        connection.execute(text(f"ALTER TABLE tracking ADD CHECK (waybill_no <> '{other_waybill}')"))
    owner.dispose()
    put(youdang, [*pushes(world, other_waybill), *pushes(world, waybill_no)])
    assert inbox.once(youdang.system, 100, patience=QUICK) == 2
    assert youdang.consignment(other).stage is Stage.BOOKED
    assert youdang.consignment(no).stage is Stage.ON_THE_WAY
    bad, good = stored(youdang)
    assert (bad.read_at, bad.last_error != "") == (None, True)
    assert bad.due_at > youdang.clock.now
    assert good.read_at is not None


def test_what_was_taken_by_another_reader_is_not_stored_by_the_first(youdang: House, world: World) -> None:
    _, waybill_no = booked(youdang)
    world.tell(waybill_no, "203", youdang.clock.now)
    put(youdang, pushes(world, waybill_no))
    engine, lease = youdang.system.engine, timedelta(seconds=60)
    slow = messages.claim(engine, youdang.clock.now, lease, 10)
    youdang.clock.advance(seconds=61)
    assert len(messages.claim(engine, youdang.clock.now, lease, 10)) == len(slow) == 1
    events = youdang.system.couriers["ems"].read_push(Push(slow[0].headers, slow[0].body))
    with pytest.raises(Overtaken):
        tracking.absorb_pushes(youdang.system, [(slow[0], events)])
    with Session(engine) as session:
        assert session.exec(select(Tracking)).all() == []


@pytest.mark.parametrize(
    ("pushes", "told", "many"), [(200, 2000, 200), (200, 200, 1000), (200, 500, 800), (3, 0, 1000)]
)
def test_the_next_transaction_takes_more_pushes_when_each_says_little(pushes: int, told: int, many: int) -> None:
    assert inbox.fitting(pushes, told) == many
