"""SF and 快递100 beside EMS: orders asked for before they are sent again, tokens, a second source, subscriptions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlmodel import Session, select

from couriers import adapters
from couriers.adapters.kuaidi100_wire import compact, sign_push
from couriers.adapters.sf import Sf
from couriers.contract import Push
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.services import dispatch, tracking
from logistics.store.embedded import Urls
from logistics.tables import Consignment, CourierFault, Exchange, Subscription, Tracking
from logistics.terms import ErrandKind, Stage
from scheduler import inbox, outbox, polling
from scheduler.access import Means
from scheduler.patience import Patience
from tests.builders import House, SlowClock, dispatched, house, received, sealed
from tests.scheduler.conftest import SETTINGS

DATA = Path(__file__).parents[1] / "data" / "couriers"
LEASE = 4.0
SHORT = Patience(first=10, longest=600, limit=6)


def settings_of(code: str) -> dict[str, str]:
    known: dict[str, str] = json.loads((DATA / code / "settings.json").read_text("utf-8"))
    return known


ALL = {**SETTINGS, **settings_of("sf"), **settings_of("kuaidi100"), "COURIER_KUAIDI100_PHONE": ""}


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, ALL) as running:
        yield running


@pytest.fixture
def youdang(seeded: Urls, tmp_path: Path, sandbox: Sandbox, clock: SlowClock) -> Iterator[House]:
    couriers = adapters.from_settings(sandbox.settings)
    made = house(seeded, tmp_path, {code: couriers[code] for code in ("ems", "sf", "kuaidi100")}, clock)
    made.system = replace(made.system, second_source="kuaidi100")
    yield made
    made.close()


def run(youdang: House, means: Means | None = None) -> int:
    with youdang.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = created_at WHERE kind = 'enquire' AND done_at IS NULL")
    return outbox.once(youdang.system, LEASE, 40, patience=SHORT, means=means or Means())


def by_sf(youdang: House) -> str:
    """An envelope whose order is owed to SF."""
    envelope = sealed(youdang)
    dispatch.dispatch(youdang.web, youdang.window, youdang.command(), envelope.no, "sf")
    return envelope.no


def asked(youdang: House) -> dict[str, int]:
    """How often each operation was asked for, over all accounts and results."""
    found: dict[str, int] = {}
    with Session(youdang.system.engine) as session:
        for one in session.exec(select(CourierFault)):
            found[one.operation] = found.get(one.operation, 0) + one.count
    return found


def numbers(world: World) -> list[tuple[str, str]]:
    return [(order["reference"], order["waybill_no"]) for order in world.state()["orders"]]


def test_an_order_whose_answer_never_came_is_asked_for_and_not_sent_again(youdang: House, world: World) -> None:
    no = by_sf(youdang)
    world.set_fault("timeout_after_order", 1.0, "sf")
    assert outbox.once(youdang.system, 0.6, 40, patience=SHORT) >= 1
    assert youdang.consignment(no).stage is Stage.BOOKING
    world.set_fault("timeout_after_order", None, "sf")
    youdang.clock.advance(seconds=20)
    run(youdang)
    kept = youdang.consignment(no)
    assert kept.stage is Stage.BOOKED
    assert numbers(world) == [(no, kept.waybill_no)]
    assert asked(youdang)["book"] == 1, "the order was found: it was not sent a second time"
    assert asked(youdang)["order"] == 1


def test_an_order_that_never_arrived_is_sent_after_asking(youdang: House, world: World) -> None:
    no = by_sf(youdang)
    world.set_fault("5xx", True, "sf")
    run(youdang)
    world.set_fault("5xx", None, "sf")
    youdang.clock.advance(seconds=20)
    run(youdang)
    assert numbers(world) == [(no, youdang.consignment(no).waybill_no)]


def test_a_wrong_secret_is_no_refusal_of_the_envelope_and_a_person_reads_what_to_do(
    youdang: House, world: World, sandbox: Sandbox
) -> None:
    wrong = adapters.make("sf", {**sandbox.settings, "COURIER_SF_CHECKWORD": "not ours at all"})
    right, youdang.system = youdang.system, replace(youdang.system, couriers={**youdang.system.couriers, "sf": wrong})
    no = by_sf(youdang)
    run(youdang)
    [errand] = [one for one in youdang.errands(kind=ErrandKind.BOOK) if one.done_at is None]
    assert youdang.consignment(no).stage is Stage.BOOKING
    assert "youdang couriers check" in errand.last_error
    youdang.system = right
    youdang.clock.advance(seconds=20)
    run(youdang)
    assert youdang.consignment(no).stage is Stage.BOOKED


def test_a_token_is_fetched_once_and_again_when_it_is_refused(youdang: House, world: World, sandbox: Sandbox) -> None:
    oauth = adapters.make("sf", {**sandbox.settings, "COURIER_SF_AUTH": "oauth2"})
    youdang.system = replace(youdang.system, couriers={**youdang.system.couriers, "sf": oauth})
    means = Means()
    for _ in range(3):
        by_sf(youdang)
    run(youdang, means)
    assert (asked(youdang)["token"], asked(youdang)["book"]) == (1, 3)
    held = means.tokens.get(oauth, youdang.clock.now)
    assert isinstance(held, Sf)
    means.tokens.put(oauth, replace(held, access_token="of yesterday"), youdang.clock.now + timedelta(hours=1))
    no = by_sf(youdang)
    run(youdang, means)
    assert youdang.consignment(no).stage is Stage.BOOKED
    assert asked(youdang)["token"] == 2
    youdang.clock.advance(hours=3)
    assert means.tokens.get(oauth, youdang.clock.now) is None
    with Session(youdang.system.engine) as session:
        assert {one.operation for one in session.exec(select(Exchange))} == {"book"}, "a token is kept nowhere"


def test_a_second_source_is_asked_beside_the_courier_more_seldom_and_never_after_the_end(
    youdang: House, world: World
) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    waybill_no = youdang.consignment(envelope.no).waybill_no
    world.tell(waybill_no, "203", youdang.clock.now)
    polling.once(youdang.system)
    run(youdang)
    [second] = youdang.errands(kind=ErrandKind.SECOND_SOURCE)
    assert second.done_at is None
    assert second.due_at - youdang.clock.now >= timedelta(hours=1)
    with Session(youdang.system.engine) as session:
        assert "kuaidi100" in {one.courier for one in session.exec(select(Tracking))}
        kept = [one.operation for one in session.exec(select(Exchange))]
    assert kept.count("second_source") == 1
    assert polling.once(youdang.system) == 0
    assert len(youdang.errands(kind=ErrandKind.SECOND_SOURCE)) == 1
    received(youdang, envelope)
    youdang.clock.advance(hours=13)
    run(youdang)
    assert youdang.errands(kind=ErrandKind.SECOND_SOURCE)[0].done_at is not None


def subscription(youdang: House) -> Subscription:
    with Session(youdang.system.engine) as session:
        return session.exec(select(Subscription)).one()


def test_a_subscription_is_asked_for_once_renewed_before_it_lapses_and_ended_with_the_envelope(
    youdang: House, world: World
) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    polling.once(youdang.system)
    run(youdang)
    first = subscription(youdang)
    assert (first.courier, first.carrier) == ("kuaidi100", "ems")
    assert first.stands_since == youdang.clock.now
    assert first.renew_at == youdang.clock.now + timedelta(days=2), "快递100 stops after three days of silence"
    polling.once(youdang.system)
    assert [one.done_at is None for one in youdang.errands(kind=ErrandKind.SUBSCRIBE)] == [False]
    youdang.clock.advance(days=2)
    polling.once(youdang.system)
    run(youdang)
    assert subscription(youdang).renew_at == youdang.clock.now + timedelta(days=2)
    world.tell(youdang.consignment(envelope.no).waybill_no, "704", youdang.clock.now)
    received(youdang, envelope)
    polling.once(youdang.system)
    ended = subscription(youdang)
    assert ended.ended_at is not None
    assert ended.renew_at is None
    youdang.clock.advance(days=9)
    polling.once(youdang.system)
    run(youdang)
    assert asked(youdang)["subscribe"] == 2


def test_pushes_put_the_renewal_off_and_a_notice_that_it_stopped_brings_it_near(
    youdang: House, world: World, sandbox: Sandbox
) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    polling.once(youdang.system)
    run(youdang)
    waybill_no = youdang.consignment(envelope.no).waybill_no
    youdang.clock.advance(days=1)
    take(youdang, push(waybill_no, "polling", youdang.clock))
    assert subscription(youdang).renew_at == youdang.clock.now + timedelta(days=2)
    assert subscription(youdang).heard_at == youdang.clock.now
    youdang.clock.advance(hours=1)
    take(youdang, push(waybill_no, "abort", youdang.clock))
    assert subscription(youdang).renew_at == youdang.clock.now + timedelta(minutes=30)
    youdang.clock.advance(minutes=31)
    polling.once(youdang.system)
    run(youdang)
    assert asked(youdang)["subscribe"] == 2
    assert subscription(youdang).last_error == ""


def push(waybill_no: str, status: str, clock: SlowClock) -> Push:
    """A push of 快递100 about that waybill, signed with our salt."""
    at = (clock.now + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
    scan = {"time": at, "ftime": at, "context": "快件在途", "status": "在途", "statusCode": "0"}
    leg = {"message": "ok", "nu": waybill_no, "com": "ems", "status": "200", "state": "0", "ischeck": "0"}
    words = "" if status == "polling" else "3天查询无记录"
    param = compact({"status": status, "message": words, "lastResult": {**leg, "data": [scan]}})
    sign = sign_push(param, ALL["COURIER_KUAIDI100_SALT"])
    return Push(
        {"Content-Type": "application/x-www-form-urlencoded"}, urlencode({"param": param, "sign": sign}).encode()
    )


def take(youdang: House, message: Push) -> None:
    assert youdang.system.couriers["kuaidi100"].trusts(message)
    tracking.accept_push(youdang.system, "kuaidi100", message)
    inbox.once(youdang.system, 10)


def test_a_subscription_that_is_refused_is_asked_for_again_tomorrow_and_parks_nothing(
    youdang: House,
) -> None:
    envelope = dispatched(youdang)
    run(youdang)
    with Session(youdang.system.engine) as session, session.begin():
        row = session.exec(select(Consignment).where(Consignment.no == envelope.no)).one()
        row.waybill_no = "1" * 33  # longer than 快递100 takes
        session.add(row)
    polling.once(youdang.system)
    run(youdang)
    kept = subscription(youdang)
    assert kept.last_error.startswith("FIELD")
    assert kept.stands_since is None
    assert kept.renew_at == youdang.clock.now + timedelta(days=1)
    assert all(one.parked_at is None for one in youdang.errands(kind=ErrandKind.SUBSCRIBE))
