"""A hall's day in fast time: windows, two schedulers, a web for the hooks, EMS and a second source by HTTP, a postman.

The clock stands still but for `until`, which turns it by minutes; at every turn the postman scans what it is time for,
the pushes that are owed arrive, and both schedulers do all that is due, side by side.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session, col, select
from werkzeug.serving import make_server

from couriers import adapters, transport
from couriers.contract import Aggregates, Courier, NeedsToken, TrackingEvent
from couriers.sandbox.journeys import Step, moments
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.app import create_app
from logistics.services import dispatch, papers
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.tables import Consignment, Deadline, Discrepancy, Errand, PoolNumber, Tracking
from scheduler import checkpoints, inbox, outbox, polling, reminders, rereading, silence
from scheduler.access import Means
from tests import builders
from tests.journeys.courier_town import PUSH_SECONDS, _free_port, _Quiet, settings

SECOND = "kuaidi100"
USUAL_LEASE = 12.0  # half of it is the longest call
STAND_IN = """
import json, sys
from datetime import datetime
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from couriers import adapters
from logistics.store.context import Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.files import FileStore
from scheduler import outbox
said = json.loads(sys.stdin.readline())
at, key = datetime.fromisoformat(said["at"]), Ed25519PrivateKey.generate()
files = FileStore(Path(said["folder"]))
ctx = Context(connect(said["url"]), lambda: at, new_keyring(), key, files, adapters.from_settings(said["settings"]))
outbox.once(ctx, 60.0, 100)
"""
T = TypeVar("T")


@dataclass
class Scheduler:
    """One scheduler's passes; `again` is what a new process would be."""

    urls: Urls
    ctx: Context
    means: Means = field(default_factory=Means)
    lease_seconds: float = USUAL_LEASE

    def look(self) -> None:
        """Everything that is due has been tried."""
        polling.once(self.ctx)
        while outbox.once(self.ctx, self.lease_seconds, 100, means=self.means) + inbox.once(self.ctx, 200):
            pass

    def look_around(self) -> None:
        """What is looked at now and then has been."""
        rereading.once(self.ctx)
        reminders.once(self.ctx)
        silence.once(self.ctx)
        checkpoints.once(self.ctx)

    def stop(self) -> None:
        """It holds no connection any more."""
        self.ctx.engine.dispose()

    def again(self) -> None:
        """The process is gone with all it had in memory; another one begins."""
        self.stop()
        self.ctx, self.means = replace(self.ctx, engine=connect(self.urls.system)), Means()


@dataclass
class Postman:
    """Carries parcels on the couriers' side, whoever knows of it."""

    world: World
    courier: str
    ahead: list[tuple[datetime, str, Step]] = field(default_factory=list)

    def take(self, waybill_no: str, start: datetime, hours: float, journey: str = "delivered") -> None:
        """The parcel is collected soon after `start` and makes that journey; its order may not be known yet."""
        self.world.collect(self.courier, waybill_no)
        self.ahead += [(at, waybill_no, step) for step, at in moments(journey, start, hours * 3600)]

    def walk(self, now: datetime) -> None:
        """What it is time for has been scanned."""
        due = sorted((one for one in self.ahead if one[0] <= now), key=lambda one: one[0])
        self.ahead = [one for one in self.ahead if one[0] > now]
        for at, waybill_no, step in due:
            more = {"reason": step.reason.value} if step.reason else {}
            self.world.tell(waybill_no, step.kind.value, at, step.place, **more)


class Web:
    """The product's web server for the hooks, which can be stopped and begun anew at the same address."""

    def __init__(self, house: builders.House, urls: Urls) -> None:
        self._house, self._urls, self._port = house, urls, _free_port()
        self.root = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """It answers, with nothing in memory."""
        self._ctx = replace(self._house.web, engine=connect(self._urls.app))
        app: Any = create_app(self._ctx)
        self._server = make_server("127.0.0.1", self._port, app, threaded=True, request_handler=_Quiet)
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Nobody answers there."""
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()
        self._ctx.engine.dispose()


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
