"""An agreement is in force when an administrator of each party has confirmed the same text, on paper if absent."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from logistics.store.context import Context
from logistics.tables import AgreementConsent
from tests.web.conftest import Visitor
from tests.web.test_agency_pages import agency
from tests.web.test_agreement_pages import (
    GOOD,
    agree,
    book,
    confirm,
    consent,
    drafted,
    listed,
    partner,
    send,
    shown,
    stored,
    terms,
    upload,
)
from tests.web.town import Watch

As = Callable[[str], Visitor]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def ready(keeper: Visitor, ctx: Context) -> tuple[int, str]:
    """A draft that lists items, and its page."""
    number = drafted(keeper, ctx)
    address = upload(keeper, number, book(GOOD)).headers["Location"]
    confirm(keeper, address, shown(keeper, address)[1])
    return number, f"/agreements/{number}"


def test_one_party_alone_puts_no_agreement_in_force(as_: As, ctx: Context) -> None:
    keeper, other = as_("zhou"), partner(ctx, as_)
    number, home = ready(keeper, ctx)
    answer = consent(keeper, home)
    assert answer.status_code == 303
    page = keeper.get(home).text
    assert stored(ctx, number).draft
    assert "等芙蓉大厅确认" in page
    assert "请芙蓉大厅的系统管理人员登录" in page
    assert "登记对方签署的纸质协议" not in page, "who is here confirms here"
    assert "已确认，等对方" in keeper.get("/agreements").text
    assert "对方已确认，等您确认" in other.get("/agreements").text
    assert "通办协议，对方已确认，等我确认" in other.get("/").text
    assert "等我确认" not in keeper.get("/").text
    digest = re.search(r"校验码：(\w{4} \w{4} \w{4})", page)
    assert digest
    assert digest[1] in other.get(home).text, "both see one code"
    assert consent(other, home).status_code == 303
    assert not stored(ctx, number).draft
    for one in (keeper, other):
        seen = one.get(home).text
        assert "双方都已确认，生效" in seen
        assert "代表咸宁大厅确认" in seen
        assert "代表芙蓉大厅确认" in seen


def test_a_change_makes_another_text_to_which_nobody_has_consented(as_: As, ctx: Context) -> None:
    keeper, other = as_("zhou"), partner(ctx, as_)
    number, home = ready(keeper, ctx)
    drawn = re.search(r'name="shown" value="(\w{64})"', other.get(home).text)
    assert drawn
    consent(keeper, home)
    assert send(keeper, f"{home}/edit", **terms(ctx, valid_until="2028-11-19")).status_code == 303
    stale = send(other, f"{home}/confirm", home, shown=drawn[1])
    assert stale.status_code == 409
    assert "在您打开页面之后改过" in stale.text
    assert "确认的是改动前的文本" in other.get(home).text
    assert consent(other, home).status_code == 303
    assert stored(ctx, number).draft, "the first consent was to another text"
    again = re.search(r'name="shown" value="(\w{64})"', keeper.get(home).text)
    assert again
    agree(home, keeper)
    assert not stored(ctx, number).draft
    twice = send(keeper, f"{home}/confirm", shown=again[1])
    assert twice.status_code == 409


def test_either_party_withdraws_with_a_reason_until_both_have_confirmed(as_: As, ctx: Context) -> None:
    keeper, other = as_("zhou"), partner(ctx, as_)
    number, home = ready(keeper, ctx)
    consent(keeper, home)
    assert "撤回本单位的确认" not in other.get(home).text
    assert send(other, f"{home}/withdraw", home, withdrawn_why="不是我们的").status_code == 409
    mute = send(keeper, f"{home}/withdraw", home)
    assert mute.status_code == 422
    assert "请填写这一项" in mute.text
    assert send(keeper, f"{home}/withdraw", home, withdrawn_why="事项还要增加").status_code == 303
    assert "撤回确认：事项还要增加" in other.get(home).text
    consent(other, home)
    assert stored(ctx, number).draft, "a withdrawn consent counts no longer"
    agree(home, keeper)
    assert not stored(ctx, number).draft
    late = send(keeper, f"{home}/withdraw", home, withdrawn_why="后悔")
    assert late.status_code == 409
    assert "请终止协议并写明最后一天" in late.text


def test_a_party_without_an_administrator_consents_on_signed_paper(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number, home = ready(keeper, ctx)
    consent(keeper, home)
    page = keeper.get(home).text
    assert "芙蓉大厅还没有系统管理人员：登记对方签署的纸质协议" in page
    found = re.search(r'name="shown" value="(\w{64})"', page)
    assert found
    given = {"shown": found[1], "signed_by": "唐婉 主任", "signed_on": "2026-11-19"}

    def signed(content: bytes = PDF, **changed: str) -> object:
        scan = {"scan": (io.BytesIO(content), "签署.pdf")} if content else {}
        return send(keeper, f"{home}/confirm-on-paper", home, **{**given, **changed}, **scan)

    for wrong, sentence in (
        ({"content": b""}, "请选择文件"),
        ({"content": b"no picture"}, "这不是能打开的图片"),
        ({"signed_by": ""}, "请填写这一项"),
        ({"signed_on": "2026-11-21"}, "签署日期不能晚于今天"),
    ):
        answer = signed(**wrong)  # type: ignore[arg-type]
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence  # type: ignore[attr-defined]
    assert signed().status_code == 303  # type: ignore[attr-defined]
    assert not stored(ctx, number).draft
    page = keeper.get(home).text
    assert "已按纸质协议登记" in page
    way = re.search(rf'href="({home}/signed/\d+)"', page)
    assert way
    scan = keeper.get(way[1])
    assert (scan.data, scan.mimetype) == (PDF, "application/pdf")
    other = partner(ctx, as_)
    assert other.get(way[1]).data == PDF
    assert "唐婉 主任 于 2026-11-19 签署" in other.get(home).text


def test_nobody_consents_on_paper_for_a_party_that_is_here(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    _, home = ready(keeper, ctx)
    found = re.search(r'name="shown" value="(\w{64})"', keeper.get(home).text)
    assert found
    partner(ctx, as_)
    given = {"shown": found[1], "signed_by": "唐婉", "signed_on": "2026-11-19", "scan": (io.BytesIO(PDF), "签署.pdf")}
    refused = send(keeper, f"{home}/confirm-on-paper", home, **given)
    assert refused.status_code == 409
    assert "不能由您代为登记" in refused.text


def test_the_database_itself_lets_a_party_consent_for_itself_only(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number, home = ready(keeper, ctx)
    consent(keeper, home)
    ours, theirs = agency(ctx, "咸宁大厅").id, agency(ctx, "芙蓉大厅").id
    with Session(ctx.engine) as session:
        session.connection().execute(text("SELECT set_config('youdang.agencies', :a, true)"), {"a": f"{{{ours}}}"})
        row = session.exec(select(AgreementConsent)).one()
        for agency_id, kept_by in ((theirs, ours), (theirs, theirs), (ours, theirs)):
            forged = AgreementConsent(
                agreement_id=number,
                agency_id=agency_id,
                kept_by=kept_by,
                officer_id=row.officer_id,
                sha256="f" * 64,
                at=row.at,
            )
            held = session.begin_nested()
            session.add(forged)
            with pytest.raises(DBAPIError, match="row-level security"):
                session.flush()
            held.rollback()


def in_force(keeper: Visitor, other: Visitor, ctx: Context) -> tuple[int, str]:
    """An agreement that both parties have confirmed, and its page."""
    number, home = ready(keeper, ctx)
    agree(home, keeper, other)
    assert not stored(ctx, number).draft
    return number, home


def on_the_list(ctx: Context, number: int) -> set[str]:
    """What windows may open dossiers for."""
    return {code for code, row in listed(ctx, number).items() if row.active}


def take_off(keeper: Visitor, ctx: Context, number: int, code: str, *, back: bool = False) -> None:
    item = listed(ctx, number)[code].item_id
    fields = {"active": "true"} if back else {}
    assert send(keeper, f"/agreements/{number}/items/{item}", **fields).status_code == 303


def test_a_change_of_the_list_in_force_waits_for_both_and_the_list_holds_meanwhile(as_: As, ctx: Context) -> None:
    keeper, other = as_("zhou"), partner(ctx, as_)
    number, home = in_force(keeper, other, ctx)
    both = {"GZ-001", "BDC-002"}
    take_off(keeper, ctx, number, "GZ-001")
    assert on_the_list(ctx, number) == both
    page = keeper.get(home).text
    assert "清单有改动，还没有确认" in page
    assert "清单改动：1 个事项，还没有生效" in page
    assert "提出改动，等双方确认：移出 GZ-001 学历学位公证" in page
    assert "等我确认" not in other.get("/").text, "who has proposed it has not confirmed it yet"
    assert consent(keeper, home).status_code == 303
    assert on_the_list(ctx, number) == both
    assert "等芙蓉大厅确认清单改动" in keeper.get(home).text
    assert "通办协议，对方已确认，等我确认" in other.get("/").text
    assert "对方已确认，等您确认" in other.get("/agreements").text
    assert "对方提出改动清单，等您确认" in other.get(home).text
    assert consent(other, home).status_code == 303
    assert on_the_list(ctx, number) == {"BDC-002"}
    page = keeper.get(home).text
    assert "双方都已确认清单改动，生效：GZ-001" in page
    assert "还没有生效" not in page
    for off in (False, True):  # back on the list, and off again: a text that both consented to before needs them anew
        take_off(other, ctx, number, "GZ-001", back=not off)
        before = on_the_list(ctx, number)
        consent(other, home)
        assert on_the_list(ctx, number) == before
        consent(keeper, home)
        assert ("GZ-001" in on_the_list(ctx, number)) is not off


def test_a_change_waits_to_the_end_of_the_agreements_last_day_in_china(as_: As, ctx: Context, watch: Watch) -> None:
    keeper, other = as_("zhou"), partner(ctx, as_)
    number, home = ready(keeper, ctx)
    send(keeper, f"{home}/edit", **terms(ctx, valid_until="2026-11-20"))
    agree(home, keeper, other)
    take_off(keeper, ctx, number, "GZ-001")
    consent(keeper, home)
    asked = "通办协议，对方已确认，等我确认"
    watch.turn(hours=11, minutes=59)
    other.log_in("tang")
    assert asked in other.get("/").text
    watch.turn(minutes=2)  # the next day in Beijing, the same in UTC
    assert asked not in other.get("/").text


def test_the_other_party_refuses_a_change_of_the_list_with_a_reason(as_: As, ctx: Context) -> None:
    keeper, other = as_("zhou"), partner(ctx, as_)
    number, home = in_force(keeper, other, ctx)
    idle = send(other, f"{home}/refuse", home, refused_why="没有改动")
    assert (idle.status_code, "没有待确认的改动" in idle.text) == (409, True)
    take_off(keeper, ctx, number, "GZ-001")
    consent(keeper, home)
    mute = send(other, f"{home}/refuse", home)
    assert (mute.status_code, "请填写这一项" in mute.text) == (422, True)
    assert send(other, f"{home}/refuse", home, refused_why="学位公证照常要办").status_code == 303
    assert on_the_list(ctx, number) == {"GZ-001", "BDC-002"}
    assert "不同意对方提出的清单改动：学位公证照常要办" in keeper.get(home).text
    assert "还没有生效" not in keeper.get(home).text
    take_off(keeper, ctx, number, "GZ-001")
    consent(other, home)
    assert "GZ-001" in on_the_list(ctx, number), "the consent to what was refused counts no longer"
    assert send(keeper, f"{home}/withdraw", home, withdrawn_why="还要商量").status_code == 409
    assert send(other, f"{home}/withdraw", home, withdrawn_why="还要商量").status_code == 303
    consent(keeper, home)
    assert "GZ-001" in on_the_list(ctx, number)


def test_a_change_changed_after_one_consent_is_another_change(as_: As, ctx: Context) -> None:
    keeper, other = as_("zhou"), partner(ctx, as_)
    number, home = in_force(keeper, other, ctx)
    take_off(keeper, ctx, number, "GZ-001")
    consent(keeper, home)
    drawn = re.search(r'name="shown" value="(\w{64})"', other.get(home).text)
    assert drawn
    assert confirm(keeper, *imported(keeper, number)).status_code == 303
    stale = send(other, f"{home}/confirm", home, shown=drawn[1])
    assert (stale.status_code, "在您打开页面之后改过" in stale.text) == (409, True)
    consent(other, home)
    assert on_the_list(ctx, number) == {"GZ-001", "BDC-002"}
    assert "按清单“清单.xlsx”提出改动，等双方确认：1 行有变动" in other.get(home).text
    consent(keeper, home)
    assert on_the_list(ctx, number) == {"BDC-002", "HJ-009"}


def imported(keeper: Visitor, number: int) -> tuple[str, str]:
    """A list with one item more: its dry run and the digest of what it shows."""
    more = [("HJ-009", "户籍证明", "3", "10 年", "", "", "是")]
    address = upload(keeper, number, book(more)).headers["Location"]
    return address, shown(keeper, address)[1]


def test_a_party_that_is_not_here_confirms_a_change_of_the_list_on_paper(as_: As, ctx: Context) -> None:
    keeper = as_("zhou")
    number, home = ready(keeper, ctx)

    def signed() -> None:
        found = re.search(r'name="shown" value="(\w{64})"', keeper.get(home).text)
        assert found
        paper = {"shown": found[1], "signed_by": "唐婉", "signed_on": "2026-11-19"}
        scan = (io.BytesIO(PDF), "签署.pdf")
        assert send(keeper, f"{home}/confirm-on-paper", home, **paper, scan=scan).status_code == 303

    consent(keeper, home)
    signed()
    assert confirm(keeper, *imported(keeper, number)).status_code == 303
    consent(keeper, home)
    assert "HJ-009" not in on_the_list(ctx, number)
    signed()
    assert "HJ-009" in on_the_list(ctx, number)
