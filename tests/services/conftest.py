"""The product over a fresh database with the demo's directory in it, and a courier that is only a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from couriers import adapters
from logistics.store.embedded import Urls
from tests import builders

EMS = {
    "COURIER_EMS_URL": "http://127.0.0.1:9/never",
    "COURIER_EMS_SENDER_NO": "1100000000000",
    "COURIER_EMS_AUTHORIZATION": "TESTAUTHCODE0001",
    "COURIER_EMS_SIGN_KEY": "VGVzdFNpZ25LZXkwMDAxIQ==",
}


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[builders.House]:
    """A seeded product with the window, the receiver and the manager of the demo."""
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    yield house
    house.close()
