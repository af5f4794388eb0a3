"""Agreements by an administrator: a draft from a template, items from a table after a dry run, in force, ended."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from uuid import uuid4

import openpyxl
import pytest
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from logistics.services.people import hash_password
from logistics.store.context import Context
from logistics.tables import Agreement, AgreementItem, Officer, ServiceItem
from tests.web.conftest import Visitor
from tests.web.test_agency_pages import agency
from tests.web.town import PASSWORD

As = Callable[[str], Visitor]
HEADINGS = ("事项编码", "事项名称", "承诺时限", "保管期限", "办理模式", "协议约定", "是否列入")
POWERS = ["accept", "formal_review", "verify_originals", "notify_once", "deliver_result"]
GOOD = [
    ("GZ-001", "学历学位公证", "10", "30 年", "异地代收代办、全程网办", "", ""),
    ("ＢＤＣ－００２", "不动产权属证明核验", "8个工作日", "永久", "", "坐落与登记簿一致", "是"),
]


def send(visitor: Visitor, path: str, on: str = "/items/new", **fields: object) -> TestResponse:
    return visitor.post(path, {"command_id": str(uuid4()), **fields}, on)


def terms(ctx: Context, **changed: object) -> dict[str, object]:
    sender, receiver = agency(ctx, "咸宁大厅").id, agency(ctx, "芙蓉大厅").id
    payer = {f"payer_{scope}": "sender" for scope in ("city", "province", "cross")}
    days = {"valid_from": "2026-11-20", "valid_until": "2029-11-19"}
    named = {"no": "XN-FR-2026-01", "name": "咸宁—长沙芙蓉跨省通办协议", "sender": sender, "receiver": receiver}
    return {**named, "powers": POWERS, **payer, **days, **changed}


def drafted(keeper: Visitor, ctx: Context, **changed: object) -> int:
    saved = send(keeper, "/agreements/new", **terms(ctx, **changed))
    assert saved.status_code == 303, saved.text
    return int(saved.headers["Location"].rsplit("/", 1)[1])


def book(rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(list(row))
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def upload(keeper: Visitor, number: int, content: bytes, name: str = "清单.xlsx") -> TestResponse:
    at = f"/agreements/{number}/lists/new"
    return send(keeper, at, file=(io.BytesIO(content), name))


def shown(keeper: Visitor, address: str) -> tuple[str, str]:
    """The dry run's page and the digest of what it shows."""
    text = keeper.get(address).text
    found = re.search(r'name="shown" value="(\w{64})"', text)
    return text, found[1] if found else ""


def confirm(keeper: Visitor, address: str, digest: str) -> TestResponse:
    return send(keeper, f"{address}/confirm", shown=digest)


def partner(ctx: Context, as_: As) -> Visitor:
    """The administrator of the authority, who stands outside the keeper's tree."""
    with Session(ctx.engine) as session, session.begin():
        there = agency(ctx, "芙蓉大厅").id or 0
        kept = hash_password(PASSWORD)
        session.add(Officer(agency_id=there, login="tang", name="唐婉", roles=["administrator"], password_hash=kept))
    return as_("tang")


def consent(keeper: Visitor, home: str) -> TestResponse:
    """The party confirms the text that its page shows."""
    found = re.search(r'name="shown" value="(\w{64})"', keeper.get(home).text)
    assert found, "the page has nothing to confirm"
    return send(keeper, f"{home}/confirm", shown=found[1])


def agree(home: str, *parties: Visitor) -> None:
    """Each party has confirmed the agreement."""
    for one in parties:
        assert consent(one, home).status_code == 303


def listed(ctx: Context, number: int) -> dict[str, AgreementItem]:
    with Session(ctx.engine) as session:
        found = session.exec(
            select(ServiceItem.code, AgreementItem)
            .join(AgreementItem, col(AgreementItem.item_id) == ServiceItem.id)
            .where(AgreementItem.agreement_id == number)
        )
        return dict(found.all())


def stored(ctx: Context, number: int) -> Agreement:
    with Session(ctx.engine) as session:
        session.connection().exec_driver_sql("SELECT set_config('youdang.agencies', '{1,2,3}', true)")
        return session.get_one(Agreement, number)


