"""Sealing by two at the window: the colleague's password at the desk, or their own screen; never the same person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from logistics.demo.seed import PASSWORD
from logistics.tables import Material
from logistics.terms import Stage
from tests.web.window.acts import ENVELOPE, codes, listed
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall
from tests.web.window.test_envelope import envelope, page, said

Enter = Callable[[str], Officer]
SECOND = f"/consignments/{ENVELOPE}/second"


@pytest.fixture
def sealed(window: Officer, desk: Hall) -> str:
    """An envelope whose checklist asks for two, sealed by the window's officer. What its page says."""
    with Session(desk.system.engine) as session, session.begin():
        session.execute(update(Material).where(col(Material.name) == "学位证书").values(two_sealers=True))
    listed(window)
    answer = window.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="send")
    return window.follow(answer)


def test_a_class_that_asks_for_two_leaves_when_the_colleague_confirms_at_the_same_desk(
    sealed: str, window: Officer, desk: Hall
) -> None:
    assert "须双人封装" in sealed
    assert "第二人的登录名" in sealed
    assert envelope(desk).stage is Stage.SEALED
    assert window.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems").status_code == 409
    assert "须双人封装" in page(window)
    for login, password in (("xn-window2", "wrong"), ("nobody", PASSWORD), ("", "x")):
        refused = window.send(SECOND, second_login=login, second_password=password)
        assert refused.status_code == 422
        assert "登录名或密码不对" in refused.text
        assert PASSWORD not in refused.text
    for login, words in (
        ("xn-window", "不能由封装人自己复核"),
        ("hz-window", "不属于封装的单位"),
        ("fr-receiver", "不属于封装的单位"),
    ):
        other = window.send(SECOND, second_login=login, second_password=PASSWORD)
        assert other.status_code == 422
        assert words in other.text
        assert 'id="f-second_login-wrong"' in other.text  # the next person types over it
        assert f'value="{login}"' in other.text
    assert envelope(desk).confirmed_by is None
    answer = window.send(SECOND, second_login="xn-window2", second_password=PASSWORD)
    assert "胡志远 已复核封装" in window.follow(answer)
    assert (envelope(desk).stage, said(desk, "consignment:seal_confirmed")) == (Stage.BOOKING, 1)


def test_the_colleague_confirms_at_a_screen_of_their_own_and_again_after_reopening(
    sealed: str, window: Officer, officer: Enter, desk: Hall
) -> None:
    assert sealed
    assert window.send(SECOND).status_code == 409  # never the same person
    colleague = officer("xn-window2")
    assert "第二人的登录名" not in page(colleague)
    assert colleague.follow(colleague.send(SECOND)).count("双人封装：陈晓岚、胡志远") == 1
    assert envelope(desk).stage is Stage.SEALED  # who sealed it sends it
    assert colleague.send(SECOND).status_code == 409
    window.send(f"/consignments/{ENVELOPE}/reopen", why="装错")
    assert envelope(desk).confirmed_by is None
    answer = window.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0002", then="send")
    assert "须双人封装" in window.follow(answer)
    colleague.send(SECOND)
    assert window.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems").status_code == 303
