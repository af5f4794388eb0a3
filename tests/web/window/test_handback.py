"""The way back: the authority sends the originals home, the hall gives them to the applicant and closes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from sqlmodel import Session, select

from logistics.demo.pens import pen
from logistics.store import signing as kept
from logistics.tables import Custody, Dossier, LedgerEntry, Signature
from logistics.terms import HolderKind, SigningRole
from logistics.web.pads import DRAWN
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
