"""Who is at work on a day of courier outage: schedulers, a postman, the web for hooks; each can end and begin anew."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from werkzeug.serving import make_server

from couriers.sandbox.journeys import Step, moments
from couriers.sandbox.world import World
from logistics.app import create_app
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from scheduler import checkpoints, inbox, outbox, polling, reminders, rereading, silence
from scheduler.access import Means
from tests import builders
from tests.journeys.courier_town import _free_port, _Quiet

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
