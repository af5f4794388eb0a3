"""A batch goes to the archive whole or not at all: checked, written create-only, read back, taken up after a crash."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from couriers import adapters
from logistics.errors import Malformed, NotAllowed, Rejected
from logistics.services import transfers
from logistics.services.transfers import Acknowledgement
from logistics.store import transfers as stored
from logistics.store.context import Keeping
from logistics.store.embedded import Urls
from logistics.store.transfers import Line
from logistics.tables import LedgerEntry, PackageCheck, TransferBatch
from logistics.terms import TransferLineState, TransferState
from scheduler import checkpoints, fixity, packages
from scheduler import transfers as job
from scheduler.handover.folder import Folder
from tests import builders, kept
from tests.services.conftest import EMS
from tests.services.filed import closed

SLIP = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def town(seeded: Urls, tmp_path: Path) -> Iterator[kept.Kept]:
    house = builders.house(seeded, tmp_path, adapters.from_settings({}))
    house.web = replace(house.web, keeping=Keeping(folder=tmp_path / "out"))
    house.system = replace(house.system, keeping=house.web.keeping)
    yield kept.kept(house, [kept.package(1), kept.package(2), kept.package(3)])
    house.close()


def ordered(town: kept.Kept, **changes: object) -> str:
    house = town.house
    no: str = transfers.draft(house.web, town.manager, house.command(), town.batch(**changes))["batch"]
    transfers.order(house.web, town.manager, house.command(), no)
    return no


def state(town: kept.Kept, no: str) -> tuple[TransferBatch, list[Line]]:
    with Session(town.house.system.engine) as session:
        batch = stored.by_no(session, no)
        return batch, stored.lines(session, batch)


def told(town: kept.Kept, what: str) -> list[LedgerEntry]:
    return town.rows(LedgerEntry, what=what)  # type: ignore[return-value]


def test_a_batch_lies_whole_in_the_folder_and_each_ledger_says_so(town: kept.Kept, tmp_path: Path) -> None:
    no = ordered(town)
    assert job.once(town.house.system) == 1
    batch, lines = state(town, no)
    assert (batch.state, {one.line.state for one in lines}) == (
        TransferState.HANDED_OVER, {TransferLineState.HANDED_OVER},
    )  # fmt: skip
    folder = tmp_path / "out" / no
    assert batch.location == str(folder)
    assert [one.name for one in (tmp_path / "out").iterdir()] == [no], "nothing half lies beside it"
    for one in lines:
        assert hashlib.sha256((folder / one.path).read_bytes()).hexdigest() == one.package.sha256
    summed = subprocess.run(
        ["sha256sum", "-c", "--strict", "其他/校验和-SHA256.txt"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert summed.returncode == 0, summed.stdout
    assert summed.stdout.count(": OK") == len(list(folder.rglob("*.*"))) - 1
    assert (folder / "其他/移交与接收登记表.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert "3 个" in (folder / "说明文件.TXT").read_text()
    assert (folder / "文件目录.XML").read_text().count("<顺序号>") == 3
    assert len(told(town, "package:transferred")) == 3
    assert job.once(town.house.system) == 0


def test_a_package_that_fails_is_not_handed_over_and_the_others_are(seeded: Urls, tmp_path: Path) -> None:
    house = builders.house(seeded, tmp_path, adapters.from_settings({}))
    house.web = replace(house.web, keeping=Keeping(folder=tmp_path / "out"))
    house.system = replace(house.system, keeping=house.web.keeping)
    harmed = bytearray(kept.package(2))
    harmed[harmed.index(b"<script") if b"<script" in harmed else len(harmed) // 3] ^= 1
    town = kept.kept(house, [kept.package(1), bytes(harmed)])
    no = ordered(town)
    assert job.once(house.system) == 1
    batch, lines = state(town, no)
    assert [one.line.state for one in lines] == [TransferLineState.HANDED_OVER, TransferLineState.HELD_BACK]
    assert lines[1].line.why
    assert batch.state is TransferState.HANDED_OVER
    assert not (tmp_path / "out" / no / lines[1].path).exists()
    assert [entry.dossier_id for entry in told(town, "package:held_back")] == [lines[1].line.dossier_id]
    again = transfers.draft(house.web, town.manager, house.command(), town.batch(dossiers=[town.dossiers[1]]))
    assert again["batch"] != no, "what was held back can come again"
    house.close()


@pytest.mark.parametrize("after", [0, 3])
def test_killed_in_the_middle_of_writing_it_goes_on_and_nothing_is_half(
    town: kept.Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    no, calls, real = ordered(town), [0], Folder.write

    class Killed(BaseException):
        """The process is gone."""

    def write(self: Folder, path: str, content: bytes, lock: object) -> None:
        calls[0] += 1
        if calls[0] > after:
            half = self._partial / path
            half.parent.mkdir(parents=True, exist_ok=True)
            half.with_name(half.name + ".half").write_bytes(content[: len(content) // 2])
            raise Killed
        real(self, path, content, None)

    monkeypatch.setattr(Folder, "write", write)
    with pytest.raises(Killed):
        job.once(town.house.system)
    monkeypatch.undo()
    assert not (tmp_path / "out" / no).exists()
    assert job.once(town.house.system) == 0, "another process waits for the lease to end"
    town.house.clock.advance(minutes=6)
    assert job.once(town.house.system) == 1
    assert not list((tmp_path / "out").rglob("*.half"))
    assert state(town, no)[0].state is TransferState.HANDED_OVER
    assert len(told(town, "package:transferred")) == 3


def test_killed_between_naming_the_folder_and_recording_it_is_found_whole(
    town: kept.Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = ordered(town)
    monkeypatch.setattr(Folder, "read", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        job.once(town.house.system)
    monkeypatch.undo()
    assert (tmp_path / "out" / no).exists()
    town.house.clock.advance(minutes=6)
    assert job.once(town.house.system) == 1
    assert len(told(town, "package:transferred")) == 3


def test_what_lies_there_already_is_never_written_over_and_a_person_is_asked(town: kept.Kept, tmp_path: Path) -> None:
    no = ordered(town)
    (tmp_path / "out" / no).mkdir(parents=True)
    (tmp_path / "out" / no / "说明文件.TXT").write_text("别的")
    assert job.once(town.house.system) == 0
    batch, _ = state(town, no)
    assert batch.parked_at is not None
    assert "没有覆盖" in batch.last_error
    assert (tmp_path / "out" / no / "说明文件.TXT").read_text() == "别的"
    (tmp_path / "out" / no / "说明文件.TXT").unlink()
    transfers.again(town.house.web, town.manager, town.house.command(), no)
    assert job.once(town.house.system) == 1


def test_a_disk_that_changes_what_was_written_is_seen(town: kept.Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    no = ordered(town)
    monkeypatch.setattr(Folder, "read", lambda *_: b"other")
    assert job.once(town.house.system) == 0
    batch, lines = state(town, no)
    assert "读回" in batch.last_error
    assert {one.line.state for one in lines} == {TransferLineState.WAITING}
    assert told(town, "package:transferred") == []


def test_the_archive_takes_some_and_refuses_one_which_comes_back_with_the_reason(town: kept.Kept) -> None:
    house, no = town.house, ordered(town)
    job.once(house.system)
    said = Acknowledgement("周档案", kept.CLOSED.date(), "同意接收", SLIP, {town.dossiers[1]: "缺办理结果文件"})
    with pytest.raises(Malformed) as early:
        transfers.acknowledge(house.web, town.manager, house.command(), no, said)
    assert set(early.value.fields) == {"received_on"}
    said = replace(said, received_on=kept.NOW.date())
    made = transfers.acknowledge(house.web, town.manager, house.command(), no, said)
    assert (made["accepted"], made["refused"]) == (2, 1)
    batch, lines = state(town, no)
    assert batch.state is TransferState.ACKNOWLEDGED
    assert house.system.files.get(batch.signed_sha256) == SLIP
    assert [one.line.state for one in lines].count(TransferLineState.REFUSED) == 1
    assert [entry.why for entry in told(town, "package:refused")] == ["缺办理结果文件"]
    assert len(told(town, "package:acknowledged")) == 2
    transfers.draft(house.web, town.manager, house.command(), town.batch(dossiers=[town.dossiers[1]]))
    with pytest.raises(Rejected, match="another batch"):
        transfers.draft(house.web, town.manager, house.command(), town.batch(dossiers=[town.dossiers[0]]))


def test_only_the_keepers_of_the_sending_agency_hand_its_packages_over(town: kept.Kept) -> None:
    house = town.house
    with pytest.raises(NotAllowed):
        transfers.draft(house.web, house.window, house.command(), town.batch())
    with Session(house.system.engine) as session:
        other = builders.officer(session, "fr-manager")
    with pytest.raises(NotAllowed):
        transfers.draft(house.web, other, house.command(), town.batch())
    no = ordered(town)
    with pytest.raises(Rejected):
        transfers.withdraw(house.web, town.manager, house.command(), no, "弄错了年度")


def test_a_dossier_sealed_by_the_product_itself_passes_and_goes(seeded: Urls, tmp_path: Path) -> None:
    house = builders.house(seeded, tmp_path, adapters.from_settings(EMS))
    house.web = replace(house.web, keeping=Keeping(folder=tmp_path / "out"))
    house.system = replace(house.system, keeping=house.web.keeping)
    no = closed(house)
    checkpoints.once(house.system)
    assert packages.once(house.system) == 1
    assert fixity.know_packages(house.system) == 1
    with Session(house.system.engine) as session:
        manager = builders.officer(session, "xn-manager")
    town = kept.Kept(house, [no], manager, manager, manager)
    batch = ordered(town)
    assert job.once(house.system) == 1
    found, [line] = state(town, batch)
    assert line.line.state is TransferLineState.HANDED_OVER, (line.line.why, found.last_error)
    assert (tmp_path / "out" / batch / line.path).exists()
    fixity.enrol(house.system)
    assert fixity.once(house.system) == 0
    assert keeping_of(town) == [("yj", True), ("bc", True)]
    house.close()


def keeping_of(town: kept.Kept) -> list[tuple[str, bool]]:
    return [(one.link.value, one.passed) for one in town.rows(PackageCheck)]  # type: ignore[attr-defined]
