"""Two fresh databases, to play the same twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from logistics.store.embedded import Server, Urls
from tests import conftest as session_wide


@pytest.fixture
def postgres_pair(postgres: Server, migrated_template: str) -> Iterator[tuple[Urls, Urls]]:
    """Two fresh migrated databases."""
    with (
        session_wide._new_database(postgres, migrated_template) as one,
        session_wide._new_database(postgres, migrated_template) as other,
    ):
        yield one, other
