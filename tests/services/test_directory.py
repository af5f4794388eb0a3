"""The directory from files: all or nothing, twice is once, every fault named."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlmodel import Session, col, select

from logistics.cli.directory import read_directory
from logistics.errors import Malformed
from logistics.rules.regions import Region
from logistics.services import directory, dispatch, people
from logistics.store import places
from logistics.tables import Agency, Agreement, AgreementItem, Material, Officer
from tests import builders
from tests.builders import House

FILE = {
    "agencies": [
        {
            "code": "420700",
            "name": "鄂州市政务服务中心",
            "short_name": "鄂州大厅",
            "region": "420700",
            "level": "city",
            "uscc": "11420000MB1Q00001B",
            "address": "示例路9号",
            "postcode": "436000",
            "phone": "0711-0000000",
            "parent": "420000",
        }
    ],
    "officers": [
        {"login": "ez-window", "name": "丁样", "agency": "420700", "roles": ["window"], "password": "a-long-password"}
    ],
    "items": [
        {
            "code": "T-1",
            "name": "户口迁移",
            "promised_days": 7,
            "materials": [{"name": "户口簿", "review_points": "齐全"}],
        }
    ],
    "agreements": [
        {
            "no": "EZ-FR-1",
            "name": "鄂州—芙蓉",
            "sender": "420700",
            "receiver": "430102",
            "items": ["T-1"],
            "powers": ["accept"],
            "payer": {"cross": "sender"},
            "valid_from": "2026-01-01",
        }
    ],
}


def given(**changes: object) -> str:
    file = json.loads(json.dumps(FILE))
    file["agencies"][0]["uscc"] = "11420700MB1Q00009A"
    file["agencies"][0]["uscc"] = valid_uscc("11420700MB1Q00009")
    file.update(changes)
    return json.dumps(file)


def valid_uscc(base: str) -> str:
    from stdnum.cn import uscc

    return base + uscc.calc_check_digit(base)


def test_a_file_imported_twice_is_in_the_directory_once(hall: House) -> None:
    for _ in range(2):
        count = directory.import_directory(hall.system, read_directory(given()))
        assert count == {"agencies": 1, "officers": 1, "items": 1, "agreements": 1}
    with Session(hall.system.engine) as session:
        agency = session.exec(select(Agency).where(Agency.code == "420700")).one()
        above = session.exec(select(Agency).where(Agency.code == "420000")).one()
        assert agency.path == f"{above.path}{agency.id}."
        assert len(session.exec(select(Officer).where(Officer.login == "ez-window")).all()) == 1
        assert session.exec(select(Material.name).where(Material.name == "户口簿")).one() == "户口簿"
        agreement = session.exec(select(Agreement).where(Agreement.no == "EZ-FR-1")).one()
        assert len(session.exec(select(AgreementItem).where(AgreementItem.agreement_id == agreement.id)).all()) == 1
    assert people.log_in(hall.web, "ez-window", "a-long-password")


def test_a_file_says_what_two_must_seal_and_a_checklist_without_it_takes_that_back(hall: House) -> None:
    file = json.loads(given())
    line = file["items"][0]["materials"][0]
    for mark in (True, False):
        line["two_sealers"] = mark
        directory.import_directory(hall.system, read_directory(json.dumps(file)))
        with Session(hall.system.engine) as session:
            now = select(Material.two_sealers).where(Material.name == "户口簿", col(Material.until).is_(None))
            assert session.exec(now).one() is mark


def test_a_dry_run_stores_nothing(hall: House) -> None:
    directory.import_directory(hall.system, read_directory(given()), dry_run=True)
    with Session(hall.system.engine) as session:
        assert session.exec(select(Agency).where(Agency.code == "420700")).first() is None


def test_one_fault_keeps_everything_out_and_every_fault_is_named(hall: House) -> None:
    wrong = json.loads(given())
    wrong["agencies"][0] |= {"region": "999999", "uscc": "1" * 18, "receiving_hours": "25:00-26:00"}
    wrong["officers"][0]["agency"] = "000000"
    wrong["agreements"][0]["items"] = ["T-1", "T-404"]
    with pytest.raises(Malformed) as refused:
        directory.import_directory(hall.system, read_directory(json.dumps(wrong)))
    said = refused.value.fields
    assert set(said) == {"agencies/420700", "officers/ez-window", "agreements/EZ-FR-1"}
    assert len(said["agencies/420700"]) == 3
    with Session(hall.system.engine) as session:
        assert session.exec(select(Agency).where(Agency.code == "420700")).first() is None


def test_an_unknown_field_and_a_short_password_are_refused_at_their_place() -> None:
    wrong = json.loads(given())
    wrong["agencies"][0]["colour"] = "red"
    wrong["officers"][0]["password"] = "short"
    with pytest.raises(Malformed) as refused:
        read_directory(json.dumps(wrong))
    assert set(refused.value.fields) == {"agencies/0/colour", "officers/0/password"}
    with pytest.raises(Malformed):
        read_directory("{")


def test_an_officer_without_a_password_cannot_log_in(hall: House) -> None:
    file = json.loads(given())
    del file["officers"][0]["password"]
    directory.import_directory(hall.system, read_directory(json.dumps(file)))
    with pytest.raises(Exception, match="log"):
        people.log_in(hall.web, "ez-window", "!")


def test_a_renamed_region_is_what_the_courier_is_told(hall: House) -> None:
    directory.import_regions(hall.system, [Region("430102", "芙蓉新区", date(2026, 1, 1))])
    with Session(hall.system.engine) as session:
        names = [one.name for one in places.table(session)["430102"]]
    assert names == ["芙蓉区", "芙蓉新区"]
    envelope = builders.dispatched(hall, originals=1)
    told = dispatch.booking_request(hall.system, envelope.no)
    assert (told.sender.province, told.sender.city) == ("湖北省", "咸宁市")
    assert (told.receiver.province, told.receiver.city, told.receiver.county) == ("湖南省", "长沙市", "芙蓉新区")
