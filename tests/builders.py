"""Acts of the story, for tests that need a dossier under way: the demo's directory, its officers, one envelope."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, select

from couriers.contract import Courier
from logistics.actor import Actor
from logistics.services import dispatch, dossiers, receipt
from logistics.services.dossiers import NewDossier, NewOriginal, Person
from logistics.store import people
from logistics.store.context import Context, connect
from logistics.store.crypto import Keyring, new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from logistics.tables import Agency, Agreement, Consignment, Errand, Officer, ServiceItem
from logistics.terms import Direction, Form, Mode, Outcome, Secrecy

TUESDAY = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)  # 09:30 in China, a working day


@dataclass
class SlowClock:
    """A clock that stands still until it is told to move."""

    now: datetime = TUESDAY

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **much: float) -> None:
        self.now += timedelta(**much)


@dataclass
class House:
    """The product over one database: the web's context, the scheduler's, and who acts."""

    web: Context
    system: Context
    clock: SlowClock
    window: Actor
    receiver: Actor
    manager: Actor

    def command(self) -> str:
        """A fresh command id."""
        return secrets.token_hex(8)

    def close(self) -> None:
        self.web.engine.dispose()
        self.system.engine.dispose()

    def errands(self, **wanted: object) -> list[Errand]:
        """Errands by column values, oldest first."""
        with Session(self.system.engine) as session:
            return list(session.exec(select(Errand).filter_by(**wanted).order_by(Errand.id)))  # type: ignore[arg-type]

    def consignment(self, no: str) -> Consignment:
        with Session(self.system.engine) as session:
            return session.exec(select(Consignment).where(Consignment.no == no)).one()


def house(
    urls: Urls,
    folder: Path,
    couriers: Mapping[str, Courier],
    clock: SlowClock | None = None,
    keyring: Keyring | None = None,
) -> House:
    """The product over a seeded database."""
    clock = clock or SlowClock()
    keyring = keyring or new_keyring()
    key = Ed25519PrivateKey.generate()
    web = Context(connect(urls.app), clock, keyring, key, FileStore(folder / "files"), couriers)
    system = replace(web, engine=connect(urls.system))
    with Session(system.engine) as session:
        who = [officer(session, login) for login in ("xn-window", "fr-receiver", "xn-manager")]
    return House(web, system, clock, *who)


def officer(session: Session, login: str) -> Actor:
    """The demo's officer of that log-in, as they act."""
    row = session.exec(select(Officer).where(Officer.login == login)).one()
    return people.as_actor(session, row, session.get_one(Agency, row.agency_id))


@dataclass
class Envelope:
    """One dossier with one outbound envelope."""

    dossier_no: str
    no: str
    originals: list[str] = field(default_factory=list)


def opened(house: House, case_no: str = "") -> str:
    """A dossier's number."""
    with Session(house.system.engine) as session:
        agreement = session.exec(select(Agreement.id).where(Agreement.no == "XN-FR-2026-01")).one()
        item = session.exec(select(ServiceItem.id).where(ServiceItem.code == "430102-XL-001")).one()
    new = new_dossier(agreement or 0, item or 0, case_no or f"BJ{secrets.token_hex(5)}")
    return str(dossiers.open_dossier(house.web, house.window, house.command(), new)["dossier"])


def new_dossier(agreement_id: int, item_id: int, case_no: str) -> NewDossier:
    """What the window knows of a case of a fictional person."""
    return NewDossier(
        agreement_id=agreement_id,
        item_id=item_id,
        case_no=case_no,
        mode=Mode.ACCEPT_ELSEWHERE,
        applicant=Person("李样例", "42120019900101001X", "13900000000"),
        agent=None,
        consent_sha256="0" * 64,
        consent_signed_on=date(2026, 9, 8),
    )


def paper(title: str = "毕业证书") -> NewOriginal:
    """An original that may travel by EMS and must come back."""
    return NewOriginal(
        "毕业证书", title, "EX-0001", "示例大学", "李样例", 1, 1, Form.ORIGINAL, True, True, Secrecy.NONE, False
    )


def sealed(house: House, originals: int = 2, look: Callable[[str], object] | None = None) -> Envelope:
    """An envelope ready to leave. `look` is called with the code of each original before it is packed."""
    no = opened(house)
    codes = [
        str(dossiers.list_original(house.web, house.window, house.command(), no, paper(f"证书{n}"))["original"])
        for n in range(originals)
    ]
    started = dispatch.start_consignment(house.web, house.window, house.command(), no, Direction.OUTBOUND)
    envelope = Envelope(no, str(started["consignment"]), codes)
    for code in codes:
        if look is not None:
            look(code)
        dispatch.pack(house.web, house.window, house.command(), envelope.no, code)
    seal_no = f"FQ{secrets.token_hex(5)}".upper()
    dispatch.seal(house.web, house.window, house.command(), envelope.no, seal_no)
    return envelope


def dispatched(house: House, originals: int = 2) -> Envelope:
    """An envelope whose order is owed to the courier; what was to be asked before it has been."""
    envelope = sealed(house, originals)
    with house.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = created_at WHERE kind = 'enquire'")
    dispatch.dispatch(house.web, house.window, house.command(), envelope.no, "ems")
    return envelope


def received(house: House, envelope: Envelope) -> None:
    """Everything in the envelope has been counted as there."""
    found = dict.fromkeys(envelope.originals, Outcome.RECEIVED)
    seal_no = house.consignment(envelope.no).seal_no
    receipt.receive(house.web, house.receiver, house.command(), envelope.no, seal_no, found)