def test_a_draft_takes_items_from_a_table_and_is_put_in_force(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    assert "没有协议，窗口开不了专档" in keeper.get("/agreements").text
    number = drafted(keeper, ctx)
    home = f"/agreements/{number}"
    empty = send(keeper, f"{home}/confirm", shown="0" * 64)
    assert empty.status_code == 409
    assert "事项清单还是空的" in empty.text
    address = upload(keeper, number, book(GOOD)).headers["Location"]
    text, digest = shown(keeper, address)
    assert "2 行会有变动，还没有导入" in text
    assert "目录里新建这个事项，承诺 8 个工作日" in text
    assert listed(ctx, number) == {}, "nothing is written before it is confirmed"
    assert confirm(keeper, address, digest).status_code == 303
    assert set(listed(ctx, number)) == {"GZ-001", "BDC-002"}
    assert listed(ctx, number)["GZ-001"].modes == ["accept_elsewhere", "online"]
    agree(home, keeper, partner(ctx, as_))
    page = keeper.get(home).text
    assert "有效" in page
    assert "导入清单“清单.xlsx”：2 行有变动" in page
    fixed = send(keeper, f"{home}/edit", **terms(ctx, name="别的"))
    assert fixed.status_code == 409
    assert "条款不再改" in fixed.text


def test_the_same_file_twice_changes_nothing(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number = drafted(keeper, ctx)
    first = upload(keeper, number, book(GOOD)).headers["Location"]
    _, digest = shown(keeper, first)
    confirm(keeper, first, digest)
    before = listed(ctx, number)
    again = confirm(keeper, first, digest)
    assert again.status_code == 409
    assert "已经导入过" in again.text
    second = upload(keeper, number, book(GOOD)).headers["Location"]
    assert "清单与现状一致，没有要改的" in keeper.get(second).text
    assert listed(ctx, number) == before


def test_one_fault_keeps_every_row_out_and_is_named_at_its_cell(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number = drafted(keeper, ctx)
    rows = [
        *GOOD,
        ("GZ-001", "学历学位公证", "10", "30 年", "", "", ""),
        ("ZY-003", "", "", "", "", "", ""),
        ("ZY-004", "执业资格变更", "十天", "20 年", "随便办", "", "也许"),
    ]
    address = upload(keeper, number, book(rows)).headers["Location"]
    text, digest = shown(keeper, address)
    assert digest == "", "there is no button"
    assert "4 行有错，还没有导入" in text
    for sentence in (
        "A2 事项编码：与第 4 行编码相同",
        "B5 事项名称：事项目录里没有 ZY-003",
        "C6 承诺时限：“十天”不是",
        "D6 保管期限：“20 年”不是保管期限",
        "E6 办理模式：“随便办”不是业务模式",
        "G6 是否列入",
    ):
        assert sentence in text, sentence
    refused = confirm(keeper, address, "0" * 64)
    assert refused.status_code == 409
    assert "整份清单未动" in refused.text
    assert listed(ctx, number) == {}
    workbook = openpyxl.load_workbook(io.BytesIO(keeper.get(f"{address}/errors.xlsx").data))
    assert [row[0].value for row in workbook.worksheets[0].iter_rows(min_row=2)] == [2, 4, 5, 6]


def test_what_changed_since_it_was_looked_at_is_shown_again(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number = drafted(keeper, ctx)
    first = upload(keeper, number, book(GOOD)).headers["Location"]
    _, digest = shown(keeper, first)
    other = upload(keeper, number, book(GOOD[:1])).headers["Location"]
    confirm(keeper, other, shown(keeper, other)[1])
    late = confirm(keeper, first, digest)
    assert late.status_code == 409
    assert "请再看一遍" in late.text
    assert confirm(keeper, first, shown(keeper, first)[1]).status_code == 303


def test_a_later_list_shows_from_and_to_and_takes_items_off(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number = drafted(keeper, ctx)
    first = upload(keeper, number, book(GOOD)).headers["Location"]
    confirm(keeper, first, shown(keeper, first)[1])
    text = "事项编码,办理模式,协议约定,是否列入\r\nGZ-001,多地联办,,\r\nBDC-002,,,否\r\n".encode("gb18030")
    address = upload(keeper, number, text, "补充.csv").headers["Location"]
    page, digest = shown(keeper, address)
    assert "办理模式：异地代收代办、全程网办 → 多地联办" in page
    assert "将去掉" in page
    assert confirm(keeper, address, digest).status_code == 303
    assert not listed(ctx, number)["BDC-002"].active
    assert listed(ctx, number)["GZ-001"].modes == ["joint"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "旧.xls", "旧格式"),
        (b"%PDF-1.7", "清单.xlsx", "不是 XLSX 或 CSV"),
        ("别的,表头\n1,2\n".encode(), "清单.csv", "没有找到表头“事项编码”"),
        ("事项编码,事项名称\n".encode(), "清单.csv", "表头下面没有数据行"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(
    as_: As, ctx: Context, content: bytes, name: str, sentence: str
) -> None:
    keeper = as_("zhou")
    answer = upload(keeper, drafted(keeper, ctx), content, name)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_form_filled_in_by_its_example_is_read_again(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number = drafted(keeper, ctx)
    for language in ("zh", "en"):
        keeper.post("/language", {"language": language}, "/items")
        workbook = openpyxl.load_workbook(io.BytesIO(keeper.get("/agreements/list-template.xlsx").data))
        form, help_sheet = workbook.worksheets
        for column, row in enumerate(help_sheet.iter_rows(min_row=2), start=1):
            form.cell(2, column, str(row[2].value or ""))
        assert form.data_validations.dataValidation, "lists to choose from"
        content = io.BytesIO()
        workbook.save(content)
        address = upload(keeper, number, content.getvalue()).headers["Location"]
        assert shown(keeper, address)[1], keeper.get(address).text


def test_an_agreement_ends_on_a_day_and_another_is_made_like_it(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number = drafted(keeper, ctx)
    home = f"/agreements/{number}"
    address = upload(keeper, number, book(GOOD)).headers["Location"]
    confirm(keeper, address, shown(keeper, address)[1])
    agree(home, keeper, partner(ctx, as_))
    for day, why, sentence in (
        ("2026-11-19", "换约", "最后一天不能早于今天"),
        ("2030-01-01", "换约", "最后一天不能晚于原来的截止日期"),
        ("2026-12-31", "", "请填写这一项"),
    ):
        answer = send(keeper, f"{home}/end", home, last_day=day, why=why)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert send(keeper, f"{home}/end", home, last_day="2026-12-31", why="换签新协议").status_code == 303
    assert stored(ctx, number).valid_until.isoformat() == "2026-12-31"  # type: ignore[union-attr]
    assert "终止：换签新协议" in keeper.get(home).text
    again = send(keeper, "/agreements/new", **terms(ctx), like=number)
    assert "这个编号已有协议使用" in again.text
    second = drafted(keeper, ctx, no="XN-FR-2027-01", like=number)
    assert set(listed(ctx, second)) == {"GZ-001", "BDC-002"}


@pytest.mark.parametrize(
    ("field", "value", "sentence", "english"),
    [
        ("no", "X N/1", "协议编号最多 40 个字", "40 characters at most"),
        ("valid_until", "2026-01-01", "截止日期不能早于生效日期", "cannot come before the first"),
        ("powers", ["notify_once"], "至少要授予收件受理权", "Without the power to accept"),
        ("name", "", "请填写这一项", "Fill this in"),
    ],
)
def test_a_wrong_term_is_named_in_both_languages(
    as_: As, ctx: Context, field: str, value: object, sentence: str, english: str
) -> None:
    keeper = as_("zhou")
    answer = send(keeper, "/agreements/new", **terms(ctx, **{field: value}))
    assert answer.status_code == 422
    assert sentence in answer.text
    keeper.post("/language", {"language": "en"}, "/items")
    assert english in send(keeper, "/agreements/new", **terms(ctx, **{field: value})).text


def test_an_agreement_between_others_is_not_there(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    outside = agency(ctx, "芙蓉大厅").id
    with Session(ctx.engine) as session, session.begin():
        session.connection().exec_driver_sql(f"SELECT set_config('youdang.agencies', '{{{outside}}}', true)")
        row = Agreement(
            no="FR-FR-1",
            name="别家的协议",
            sender_agency_id=outside or 0,
            receiver_agency_id=outside or 0,
            powers=[],
            payer={},
            valid_from=ctx.clock().date(),
        )
        session.add(row)
        session.flush()
        number = row.id
    assert keeper.get(f"/agreements/{number}").status_code == 404
    for path in ("edit", "confirm", "confirm-on-paper", "withdraw", "drop", "end", "items/new", "lists/new"):
        fields = {
            **terms(ctx),
            "last_day": "2026-12-31",
            "why": "无",
            "item": 1,
            "shown": "0" * 64,
            "signed_on": "2026-11-20",
        }
        assert send(keeper, f"/agreements/{number}/{path}", **fields).status_code in (404, 422)
    taken = send(keeper, "/agreements/new", **terms(ctx, no="FR-FR-1"))
    assert taken.status_code == 422
    assert "这个编号已有协议使用" in taken.text
    assert "别家的协议" not in taken.text
