"""Officers by an administrator: only of agencies they keep, passwords shown once and changed at the door."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from logistics.store.context import Context
from logistics.tables import DirectoryAct, Officer
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
NEW = {"login": "xu.min", "name": "许敏", "roles": ["window", "receiver"], "email": ""}


def agency_id(ctx: Context, login: str) -> int:
    with Session(ctx.engine) as session:
        return session.exec(select(Officer.agency_id).where(Officer.login == login)).one()


def officer(ctx: Context, login: str) -> Officer:
    with Session(ctx.engine) as session:
        return session.exec(select(Officer).where(Officer.login == login)).one()


def send(visitor: Visitor, path: str, on: str = "/officers", **fields: object) -> TestResponse:
    return visitor.post(path, {"command_id": str(uuid4()), **fields}, on)


def password_in(answer: TestResponse) -> str:
    found = re.search(r"<code>((?:[0-9A-Za-z]{4}-){3}[0-9A-Za-z]{4})</code>", answer.text)
    assert found, answer.text
    return found[1]


def test_a_new_officer_has_a_password_shown_once_and_changes_it_before_anything_else(
    as_: As, site: Flask, ctx: Context
) -> None:
    keeper = as_("zhou")
    command = str(uuid4())
    added = keeper.post("/officers", {"command_id": command, "agency": agency_id(ctx, "lin"), **NEW}, "/officers")
    password = password_in(added)
    again = keeper.post("/officers", {"command_id": command, "agency": agency_id(ctx, "lin"), **NEW}, "/officers")
    assert "已经显示过一次" in again.text
    newcomer = Visitor(site)
    assert newcomer.log_in("xu.min", password).status_code == 303
    for path in ("/", "/officers", "/find?q=x"):
        assert newcomer.get(path).headers["Location"] == "/password"
    assert "这个密码是别人给您的" in newcomer.get("/password").text
    fresh = "长江之水天上来吗不对"
    wrong = send(newcomer, "/password", "/password", old="x", new=fresh * 2, again=fresh * 2)
    assert "原来的密码不对" in wrong.text
    short = send(newcomer, "/password", "/password", old=password, new=fresh, again=fresh)
    assert "至少 12 位" in short.text
    differing = send(newcomer, "/password", "/password", old=password, new=fresh * 2, again=fresh)
    assert "两次输入的新密码不一样" in differing.text
    assert send(newcomer, "/password", "/password", old=password, new=fresh * 2, again=fresh * 2).status_code == 303
    assert newcomer.get("/").headers["Location"].startswith("/login")
    assert newcomer.log_in("xu.min", password).status_code == 409
    assert newcomer.log_in("xu.min", fresh * 2).status_code == 303
    assert newcomer.get("/").status_code == 200


def test_no_password_stands_in_what_is_kept(as_: As, ctx: Context) -> None:
    password = password_in(send(as_("zhou"), "/officers", agency=agency_id(ctx, "lin"), **NEW))
    with Session(ctx.engine) as session:
        session.connection().exec_driver_sql("SELECT set_config('youdang.agencies', '{1,2,3}', true)")
        kept = [str(row.data) + row.verb for row in session.exec(select(DirectoryAct))]
        assert kept
        assert password not in str(kept)
    assert password not in officer(ctx, "xu.min").password_hash


def test_a_changed_officer_is_logged_out_and_the_page_says_what_changed(as_: As, ctx: Context) -> None:
    keeper, lin = as_("zhou"), as_("lin")
    number = officer(ctx, "lin").id
    saved = send(keeper, f"/officers/{number}", f"/officers/{number}", name="林秀芳", roles=["manager"], active="true")
    assert saved.status_code == 303
    assert lin.get("/").headers["Location"].startswith("/login")
    page = keeper.get(f"/officers/{number}").text
    assert re.search(r"角色：\s*窗口\S* → 督查管理", page), page
    assert (
        send(keeper, f"/officers/{number}", f"/officers/{number}", name="林秀芳", roles=["manager"]).status_code == 303
    )
    assert officer(ctx, "lin").active is False
    given = password_in(send(keeper, f"/officers/{number}/password", f"/officers/{number}"))
    assert lin.log_in("lin", given).status_code == 409, "one who is switched off has no way in"


def test_administrators_do_not_lock_themselves_out(as_: As, ctx: Context) -> None:
    keeper, number = as_("zhou"), officer(ctx, "zhou").id
    for fields in ({"roles": ["manager"], "active": "true"}, {"roles": ["administrator"]}):
        refused = send(keeper, f"/officers/{number}", f"/officers/{number}", name="周宁", **fields)
        assert "不能停用自己" in refused.text


def test_an_officer_of_another_tree_is_not_there(as_: As, ctx: Context) -> None:
    keeper, stranger = as_("zhou"), officer(ctx, "he")
    assert "何建国" not in keeper.get("/officers").text
    assert keeper.get(f"/officers/{stranger.id}").status_code == 404
    for path in (f"/officers/{stranger.id}", f"/officers/{stranger.id}/password"):
        assert send(keeper, path, name="何", roles=["window"], active="true").status_code == 404
    assert send(keeper, "/officers", agency=stranger.agency_id, **NEW).status_code == 404
    assert officer(ctx, "he").name == "何建国"


@pytest.mark.parametrize("login", ["lin", "qin"])
def test_only_administrators_keep_officers(as_: As, login: str) -> None:
    assert as_(login).get("/officers").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [("login", "许敏", "登录名用 2 至 32 个"), ("login", "lin", "已有人用"), ("email", "不是邮箱", "请填写电子邮箱")],
)
def test_what_cannot_be_kept_is_said_at_the_field_and_nothing_is_lost(
    as_: As, ctx: Context, field: str, value: str, sentence: str
) -> None:
    answer = send(as_("zhou"), "/officers", agency=agency_id(ctx, "lin"), **{**NEW, field: value})
    assert sentence in answer.text
    assert 'value="许敏"' in answer.text


def test_the_list_is_narrowed_by_name_and_log_in(as_: As) -> None:
    keeper = as_("zhou")
    assert "林秀芳" in keeper.get("/officers?q=lin").text
    assert "没有这样的经办人" in keeper.get("/officers?q=%25").text, "a sign of SQL is a letter like others"
