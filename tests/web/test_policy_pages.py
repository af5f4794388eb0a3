"""The pages of rules of time: what holds and why, the editor with its preview, the second person, open clocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from couriers import adapters
from logistics.demo.seed import PASSWORD
from logistics.store.embedded import Urls
from logistics.tables import Agreement, Deadline, Officer, PolicyVersion
from scheduler import policies as look
from tests import builders
from tests.builders import House
from tests.services.conftest import EMS
from tests.site import application
from tests.web.conftest import Visitor

As = Callable[[str], Visitor]


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    yield house
    house.close()


@pytest.fixture
def as_(hall: House) -> As:
    """A visitor logged in as one of the demo's officers."""
    site = application(hall.web)

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        assert visitor.log_in(login, PASSWORD).status_code == 303
        return visitor

    return enter


def subject(hall: House, **more: str) -> str:
    """The query of the agreement's rule from acceptance to dispatch, across provinces."""
    with Session(hall.system.engine) as session:
        number = session.exec(select(Agreement.id).where(Agreement.no == "XN-FR-2026-01")).one()
    said = {"leg": "accept_to_dispatch", "scope": "cross", "for": f"agreement-{number}", **more}
    return "&".join(f"{name}={value}" for name, value in said.items())


def filled(visitor: Visitor, query: str, **more: Any) -> dict[str, Any]:
    """The form as the page offers it, with what the reader changes."""
    shown = visitor.get(f"/policies/edit?{query}").text
    ladder = re.search(r'name="rungs"[^>]*>([^<]*)</textarea>', shown)
    facts = dict(re.findall(r'name="(starts|stops)" value="([^"]*)"', shown))
    assert ladder
    given = {"length": "1", "unit": "wd", "whose": "owner", "rungs": ladder[1], "reason": "协议第三条", **facts, **more}
    return {"command_id": str(uuid4()), **given}


def kept(visitor: Visitor, query: str, **more: Any) -> TestResponse:
    page = f"/policies/edit?{query}"
    return visitor.post(f"/policies/keep?{query}", filled(visitor, query, **more), on=page)


def versions(hall: House) -> list[PolicyVersion]:
    with Session(hall.system.engine) as session:
        return list(session.exec(select(PolicyVersion).order_by(col(PolicyVersion.id))))


def clocks(hall: House) -> list[Deadline]:
    with Session(hall.system.engine) as session:
        mine = select(Deadline).where(Deadline.leg == "accept_to_dispatch").order_by(col(Deadline.id))
        return list(session.exec(mine))


def test_the_matrix_says_how_long_and_where_it_comes_from_in_both_languages(as_: As, hall: House) -> None:
    admin = as_("hb-admin")
    shown = admin.get("/policies").text
    assert "时限规则：通用规则" in shown
    assert "96 小时，昼夜照计" in shown
    assert "法定 20 个工作日" in shown
    assert kept(admin, subject(hall)).status_code == 303
    shown = admin.get(f"/policies?{subject(hall)}").text
    assert "协议 XN-FR-2026-01，第 1 版" in shown
    admin.client.post("/language", data={"language": "en", "_csrf": admin.token("/policies")})
    decision = admin.get(f"/policies/rule?{subject(hall, leg='checked_to_decision')}").text
    assert "Administrative Licensing Law, art. 42" in decision
    assert as_("xn-manager").get("/policies").status_code == 200
    for path in ("/policies", "/policies/waiting", "/policies/rule"):
        assert as_("xn-window").get(path).status_code == 403


def test_the_preview_says_what_would_change_and_keeps_nothing(as_: As, hall: House) -> None:
    no = builders.opened(hall)
    admin = as_("hb-admin")
    page = f"/policies/edit?{subject(hall)}"
    assert "开立专档" in admin.get(page).text
    assert "系统默认时限（跨省）" in admin.get(page).text
    answer = admin.post(page, filled(admin, subject(hall)), on=page)
    assert answer.status_code == 200
    shown = re.sub(r"<[^>]+>", "", answer.text)
    assert re.search(r"2 个工作日\s*默认 · 到 9月10日 周四 17:30\s*1 个工作日\s*到 9月9日 周三 17:30", shown), shown
    assert "不宽于法定和承诺的时限，不需要批准。" in shown
    assert no in shown
    assert versions(hall) == []


