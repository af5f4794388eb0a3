"""The product with every courier's account: real web for the hooks, real PostgreSQL, the scheduler's own functions, and
the couriers' side over HTTP. Only the clock is the test's; it is the same on both sides."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select
from werkzeug.serving import WSGIRequestHandler, make_server

from couriers import adapters
from couriers.contract import Milestone
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.rules import repeats
from logistics.rules.reading import read
from logistics.services import dispatch
from logistics.store.embedded import Urls
from logistics.store.meanings import meanings
from logistics.tables import Discrepancy, Errand, InboxMessage, Tracking
from logistics.terms import DiscrepancyKind, ErrandKind, Stage
from scheduler import inbox, outbox, polling
from scheduler.access import Means
from tests import builders
from tests.site import application

DATA = Path(__file__).parents[1] / "data" / "couriers"
CODES = ("ems", "sf", "kuaidi100", "kdniao", "jdl")
LEASE_SECONDS = 6.0  # half of it is the longest call
PUSH_SECONDS = 20.0
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Truth:
    """What stands of an envelope in the end. `told`: how long after the start each scan was made, and what it meant."""

    stage: Stage
    told: tuple[tuple[timedelta, Milestone], ...]
    delivered_after: timedelta | None
    open: frozenset[DiscrepancyKind]


@dataclass
class CourierTown:
    """Both sides."""

    house: builders.House
    world: World
    sandbox: Sandbox
    means: Means
    lease_seconds: float = LEASE_SECONDS

    def sent(self, code: str) -> str:
        """A sealed envelope whose order is owed to that courier."""
        house = self.house
        envelope = builders.sealed(house)
        dispatch.dispatch(house.web, house.window, house.command(), envelope.no, code)
        return envelope.no

    def work(self) -> None:
        """The scheduler has done what is due now."""
        polling.once(self.house.system)
        while outbox.once(self.house.system, self.lease_seconds, 100, means=self.means) + inbox.once(
            self.house.system, 200
        ):
            pass

    def work_until(self, fact: Callable[[], bool], rounds: int = 12) -> bool:
        """The scheduler works, twenty minutes between two looks, until it is so; False when it never is."""
        for _ in range(rounds):
            self.work()
            if fact():
                return True
            self.house.clock.advance(minutes=20)
        return False

    def booked(self, no: str) -> bool:
        return self.house.consignment(no).waybill_no != ""

    def travel(self, no: str, journey: str = "delivered") -> datetime:
        """The parcel has made that journey, a day long; when it began."""
        self.work()  # what must be asked for before pushes come
        start = self.house.clock.now
        self.house.clock.advance(days=1, hours=1)
        self.world.play(self.house.consignment(no).waybill_no, journey, start, DAY.total_seconds())
        return start

    def pushed(self) -> None:
        """Every push that is owed has been taken by our hooks, and read."""
        end = time.monotonic() + PUSH_SECONDS
        while self.world.state()["pushes_owed"]:
            assert time.monotonic() < end, self.world.state()
            time.sleep(0.02)
        self.work()

    def truth(self, no: str, start: datetime) -> Truth:
        """What stands of the envelope."""
        row = self.house.consignment(no)
        with Session(self.house.system.engine) as session:
            rows = session.exec(select(Tracking).where(Tracking.consignment_id == row.id)).all()
            own = [one for one in rows if one.courier == row.courier]
            heads = [one.head for one in repeats.folded(read(own, meanings(session, own)))]
            still_open = session.exec(
                select(Discrepancy)
                .where(Discrepancy.consignment_id == row.id)
                .where(col(Discrepancy.settled_at).is_(None))
            ).all()
        told = sorted((one.happened_at - start, one.milestone) for one in heads)
        after = None if row.delivered_at is None else row.delivered_at - start
        return Truth(row.stage, tuple(told), after, frozenset(one.kind for one in still_open))

    def orders(self, no: str) -> list[str]:
        """The waybills that the couriers' side has for this envelope."""
        return [one["waybill_no"] for one in self.world.state()["orders"] if one["reference"] == no]

    def parked(self, no: str) -> Sequence[Errand]:
        """Errands of the envelope that wait for a person."""
        with Session(self.house.system.engine) as session:
            mine = select(Errand).where(Errand.consignment_id == self.house.consignment(no).id)
            return session.exec(mine.where(col(Errand.parked_at).is_not(None))).all()

    def owed(self, no: str, kind: ErrandKind) -> list[Errand]:
        """Errands of that kind of the envelope, done or not."""
        return self.house.errands(consignment_id=self.house.consignment(no).id, kind=kind)

    def pushes(self, code: str) -> int:
        """How many of its messages were taken."""
        with Session(self.house.system.engine) as session:
            return len(session.exec(select(InboxMessage.id).where(InboxMessage.courier == code)).all())


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        return


def settings() -> dict[str, str]:
    """The recorded accounts of all couriers."""
    found: dict[str, str] = {}
    for code in CODES:
        found |= json.loads((DATA / code / "settings.json").read_text("utf-8"))
    return {**found, "COURIER_KDNIAO_EXTENDED": "1"}


@contextmanager
def courier_town(urls: Urls, folder: Path) -> Iterator[CourierTown]:
    """The town over a seeded database; everything has ended when the block does."""
    clock = builders.SlowClock()
    with ExitStack() as closing:
        world = World(folder / "parcels.sqlite", clock=clock, first_number=11)
        closing.callback(world.close)
        sandbox = closing.enter_context(Sandbox(world, settings(), push_retry_seconds=(0.05,)))
        house = builders.house(urls, folder, adapters.from_settings(sandbox.settings), clock)
        closing.callback(house.close)
        root = f"http://127.0.0.1:{_free_port()}"
        house.web, house.system = (replace(one, base_url=root) for one in (house.web, house.system))
        closing.enter_context(_served(application(house.web), root))
        sandbox.hook_url = f"{root}/hooks/{{code}}"
        yield CourierTown(house, world, sandbox, Means())


@contextmanager
def _served(app: Any, root: str) -> Iterator[None]:
    web = make_server("127.0.0.1", int(root.rpartition(":")[2]), app, threaded=True, request_handler=_Quiet)
    serving = threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    yield
    web.shutdown()
    web.server_close()
    serving.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
