"""Each test's database: migrated, its own, and cheap."""

from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from logistics.store.embedded import Urls


def test_a_test_s_database_is_migrated_and_its_own(database: Urls) -> None:
    with create_engine(database.owner, poolclass=NullPool).connect() as connection:
        tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
        assert tables > 1
