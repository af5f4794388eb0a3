"""Refusals as people meet them: pages and fragments, in both languages, each with what to do next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, Response
from marshmallow import fields

from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.store.context import Context
from logistics.terms import Role
from logistics.web.forms import FormShape, read, redraws
from logistics.web.page import page
from logistics.web.visit import for_roles
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
COMMAND = "0b2f5a53-4c9a-4a40-9df0-6f5ac0a0b5a1"


class Weighing(FormShape):
    """A form of this test's own."""

    grams = fields.Integer(required=True)
    seals = fields.List(fields.String(), required=True)


@pytest.fixture
def site(ctx: Context) -> Flask:
    """The application with a page that fails in every way."""
    from logistics.app import create_app

    app = create_app(ctx)
    trial = Blueprint("trial", __name__)

    @trial.get("/trial")
    def show() -> Response:
        return page("login.html", next="/")

    @trial.post("/trial")
    @redraws(show)
    def act() -> Response:
        form = read(Weighing)
        if form["grams"] > 500:
            raise Rejected(
                "超过 500 克，没有封装。请分成两封。", "Over 500 g; not sealed. Use two envelopes.", "too_heavy"
            )
        raise ZeroDivisionError("a secret sentence")

    @trial.post("/trial/bare")
    def bare() -> Response:
        raise Rejected("封签已用过。请换一枚。", "This seal was used. Take another.", "seal_used")

    @trial.get("/trial/not-yours")
    def not_yours() -> Response:
        raise NotYours("专档", "dossier")

    @trial.get("/trial/not-allowed")
    def not_allowed() -> Response:
        raise NotAllowed("没有收件受理权。请联系签约单位。", "No power to accept. Ask the agency.", "no_power")

    @trial.get("/trial/managers")
    @for_roles(Role.MANAGER, Role.ADMINISTRATOR)
    def managers() -> Response:
        return page("login.html", next="/")

    app.register_blueprint(trial)
    return app


def test_a_wrong_shape_is_said_at_its_field_and_what_was_typed_stays(as_: As) -> None:
    answer = as_("lin").post("/trial", {"command_id": COMMAND, "grams": "heavy", "login": "x"}, on="/trial")
    assert answer.status_code == 422
    assert "有 3 处需要改" in answer.text  # grams wrong, seals missing, login unknown
    assert '<a href="#f-grams">请填写整数，例如 3。</a>' in answer.text
    assert 'id="f-login-wrong"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="x"' in answer.text


def test_a_rule_that_says_no_answers_409_on_the_same_page(as_: As) -> None:
    form = {"command_id": COMMAND, "grams": "501", "seals": ["a", "b"]}
    answer = as_("lin").post("/trial", form, on="/trial")
    assert answer.status_code == 409
    assert "超过 500 克，没有封装。请分成两封。" in answer.text
    assert 'id="log-in"' in answer.text


def test_a_form_without_a_command_id_is_refused(as_: As) -> None:
    answer = as_("lin").post("/trial", {"grams": "1", "seals": ["a"]}, on="/trial")
    assert answer.status_code == 422
    assert "#f-command_id" in answer.text


def test_a_fault_of_ours_shows_the_command_id_and_nothing_of_the_cause(as_: As) -> None:
    answer = as_("lin").post("/trial", {"command_id": COMMAND, "grams": "1", "seals": ["a"]}, on="/trial")
    assert answer.status_code == 500
    assert COMMAND in answer.text
    assert "没有保存任何内容" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "zh", "en"),
    [
        ("/trial/not-yours", 404, "没有找到这个专档", "No such dossier"),
        ("/trial/not-allowed", 403, "没有收件受理权", "No power to accept"),
        ("/trial/managers", 403, "督查管理、系统管理", "This page is for: Manager, Administrator"),
        ("/nowhere", 404, "没有这个页面", "There is no such page"),
        ("/find?q=EE123456785CN", 404, "没有找到这个编号", "This number was not found"),
    ],
)
def test_each_refusal_speaks_the_readers_language(as_: As, path: str, status: int, zh: str, en: str) -> None:
    visitor = as_("lin")
    first = visitor.get(path)
    assert (first.status_code, zh in first.text) == (status, True)
    assert 'lang="zh-Hans-CN"' in first.text
    assert "林秀芳" in first.text  # the page head is the reader's own
    visitor.post("/language", {"language": "en"}, on="/trial")
    second = visitor.get(path)
    assert (second.status_code, en in second.text) == (status, True)
    assert '<html lang="en"' in second.text


def test_htmx_gets_a_band_for_the_top_of_the_page_and_nothing_else_is_replaced(as_: As) -> None:
    visitor = as_("lin")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = visitor.post("/trial/bare", {}, on="/trial", headers=headers)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#messages"
    assert answer.headers["HX-Reswap"] == "innerHTML"
    assert "封签已用过。请换一枚。" in answer.text
    assert "<html" not in answer.text


def test_a_wrong_method_keeps_its_allow_header(as_: As) -> None:
    answer = as_("lin").get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_addresses_of_the_other_doors_are_left_to_them(stranger: Visitor) -> None:
    for path in ("/api/nothing", "/hooks/nothing/here"):
        answer = stranger.get(path)
        assert answer.status_code in {401, 404}
        assert "邮档" not in answer.text
