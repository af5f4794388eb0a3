"""A hall's day in fast time: windows, two schedulers, a web for the hooks, EMS and a second source by HTTP, a postman.

The clock stands still but for `until`, which turns it by minutes; at every turn the postman scans what it is time for,
the pushes that are owed arrive, and both schedulers do all that is due, side by side.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from couriers import adapters, transport
from couriers.contract import Aggregates, Courier, NeedsToken, TrackingEvent
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.services import dispatch, papers
from logistics.store.context import connect
from logistics.store.embedded import Urls
from logistics.tables import Consignment, Deadline, Discrepancy, Errand, PoolNumber, Tracking
from tests import builders
from tests.journeys.courier_town import PUSH_SECONDS, settings
from tests.journeys.outage_crew import STAND_IN, Postman, Scheduler, Web

SECOND = "kuaidi100"
T = TypeVar("T")


@dataclass
class Day:
    """The hall and the couriers' side on one day."""

    house: builders.House
    world: World
    sandbox: Sandbox
    web: Web
    schedulers: list[Scheduler]
    courier: str
    postman: Postman
    folder: Path
    pushing: bool = True

    def until(self, hour: int, minute: int = 0, *, days: int = 0, step: int = 10) -> None:
        """It is that time in China (`days` after the first day), and everything until then has happened."""
        start = builders.TUESDAY.replace(hour=0, minute=0)  # 08:00 in China
        end = start + timedelta(days=days, hours=hour - 8, minutes=minute)
        while self.house.clock.now < end:
            self.house.clock.now = min(end, self.house.clock.now + timedelta(minutes=step))
            self.turn()
        self.schedulers[0].look_around()

    def turn(self) -> None:
        """All that it is time for has happened."""
        self.postman.walk(self.house.clock.now)
        if self.pushing:
            self.pushes_taken()
        together(one.look for one in self.schedulers)

    def pushes_taken(self) -> None:
        """Our hooks have every push that an account sends now."""
        end = time.monotonic() + PUSH_SECONDS
        while self.world.owed():
            assert time.monotonic() < end, self.world.state()
            time.sleep(0.05)

    def fault(self, name: str, value: Any = True, account: str = "") -> None:
        """It is so from now on, for the courier (or another account); None ends it."""
        self.world.set_fault(name, value, account or self.courier)

    def longest_call(self, seconds: float) -> None:
        """Schedulers wait so long for an answer."""
        for one in self.schedulers:
            one.lease_seconds = 2 * seconds

    def die_in_a_call(self) -> None:
        """A scheduler's process took up an errand, its order reached the courier, and it was killed then."""
        before = len(self.sandbox.calls)
        said = {
            "at": self.house.clock.now.isoformat(),
            "folder": str(self.folder),
            "url": self.schedulers[0].urls.system,
            "settings": self.sandbox.settings,
        }
        process = subprocess.Popen([sys.executable, "-c", STAND_IN], stdin=subprocess.PIPE, text=True)
        assert process.stdin is not None
        process.stdin.write(json.dumps(said) + "\n")
        process.stdin.flush()
        end = time.monotonic() + 20
        while len(self.sandbox.calls) == before:
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.1)
        process.kill()
        process.wait()
        process.stdin.close()

    def send(self, count: int, *, from_pool: bool = False) -> list[str]:
        """So many windows have each sent one envelope, at the same time."""

        def window() -> str:
            house, no = self.house, builders.sealed(self.house, 1).no
            dispatch.dispatch(house.web, house.window, house.command(), no, self.courier, from_pool=from_pool)
            return no

        return together(window for _ in range(count))

    def label(self, no: str) -> bytes:
        """The envelope's label, printed now."""
        house = self.house
        made = papers.make_label(house.web, house.window, house.command(), no)
        return papers.fetch(house.web, house.window, str(made["paper"]))[1]

    def calls(self, since: datetime, account: str = "") -> list[datetime]:
        """When the courier's desk (or another) was called from then on."""
        wanted = account or self.courier
        return [at for at, code in list(self.sandbox.calls) if code == wanted and at >= since]

    def no_of(self, no: str) -> str:
        """The envelope's waybill."""
        return self.house.consignment(no).waybill_no

    def orders(self, no: str) -> list[str]:
        """The numbers under which the courier has an order of this envelope that nobody withdrew."""
        known = [one for one in self.world.parcels.orders() if one.reference.startswith(no)]
        return [one.waybill_no for one in known if not one.cancelled]

    def rows(self, table: type[T], no: str = "") -> list[T]:
        """The rows of a table, of one envelope or all."""
        with Session(self.house.system.engine) as session:
            query = select(table)
            if no:
                query = query.where(table.consignment_id == self.house.consignment(no).id)  # type: ignore[attr-defined]
            return list(session.exec(query))

    def open_differences(self, no: str) -> dict[str, str]:
        """What stands open about an envelope, kind by kind, in the words that a person reads."""
        return {one.kind.value: one.note for one in self.rows(Discrepancy, no) if one.settled_at is None}

    def parked(self) -> list[Errand]:
        """Errands that wait for a person."""
        with Session(self.house.system.engine) as session:
            return list(
                session.exec(select(Errand).where(col(Errand.parked_at).is_not(None), col(Errand.done_at).is_(None)))
            )

    def clock_of(self, no: str, leg: str) -> Deadline | None:
        """The envelope's clock for a leg."""
        return next((one for one in self.rows(Deadline, no) if one.leg == leg), None)

    def known_at(self, code: str, no: str) -> Mapping[str, TrackingEvent]:
        """What an account answers of the envelope's waybill now, by natural key; asked past the product."""
        courier: Courier = self.house.system.couriers[code]
        at = self.house.clock.now
        if isinstance(courier, NeedsToken) and courier.needs_token:
            courier, _seconds = courier.with_token_from(transport.send(courier.ask_token(), 5))
        call = courier.ask_tracking(self.no_of(no), at)
        if code != self.courier:
            assert isinstance(courier, Aggregates)
            phone = dispatch.booking_request(self.house.system, no).sender.phone
            call = courier.ask_tracking_of(self.no_of(no), courier.carrier_code(self.courier), at, phone)
        events = courier.read_tracking(transport.send(call, 5))
        return {one.natural_key: one for one in (replace(e, waybill_no=self.no_of(no)) for e in events)}

    def missing(self, code: str, no: str) -> set[str]:
        """What that account knows of the envelope and we do not."""
        ours = {one.natural_key for one in self.rows(Tracking, no)}
        return set(self.known_at(code, no)) - ours

    def numbers(self) -> list[PoolNumber]:
        """The number pool."""
        return self.rows(PoolNumber)

    def envelopes(self) -> list[Consignment]:
        """All of them."""
        return self.rows(Consignment)


