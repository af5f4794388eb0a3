"""Pictures of originals and a second sealer, on PostgreSQL: kept, frozen by the seal, archived and verified."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from couriers import adapters
from logistics.actor import Actor
from logistics.archive import container
from logistics.archive.checks.running import run
from logistics.archive.verify import verify_bytes
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected
from logistics.rules import packing
from logistics.rules.receipt import Outside
from logistics.services import archive, dispatch, dossiers, people, pictures, receipt
from logistics.services.pictures import File
from logistics.services.second_sealer import confirm_seal
from logistics.store import find
from logistics.store.embedded import Server
from logistics.store.signing import manifest_lines
from logistics.store.work import reading
from logistics.tables import Consignment, LedgerEntry, Material, Original, Paper
from logistics.terms import CheckLink, Direction, DiscrepancyKind, Outcome, PictureOf
from scheduler import checkpoints
from tests import builders
from tests.builders import House
from tests.conftest import _new_database
from tests.photos import photo
from tests.scans import scan, scripted
from tests.services.conftest import EMS
from tests.services.filed import closed


@pytest.fixture(scope="module")
def hall(postgres: Server, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A seeded product for all of these tests: each opens a dossier of its own."""
    with _new_database(postgres, seeded_template) as urls:
        house = builders.house(urls, tmp_path_factory.mktemp("house"), adapters.from_settings(EMS))
        yield house
        house.close()


def keep(hall: House, code: str, *contents: bytes) -> list[str]:
    made = pictures.keep(hall.web, hall.window, hall.command(), code, [File(one, "照片") for one in contents])
    return list(made["papers"])


def photographed(hall: House, envelope: str, content: bytes) -> None:
    """The seal of the envelope that went out, as its receiver found it."""
    if hall.consignment(envelope).direction is Direction.OUTBOUND:
        shows = PictureOf.SEAL
        pictures.keep_of_envelope(hall.web, hall.receiver, hall.command(), envelope, [File(content)], shows)


def lines_of(hall: House, no: str) -> tuple[Consignment, list[packing.ManifestLine]]:
    with reading(hall.web.engine, hall.window) as session:
        dossier, consignment = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
        originals, digests = whole.originals_of(consignment), whole.picture_digests(consignment)
        return consignment, manifest_lines(hall.web, originals, digests)


def test_the_seal_freezes_the_pictures_and_nothing_is_added_or_withdrawn_under_it(hall: House) -> None:
    first = photo(1)
    envelope = builders.sealed(hall, 2, lambda code: keep(hall, code, first, scan(), first))
    consignment, lines = lines_of(hall, envelope.no)
    assert [len(line.pictures) for line in lines] == [2, 2]  # the same bytes are not kept twice
    digest = consignment.manifest_sha256
    assert packing.frozen_as(digest, envelope.no, consignment.seal_no, lines) == "youdang-manifest-2"
    code = envelope.originals[0]
    with pytest.raises(Rejected) as why:
        keep(hall, code, photo(2))
    assert why.value.rule == "frozen"
    with pytest.raises(Rejected) as why:
        pictures.withdraw(hall.web, hall.window, hall.command(), f"{code}-P01", "拍糊了")
    assert why.value.rule == "frozen"
    dispatch.reopen(hall.web, hall.window, hall.command(), envelope.no, "照片拍糊了")
    pictures.withdraw(hall.web, hall.window, hall.command(), f"{code}-P01", "拍糊了")
    assert keep(hall, code, photo(3)) == [f"{code}-P03"]
    dispatch.seal(hall.web, hall.window, hall.command(), envelope.no, f"{consignment.seal_no}B")
    again, _ = lines_of(hall, envelope.no)
    assert again.manifest_sha256 != digest


def test_the_bytes_stay_as_they_came_and_only_parties_see_them(hall: House) -> None:
    content = photo(9, turned=True)
    envelope = builders.sealed(hall, 1, lambda code: keep(hall, code, content))
    paper = f"{envelope.originals[0]}-P01"
    for actor in (hall.window, hall.receiver):
        assert pictures.fetch(hall.web, actor, paper)[1:] == ("image/jpeg", content)
        assert pictures.fetch(hall.web, actor, paper, small=True)[2] != content
    with Session(hall.system.engine) as session:
        stranger = builders.officer(session, "hz-window")
    with pytest.raises(NotYours):
        pictures.fetch(hall.web, stranger, paper)
    with pytest.raises(NotYours):
        pictures.keep(hall.web, stranger, hall.command(), envelope.originals[0], [File(photo())])


def test_a_batch_with_one_bad_file_keeps_none_and_a_repeat_keeps_once(hall: House) -> None:
    no = builders.opened(hall)
    code = str(dossiers.list_original(hall.web, hall.window, hall.command(), no, builders.paper())["original"])
    for bad in (b"", b"not a picture", scripted(), photo(form="GIF")):
        with pytest.raises(Malformed):
            keep(hall, code, photo(1), bad)
    command = hall.command()
    for _ in range(2):
        pictures.keep(hall.web, hall.window, command, code, [File(photo(1))])
    with Session(hall.system.engine) as session:
        kept = session.exec(select(Paper).where(Paper.kind == "picture", Paper.no.startswith(code))).all()
    assert [paper.no for paper in kept] == [f"{code}-P01"]


def test_a_receiver_shows_damage_in_the_envelope_that_was_counted(hall: House) -> None:
    envelope = builders.sealed(hall, 1)
    form = f"ZR-{envelope.no[-8:].replace('-', '')}"
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, dispatch.MANUAL, form)
    code = envelope.originals[0]
    given = (hall.web, hall.receiver, hall.command(), code, [File(photo(5))], PictureOf.DAMAGE, envelope.no)
    with pytest.raises(NotYours):
        pictures.keep(*given)
    builders.received(hall, envelope)
    assert pictures.keep(*given)["papers"] == [f"{code}-P01"]


