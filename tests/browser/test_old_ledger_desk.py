"""An old ledger brought in by the keyboard alone: columns, a dry run that can be left, report, records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from scheduler.old_ledgers import once
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture, turn_language
from tests.sheets.made import Given, workbook

Enter = Callable[..., Page]
FIRST = ["序号", "寄出日期", "办件编号", "申请人", "身份证号码", "办理事项", "材料"]
HEADINGS = [*FIRST, "件数", "寄往", "快递公司", "EMS单号", "签收日期", "签收人", "备注"]


@pytest.fixture
def system(seeded: Urls, ctx: Context) -> Iterator[Context]:
    """The scheduler's side of the same world."""
    engine = connect(seeded.system)
    yield replace(ctx, engine=engine)
    engine.dispose()


def ledger(faults: bool) -> bytes:
    rows: list[list[Given]] = [["咸宁市政务服务大厅异地通办寄递台账（2025年）"], list(HEADINGS)]
    for number in range(1, 41):
        sent: Given = "3/5/2025" if faults and number == 7 else date(2025, 3, 1 + number % 28)
        signed = None if number == 40 else date(2025, 4, 2)
        what: list[Given] = [
            number,
            sent,
            f"421200-2025-{number:06}",
            "阿卜杜拉·买买提江",
            "",
            "学历学位公证",
            "毕业证书",
        ]
        rows.append([*what, 2, "长沙市芙蓉区政务服务大厅", "EMS", f"1155{number:09}", signed, "何建国", None])
    rows.append(["合计", None, None, None, None, None, None, 80])
    return workbook(rows)


def seen(page: Page, name: str) -> None:
    assert_accessible(page)
    assert_fits(page)
    picture(page, name)


def test_an_old_ledger_is_brought_in_by_the_keyboard_and_can_be_left_meanwhile(
    as_: Enter, system: Context, tmp_path: Path
) -> None:
    page = as_("xn-manager")
    page.goto("/old-ledgers")
    for name, faults in (("有错的台账.xlsx", True), ("2025台账.xlsx", False)):
        (tmp_path / name).write_bytes(ledger(faults))
    page.set_input_files("#f-file", tmp_path / "有错的台账.xlsx")
    page.get_by_role("button", name="上传并对应列").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="每一列是什么？").wait_for()
    assert page.locator("#f-waybill").input_value() == "10"
    seen(page, "old-ledger-columns")
    page.get_by_role("button", name="试导").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="正在试导").wait_for()
    seen(page, "old-ledger-progress")
    heard = page.locator("#goes-on")  # stays while the fragment is replaced, so that a reader hears of the change
    assert heard.text_content() == page.locator("[data-progress]").text_content()
    heard.evaluate("element => { element.staying = true; }")
    once(system)
    page.get_by_role("heading", name="1 行不能导入").wait_for()  # the page asks by itself
    expect(heard).to_contain_text("1 行不能导入")
    assert heard.evaluate("element => element.staying")
    seen(page, "old-ledger-report")
    page.goto("/old-ledgers")
    page.set_input_files("#f-file", tmp_path / "2025台账.xlsx")
    page.get_by_role("button", name="上传并对应列").press("Enter")
    page.get_by_role("button", name="试导").press("Enter")
    page.get_by_role("heading", name="正在试导").wait_for()
    page.goto("/")  # left; the work bench tells
    once(system)
    page.reload()
    page.get_by_role("link", name="#2").press("Enter")
    page.get_by_role("button", name="导入这 40 行").press("Enter")
    page.get_by_role("heading", name="正在导入").wait_for()
    once(system)
    page.get_by_role("heading", name="已导入 40 条记录").wait_for()
    seen(page, "old-ledger-imported")
    window = as_("xn-window")
    window.goto("/")
    window.locator("#scan").fill("1155000000040")
    window.keyboard.press("Enter")
    window.get_by_role("heading", name="由台账导入，未经系统记录").wait_for()
    seen(window, "old-record")
    window.get_by_role("link", name="建立专档接着办").press("Enter")
    window.wait_for_url("**/dossiers/new?case_no=421200-2025-000040")
    phone = as_("xn-manager", size=PHONE, dark=True)
    for language in ("", "-en"):
        for name, path in {
            "old-ledgers": "/old-ledgers",
            "old-ledger-report": "/old-ledgers/1",
            "old-records": "/old-records",
            "old-record": "/old-records/40",
        }.items():
            phone.goto(path)
            seen(phone, f"{name}-phone{language}")
        if not language:
            turn_language(phone)
            phone.wait_for_load_state()
