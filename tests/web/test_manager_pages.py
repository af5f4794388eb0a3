"""The manager's desk over a demo that has been played: lists and trying again. Time: test_deadline_pages; lanes:
test_overview.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from couriers import adapters
from logistics.demo.seed import PASSWORD
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Errand, Officer
from logistics.web.sheets import COMPUTES, plain
from tests.played import both, played, played_template  # noqa: F401 - fixtures
from tests.scheduler.conftest import SETTINGS
from tests.site import application
from tests.web.conftest import Visitor

LISTS = ("/disputed", "/parked", "/in-transit")
ROW = re.compile(r"<tr>\s+<t[dh]")  # the head's row stands in one line
As = Callable[[str], Visitor]


@pytest.fixture
def system(played: Urls, tmp_path: Path) -> Iterator[Context]:  # noqa: F811
    with both(played, tmp_path) as (context, _app):
        yield context


@pytest.fixture
def as_(played: Urls, tmp_path: Path) -> Iterator[As]:  # noqa: F811
    """A visitor logged in as one of the demo's officers."""
    with both(played, tmp_path) as (_system, app):
        couriers = adapters.from_settings({**SETTINGS, "COURIER_EMS_URL": "http://127.0.0.1:9/never"})
        site = application(Context(app.engine, app.clock, app.keyring, app.signing_key, app.files, couriers))

        def enter(login: str) -> Visitor:
            visitor = Visitor(site)
            assert visitor.log_in(login, PASSWORD).status_code == 303
            return visitor

        yield enter


def test_each_of_the_numbers_opens_as_many_rows(as_: As) -> None:
    manager = as_("xn-manager")
    for path in LISTS:
        shown = manager.get(path)
        assert shown.status_code == 200
        number = re.search(rf'href="{path}"[^>]*>\s*<span class="figure-number">(\d+)<', shown.text)
        assert number is not None
        assert len(ROW.findall(shown.text)) == int(number[1]) > 0, path
        assert 'href="/figures#lanes"' in shown.text


@pytest.mark.parametrize("login", ["xn-window", "fr-receiver"])
def test_the_desk_is_the_managers_and_the_administrators(as_: As, login: str) -> None:
    visitor = as_(login)
    for path in LISTS:
        assert visitor.get(path).status_code == 403, path


@given(st.text(max_size=20), st.sampled_from(COMPUTES))
def test_no_cell_of_a_file_computes(words: str, start: str) -> None:
    assert plain(start + words) == f"'{start}{words}"
    assert not plain(words).startswith(COMPUTES)


@given(st.one_of(st.integers(), st.floats(allow_nan=False)))
def test_numbers_stay_numbers_in_a_file(number: int | float) -> None:
    assert type(number)(plain(number)) == number


def test_what_is_parked_is_tried_again_by_the_desk_that_owes_it(as_: As, system: Context) -> None:
    with Session(system.engine) as session:
        errand = session.exec(select(Errand).where(col(Errand.parked_at).is_not(None))).one()
    manager = as_("xn-manager")
    shown = manager.get("/parked").text
    assert errand.last_error in shown
    assert f"/parked/{errand.id}/retry" not in shown
    assert "窗口经办人员重试" in shown
    refused = manager.post(f"/parked/{errand.id}/retry", {"command_id": str(uuid4())}, on="/parked")
    assert refused.status_code == 403


def test_a_manager_who_is_also_the_desk_tries_it_again(as_: As, system: Context) -> None:
    with Session(system.engine) as session, session.begin():
        manager_row = session.exec(select(Officer).where(Officer.login == "xn-manager")).one()
        manager_row.roles = [*manager_row.roles, "window"]
        session.add(manager_row)
        errand_id = session.exec(select(Errand.id).where(col(Errand.parked_at).is_not(None))).one()
    manager = as_("xn-manager")
    assert f"/parked/{errand_id}/retry" in manager.get("/parked").text
    done = manager.post(f"/parked/{errand_id}/retry", {"command_id": str(uuid4())}, on="/parked")
    assert done.status_code == 303
    assert "已重新办理" in manager.get("/parked").text
    again = manager.post(f"/parked/{errand_id}/retry", {"command_id": str(uuid4())}, on="/parked")
    assert again.status_code == 409


def test_the_desk_speaks_english_throughout(as_: As, system: Context) -> None:
    """All but names, and what colleagues and couriers wrote, which is marked as Chinese."""
    with Session(system.engine) as session:
        names = {*session.exec(select(Officer.name)), "审批科", "申请人"}
    manager = as_("xn-manager")
    manager.post("/language", {"language": "en"}, on="/")
    for path in LISTS:
        body = re.search(r"<main.*</main>", manager.get(path).text, re.DOTALL)
        assert body
        words = re.sub(r"<[^>]+>", " ", re.sub(r'<(td|span|q)[^>]*lang="zh[^>]*>[^<]*<', "<", body[0]))
        assert "On the way" in words
        assert set(re.findall(r"[\u3400-\u9fff]+", words)) <= names, path


def test_the_desk_is_empty_in_words_where_nothing_is_wrong(as_: As) -> None:
    manager = as_("hz-manager")
    assert "没有搁置的外呼" in manager.get("/parked").text
