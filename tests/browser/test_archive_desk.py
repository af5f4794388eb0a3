"""The archive's pages in a real Chromium: a batch from the list to the acknowledgement, holds and disposals by two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from couriers import adapters
from logistics.store.context import Context, Keeping
from logistics.store.embedded import Urls
from scheduler import fixity
from scheduler import transfers as job
from tests import builders, kept
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture

Enter = Callable[..., Page]


@pytest.fixture
def town(seeded: Urls, tmp_path: Path) -> Iterator[kept.Kept]:
    house = builders.house(seeded, tmp_path, adapters.from_settings({}))
    house.web = replace(house.web, keeping=Keeping(tmp_path / "out", tmp_path / "disk", "s3://archive/youdang"))
    house.system = replace(house.system, keeping=house.web.keeping)
    yield kept.kept(house, [kept.package(1), kept.package(2)])
    house.close()


@pytest.fixture
def ctx(town: kept.Kept) -> Context:
    """The world of the server: two packages wait to be handed over."""
    fixity.enrol(town.house.system)
    fixity.once(town.house.system)
    return town.house.web


def seen(page: Page, name: str) -> None:
    assert_fits(page)
    assert_accessible(page)
    picture(page, f"archive-{name}")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_batch_goes_from_the_list_to_the_archives_signature(
    as_: Enter, town: kept.Kept, size: tuple[int, int], tmp_path: Path
) -> None:
    page, wide = as_("xn-manager", size=size), "phone" if size == PHONE else "desk"
    page.goto("/archive")
    seen(page, f"overview-{wide}")
    page.get_by_role("link", name="编成批次").first.click()
    page.get_by_label("接收单位全称").fill("咸宁市档案馆")
    seen(page, f"new-{wide}")
    page.get_by_role("button", name="编成批次").click()
    page.get_by_role("button", name="移交", exact=True).click()
    page.get_by_text("正在移交").first.wait_for()
    seen(page, f"ordered-{wide}")
    assert job.once(town.house.system) == 1
    page.get_by_role("heading", name="已移交，等接收单位签收").wait_for()  # the page looks again by itself
    page.get_by_label("接收单位经办人").fill("周档案")
    scan = tmp_path / "signed.pdf"
    scan.write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    page.get_by_label("双方签字盖章的登记表").set_input_files(scan)
    seen(page, f"handed-{wide}")
    page.get_by_role("button", name="登记接收").click()
    page.get_by_role("heading", name="接收单位已签收").wait_for()
    if size == DESK:
        page.get_by_role("button", name="English").click()
    seen(page, f"acknowledged-{wide}")


def test_a_hold_needs_a_second_person_and_stands_on_its_list(as_: Enter, town: kept.Kept) -> None:
    page = as_("xn-manager")
    page.goto(f"/archive/packages/{town.dossiers[0]}")
    page.get_by_label("保全理由").fill("行政复议案件需要")
    page.get_by_role("button", name="设置保全").click()
    page.get_by_text("须由另一人登录确认").wait_for()
    seen(page, "package")
    other = as_("hb-admin", size=PHONE)
    other.goto("/archive/holds")
    seen(other, "holds-phone")
    other.get_by_role("link", name=town.dossiers[0]).click()
    other.get_by_role("button", name="确认保全").click()
    other.get_by_text("已确认保全").wait_for()
    for path in (
        "/archive/packages",
        "/archive/batches",
        "/archive/disposals",
        f"/archive/packages/{town.dossiers[0]}",
    ):
        other.goto(path)
        seen(other, f"phone{path.rpartition('/')[2]}"[:24])
