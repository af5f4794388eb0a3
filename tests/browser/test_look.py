"""How the pages look and behave for every reader: modes, contrast, stillness, keys, slow lines, work that is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from time import sleep

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Blueprint, Flask, Response, make_response, redirect, render_template_string, request
from marshmallow import fields
from playwright.sync_api import Page, expect

from logistics.app import create_app
from logistics.demo.seed import PASSWORD
from logistics.store.context import Context
from logistics.web.forms import FormShape, read, redraws
from tests.browser.conftest import DESK, PHONE, assert_accessible, assert_fits, picture
from tests.browser.test_ground import accept_cases
from tests.web.town import Watch

As = Callable[..., Page]

TRIAL = """{% extends "base.html" %}{% block title %}trial{% endblock %}{% block content %}
{% call parts.form('/trial', id='trial', files=true) %}{{ parts.text('name', '姓名') }}{{ parts.text('place', '地址') }}
<input class="form-control" type="file" name="photo" aria-label="照片">
{{ parts.button('记下') }}{% endcall %}
{% call parts.form('/trial/part', id='part', htmx='#part-place') %}{{ parts.text('word', '一个字') }}
{{ parts.button('换', 'plain') }}{% endcall %}
<div id="part-place">{{ parts.help('什么是封签？', '贴在封口上的一次性编号。') }}</div>{% endblock %}"""

SHIFTS = """new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput)
  window.shifts = (window.shifts || 0) + one.value; }).observe({ type: 'layout-shift', buffered: true });"""


class Trial(FormShape):
    """The form of this test's own page."""

    name = fields.String(required=True)
    place = fields.String(required=True)


@pytest.fixture
def sent() -> list[str]:
    """The command ids that the server has met."""
    return []


@pytest.fixture
def app(ctx: Context, sent: list[str]) -> Flask:
    """The application with the sheet of components and one more page: a form that goes nowhere."""
    made = create_app(ctx, design_page=True)
    trial = Blueprint("trial", __name__)

    @trial.get("/trial")
    def show() -> Response:
        return Response(render_template_string(TRIAL))

    @trial.post("/trial")
    @redraws(show)
    def write() -> Response:
        form = read(Trial)
        sent.append(str(form["command_id"]))
        sleep(1.5 if form["place"] == "慢" else 0)
        return make_response(redirect("/", 303))

    @trial.post("/trial/part")
    def change() -> Response:
        sent.append("part")
        return Response('<div id="part-place">changed</div>')

    @made.after_request
    def crawl(answer: Response) -> Response:
        """A page asked for with `slow` in its address arrives in two parts, the first ends before the language."""
        if "slow" in request.args:
            whole = answer.get_data()
            cut = whole.index(b'<form class="language"')

            def parts() -> Iterator[bytes]:
                yield whole[:cut]
                sleep(0.4)
                yield whole[cut:]

            answer.response = parts()
        return answer

    made.register_blueprint(trial)
    return made


def choose(page: Page, way: str, value: str) -> None:
    """The reader chooses in the drawer of the head."""
    page.locator("details.reading summary").click()
    page.locator(f"details.reading button[name={way}][value={value}]").click()
    expect(page.locator("html")).to_have_attribute(f"data-{way}", value)


def assert_contrast_enhanced(page: Page) -> None:
    """axe finds no text below 7 : 1 (large text 4.5 : 1)."""
    rule = "color-contrast-enhanced"
    only = {"runOnly": {"type": "rule", "values": [rule]}, "rules": {rule: {"enabled": True}}}
    found = Axe().run(page, options=only).response["violations"]
    assert not found, [node["html"][:120] for one in found for node in one["nodes"]]


def test_high_contrast_and_large_letters_in_light_and_dark_on_every_component(visit: As) -> None:
    for size in (DESK, PHONE):
        page = visit(size=size)
        page.goto("/design")
        assert_accessible(page)
        assert_fits(page)
        choose(page, "contrast", "high")
        choose(page, "letters", "large")
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
        for light in ("light", "dark"):
            choose(page, "display", light)
            if size == DESK:  # colours know no size
                assert_contrast_enhanced(page)
            assert_fits(page)
            picture(page, f"design-high-large-{light}")


