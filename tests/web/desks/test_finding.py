"""Any number on any paper leads to its dossier in one step: what is printed is read back and sent to the one box."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pypdfium2  # type: ignore[import-untyped]
from sqlmodel import Session, update
from werkzeug.test import TestResponse

from couriers.contract import Booking
from logistics.actor import Actor
from logistics.rules.inquiry import shown as shown_code
from logistics.services import dispatch, dossiers, papers, receipt
from logistics.store import inquiry, numbers
from logistics.store.work import work
from logistics.tables import Original
from logistics.terms import Direction, Outcome
from scheduler import housekeeping
from tests import builders
from tests.labels.reading import codes, rasters
from tests.web.desks.conftest import Desk
from tests.web.desks.under_way import PAPERS, WAYBILL, Hall

At = Callable[[str], Desk]
BROKEN, SEAL = "XN-004500", "XN-004512"
OURS = re.compile(r"\d{6}-\d{4}-\d{6}(?:-[0-9A-Z]+)*|XN-\d{6}|\b\d{13}\b|BJ[0-9a-f]{10}")
"""What the papers of this story print as numbers: ours, seals, waybills, the case's."""
CERTIFICATES = [one[2] for one in PAPERS]


def story(hall: Hall) -> Hall:
    """Sealed, broken and sealed again, sent, received without its marks; an original is with a department."""
    house = hall.listed().house
    made = dispatch.start_consignment(house.web, house.window, house.command(), hall.dossier, Direction.OUTBOUND)
    hall.envelope, hall.seal = str(made["consignment"]), SEAL
    for code in hall.codes:
        dispatch.pack(house.web, house.window, house.command(), hall.envelope, code)
    dispatch.seal(house.web, house.window, house.command(), hall.envelope, BROKEN)
    dispatch.reopen(house.web, house.window, house.command(), hall.envelope, "封套破了")
    dispatch.seal(house.web, house.window, house.command(), hall.envelope, SEAL)
    dispatch.dispatch(house.web, house.window, house.command(), hall.envelope, "ems")
    dispatch.record_booking(house.system, hall.envelope, Booking(WAYBILL, "R1", destination_name="长沙"))
    return hall


def receive(hall: Hall) -> None:
    """Two are there, the marks are not; the first goes to a department."""
    house = hall.delivered().house
    found = dict(zip(hall.codes, (Outcome.RECEIVED, Outcome.RECEIVED, Outcome.MISSING), strict=True))
    receipt.receive(house.web, house.receiver, house.command(), hall.envelope, SEAL, found)
    passed = hall.codes[:1]
    dossiers.hand_to_department(house.web, house.receiver, house.command(), hall.dossier, "审批一科", passed)


def printed(pdf: bytes) -> Iterator[str]:
    """Every number of ours in the text of the pages, and what a scanner reads of every code."""
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        words = page.get_textpage()
        said = words.get_text_range().replace("\ufffe", "-")
        words.close()
        page.close()
        yield from OURS.findall(said)
        yield from (one for one in CERTIFICATES if one in said)
    document.close()
    for image in rasters(pdf):
        yield from codes(image).values()


def made(hall: Hall, who: Actor, kind: str) -> set[str]:
    """What is printed on the paper of this kind, really made."""
    house, subject = hall.house, hall.envelope if papers.KINDS[kind].of == "consignment" else hall.dossier
    paper = papers.make_paper(house.web, who, house.command(), kind, subject)["paper"]
    return {paper, *printed(papers.fetch(house.web, who, paper)[1])}


def send(desk: Desk, typed: str) -> TestResponse:
    """A scan into the head's box."""
    return desk.post("/find", {"q": typed})


