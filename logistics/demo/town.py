"""Where the demo's days are played: both contexts on a clock of their own, its people, the couriers' sandbox."""

from __future__ import annotations

import contextlib
import gc
import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy import Engine, create_engine, event
from sqlmodel import Session, col, select

from couriers import adapters
from couriers.contract import Call, Courier, Operation, Push, Subscribes
from couriers.sandbox import server as sandbox_server
from couriers.sandbox.desk import Desk
from couriers.sandbox.world import World
from logistics.actor import Actor
from logistics.demo import accounts
from logistics.demo.stage import StoryClock
from logistics.services import reminding, tracking
from logistics.store import people, queues
from logistics.store.context import Context
from logistics.store.queues import Leased
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
from scheduler import asking, calls, foresight, inbox, outbox, polling, reminders, silence, subscribing
from scheduler.outcome import Outcome
from scheduler.patience import Patience

CALL_SECONDS = 10.0
LEASE_SECONDS = 60.0
EVERYTHING = 1_000_000  # more errands than months of hundreds of dossiers owe
HOOKS = "http://127.0.0.1/hooks"  # nothing is sent there: what is owed is put into the inbox as the hook does
PLANS = 5000  # statements kept prepared: more than the verbs have
SEED = 20261121
"""Figures are the same each time they are played from the same moment."""


@dataclass
class Town:
    """Everything the days are played with. `app` is the web's world, `system` the scheduler's."""

    clock: StoryClock
    app: Context
    system: Context
    world: World
    desks: Mapping[str, Desk]
    people: dict[str, Actor]
    dice: random.Random

    @staticmethod
    def click() -> str:
        """A fresh command id."""
        return str(uuid.uuid4())

    def at(self, moment: datetime) -> None:
        """It is `moment`; every reminder due on the way there was sent at its own time."""
        while (due := reminding.next_moment(self.system)) is not None and due <= moment:
            self.clock.move_to(max(due, self.clock()))
            reminders.once(self.system)
        self.clock.move_to(max(moment, self.clock()))

    def book(self, consignment_no: str) -> str:
        """The courier has been asked for a waybill and gave one, and for pushes where it sends none unasked."""
        self._do(consignment_no, ErrandKind.BOOK, calls.book)
        with Session(self.system.engine) as session:
            envelope = _envelope(session, consignment_no)
        courier = self.system.couriers[envelope.courier]
        if isinstance(courier, Subscribes) and Operation.SUBSCRIBE in courier.offers:
            polling.once(self.system)
            self._do(consignment_no, ErrandKind.SUBSCRIBE, subscribing.subscribe)
        return envelope.waybill_no

    def ask_second_source(self, consignment_no: str) -> None:
        """The aggregator has been asked what it knows of the envelope, now."""
        polling.once(self.system)
        self._do(consignment_no, ErrandKind.SECOND_SOURCE, asking.second_source)

    def _do(self, consignment_no: str, kind: ErrandKind, errand: Callable[[Context, Leased, float], Outcome]) -> None:
        """The one open errand of that kind is done."""
        with Session(self.system.engine) as session:
            row = session.exec(
                select(Errand)
                .where(Errand.consignment_id == _envelope(session, consignment_no).id, Errand.kind == kind)
                .where(col(Errand.done_at).is_(None))
            ).one()
            known = {one.name: getattr(row, one.name) for one in fields(Leased)}
        leased = Leased(**{**known, "attempts": 1, "lease_until": self.clock()})
        errand(self.system, leased, CALL_SECONDS)
        queues.finish_errand(self.system.engine, leased, self.clock())

    def scan(self, waybill_no: str, what: str, place: str, **more: str) -> None:
        """The parcel was scanned now; the pushes of all who are owed one came to our doors and have been read."""
        self.world.tell(waybill_no, what, self.clock(), place, **more)
        for owed in self.world.owed({code: desk.at_once for code, desk in self.desks.items()}):
            account = self.world.account(owed.account)
            for call in self.desks[owed.account].push_calls(f"{HOOKS}/{owed.account}", owed, account):
                self._arrive(owed.account, call)
            self.world.pushed(owed)
        inbox.once(self.system, EVERYTHING)

    def _arrive(self, code: str, call: Call) -> None:
        """The push stands in the inbox, as our hook would have put it there."""
        token = parse_qs(urlsplit(call.url).query).get("token", [])
        headers = {**call.headers, **({"X-Push-Token": token[0]} if token else {})}
        push = Push(headers, urlencode(call.form).encode() if call.form is not None else call.body or b"")
        if not self.system.couriers[code].trusts(push):
            raise RuntimeError("the sandbox's own push is not trusted: its account and the adapter's differ")
        tracking.accept_push(self.system, code, push)

    def notice_silences(self) -> None:
        """Parcels that have not moved for too long are known."""
        silence.once(self.system)

    def look_ahead(self) -> None:
        """What will probably be late is foretold, and its owners are warned."""
        foresight.once(self.system)

    def settle_queues(self) -> None:
        """Every errand that is due has been done: mails that nobody can be sent, a first question after each parcel."""
        outbox.once(self.system, LEASE_SECONDS, EVERYTHING)

    def fail_to_call(self) -> None:
        """What is owed now has been tried once at a courier who is out of order, and waits for a person."""
        self.world.set_fault("5xx", account="ems")
        outbox.once(self.system, LEASE_SECONDS, EVERYTHING, patience=Patience(limit=1))
        self.world.set_fault("5xx", False, account="ems")

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
    with contextlib.ExitStack() as closing:
        closing.enter_context(_seldom_collecting())
        world = World(":memory:", clock=clock)
        closing.callback(world.close)
        sandbox = sandbox_server.serve(0, world, None, accounts.invented())
        closing.callback(sandbox.stop)
        couriers: dict[str, Courier] = dict(adapters.from_settings(sandbox.settings))
        hers, ours = _hasty(app.engine), _hasty(system.engine)
        closing.callback(hers.dispose)
        closing.callback(ours.dispose)
        yield Town(
            clock,
            replace(app, engine=hers, clock=clock, couriers=couriers),
            replace(system, engine=ours, clock=clock, couriers=couriers, second_source=accounts.SECOND_SOURCE),
            world,
            sandbox.desks,
            _people(system),
            random.Random(SEED),  # noqa: S311 - a play's dice, no secret
        )


@contextlib.contextmanager
def _seldom_collecting() -> Iterator[None]:
    """The garbage of thousands of acts is looked for seldom; meanwhile what was loaded before is not looked at."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _hasty(engine: Engine) -> Engine:
    """The same database and role, for thousands of acts in a row: plans are kept, and a commit does not wait for the
    disk. A machine that dies meanwhile loses the demo's last acts, as a whole each.
    """
    known = {"prepare_threshold": 2}
    hasty = create_engine(engine.url, hide_parameters=True, query_cache_size=PLANS, connect_args=known)

    @event.listens_for(hasty, "connect")
    def _begin(connection: Any, _record: object) -> None:
        connection.prepared_max = PLANS  # with the usual hundred, most plans are thrown away before their next use
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.commit()

    return hasty


def _people(system: Context) -> dict[str, Actor]:
    with Session(system.engine) as session:
        pairs = session.exec(select(Officer, Agency).where(Officer.agency_id == Agency.id)).all()
        return {officer.login: people.as_actor(session, officer, agency) for officer, agency in pairs}
