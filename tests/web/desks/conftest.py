"""The pages over the demo's directory with a dossier under way: who is at which desk, acts by the verbs themselves."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session
from werkzeug.test import TestResponse

from couriers import adapters
from logistics.demo import seed
from logistics.services import people
from logistics.store.context import connect
from logistics.store.embedded import Server
from tests import builders
from tests import conftest as session_wide
from tests.services.conftest import EMS
from tests.site import application
from tests.web.desks.under_way import Hall

SEEDED = "seeded_for_desks"


@pytest.fixture(scope="session")
def seeded_desks(postgres: Server, migrated_template: str) -> str:
    """Name of a database with the demo's directory, filled once; nobody may be connected to it."""
    with (Path(os.environ[session_wide.FOLDER]) / "desks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.closing(postgres.connect()) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [SEEDED]).fetchone()
        if found is None:
            session_wide._create(postgres, SEEDED, migrated_template)
            engine = connect(postgres.urls.of_database(SEEDED).system)
            with Session(engine) as session, session.begin():
                seed.fill(session)
            engine.dispose()
    return SEEDED


@pytest.fixture
def hall(postgres: Server, seeded_desks: str, tmp_path: Path) -> Iterator[Hall]:
    """The product with the demo's directory, its clock in the tests' hands."""
    with session_wide._new_database(postgres, seeded_desks) as urls:
        house = builders.house(urls, tmp_path, adapters.from_settings(EMS))
        yield Hall(house)
        house.close()


class Desk:
    """An officer's browser without script: sends forms with the token and command id of the page they stand on."""

    def __init__(self, app: Any, token: str) -> None:
        """Sit down, logged in."""
        self.client = app.test_client()
        self.client.set_cookie("youdang_session", token)
        self.csrf = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        answer: TestResponse = self.client.get(path, **more)
        return answer

    def read(self, path: str) -> str:
        """The page's text."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.headers.get('Location')}"
        return answer.text

    def post(self, path: str, fields: dict[str, Any] | None = None, command_id: str | None = None) -> TestResponse:
        """Send a form."""
        if not self.csrf:
            found = re.search(r'name="_csrf" value="([^"]+)"', self.get("/find?q=0").text)
            assert found
            self.csrf = found[1]
        given = {"_csrf": self.csrf, "command_id": command_id or str(uuid4()), **(fields or {})}
        answer: TestResponse = self.client.post(path, data=given)
        return answer


@pytest.fixture
def at(hall: Hall) -> Callable[[str], Desk]:
    """The desk of one of the demo's officers: `at("fr-receiver")`."""
    app = application(hall.house.web)

    def sit(login: str) -> Desk:
        return Desk(app, people.log_in(hall.house.web, login, seed.PASSWORD))

    return sit
