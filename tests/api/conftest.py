"""The API over a real database, shared by all its tests: each makes its own cases and looks at nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from logistics.store.embedded import Server
from tests.api.world import World, world
from tests.conftest import _new_database


@pytest.fixture(scope="session")
def house(postgres: Server, migrated_template: str) -> Iterator[World]:
    """The product with the demo's directory."""
    with _new_database(postgres, migrated_template) as urls, world(urls) as made:
        yield made
