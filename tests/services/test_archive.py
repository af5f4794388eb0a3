"""Sealing, on PostgreSQL: what goes in, under which numbers, and that nothing is stored where something is wrong."""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bagit
import pikepdf
import pytest
from lxml import etree
from sqlmodel import Session, col, select

from couriers import adapters
from logistics.actor import SYSTEM
from logistics.archive import container, describing, profiles, sm
from logistics.archive.checks.running import run
from logistics.archive.means import NOTHING, SealingMeans, StampRefused
from logistics.archive.verify import verify_bytes
from logistics.errors import Rejected
from logistics.rules.archival_code import read
from logistics.services import archive
from logistics.services.archive import sealing
from logistics.services.archive.contents import gather
from logistics.store import filing, find
from logistics.store.embedded import Server
from logistics.store.work import reading, work
from logistics.tables import Agency, Dossier, FilingCounter, LedgerEntry, Paper, ServiceItem
from logistics.terms import CheckLink
from scheduler import checkpoints, packages
from tests import builders
from tests.archive.test_sm import private_pem
from tests.builders import House
from tests.conftest import _new_database
from tests.services.conftest import EMS
from tests.services.filed import closed

TOP = "421200-J201-430102-XL-001-2026-D30-000001"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def hall(postgres: Server, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A product with two closed dossiers under a signed head: the first is sealed, the second waits."""
    with _new_database(postgres, seeded_template) as urls:
        house = builders.house(urls, tmp_path_factory.mktemp("house"), adapters.from_settings(EMS))
        first, _ = closed(house, 2), closed(house)
        checkpoints.once(house.system)
        archive.seal_package(house.system, first)
        yield house
        house.close()


@pytest.fixture(scope="module")
def package(hall: House) -> bytes:
    """The sealed package."""
    return hall.system.files.get(kept(hall)[0].sha256)


@pytest.fixture(scope="module")
def files(package: bytes) -> Files:
    """Its files by path inside the folder."""
    return opened(package)


def opened(data: bytes) -> Files:
    return {name.partition("/")[2]: content or b"" for name, _, content in container.walk(data)}


def kept(hall: House) -> list[Paper]:
    with Session(hall.system.engine, expire_on_commit=False) as session:
        return list(session.exec(select(Paper).where(Paper.kind == "package")))


def waiting(hall: House) -> str:
    """The dossier that was not sealed."""
    with Session(hall.system.engine) as session:
        return session.exec(select(Dossier.no).order_by(col(Dossier.id).desc())).first() or ""


class Enough(Exception):
    """The transaction is not wanted."""


def built(hall: House, means: SealingMeans) -> bytes:
    """The package of the waiting dossier as it would be stored; nothing is."""
    made = []
    with contextlib.suppress(Enough), work(hall.system, SYSTEM, "try") as w:
        profile = profiles.load(means.profile)
        gathered = gather(w, find.whole(w.session, w.dossier(waiting(hall))), profile)
        made.append(sealing.build(hall.system, gathered, profile, means))
        raise Enough
    return made[0]


@contextlib.contextmanager
def changed(hall: House, table: type[Any], **values: object) -> Iterator[None]:
    """Every row of the table has these values for a while."""
    with Session(hall.system.engine) as session, session.begin():
        rows = session.exec(select(table)).all()
        before = [{name: getattr(row, name) for name in values} for row in rows]
        for row in rows:
            row.sqlmodel_update(values)
            session.add(row)
    yield
    with Session(hall.system.engine) as session, session.begin():
        for row, was in zip(session.exec(select(table)).all(), before, strict=True):
            row.sqlmodel_update(was)
            session.add(row)


def test_a_closed_dossier_becomes_a_package_under_its_archival_numbers(hall: House, package: bytes) -> None:
    report = verify_bytes(package)
    assert report.ok, report.faults
    assert report.facts["record_no"] == TOP
    told = json.loads(opened(package)["data/dossier.json"])
    assert (told["archival_code"], told["retention"], told["secrecy"]) == ("J201-ZY·2026-D30-0001", "D30", "none")
    with Session(hall.system.engine) as session:
        entry = session.exec(select(LedgerEntry).where(LedgerEntry.what == "package:sealed")).one()
    assert entry.facts["record_no"] == TOP
    assert read(entry.facts["archival_code"]).number == 1


def test_its_folders_hold_cover_papers_signatures_and_the_main_file(files: Files) -> None:
    papers = [path.removeprefix("data/") for path in files if path.startswith("data/") and "文件/" in path]
    assert papers == sorted(papers)
    assert [path for path in papers if not path.startswith("过程")] == [
        "申报文件/A01-专档封面.pdf", "申报文件/A02-专档封面.pdf", "结果文件/C01-专档主文件.pdf",
    ]  # fmt: skip
    process = [path.partition("-")[2] for path in papers if path.startswith("过程")]
    assert process[0] == "原件交接单.pdf"
    assert len([one for one in process if one.startswith("签字-") and one.endswith(".png")]) == 4


def test_the_main_file_carries_the_records_byte_for_byte(files: Files) -> None:
    with pikepdf.open(io.BytesIO(files["data/结果文件/C01-专档主文件.pdf"])) as pdf:
        inside = {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
    for name in ("dossier.json", "custody.json", "ledger.jsonl"):
        assert inside[name] == files[f"data/{name}"]
    assert inside["events.json"] == files["data/events/events.json"]


def test_the_librarians_tool_finds_the_bag_valid(package: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as archived:
        archived.extractall(tmp_path)
    assert bagit.Bag(os.fspath(tmp_path / TOP)).validate()


def test_the_report_inside_says_that_the_four_checks_passed_and_they_pass_again(hall: House, files: Files) -> None:
    root = etree.fromstring(files["data/四性检测报告.xml"])
    assert "GD-1-1" in etree.tostring(root, encoding="unicode")
    assert files["data/四性检测报告.pdf"].startswith(b"%PDF-1.7")
    again = run(files, CheckLink.BC, hall.clock(), folder=TOP)
    assert again.passed, again.failed


@pytest.mark.parametrize("name", profiles.SHIPPED)
def test_both_profiles_make_packages_that_keep_to_their_schemas(hall: House, name: str) -> None:
    profile = profiles.load(name)
    made = built(hall, SealingMeans(profile=name))
    assert verify_bytes(made).ok
    for path, sheet in zip(describing.names(profile), [profile.basic, profile.process, profile.scope], strict=False):
        assert sheet is not None
        content = etree.fromstring(opened(made)[path])
        etree.XMLSchema(etree.fromstring(profiles.sheet_xsd(sheet))).assertValid(content)


def test_sm2_signature_and_sm3_manifest_go_in_where_they_are_asked_for(hall: House) -> None:
    made = built(hall, SealingMeans(sm2=sm.load(private_pem()), sm3_manifest=True))
    inside = opened(made)
    assert verify_bytes(made).ok
    assert sm.verify(
        inside["evidence/sm2-public-key.pem"], inside["evidence/statement.sm2"], inside["evidence/statement.json"]
    )
    assert inside["manifest-sm3.txt"].count(b"\n") == inside["manifest-sha256.txt"].count(b"\n")


def test_a_dossier_is_sealed_once(hall: House) -> None:
    first = kept(hall)[0]
    with Session(hall.system.engine) as session:
        no = session.get_one(Dossier, first.dossier_id).no
    assert archive.seal_package(hall.system, no) == first.sha256
    assert len(kept(hall)) == 1


def test_without_a_fonds_number_nothing_is_sealed_and_it_is_said_who_lacks_it(hall: House) -> None:
    no = waiting(hall)
    assert archive.ready(hall.system) == [no]
    assert [one.missing for one in archive.waiting(hall.system)] == ["checkpoint"]
    with changed(hall, Agency, fonds_no=""):
        assert archive.ready(hall.system) == []
        assert packages.once(hall.system) == 0
        [told] = archive.waiting(hall.system)
        assert (told.dossier_no, told.missing) == (no, "fonds_no")
        assert "咸宁市政务服务大厅没有全宗号" in told.zh
        with reading(hall.web.engine, hall.window) as session:
            assert filing.waiting(session) == [told]
        with pytest.raises(Rejected) as refused:
            archive.seal_package(hall.system, no)
        assert refused.value.rule == "no_fonds_no"


def no_answer(_: bytes) -> bytes:
    raise StampRefused("时间戳机构没有应答")


def unsound(_: bytes) -> bytes:
    return b"no PDF at all"


@pytest.mark.parametrize(
    ("means", "item", "fault"),
    [
        (SealingMeans(stamp=no_answer), {}, StampRefused),
        (SealingMeans(sign_pdf=unsound), {}, archive.PackageUnsound),
        (NOTHING, {"name": ""}, profiles.ElementMissing),
        (NOTHING, {"retention": "D20"}, Rejected),
        (SealingMeans(profile="/nowhere.toml"), {}, profiles.ProfileFault),
    ],
)
def test_where_something_is_wrong_nothing_is_stored_and_no_number_is_used_up(
    hall: House, means: SealingMeans, item: dict[str, str], fault: type[Exception]
) -> None:
    with changed(hall, ServiceItem, **item), pytest.raises(fault):
        archive.seal_package(hall.system, waiting(hall), means)
    assert len(kept(hall)) == 1
    with Session(hall.system.engine) as session:
        assert [one.last for one in session.exec(select(FilingCounter))] == [1]


def test_what_was_made_after_the_closing_stays_out(hall: House, files: Files) -> None:
    assert b"package:sealed" not in files["data/ledger.jsonl"]
    assert files["data/ledger.jsonl"].splitlines()[-1].count(b'"what":"dossier:closed"') == 1
