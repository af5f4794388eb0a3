"""A change of an item reaches the dossiers opened afterwards, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select
from stdnum.cn import uscc

from logistics.actor import Actor
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected
from logistics.rules.agreements import Clause
from logistics.rules.cards import Card
from logistics.rules.items import Line, Terms, line_of
from logistics.rules.policies import Leg
from logistics.services import agreements, consents, dossiers, items, partners
from logistics.store import catalogue, find, policies
from logistics.store.consents import text_sha256
from logistics.store.embedded import Urls
from logistics.tables import Agency, Agreement, Material, ServiceItem
from logistics.terms import Mode, Role
from tests import builders
from tests.builders import House, opened


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    house = builders.house(seeded, tmp_path, {})
    yield house
    house.close()


@pytest.fixture
def keeper(hall: House) -> Actor:
    with Session(hall.system.engine) as session:
        return builders.officer(session, "hb-admin")


def uscc_of(base: str) -> str:
    return base + str(uscc.calc_check_digit(base))


def item_id(hall: House) -> int:
    with Session(hall.system.engine) as session:
        return session.exec(select(ServiceItem.id).where(ServiceItem.code == "430102-XL-001")).one() or 0


def names(hall: House, no: str) -> list[str]:
    """The checklist by which the dossier goes."""
    with Session(hall.system.engine) as session:
        dossier = find.dossier_by_no(session, no)
        return [one.name for one in find.materials_of(session, dossier.item_id, dossier.opened_at)]


def test_a_dossier_keeps_the_item_it_was_opened_with(hall: House, keeper: Actor) -> None:
    number, before = item_id(hall), opened(hall)
    was = names(hall, before)
    hall.clock.advance(hours=1)
    items.change(hall.web, keeper, hall.command(), number, Terms("学历公证（新）", 3, "D10"))
    with Session(hall.system.engine) as session:
        diploma = catalogue.materials_at(session, number)[0].id or 0
    items.drop_material(hall.web, keeper, hall.command(), number, diploma)
    items.add_material(hall.web, keeper, hall.command(), number, Line("亲属关系证明"))
    hall.clock.advance(hours=1)
    after = opened(hall)
    assert names(hall, before) == was
    assert names(hall, after) == [*was[1:], "亲属关系证明"]
    with Session(hall.system.engine) as session:
        old, new = (find.whole(session, find.dossier_by_no(session, no)) for no in (before, after))
        assert (old.item.name, old.item.promised_days, old.item.retention) == ("学历学位公证", 10, "D30")
        assert (new.item.name, new.item.promised_days, new.item.retention) == ("学历公证（新）", 3, "D10")
        owner = session.get_one(Agency, old.dossier.receiver_agency_id)
        for whole, days in ((old, 10), (new, 3)):
            holds = policies.policy_for(session, whole.dossier, Leg.CHECKED_TO_DECISION, owner, hall.clock())
            assert holds.length == days
    assert _listed(hall, before, diploma)
    with pytest.raises(NotYours):
        _listed(hall, after, diploma)


def _listed(hall: House, no: str, material_id: int) -> str:
    given = replace(builders.paper(), material_id=material_id)
    done = dossiers.list_original(hall.web, hall.window, hall.command(), no, given)
    return str(done["original"])


def test_nothing_is_opened_for_an_item_out_of_use_and_what_is_open_goes_on(hall: House, keeper: Actor) -> None:
    before = opened(hall)
    items.use(hall.web, keeper, hall.command(), item_id(hall), active=False, why="并入新事项")
    with pytest.raises(Rejected, match="does not cover"):
        opened(hall)
    assert names(hall, before)
    items.use(hall.web, keeper, hall.command(), item_id(hall), active=True)
    assert opened(hall)


def test_a_window_handles_an_item_only_as_the_agreement_says(hall: House, keeper: Actor) -> None:
    with Session(hall.system.engine) as session:
        row = session.exec(select(Agreement).where(Agreement.no == "XN-FR-2026-01")).one()
        number, partner = row.id or 0, builders.officer(session, "fr-manager")
    agreements.put_item(hall.web, keeper, hall.command(), number, item_id(hall), Clause([Mode.JOINT]))
    opened(hall)  # the list holds as it was until both parties have confirmed the change
    for party in (keeper, replace(partner, roles=frozenset({Role.ADMINISTRATOR}))):
        with Session(hall.system.engine) as session:
            text = text_sha256(session, session.get_one(Agreement, number))
        consents.confirm(hall.web, party, hall.command(), number, text)
    with pytest.raises(Rejected, match="handled so"):
        opened(hall)


def test_a_command_that_comes_twice_adds_one_line(hall: House, keeper: Actor) -> None:
    number, command = item_id(hall), hall.command()
    for _ in range(2):
        items.add_material(hall.web, keeper, command, number, Line("亲属关系证明"))
    with Session(hall.system.engine) as session:
        found = session.exec(select(Material).where(Material.name == "亲属关系证明")).all()
    assert len(found) == 1


def test_an_item_without_a_keeper_is_the_first_agencys_and_no_partners(hall: House, keeper: Actor) -> None:
    number = item_id(hall)
    where = {
        "address": "样例街8号",
        "postcode": "410011",
        "phone": "0731-0",
        "receiving_hours": "09:00-12:00,13:30-17:30",
    }
    named = {
        "name": "样例省政务服务中心",
        "short_name": "样例大厅",
        "name_en": "",
        "uscc": uscc_of("11439900MB1Q00001"),
    }
    archive = {"fonds_no": "", "archives_code": "", "archives_name": ""}
    card = Card(region_code="430000", level="province", **named, **where, **archive)
    founded = partners.found(hall.web, keeper, hall.command(), "439900", card, "partner", "示例甲")
    with Session(hall.system.engine) as session:
        assert session.get_one(ServiceItem, number).agency_id is None
        partner = builders.officer(session, founded.login)
        assert session.get_one(Agency, partner.agency_id).parent_id is None
    for act in (
        lambda: items.change(hall.web, partner, hall.command(), number, Terms("别的", 1, "Y")),
        lambda: items.add_material(hall.web, partner, hall.command(), number, Line("别的")),
        lambda: items.use(hall.web, partner, hall.command(), number, active=False, why="不要"),
    ):
        with pytest.raises(NotAllowed, match="Another agency keeps"):
            act()
    done = items.change(hall.web, keeper, hall.command(), number, Terms("学历公证（新）", 3, "D10"))
    assert done["changed"]


def test_a_checklist_keeps_who_seals_through_every_revision(hall: House, keeper: Actor) -> None:
    number, before = item_id(hall), opened(hall)

    def asked(no: str = "") -> list[str]:
        with Session(hall.system.engine) as session:
            at = find.dossier_by_no(session, no).opened_at if no else None
            return [one.name for one in catalogue.materials_at(session, number, at) if one.two_sealers]

    with Session(hall.system.engine) as session:
        diploma = catalogue.materials_at(session, number)[0]
    hall.clock.advance(hours=1)
    line = replace(line_of(diploma), two_sealers=True)
    items.change_material(hall.web, keeper, hall.command(), number, diploma.id or 0, line)
    with Session(hall.system.engine) as session:
        act, _who = catalogue.acts(session, number)[0]
        first = catalogue.materials_at(session, number)[0].id or 0
    assert act.data["changed"] == {"two_sealers": [False, True]}
    items.move_material(hall.web, keeper, hall.command(), number, first, up=False)
    items.add_material(hall.web, keeper, hall.command(), number, Line("房产证", two_sealers=True))
    assert asked() == ["毕业证书", "房产证"]
    assert asked(before) == []
    hall.clock.advance(hours=1)
    assert asked(opened(hall)) == ["毕业证书", "房产证"]


def test_what_is_not_mailed_is_not_sealed_by_two(hall: House, keeper: Actor) -> None:
    line = Line("居民户口簿", original_wanted=False, e_certificate_shared=True, two_sealers=True)
    with pytest.raises(Malformed) as refused:
        items.add_material(hall.web, keeper, hall.command(), item_id(hall), line)
    assert set(refused.value.fields) == {"two_sealers"}


def test_an_item_is_changed_by_those_who_keep_it_and_nobody_else(hall: House, keeper: Actor) -> None:
    number = item_id(hall)
    with Session(hall.system.engine) as session, session.begin():
        furong = session.exec(select(Agency.id).where(Agency.code == "430102")).one()
        session.get_one(ServiceItem, number).agency_id = furong
    with pytest.raises(NotAllowed, match="Another agency keeps"):
        items.change(hall.web, keeper, hall.command(), number, Terms("别的", 1, "Y"))
    with pytest.raises(NotAllowed):
        items.change(hall.web, hall.window, hall.command(), number, Terms("别的", 1, "Y"))
