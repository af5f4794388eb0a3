"""The pages over a real database, spoken to as a browser does, without one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from logistics.store.context import Context, connect
from logistics.store.crypto import new_keyring
from logistics.store.embedded import Urls
from logistics.store.files import FileStore
from tests.site import application
from tests.web import town


@pytest.fixture
def watch() -> town.Watch:
    """The clock of the site; tests turn it."""
    return town.Watch()


@pytest.fixture
def ctx(database: Urls, watch: town.Watch, tmp_path: Path) -> Iterator[Context]:
    """The world of the site, with the town's people in it."""
    engine = connect(database.app)
    town.settle(engine)
    yield Context(engine, watch, new_keyring(), Ed25519PrivateKey.generate(), FileStore(tmp_path / "files"), {})
    engine.dispose()


@pytest.fixture
def site(ctx: Context) -> Flask:
    """The application."""
    return application(ctx)


class Visitor:
    """Somebody with a browser and no script: keeps cookies, sends forms with the tokens of the page they stand on."""

    def __init__(self, app: Flask) -> None:
        """Arrive without cookies."""
        self.client: FlaskClient = app.test_client()
        self._seen: dict[str, str] = {}

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, buffered=True, **more)

    def token(self, page: str = "/login") -> str:
        """The form token of a page."""
        found = re.search(r'name="_csrf" value="([^"]+)"', self.get(page).text)
        assert found, f"{page} has no form"
        return found[1]

    def post(self, path: str, fields: dict[str, Any], on: str = "/", **more: Any) -> TestResponse:
        """Send a form that stands on page `on`, which need not be opened anew for it."""
        if on not in self._seen:
            self._seen[on] = self.token(on)
        return self.client.post(path, data={"_csrf": self._seen[on], **fields}, **more)

    def log_in(self, login: str, password: str = town.PASSWORD, **fields: str) -> TestResponse:
        """Fill in the log-in page."""
        given = {"login": login, "password": password, "command_id": "0b2f5a53-4c9a-4a40-9df0-6f5ac0a0b5a1", **fields}
        self._seen.clear()
        answer = self.post("/login", given, on="/login")
        self._seen.clear()  # a log-in takes no form that was drawn before it
        return answer


@pytest.fixture
def stranger(site: Flask) -> Visitor:
    """A visitor not logged in."""
    return Visitor(site)


@pytest.fixture
def as_(site: Flask) -> Callable[[str], Visitor]:
    """A visitor logged in as that officer."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        answer = visitor.log_in(login)
        assert answer.status_code == 303, answer.text
        return visitor

    return enter