def together(acts: Iterable[Callable[[], T]]) -> list[T]:
    """What came of the acts, done by as many threads at the same time."""
    every = list(acts)
    with ThreadPoolExecutor(max(1, len(every))) as crew:
        return [one.result() for one in [crew.submit(act) for act in every]]


@contextmanager
def day(urls: Urls, folder: Path, courier: str = "ems", second: str = SECOND, **more: str) -> Iterator[Day]:
    """The day begins at 08:30; everything has ended when the block does."""
    clock = builders.SlowClock(builders.TUESDAY - timedelta(hours=1))
    wanted = tuple(f"COURIER_{code.upper()}_" for code in (courier, second))
    accounts = {name: value for name, value in settings().items() if name.startswith(wanted)} | more
    with ExitStack() as closing:
        world = World(folder / "parcels.sqlite", clock=clock, first_number=11)
        closing.callback(world.close)
        sandbox = closing.enter_context(Sandbox(world, accounts, push_retry_seconds=(0.05,)))
        house = builders.house(urls, folder, adapters.from_settings(sandbox.settings), clock)
        closing.callback(house.close)
        web = Web(house, urls)
        house.web = replace(house.web, base_url=web.root, second_source=second)
        house.system = replace(house.system, base_url=web.root, second_source=second)
        web.start()
        closing.callback(web.stop)
        sandbox.hook_url = f"{web.root}/hooks/{{code}}"
        crew = [Scheduler(urls, replace(house.system, engine=connect(urls.system))) for _ in range(2)]
        for one in crew:
            closing.callback(one.stop)
        yield Day(house, world, sandbox, web, crew, courier, Postman(world, courier), folder)
