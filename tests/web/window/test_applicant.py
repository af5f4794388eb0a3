"""The applicant's pages: no log-in, one dossier, plain words; a rating at the end and "I have not got it back"."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from logistics.actor import SYSTEM
from logistics.app import create_app
from logistics.services import inquiry
from logistics.store import inquiry as stored
from logistics.store.work import work
from logistics.tables import Discrepancy, Notice
from tests.web.conftest import Visitor
from tests.web.town import Watch
from tests.web.window.acts import DOSSIER, ENVELOPE, codes, listed, receive_and_return
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall


@pytest.fixture
def applicant(site: Flask) -> Visitor:
    """Somebody with a phone."""
    return Visitor(site)


@pytest.fixture
def receipt(window: Officer, desk: Hall) -> tuple[str, str]:
    """Code and key of the receipt of a dossier with three originals."""
    listed(window)
    with work(desk.system, SYSTEM, "test") as w:
        return stored.codes(w.session, desk.ctx.keyring, w.dossier(DOSSIER), w.now)


def send(visitor: Visitor, path: str, **fields: object) -> str:
    """The page that a form leads to."""
    answer = visitor.post(path, {"command_id": "7f8b1a00-1111-4222-8333-44445555666c", **fields}, "/i")
    return visitor.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def test_code_and_digits_lead_to_the_page_and_the_address_keeps_no_secret(
    applicant: Visitor, receipt: tuple[str, str]
) -> None:
    assert "我的原件在哪里" in applicant.get("/i").text
    assert "查不到" in send(applicant, "/i", code=receipt[0], digits="0001")
    assert "大厅把原件封好，交快递寄给审批单位" in send(applicant, "/i", code=receipt[0].lower(), digits="0000")
    other = applicant.get(f"/i/{DOSSIER}/{receipt[1]}")
    assert other.status_code == 303
    assert other.headers["Location"] == "/i/case"
    assert other.headers["Referrer-Policy"] == "same-origin"


def test_a_code_that_is_nobodys_is_answered_word_for_word_as_wrong_digits(
    applicant: Visitor, receipt: tuple[str, str]
) -> None:
    """Status, headers and page, but for what was typed and the page's own tokens."""

    def answer(code: str) -> tuple[int, list[str], str]:
        got = applicant.post("/i", {"command_id": str(uuid4()), "code": code, "digits": "9999"}, "/i")
        names = sorted(name for name, _value in got.headers)
        page = re.sub(r'name="(_csrf|command_id)" value="[^"]*"|"X-CSRFToken":[^}]*', "", got.text)
        return got.status_code, names, page.replace(code, "…")

    assert answer(receipt[0]) == answer("A" * len(receipt[0]))


def test_the_page_asks_again_after_half_an_hour_and_after_leaving(
    applicant: Visitor, receipt: tuple[str, str], watch: Watch
) -> None:
    applicant.get(f"/i/{DOSSIER}/{receipt[1]}")
    assert DOSSIER in applicant.get("/i/case").text
    watch.turn(minutes=31)
    assert "半小时后要重新查询" in applicant.get("/i/case").text
    applicant.get(f"/i/{DOSSIER}/{receipt[1]}")
    assert "查询码" in send(applicant, "/i/leave")
    assert DOSSIER not in applicant.get("/i/case").text


def test_an_applicant_gets_into_no_page_of_the_halls(applicant: Visitor, receipt: tuple[str, str]) -> None:
    applicant.get(f"/i/{DOSSIER}/{receipt[1]}")
    for path in ("/", f"/dossiers/{DOSSIER}", f"/consignments/{ENVELOPE}", "/find?q=x"):
        assert applicant.get(path).headers["Location"].startswith("/login")


def test_without_the_code_there_is_nothing_to_rate_or_dispute(applicant: Visitor, receipt: tuple[str, str]) -> None:
    assert "查询码" in send(applicant, "/i/case/rating", stars="1", reasons="slow")
    assert "查询码" in send(applicant, "/i/case/1/not-received")
    assert receipt


