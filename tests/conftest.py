"""What every test may ask for: a PostgreSQL of the session's own and, for each test, a fresh migrated database."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from psycopg import sql

from logistics.store import embedded, passwords, pg_roles
from logistics.store.embedded import Server, Urls

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = "PYTEST_POSTGRES_FOLDER"  # how xdist's workers, which inherit our environment, find the shared server
PROGRAMS = "TEST_POSTGRES_BIN"  # a folder of PostgreSQL programs, to run the suite on another version
TEMPLATE = "migrated"
SEEDED = "seeded"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords.STRANGERS = passwords.hashed("")
"""Argon2id still, with the least work it takes: in these processes hundreds of officers log in."""

MEMORY = Path("/dev/shm")
WANTED_BYTES = 4 * 1024**3


def _quickest_place() -> Path:
    """Memory where there is plenty: a thousand databases are made and thrown away, and a disk is slow at that."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= WANTED_BYTES:
        return MEMORY
    return Path("/tmp")


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the session chooses the server's folder; it is empty until a test asks for a database."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="youdang-test-", dir=_quickest_place())
        os.chmod(folder, 0o711)  # as root the server runs under another account, which must pass
        os.environ[FOLDER] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server was stopped by the last worker that left; one that was killed may have left it running."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(FOLDER))
    if (folder / "postgres" / "postmaster.pid").exists():
        programs = os.environ.get(PROGRAMS)
        embedded.ensure(folder / "postgres", fsync=False, binaries=Path(programs) if programs else None).close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL, shared by all workers, with fsync off; `superuser_url` may create databases."""
    programs = os.environ.get(PROGRAMS)
    data = Path(os.environ[FOLDER]) / "postgres"
    with embedded.ensure(data, fsync=False, binaries=Path(programs) if programs else None) as server:
        yield server


LONGEST = ("test_every_page.py", "test_kill.py", "test_demo_command.py", "test_outage_day.py")
"""Files that take longest: begun first, so that no worker waits for the other at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files stand first, all others keep their order."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector of garbage, which takes an eighth of the time otherwise,
    need not look through it again and again.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def migrated_template(postgres: Server) -> str:
    """Name of a database that was migrated once for the whole session; nobody may be connected to it."""
    with (Path(os.environ[FOLDER]) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.closing(postgres.connect()) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
            if found is None:
                _make_template(postgres)
    return TEMPLATE


@pytest.fixture
def database(postgres: Server, migrated_template: str) -> Iterator[Urls]:
    """A fresh migrated database of the test's own: its URLs `app`, `system`, `owner`; gone afterwards."""
    with _new_database(postgres, migrated_template) as urls:
        yield urls


@pytest.fixture
def empty_database(postgres: Server) -> Iterator[Urls]:
    """A fresh database without any table, for tests of the migrations themselves; gone afterwards."""
    with _new_database(postgres, "template0") as urls:
        yield urls


@pytest.fixture(scope="session")
def seeded_template(postgres: Server, migrated_template: str) -> str:
    """Name of a database with the demo's directory, filled once for the whole session; nobody may be connected to
    it.
    """
    with (Path(os.environ[FOLDER]) / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.closing(postgres.connect()) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [SEEDED]).fetchone()
            if found is None:
                _make_seeded(postgres, migrated_template)
    return SEEDED


@pytest.fixture
def seeded(postgres: Server, seeded_template: str) -> Iterator[Urls]:
    """A fresh database of the test's own with the demo's directory in it; gone afterwards."""
    with _new_database(postgres, seeded_template) as urls:
        yield urls


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium to drive. `make test` provides one; fails with a sentence when there is none."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    asked = os.environ.get("CHROMIUM", "")
    found = next((path for name in (asked, *names) if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("No Chromium here: run `make test`, or name one with CHROMIUM=/path.")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The Chromium of this machine; one for all tests of a process, which can have only one driver."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


def _make_template(postgres: Server) -> None:
    """Migrated under another name first, so that an interrupted migration is never taken for a template."""
    from logistics.store.migrate import upgrade

    draft = f"{TEMPLATE}_draft"
    with contextlib.closing(postgres.connect()) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
        _create(postgres, draft, "template0")
        upgrade(postgres.urls.of_database(draft).owner)
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, TEMPLATE))))


def _make_seeded(postgres: Server, template: str) -> None:
    from sqlmodel import Session

    from logistics.demo.seed import fill
    from logistics.store.context import connect

    draft = f"{SEEDED}_draft"
    with contextlib.closing(postgres.connect()) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
        _create(postgres, draft, template)
        engine = connect(postgres.urls.of_database(draft).system)
        with Session(engine) as session, session.begin():
            fill(session)
        engine.dispose()
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, SEEDED))))


@contextlib.contextmanager
def _new_database(postgres: Server, template: str) -> Iterator[Urls]:
    name = f"test_{secrets.token_hex(6)}"
    _create(postgres, name, template)
    try:
        yield postgres.urls.of_database(name)
    finally:
        with contextlib.closing(postgres.connect()) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(postgres: Server, name: str, template: str) -> None:
    # copied as files: through the log, as by default, it takes twice as long
    words = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
        *map(sql.Identifier, (name, pg_roles.OWNER, template))
    )
    with contextlib.closing(postgres.connect()) as connection:
        connection.execute(words)
        pg_roles.admit(connection, name)