def test_whatever_is_printed_or_coded_on_any_paper_leads_to_its_dossier(hall: Hall, at: At) -> None:
    house = story(hall).house
    at_the_hall = ("label", "slip", "seal", "stickers", "cover", "intake")
    by_paper = {kind: made(hall, house.window, kind) for kind in at_the_hall}
    receive(hall)
    at_the_authority = ("notice", "arrival", "differences_slip", "internal_slip", "catalogue", "remarks")
    by_paper |= {kind: made(hall, house.receiver, kind) for kind in at_the_authority}
    assert set(by_paper) == set(papers.KINDS), "a new kind of paper is walked too"
    window, receiver, stranger = at("xn-window"), at("fr-receiver"), at("hz-manager")
    every = set().union(*by_paper.values())
    assert {SEAL, WAYBILL, *CERTIFICATES, *hall.codes, hall.envelope, hall.dossier} <= every
    assert len({one for one in every if one.startswith("YD1|")}) >= 7
    assert any("/i/" in one for one in every), "the applicant's QR"
    for number in sorted(every):
        answer = send(window, number)
        assert answer.status_code == 303, (number, [kind for kind, found in by_paper.items() if number in found])
        assert hall.dossier in answer.headers["Location"], number
    for number in (SEAL, WAYBILL, *CERTIFICATES, *(one for one in every if one.startswith("YD1|"))):
        assert hall.dossier in send(receiver, number).headers["Location"], number
        assert send(stranger, number).status_code == 404, number


def test_what_stands_on_no_paper_any_more_is_found_too(hall: Hall, at: At) -> None:
    house = story(hall).house
    dispatch_again = hall.envelope
    window = at("xn-window")
    for typed in (BROKEN, "xn 004500", "封签：ＸＮ－００４５００", "XN004500", f"运单号 {WAYBILL}", "1234 5678 9012 3"):
        answer = send(window, typed)
        assert answer.status_code == 303, typed
        assert answer.headers["Location"] == f"/consignments/{dispatch_again}", typed
    with work(house.web, house.window, "code", "code") as w:
        code, key = inquiry.codes(w.session, house.web.keyring, w.dossier(hall.dossier), w.now)
    for typed in (shown_code(code), code.lower(), f"HTTPS://HALL.EXAMPLE/I/{hall.dossier}/{key}"):
        assert hall.dossier in send(window, typed).headers["Location"], typed
    assert send(at("hz-manager"), code).status_code == 404


def test_originals_listed_before_are_found_by_their_own_numbers_after_a_look(hall: Hall, at: At) -> None:
    house = hall.listed().house
    with Session(house.system.engine) as session, session.begin():
        session.execute(update(Original).values(number_digest=""))
    window = at("xn-window")
    assert send(window, CERTIFICATES[0]).status_code == 404
    assert housekeeping.once(house.system, batch=2) == 3
    assert send(window, f" {CERTIFICATES[2].lower()} ").headers["Location"].startswith(f"/dossiers/{hall.dossier}")


def test_one_case_with_two_dossiers_offers_both_and_nothing_found_says_what_to_do(hall: Hall, at: At) -> None:
    case_no = "BJ4212002026110077"
    first, second = (builders.opened(hall.house, case_no) for _ in range(2))
    page = send(at("xn-window"), case_no)
    assert page.status_code == 200
    assert page.text.index(second) < page.text.index(first), "the newest first"
    assert "这个编号有 2 处" in page.text
    nothing = send(at("xn-window"), "XN-999999")
    assert (nothing.status_code, "什么都没有改动" in nothing.text) == (404, True)
    assert 'value="XN-999999"' in nothing.text


def test_a_page_drawn_before_the_last_log_in_still_finds(hall: Hall, at: At) -> None:
    hall.listed(1)
    desk = at("xn-window")
    answer = desk.client.post("/find", data={"q": hall.dossier, "_csrf": "yesterday's"})
    assert answer.status_code == 303


def test_a_number_is_answered_with_one_question(hall: Hall) -> None:
    hall.listed()
    with Session(hall.house.web.engine) as session:
        assert numbers.known(session, hall.dossier, hall.house.web.keyring) == [], "nobody reads: nothing is seen"
