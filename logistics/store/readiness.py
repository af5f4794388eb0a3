"""Whether this database can serve now."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

_MIGRATIONS = Path(__file__).parent / "migrations"


def why_not_ready(engine: Engine) -> str:
    """Empty when the database answers and its migrations are at the head this code knows; else one English sentence."""
    try:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        return f"the database does not answer ({type(error).__name__})"
    if found != _head():
        return f"migrations are at {found}, this program needs {_head()}"
    return ""


@cache
def _head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head()
