"""The main job as one command: the story runs, its invariants hold, its package verifies and betrays every change."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from logistics.archive.verify import verify, verify_bytes

YOUDANG = Path(sys.executable).with_name("youdang")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the story left behind."""
    out = tmp_path_factory.mktemp("story")
    done = subprocess.run(
        [YOUDANG, "demo", "--out", out], capture_output=True, text=True, timeout=300, check=False, cwd=out
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_the_story_leaves_its_papers_its_package_and_what_was_decided_and_why(told: Path) -> None:
    assert {file.name for file in told.iterdir()} >= {
        "label.pdf",
        "slip.pdf",
        "cover.pdf",
        "package.zip",
        "story.json",
    }
    story: dict[str, Any] = json.loads((told / "story.json").read_text())
    assert story["violations"] == []
    assert story["package_ok"] is True
    words = " ".join(step["what"] + step["why"] for step in story["steps"])
    for wanted in ("缺件", "破损", "Z99", "escalated", "调休上班", "移出", "免寄", "办结", "四性检测", "接收确认"):
        assert wanted in words


def test_the_archive_gets_the_very_package_with_catalogue_register_and_checksums(told: Path) -> None:
    (batch,) = (told / "移交").iterdir()
    (handed,) = batch.rglob("*.zip")
    assert handed.read_bytes() == (told / "package.zip").read_bytes()
    assert {"说明文件.TXT", "文件目录.XML", "移交与接收登记表.pdf", "校验和-SHA256.txt"} <= {
        file.name for file in batch.rglob("*")
    }


def test_the_package_bears_every_proof_there_is(told: Path) -> None:
    with zipfile.ZipFile(told / "package.zip") as package:
        names = {name.partition("/")[2] for name in package.namelist()}
    assert {f"evidence/{name}" for name in ("checkpoint.tsr", "statement.tsr", "statement.sm2")} <= names
    assert {"manifest-sm3.txt", "data/四性检测报告.xml", "data/电子文件封装包.xml", "data/premis.xml"} <= names
    assert verify(told / "package.zip").ok


def test_the_late_receipt_over_national_day_told_each_rung_once(told: Path) -> None:
    steps = json.loads((told / "story.json").read_text())["steps"]
    rungs = [step["what"] for step in steps if step["who"] == "时限"]
    assert [what.split()[1] for what in rungs] == ["warning", "due", "overdue", "escalated"]
    assert "10-10 09:00" in rungs[-1]  # the make-up Saturday is a working day


def test_the_package_verifies_by_the_command_a_stranger_would_run(told: Path) -> None:
    done = subprocess.run(
        [YOUDANG, "verify", told / "package.zip", "--json"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["ok"] is True


def test_label_and_slip_scan_back_and_their_text_is_whole(told: Path) -> None:
    story = json.loads((told / "story.json").read_text())
    waybill = next(step["waybill"] for step in story["steps"] if "waybill" in step)
    label = {code.text for code in zxingcpp.read_barcodes(_picture(told / "label.pdf", 203))}
    assert waybill in label
    assert any(text.startswith(f"YD1|W|{story['dossier']}-1|") for text in label)
    slip = {code.text for code in zxingcpp.read_barcodes(_picture(told / "slip.pdf", 203))}
    assert any(text.startswith(f"YD1|S|{story['dossier']}-1|") for text in slip)
    assert "王𠮷" in _text(told / "slip.pdf")
    for personal in ("王𠮷", "13000000017", "421202199803120017", "毕业证书"):
        assert personal not in _text(told / "label.pdf")


def test_every_file_of_the_package_betrays_a_change_a_cut_a_loss_and_a_stranger(told: Path) -> None:
    whole = (told / "package.zip").read_bytes()
    assert verify_bytes(whole).ok
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        files = {info.filename: package.read(info) for info in package.infolist()}
    assert len(files) > 20
    for name, content in files.items():
        changed = bytes([content[0] ^ 1]) + content[1:] if content else b"x"
        for mangled in (changed, content[:-1] if content else b"y"):
            _betrays({**files, name: mangled}, name)
        _betrays({other: kept for other, kept in files.items() if other != name}, name)
        _betrays({**files, f"{name}.more": b"stranger"}, f"{name}.more")


def test_every_ledger_entry_of_the_package_betrays_a_change(told: Path) -> None:
    with zipfile.ZipFile(told / "package.zip") as package:
        files = {info.filename: package.read(info) for info in package.infolist()}
    ledger = next(name for name in files if name.endswith("data/ledger.jsonl"))
    lines = files[ledger].splitlines(keepends=True)
    for at, line in enumerate(lines):
        entry = json.loads(line)
        entry["why"] += "改"
        altered = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        for kept in ([*lines[:at], altered, *lines[at + 1 :]], [*lines[:at], *lines[at + 1 :]]):
            _betrays({**files, ledger: b"".join(kept)}, ledger)


def test_a_cut_package_is_never_sound(told: Path) -> None:
    whole = (told / "package.zip").read_bytes()
    for share in (0.01, 0.3, 0.6, 0.9, 0.999):
        assert not verify_bytes(whole[: int(len(whole) * share)]).ok
    (told / "nothing.zip").write_bytes(b"")
    assert verify(told / "nothing.zip").exit_code == 2


def _betrays(files: dict[str, bytes], name: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for path, content in files.items():
            package.writestr(path, content)
    report = verify_bytes(target.getvalue())
    assert not report.ok
    inner = name.split("/", 1)[1]
    named = [fault.file for fault in report.faults]
    assert any(inner in file or file in name for file in named), (name, named[:5])


def _picture(pdf: Path, dpi: int) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=dpi / 72).to_pil().convert("L")
    finally:
        document.close()


def _text(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(document[i].get_textpage().get_text_range() for i in range(len(document)))
    finally:
        document.close()


def test_the_package_is_as_sound_to_the_page_a_stranger_opens_without_network(
    told: Path, browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "verify.html"
    subprocess.run([YOUDANG, "verify", "--page", file], check=True, timeout=60, capture_output=True)
    page = browser.new_context(offline=True, locale="zh-CN").new_page()
    page.goto(file.as_uri())
    page.set_input_files("#package", told / "package.zip")
    expect(page.locator("#verdict")).to_contain_text("核验通过")
    expect(page.locator("#report")).to_contain_text("止于办结")
    page.context.close()
