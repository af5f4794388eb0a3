"""The pages of channels in a real Chromium, on a PC and on a phone, in both languages: a wrong secret is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from logistics.demo.receivers import Receivers
from logistics.rules.webhooks import Outside
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from scheduler import outbox
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture

Enter = Callable[..., Page]


@pytest.fixture
def far() -> Iterator[Receivers]:
    with Receivers() as running:
        yield running


@pytest.fixture
def ctx(ctx: Context, far: Receivers) -> Context:
    """The operator allows the receivers' host."""
    far.clock = ctx.clock
    return replace(ctx, outside=Outside((far.host,)))


@pytest.fixture
def send(seeded: Urls, ctx: Context) -> Iterator[Callable[[], int]]:
    """The scheduler looks once."""
    system = replace(ctx, engine=connect(seeded.system))
    yield lambda: outbox.once(system, 20, 50)
    system.engine.dispose()


def shown(page: Page, name: str) -> None:
    """On a PC and on a phone the page fits, anybody can use it, and a picture of it is kept."""
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        assert_fits(page)
        assert_accessible(page)
        picture(page, name)


def test_a_keeper_sees_that_a_robot_does_not_take_messages_and_mends_it(
    as_: Enter, far: Receivers, send: Callable[[], int]
) -> None:
    page = as_("hb-admin")
    page.goto("/channels")
    page.get_by_label("名称").fill("省中心工作群")
    page.get_by_label("地址").fill(far.url("dingtalk"))
    page.get_by_label("密钥").fill("SEC-but-not-the-right-one")
    page.get_by_role("button", name="添加").click()
    page.get_by_text("已添加").wait_for()
    page.get_by_role("button", name="发一条测试消息").click()
    page.get_by_text("测试消息已排队").wait_for()
    send()
    page.reload()
    page.get_by_text("不可用，提醒改走别的渠道").first.wait_for()
    shown(page, "channel-dead")
    page.get_by_label("地址").fill(far.url("dingtalk"))
    page.get_by_label("密钥").fill(far.secrets.dingtalk_secret)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存。", exact=True).wait_for()
    page.get_by_role("button", name="发一条测试消息").click()
    page.get_by_text("测试消息已排队").wait_for()
    send()
    page.reload()
    page.get_by_text("已送出").first.wait_for()
    page.goto("/channels")
    shown(page, "channels")
    page.goto("/undelivered")
    shown(page, "channels-undelivered")
    page.goto("/mine/notices")
    page.get_by_role("textbox", name="手机号码").fill("13900000000")
    page.get_by_role("button", name="保存号码").click()
    page.get_by_text("139******00").wait_for()
    shown(page, "my-notices")
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Mobile number").wait_for()
    shown(page, "my-notices-en")
    page.goto("/channels")
    shown(page, "channels-en")
