"""Opening a dossier and listing its originals, as the window's forms are sent."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from logistics.tables import Agreement, Dossier, Original
from logistics.web.window import identity
from tests.web.window.acts import DOSSIER, case, listed, opened, row, rows
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, citizen_number

PDF = b"%PDF-1.7\n% signed consent\n"


def dossiers(desk: Hall) -> list[Dossier]:
    with Session(desk.system.engine) as session:
        return list(session.exec(select(Dossier)))


def originals(desk: Hall) -> list[Original]:
    with Session(desk.system.engine) as session:
        return list(session.exec(select(Original).order_by(Original.seq)))  # type: ignore[arg-type]


def test_a_case_becomes_a_dossier_and_leads_to_its_originals(window: Officer, desk: Hall) -> None:
    answer = window.send("/dossiers/new", **case(window))
    assert answer.headers["Location"] == f"/dossiers/{DOSSIER}/originals"
    page = window.follow(answer)
    assert f"专档 {DOSSIER} 已开" in page
    assert "<s>居民身份证</s>" in page
    assert "电子证照已共享" in page
    assert len(rows(window)) == 3
    [kept] = dossiers(desk)
    assert (kept.case_no, kept.consent_sha256) == ("BJ4212002026110001", "")
    assert "王𠮷" not in kept.applicant_name_sealed


def test_a_form_sent_twice_opens_one_dossier(window: Officer, desk: Hall) -> None:
    fields, command = case(window), "7f8b1a00-1111-4222-8333-444455556666"
    first, second = (window.send("/dossiers/new", command, **fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(dossiers(desk)) == 1


FAULTS = [
    ("applicant_id", citizen_number()[:-1] + "1", "校验位不符"),
    ("applicant_id", "42120019900101002", "现在是 17 位"),
    ("applicant_id", citizen_number("42120019901301002"), "不是有效的出生日期"),
    ("applicant_phone", "12", "11 位手机号"),
    ("case_no", "", "请填写这一项"),
    ("what", "9999-1", "请选择一个事项"),
    ("consent_signed_on", "2026-11-21", "不能晚于今天"),
    ("consent_on_paper", "", "未经申请人书面同意"),
    ("agent_name", "李样例", "请填写这一项"),
]


def test_each_fault_is_said_at_its_field_and_nothing_typed_is_lost(window: Officer, desk: Hall) -> None:
    for field, value, sentence in FAULTS:
        answer = window.send("/dossiers/new", **case(window, **{field: value}))
        assert answer.status_code == 422, field
        assert sentence in answer.text, field
        assert "王𠮷" in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert not dossiers(desk)


def test_a_passport_needs_no_citizen_check_digit(window: Officer) -> None:
    fields = case(window, applicant_kind="passport", applicant_id="e 12345678")
    assert window.send("/dossiers/new", **fields).status_code == 303


def test_the_scan_of_the_consent_is_kept_by_its_digest(window: Officer, desk: Hall) -> None:
    fields = case(window, consent_on_paper="", consent_file=(io.BytesIO(PDF), "同意书.pdf"))
    assert window.send("/dossiers/new", **fields).status_code == 303
    [kept] = dossiers(desk)
    assert kept.consent_sha256 == hashlib.sha256(PDF).hexdigest()
    assert desk.ctx.files.get(kept.consent_sha256) == PDF


def test_a_refused_form_need_not_be_given_the_file_again(window: Officer, desk: Hall) -> None:
    wrong = case(window, consent_on_paper="", applicant_phone="1", consent_file=(io.BytesIO(PDF), "同意书.pdf"))
    page = window.send("/dossiers/new", **wrong).text
    assert "已收到：同意书.pdf" in page
    ticket = page.split('name="consent_kept" value="')[1].split('"')[0]
    again = case(window, consent_on_paper="", consent_kept=ticket)
    assert window.send("/dossiers/new", **again).status_code == 303
    assert dossiers(desk)[0].consent_sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_forged_ticket_or_another_officers_is_no_consent(window: Officer, officer: Callable[[str], Officer]) -> None:
    wrong = {"consent_on_paper": "", "applicant_phone": "1"}
    page = window.send("/dossiers/new", **case(window, **wrong, consent_file=(io.BytesIO(PDF), "a.pdf"))).text
    ticket = page.split('name="consent_kept" value="')[1].split('"')[0]
    other = officer("xn-window2")
    for given_ticket in (ticket, ticket[:-2], "x"):
        answer = other.send("/dossiers/new", **case(other, consent_on_paper="", consent_kept=given_ticket))
        assert answer.status_code == 422
        assert "未经申请人书面同意" in answer.text


def test_a_file_of_another_kind_is_refused_at_its_field(window: Officer) -> None:
    fields = case(window, consent_file=(io.BytesIO(b"MZ program"), "consent.pdf"))
    answer = window.send("/dossiers/new", **fields)
    assert answer.status_code == 422
    assert "只收 PDF、JPEG、PNG" in answer.text


def test_only_the_window_opens_dossiers(officer: Callable[[str], Officer]) -> None:
    assert officer("fr-receiver").get("/dossiers/new").status_code == 403


def test_the_ticked_originals_are_listed_and_in_an_envelope_at_once(window: Officer, desk: Hall) -> None:
    no = opened(window)
    first, second, third = rows(window, no)
    fields = {**row(first), **row(second, take=""), **row(third, pages="4")}
    answer = window.send(f"/dossiers/{no}/originals", then="pack", extras="1", **fields)
    page = window.follow(answer)
    assert answer.headers["Location"] == f"/consignments/{no}-1"
    assert "封套里 2 件，扫描封签" in page
    assert [(one.title, one.pages) for one in originals(desk)] == [(f"证书 {first}", 1), (f"证书 {third}", 4)]
    again = window.get(f"/dossiers/{no}/originals").text
    assert "还有 1 样材料" in again
    assert "陈晓岚" in again  # who holds them
    assert f"在封套 {no}-1" in again


def test_papers_outside_the_checklist_take_as_many_rows_as_are_needed(window: Officer, desk: Hall) -> None:
    no = opened(window)
    more = window.send(f"/dossiers/{no}/originals", then="more", extras="1", **row("x1", title="公证书", take=""))
    assert more.status_code == 200
    assert 'value="公证书"' in more.text
    assert 'name="x2-title"' in more.text
    assert not originals(desk)
    fields = {**row("x1", title="公证书", take=""), **row("x2", title="收养证", take="", secrecy="secret")}
    window.send(f"/dossiers/{no}/originals", then="stay", extras="2", **fields)
    assert [(one.kind, one.material_id, one.secrecy.value) for one in originals(desk)] == [
        ("公证书", None, "none"),
        ("收养证", None, "secret"),
    ]


def test_a_row_without_a_title_or_pages_is_told_at_its_field(window: Officer, desk: Hall) -> None:
    no = opened(window)
    prefix = rows(window, no)[0]
    answer = window.send(f"/dossiers/{no}/originals", then="pack", extras="1", **row(prefix, title="", pages="0"))
    assert answer.status_code == 422
    assert f'id="f-{prefix}-title-wrong"' in answer.text
    assert "至少为 1" in answer.text
    assert f'value="NO-{prefix}"' in answer.text
    assert not originals(desk)


def test_without_a_holder_a_paper_is_the_applicants_whose_name_no_page_shows(window: Officer, desk: Hall) -> None:
    no = opened(window)
    prefix = rows(window, no)[0]
    assert "王𠮷" not in window.get(f"/dossiers/{no}/originals").text
    window.send(f"/dossiers/{no}/originals", then="pack", extras="1", **row(prefix, holder=""))
    [kept] = originals(desk)
    assert desk.ctx.keyring.unseal(kept.holder_name_sealed, f"original:{kept.code}:holder_name") == "王𠮷"
    assert "王𠮷" not in window.get(f"/consignments/{no}-1").text


def test_a_form_without_a_tick_is_told_so(window: Officer) -> None:
    no = opened(window)
    answer = window.send(f"/dossiers/{no}/originals", then="pack", extras="1")
    assert answer.status_code == 422
    assert "请勾选收到的原件" in answer.text


def test_originals_sent_twice_are_listed_once(window: Officer, desk: Hall) -> None:
    no = opened(window)
    fields = {name: value for prefix in rows(window, no) for name, value in row(prefix).items()}
    command = "7f8b1a00-1111-4222-8333-444455556667"
    first = window.send(f"/dossiers/{no}/originals", command, then="pack", extras="1", **fields)
    second = window.send(f"/dossiers/{no}/originals", command, then="pack", extras="1", **fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(originals(desk)) == 3


def test_without_the_power_to_verify_the_refusal_keeps_what_was_typed(
    officer: Callable[[str], Officer], desk: Hall
) -> None:
    window = officer("xa-window")
    fields = case(window)
    no = window.send("/dossiers/new", **fields).headers["Location"].split("/")[2]
    prefix = rows(window, no)[0]
    with Session(desk.system.engine) as session, session.begin():
        agreement = session.exec(select(Agreement).where(Agreement.no == "XA-FR-2026-02")).one()
        agreement.powers = [power for power in agreement.powers if power != "verify_originals"]
        session.add(agreement)
    answer = window.send(f"/dossiers/{no}/originals", then="pack", extras="1", **row(prefix))
    assert answer.status_code == 403
    assert "原件核验权" in answer.text
    assert f'value="NO-{prefix}"' in answer.text


def test_a_scanned_case_without_an_envelope_leads_to_its_originals(window: Officer) -> None:
    no = opened(window)
    for code in (no, "BJ4212002026110001"):
        assert window.get(f"/find?q={code}").headers["Location"] == f"/dossiers/{no}/originals"


def test_a_checklist_that_says_official_document_has_it_ticked(window: Officer) -> None:
    no = opened(window, "执业资格证书变更注册")
    page = window.get(f"/dossiers/{no}/originals").text
    assert page.count('-official" value="true" checked') == 1


def test_another_agency_sees_no_dossier(window: Officer, officer: Callable[[str], Officer]) -> None:
    no = listed(window)
    stranger = officer("hz-window")
    for path in (f"/dossiers/{no}/originals", f"/consignments/{no}-1", f"/dossiers/{no}/handback"):
        assert stranger.get(path).status_code == 404


def test_digits_of_other_scripts_are_no_citizen_number() -> None:
    assert identity.fault("resident", citizen_number().replace("0", "߀"), date(2026, 11, 20))


@given(st.text("0123456789", min_size=17, max_size=17), st.data())
def test_one_wrong_digit_of_a_citizen_number_is_always_noticed(first: str, data: st.DataObject) -> None:
    number = citizen_number(first)
    assert identity.check_character(first) == number[17]
    position = data.draw(st.integers(0, 16))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != number[position]]))
    changed = number[:position] + digit + number[position + 1 :]
    assert identity.check_character(changed[:17]) != number[17]
