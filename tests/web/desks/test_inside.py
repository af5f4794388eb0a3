"""Handing originals on inside the receiving agency: offered, looked at, taken or declined; custody passes once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from logistics.tables import InsideHandover, Officer
from tests.web.desks.conftest import Desk
from tests.web.desks.test_receiving import finding
from tests.web.desks.under_way import Hall

At = Callable[[str], Desk]


def officer_id(hall: Hall, login: str) -> int:
    with Session(hall.house.system.engine) as session:
        return session.exec(select(Officer.id).where(Officer.login == login)).one() or 0


def holders(hall: Hall) -> list[str]:
    """Who holds each original now, by the dossier's order."""
    whole = hall.whole()
    last = whole.last_custody()
    return [last[one.id or 0].to_name for one in whole.originals]


@pytest.fixture
def offered(hall: Hall, at: At) -> str:
    """The receiver has counted three originals and handed two on to the manager: the offer's address."""
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    found = finding(hall, "received", "received", "received")
    assert desk.post(f"/receive/{hall.envelope}", {**found, "act": "all"}).status_code == 303
    given = {
        "offered": list(hall.codes[:2]),
        "colleague": officer_id(hall, "fr-manager"),
        "of_department": "公证科",
    }
    assert desk.post(f"/dossiers/{hall.dossier}/inside", given).status_code == 303
    with Session(hall.house.system.engine) as session:
        return f"/inside/{session.exec(select(InsideHandover.id)).one()}"


def test_custody_passes_when_the_colleague_says_that_every_original_is_in_hand(
    hall: Hall, at: At, offered: str
) -> None:
    assert holders(hall) == ["谭婧"] * 3  # offered is not taken
    colleague = at("fr-manager")
    assert offered in colleague.read("/")
    page = colleague.read(offered)
    assert "钢印清晰；证书编号与学信网一致" in page
    assert colleague.post(f"{offered}/take", {"had": list(hall.codes[:1])}).status_code == 422
    assert colleague.post(f"{offered}/take", {"had": list(hall.codes[:2])}).status_code == 303
    name = holders(hall)[0]
    assert holders(hall) == [name, name, "谭婧"]
    assert name != "谭婧"
    assert colleague.post(f"{offered}/take", {"had": list(hall.codes[:2])}).status_code == 409  # another click: once
    assert "已接收" in colleague.read(offered)
    passed = [entry for entry in hall.entries("original:handed_over") if entry.why == "内部移交公证科"]
    assert len(passed) == 2


def test_declined_or_withdrawn_nothing_passes_and_the_reason_is_on_record(hall: Hall, at: At, offered: str) -> None:
    desk, colleague = at("fr-receiver"), at("fr-manager")
    given = {"offered": [hall.codes[0]], "colleague": officer_id(hall, "fr-manager")}
    assert desk.post(f"/dossiers/{hall.dossier}/inside", given).status_code == 409  # offered already
    assert desk.post(f"{offered}/take", {"had": list(hall.codes[:2])}).status_code == 403  # not the colleague
    assert colleague.post(f"{offered}/decline", {"why": ""}).status_code == 422
    assert colleague.post(f"{offered}/decline", {"why": "少了学位证书"}).status_code == 303
    assert holders(hall) == ["谭婧"] * 3
    assert [entry.why for entry in hall.entries("original:offer_declined")] == ["少了学位证书"]
    assert desk.post(f"/dossiers/{hall.dossier}/inside", given).status_code == 303
    with Session(hall.house.system.engine) as session:
        again = max(session.exec(select(InsideHandover.id)))
    assert desk.post(f"/inside/{again}/decline", {"why": "给错人了"}).status_code == 303
    assert [entry.why for entry in hall.entries("original:offer_withdrawn")] == ["给错人了"]


def test_strangers_and_the_sender_see_no_offer_and_nobody_hands_on_to_themselves(
    hall: Hall, at: At, offered: str
) -> None:
    for login in ("hz-window", "xn-window"):
        stranger = at(login)
        assert stranger.get(offered).status_code == 404
        assert stranger.post(f"{offered}/take", {"had": list(hall.codes[:2])}).status_code == 404
        assert stranger.post(f"{offered}/decline", {"why": "试"}).status_code == 404
    desk = at("fr-receiver")
    own = {"offered": [hall.codes[2]], "colleague": officer_id(hall, "fr-receiver")}
    assert desk.post(f"/dossiers/{hall.dossier}/inside", own).status_code == 409
    elsewhere = {**own, "colleague": officer_id(hall, "xn-window")}
    assert desk.post(f"/dossiers/{hall.dossier}/inside", elsewhere).status_code == 404
    assert desk.post(f"/dossiers/{hall.dossier}/inside", {"colleague": 1}).status_code == 422
