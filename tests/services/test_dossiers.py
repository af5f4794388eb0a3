"""Opening, listing, handing on, deciding and closing, against real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, select

from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import chain
from logistics.services import dossiers, privacy
from logistics.services.dossiers import NewDossier, Person
from logistics.store import find, ledger
from logistics.store.work import reading, work
from logistics.tables import Agreement, Dossier, LedgerEntry, Material, Original, ServiceItem
from logistics.terms import DecisionResult, Form, HolderKind, Mode
from tests import builders
from tests.builders import House


def test_numbers_of_an_agency_have_no_gap_even_when_many_windows_open_at_once(hall: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(lambda _: builders.opened(hall), range(16)))
    assert numbers == [f"421200-2026-{n:06d}" for n in range(1, 17)]


def test_a_number_whose_dossier_was_rolled_back_is_given_again(hall: House) -> None:
    builders.opened(hall)
    with pytest.raises(RuntimeError):
        _number_taken_and_lost(hall)
    assert builders.opened(hall) == "421200-2026-000002"


def _number_taken_and_lost(hall: House) -> None:
    with work(hall.web, hall.window, "open_dossier") as w:
        dossiers._next_number(w, hall.window.agency_id or 0, 2026)
        raise RuntimeError("the power went")


def test_the_same_command_opens_one_dossier_however_often_it_arrives(hall: House) -> None:
    with Session(hall.system.engine) as session:
        agreement = session.exec(select(Agreement.id).where(Agreement.no == "XN-FR-2026-01")).one()
        item = session.exec(select(ServiceItem.id).where(ServiceItem.code == "430102-XL-001")).one()
    new = NewDossier(
        agreement or 0, item or 0, "BJ1", Mode.JOINT, Person("李样例", "X", "1"), None, "0" * 64, date(2026, 9, 8)
    )
    command = hall.command()
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: dossiers.open_dossier(hall.web, hall.window, command, new), range(6)))
    assert told == [told[0]] * 6
    with Session(hall.system.engine) as session:
        assert len(session.exec(select(Dossier.id)).all()) == 1


def test_a_command_id_cannot_serve_two_different_acts(hall: House) -> None:
    command = hall.command()
    no = builders.opened(hall)
    dossiers.list_original(hall.web, hall.window, command, no, builders.paper())
    with pytest.raises(Rejected) as refused:
        dossiers.decide(hall.web, hall.window, command, no, DecisionResult.APPROVED, "")
    assert refused.value.rule == "command_reused"


def test_an_agreement_without_the_power_refuses_and_names_it(hall: House) -> None:
    with Session(hall.system.engine) as session, session.begin():
        row = session.exec(select(Agreement).where(Agreement.no == "XN-FR-2026-01")).one()
        row.powers = [power for power in row.powers if power != "accept"]
        session.add(row)
    with pytest.raises(NotAllowed) as refused:
        builders.opened(hall)
    assert "收件受理权" in refused.value.zh
    assert "XN-FR-2026-01" in refused.value.zh


def test_an_original_whose_e_certificate_is_shared_is_not_taken(hall: House) -> None:
    no = builders.opened(hall)
    with Session(hall.system.engine) as session:
        shared = session.exec(select(Material.id).where(Material.name == "居民身份证")).one()
    with pytest.raises(Rejected) as refused:
        dossiers.list_original(
            hall.web, hall.window, hall.command(), no, replace(builders.paper("居民身份证"), material_id=shared)
        )
    assert "免寄" in refused.value.zh


def test_a_listed_original_is_held_by_the_officer_who_took_it(hall: House) -> None:
    no = builders.opened(hall)
    code = dossiers.list_original(hall.web, hall.window, hall.command(), no, builders.paper())["original"]
    with reading(hall.web.engine, hall.window) as session:
        whole = find.whole(session, find.dossier_by_no(session, no))
    (link,) = whole.custody
    assert (link.from_kind, link.to_kind, link.to_officer_id) == (
        HolderKind.APPLICANT,
        HolderKind.OFFICER,
        hall.window.officer_id,
    )
    assert [one.code for one in whole.originals] == [code]


def test_personal_data_are_sealed_in_the_row_and_never_in_the_ledger(hall: House) -> None:
    no = builders.opened(hall)
    dossiers.list_original(hall.web, hall.window, hall.command(), no, builders.paper())
    with Session(hall.system.engine) as session:
        row = session.exec(select(Dossier).where(Dossier.no == no)).one()
        original = session.exec(select(Original)).one()
        entries = session.exec(select(LedgerEntry)).all()
    kept = row.model_dump_json() + original.model_dump_json() + "".join(e.model_dump_json() for e in entries)
    for personal in ("李样例", "42120019900101001X", "13900000000", "EX-0001"):
        assert personal not in kept


def test_a_sealed_value_moved_to_another_row_does_not_open(hall: House) -> None:
    one, other = builders.opened(hall), builders.opened(hall)
    with Session(hall.system.engine) as session, session.begin():
        rows = {row.no: row for row in session.exec(select(Dossier)).all()}
        rows[other].applicant_name_sealed = rows[one].applicant_name_sealed
        session.add(rows[other])
        session.flush()
        with pytest.raises(Exception, match="does not open"):
            privacy.masked(hall.web, rows[other])
        session.rollback()


def test_every_unmasking_asks_a_reason_and_is_a_ledger_entry(hall: House) -> None:
    no = builders.opened(hall)
    with pytest.raises(Rejected):
        privacy.unmask(hall.web, hall.window, hall.command(), no, " ")
    shown = privacy.unmask(hall.web, hall.window, hall.command(), no, "核对申请人身份")
    assert shown.applicant_name == "李样例"
    with reading(hall.web.engine, hall.window) as session:
        entries = ledger.entries(session, find.dossier_by_no(session, no))
    assert (entries[-1].what, entries[-1].why) == ("person:unmasked", "核对申请人身份")
    assert chain.verify(entries) == []


def test_an_officer_of_another_agency_finds_no_such_dossier(hall: House) -> None:
    no = builders.opened(hall)
    with Session(hall.system.engine) as session:
        stranger = builders.officer(session, "hz-window")
    with pytest.raises(NotYours):
        dossiers.list_original(hall.web, stranger, hall.command(), no, builders.paper())


def test_a_dossier_with_open_matters_does_not_close_and_says_which(hall: House) -> None:
    no = builders.opened(hall)
    dossiers.list_original(hall.web, hall.window, hall.command(), no, builders.paper())
    with pytest.raises(Rejected) as refused:
        dossiers.close(hall.web, hall.window, hall.command(), no)
    assert refused.value.rule == "open_matters"
    with reading(hall.web.engine, hall.window) as session:
        assert find.dossier_by_no(session, no).closed_at is None


def test_an_original_is_passed_on_only_by_the_agency_that_holds_it(hall: House) -> None:
    no = builders.opened(hall)
    code = dossiers.list_original(hall.web, hall.window, hall.command(), no, builders.paper())["original"]
    with pytest.raises(Rejected) as refused:
        dossiers.hand_to_department(hall.web, hall.receiver, hall.command(), no, "公证科", (code,))
    assert refused.value.rule == "not_held"


def test_a_copy_may_be_listed_beside_originals(hall: House) -> None:
    no = builders.opened(hall)
    code = dossiers.list_original(
        hall.web, hall.window, hall.command(), no, replace(builders.paper(), form=Form.CERTIFIED_COPY)
    )["original"]
    assert code == f"{no}-Y01"
