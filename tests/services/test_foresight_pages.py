"""What is foretold stands on the lists, on the clock's own page and on the dossier's, with its whole basis."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from logistics.demo.seed import PASSWORD
from scheduler import foresight
from tests.builders import House
from tests.services.test_foresight import clock_of, lane, under_way
from tests.site import application
from tests.web.conftest import Visitor

BASIS = ("40 件", "10 件", "100%", "72%–100%", "2026-08-")


def visitor(app: Flask, login: str) -> Visitor:
    made = Visitor(app)
    assert made.log_in(login, PASSWORD).status_code == 303
    return made


def test_a_clock_at_risk_says_on_every_page_what_was_compared_and_how_sure_that_is(hall: House) -> None:
    envelope = under_way(hall)
    lane(hall, envelope)
    hall.clock.advance(hours=60)
    assert foresight.once(hall.system) == 1
    app, clock = application(hall.web), clock_of(hall, envelope)
    manager = visitor(app, "xn-manager")
    pages = ("/deadlines?whose=all&shelf=risk", f"/deadlines/{clock.id}", f"/dossiers/{envelope.dossier_no}")
    for page in pages:
        shown = manager.get(page).text
        for words in (*BASIS, "最后用时超过本件的时限"):
            assert words in shown, page
    assert "可能超时 100%" in manager.get(pages[0]).text
    assert "很可能赶不上期限" in visitor(app, "xn-window").get("/").text
    manager.post("/language", {"language": "en"}, on="/")
    for page in pages:
        assert "took longer in all than this one may" in manager.get(page).text
    with hall.system.engine.begin() as connection:
        connection.execute(text("UPDATE foresight SET among = '', total = 0, hits = 0"))
    assert "It was foretold to be probably late. Too few known" in manager.get(pages[1]).text
    hall.clock.advance(hours=40)
    for page in pages[1:]:
        assert "foretold" not in manager.get(page).text.replace("Foretold to be probably late", ""), page
