"""The inbox on the workbench: grouped by urgency, acknowledged one by one or a group at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from logistics.demo.seed import PASSWORD
from logistics.services import reminding
from logistics.store.embedded import Urls
from tests.builders import House, house, opened
from tests.site import application
from tests.web.conftest import Visitor


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    """Two dossiers that nobody sends; each clock has come to its third rung."""
    made = house(seeded, tmp_path, {})
    for _ in range(2):
        opened(made)
    made.clock.advance(days=3)
    assert reminding.fire(made.system, 100)
    yield made
    made.close()


@pytest.fixture
def visitor(hall: House) -> Visitor:
    """The officer in charge of both, at the window."""
    made = Visitor(application(hall.web))
    assert made.log_in("xn-window", PASSWORD).status_code == 303
    return made


def groups(page: str) -> dict[str, int]:
    """Notices by group, in the order of the page."""
    found = re.findall(r'<h3 id="notices-\d+">([^<]+) <span class="count">(\d+)</span></h3>', page)
    return {title: int(count) for title, count in found}


def ids(page: str, title: str) -> list[str]:
    section = page.split(f">{title} <span")[1].split("</section>")[0]
    return list(dict.fromkeys(re.findall(r'name="notice_id" value="(\d+)"', section)))


def acknowledge(visitor: Visitor, wanted: list[str]) -> int:
    data = {"_csrf": visitor.token("/"), "command_id": str(uuid4()), "notice_id": wanted}
    return visitor.client.post("/notices/acknowledge", data=data).status_code


def test_notices_stand_in_groups_and_a_group_is_acknowledged_at_once(visitor: Visitor) -> None:
    page = visitor.get("/").text
    assert groups(page) == {"已超时": 2, "已到期": 2, "快到期": 2}
    assert page.count("以上 2 项都知道了") == 3
    assert acknowledge(visitor, ids(page, "快到期")) == 303
    page = visitor.get("/").text
    assert groups(page) == {"已超时": 2, "已到期": 2}
    assert acknowledge(visitor, ids(page, "已超时")[:1]) == 303
    page = visitor.get("/").text
    assert groups(page) == {"已超时": 1, "已到期": 2}
    assert page.count("项都知道了") == 1, "one notice has its own button and needs no other"


def test_nobody_acknowledges_for_another_or_nothing(hall: House, visitor: Visitor) -> None:
    page = visitor.get("/").text
    manager = Visitor(application(hall.web))
    assert manager.log_in("xn-manager", PASSWORD).status_code == 303
    assert acknowledge(manager, ids(page, "已到期")) == 404
    assert acknowledge(visitor, []) == 422
    assert sum(groups(visitor.get("/").text).values()) == 6
