"""Pausing on the pages: asked by an officer, decided by another, run on; nobody else's to see or decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from couriers import adapters
from logistics.demo.seed import PASSWORD
from logistics.services import pauses
from logistics.store.embedded import Urls
from logistics.tables import Deadline, Pause
from tests import builders
from tests.builders import House
from tests.services.conftest import EMS
from tests.site import application
from tests.web.conftest import Visitor


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    yield house
    house.close()


@pytest.fixture
def as_(hall: House) -> Callable[[str], Visitor]:
    app = application(hall.web)

    def enter(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.log_in(login, PASSWORD).status_code == 303
        return visitor

    return enter


@pytest.fixture
def clock(hall: House) -> int:
    builders.opened(hall)
    with Session(hall.system.engine) as session:
        return session.exec(select(Deadline.id).where(Deadline.key == "accept_to_dispatch")).one() or 0


def done(visitor: Visitor, address: str, **fields: str) -> TestResponse:
    on = "/" if address.startswith("/pauses") else address.rsplit("/", 1)[0] + "/pause"
    return visitor.post(address, {"command_id": str(uuid4()), **fields}, on=on)


def requests(hall: House) -> list[Pause]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(Pause).order_by(col(Pause.id))))


def test_an_officer_asks_a_manager_approves_and_the_officer_lets_the_clock_run(
    hall: House, clock: int, as_: Callable[[str], Visitor]
) -> None:
    window, manager = as_("xn-window"), as_("xn-manager")
    page = window.get(f"/deadlines/{clock}/pause").get_data(as_text=True)
    assert "申请暂停" in page
    assert "申请延期" in page
    asked = done(window, f"/deadlines/{clock}/pause", reason="examination", note="送省检测中心鉴定")
    assert asked.status_code == 303
    [one] = requests(hall)
    waiting = manager.get("/pauses").get_data(as_text=True)
    assert "1 份申请等审批" in waiting
    assert "专家评审、检验检测或鉴定：送省检测中心鉴定" in waiting
    assert done(manager, f"/pauses/{one.id}/approve").status_code == 303
    standing = window.get(f"/deadlines/{clock}/pause").get_data(as_text=True)
    assert "这项时限正在暂停" in standing
    assert "申请暂停</button>" not in standing
    assert done(window, f"/deadlines/{clock}/resume").status_code == 303
    assert "已恢复计时" in window.get(f"/deadlines/{clock}/pause").get_data(as_text=True)
    assert requests(hall)[0].ended_at is not None


def test_what_is_refused_says_why_at_its_page(hall: House, clock: int, as_: Callable[[str], Visitor]) -> None:
    window, manager = as_("xn-window"), as_("xn-manager")
    done(window, f"/deadlines/{clock}/extend", why="applicant", words="申请人补正", amount="2")
    [one] = requests(hall)
    assert done(manager, f"/pauses/{one.id}/refuse").status_code == 422
    assert done(manager, f"/pauses/{one.id}/refuse", refusal="一日足够").status_code == 303
    assert "未批准：一日足够" in window.get(f"/deadlines/{clock}/pause").get_data(as_text=True)


def test_a_pause_before_now_is_refused_with_what_to_do(clock: int, as_: Callable[[str], Visitor]) -> None:
    answer = done(
        as_("xn-window"), f"/deadlines/{clock}/pause", reason="other", note="停电", from_at="2026-09-01T09:00"
    )
    assert answer.status_code == 409
    assert "请改为现在或以后的时刻" in answer.get_data(as_text=True)


def test_the_other_agency_sees_the_pause_but_neither_asks_nor_decides(
    hall: House, clock: int, as_: Callable[[str], Visitor]
) -> None:
    asked = pauses.ask_pause(hall.web, hall.window, hall.command(), clock, "other", "停电")["pause"]
    receiver = as_("fr-receiver")
    page = receiver.get(f"/deadlines/{clock}/pause").get_data(as_text=True)
    assert "停电" in page
    assert "申请暂停</button>" not in page
    assert done(receiver, f"/pauses/{asked}/approve").status_code in (403, 409)
    assert done(as_("hz-manager"), f"/pauses/{asked}/approve").status_code == 404
    assert as_("hz-manager").get(f"/deadlines/{clock}/pause").status_code == 404


def test_whoever_asked_is_offered_no_decision(hall: House, clock: int, as_: Callable[[str], Visitor]) -> None:
    pauses.ask_pause(hall.web, hall.manager, hall.command(), clock, "other", "停电")
    manager = as_("xn-manager")
    assert "批准</button>" not in manager.get("/pauses").get_data(as_text=True)
    [one] = requests(hall)
    assert done(manager, f"/pauses/{one.id}/approve").status_code == 403
