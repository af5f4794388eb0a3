"""A hall with a window, an authority, an administrator, and loopback as the network its printers stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlmodel import Session

from couriers import adapters
from logistics.actor import Actor
from logistics.services.papers import printers
from logistics.services.papers.printers import Machine
from logistics.store.embedded import Urls
from logistics.terms import PrinterLanguage, Stock
from tests import builders
from tests.services.conftest import EMS

LOOPBACK = (ip_network("127.0.0.0/8"),)
Add = Callable[..., int]


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[builders.House]:
    """A seeded product whose printers may stand on this machine."""
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    house.web = replace(house.web, printer_networks=LOOPBACK)
    house.system = replace(house.system, printer_networks=LOOPBACK)
    yield house
    house.close()


@pytest.fixture
def keeper(hall: builders.House) -> Actor:
    """The administrator above the hall."""
    with Session(hall.system.engine) as session:
        return builders.officer(session, "hb-admin")


@pytest.fixture
def add(hall: builders.House, keeper: Actor) -> Add:
    """Gives the hall's window a printer; its id."""

    def made(
        port: int = 9100,
        language: PrinterLanguage = PrinterLanguage.ZPL,
        stock: Stock = Stock.LABEL,
        dpi: int = 203,
        name: str = "1 号窗口",
    ) -> int:
        machine = Machine(name, language, dpi, stock, "127.0.0.1", port)
        given = printers.add(hall.web, keeper, hall.command(), hall.window.agency_id or 0, machine)
        return int(given["printer"])

    return made
