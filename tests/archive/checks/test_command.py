"""`youdang check` as people and scripts use it, on a ZIP and on the folder it unpacks to."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result

from logistics.archive.checks.opening import Unreadable, open_bytes, open_path
from logistics.archive.checks.report import Link
from logistics.archive.checks.written import read_report
from logistics.cli import main
from tests.archive.checks import filed


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "package.zip"
    path.write_bytes(filed.packed(filed.sound()))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def unpack(package: Path) -> Path:
    folder = package.parent / "unpacked"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("link", ["GD", "YJ", "BC"])
def test_a_good_package_ends_0_and_says_what_was_not_looked_at(package: Path, link: str) -> None:
    result = run(package, "--link", link)
    assert result.exit_code == 0
    for words in ("四性检测通过 PASSED", f"✓ {link}-1-1 来源真实性", f"– {link}-4-1.1 病毒检测：由本馆防病毒系统完成"):
        assert words in result.output


def test_a_folder_is_checked_like_the_zip_it_came_from(package: Path) -> None:
    folder = unpack(package)
    for place in (folder, folder / filed.TOP):
        result = run(place, "--link", "BC")
        assert result.exit_code == 0
        assert filed.TOP in result.output


def test_a_fault_ends_1_and_names_file_and_reason_in_both_languages(package: Path) -> None:
    package.write_bytes(filed.packed({**filed.sound(), "data/多余.txt": b"x"}))
    result = run(package, "--link", "GD")
    assert result.exit_code == 1
    assert "四性检测不通过 FAILED" in result.output
    assert "✗ GD-4-2.1 没有多余文件：data/多余.txt：多余文件" in result.output
    assert "data/多余.txt: foreign" in result.output


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_holds_nothing_ends_2(package: Path, content: bytes) -> None:
    package.write_bytes(content)
    assert run(package, "--link", "GD").exit_code == 2
    with pytest.raises(Unreadable):
        open_bytes(content)


def test_no_file_an_empty_folder_and_no_link_end_2(tmp_path: Path) -> None:
    assert run(tmp_path / "none.zip", "--link", "GD").exit_code == 2
    assert run(tmp_path, "--link", "GD").exit_code == 2
    assert run(tmp_path).exit_code == 2


def test_json_xml_and_paper_say_the_same(package: Path, tmp_path: Path) -> None:
    xml, sheet = tmp_path / "report.xml", tmp_path / "report.pdf"
    result = run(package, "--link", "YJ", "--json", "--xml", xml, "--pdf", sheet)
    plain = json.loads(result.output)
    report = read_report(xml.read_bytes())
    assert plain["passed"] is report.passed is True
    assert [item["code"] for item in plain["items"]] == [item.code for item in report.items]
    assert plain["items"][0]["parts"][0]["reason_en"] == report.items[0].parts[0].outcome.en
    with pikepdf.open(sheet) as drawn:
        assert b"<pdfaid:part>2" in drawn.Root.Metadata.read_bytes()
    assert run(package, "--link", "YJ", "--xml", tmp_path / "none" / "x.xml").exit_code == 2


def test_a_virus_scanner_is_asked_and_its_word_reported(package: Path) -> None:
    clean = run(package, "--link", "GD", "--scanner", "true")
    assert clean.exit_code == 0
    assert "GD-4-1.1" not in clean.output
    infected = run(package, "--link", "GD", "--scanner", "false")
    assert infected.exit_code == 1
    assert "✗ GD-4-1.1 病毒检测" in infected.output
    for broken in ("sh -c 'exit 7'", "/nowhere/scanner", ""):
        result = run(package, "--link", "GD", "--scanner", broken)
        assert result.exit_code == 2
        assert "四性检测" not in result.output


def test_a_profile_of_a_city_is_taken_from_its_file(package: Path, tmp_path: Path) -> None:
    assert run(package, "--link", "GD", "--profile", tmp_path / "none.toml").exit_code == 2
    assert run(package, "--link", "GD", "--profile", "zhejiang").exit_code == 0


def test_a_member_that_swells_and_a_link_out_of_the_folder_are_seen(package: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in filed.sound().items():
            archive.writestr(f"{filed.TOP}/{path}", content)
        archive.writestr(f"{filed.TOP}/data/x.txt", os.urandom(50_000) + b" " * (2 << 20))
    swollen = open_bytes(out.getvalue()).check(Link.BC, filed.NOW)
    assert {"BC-3-4.2", "BC-4-2.1"} <= {one.code for one in swollen.failed}
    folder = unpack(package) / filed.TOP
    (folder / "data" / "link.txt").symlink_to("/etc/hosts")
    linked = open_path(folder).check(Link.BC, filed.NOW)
    assert {"BC-1-5.1", "BC-4-2.2"} == {one.code for one in linked.failed}


def test_a_hostile_name_cannot_steer_the_terminal(package: Path) -> None:
    package.write_bytes(filed.packed({**filed.sound(), "data/\x1b[2J\x07": b"x"}))
    result = run(package, "--link", "GD")
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\\u001b[2J" in result.output


def test_it_runs_without_settings_database_or_home(package: Path, tmp_path: Path) -> None:
    """In an empty environment and folder; nothing of database, web, network or drawing is loaded."""
    script = (
        "import sys; from logistics.cli import main\n"
        "try: main(['check', sys.argv[1], '--link', 'BC'])\n"
        "except SystemExit as end: code = end.code\n"
        "loaded = {'sqlalchemy', 'sqlmodel', 'psycopg', 'flask', 'requests', 'reportlab'} & set(sys.modules)\n"
        "print(loaded or '', file=sys.stderr); sys.exit(code)"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    root = os.fspath(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", script, os.fspath(package)],
        cwd=empty, env={"PYTHONPATH": root}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, b"")
    assert list(empty.iterdir()) == []
