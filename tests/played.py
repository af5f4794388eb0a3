"""A database in which a part of the demo's weeks has been played, once for the session; each test gets a copy.

Import the fixtures where they are wanted: `from tests.played import played, played_template`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from logistics.demo.cases import CASES, Case, Plot
from logistics.demo.days import live
from logistics.demo.seed import seed
from logistics.store.context import Context, connect
from logistics.store.crypto import Keyring, load_keyring, new_keyring
from logistics.store.embedded import Server, Urls
from logistics.store.files import FileStore
from tests import conftest as session_wide

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # Friday, 12:00 in Beijing
FIRST_OF_EACH = {case.plot: case for case in reversed(CASES)}
ONE_OF_EACH: Sequence[Case] = [*FIRST_OF_EACH.values(), Case(1, "xn-fr", Plot.FORGOTTEN)]
"""One case of every plot, and one whose deadline is near."""
PLAYED = "played_demo"


@contextmanager
def both(
    urls: Urls, folder: Path, now: datetime = NOON, keyring: Keyring | None = None
) -> Iterator[tuple[Context, Context]]:
    """The scheduler's world and the web's over that database, where it is `now`."""
    keyring = keyring or new_keyring()
    key, files = Ed25519PrivateKey.generate(), FileStore(folder)
    engines = connect(urls.system), connect(urls.app)
    system, app = (Context(engine, lambda: now, keyring, key, files, {}) for engine in engines)
    yield system, app
    for engine in engines:
        engine.dispose()


def kept() -> tuple[Path, datetime, Keyring]:
    """Where the template's files are, when it is there, and the keys its names open with."""
    folder = Path(os.environ[session_wide.FOLDER])
    return folder / "played", NOON, load_keyring(folder / "played.json")


@pytest.fixture(scope="session")
def played_template(postgres: Server, migrated_template: str) -> str:
    """Name of a database with one dossier of every plot; nobody may be connected to it."""
    folder = Path(os.environ[session_wide.FOLDER])
    with (folder / "played.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = postgres.connect()
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [PLAYED]).fetchone()
        if found is None:
            draft = f"{PLAYED}_draft"
            session_wide._create(postgres, draft, migrated_template)
            with both(postgres.urls.of_database(draft), *kept()) as (system, app):
                seed(system)
                live(system, app, cases=ONE_OF_EACH)
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {PLAYED}")
        connection.close()
    return PLAYED


@pytest.fixture
def played(postgres: Server, played_template: str) -> Iterator[Urls]:
    """A fresh database with one dossier of every plot, as they stand at NOON."""
    with session_wide._new_database(postgres, played_template) as urls:
        yield urls