def test_at_the_end_the_applicant_rates_and_says_what_did_not_come_back(
    applicant: Visitor, receipt: tuple[str, str], window: Officer, desk: Hall
) -> None:
    window.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="send")
    desk.errands()
    receive_and_return(window, desk)
    applicant.get(f"/i/{DOSSIER}/{receipt[1]}")
    page = applicant.get("/i/case").text
    assert "原件回来了，请到大厅来取" in page
    assert "带身份证和收件回执" in page
    window.send(f"/dossiers/{DOSSIER}/give", identity_checked="true", codes=codes())
    page = applicant.get("/i/case").text
    assert page.count("已交还给您") == 3
    page = send(applicant, "/i/case/rating", stars="2")
    assert "请选不满意的原因" in page
    assert "f-reasons-wrong" in page
    page = send(applicant, "/i/case/rating", stars="2", reasons="slow", words="等了很久")
    assert "您评了 2 星" in page
    assert "我没有收到" in applicant.get("/i/case/2/not-received").text
    page = send(applicant, "/i/case/2/not-received", words="没人通知我")
    assert "您说没有收到，正在核实" in page
    with Session(desk.system.engine) as session:
        assert [row.key for row in session.exec(select(Discrepancy).where(Discrepancy.kind == "not_returned"))]
        assert {"rating", "dispute"} <= set(session.exec(select(Notice.kind)))
    desk_page = window.get(f"/dossiers/{DOSSIER}").text
    assert "申请人称没有收回" in desk_page
    assert "评了 2 星" in desk_page
    assert "办得慢" in desk_page
    assert "已记为差异，在差异里了结" in desk_page
    assert not re.search("等了很久|没人通知我", desk_page)


def test_what_an_applicant_misses_after_the_closing_is_answered_on_the_dossiers_page_and_read_on_theirs(
    applicant: Visitor, receipt: tuple[str, str], window: Officer, desk: Hall
) -> None:
    window.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="send")
    desk.errands()
    receive_and_return(window, desk)
    window.send(f"/dossiers/{DOSSIER}/give", identity_checked="true", codes=codes())
    assert window.send(f"/dossiers/{DOSSIER}/close").status_code == 303
    applicant.get(f"/i/{DOSSIER}/{receipt[1]}")
    assert "您说没有收到，正在核实" in send(applicant, "/i/case/2/not-received", words="没人通知我")
    bench = window.get("/").text
    assert "申请人说没收到，等答复" in bench
    assert f"/dossiers/{DOSSIER}#heard" in bench
    shown = window.get(f"/dossiers/{DOSSIER}").text
    assert "说没有收到第 2 份原件" in shown
    assert "没人通知我" not in shown
    empty = window.send(f"/dossiers/{DOSSIER}/heard/2/answer", **{"answered-2": ""})
    assert empty.status_code == 422
    assert (
        window.send(f"/dossiers/{DOSSIER}/heard/2/answer", **{"answered-2": "您家人已凭委托书代领"}).status_code == 303
    )
    told = applicant.get("/i/case").text
    assert "您说没有收到，大厅已核实" in told
    assert "您家人已凭委托书代领" in told
    assert "申请人说没收到，等答复" not in window.get("/").text


def test_large_letters_and_english_stay_with_the_browser(applicant: Visitor, receipt: tuple[str, str]) -> None:
    applicant.get(f"/i/{DOSSIER}/{receipt[1]}")
    applicant.post("/reading", {"letters": "large", "next": "/i/case"}, "/i")
    applicant.post("/language", {"language": "en", "next": "/i/case"}, "/i")
    page = applicant.get("/i/case").text
    assert "3 originals" in page
    assert 'data-letters="large"' in page


def test_behind_a_proxy_each_applicant_has_a_place_of_their_own(desk: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inquiry, "FAILURES_OF_A_PLACE", 2)

    def turned_away(site: Flask, *places: str) -> bool:
        """Whether the last of these places may try no more, after the first has tried too often."""
        visitor = Visitor(site)
        token, answer = visitor.token("/i"), None
        for place in [places[0]] * 3 + list(places[1:]):
            form = {"_csrf": token, "command_id": str(uuid4()), "code": f"{uuid4().hex[:10]}", "digits": "0000"}
            answer = visitor.client.post("/i", data=form, headers={"X-Forwarded-For": place})
        return answer is not None and "次数太多" in answer.text

    behind_one = create_app(desk.ctx, proxies=1)
    assert turned_away(behind_one, "203.0.113.7")
    assert not turned_away(behind_one, "203.0.113.7", "203.0.113.8")
    assert turned_away(behind_one, "2001:db8::1", "2001:db8::2"), "a household has as many addresses as it likes"
    assert turned_away(create_app(desk.ctx), "203.0.113.9", "203.0.113.10"), "no header is believed"
