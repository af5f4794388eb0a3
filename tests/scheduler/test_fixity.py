"""Files are read again on schedule; a fault is on record; a package is disposed of by two people and stays provable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from couriers import adapters
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.services import disposal
from logistics.store import fixity as stored
from logistics.store import keeping, protecting
from logistics.store.embedded import Urls
from logistics.store.files import FileLost
from logistics.store.work import reading
from logistics.tables import FixityFault, KeptFile, LedgerEntry, PackageCheck
from logistics.terms import CheckLink, FileFault
from scheduler import fixity
from tests import builders, kept


@pytest.fixture
def town(seeded: Urls, tmp_path: Path) -> Iterator[kept.Kept]:
    house = builders.house(seeded, tmp_path, adapters.from_settings({}))
    yield kept.kept(house, [kept.package(1), kept.package(2)])
    house.close()


def known(town: kept.Kept) -> dict[str, KeptFile]:
    with Session(town.house.system.engine) as session:
        return {row.sha256: row for row in session.exec(select(KeptFile))}


def test_every_file_is_read_once_a_period_and_packages_are_checked_as_they_are(town: kept.Kept) -> None:
    house = town.house
    stray = house.system.files.put(b"nobody names this")
    assert fixity.enrol(house.system) == 3
    assert fixity.enrol(house.system) == 0
    assert fixity.once(house.system, few=2) == 0
    assert fixity.once(house.system, few=2) == 0
    assert fixity.once(house.system, few=2) == 0
    files = known(town)
    assert stray in files
    assert {row.last_ok_at for row in files.values()} == {kept.NOW}
    assert {row.due_at for row in files.values()} == {kept.NOW + timedelta(days=365)}
    checks = town.rows(PackageCheck)
    assert [(one.link, one.passed) for one in checks] == [(CheckLink.BC, True)] * 2  # type: ignore[attr-defined]
    assert len(town.rows(LedgerEntry, what="package:checked")) == 2
    house.clock.advance(days=366)
    fixity.once(house.system)
    assert len(town.rows(PackageCheck)) == 4


def test_a_file_that_is_lost_or_changed_is_on_record_and_shown_until_it_is_back(
    town: kept.Kept, tmp_path: Path
) -> None:
    house, (first, second) = town.house, [one.sha256 for one in kept.known(town)]
    fixity.enrol(house.system)
    places = [tmp_path / "files" / sha256[:2] / sha256 for sha256 in (first, second)]
    whole = places[0].read_bytes()
    places[0].write_bytes(whole[:-1] + b"!")
    places[1].unlink()
    assert fixity.once(house.system) == 2
    files = known(town)
    assert (files[first].fault, files[second].fault) == (FileFault.ALTERED, FileFault.MISSING)
    with reading(house.web.engine, town.manager) as session:
        assert {row.dossier_no for row in stored.unsound(session)} == set(town.dossiers)
        assert stored.figures(session, kept.NOW).unsound == 2
    places[0].write_bytes(whole)
    house.clock.advance(days=1)
    assert fixity.once(house.system) == 1
    assert known(town)[first].fault is None
    assert len(town.rows(FixityFault)) == 3, "what was found stays on record"


def test_a_package_goes_only_after_its_time_by_two_people_and_stays_provable(town: kept.Kept) -> None:
    house, no = town.house, town.dossiers[0]
    with pytest.raises(Rejected, match="2056-12-31"):
        disposal.propose(house.web, town.manager, house.command(), no, "经鉴定不再续存")
    house.clock.now = datetime(2057, 1, 1, 1, 30, tzinfo=UTC)
    assert fixity.dispose(house.system) == 0, "nothing goes by itself"
    disposal.propose(house.web, town.manager, house.command(), no, "经鉴定不再续存")
    for who, typed, why in ((town.manager, no, NotAllowed), (town.second, "别的", Rejected)):
        with pytest.raises(why):
            disposal.approve(house.web, who, house.command(), no, typed)
    fixity.enrol(house.system)
    disposal.approve(house.web, town.second, house.command(), no, no)
    [package, other] = kept.known(town)
    assert fixity.dispose(house.system) == 1
    assert fixity.dispose(house.system) == 0
    with pytest.raises(FileLost):
        house.system.files.get(package.sha256)
    assert house.system.files.get(other.sha256)
    [told] = town.rows(LedgerEntry, what="package:disposed")
    facts = told.facts  # type: ignore[attr-defined]
    assert (facts["sha256"], facts["archival_code"]) == (package.sha256, "0077-ZY·2026-D30-0001")
    assert fixity.once(house.system) == 0, "what was disposed of is not missed"
    with reading(house.web.engine, town.manager) as session:
        assert [one.dossier_no for one in protecting.done(session)] == [no]


def test_a_hold_stops_a_disposal_even_when_it_was_approved_and_takes_two_to_lift(town: kept.Kept) -> None:
    house, no = town.house, town.dossiers[0]
    house.clock.now = datetime(2057, 1, 1, 1, 30, tzinfo=UTC)
    disposal.propose(house.web, town.manager, house.command(), no, "经鉴定不再续存")
    disposal.approve(house.web, town.administrator, house.command(), no, no)
    disposal.set_hold(house.web, town.manager, house.command(), no, "诉讼需要")
    assert fixity.dispose(house.system) == 0
    with pytest.raises(NotAllowed):
        disposal.confirm_hold(house.web, town.manager, house.command(), no)
    disposal.confirm_hold(house.web, town.second, house.command(), no)
    with pytest.raises(Rejected):
        disposal.lift(house.web, town.second, house.command(), no)
    disposal.ask_lift(house.web, town.second, house.command(), no, "案件已结")
    with pytest.raises(NotAllowed):
        disposal.lift(house.web, town.second, house.command(), no)
    disposal.lift(house.web, town.manager, house.command(), no)
    assert fixity.dispose(house.system) == 1
    told = [entry.what for entry in town.rows(LedgerEntry) if "hold" in entry.what or "lift" in entry.what]  # type: ignore[attr-defined]
    assert told == ["package:hold_confirmed", "package:lift_asked", "package:hold_lifted"]


def test_the_other_party_sees_the_package_and_decides_nothing(town: kept.Kept) -> None:
    house, no = town.house, town.dossiers[0]
    with Session(house.system.engine) as session:
        other, stranger = builders.officer(session, "fr-manager"), builders.officer(session, "hz-manager")
    with reading(house.web.engine, other) as session:
        assert keeping.package_of(session, no).dossier_no == no
    with pytest.raises(NotAllowed):
        disposal.set_hold(house.web, other, house.command(), no, "我方诉讼需要")
    with pytest.raises(NotYours):
        disposal.set_hold(house.web, stranger, house.command(), no, "诉讼需要")