def test_what_is_wrong_is_said_at_its_field_and_the_input_is_kept(as_: As, hall: House) -> None:
    admin = as_("hb-admin")
    page = f"/policies/edit?{subject(hall)}"
    for wrong, said in (
        ({"length": ""}, "请填写这一项"),
        ({"length": "9999"}, "工作日不超过 250"),
        ({"valid_from": "2026-09-01"}, "起用时间不能在过去"),
        ({"reason": "x"}, "请写明依据或原因"),
        ({"rungs": "到期时 局长"}, "第 1 行没有说告诉谁"),
        ({"rungs": "用时75% 经办人"}, "超时没有人知道"),
    ):
        answer = admin.post(page, filled(admin, subject(hall), **wrong), on=page)
        assert answer.status_code == 422, wrong
        assert said in answer.text, wrong
    assert "协议第三条" in answer.text
    moved = admin.post(page, filled(admin, subject(hall), starts="dossier:decided"), on=page)
    assert moved.status_code == 409
    assert "起止事件与您打开页面时不同" in moved.text


def test_a_looser_rule_waits_for_a_second_person_who_sees_what_it_passes(as_: As, hall: House) -> None:
    admin, second = as_("hb-admin"), as_("hb-manager")
    page = f"/policies/edit?{subject(hall)}"
    shown = admin.post(page, filled(admin, subject(hall), length="5"), on=page).text
    assert "比法定或承诺的时限宽" in shown
    assert kept(admin, subject(hall), length="5").status_code == 303
    address = f"/policies/versions/{versions(hall)[0].id}"
    assert "1 条等批准" in second.get("/policies").text
    assert address in second.get("/policies/waiting").text
    shown = second.get(address).text
    assert "系统默认时限（跨省）" in shown
    given = {"command_id": str(uuid4()), "why": "山区线路，同意"}
    assert f"{address}/approve" not in admin.get(address).text
    assert admin.post(f"{address}/approve", given, on=address).status_code == 403
    without = second.post(f"{address}/approve", {"command_id": str(uuid4())}, on=address)
    assert without.status_code == 422
    assert second.post(f"{address}/approve", given, on=address).status_code == 303
    assert "郑国梁" in second.get(address).text
    assert versions(hall)[0].approved_at is not None


def test_a_stricter_rule_holds_for_new_clocks_and_for_open_ones_once_listed(as_: As, hall: House) -> None:
    no = builders.opened(hall)
    admin = as_("hb-admin")
    address = kept(admin, subject(hall)).headers["Location"]
    assert address == f"/policies/versions/{versions(hall)[0].id}"
    builders.opened(hall)
    assert [one.policy["version"] for one in clocks(hall)] == [None, versions(hall)[0].id]
    for act, said in (("list", "正在列出会移动的时限"), ("move", "正在逐个专档重算")):
        answer = admin.post(f"{address}/{act}", {"command_id": str(uuid4())}, on=address)
        assert answer.status_code == 303
        assert said in admin.get(address).text
        look.once(hall.system)
        assert no in admin.get(address).text
    shown = admin.get(address).text
    assert "已按这一版重算" in shown
    assert "已移动" in shown


def test_an_administrator_changes_only_what_is_theirs(as_: As, hall: House) -> None:
    with Session(hall.system.engine) as session, session.begin():
        officer = session.exec(select(Officer).where(Officer.login == "xn-manager")).one()
        officer.roles = ["administrator"]
        session.add(officer)
        own = officer.agency_id
    admin = as_("xn-manager")
    general = "leg=transit&scope=cross&for=general"
    assert "/policies/edit" not in admin.get(f"/policies/rule?{general}").text
    assert admin.get(f"/policies/edit?{general}").status_code == 403
    assert admin.get("/policies/rule?leg=transit&for=agency-1").status_code == 404
    assert admin.get("/policies/rule?leg=nothing").status_code == 404
    assert kept(admin, f"leg=transit&scope=cross&for=agency-{own}", length="72", unit="nh").status_code == 303
    assert kept(admin, subject(hall)).status_code == 303
    stranger = as_("hz-manager")
    assert stranger.get(f"/policies/rule?{subject(hall)}").status_code == 404
    number = versions(hall)[-1].id
    assert stranger.get(f"/policies/versions/{number}").status_code == 404
    given = {"command_id": str(uuid4()), "why": "同意"}
    assert stranger.post(f"/policies/versions/{number}/approve", given, on="/policies").status_code == 404
