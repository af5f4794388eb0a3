"""Asking for a pause and deciding it, in a real Chromium: an officer on a PC, a manager on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from couriers import adapters
from logistics.store.context import Context
from logistics.store.embedded import Urls
from tests import builders
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture
from tests.builders import House
from tests.journeys import deadline_stories as stories
from tests.services.conftest import EMS


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    begun = builders.SlowClock(stories.china("2026-10-16 09:00"))
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS), begun)
    yield house
    house.close()


@pytest.fixture
def ctx(hall: House) -> Context:
    return hall.web


def test_an_officer_asks_for_a_pause_and_a_manager_grants_it_on_a_phone(hall: House, as_: Callable[..., Page]) -> None:
    clock = stories.clock(hall, builders.opened(hall)).id
    officer, manager = as_("xn-window", size=DESK), as_("xn-manager", size=PHONE)
    officer.goto(f"/deadlines/{clock}/pause")
    assert_accessible(officer)
    picture(officer, "pause-asking")
    form = officer.locator("#ask-pause")
    form.get_by_label("专家评审、检验检测或鉴定").check()
    form.get_by_label("具体情况").fill("已送省检测中心鉴定，受理单号 JC-2026-118")
    form.get_by_role("button", name="申请暂停").click()
    expect(officer.get_by_text("等审批", exact=True)).to_be_visible()

    manager.goto("/pauses")
    expect(manager.get_by_role("heading", name="1 份申请等审批")).to_be_visible()
    assert_accessible(manager)
    assert_fits(manager)
    picture(manager, "pause-deciding")
    manager.get_by_role("button", name="批准", exact=True).click()
    expect(manager.get_by_role("heading", name="这项时限正在暂停")).to_be_visible()

    officer.reload()
    picture(officer, "pause-standing")
    officer.get_by_role("button", name="恢复计时").click()
    expect(officer.get_by_text("已恢复计时", exact=True)).to_be_visible()
    assert_fits(officer)
    picture(officer, "pause-over")
