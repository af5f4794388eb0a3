"""`youdang paper`: other systems make papers with it, and read its exit code."""

import dataclasses
import json
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from labels.printers import proof
from logistics.cli import main
from tests.labels.examples import LABEL, STICKER, slip
from tests.labels.test_pictured import RARE, png
from tests.labels.test_reading import plain


def run(*words: object, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["paper", *(str(word) for word in words)], input=given)


def test_the_format_follows_the_ending_or_the_option(tmp_path: Path) -> None:
    source = tmp_path / "label.json"
    source.write_text(plain(LABEL), "utf-8")
    starts = {
        "pdf": b"%PDF-1.7",
        "zpl": b"^XA",
        "tspl": b"SIZE 100 mm,150 mm",
        "cpcl": b"! 0 200 200",
        "png": b"\x89PNG",
    }
    for kind, start in starts.items():
        for out, more in ((tmp_path / f"out.{kind}", ()), (tmp_path / "out.prn", ("--format", kind))):
            done = run("label", source, out, *more)
            assert done.exit_code == 0, done.output
            assert out.read_bytes().startswith(start)
    assert run("label", source, tmp_path / "out.prn").exit_code == 2


def test_standard_input_is_read_and_the_printer_has_its_dots(tmp_path: Path) -> None:
    out = tmp_path / "sticker.zpl"
    assert run("original", "-", out, "--dpi", "300", given=plain(STICKER)).exit_code == 0
    assert proof.scan(proof.picture("zpl", out.read_bytes(), 300)) == [("QRCode", STICKER.qr_text)]


def test_a_picture_of_several_pages_is_several_files(tmp_path: Path) -> None:
    assert run("slip", "-", tmp_path / "slip.png", given=plain(slip(30))).exit_code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["slip-1.png", "slip-2.png"]
    with Image.open(tmp_path / "slip-1.png") as page:
        assert page.size == (1678, 2373)


@pytest.mark.parametrize("kind", ["pdf", "zpl", "tspl", "cpcl", "png"])
def test_an_unlawful_label_is_refused_in_every_format_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    secret = {**json.loads(plain(LABEL)), "secrecy": "机密"}
    done = run("label", "-", tmp_path / f"out.{kind}", given=json.dumps(secret))
    assert done.exit_code == 1
    assert "机要" in done.output
    assert not list(tmp_path.iterdir())


def test_wrong_input_is_told_field_by_field_and_nothing_is_written(tmp_path: Path) -> None:
    done = run("label", "-", tmp_path / "out.pdf", given='{"copy_no": "1"}')
    assert done.exit_code == 2
    assert "copy_no 应为不带引号的整数" in done.output
    assert "缺少字段 waybill_no" in done.output
    assert not list(tmp_path.iterdir())


def test_a_batch_becomes_one_pdf_or_nothing(tmp_path: Path) -> None:
    good = [{"kind": kind, "paper": json.loads(plain(paper))} for kind, paper in (("label", LABEL), ("slip", slip(60)))]
    out = tmp_path / "all.pdf"
    assert run("batch", "-", out, "--verify", given=json.dumps(good)).exit_code == 0
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == 5
    out.unlink()
    secret = {**good[0], "paper": {**good[0]["paper"], "secrecy": "机密"}}
    done = run("batch", "-", out, given=json.dumps([*good, secret]))
    assert done.exit_code == 1
    assert "第 3 张" in done.output
    assert run("batch", "-", out, given="[]").exit_code == 2
    assert run("batch", "-", tmp_path / "all.zpl", given=json.dumps(good)).exit_code == 2
    assert run("label", "-", out, "--verify", given=plain(LABEL)).exit_code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["pdf", "zpl", "png"])
def test_a_character_no_font_has_is_printed_from_the_picture_given_for_it(tmp_path: Path, kind: str) -> None:
    picture, out = tmp_path / "rare.png", tmp_path / f"out.{kind}"
    picture.write_bytes(png())
    label = plain(dataclasses.replace(LABEL, destination_mark=RARE))
    assert run("label", "-", out, given=label).exit_code == 1
    assert run("label", "-", out, "--glyph", f"{RARE}={picture}", given=label).exit_code == 0
    assert out.stat().st_size > 1000
    assert run("label", "-", out, "--glyph", f"{RARE}={tmp_path / 'no.png'}", given=label).exit_code == 2
    assert run("label", "-", out, "--glyph", RARE, given=label).exit_code == 1


def test_a_sheet_for_a_label_printer_is_refused_with_the_way_out(tmp_path: Path) -> None:
    done = run("slip", "-", tmp_path / "out.zpl", given=plain(slip()))
    assert done.exit_code == 1
    assert "PDF" in done.output


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    done = run("label", "-", tmp_path / "no" / "out.pdf", given=plain(LABEL))
    assert done.exit_code == 1
    assert "写不了" in done.output
