"""Hand-overs to the applicant that are corrected, on PostgreSQL: with a closed dossier, its package, the applicant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from logistics.archive.verify import verify_bytes
from logistics.errors import NotAllowed, Rejected
from logistics.rules.handing_back import Correction
from logistics.rules.inquiry import Place
from logistics.services import archive, dossiers, inquiry
from logistics.services.hand_backs import correct_hand_back
from logistics.store import find
from logistics.tables import Deadline, Discrepancy, LedgerEntry
from logistics.terms import DiscrepancyKind, Resolution, Role
from scheduler import checkpoints
from tests import builders
from tests.builders import House
from tests.services.filed import closed
from tests.services.test_inquiry import entered, places

WRONG = Correction("点错了人", in_hand=True)


def held(hall: House, no: str) -> list[str]:
    with Session(hall.system.engine) as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        assert not any(one.kind == "package" for one in whole.papers)
        return [link.to_name for link in whole.last_custody().values()]


def test_the_applicants_page_tells_the_truth_again_and_their_dispute_is_settled_with_it(hall: House) -> None:
    no = builders.opened(hall)
    code = str(dossiers.list_original(hall.web, hall.window, hall.command(), no, builders.paper())["original"])
    dossiers.give_to_applicant(hall.web, hall.window, hall.command(), no, (code,))
    applicant = entered(hall, no)
    assert places(hall, applicant) == [Place.WITH_YOU]
    inquiry.dispute(hall.web, applicant, 1, "我没有领到")
    correct_hand_back(hall.web, hall.window, hall.command(), no, (code,), WRONG)
    assert places(hall, applicant) == [Place.HALL]
    assert inquiry.see(hall.web, applicant, hall.clock()).disputed == frozenset()
    with Session(hall.system.engine) as session:
        row = session.exec(select(Discrepancy).where(Discrepancy.kind == DiscrepancyKind.NOT_RETURNED)).one()
    assert (row.resolution, row.settlement_note) == (Resolution.FOUND, "点错了人")


def test_a_dossier_opened_again_closes_anew_and_its_package_tells_both_and_verifies(hall: House) -> None:
    no = closed(hall, arrived=lambda _no: hall.clock.advance(hours=1))
    checkpoints.once(hall.system)
    hall.clock.advance(hours=1)
    with pytest.raises(NotAllowed):
        correct_hand_back(hall.web, hall.receiver, hall.command(), no, (f"{no}-Y01",), WRONG)
    reopen = replace(WRONG, reopen=True)
    assert correct_hand_back(hall.web, hall.window, hall.command(), no, (f"{no}-Y01",), reopen)["reopened"]
    assert held(hall, no) == [hall.window.name]
    assert no not in archive.ready(hall.system), "a closing that was taken back seals nothing"
    with pytest.raises(Rejected) as early:
        archive.seal_package(hall.system, no)
    assert early.value.rule == "not_ready"
    with Session(hall.system.engine) as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
        running = {one.leg for one in whole.deadlines if one.met_at is None}
    assert running == {"return_to_acknowledged", "whole_case"}
    hall.clock.advance(hours=1)
    dossiers.give_to_applicant(hall.web, hall.window, hall.command(), no, (f"{no}-Y01",))
    dossiers.close(hall.web, hall.window, hall.command(), no)
    assert no not in archive.ready(hall.system), "the new closing is not signed yet"
    checkpoints.once(hall.system)
    assert archive.ready(hall.system).count(no) == 1
    sha256 = archive.seal_package(hall.system, no)
    verified = verify_bytes(hall.web.files.get(sha256))
    assert verified.ok, verified.faults
    with Session(hall.system.engine) as session:
        whats = list(session.exec(select(LedgerEntry.what)))
        assert all(one.met_at is not None for one in session.exec(select(Deadline)))
    assert whats.count("dossier:closed") == 2


def test_what_is_sealed_into_a_package_is_not_corrected_any_more_and_it_is_said_what_to_do(hall: House) -> None:
    no = closed(hall)
    checkpoints.once(hall.system)
    archive.seal_package(hall.system, no)
    manager = replace(hall.window, roles=frozenset({Role.MANAGER}))
    with pytest.raises(Rejected) as refused:
        correct_hand_back(hall.web, manager, hall.command(), no, (f"{no}-Y01",), replace(WRONG, reopen=True))
    assert refused.value.rule == "archived"
    assert "请领取人在纸上签收" in refused.value.zh