def test_reading_is_chosen_without_script_on_the_log_in_and_the_applicants_page(visit: As) -> None:
    page = visit(size=PHONE, java_script_enabled=False)
    for path in ("/login", "/i"):
        page.goto(path)
        page.locator("details.reading summary").click()
        page.locator("button[name=contrast][value=high]").click()
        page.wait_for_url(f"**{path}")
    page.locator(".applicant-letters button[name=letters]").click()
    assert page.locator("html").get_attribute("data-letters") == "large"
    assert page.locator("html").get_attribute("data-contrast") == "high"


def test_nothing_moves_while_main_pages_load_and_the_head_is_whole(ctx: Context, watch: Watch, as_: As) -> None:
    (no,) = accept_cases(ctx, watch, 1)
    page = as_("xn-window2")
    page.add_init_script(SHIFTS)
    page.goto("/")
    page.locator("form.language button").click()
    for path in ("/", f"/dossiers/{no}", "/dossiers/new", "/receive", "/deadlines", "/calendar"):
        page.goto(f"{path}?slow=" if path == "/dossiers/new" else path)  # one of them in two parts
        page.wait_for_function("document.fonts.status === 'loaded'")
        page.wait_for_timeout(100)
        assert page.evaluate("window.shifts || 0") < 0.001, path
        beyond = page.evaluate(
            """[...document.querySelectorAll('.top > *')].filter((one) => one.offsetParent
            && one.getBoundingClientRect().right > innerWidth).length"""
        )
        assert beyond == 0
        cut = page.evaluate(
            """[...document.querySelectorAll('.ways > *')].filter((one) => { const here = one.getBoundingClientRect();
            const over = document.elementFromPoint(here.left + here.width / 2, here.top + here.height / 2);
            return !one.contains(over); }).length"""
        )
        assert cut == 0, "an entry of the head lies under another thing"
    page.set_viewport_size({"width": DESK[0] // 2, "height": DESK[1] // 2})  # 200 %
    assert_fits(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).position") == "static"


UNSENT = """() => { const sign = document.getElementById('unsent'); sign.hidden = false;
    sign.textContent = sign.dataset.words.replace('0', '12'); }"""
HEAD = """() => [document.querySelector('.top').getBoundingClientRect().height,
    document.getElementById('scan').getBoundingClientRect().bottom]"""


def test_on_a_phone_the_head_is_two_rows_at_most_and_the_menu_needs_no_script(
    ctx: Context, watch: Watch, as_: As
) -> None:
    accept_cases(ctx, watch, 1)
    page = as_("xn-window2", size=PHONE, java_script_enabled=False)
    page.goto("/")
    expect(page.locator(".ways")).to_be_hidden()
    expect(page.locator("#scan")).to_be_in_viewport()
    page.locator("details.menu summary").focus()
    page.keyboard.press("Enter")
    page.locator("details.reading summary").click()
    page.locator("button[name=letters][value=large]").click()
    expect(page.locator("html")).to_have_attribute("data-letters", "large")
    page.locator("details.menu summary").click()
    page.locator("details.drawer summary").first.click()
    page.locator(".drawer-card a").first.click()
    page.wait_for_url(lambda address: not address.endswith("/"))

    page = as_("xn-window2", size=PHONE)
    page.goto("/")
    for letters, rows in (("usual", 1), ("large", 2)):
        page.evaluate("letters => { document.documentElement.dataset.letters = letters }", letters)
        high, scan = page.evaluate(HEAD)
        assert high <= 8 + 52 * rows + 1
        assert scan <= high
    page.evaluate(UNSENT)
    for letters in ("large", "usual"):
        page.evaluate("letters => { document.documentElement.dataset.letters = letters }", letters)
        expect(page.locator("#unsent")).to_be_in_viewport()
        assert page.evaluate(HEAD)[0] <= 8 + 52 * 2 + 1
        assert_fits(page)
    page.locator("details.menu summary").click()
    assert_accessible(page)
    picture(page, "menu")
    page.locator("details.drawer summary").first.click()
    for _ in range(2):  # first the drawer, then the menu
        page.keyboard.press("Escape")
    expect(page.locator(".ways")).to_be_hidden()
    expect(page.locator("details.menu summary")).to_be_focused()
    page.keyboard.press("Alt+Digit7")
    expect(page.locator("details.drawer a").first).to_be_focused()
    page.locator("h1").click()
    expect(page.locator(".ways")).to_be_hidden()


def test_the_keys_walk_lists_open_entries_and_leave_scans_alone(ctx: Context, watch: Watch, as_: As) -> None:
    accept_cases(ctx, watch, 3)
    page = as_("xn-window2")
    page.goto("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    rows = page.locator("main .list tbody tr a")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.type("EE1?2")  # a gun that scans while a row has the focus
    expect(page.locator("#scan")).to_be_focused()
    expect(page.locator("#scan")).to_have_value("EE1?2")
    page.locator("#scan").fill("")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert_accessible(page)
    picture(page, "keys")
    page.keyboard.press("Escape")
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("(dossiers|consignments|receive)"))
    page.keyboard.press("Alt+Digit2")
    page.wait_for_url("**/dossiers/new")


def test_on_a_slow_line_the_button_says_so_and_nothing_is_sent_twice(as_: As, sent: list[str]) -> None:
    page = as_("xn-window")
    page.goto("/trial")
    page.fill("#f-name", "王𠮷")
    page.fill("#f-place", "慢")
    said, slow = page.get_by_role("button", name="记下").evaluate(
        """(one) => { one.click(); one.click(); return new Promise((told) => setTimeout(() =>
        told([document.getElementById("under-way").textContent, one.classList.contains("is-slow")]), 600)); }"""
    )
    assert (said, slow) == ("正在发送，请稍候……", True)
    page.wait_for_url(lambda address: address.endswith("/"))
    assert len(sent) == 1


def test_what_comes_back_after_the_session_ended_is_said_and_can_be_put_away(as_: As, watch: Watch) -> None:
    page = as_("xn-window")
    page.goto("/trial")
    page.fill("#f-name", "阿卜杜热依木·买买提艾力")
    page.set_input_files("input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": b"1"})
    page.fill("#f-word", "字")
    watch.at += timedelta(hours=9)
    page.get_by_role("button", name="换").click()  # htmx: the whole page goes to the log-in
    page.wait_for_url("**/login?next=%2Ftrial")
    page.fill("#f-login", "xn-window")
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/trial")
    expect(page.locator("#f-name")).to_have_value("阿卜杜热依木·买买提艾力")
    expect(page.locator("#trial .kept")).to_have_text(re.compile("没有提交的内容.*照片和文件不能代存"))
    expect(page.locator("#part .kept")).to_be_visible()
    picture(page, "kept")
    page.locator("#trial .kept button").click()
    expect(page.locator("#f-name")).to_have_value("")
    page.reload()
    expect(page.locator("#f-name")).to_have_value("")
    expect(page.locator("#f-word")).to_have_value("字")


def test_a_lost_line_keeps_the_page_and_a_list_of_faults_takes_the_focus(as_: As, sent: list[str]) -> None:
    page = as_("xn-window")
    page.goto("/trial")
    page.fill("#f-word", "字")
    page.evaluate("() => { window.real = fetch; console.error = () => {}; }")  # htmx writes what failed there
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')); }")
    page.get_by_role("button", name="换").click()
    expect(page.locator("#messages")).to_contain_text("没有连上")
    page.evaluate("() => { window.fetch = window.real; }")
    page.get_by_role("button", name="换").click()
    expect(page.locator("#part-place")).to_have_text("changed")
    assert sent == ["part"]
    page.locator("[data-main]").click()
    expect(page.locator("#messages [data-problem]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-name")).to_be_focused()
