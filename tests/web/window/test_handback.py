"""The way back: the authority sends the originals home, the hall gives them to the applicant and closes."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, col, select

from logistics.demo.pens import pen
from logistics.store import signing as kept
from logistics.tables import Custody, Deadline, Dossier, LedgerEntry, Notice, Signature
from logistics.terms import HolderKind, SigningRole
from logistics.web.pads import DRAWN
from tests.web.town import Watch
from tests.web.window.acts import BACK, DOSSIER, ENVELOPE, codes, listed, receive_and_return
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall, citizen_number

GIVE, CLOSE = f"/dossiers/{DOSSIER}/give", f"/dossiers/{DOSSIER}/close"


@pytest.fixture
def returned(window: Officer, desk: Hall) -> Officer:
    """The authority has decided and its envelope is back at the hall; the officer of the hall, who opens it."""
    listed(window)
    window.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="send")
    desk.errands()
    receive_and_return(window, desk)
    return window


def test_what_came_back_goes_to_the_applicant_after_a_look_at_the_card_and_the_dossier_closes(
    returned: Officer, desk: Hall
) -> None:
    page = returned.get(f"/dossiers/{DOSSIER}/handback").text
    assert "3 件原件回来了，交还申请人" in page
    assert "现由「陈晓岚」保管" not in page.split("办结之前还差")[0]
    assert returned.get(f"/find?q={BACK}").headers["Location"] == f"/dossiers/{DOSSIER}/handback"
    unseen = returned.send(GIVE, codes=codes())
    assert unseen.status_code == 422
    assert "请先核对领取人的身份证件" in unseen.text
    none = returned.send(GIVE, identity_checked="true")
    assert none.status_code == 422
    assert "请勾选要交还的原件" in none.text
    partly = returned.send(GIVE, identity_checked="true", codes=codes(2))
    assert "2 件原件已交还申请人" in returned.follow(partly)
    command = "7f8b1a00-1111-4222-8333-44445555666c"
    for _ in range(2):
        rest = returned.send(GIVE, command, identity_checked="true", codes=codes()[2:])
        assert rest.status_code == 303
    ready = returned.follow(rest)
    assert "可以办结" in ready
    assert f"专档 {DOSSIER} 已办结" in returned.follow(returned.send(CLOSE))
    with Session(desk.system.engine) as session:
        assert session.exec(select(Dossier)).one().closed_at is not None
    assert "已办结" in returned.get(f"/dossiers/{DOSSIER}/handback").text
    assert returned.send(CLOSE).status_code == 409


def test_what_keeps_a_dossier_open_is_said_in_plain_words(window: Officer) -> None:
    listed(window)
    page = window.get(f"/dossiers/{DOSSIER}/handback").text
    assert "还不能办结" in page
    assert f"寄递件 {ENVELOPE} 现为「装件中」" in page
    refused = window.send(CLOSE)
    assert refused.status_code == 409
    assert "尚未登记审批决定" in refused.text


def test_the_card_says_who_collects_and_a_stranger_needs_a_mandate_and_signs(returned: Officer, desk: Hall) -> None:
    stranger = citizen_number("42120019850505003")
    other = returned.send(GIVE, codes=codes(), id_no=stranger)
    assert other.status_code == 422
    assert "与申请人、代办人登记的都不同" in other.text
    mandate: dict[str, Any] = {"codes": codes(1), "id_no": stranger, "mandated": "周样例"}
    assert returned.send(GIVE, **mandate).status_code == 422
    assert "代领人须签字" in returned.send(GIVE, **mandate, mandate_kept="true").text
    drawn = DRAWN + base64.b64encode(pen("代领")).decode()
    assert returned.send(GIVE, **mandate, mandate_kept="true", drawn=drawn).status_code == 303
    assert returned.send(GIVE, codes=codes()[1:], id_no=f" {citizen_number().lower()} ").status_code == 303
    page = returned.get(f"/dossiers/{DOSSIER}/handback").text
    assert "代领人 · 凭委托书，已核对身份证件" in page
    assert page.count("申请人 · 证件号码与登记一致") == 2
    assert "先前签过的字不包括后来的原件，请再签一次" in page
    assert "签的是交还的全部 3 件" in page
    with Session(desk.system.engine) as session:
        said = session.exec(select(Custody.basis).where(Custody.to_kind == HolderKind.APPLICANT)).all()
        (signature,) = session.exec(select(Signature).where(Signature.role == SigningRole.HANDED_BACK)).all()
        words = session.exec(select(LedgerEntry.facts)).all()
        dossier = session.exec(select(Dossier)).one()
    assert said == ["退还代领人，凭委托书，已核对身份证件", *["退还申请人，证件号码与登记一致"] * 2]
    assert signature.signer == "代领人"
    assert kept.full_name(desk.ctx, dossier, signature) == f"周样例 {stranger}"
    assert not any("周样例" in str(facts) or stranger in str(facts) for facts in words)


CORRECT = f"{GIVE}/correct"


def test_a_hand_over_that_did_not_happen_is_taken_back_by_an_act_that_names_it(returned: Officer, desk: Hall) -> None:
    drawn = DRAWN + base64.b64encode(pen("王𠮷")).decode()
    assert returned.send(GIVE, codes=codes(), identity_checked="true", drawn=drawn).status_code == 303
    page = returned.get(f"/dossiers/{DOSSIER}/handback").text
    assert "记错了：原件没有交出，或交错了人" in page
    empty = returned.send(CORRECT)
    assert (empty.status_code, "请勾选要更正的原件" in empty.text) == (422, True)
    mute = returned.send(CORRECT, wrong=codes(2))
    assert mute.status_code == 422
    assert "请先看到原件再勾选" in mute.text
    assert 'id="correct-hand-back" open' in mute.text
    assert f'value="{codes(1)[0]}" checked' in mute.text
    command = "7f8b1a00-1111-4222-8333-44445555777c"
    for _ in range(2):
        done = returned.send(CORRECT, command, wrong=codes(2), in_hand="true", why="点错了人")
        assert done.status_code == 303
    page = returned.follow(done)
    assert "已更正，2 件原件又由大厅保管" in page
    assert "2 件原件回来了，交还申请人" in page
    assert "交还已更正，这个签字作废" in page
    again = returned.send(CORRECT, wrong=codes(1), in_hand="true", why="再来一次")
    assert (again.status_code, "现在没有交还记录" in again.text) == (409, True)
    ledger = returned.get(f"/dossiers/{DOSSIER}").text
    assert "更正交还记录" in ledger
    with Session(desk.system.engine) as session:
        links = session.exec(select(Custody).order_by(Custody.id)).all()  # type: ignore[arg-type]
        entries = session.exec(select(LedgerEntry).where(LedgerEntry.what == "original:hand_back_corrected")).all()
        told = {one.seq: one for one in session.exec(select(LedgerEntry))}
    back = [one for one in links if one.basis.startswith("更正第")]
    assert [(one.from_kind, one.to_name) for one in back] == [(HolderKind.APPLICANT, "陈晓岚")] * 2
    assert {one.facts["original"] for one in entries} == set(codes(2))
    for one in entries:
        corrected = told[one.facts["corrects"]]
        assert (corrected.what, corrected.facts["original"]) == ("original:handed_over", one.facts["original"])
        assert corrected.facts["to"]["kind"] == "applicant"
    assert returned.send(GIVE, codes=codes(2), identity_checked="true", drawn=drawn).status_code == 303
    assert "领取人已签字" not in returned.get(f"/dossiers/{DOSSIER}/handback").text, "all are signed for again"
    assert returned.send(CORRECT, wrong=codes(2), in_hand="true", why="人没有来").status_code == 303
    assert returned.send(GIVE, codes=codes(2), identity_checked="true", drawn=drawn).status_code == 303
    with Session(desk.system.engine) as session:
        signed = session.exec(select(Signature).where(Signature.role == SigningRole.HANDED_BACK)).all()
    assert len({one.manifest_sha256 for one in signed}) == len(signed) == 3, "each time another list"


def test_a_closing_is_taken_back_with_it_only_when_asked_and_its_clocks_run_on(
    returned: Officer, desk: Hall, watch: Watch
) -> None:
    returned.send(GIVE, codes=codes(), identity_checked="true")
    before = clocks(desk)
    watch.turn(minutes=1)
    assert returned.send(CLOSE).status_code == 303
    page = returned.get(f"/dossiers/{DOSSIER}/handback").text
    assert "撤销办结，重新打开" in page
    silent = returned.send(CORRECT, wrong=codes(1), in_hand="true", why="点错了人")
    assert (silent.status_code, "请勾选，确认重新打开专档" in silent.text) == (422, True)
    assert returned.send(CORRECT, wrong=codes(1), in_hand="true", why="点错了人", reopen="true").status_code == 303
    assert clocks(desk) == before, "what was done before the closing stays done"
    with Session(desk.system.engine) as session:
        assert session.exec(select(Dossier)).one().closed_at is None
        entries = session.exec(select(LedgerEntry).order_by(LedgerEntry.seq)).all()  # type: ignore[arg-type]
    opened = next(one for one in entries if one.what == "dossier:reopened")
    assert next(one.what for one in entries if one.seq == opened.facts["corrects"]) == "dossier:closed"
    assert "办结已撤销，专档重新打开" in returned.get(f"/dossiers/{DOSSIER}").text
    returned.send(GIVE, codes=codes(1), identity_checked="true")
    assert returned.send(CLOSE).status_code == 303


def test_after_its_day_only_a_manager_of_the_hall_takes_a_hand_over_back(
    returned: Officer, desk: Hall, watch: Watch, officer: Callable[[str], Officer]
) -> None:
    returned.send(GIVE, codes=codes(), identity_checked="true")
    watch.turn(days=1)
    window = officer("xn-window")
    page = window.get(f"/dossiers/{DOSSIER}/handback").text
    assert "之后请本大厅的管理人员更正" in page
    assert "刚看过" not in page
    late = window.send(CORRECT, wrong=codes(1), in_hand="true", why="昨天点错了人")
    assert (late.status_code, "没有更正：交还记录只能由当天经手的窗口人员更正" in late.text) == (403, True)
    manager = officer("xn-manager")
    way = f'href="/dossiers/{DOSSIER}/handback#correct-hand-back"'
    assert way in manager.get(f"/dossiers/{DOSSIER}").text
    assert way not in window.get(f"/dossiers/{DOSSIER}").text
    page = manager.get(f"/dossiers/{DOSSIER}/handback").text
    assert "刚看过" in page
    assert "交给申请人" not in page
    assert manager.send(CORRECT, wrong=codes(1), in_hand="true", why="核对监控，没有交出").status_code == 303
    with Session(desk.system.engine) as session:
        notice = session.exec(select(Notice).where(col(Notice.key).startswith("hand_back:"))).all()[0]
    assert notice.zh.endswith("的交还记录已更正，原件仍由大厅保管，请重新交还。")
    assert not re.search("[\u4e00-\u9fff]", notice.en)
    assert officer("fr-receiver").send(CORRECT, wrong=codes()[1:], in_hand="true", why="不是我们的").status_code == 403


def clocks(desk: Hall) -> dict[str, bool]:
    """Which clocks have stopped."""
    with Session(desk.system.engine) as session:
        return {one.key: one.met_at is not None for one in session.exec(select(Deadline))}
