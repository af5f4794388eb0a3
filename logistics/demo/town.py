"""Where the demo's days are played: both contexts on a clock of their own, its people, the EMS sandbox beside them."""

from __future__ import annotations

import base64
import contextlib
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Engine, create_engine, event
from sqlmodel import Session, col, select

from couriers import adapters
from couriers.contract import Courier, Push
from couriers.sandbox import server as sandbox_server
from couriers.sandbox.desk import Desk
from couriers.sandbox.world import World
from logistics.actor import Actor
from logistics.demo.stage import StoryClock
from logistics.services import deadlines, tracking
from logistics.store import people, queues
from logistics.store.context import Context
from logistics.tables import (
    Agency,
    Agreement,
    Consignment,
    Discrepancy,
    Dossier,
    Errand,
    Material,
    Officer,
    ServiceItem,
)
from logistics.terms import ErrandKind
from scheduler import calls, inbox, outbox, reminders
from scheduler.patience import Patience

CALL_SECONDS = 10.0
LEASE_SECONDS = 60.0
EVERYTHING = 100_000  # more errands than six weeks of forty dossiers owe
SEED = 20261121
"""Figures are the same each time they are played from the same moment."""


@dataclass
class Town:
    """Everything the days are played with. `app` is the web's world, `system` the scheduler's."""

    clock: StoryClock
    app: Context
    system: Context
    world: World
    desk: Desk
    people: dict[str, Actor]
    dice: random.Random

    @staticmethod
    def click() -> str:
        """A fresh command id."""
        return str(uuid.uuid4())

    def at(self, moment: datetime) -> None:
        """It is `moment`; every reminder due on the way there was sent at its own time."""
        while (due := deadlines.next_moment(self.system)) is not None and due <= moment:
            self.clock.move_to(max(due, self.clock()))
            reminders.once(self.system)
        self.clock.move_to(max(moment, self.clock()))

    def book(self, consignment_no: str) -> str:
        """The courier has been asked for a waybill and gave one."""
        with Session(self.system.engine) as session:
            envelope = _envelope(session, consignment_no)
            row = session.exec(
                select(Errand)
                .where(Errand.consignment_id == envelope.id, Errand.kind == ErrandKind.BOOK)
                .where(col(Errand.done_at).is_(None))
            ).one()
            known = {one.name: getattr(row, one.name) for one in fields(queues.Leased)}
        leased = queues.Leased(**{**known, "attempts": 1, "lease_until": self.clock()})
        calls.book(self.system, leased, CALL_SECONDS)
        queues.finish_errand(self.system.engine, leased, self.clock())
        with Session(self.system.engine) as session:
            return _envelope(session, consignment_no).waybill_no

    def scan(self, waybill_no: str, code: str, place: str, **more: str) -> None:
        """The courier scanned the parcel now; its sealed push came to our door and has been read."""
        self.world.tell(waybill_no, code, self.clock(), place, **more)
        courier = self.system.couriers["ems"]
        for owed in self.world.owed():
            [call] = self.desk.push_calls("", owed, self.world.account("ems"))
            push = Push(call.headers, call.body or b"")
            if not courier.trusts(push):
                raise RuntimeError("the sandbox's own push is not trusted: its account and the adapter's differ")
            tracking.accept_push(self.system, "ems", push)
            self.world.pushed(owed)
        inbox.once(self.system, EVERYTHING)

    def settle_queues(self) -> None:
        """Every errand that is due has been done: mails that nobody can be sent, a first question after each parcel."""
        outbox.once(self.system, LEASE_SECONDS, EVERYTHING)

    def fail_to_call(self) -> None:
        """What is owed now has been tried once at a courier who is out of order, and waits for a person."""
        self.world.set_fault("5xx")
        outbox.once(self.system, LEASE_SECONDS, EVERYTHING, patience=Patience(limit=1))
        self.world.set_fault("5xx", False)

    def ids(self, agreement_no: str, item_code: str) -> tuple[int, int]:
        """Agreement and item by the numbers people know."""
        with Session(self.system.engine) as session:
            agreement = session.exec(select(Agreement.id).where(Agreement.no == agreement_no)).one()
            item = session.exec(select(ServiceItem.id).where(ServiceItem.code == item_code)).one()
        return cast(int, agreement), cast(int, item)

    def wanted(self, item_id: int) -> list[Material]:
        """The materials of the item whose originals travel."""
        with Session(self.system.engine) as session:
            rows = session.exec(select(Material).where(Material.item_id == item_id).order_by(col(Material.seq)))
            return [one for one in rows if one.original_wanted and not one.e_certificate_shared]

    def open_differences(self, dossier_no: str) -> list[Discrepancy]:
        """The dossier's discrepancies that are not settled."""
        with Session(self.system.engine) as session:
            dossier = session.exec(select(Dossier.id).where(Dossier.no == dossier_no)).one()
            return list(
                session.exec(
                    select(Discrepancy)
                    .where(Discrepancy.dossier_id == dossier, col(Discrepancy.settled_at).is_(None))
                    .order_by(col(Discrepancy.id))
                )
            )


def _envelope(session: Session, no: str) -> Consignment:
    return session.exec(select(Consignment).where(Consignment.no == no)).one()


@contextlib.contextmanager
def opened(system: Context, app: Context, start: datetime) -> Iterator[Town]:
    """A town over both contexts where it is `start`; its courier's side is gone at the end."""
    clock = StoryClock(start)
    settings = {
        "COURIER_EMS_SENDER_NO": "1100000000000",
        "COURIER_EMS_AUTHORIZATION": uuid.uuid4().hex,
        "COURIER_EMS_SIGN_KEY": base64.b64encode(uuid.uuid4().bytes).decode("ascii"),
    }
    with contextlib.ExitStack() as closing:
        world = World(":memory:", clock=clock)
        closing.callback(world.close)
        sandbox = sandbox_server.serve(0, world, None, settings)
        closing.callback(sandbox.stop)
        couriers: dict[str, Courier] = dict(adapters.from_settings(sandbox.settings))
        hers, ours = _hasty(app.engine), _hasty(system.engine)
        closing.callback(hers.dispose)
        closing.callback(ours.dispose)
        yield Town(
            clock,
            replace(app, engine=hers, clock=clock, couriers=couriers),
            replace(system, engine=ours, clock=clock, couriers=couriers),
            world,
            sandbox.desks["ems"],
            _people(system),
            random.Random(SEED),  # noqa: S311 - a play's dice, no secret
        )


def _hasty(engine: Engine) -> Engine:
    """The same database and role, for thousands of acts in a row: plans are kept, and a commit does not wait for the
    disk. A machine that dies meanwhile loses the demo's last acts, as a whole each.
    """
    hasty = create_engine(engine.url, hide_parameters=True, connect_args={"prepare_threshold": 2})

    @event.listens_for(hasty, "connect")
    def _begin(connection: Any, _record: object) -> None:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.commit()

    return hasty


def _people(system: Context) -> dict[str, Actor]:
    with Session(system.engine) as session:
        pairs = session.exec(select(Officer, Agency).where(Officer.agency_id == Agency.id)).all()
        return {officer.login: people.as_actor(session, officer, agency) for officer, agency in pairs}
