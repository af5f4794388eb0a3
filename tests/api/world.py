"""Other systems over the demo's directory: one client for each officer, speaking JSON."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from couriers import adapters
from couriers.contract import Booking
from logistics.demo import seed
from logistics.services import clients, dispatch
from logistics.store.context import Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from logistics.tables import Agency, Agreement, Consignment, Officer, ServiceItem
from logistics.terms import Role
from tests.site import application

EMS_CASES = Path(__file__).parents[1] / "data" / "couriers" / "ems"
APPLICANT = {"name": "欧阳𠮷祥", "id_no": "42120219900307123X", "phone": "13800138000"}
NUMBER = "DIPLOMA-100001-2012"


@dataclass
class Clock:
    """A clock that tests turn."""

    at: datetime = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        """Time passes."""
        self.at += timedelta(**by)


@dataclass
class Client:
    """Another system that acts as one officer."""

    app: Flask
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self.app.test_client().get(f"/api/v1{path}", query_string=query, headers=self._who())

    def post(self, path: str, given: Mapping[str, Any] | None = None, key: str = "") -> TestResponse:
        """Act; with a fresh key unless one is given."""
        headers = {**self._who(), "Idempotency-Key": key or secrets.token_hex(8)}
        return self.app.test_client().post(f"/api/v1{path}", json=dict(given or {}), headers=headers)

    def done(self, path: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Act and be answered that it is done."""
        answer = self.post(path, given)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.get_json())

    def read(self, path: str, **query: Any) -> dict[str, Any]:
        """Read what is there."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def _who(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class World:
    """The product with its directory, and a client for whoever is wanted."""

    web: Context
    system: Context
    clock: Clock
    urls: Urls
    _clients: dict[str, Client] = field(default_factory=dict)

    @cached_property
    def app(self) -> Flask:
        """The application."""
        return application(self.web)

    def client(self, login: str) -> Client:
        """A system that acts as that officer."""
        if login not in self._clients:
            self._clients[login] = Client(self.app, clients.admit(self.web, f"受理系统-{login}", login))
        return self._clients[login]

    def officer(self, login: str, agency: str, *roles: Role) -> None:
        """One more officer, of the agency whose name starts so."""
        with Session(self.system.engine) as session, session.begin():
            place = next(row for row in session.exec(select(Agency)) if row.name.startswith(agency))
            given = {"login": login, "name": login, "roles": list(roles), "password_hash": ""}
            session.add(Officer(agency_id=place.id, **given))

    def found(self, no: str) -> Consignment:
        """The envelope's row."""
        with Session(self.system.engine) as session:
            return session.exec(select(Consignment).where(Consignment.no == no)).one()


@contextmanager
def world(urls: Urls) -> Iterator[World]:
    """The product over a fresh database."""
    clock = Clock()
    settings = json.loads((EMS_CASES / "settings.json").read_text())
    with tempfile.TemporaryDirectory(prefix="youdang-api-") as folder:
        web = Context(
            connect(urls.app),
            clock,
            new_keyring(),
            Ed25519PrivateKey.generate(),
            FileStore(Path(folder)),
            adapters.from_settings(settings),
        )
        system = replace(web, engine=connect(urls.system))
        try:
            seed.seed(system)
            yield World(web, system, clock, urls)
        finally:
            web.engine.dispose()
            system.engine.dispose()


def case(world: World, case_no: str = "") -> dict[str, Any]:
    """What the window knows when it takes in a case."""
    with Session(world.system.engine) as session:
        agreement = session.exec(select(Agreement.id).where(Agreement.no == "XN-FR-2026-01")).one()
        item = session.exec(select(ServiceItem.id).where(ServiceItem.code == "430102-XL-001")).one()
    return {
        "agreement_id": agreement,
        "item_id": item,
        "case_no": case_no or f"BJ{secrets.token_hex(5)}",
        "mode": "accept_elsewhere",
        "applicant": APPLICANT,
        "consent_sha256": "0" * 64,
        "consent_signed_on": "2026-09-08",
    }


def original(title: str = "毕业证书") -> dict[str, Any]:
    """A document laid on the counter."""
    return {
        "kind": "毕业证书",
        "title": title,
        "number": NUMBER,
        "issuer": "示例大学",
        "holder_name": APPLICANT["name"],
        "pages": 1,
        "form": "original",
        "irreplaceable": True,
        "must_return": True,
    }


@dataclass
class Way:
    """A dossier with one envelope."""

    dossier: str
    consignment: str
    originals: list[str]
    seal: str


def sealed(world: World, count: int = 2) -> Way:
    """A dossier whose envelope is sealed, all of it through the API."""
    window = world.client("xn-window")
    no = window.done("/dossiers", case(world))["dossier"]
    codes = [window.done(f"/dossiers/{no}/originals", original(f"证书{n}"))["original"] for n in range(count)]
    envelope = window.done(f"/dossiers/{no}/consignments", {"direction": "outbound"})["consignment"]
    for code in codes:
        window.done(f"/consignments/{envelope}/pack", {"original": code})
    seal_no = f"FQ{secrets.token_hex(4)}".upper()
    window.done(f"/consignments/{envelope}/seal", {"seal_no": seal_no})
    return Way(no, envelope, codes, seal_no)


def on_the_way(world: World, count: int = 2) -> Way:
    """A dossier whose envelope has a waybill."""
    way = sealed(world, count)
    world.client("xn-window").done(f"/consignments/{way.consignment}/dispatch", {"courier": "ems"})
    dispatch.record_booking(world.system, way.consignment, Booking(f"11{secrets.randbelow(10**11):011}", "粤-01"))
    return way
