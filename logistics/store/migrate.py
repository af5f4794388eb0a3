"""Bring the database to the newest shape, as the owner. Any number of processes may ask at once; one does it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlmodel import Session

from logistics.rules.regions import carried_regions
from logistics.store import places
from logistics.store.locks import Lock

_HERE = Path(__file__).parent / "migrations"


def upgrade(owner_url: str) -> None:
    """The database at `owner_url` has the newest schema, policies and grants, and a table of regions."""
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.MIGRATIONS.value})
            config = Config()
            config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _seed_regions(connection)
    finally:
        engine.dispose()


def _seed_regions(connection: Connection) -> None:
    """A table of regions that is empty has the codes the product carries; one that was filled is left alone."""
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        if not places.table(session):
            places.keep(session, [one for spans in carried_regions().values() for one in spans])
