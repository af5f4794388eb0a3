"""The envelope's page and its acts: scans, seals, ways out, the courier's answer, papers, what takes an act back."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session, select

from logistics.demo.seed import PASSWORD
from logistics.services import dispatch
from logistics.tables import Consignment, LedgerEntry
from logistics.terms import Stage
from tests.web.window.acts import DOSSIER, ENVELOPE, codes, listed
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall

SEAL = "XN-004512"
PACK = f"/consignments/{ENVELOPE}/pack"
POLL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def envelope(desk: Hall, no: str = ENVELOPE) -> Consignment:
    with Session(desk.system.engine) as session:
        return session.exec(select(Consignment).where(Consignment.no == no)).one()


def said(desk: Hall, what: str) -> int:
    with Session(desk.system.engine) as session:
        return len(session.exec(select(LedgerEntry).where(LedgerEntry.what == what)).all())


def page(window: Officer, no: str = ENVELOPE) -> str:
    return window.get(f"/consignments/{no}").text


def sent(window: Officer, desk: Hall) -> None:
    """Listed, sealed, sent, and booked at the courier."""
    listed(window)
    assert window.send(PACK, inside=codes(), code=SEAL, then="send").status_code == 303
    assert desk.errands() == 1


def test_one_scan_of_the_seal_packs_seals_and_sends(window: Officer, desk: Hall) -> None:
    listed(window)
    answer = window.send(PACK, inside=codes(), code=SEAL.lower(), then="send")
    assert "正在下单" in window.follow(answer)
    kept = envelope(desk)
    assert (kept.stage, kept.seal_no, kept.courier) == (Stage.BOOKING, SEAL, "ems")
    assert desk.errands() == 1
    booked = page(window)
    assert "已下单，还有 4 份单据要打" in booked
    assert envelope(desk).waybill_no in booked


def test_the_form_sent_twice_seals_once_and_owes_one_order(window: Officer, desk: Hall) -> None:
    listed(window)
    command = "7f8b1a00-1111-4222-8333-444455556668"
    fields = {"inside": codes(2), "code": SEAL, "then": "send"}
    assert [window.send(PACK, command, **fields).status_code for _ in range(2)] == [303, 303]
    assert (said(desk, "consignment:sealed"), said(desk, "consignment:dispatched")) == (1, 1)
    desk.errands()
    assert window.send(PACK, command, **fields).status_code == 303
    assert len(desk.world.state()["orders"]) == 1


def test_a_page_out_of_date_changes_nothing_and_says_where_things_are(window: Officer, desk: Hall) -> None:
    sent(window, desk)
    answer = window.send(PACK, inside=codes(2), code="XN-009999", then="send")
    assert answer.status_code == 409
    assert "清单已冻结" in answer.text
    assert "份单据要打" in answer.text  # the page as it stands
    assert envelope(desk).seal_no == SEAL


def test_a_scanned_original_goes_into_the_envelope_and_an_unticked_one_comes_out(window: Officer, desk: Hall) -> None:
    listed(window)
    first, second, third = codes()
    window.send(PACK, inside=[first], code="", then="keep")
    assert "封套里 1 件" in page(window)
    answer = window.send(PACK, inside=[first], code=f"YD1|Y|{third}|", then="send")
    assert f"已装入 {third}" in window.follow(answer)
    assert "封套里 2 件" in page(window)
    assert envelope(desk).stage is Stage.PACKING
    assert second in page(window)  # still at hand, not ticked


def test_a_wrong_scan_never_becomes_a_seal(window: Officer, desk: Hall) -> None:
    listed(window)
    for code, sentence in [
        (DOSSIER, "专档编号"),
        ("BJ4212002026110001", "办件编号"),
        (f"YD1|S|{ENVELOPE}|0011", "寄递件编号"),
        ("", "请扫描封签号"),
    ]:
        answer = window.send(PACK, inside=codes(), code=code, then="send")
        assert answer.status_code == 422, code
        assert sentence in answer.text
        assert 'id="f-code-wrong"' in answer.text
    bad = window.send(PACK, inside=codes(), code="封签", then="send")
    assert bad.status_code == 409
    assert "4 至 32 位" in bad.text.split('id="f-code-wrong"')[1]
    assert envelope(desk).stage is Stage.PACKING


def test_a_seal_is_used_once(window: Officer, desk: Hall) -> None:
    sent(window, desk)
    other = listed(window)
    no = f"{other}-1"
    answer = window.send(f"/consignments/{no}/pack", inside=codes(3, other), code=SEAL, then="send")
    assert answer.status_code == 409
    assert "一枚封签只用一次" in answer.text.split('id="f-code-wrong"')[1]
    assert envelope(desk, no).stage is Stage.PACKING


def test_a_page_that_polls_is_answered_only_when_something_changed(window: Officer, desk: Hall) -> None:
    listed(window)
    window.send(PACK, inside=codes(), code=SEAL, then="send")
    address = f"/consignments/{ENVELOPE}?seen=booking"
    assert f'hx-get="{address}"' in page(window)
    assert window.get(address, headers=POLL).status_code == 204
    desk.errands()
    changed = window.get(address, headers=POLL)
    assert changed.status_code == 200
    assert "<html" not in changed.text
    assert "快递已接单" in changed.text
    assert "hx-get" not in changed.text  # nothing more to wait for


def test_a_refusal_is_told_in_the_couriers_words_and_the_envelope_can_leave_otherwise(
    window: Officer, desk: Hall
) -> None:
    listed(window)
    window.send(PACK, inside=codes(), code=SEAL, then="send")
    dispatch.record_refusal(desk.system, ENVELOPE, "B0021", "收件地址超出服务范围")
    refused = page(window)
    assert "快递拒单，封套还在这里" in refused
    assert "收件地址超出服务范围" in refused
    send = f"/consignments/{ENVELOPE}/dispatch"
    answer = window.send(send, courier="manual")
    assert answer.status_code == 422
    assert "请填写交接单据号" in answer.text
    answer = window.send(send, courier="manual", form_no="zr-2026-07")
    assert "已下单，还有 4 份单据要打" in window.follow(answer)
    assert envelope(desk).waybill_no == "ZR-2026-07"


def test_an_order_that_waits_for_a_person_can_be_tried_again(window: Officer, desk: Hall) -> None:
    listed(window)
    window.send(PACK, inside=codes(), code=SEAL, then="send")
    with desk.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET parked_at = due_at, last_error = '已尝试 9 次而没有结果。'")
    parked = page(window)
    assert "没有下成单，等人处理" in parked
    assert "已尝试 9 次" in parked
    errand = parked.split('name="errand_id" value="')[1].split('"')[0]
    assert window.send(f"/consignments/{ENVELOPE}/retry", errand_id=errand).status_code == 303
    assert desk.errands() == 1
    assert "份单据要打" in page(window)


def test_secrets_leave_only_with_an_appointed_person_and_the_page_says_the_law(window: Officer, desk: Hall) -> None:
    listed(window, secrecy="secret")
    answer = window.send(PACK, inside=codes(), code=SEAL, then="send")
    assert "须双人封装" in window.follow(answer)
    second = window.send(f"/consignments/{ENVELOPE}/second", second_login="xn-window2", second_password=PASSWORD)
    sealed = window.follow(second)
    assert envelope(desk).stage is Stage.SEALED  # nothing went to a courier by itself
    assert "《保守国家秘密法》" in sealed
    assert 'value="ems" disabled' in sealed
    refused = window.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems")
    assert refused.status_code == 409
    assert "可用渠道" in refused.text


def test_official_documents_bar_the_appointed_person(window: Officer) -> None:
    listed(window, official="true")
    window.send(PACK, inside=codes(), code=SEAL, then="seal")
    sealed = page(window)
    assert "《邮政法》第五十五条" in sealed
    assert 'value="manual" disabled' in sealed
    assert "依法只能交邮政企业" in sealed


def test_an_envelope_is_opened_again_and_voided_only_with_a_reason_and_both_entries_stay(
    window: Officer, desk: Hall
) -> None:
    listed(window)
    window.send(PACK, inside=codes(), code=SEAL, then="seal")
    reopen, void = (f"/consignments/{ENVELOPE}/{act}" for act in ("reopen", "void"))
    offered = page(window)
    for words in ("要更正的是：陈晓岚，", "封好信封。", "那一条留着，另记一条更正", f"剪断封签 {SEAL}，它不能再用"):
        assert words in offered
    refused = window.send(reopen, why="")
    assert refused.status_code == 409
    assert "须写明原因" in refused.text
    opened = window.follow(window.send(reopen, why="漏装一件"))
    assert f"已拆封。剪断封签 {SEAL}，它不能再用。装好以后换一枚新封签。" in opened
    assert window.send(void, why=" ").status_code == 409
    gone = window.follow(window.send(void, why="申请人撤回"))
    assert "已作废，没有寄出" in gone
    assert "取出原件放好，核对一遍件数" in gone
    timeline = window.get(f"/dossiers/{DOSSIER}").text
    assert "后来：拆开重装，陈晓岚" in timeline
    assert "漏装一件 · 更正陈晓岚" in timeline
    assert "后来：信封作废，陈晓岚" in timeline
    with Session(desk.system.engine) as session:
        entries = {one.seq: one for one in session.exec(select(LedgerEntry)).all()}
    undone = {one.what: entries[one.facts["corrects"]].what for one in entries.values() if "corrects" in one.facts}
    assert undone == {"consignment:reopened": "consignment:sealed", "consignment:voided": "consignment:started"}
    again = window.send(f"/dossiers/{DOSSIER}/consignments")
    assert "封套里 3 件" in window.follow(again)
    assert again.headers["Location"].endswith(f"{DOSSIER}-2")


def test_a_voided_order_says_what_hands_do_and_how_far_the_courier_is(window: Officer, desk: Hall) -> None:
    sent(window, desk)
    number = envelope(desk).waybill_no
    gone = window.follow(window.send(f"/consignments/{ENVELOPE}/void", why="申请人撤回"))
    for words in (f"撕下面单 {number} 毁掉，封套不要交给快递", f"剪断封签 {SEAL}", "正在请快递方撤单"):
        assert words in gone
    desk.errands()
    assert "快递方已撤单" in page(window)
    window.post("/language", {"language": "en", "next": "/"})
    assert f"Tear off label {number} and destroy it" in page(window)


def test_label_and_slip_open_as_pdf_and_the_same_form_makes_no_second_copy(window: Officer, desk: Hall) -> None:
    sent(window, desk)
    start = "7f8b1a00-1111-4222-8333-44445555666"
    for kind, no in (("label", f"{ENVELOPE}-L01"), ("slip", f"{ENVELOPE}-J01")):
        command = f"{start}{len(kind)}"
        for _ in range(2):
            made = window.send(f"/consignments/{ENVELOPE}/papers", command, kind=kind)
            assert made.headers["Location"] == f"/papers/{no}.pdf"
        opened = window.get(f"/papers/{no}.pdf")
        assert opened.data.startswith(b"%PDF-")
        assert opened.mimetype == "application/pdf"
        assert opened.headers["Content-Disposition"] == f'inline; filename="{no}.pdf"'
        assert opened.headers["Cache-Control"] == "private, no-store"
        assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert "等快递来取" in page(window)  # both are printed: on to the next case
    cover = window.send(f"/dossiers/{DOSSIER}/cover")
    assert window.get(cover.headers["Location"]).data.startswith(b"%PDF-")


def test_papers_of_others_are_not_found(window: Officer, desk: Hall, officer: Callable[[str], Officer]) -> None:
    sent(window, desk)
    window.send(f"/consignments/{ENVELOPE}/papers", kind="label")
    assert officer("fr-receiver").get(f"/papers/{ENVELOPE}-L01.pdf").status_code == 200  # a party
    assert officer("hz-window").get(f"/papers/{ENVELOPE}-L01.pdf").status_code == 404
    assert window.get("/papers/nothing.pdf").status_code == 404
    assert window.send(f"/consignments/{ENVELOPE}/papers", kind="cover").status_code == 422


def test_the_other_side_sees_where_the_envelope_is_and_cannot_act(
    window: Officer, desk: Hall, officer: Callable[[str], Officer]
) -> None:
    listed(window)
    receiver = officer("fr-receiver")
    assert "对方正在装件" in page(receiver)
    refused = receiver.send(PACK, inside=codes(), code=SEAL, then="send")
    assert refused.status_code == 403
    window.send(PACK, inside=codes(), code=SEAL, then="send")
    desk.errands()
    seen = page(receiver)
    assert f'href="/receive/{ENVELOPE}"' in seen
    assert "份单据要打" not in seen


def test_a_scan_leads_the_window_to_its_envelope_while_it_is_here(window: Officer, desk: Hall) -> None:
    listed(window)
    assert window.get(f"/find?q={codes()[0]}").headers["Location"] == f"/consignments/{ENVELOPE}"
    window.send(PACK, inside=codes(), code=SEAL, then="send")
    desk.errands()
    for code in (SEAL, ENVELOPE, envelope(desk).waybill_no):
        assert window.get(f"/find?q={code}").headers["Location"] == f"/consignments/{ENVELOPE}"


def test_the_pages_speak_english_when_asked(window: Officer, desk: Hall) -> None:
    listed(window)
    window.post("/language", {"language": "en", "next": "/"})
    english = page(window)
    assert "3 originals inside: scan the seal" in english
    assert "Seal and send" in english
    assert "Xianning Government Service Hall" in english
    wrong = window.send(PACK, inside=codes(), code=DOSSIER, then="send")
    assert "a dossier number, not a seal" in wrong.text
