"""Couriers' accounts over real PostgreSQL: one prober among processes, an outage of hours, quotas, what is noted."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlmodel import Session, select

from couriers.contract import Operation
from couriers.sandbox.world import World
from logistics.rules.breaker import Breaker, Go, Wait
from logistics.rules.quota import Quota
from logistics.store import accounts
from logistics.store.accounts import Told
from logistics.store.embedded import Urls
from logistics.tables import CourierAccount, CourierFault, CourierTrouble
from logistics.terms import CallResult, ErrandKind, Stage
from scheduler import outbox, polling
from scheduler.access import Means
from tests.builders import TUESDAY, House, dispatched

DOWN = Told(CallResult.SERVER_ERROR, 503, "", "快递方暂时不能受理（HTTP 503），稍后重试。", 12)
PACE = Breaker(first=30, longest=1800)

PROBER = """
import sys
from datetime import datetime
from couriers.contract import Operation
from logistics.store import accounts
from logistics.store.context import connect
engine = connect(sys.argv[1])
sys.stdin.readline()
answers = [accounts.may_call(engine, "ems", Operation.TRACK, datetime.fromisoformat(sys.argv[2])) for _ in range(20)]
print(sum(type(one).__name__ == "Go" for one in answers))
"""


def fall(house: House, now: datetime = TUESDAY) -> None:
    for _ in range(5):
        accounts.note(house.system.engine, "ems", Operation.TRACK, now, Go(), DOWN, pace=PACE)


def row(house: House) -> CourierAccount:
    with Session(house.system.engine) as session:
        return accounts.of(session, "ems")


def test_of_several_processes_exactly_one_probes_an_account_that_is_open(youdang: House, seeded: Urls) -> None:
    fall(youdang)
    moment = (TUESDAY + timedelta(seconds=30)).isoformat()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROBER, seeded.system, moment],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    gone = [int(process.communicate(timeout=60)[0]) for process in started]
    assert sorted(gone) == [0, 0, 0, 1]


def test_of_many_threads_one_probes_and_after_it_failed_again_one(youdang: House) -> None:
    fall(youdang)
    engine, moment = youdang.system.engine, TUESDAY + timedelta(seconds=30)
    for turn in range(1, 3):
        start = threading.Barrier(8)

        def ask(_: int, start: threading.Barrier = start, moment: datetime = moment) -> Go | Wait:
            start.wait()
            return accounts.may_call(engine, "ems", Operation.TRACK, moment, pace=PACE)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(8)))
        probes = [one for one in answers if isinstance(one, Go)]
        assert probes == [Go(probe=True)]
        state = accounts.note(engine, "ems", Operation.TRACK, moment, probes[0], DOWN, pace=PACE)
        assert state.open_until == moment + timedelta(seconds=30 * 2**turn)
        moment = state.open_until


def test_no_call_is_lost_to_the_count_when_many_are_noted_at_once(youdang: House) -> None:
    engine = youdang.system.engine
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: accounts.note(engine, "ems", Operation.TRACK, TUESDAY, Go(), DOWN), range(40)))
    with Session(engine) as session:
        assert [one.count for one in session.exec(select(CourierFault))] == [40]
        assert len(session.exec(select(CourierTrouble)).all()) == 40


def test_a_quota_holds_for_all_processes_together_and_orders_go_first(youdang: House) -> None:
    engine, limits = youdang.system.engine, Quota(per_minute=10)

    def ask(operation: Operation) -> Go | Wait:
        return accounts.may_call(engine, "ems", operation, TUESDAY, limits=limits)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, [Operation.TRACK] * 30))
    assert sum(isinstance(one, Go) for one in answers) == 8
    assert sum(isinstance(ask(Operation.BOOK), Go) for _ in range(5)) == 2
    assert ask(Operation.BOOK) == Wait(TUESDAY + timedelta(minutes=1), "minute")


def test_hours_of_outage_cost_few_calls_and_everything_proceeds_after(youdang: House, world: World) -> None:
    envelopes = [dispatched(youdang, 1) for _ in range(3)]
    world.set_fault("5xx")
    means = Means(PACE)
    for _ in range(48):  # a working day and the night after
        outbox.once(youdang.system, 4.0, 200, means=means)
        youdang.clock.advance(minutes=30)
    with Session(youdang.system.engine) as session:
        calls = sum(one.count for one in session.exec(select(CourierFault)))
    assert calls <= 50, "one try every half hour, however many wait"
    assert row(youdang).failures >= 20
    assert all(one.parked_at is None for one in youdang.errands(kind=ErrandKind.BOOK))
    world.set_fault("5xx", None)
    for _ in range(3):
        youdang.clock.advance(minutes=31)
        outbox.once(youdang.system, 4.0, 200, means=means)
    assert {youdang.consignment(one.no).stage for one in envelopes} == {Stage.BOOKED}
    assert len(world.state()["orders"]) == 3
    assert (row(youdang).failures, row(youdang).open_until) == (0, None)
    assert polling.once(youdang.system) == 0


def test_what_waited_for_an_open_account_counts_no_failure_of_its_own(youdang: House) -> None:
    dispatched(youdang)
    fall(youdang)
    outbox.once(youdang.system, 4.0, 20, means=Means(PACE))
    [errand] = youdang.errands(kind=ErrandKind.BOOK)
    assert (errand.attempts, errand.failures, errand.parked_at) == (0, 0, None)
    assert errand.due_at >= TUESDAY + timedelta(seconds=30)
    assert "暂停" in errand.last_error


def test_the_account_of_a_good_call_tells_of_it_and_of_the_clocks(youdang: House) -> None:
    dispatched(youdang)
    outbox.once(youdang.system, 4.0, 20)
    kept = row(youdang)
    assert kept.last_ok_at == youdang.clock.now
    assert kept.clock_skew_seconds is not None, "the sandbox's answers carry a Date"
    assert (kept.minute_calls, kept.day_calls) == (1, 1)


def test_a_trouble_keeps_our_words_and_nobodys_name(youdang: House, world: World) -> None:
    dispatched(youdang)
    world.set_fault("garbled")
    outbox.once(youdang.system, 4.0, 20)
    with Session(youdang.system.engine) as session:
        [trouble] = session.exec(select(CourierTrouble))
    assert (trouble.operation, trouble.kind, trouble.words) == ("book", "garbled", "应答不可读")
