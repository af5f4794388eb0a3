"""Bring the database to the newest shape, as the owner. Any number of processes may ask at once; one does it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

_HERE = Path(__file__).parent / "migrations"
_LOCK = 4202651


def upgrade(owner_url: str) -> None:
    """The database at `owner_url` has the newest schema, policies and grants."""
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            config = Config()
            config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
