"""The manager's page of unknown codes, and how the dossier shows scans told twice, regions, and decided codes."""

from __future__ import annotations

from collections.abc import Callable

from couriers.contract import Milestone, Reason
from logistics.web.dossier.wording import REASONS
from scheduler import rereading
from tests.web.desks.conftest import Desk
from tests.web.desks.under_way import Hall

At = Callable[[str], Desk]
ASKED = "/codes/decide?courier=ems&code=Z99&detail="


def test_every_reason_of_every_courier_has_its_word() -> None:
    assert set(REASONS) == set(Reason)


def test_a_manager_decides_a_code_and_the_dossier_says_so(hall: Hall, at: At) -> None:
    hall.listed().sent().heard("Z99", Milestone.UNRECOGNISED, "已代签，电话13900000000", "长沙市芙蓉投递部")
    manager = at("xn-manager")
    listed = manager.read("/codes")
    assert "1 个快递代码等您决定含义" in listed
    assert "Z99" in listed
    assert "139******00" in listed
    assert "13900000000" not in listed
    assert hall.dossier in listed
    form = manager.read(ASKED)
    assert "代码 Z99 是什么意思？" in form
    wrong = manager.post(ASKED, {"milestone": "delivered", "reason": "customs", "why": "来函"})
    assert wrong.status_code == 409
    assert "没有这种原因" in wrong.text
    done = manager.post(ASKED, {"milestone": "delivered", "reason": "mailroom", "why": "快递方来函 2026-09-08"})
    assert done.status_code == 303
    assert rereading.once(hall.house.system) == 1
    shown = at("xn-window").read(f"/dossiers/{hall.dossier}")
    assert "快递称妥投：单位收发室代收" in shown
    assert "代码含义由管理人员确定，第 1 版" in shown
    assert "代码 Z99 现为「快递称妥投」" in shown
    assert "湖南省长沙市" in shown
    after = manager.read("/codes")
    assert "没有等待决定的快递代码" in after
    history = manager.read(ASKED)
    assert "历次决定" in history
    assert "快递方来函 2026-09-08" in history


def test_a_scan_told_twice_is_shown_once_with_the_other_words_behind_it(hall: Hall, at: At) -> None:
    hall.listed().sent()
    hall.heard("954", Milestone.ARRIVED, "到达【咸宁市邮件处理中心】", "咸宁市邮件处理中心", ago=0.1)
    hall.heard(
        "954",
        Milestone.ARRIVED,
        "您的邮件到达【咸宁邮件处理中心】（补录）",
        "【咸宁邮件处理中心】",
        ago=0.096,
        source="poll",
    )
    text = at("xn-window").read(f"/dossiers/{hall.dossier}")
    assert text.count("<strong>到达</strong>") == 1
    assert "另有 1 条说的是同一次" in text
    assert "（补录）" in text


def test_codes_are_the_managers_affair(hall: Hall, at: At) -> None:
    hall.listed().sent().heard("Z99", Milestone.UNRECOGNISED, "新操作", "某地")
    assert at("xn-window").get("/codes").status_code == 403
    keeper = at("hb-admin")
    assert "等督查管理人员决定" in keeper.get("/codes").text
    assert keeper.get(ASKED).status_code == 403
    assert at("xn-window").get(ASKED).status_code == 403
    assert at("xn-manager").get("/codes/decide?courier=ems&code=Z98&detail=").status_code == 404
