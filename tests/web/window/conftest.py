"""The window desk over a seeded database, with the EMS sandbox behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from logistics.demo.seed import PASSWORD
from logistics.store.context import Context
from logistics.store.embedded import Urls
from tests.web.conftest import Visitor
from tests.web.town import Watch
from tests.web.window.hall import Hall, hall


@pytest.fixture
def desk(seeded: Urls, watch: Watch, tmp_path: Path) -> Iterator[Hall]:
    """The hall whose window is tested."""
    with hall(seeded, watch, tmp_path) as opened:
        yield opened


@pytest.fixture
def ctx(desk: Hall) -> Context:
    """The site's world is the hall's."""
    return desk.ctx


class Officer(Visitor):
    """An officer at a desk."""

    def send(self, path: str, command_id: str = "", **fields: Any) -> TestResponse:
        """Fill in a form of the desk and send it."""
        return self.post(path, {"command_id": command_id or str(uuid4()), **fields})

    def follow(self, answer: TestResponse) -> str:
        """The page an act leads to."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"]).text


@pytest.fixture
def officer(site: Flask) -> Callable[[str], Officer]:
    """An officer of the demo, logged in."""

    def enter(login: str) -> Officer:
        visitor = Officer(site)
        assert visitor.log_in(login, PASSWORD).status_code == 303
        return visitor

    return enter


@pytest.fixture
def window(officer: Callable[[str], Officer]) -> Officer:
    """The window officer of the Xianning hall."""
    return officer("xn-window")
