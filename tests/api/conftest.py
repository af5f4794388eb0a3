"""The API over a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from logistics.store.embedded import Urls
from tests.api.world import World, world


@pytest.fixture
def house(database: Urls) -> Iterator[World]:
    """The product with the demo's directory."""
    with world(database) as made:
        yield made
