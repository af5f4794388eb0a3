"""Signing without a script, what is missing before closing, and who sees the pictures."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import Any

from logistics.demo.pens import pen
from logistics.rules.pictures import media_type
from logistics.services import dossiers, papers
from logistics.store.files import FileStore
from logistics.terms import DecisionResult, SignatureKind
from tests.scans import scan
from tests.web.desks.conftest import Desk
from tests.web.desks.test_receiving import finding
from tests.web.desks.under_way import Hall

At = Callable[[str], Desk]
PDF = scan()
DRAWN = "data:image/png;base64," + base64.b64encode(pen("谭婧")).decode()


def counted(hall: Hall, at: At) -> Desk:
    """The receiver's desk, everything in the envelope counted, its slip printed before."""
    house = hall.listed().sent().house
    papers.make_slip(house.web, house.window, house.command(), hall.envelope)
    hall.delivered()
    desk = at("fr-receiver")
    found = finding(hall, "received", "received", "received")
    assert desk.post(f"/receive/{hall.envelope}", {**found, "act": "all"}).status_code == 303
    return desk


def shown(page: str) -> str:
    """The digest that the page's pad asks to sign."""
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def sign(desk: Desk, hall: Hall, **fields: Any) -> Any:
    page = desk.read(f"/receive/{hall.envelope}")
    return desk.post(f"/receive/{hall.envelope}/sign", {"shown": shown(page), **fields})


def test_a_scanned_slip_is_a_signature_too_and_needs_no_script(hall: Hall, at: At) -> None:
    desk = counted(hall, at)
    assert "hidden" in desk.read(f"/receive/{hall.envelope}").split("data-signature")[1][:10]
    answer = sign(desk, hall, signature=(io.BytesIO(PDF), "交接单.pdf"))
    assert answer.status_code == 303, answer.text
    page = desk.read(f"/receive/{hall.envelope}")
    assert "与现在的清单一致" in page
    [link] = set(re.findall(r'href="(/dossiers/[^"]+/signatures/\d+)"', page))
    picture = at("xn-window").get(link)
    assert (picture.data, picture.content_type) == (PDF, "application/pdf")
    assert "default-src 'none'" in picture.headers["Content-Security-Policy"]
    assert "script" not in picture.headers["Content-Security-Policy"]
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Cache-Control"] == "private, no-store"
    assert at("hz-window").get(link).status_code == 404


def test_what_is_no_signature_is_refused_at_its_field_and_nothing_is_kept(hall: Hall, at: At) -> None:
    desk = counted(hall, at)
    before = hall.count()
    svg = "data:image/png;base64," + base64.b64encode(b"<svg onload=alert(1)>").decode()
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "请签字，或上传签好字的单据"),
        ({"drawn": "data:image/png;base64,@@"}, "请签字，或上传签好字的单据"),
        ({"drawn": svg}, "不是能打开的图片"),
        ({"signature": (io.BytesIO(b"MZ program"), "a.pdf")}, "不是能打开的图片"),
        ({"drawn": DRAWN, "witness": "谭婧"}, "监交人须是另一个人"),
    )
    for fields, said in cases:
        answer = sign(desk, hall, **fields)
        assert answer.status_code == 422
        assert said in answer.text
    late = desk.post(f"/receive/{hall.envelope}/sign", {"shown": "0" * 64, "drawn": DRAWN})
    assert late.status_code == 409
    assert "变了，这个签字没有保存" in late.text
    assert hall.count() == before


def test_the_list_of_what_is_missing_says_who_must_act_and_the_refused_close_answers_with_it(
    hall: Hall, at: At
) -> None:
    counted(hall, at)
    house, no = hall.house, hall.dossier
    theirs = at("fr-receiver").read(f"/dossiers/{no}/closing")
    assert "交接单未签" in theirs
    assert f'href="/receive/{hall.envelope}#sign"' in theirs
    window = at("xn-window")
    page = window.read(f"/dossiers/{no}/closing")
    assert "等长沙市芙蓉区政务服务中心办" in page
    assert "#sign" not in page, "the window does not sign for the authority"
    assert "data-main" in page
    assert 'id="close"' not in page
    refused = window.post(f"/dossiers/{no}/close")
    assert refused.status_code == 409
    assert "交接单未签" in refused.text
    assert "等长沙市芙蓉区政务服务中心办" in refused.text
    dossiers.decide(house.web, house.receiver, house.command(), no, DecisionResult.APPROVED, "准予")
    assert "没有审批结果" not in window.read(f"/dossiers/{no}/closing")


def test_a_lost_file_keeps_the_dossier_open(hall: Hall, at: At, tmp_path: Any) -> None:
    counted(hall, at)
    assert "文件缺失" not in at("xn-window").read(f"/dossiers/{hall.dossier}/closing")
    kept = next(row for row in hall.whole().papers if row.kind == "slip")
    (tmp_path / "files" / kept.sha256[:2] / kept.sha256).write_bytes(b"other bytes")
    page = at("xn-window").read(f"/dossiers/{hall.dossier}/closing")
    assert "文件缺失" in page
    assert kept.no in page


def test_a_fictional_pen_is_a_signature_and_the_same_for_the_same_name(tmp_path: Any) -> None:
    assert media_type(SignatureKind.PEN, pen("谭婧")) == "image/png"
    assert pen("谭婧") == pen("谭婧") != pen("柳岸")
    assert FileStore(tmp_path / "kept").put(pen("谭婧"))


def test_several_envelopes_are_signed_for_at_once_and_those_left_out_are_named(hall: Hall, at: At) -> None:
    other = Hall(hall.house).listed(2).sent(seal="XN-004600", waybill="1234567890777")
    desk = counted(hall, at)
    assert "一次签完" in desk.read("/receive")
    found = finding(other, "received", "received")
    assert desk.post(f"/receive/{other.envelope}", {**found, "act": "all"}).status_code == 303
    assert "2 封一起签" in desk.read(f"/receive/{other.envelope}")
    page = desk.read("/receive/together")
    values = re.findall(r'name="envelopes" value="([^"]+)" checked', page)
    assert [one.split()[0] for one in values] == [other.envelope, hall.envelope]
    nothing = desk.post("/receive/together", {"drawn": DRAWN})
    assert (nothing.status_code, "请至少勾选一个信封" in nothing.text) == (422, True)
    blank = desk.post("/receive/together", {"envelopes": values})
    assert (blank.status_code, "请签字" in blank.text) == (422, True)
    assert (
        desk.post(
            "/receive/together", {"envelopes": [values[1], f"{other.envelope} {'0' * 64}"], "drawn": DRAWN}
        ).location
        == "/receive/together"
    )
    text = desk.read("/receive/together")
    assert "已签字：1 封，一次签完。" in text
    assert f"寄递件 {other.envelope} 的清单或核验结果在您签字前变了" in text
    assert re.findall(r'name="envelopes" value="([^"]+)" checked', text) == [values[0]]
    assert at("hz-window").read("/receive/together").count("没有等着一起签的信封") > 0
