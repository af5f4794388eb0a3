"""Deadlines as people see them, in a real Chromium: each story of `deadline_stories`, on a PC and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from couriers import adapters
from logistics.services import pauses
from logistics.store.context import Context
from logistics.store.embedded import Urls
from tests import builders
from tests.browser.conftest import DESK, PHONE, assert_fits, picture
from tests.journeys import deadline_stories as stories
from tests.services.conftest import EMS

Enter = Callable[..., Page]
ON_THE_PHONE = {"national-day", "paused", "order", "late", "calendar", "dossier"}


@dataclass(frozen=True)
class Played:
    """The numbers of what was played; it is Friday, 2026-10-16, 11:00 in China."""

    house: builders.House
    spring: str
    paused: str
    waived: str
    taken_back: str
    national: str
    order: str
    resting: str

    def life(self, no: str, key: str = stories.FIRST) -> str:
        """Where the life of the dossier's clock is shown."""
        return f"/deadlines/{stories.clock(self.house, no, key).id}"


@pytest.fixture
def told(seeded: Urls, tmp_path: Path) -> Iterator[Played]:
    """Every story, in the order of the year; at the end one clock stands still and one waits for a second person."""
    begun = builders.SlowClock(stories.china("2026-02-13 09:00"))
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS), begun)
    try:
        yield _played(house)
    finally:
        house.close()


def _played(house: builders.House) -> Played:
    spring, paused, waived = stories.over_spring_festival(house), stories.paused(house), stories.waived(house)
    taken_back, national = stories.delivery_reversed(house), stories.over_national_day(house)
    order = stories.ordered(house, national)
    resting, asking = (stories.opened(house, "2026-10-16 10:00") for _ in range(2))
    for no, reason, note in ((resting, "force_majeure", "大雾封路"), (asking, "applicant", "申请人要求等补件")):
        id_ = stories.clock(house, no).id or 0
        asked = pauses.ask_pause(house.web, house.window, house.command(), id_, reason, note)
        if no == resting:
            pauses.approve(house.web, house.manager, house.command(), asked["pause"])
    stories.until(house, "2026-10-16 11:00")
    return Played(house, spring, paused, waived, taken_back, national, order, resting)


@pytest.fixture
def ctx(told: Played) -> Context:
    """The world of the server: where the stories were played."""
    return told.house.web


def test_every_story_is_seen_on_its_page(told: Played, as_: Enter) -> None:
    shown = {
        "national-day": (told.life(told.national), ("国庆节 10-01 至 10-07 休息", "10月10日")),
        "spring-festival": (told.life(told.spring), ("02-14 周六调休上班", "2月28日")),
        "paused": (told.life(told.paused), ("暂停（专家评审、检验检测或鉴定），不计", "9月16日")),
        "standing-still": (told.life(told.resting), ("大雾封路",)),
        "waived": (told.life(told.waived), ("申请人改为当面递交，不再邮寄",)),
        "taken-back": (told.life(told.taken_back, "transit/"), ("9月24日",)),
        "order": (f"/supervision/{told.order}", ("没有说明为什么节前不寄出", "同意办结")),
        "orders": ("/supervision", (told.order,)),
        "late": ("/deadlines?whose=all&shelf=late", (told.national,)),
        "pauses": ("/pauses", ("申请人要求等补件",)),
        "calendar": ("/calendar", ("国务院办公厅关于2026年部分节假日安排的通知",)),
        "dossier": (f"/dossiers/{told.national}", ("国庆节",)),
    }
    for size in (DESK, PHONE):
        page = as_("xn-manager", size=size)
        for name, (path, words) in shown.items():
            if size == PHONE and name not in ON_THE_PHONE:
                continue
            page.goto(path)
            for word in words:
                expect(page.locator("main")).to_contain_text(word)
            assert_fits(page)
            picture(page, f"deadline-{name}")
