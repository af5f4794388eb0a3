"""What the new papers say is what the rows say: applicants masked, differences named, pages counted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session

from logistics.errors import NotAllowed, Rejected
from logistics.services import papers, receipt
from logistics.terms import Outcome
from tests import builders
from tests.builders import House, sealed
from tests.labels.reading import page_texts
from tests.printing.test_sending import booked


def text(hall: House, actor: Any, kind: str, subject: str) -> str:
    made = papers.make_paper(hall.web, actor, hall.command(), kind, subject)
    return "".join(page_texts(papers.fetch(hall.web, actor, made["paper"])[1]))


def test_the_applicant_gets_a_receipt_without_their_full_name(hall: House) -> None:
    dossier = sealed(hall).dossier_no
    told = text(hall, hall.window, "intake", dossier)
    for wanted in ("证书0", "证书1", "EX-0001", "李*", dossier, "咸宁市政务服务大厅", "最迟2026年9月"):
        assert wanted in told, wanted
    assert "李样例" not in told
    assert "13900000000" not in told
    with pytest.raises(NotAllowed):
        papers.make_paper(hall.web, hall.receiver, hall.command(), "intake", dossier)


def test_the_finder_tells_what_differs_and_by_when_an_answer_is_wanted(hall: House) -> None:
    no = booked(hall)
    dossier = no.rpartition("-")[0]
    with Session(hall.system.engine) as session:
        window = builders.officer(session, "xn-window")
    found = {f"{dossier}-Y01": Outcome.RECEIVED, f"{dossier}-Y02": Outcome.MISSING}
    with pytest.raises(Rejected, match="no open difference"):
        papers.make_paper(hall.web, hall.receiver, hall.command(), "notice", no)
    receipt.receive(hall.web, hall.receiver, hall.command(), no, "", found)
    notice = text(hall, hall.receiver, "notice", no)
    for wanted in ("证书1", "缺件", "没有封签", "答复期限2026-09-1"):
        assert wanted in notice, (wanted, notice)
    arrival = text(hall, hall.receiver, "arrival", no)
    assert f"{no}-T01" in arrival, "the receipt names the notice that went with it"
    assert "证书0" in arrival
    differences = text(hall, hall.receiver, "differences_slip", no)
    assert "缺件" in differences
    remarks = text(hall, window, "remarks", dossier)
    assert "差异2项" in remarks
    catalogue = text(hall, window, "catalogue", dossier)
    assert "差异通知单" in catalogue
    assert "签收回执" in catalogue
    with pytest.raises(NotAllowed):
        papers.make_paper(hall.web, window, hall.command(), "notice", no)