def test_an_envelope_and_its_seal_are_photographed_before_it_is_opened_and_by_its_receiver_alone(hall: House) -> None:
    envelope = builders.sealed(hall, 1)

    def shown(actor: Actor, content: bytes, shows: PictureOf = PictureOf.SEAL) -> list[str]:
        given = (hall.web, actor, hall.command(), envelope.no, [File(content)], shows)
        return list(pictures.keep_of_envelope(*given)["papers"])

    with pytest.raises(Rejected) as why:
        shown(hall.receiver, photo(31))
    assert why.value.rule == "stage"  # it has not been sent
    form = f"ZR-{envelope.no[-8:].replace('-', '')}"
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, dispatch.MANUAL, form)
    with Session(hall.system.engine) as session:
        stranger = builders.officer(session, "hz-window")
    for actor, refusal in ((stranger, NotYours), (hall.manager, NotAllowed)):
        with pytest.raises(refusal):
            shown(actor, photo(31))
    assert shown(hall.receiver, photo(31)) == [f"{envelope.no}-P01"]
    assert shown(hall.receiver, photo(31)) == []  # the same bytes are not kept twice
    assert shown(hall.receiver, photo(32), PictureOf.ENVELOPE) == [f"{envelope.no}-P02"]
    receipt.receive(
        hall.web, hall.receiver, hall.command(), envelope.no, hall.consignment(envelope.no).seal_no,
        {envelope.originals[0]: Outcome.RECEIVED}, outside=Outside(seal_broken=True, damaged=True),
    )  # fmt: skip
    assert shown(hall.receiver, photo(90), PictureOf.ENVELOPE) == [f"{envelope.no}-P03"]
    pictures.withdraw(hall.web, hall.receiver, hall.command(), f"{envelope.no}-P03", "拍糊了")
    with reading(hall.web.engine, hall.window) as session:
        dossier, consignment = find.consignment_by_no(session, envelope.no)
        whole = find.whole(session, dossier)
        assert [one.shows for one, _paper in whole.pictures_of_envelope(consignment)] == ["seal", "envelope"]
        entries = [one for one in whole.entries if one.what in ("paper:kept", "consignment:received")]
        assert [one.facts.get("shows") for one in entries] == ["seal", "envelope", None, "envelope"]
        assert {one.facts["consignment"] for one in entries} == {envelope.no}
        assert {(row.kind, row.key) for row in whole.discrepancies} == {
            (DiscrepancyKind.SEAL, f"seal:{envelope.no}:broken"), (DiscrepancyKind.DAMAGED, f"damaged:{envelope.no}"),
        }  # fmt: skip
    assert not entries[2].facts["seal_intact"]


def test_a_package_carries_the_pictures_and_the_four_checks_pass(hall: House) -> None:
    first, second, seal = photo(21), scan(), photo(23)
    no = closed(
        hall,
        look=lambda code: keep(hall, code, first, second, photo(22, "PNG")),
        arrived=lambda envelope: photographed(hall, envelope, seal),
    )
    checkpoints.once(hall.system)
    archive.seal_package(hall.system, no)
    with Session(hall.system.engine) as session:
        wanted = select(Paper).where(Paper.kind == "package", Paper.no.startswith(no))
        package = hall.system.files.get(session.exec(wanted).one().sha256)
    assert verify_bytes(package).ok
    inside = {name.partition("/")[2]: content or b"" for name, _at, content in container.walk(package)}
    pictured = {name: content for name, content in inside.items() if "原件影像" in name}
    assert len(pictured) == 3
    assert {first, second} < set(pictured.values())
    assert [content for name, content in inside.items() if "封签照片-第1封" in name] == [seal]
    told = json.loads(inside["data/dossier.json"])["consignments"][0]
    assert told["到件照片 sha256"] == [hashlib.sha256(seal).hexdigest()]
    folder = next(name.partition("/")[0] for name, _at, _content in container.walk(package))
    report = run(inside, CheckLink.BC, hall.clock(), folder=folder)
    assert report.passed, report.failed


def test_an_envelope_of_a_class_that_asks_for_two_waits_for_the_second(hall: House) -> None:
    envelope = builders.sealed(hall, 1)
    with Session(hall.system.engine) as session, session.begin():
        original = session.exec(select(Original).where(Original.code == envelope.originals[0])).one()
        material = session.exec(select(Material).where(Material.name == "毕业证书")).first()
        assert material is not None
        original.material_id, material.two_sealers = material.id, True
        session.add_all((original, material))
    with pytest.raises(Rejected) as why:
        dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems")
    assert why.value.rule == "second_sealer"
    with pytest.raises(Rejected) as why:
        confirm_seal(hall.web, hall.window, hall.command(), envelope.no)
    assert why.value.rule == "same_person"
    colleague = people.vouch(hall.web, "xn-window2", "youdang-demo-2026")
    confirm_seal(hall.web, colleague, hall.command(), envelope.no, at_the_desk=True)
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems")
    with Session(hall.system.engine) as session:
        wanted = select(LedgerEntry).where(LedgerEntry.what == "consignment:seal_confirmed")
        entry = session.exec(wanted).one()
    assert entry.actor == colleague.id


def test_a_colleague_vouches_with_the_right_password_only(hall: House) -> None:
    with pytest.raises(Rejected) as why:
        people.vouch(hall.web, "xn-window2", "wrong")
    assert why.value.rule == "log_in_refused"
