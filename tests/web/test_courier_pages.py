"""The administrator's pages about couriers' accounts: states in words, figures, troubles, having one tried at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session

from couriers import adapters
from couriers.contract import Operation
from logistics.demo.seed import PASSWORD
from logistics.rules.breaker import Go
from logistics.store import accounts
from logistics.store.accounts import Told
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import CourierAccount
from logistics.terms import CallResult
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures
from tests.scheduler.conftest import SETTINGS
from tests.site import application
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
WORDS = "快递方暂时不能受理（HTTP 503），稍后重试。"


@pytest.fixture
def system(played: Urls, tmp_path: Path) -> Iterator[Context]:  # noqa: F811
    with both(played, tmp_path) as (context, _app):
        yield context


@pytest.fixture
def as_(played: Urls, tmp_path: Path) -> Iterator[As]:  # noqa: F811
    """A visitor logged in as one of the demo's officers, in a house that has EMS."""
    with both(played, tmp_path) as (_system, app):
        couriers = adapters.from_settings({**SETTINGS, "COURIER_EMS_URL": "http://127.0.0.1:9/never"})
        site = application(Context(app.engine, app.clock, app.keyring, app.signing_key, app.files, couriers))

        def enter(login: str) -> Visitor:
            visitor = Visitor(site)
            assert visitor.log_in(login, PASSWORD).status_code == 303
            return visitor

        yield enter


def fall(system: Context, times: int = 5) -> CourierAccount:
    """The account of EMS has failed so often in a row."""
    told = Told(CallResult.SERVER_ERROR, 503, "", WORDS, 40)
    for _ in range(times):
        accounts.note(system.engine, "ems", Operation.BOOK, NOON, Go(), told)
    with Session(system.engine) as session:
        return session.get_one(CourierAccount, "ems")


def test_the_list_names_every_account_and_what_the_others_need(as_: As) -> None:
    shown = as_("hb-admin").get("/couriers").text
    assert "中国邮政 EMS" in shown
    assert "COURIER_SF_CHECKWORD" in shown
    assert SETTINGS["COURIER_EMS_SIGN_KEY"] not in shown


def test_a_paused_account_says_until_when_and_why(as_: As, system: Context) -> None:
    fall(system)
    admin = as_("hb-admin")
    assert "暂停" in admin.get("/couriers").text
    shown = admin.get("/couriers/ems").text
    assert "暂停到" in shown
    assert WORDS in shown
    assert "HTTP 503" in shown
    assert "接连失败" in shown


def test_an_administrator_has_a_paused_account_tried_at_once_and_stands_by_it(as_: As, system: Context) -> None:
    fall(system)
    assert not isinstance(accounts.may_call(system.engine, "ems", Operation.BOOK, NOON), Go)
    admin, command = as_("hb-admin"), str(uuid4())
    answer = admin.post("/couriers/ems/try", {"command_id": command}, on="/couriers/ems")
    assert answer.status_code == 303
    assert admin.post("/couriers/ems/try", {"command_id": command}, on="/couriers/ems").status_code == 303
    assert accounts.may_call(system.engine, "ems", Operation.BOOK, NOON) == Go(probe=True)
    with Session(system.engine) as session:
        row = session.get_one(CourierAccount, "ems")
    assert row.tried_at == NOON
    assert row.tried_by is not None


def test_an_account_that_works_needs_no_trying(as_: As, system: Context) -> None:
    accounts.note(system.engine, "ems", Operation.TRACK, NOON, Go(), Told(CallResult.OK))
    admin = as_("hb-admin")
    assert "正常" in admin.get("/couriers").text
    assert "/couriers/ems/try" not in admin.get("/couriers/ems").text
    answer = admin.post("/couriers/ems/try", {"command_id": str(uuid4())}, on="/couriers")
    assert answer.status_code == 409
    assert "没有暂停" in answer.text


@pytest.mark.parametrize("login", ["xn-window", "fr-receiver", "xn-manager"])
def test_the_accounts_are_the_administrators(as_: As, login: str) -> None:
    visitor = as_(login)
    for path in ("/couriers", "/couriers/ems"):
        assert visitor.get(path).status_code == 403, path


def test_an_account_nobody_configured_is_no_page(as_: As) -> None:
    assert as_("hb-admin").get("/couriers/sf").status_code == 404
    assert as_("hb-admin").get("/couriers/manual").status_code == 404


def test_the_figures_of_a_week_hold_those_of_today(as_: As, system: Context) -> None:
    for days_ago, times in ((0, 2), (3, 1), (7, 1)):
        for _ in range(times):
            told = Told(CallResult.GARBLED)
            accounts.note(system.engine, "ems", Operation.TRACK, NOON - timedelta(days=days_ago), Go(), told)
    with Session(system.engine) as session:
        today = accounts.by_result(session, "ems", NOON)
        week = accounts.by_result(session, "ems", NOON, days=7)
    assert today[CallResult.GARBLED] == 2
    assert week[CallResult.GARBLED] == 3
