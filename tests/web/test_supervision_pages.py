"""督办 on the pages: ordered, signed for, answered, sent back, accepted; and the answer to a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from couriers import adapters
from logistics.demo.seed import PASSWORD
from logistics.services import receipt, supervision
from logistics.services.supervision import NewOrder
from logistics.store.embedded import Urls
from logistics.tables import Deadline, Discrepancy, Dossier, Supervision
from logistics.terms import Outcome
from tests import builders
from tests.builders import House
from tests.services.conftest import EMS
from tests.services.meaning import booked
from tests.site import application
from tests.web.conftest import Visitor


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    yield house
    house.close()


@pytest.fixture
def as_(hall: House) -> Callable[[str], Visitor]:
    app = application(hall.web)
    inside: dict[str, Visitor] = {}

    def enter(login: str) -> Visitor:
        if login not in inside:
            inside[login] = Visitor(app)
            assert inside[login].log_in(login, PASSWORD).status_code == 303
        return inside[login]

    return enter


As = Callable[[str], Visitor]


def send(visitor: Visitor, path: str, on: str, **fields: Any) -> TestResponse:
    return visitor.post(path, {"command_id": str(uuid4()), **fields}, on=on)


def first_deadline(hall: House, dossier: str) -> int:
    with Session(hall.system.engine) as session:
        of = select(Deadline.id).join(Dossier, col(Dossier.id) == Deadline.dossier_id).where(Dossier.no == dossier)
        return session.exec(of.order_by(col(Deadline.id))).first() or 0


def order_no(hall: House) -> str:
    with Session(hall.system.engine) as session:
        return session.exec(select(Supervision.no)).one()


def test_a_late_deadline_offers_an_order_that_goes_over_the_pages_to_its_end(hall: House, as_: As) -> None:
    dossier = builders.opened(hall)
    hall.clock.advance(days=9)
    upper, window = as_("hb-manager"), as_("xn-window")
    page = f"/deadlines/{first_deadline(hall, dossier)}/supervise"
    assert page in upper.get("/deadlines?shelf=late").text
    assert page not in window.get("/deadlines?shelf=late").text
    assert "受理至寄出" in upper.get(page).text
    missing = send(upper, page, page, addressee=hall.window.agency_id, urgency="urgent", reason="两天没有寄出")
    assert missing.status_code == 422
    assert "两天没有寄出" in missing.text
    given = {"addressee": hall.window.agency_id, "urgency": "urgent", "reason": "两天没有寄出", "demand": "今天寄出"}
    assert send(upper, page, page, **given).status_code == 303
    here = f"/supervision/{order_no(hall)}"
    assert here in window.get("/").text
    assert here in window.get("/supervision").text
    assert f"{here}/sign" in window.get(here).text
    assert send(window, f"{here}/sign", here).status_code == 303
    said = {"words": "窗口漏装，已寄出", "cause": "ours", "measures": "下班前清点"}
    assert send(window, f"{here}/answer", here, **said).status_code == 303
    assert here in upper.get("/").text
    assert "窗口漏装" in upper.get(here).text
    assert send(upper, f"{here}/send-back", here, why="没有说明谁漏装").status_code == 303
    assert "没有说明谁漏装" in window.get(here).text
    assert send(window, f"{here}/answer", here, **said).status_code == 303
    assert send(upper, f"{here}/accept", here).status_code == 303
    over = upper.get(here).text
    assert "已办结" in over
    assert "</form>" not in over.split("<main", 1)[1].split("</main>")[0]
    dossier_page = window.get(f"/dossiers/{dossier}").text
    assert here in dossier_page
    assert "督办退回重办" in dossier_page


def test_what_is_wrong_is_said_where_it_stands(hall: House, as_: As) -> None:
    dossier, upper = builders.opened(hall), as_("hb-manager")
    page = f"/dossiers/{dossier}/supervise"
    given = {"addressee": hall.window.agency_id, "urgency": "ordinary", "reason": "缘由", "demand": "要求"}
    assert "1 至 20" in send(upper, page, page, **given, days=21).text
    beside = send(upper, page, page, **{**given, "addressee": hall.receiver.agency_id})
    assert beside.status_code == 403
    assert send(upper, page, page, **given, days=3).status_code == 303
    here = f"/supervision/{order_no(hall)}"
    refused = send(as_("fr-receiver"), f"{here}/sign", here)
    assert refused.status_code == 403
    assert "被督办单位" in refused.text
    assert send(as_("xn-window"), f"{here}/answer", here, words="x", cause="ours").status_code == 409
    assert as_("xn-window").get(page).status_code == 403


def test_both_parties_see_an_order_and_nobody_else(hall: House, as_: As) -> None:
    dossier = builders.opened(hall)
    new = NewOrder(hall.window.agency_id or 0, "缘由之一", "要求之一")
    no = supervision.order(hall.web, hall.manager, hall.command(), dossier, new)["supervision"]
    assert "要求之一" in as_("fr-receiver").get(f"/supervision/{no}").text
    assert as_("fr-receiver").get(f"/find?q={no.lower()}").location == f"/supervision/{no}"
    assert as_("hz-window").get(f"/supervision/{no}").status_code == 404
    assert as_("hz-window").get(f"/find?q={no}").status_code == 404
    assert "要求之一" not in as_("hz-manager").get("/supervision").text


def test_in_english_every_word_is_english(hall: House, as_: As) -> None:
    dossier = builders.opened(hall)
    new = NewOrder(hall.window.agency_id or 0, "reason", "demand")
    no = supervision.order(hall.web, hall.manager, hall.command(), dossier, new)["supervision"]
    window = as_("xn-window")
    window.post("/language", {"language": "en"})
    assert "Ordered" in window.get(f"/supervision/{no}").text
    assert "Given to" in window.get("/supervision").text


def test_whoever_packed_answers_a_difference_on_the_dossiers_page(hall: House, as_: As) -> None:
    envelope, window = booked(hall), as_("xn-window")
    findings = {envelope.originals[0]: Outcome.RECEIVED, envelope.originals[1]: Outcome.MISSING}
    seal = hall.consignment(envelope.no).seal_no
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal, findings)
    with Session(hall.system.engine) as session:
        key = session.exec(select(Discrepancy.id)).one()
    here = f"/dossiers/{envelope.dossier_no}"
    act = f"{here}/differences/{key}/answer"
    assert act in window.get(here).text
    assert act not in as_("fr-receiver").get(here).text
    assert send(window, act, here, **{f"answer-{key}": "漏装"}).status_code == 422
    assert send(window, act, here, **{f"answer-{key}": "窗口漏装，今日补寄", f"cause-{key}": "ours"}).status_code == 303
    shown = as_("fr-receiver").get(here).text
    assert "窗口漏装，今日补寄" in shown
    assert "装封一方答复" in shown
