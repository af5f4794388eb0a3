"""Items by an administrator: the checklist in order, what is 免寄 and why, each change with its before and after."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from logistics.store.context import Context
from logistics.tables import Material, ServiceItem
from tests.web.conftest import Visitor
from tests.web.test_agency_pages import agency

As = Callable[[str], Visitor]
TERMS = {"name": "学历学位公证", "promised_days": "10", "retention": "D30"}
LINE = {"form": "original", "quantity": "1", "medium": "纸质", "treatment": "wanted", "review_points": "钢印清晰"}


def send(visitor: Visitor, path: str, on: str = "/items/new", **fields: object) -> TestResponse:
    return visitor.post(path, {"command_id": str(uuid4()), **fields}, on)


def item(ctx: Context, code: str) -> ServiceItem:
    with Session(ctx.engine) as session:
        return session.exec(select(ServiceItem).where(ServiceItem.code == code)).one()


def lines(ctx: Context, item_id: int | None) -> list[Material]:
    with Session(ctx.engine) as session:
        now = select(Material).where(Material.item_id == item_id, col(Material.until).is_(None))
        return list(session.exec(now.order_by(col(Material.seq))))


def added(keeper: Visitor, ctx: Context, place: str = "湖北厅") -> ServiceItem:
    saved = send(keeper, "/items/new", agency=agency(ctx, place).id, code="ｇｚ－００１", **TERMS)
    assert saved.status_code == 303, saved.text
    return item(ctx, "GZ-001")


def test_an_item_is_made_and_its_checklist_kept_in_order(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    row = added(keeper, ctx)
    home = f"/items/{row.id}"
    assert "还没有材料" in keeper.get("/items").text
    for name, more in (("毕业证书", {}), ("学位证书", {}), ("居民身份证", {"treatment": "shared", "form": "copy"})):
        assert send(keeper, f"{home}/materials/new", **LINE | more | {"name": name}).status_code == 303
    page = keeper.get(home).text
    assert "免寄：电子证照已共享" in page
    assert "3 项，寄 2 项" in keeper.get("/items").text
    second = lines(ctx, row.id)[1]
    assert send(keeper, f"{home}/materials/{second.id}/move", up="true").status_code == 303
    assert [one.name for one in lines(ctx, row.id)] == ["学位证书", "毕业证书", "居民身份证"]
    first = lines(ctx, row.id)[0]
    changed = send(keeper, f"{home}/materials/{first.id}", **LINE | {"name": "学位证书", "quantity": "2"})
    assert changed.status_code == 303
    last = lines(ctx, row.id)[-1]
    assert send(keeper, f"{home}/materials/{last.id}/drop").status_code == 303
    page = keeper.get(home).text
    for sentence in ("“学位证书”从第 2 项移到第 1 项", "份数：1 → 2", "去掉材料“居民身份证”", "列入材料“毕业证书”"):
        assert sentence in page
    assert [one.name for one in lines(ctx, row.id)] == ["学位证书", "毕业证书"]


def test_a_change_says_what_it_was_and_an_item_leaves_use_with_a_reason(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    row = added(keeper, ctx)
    home = f"/items/{row.id}"
    assert send(keeper, f"{home}/edit", **TERMS | {"promised_days": "7"}).status_code == 303
    assert "承诺时限：10 → 7" in keeper.get(home).text
    blank = send(keeper, f"{home}/use", home, active="false")
    assert blank.status_code == 422
    assert "请填写这一项" in blank.text
    assert send(keeper, f"{home}/use", home, active="false", why="已并入新事项").status_code == 303
    assert "停用：已并入新事项" in keeper.get(home).text
    assert "GZ-001" not in keeper.get("/items").text
    assert "GZ-001" in keeper.get("/items?all=true").text
    assert send(keeper, f"{home}/use", home, active="true").status_code == 303
    assert item(ctx, "GZ-001").active


@pytest.mark.parametrize(
    ("field", "value", "sentence", "english"),
    [
        ("code", "", "事项编码用 4 至 40 位", "4 to 40 digits"),
        ("code", "GZ 一号", "事项编码用 4 至 40 位", "4 to 40 digits"),
        ("name", "", "请填写这一项", "Fill this in"),
        ("promised_days", "0", "承诺时限填 1 至 400", "1 to 400 working days"),
        ("retention", "D31", "请选择保管期限", "Choose how long"),
    ],
)
def test_a_wrong_field_is_named_in_both_languages(
    as_: As, ctx: Context, field: str, value: str, sentence: str, english: str
) -> None:
    keeper = as_("zhou")
    fields = {"agency": agency(ctx, "湖北厅").id, "code": "GZ-002", **TERMS, field: value}
    answer = send(keeper, "/items/new", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    keeper.post("/language", {"language": "en"}, "/items")
    assert english in send(keeper, "/items/new", **fields).text


def test_a_code_is_kept_once_however_it_is_typed(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    added(keeper, ctx)
    again = send(keeper, "/items/new", agency=agency(ctx, "湖北厅").id, code="gz-001", **TERMS)
    assert again.status_code == 422
    assert "这个编码已有事项使用" in again.text


def test_a_shared_certificate_is_not_mailed_and_a_name_stands_once(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    row = added(keeper, ctx)
    home = f"/items/{row.id}"
    assert send(keeper, f"{home}/materials/new", **LINE | {"name": "毕业证书"}).status_code == 303
    assert "清单里已有同名的材料" in send(keeper, f"{home}/materials/new", **LINE | {"name": "毕业证书"}).text
    assert "份数填 1 至 99" in send(keeper, f"{home}/materials/new", **LINE | {"name": "甲", "quantity": "0"}).text


def test_a_material_is_marked_to_be_sealed_by_two_and_the_mark_is_told(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    row = added(keeper, ctx)
    home = f"/items/{row.id}"
    ticked = LINE | {"name": "不动产权证书", "two_sealers": "true"}
    refused = send(keeper, f"{home}/materials/new", **ticked | {"treatment": "shared"})
    assert refused.status_code == 422
    assert "不能要求双人封装" in refused.text
    assert re.search(r'name="two_sealers" value="true" checked', refused.text)
    assert send(keeper, f"{home}/materials/new", **ticked).status_code == 303
    assert '<span class="chip">双人封装</span>' in keeper.get(home).text
    first = lines(ctx, row.id)[0]
    assert first.two_sealers
    address = f"{home}/materials/{first.id}"
    assert re.search(r'name="two_sealers" value="true" checked', keeper.get(address).text)
    assert send(keeper, address, **LINE | {"name": "不动产权证书"}).status_code == 303
    page = keeper.get(home).text
    assert "双人封装：是 → 否" in page
    assert '<span class="chip">双人封装</span>' not in page
    assert not lines(ctx, row.id)[0].two_sealers


@pytest.mark.parametrize("login", ["lin", "he", "qin"])
def test_only_administrators_keep_items(as_: As, login: str) -> None:
    assert as_(login).get("/items").status_code == 403
    assert as_(login).get("/agreements").status_code == 403


def test_an_administrator_with_nothing_to_do_is_shown_the_way_to_the_overview(as_: As) -> None:
    page = as_("zhou").get("/").text
    assert "今天要做的都做完了" in page
    assert re.search(r'class="act act-main" href="/settings"[^>]*>去总览<', page)
