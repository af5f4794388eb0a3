"""The hall at work for tests of its window: the demo's directory, the EMS sandbox over HTTP, the clock's errands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from couriers import adapters
from couriers.sandbox.server import Sandbox
from couriers.sandbox.world import World
from logistics.demo import seed
from logistics.store.context import Clock, Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from logistics.web.window.identity import check_character
from scheduler import outbox

SETTINGS = {
    "COURIER_EMS_SENDER_NO": "1100000000000",
    "COURIER_EMS_AUTHORIZATION": "TESTAUTHCODE0001",
    "COURIER_EMS_SIGN_KEY": "VGVzdFNpZ25LZXkwMDAxIQ==",
}
LEASE = 4.0


@dataclass
class Hall:
    """`ctx` is the web's world, `system` the scheduler's; `world` is what the courier's sandbox knows."""

    ctx: Context
    system: Context
    world: World

    def errands(self) -> int:
        """The scheduler has tried every errand that is due; how many."""
        return outbox.once(self.system, LEASE, 20)


@contextmanager
def hall(urls: Urls, clock: Clock, folder: Path) -> Iterator[Hall]:
    """A hall with the demo's officers, whose courier is the sandbox."""
    courier = World(folder / "courier.sqlite", clock=clock, first_number=11)
    with Sandbox(courier, SETTINGS) as sandbox:
        ems = adapters.make("ems", {**SETTINGS, "COURIER_EMS_URL": sandbox.url})
        files = FileStore(folder / "files")
        ctx = Context(connect(urls.app), clock, new_keyring(), Ed25519PrivateKey.generate(), files, {"ems": ems})
        system = replace(ctx, engine=connect(urls.system))
        seed.seed(system)
        yield Hall(ctx, system, courier)
        ctx.engine.dispose()
        system.engine.dispose()
    courier.close()


def citizen_number(first_seventeen: str = "42120019900101002") -> str:
    """A fictional citizen number with its check character."""
    return first_seventeen + check_character(first_seventeen)
