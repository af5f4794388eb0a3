"""The ground of the pages in a real browser: the keyboard alone, both languages, light and dark, desk and phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Blueprint, Flask, Response, redirect, render_template_string
from marshmallow import fields, validate
from playwright.sync_api import Page, expect
from sqlmodel import Session, select
from werkzeug.wrappers import Response as AnyResponse

from logistics.actor import Actor
from logistics.demo.seed import PASSWORD
from logistics.services import dossiers, people
from logistics.store import find
from logistics.store.context import Context, connect
from logistics.store.embedded import Urls
from logistics.store.work import reading
from logistics.tables import Dossier, Notice
from logistics.terms import Mode
from logistics.web.forms import FormShape, read, redraws
from tests.browser.conftest import PHONE, assert_accessible, assert_fits, picture, turn_language, unfold
from tests.web.town import Watch

As = Callable[..., Page]

NOTE = """{% extends "base.html" %}{% block title %}trial{% endblock %}{% block content %}
{% call parts.form('/note', id='note') %}{{ parts.text('seal', '封签', scan=true) }}
<details><summary>更多</summary>{{ parts.text('beside', '附注', required=false) }}</details>
{{ parts.area('note', '说明') }}
{{ parts.choice('state', '外观', [('whole', '完好'), ('torn', '破损')]) }}
{{ parts.button('记下') }}{% endcall %}{% endblock %}"""


HEAR = """window.heard = 0; const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.heard += 1; return start.apply(this, at); };"""


class Note(FormShape):
    """The form of this test's own page."""

    seal = fields.String(required=True, validate=validate.Length(min=4, error="这不是封签。"))
    beside = fields.String()
    note = fields.String(required=True)
    state = fields.String(required=True)


@pytest.fixture
def app(ctx: Context) -> Flask:
    """The application with one more page: a form that goes nowhere."""
    from logistics.app import create_app

    made = create_app(ctx)
    trial = Blueprint("trial", __name__)

    @trial.get("/note")
    def show() -> Response:
        return Response(render_template_string(NOTE))

    @trial.post("/note")
    @redraws(show)
    def write() -> AnyResponse:
        read(Note)
        return redirect("/", 303)

    made.register_blueprint(trial)
    return made


def officer(ctx: Context, login: str) -> Actor:
    """The demo's officer as one who acts."""
    actor = people.actor_of(ctx, people.log_in(ctx, login, PASSWORD))
    assert actor
    return actor


def accept_cases(ctx: Context, watch: Watch, count: int) -> list[str]:
    """The window has accepted cases, the first some days ago; their dossiers' numbers."""
    actor = officer(ctx, "xn-window")
    with reading(ctx.engine, actor) as session:
        agreement = find.agreements_of(session, actor.agency_id or 0)[0]
        items = find.items_of(session, agreement.id or 0)
    watch.turn(days=-5)
    for number in range(count):
        item = items[number % len(items)]
        applicant = dossiers.Person("王𠮷", "421202195801011234", "13900000000")
        new = dossiers.NewDossier(
            agreement.id or 0,
            item.id or 0,
            f"XN2026{number:06d}",
            Mode.ACCEPT_ELSEWHERE,
            applicant,
            None,
            "0" * 64,
            watch().date() - timedelta(days=1),
        )
        dossiers.open_dossier(ctx, actor, str(uuid4()), new)
        watch.turn(hours=5)
    watch.turn(days=2)
    with reading(ctx.engine, actor) as session:
        return list(session.exec(select(Dossier.no).order_by(Dossier.no)))


def tell(ctx: Context, system_url: str, login: str, words: list[str]) -> None:
    """The officer has unread notices about the first dossier."""
    actor = officer(ctx, login)
    system = connect(system_url)
    with Session(system) as session, session.begin():
        dossier = session.exec(select(Dossier)).first()
        assert dossier
        assert dossier.id
        for number, said in enumerate(words):
            session.add(
                Notice(
                    officer_id=actor.officer_id or 0,
                    agency_id=actor.agency_id or 0,
                    dossier_id=dossier.id,
                    key=f"test-{number}",
                    kind="warning",
                    zh=said,
                    en=f"Notice {number}: one working day is left.",
                    made_at=ctx.clock() - timedelta(hours=3 * number),
                )
            )
    system.dispose()


