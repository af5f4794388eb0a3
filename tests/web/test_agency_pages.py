"""Agencies by an administrator: the card, a new one below, only in their own tree."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from logistics.store.context import Context
from logistics.tables import Agency
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]
CARD = {
    "name": "鄂州市政务服务中心",
    "short_name": "鄂州大厅",
    "region_code": "420700",
    "level": "city",
    "uscc": "11420000MB1Q00001B",
    "address": "示例路 9 号",
    "postcode": "436000",
    "phone": "0711-0000000",
    "receiving_hours": "08:30-12:00,14:00-17:30",
}


def agency(ctx: Context, short_name: str) -> Agency:
    with Session(ctx.engine) as session:
        return session.exec(select(Agency).where(Agency.short_name == short_name)).one()


def send(visitor: Visitor, path: str, **fields: object) -> TestResponse:
    return visitor.post(path, {"command_id": str(uuid4()), **fields}, path)


def test_an_agency_is_added_below_ones_own_and_seen_at_once(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    parent = agency(ctx, "湖北厅")
    assert send(keeper, "/agencies/new", parent=parent.id, code="420700", **CARD).status_code == 303
    added = agency(ctx, "鄂州大厅")
    assert added.path == f"{parent.path}{added.id}."
    page = keeper.get("/agencies").text
    assert "已添加" in page
    assert "鄂州市政务服务中心" in page
    assert "鄂州大厅" in keeper.get("/officers").text, "its officers can be added now"


def test_a_changed_card_says_what_it_was_before(as_: As, ctx: Context) -> None:
    keeper, row = as_("zhou"), agency(ctx, "咸宁大厅")
    card = {**CARD, "name": row.name, "short_name": row.short_name, "region_code": row.region_code}
    assert send(keeper, f"/agencies/{row.id}", **card).status_code == 303
    page = keeper.get(f"/agencies/{row.id}").text
    assert "0715-0000000</span> → 0711-0000000" in page
    assert agency(ctx, "咸宁大厅").receiving_hours == CARD["receiving_hours"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("uscc", "114200000000000001", "校验不通过"),
        ("region_code", "999999", "不在区划表中"),
        ("receiving_hours", "9点到12点", "时段"),
        ("name", "", "请填写这一项"),
        ("level", "", "请选择层级"),
        ("code", "鄂州", "单位代码用 6 至 12 位"),
        ("code", "4207", "单位代码用 6 至 12 位"),
        ("code", "421200", "已有单位使用"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_lost(
    as_: As, ctx: Context, field: str, value: str, sentence: str
) -> None:
    fields = {"parent": agency(ctx, "湖北厅").id, "code": "420700", **CARD, field: value}
    answer = send(as_("zhou"), "/agencies/new", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="示例路 9 号"' in answer.text


def test_an_agency_of_another_tree_is_not_there(as_: As, ctx: Context) -> None:
    keeper, stranger = as_("zhou"), agency(ctx, "芙蓉大厅")
    assert "芙蓉" not in keeper.get("/agencies").text
    assert keeper.get(f"/agencies/{stranger.id}").status_code == 404
    assert (
        keeper.post(f"/agencies/{stranger.id}", {"command_id": str(uuid4()), **CARD}, "/agencies/new").status_code
        == 404
    )
    answer = send(keeper, "/agencies/new", parent=stranger.id, code="430199", **CARD)
    assert answer.status_code == 404


@pytest.mark.parametrize("login", ["lin", "he", "qin"])
def test_only_administrators_keep_agencies(as_: As, login: str) -> None:
    assert as_(login).get("/agencies").status_code == 403
