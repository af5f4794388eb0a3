"""`youdang verify` as people and scripts use it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from logistics.archive import evidence, page
from logistics.archive.checkpoints import fingerprint, raw_public
from logistics.cli import main
from tests.archive import made_up

OURS = fingerprint(raw_public(made_up.KEY))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "package.zip"
    path.write_bytes(made_up.sound())
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def test_a_sound_package_ends_0_and_both_languages_say_what_is_proven(package):
    result = run(package)
    assert result.exit_code == 0
    for words in ("核验通过 SOUND", "已证明 Proven", "未证明 Not proven", OURS, "止于办结"):
        assert words in result.output


def test_a_fault_ends_1_and_names_file_and_reason(package):
    package.write_bytes(made_up.packed({**made_up.contents(), "data/过程文件/stray.pdf": b""}))
    result = run(package)
    assert result.exit_code == 1
    assert "核验不通过 FAULT FOUND" in result.output
    assert "✗ data/过程文件/stray.pdf" in result.output
    assert "多出的文件" in result.output


def test_the_four_checks_are_told_beside_the_verdict_and_do_not_change_it(package):
    result = run(package)  # its papers are stand-ins and no PDF/A
    assert result.exit_code == 0
    assert "四性检测" in result.output
    assert "✗ GD-3-2.1" in result.output
    told = json.loads(run(package, "--json").output)["four_checks"]
    assert told["passed"] is False
    assert told["items"]["pass"] > told["items"]["fail"] > 0
    package.write_bytes(b"no zip at all")
    assert json.loads(run(package, "--json").output)["four_checks"] is None


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04"])
def test_what_cannot_be_read_ends_2(package, content):
    package.write_bytes(content)
    assert run(package).exit_code == 2


def test_a_file_that_is_not_there_or_a_folder_ends_2(tmp_path):
    assert run(tmp_path / "none.zip").exit_code == 2
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "没有这个文件" in result.output


def test_the_report_as_json_holds_the_same(package):
    report = json.loads(run(package, "--json").output)
    assert (report["ok"], report["exit"], report["faults"]) == (True, 0, [])
    assert report["facts"]["key_fingerprint"] == OURS
    package.write_bytes(made_up.packed({**made_up.contents(), "data/custody.json": b"{}"}))
    report = json.loads(run(package, "--json").output)
    assert report["exit"] == 1
    assert report["faults"][0]["file"] == "data/custody.json"
    assert report["faults"][0].keys() == {"file", "code", "reason_zh", "reason_en"}


def test_the_key_is_named_by_fingerprint_or_by_file(package, tmp_path):
    spaced = ":".join(OURS[i : i + 4].upper() for i in range(0, 64, 4))
    pem = tmp_path / "key.pem"
    pem.write_bytes(made_up.contents()[evidence.PUBLIC_KEY])
    for key in (OURS, spaced, pem):
        result = run(package, "--key", key)
        assert result.exit_code == 0
        assert "签名出自指定的公钥" in result.output
    other = run(package, "--key", fingerprint(raw_public(made_up.OTHER_KEY)))
    assert other.exit_code == 1
    assert f"✗ {evidence.PUBLIC_KEY}" in other.output


@pytest.mark.parametrize("key", ["abc", "0" * 63, "/nowhere/key.pem"])
def test_a_key_that_is_none_is_refused(package, key):
    result = run(package, "--key", key)
    assert result.exit_code == 2
    assert "64" in result.output


def test_the_page_for_browsers_is_written_the_same_every_time(tmp_path):
    file = tmp_path / "verify.html"
    result = run("--page", file)
    assert result.exit_code == 0
    assert file.read_bytes() == page.whole()
    assert hashlib.sha256(page.whole()).hexdigest() in result.output
    assert run("--page", tmp_path / "none" / "verify.html").exit_code == 1
    assert run("--page", file, tmp_path / "package.zip").exit_code == 2
    assert run().exit_code == 2


def test_a_hostile_name_cannot_steer_the_terminal(package):
    package.write_bytes(made_up.packed({**made_up.contents(), "data/\x1b[2J\x1b]0;x\x07": b""}))
    result = run(package)
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\\u001b[2J" in result.output


def test_it_runs_without_settings_database_or_home(package, tmp_path):
    """In an empty environment and folder; none of the database's, web's or network's libraries is loaded."""
    script = (
        "import sys; from logistics.cli import main\n"
        "try: main(['verify', sys.argv[1]])\n"
        "except SystemExit as end: code = end.code\n"
        "loaded = {'sqlalchemy', 'sqlmodel', 'psycopg', 'flask', 'requests', 'reportlab'} & set(sys.modules)\n"
        "print(loaded or '', file=sys.stderr); sys.exit(code)"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    root = os.fspath(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script, os.fspath(package)],
        cwd=empty, env={"PYTHONPATH": root}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, b"")
    assert list(empty.iterdir()) == []