def test_log_in_by_keyboard_alone(visit: As) -> None:
    page = visit()
    page.goto("/login")
    expect(page.locator("#f-login")).to_be_focused()
    page.keyboard.type("xn-window")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_contain_text("没有登录成功")
    expect(page.locator("#f-login")).to_have_value("xn-window")
    page.locator("#f-password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("现在没有等您办理的事")
    expect(page.locator("#scan")).to_be_focused()


def test_the_first_tab_offers_to_skip_the_head_and_the_focus_is_seen(visit: As) -> None:
    page = visit()
    page.goto("/login")
    page.locator("body").press("Shift+Tab")
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    page.locator(".skip").focus()
    outline = page.evaluate("getComputedStyle(document.querySelector('.skip')).outlineWidth")
    expect(page.locator(".skip")).to_be_in_viewport()
    assert outline == "3px"
    page.locator("#f-login").focus()
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).boxShadow") == "none"
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_wrong_scan_is_loud_changes_nothing_and_the_next_one_just_works(ctx: Context, watch: Watch, as_: As) -> None:
    (number,) = accept_cases(ctx, watch, 1)
    page = as_("xn-window")
    page.goto("/")
    page.keyboard.type("EE123456785CN")  # a gun types and presses Enter
    page.keyboard.press("Enter")
    alarm = page.locator("[data-alarm]")
    expect(alarm).to_contain_text("没有找到这个编号")
    expect(alarm).to_contain_text("EE123456785CN")
    expect(page.locator("#scan")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "EE123456785CN"
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/dossiers/{number}**")


def test_keys_reach_the_scan_box_from_anywhere_but_a_field(as_: As) -> None:
    page = as_("xn-window")
    page.goto("/note")
    page.locator("#f-note").focus()
    page.keyboard.type("1/2")
    expect(page.locator("#f-note")).to_have_value("1/2")
    page.keyboard.press("Escape")
    expect(page.locator("#scan")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("/")
    expect(page.locator("#scan")).to_be_focused()
    expect(page.locator("#scan")).to_have_value("")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("42A")
    expect(page.locator("#scan")).to_have_value("42A")


def test_enter_in_the_empty_scan_box_does_the_main_act_and_what_is_wrong_gets_the_focus(as_: As) -> None:
    page = as_("xn-window")
    page.goto("/note")
    expect(page.locator("#scan")).to_be_focused()
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    expect(page.locator("#messages [role=alert]")).to_contain_text("有 3 处需要改")
    expect(page.locator("#messages a").nth(1)).to_have_text("说明 · 请填写这一项。")
    expect(page.locator("#f-seal")).to_be_focused()
    page.keyboard.type("XN-004512")
    page.keyboard.press("Enter")  # the gun's Enter goes on to the next field
    expect(page.locator("#f-note")).to_be_focused()
    assert_accessible(page)
    picture(page, "wrong-form")


def test_a_scan_moves_past_folded_fields_and_the_last_one_leads_to_the_main_act(as_: As) -> None:
    page = as_("xn-window")
    page.goto("/note")
    page.locator("#f-seal").focus()
    page.keyboard.type("XN-004512")
    page.keyboard.press("Enter")
    expect(page.locator("#f-note")).to_be_focused()
    page.locator("summary", has_text="更多").click()
    page.locator("#f-seal").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#f-beside")).to_be_focused()


def test_after_a_refusal_neither_back_nor_reload_sends_the_form_again(as_: As) -> None:
    page = as_("xn-window")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.goto("/")
    page.goto("/note?from=desk")
    for _ in range(2):
        page.locator("[data-main]").click()
        expect(page.locator("#messages [role=alert]")).to_contain_text("需要改")
        expect(page).to_have_url(re.compile(r"/note\?from=desk$"))
    assert len(sent) == 2
    page.reload()
    expect(page.locator("#messages [role=alert]")).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(re.compile(r"/note\?from=desk$"))
    page.go_forward()
    page.goto("/")
    page.go_back()
    expect(page.locator("#f-seal")).to_be_visible()
    assert len(sent) == 2


def test_a_refused_scan_sounds_in_any_field_and_a_desk_can_ask_for_the_sound(as_: As) -> None:
    page = as_("xn-window")
    page.add_init_script(HEAR)
    page.goto("/note")
    page.fill("#f-seal", "X")
    page.locator("[data-main]").click()
    expect(page.locator("#f-seal-wrong")).to_be_visible()
    expect(page.locator("#f-seal")).to_be_focused()
    assert page.evaluate("window.heard") == 2  # the double tone of a wrong scan in the head
    page.locator("#f-note").dispatch_event("wrongscan")
    assert page.evaluate("window.heard") == 4


def test_a_half_typed_form_survives_the_end_of_the_session(as_: As, watch: Watch) -> None:
    page = as_("xn-window")
    page.goto("/note")
    page.fill("#f-seal", "XN-004512")
    page.fill("#f-note", "封口有折痕，已拍照")
    page.check("input[value=torn]")
    watch.turn(hours=9)
    page.click("[data-main]")
    page.wait_for_url("**/login?next=%2Fnote")
    page.fill("#f-login", "xn-window")
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/note")
    expect(page.locator("#f-seal")).to_have_value("XN-004512")
    expect(page.locator("#f-note")).to_have_value("封口有折痕，已拍照")
    expect(page.locator("input[value=torn]")).to_be_checked()
    page.click("[data-main]")
    page.wait_for_url(lambda address: address.endswith("/"))
    page.goto("/note")
    expect(page.locator("#f-note")).to_have_value("")


def test_what_one_officer_had_typed_is_not_shown_to_the_next(visit: As, ctx: Context, live: str) -> None:
    page = visit(token=people.log_in(ctx, "xn-window", PASSWORD))
    page.goto("/note")
    page.fill("#f-note", "只给自己看")
    token = people.log_in(ctx, "xn-window2", PASSWORD)
    page.context.add_cookies([{"name": "youdang_session", "value": token, "url": live}])
    page.goto("/note")
    expect(page.locator("#f-note")).to_have_value("")


def test_a_notice_is_acknowledged_in_place(ctx: Context, watch: Watch, seeded: Urls, as_: As) -> None:
    accept_cases(ctx, watch, 1)
    tell(ctx, seeded.system, "xn-window", ["还有 1 个工作日。", "已超时。"])
    page = as_("xn-window")
    page.goto("/")
    page.evaluate("window.stays = true")
    expect(page.locator(".notice")).to_have_count(2)
    page.locator(".notice button").first.click()
    expect(page.locator(".notice")).to_have_count(1)
    assert page.evaluate("window.stays"), "the page was loaded anew"
    page.reload()
    expect(page.locator(".notice")).to_have_count(1)


def test_log_in_and_workbench_are_accessible_in_both_languages_on_a_phone_at_night(
    ctx: Context, watch: Watch, seeded: Urls, visit: As, as_: As
) -> None:
    accept_cases(ctx, watch, 12)
    words = ["专档 421200-2026-000001 应于 11月18日 17:30 前寄出，还有 1 个工作日。", "已超时 1 个工作日，请说明原因。"]
    tell(ctx, seeded.system, "xn-window", words)
    stranger, page = visit(size=PHONE, dark=True), as_("xn-window", size=PHONE, dark=True)
    for language in ("zh", "en"):
        for one, path, name in ((stranger, "/login", "login"), (page, "/", "workbench"), (page, "/find?q=EE1", "find")):
            one.goto(path)
            expect(one.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-Hans-CN")
            assert_accessible(one)
            assert_fits(one)
            picture(one, f"{name}-{language}-dark")
        if language == "zh":
            for one in (stranger, page):
                turn_language(one)


def test_targets_are_large_enough_for_a_glove_on_a_phone(ctx: Context, watch: Watch, as_: As) -> None:
    accept_cases(ctx, watch, 3)
    page = as_("xn-window", size=PHONE)
    page.goto("/")
    unfold(page)
    small = page.evaluate(
        """[...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
        .filter((one) => one.offsetParent && !one.closest('.out-of-sight, .skip, .self-card'))
        .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
        .filter(([, height]) => height < 43.5)"""
    )
    assert not small


def test_light_and_dark_can_be_chosen_against_the_system(as_: As) -> None:
    page = as_("xn-window")
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("details.reading summary").click()
    assert_accessible(page)
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-display", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_rare_character_in_a_name_is_drawn_with_a_small_font_of_ours(as_: As) -> None:
    page = as_("xn-window")
    page.goto("/")
    with page.expect_response("**/fonts/HanaMinB/20B.woff2") as small:
        page.evaluate("document.querySelector('main').append('王𠮷')")
    assert small.value.ok
    page.wait_for_function("document.fonts.check('16px \"Youdang Rare\"', '𠮷')")
