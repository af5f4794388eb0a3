"""The stage a story is played on: temporary database, sandbox and web over real HTTP, a clock the story moves."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, select
from werkzeug.serving import WSGIRequestHandler, make_server

from couriers import adapters
from couriers.sandbox import server as sandbox_server
from couriers.sandbox.world import World
from logistics.actor import Actor
from logistics.app import create_app
from logistics.demo import accounts, proofs, seed
from logistics.rules.workdays import CHINA
from logistics.services import reminding
from logistics.store import embedded, migrate
from logistics.store.context import Context, Keeping, connect
from logistics.store.crypto import new_keyring
from logistics.store.files import FileStore
from logistics.tables import Agency, InboxMessage, Officer
from logistics.terms import Role
from scheduler import checkpoints, fixity, inbox, outbox, packages, reminders, transfers

PUSH_SECONDS = 20.0


class StoryClock:
    """A clock that stands until the story moves it."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """The story's present instant, in UTC."""
        return self._now

    def move_to(self, at: datetime) -> None:
        """It is `at` now. Time never runs backwards."""
        if at < self._now:
            raise ValueError(f"the story cannot go back from {self._now} to {at}")
        self._now = at.astimezone(UTC)


def beijing(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of 2026 by the clock on a Chinese wall."""
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA).astimezone(UTC)


@dataclass
class Stage:
    """Everything the story plays with. `app` is the web's world, `system` the scheduler's."""

    clock: StoryClock
    app: Context
    system: Context
    world: World
    sandbox: sandbox_server.Sandbox
    people: dict[str, Actor] = field(default_factory=dict)

    def at(self, moment: datetime) -> None:
        """It is `moment`; what was due on the way there has been done at its own time."""
        while (due := reminding.next_moment(self.system)) is not None and due <= moment:
            self.clock.move_to(max(due, self.clock()))
            reminders.once(self.system)
        self.clock.move_to(moment)
        self.work()

    def work(self) -> None:
        """The scheduler has emptied what is due now."""
        while outbox.once(self.system, 60, 100) + inbox.once(self.system, 100):
            pass
        reminders.once(self.system)

    def told(self, waybill_no: str, code: str, happened_at: datetime, place: str, **more: str) -> None:
        """The courier has scanned, its push has reached our hook, and the inbox has been read."""
        before = self._pushes()
        self.world.tell(waybill_no, code, happened_at, place, **more)
        end = time.monotonic() + PUSH_SECONDS
        while self._pushes() == before:
            if time.monotonic() > end:
                raise TimeoutError(f"the push of {code} did not arrive at the hook")
            time.sleep(0.02)
        self.work()

    def _pushes(self) -> int:
        with Session(self.system.engine) as session:
            return len(session.exec(select(InboxMessage.id)).all())

    def sign_and_pack(self) -> None:
        """The ledger's head is signed and closed dossiers are sealed into packages."""
        checkpoints.once(self.system)
        packages.once(self.system, means=proofs.means(self.clock))

    def hand_over(self) -> None:
        """The scheduler knows the sealed packages and carries ordered batches to the archive."""
        fixity.know_packages(self.system)
        transfers.once(self.system)


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        """Says nothing: the story speaks for itself."""


@contextlib.contextmanager
def set_up(start: datetime) -> Iterator[Stage]:
    """A stage with the demo's directory on it; gone with all its data at the end."""
    folder = Path(tempfile.mkdtemp(prefix="youdang-demo-"))
    clock = StoryClock(start)
    world = World(folder / "sandbox.sqlite", clock=clock)
    with embedded.temporary() as database, contextlib.ExitStack() as closing:
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        closing.callback(world.close)
        migrate.upgrade(database.urls.owner)
        sandbox = sandbox_server.serve(0, world, None, accounts.invented())
        closing.callback(sandbox.stop)
        couriers = adapters.from_settings(sandbox.settings)
        app = Context(
            engine=connect(database.urls.app),
            clock=clock,
            keyring=new_keyring(),
            signing_key=Ed25519PrivateKey.generate(),
            files=FileStore(folder / "files"),
            couriers=couriers,
            keeping=Keeping(folder=folder / "archive"),
        )
        system = replace(app, engine=connect(database.urls.system))
        closing.callback(app.engine.dispose)
        closing.callback(system.engine.dispose)
        seed.seed(system)
        web = make_server("127.0.0.1", 0, create_app(app), threaded=True, request_handler=_Quiet)
        serving = threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        closing.callback(web.server_close)
        closing.callback(web.shutdown)
        sandbox.hook_url = f"http://127.0.0.1:{web.server_port}/hooks/{{code}}"
        yield Stage(clock, app, system, world, sandbox, _people(system))


def _people(ctx: Context) -> dict[str, Actor]:
    with Session(ctx.engine) as session:
        pairs = session.exec(select(Officer, Agency).join(Agency, Agency.id == Officer.agency_id)).all()  # type: ignore[arg-type]
        return {
            officer.login: Actor(
                f"officer:{officer.id}",
                officer.name,
                agency.name,
                agency.id,
                officer.id,
                frozenset(Role(role) for role in officer.roles),
                (agency.id,) if agency.id is not None else (),
            )
            for officer, agency in pairs
        }
