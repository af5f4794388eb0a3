"""What a package is: reproducible, a valid bag, readable with ordinary tools, and refused where it could not verify."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from logistics.archive.checkpoints import fingerprint, raw_public, read_checkpoint, sign_checkpoint, verify_checkpoint
from logistics.archive.contents import HandoverRecord, PaperRecord
from logistics.archive.package import build
from logistics.archive.verify import verify_bytes
from logistics.rules import chain
from tests.archive import made_up


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(made_up.sound())) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    return tmp_path / made_up.TOP


def test_the_same_input_gives_the_same_bytes():
    assert build(made_up.given(), made_up.KEY) == build(made_up.given(), made_up.KEY)


def test_a_sound_package_has_no_fault_and_says_what_is_proven_and_what_is_not():
    report = verify_bytes(made_up.sound())
    assert (report.ok, report.faults, report.exit_code) == (True, (), 0)
    assert report.facts["dossier_no"] == made_up.NO
    assert report.facts["key_fingerprint"] == fingerprint(raw_public(made_up.KEY))
    assert "2 log heads printed on papers" in report.proven[-1].en
    assert "--key" in report.not_proven[0].en


def test_the_librarians_own_tool_finds_the_bag_valid(unpacked):
    assert bagit.Bag(os.fspath(unpacked)).validate()
    assert (unpacked / "bagit.txt").read_text().startswith("BagIt-Version: 1.0\n")


def test_nothing_but_files_in_one_folder_with_fixed_times_is_in_the_zip():
    with zipfile.ZipFile(io.BytesIO(made_up.sound())) as archive:
        infos = archive.infolist()
    names = [info.filename for info in infos]
    assert names == sorted(names, key=str.encode)
    assert all(name.startswith(made_up.TOP + "/") and not name.endswith("/") for name in names)
    assert {(info.date_time, info.compress_type, info.extra, info.comment) for info in infos} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, b"", b"")
    }


def test_the_readme_explains_the_package_in_both_languages(unpacked):
    text = (unpacked / "说明-README.txt").read_text(encoding="utf-8")
    assert "$" not in text
    for word in (made_up.NO, "怎样核验", "How to check it", fingerprint(raw_public(made_up.KEY)), "𠮷"):
        assert (word in text) == (word != "𠮷")


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="a tool of GNU systems")
def test_the_commands_of_the_readme_work(unpacked):
    commands = [row.strip() for row in (unpacked / "说明-README.txt").read_text(encoding="utf-8").splitlines()]
    commands = [row for row in commands if row.startswith(("sha256sum ", "openssl "))]
    assert len(commands) == 3
    for command in commands:
        if shutil.which(command.split()[0]):
            subprocess.run(command.split(), cwd=unpacked, check=True, capture_output=True)


def test_the_key_file_is_an_ordinary_public_key_file(unpacked):
    content = (unpacked / "evidence/public-key.pem").read_bytes()
    key = load_pem_public_key(content[content.index(b"-----BEGIN") :])
    key.verify((unpacked / "evidence/statement.sig").read_bytes(), (unpacked / "evidence/statement.json").read_bytes())


def test_each_raw_message_is_there_byte_for_byte_under_its_digest(unpacked):
    for message in made_up.raw():
        path = unpacked / "data/events/raw" / hashlib.sha256(message.content).hexdigest()
        assert path.read_bytes() == message.content


def test_the_whole_chain_is_there_one_entry_a_line(unpacked):
    lines = (unpacked / "data/ledger.jsonl").read_bytes().splitlines()
    assert [chain.read(line) for line in lines] == made_up.entries()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"record_no": "../x"}, "names a folder"),
        ({"dossier_no": "other"}, "another dossier"),
        ({"entries": made_up.entries()[:-2]}, "dossier:closed"),
        ({"entries": []}, "dossier:closed"),
        ({"entries": made_up.entries()[1:]}, "does not hold"),
        ({"proofs": made_up.given().proofs[:-1]}, "no inclusion proof"),
        ({"witnesses": made_up.given().witnesses[:1]}, "no consistency proof"),
        ({"witnesses": [replace(one, path=one.path[1:]) for one in made_up.given().witnesses]}, "no consistency proof"),
        ({"checkpoint": made_up.given(made_up.OTHER_KEY).checkpoint}, "checkpoint was not signed"),
        ({"papers": [PaperRecord("data/../a.pdf", "slip", "x", b"")]}, "unfit or used twice"),
        (
            {
                "papers": [
                    PaperRecord("data/过程文件/a.pdf", "slip", "x", b""),
                    PaperRecord("data/过程文件/a.pdf", "slip", "y", b""),
                ]
            },
            "used twice",
        ),
        ({"handovers": [HandoverRecord("unknown", 1, made_up.at(0), {}, {}, "")]}, "no such original"),
        ({"agency_name": "two\nlines"}, "one line"),
    ],
)
def test_input_that_could_not_verify_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(replace(made_up.given(), **change), made_up.KEY)


def test_a_checkpoint_is_signed_over_text_that_a_person_can_write_down():
    checkpoint = sign_checkpoint(made_up.KEY, size=7, root=b"\x01" * 32, signed_at=made_up.at(0))
    text = b"youdang\n7\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n2026-09-28T01:00:00.000007Z\n"
    made_up.KEY.public_key().verify(bytes.fromhex(checkpoint.signature), text)
    assert read_checkpoint(json.loads(json.dumps(checkpoint.plain()))) == checkpoint


@pytest.mark.parametrize(
    "change",
    [
        {"size": 8},
        {"root_hex": "02" * 32},
        {"signed_at": made_up.at(1)},
        {"key_id": "00" * 32},
        {"public_key": raw_public(made_up.OTHER_KEY).hex()},
        {"signature": "00" * 64},
    ],
)
def test_a_changed_checkpoint_does_not_verify(change):
    checkpoint = sign_checkpoint(made_up.KEY, size=7, root=b"\x01" * 32, signed_at=made_up.at(0))
    assert verify_checkpoint(checkpoint)
    assert not verify_checkpoint(replace(checkpoint, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"size": True},
        {"size": -1},
        {"root": "AA" * 32},
        {"root": "zz" * 32},
        {"origin": "x"},
        {"more": 1},
        {"signed_at": 3},
    ],
)
def test_a_malformed_checkpoint_is_refused(change):
    checkpoint = sign_checkpoint(made_up.KEY, size=7, root=b"\x01" * 32, signed_at=made_up.at(0))
    with pytest.raises(ValueError):  # noqa: PT011  each has its own words
        read_checkpoint({**checkpoint.plain(), **change})
