"""Every label, resolution and language: what a printer would put on paper reads back as it was meant."""

import contextlib
import dataclasses
import functools
import hashlib
import itertools
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from labels.draw import drawing
from labels.fonts import MissingCharacter
from labels.papers import UnlawfulPaper, WaybillLabel
from labels.printers import plate, proof
from labels.printers.face import Dpi, Face, NotForThisPrinter
from labels.printers.press import LANGUAGES, Language, pictures, press
from labels.printers.proof import UnreadablePrint
from labels.printers.readers.bed import NotUnderstood
from tests.labels.examples import FURONG, LABEL, SEAL, THERMAL, XIANNING, cover, handover, slip

DPIS: tuple[Dpi, ...] = (203, 300)
EVERY = [(name, dpi, language) for name in THERMAL for dpi in DPIS for language in LANGUAGES]


@functools.cache
def printed(name: str, dpi: Dpi, language: Language) -> bytes:
    return press(THERMAL[name], language, dpi)


@functools.cache
def face(name: str, dpi: Dpi) -> Face:
    return plate.faces(drawing(THERMAL[name]), dpi)[0]


def grown(dots: Image.Image, right: int, down: int) -> Image.Image:
    """Every black area one dot larger: a hot head, a soft ribbon."""
    return ImageChops.logical_or(dots, ImageChops.offset(dots, right, down))


def shrunk(dots: Image.Image, right: int, down: int) -> Image.Image:
    """Every black area one dot smaller: a cold head, a fast feed."""
    return ImageChops.logical_and(dots, ImageChops.offset(dots, right, down))


@pytest.mark.parametrize(("name", "dpi", "language"), EVERY)
def test_each_label_reads_back_from_the_dots_of_its_own_bytes(name: str, dpi: Dpi, language: Language) -> None:
    dots = proof.picture(language, printed(name, dpi, language), dpi)
    codes = face(name, dpi).codes()
    assert proof.scan(dots) == codes
    for right, down in ((1, 0), (0, 1), (1, 1)):
        assert proof.scan(grown(dots, right, down)) == codes
        assert proof.scan(shrunk(dots, right, down)) == codes


@pytest.mark.parametrize(("name", "dpi", "language"), EVERY)
def test_another_scanner_reads_the_same(name: str, dpi: Dpi, language: Language) -> None:
    zbar = pytest.importorskip("pyzbar.pyzbar", reason="the zbar library is not installed", exc_type=ImportError)
    dots = proof.picture(language, printed(name, dpi, language), dpi)
    for image in (dots, grown(dots, 1, 0), shrunk(dots, 1, 0)):
        found = zbar.decode(ImageChops.invert(image.convert("L")))
        kinds = {"CODE128": "Code128", "QRCODE": "QRCode"}
        assert sorted((kinds[one.type], one.data.decode("ascii")) for one in found) == face(name, dpi).codes()


@pytest.mark.parametrize(("name", "dpi"), [(name, dpi) for name in THERMAL for dpi in DPIS])
def test_the_three_languages_put_the_same_dots_on_paper(name: str, dpi: Dpi) -> None:
    wanted = face(name, dpi).image()
    for language in LANGUAGES:
        dots = proof.picture(language, printed(name, dpi, language), dpi).crop((0, 0, *wanted.size))
        assert dots.tobytes() == wanted.tobytes(), language


@pytest.mark.parametrize(
    ("size", "dots"),
    [("76x130", {203: (607, 1039), 300: (897, 1535)}), ("100x150", {203: (799, 1199), 300: (1180, 1771)}),
     ("100x180", {203: (799, 1439), 300: (1180, 2126)})],
)  # fmt: skip
def test_a_label_is_at_most_half_a_dot_larger_than_its_paper(size: str, dots: dict[Dpi, tuple[int, int]]) -> None:
    wide, high = (int(side) for side in size.split("x"))
    for dpi, wanted in dots.items():
        here = face(f"{size}-12", dpi)
        assert (here.width, here.height) == wanted
        assert here.width <= wide / 25.4 * dpi + 0.5
        assert here.height <= high / 25.4 * dpi + 0.5


@pytest.mark.parametrize(("name", "dpi"), [(name, dpi) for name in THERMAL for dpi in DPIS])
def test_bars_are_whole_modules_and_a_module_is_wide_enough(name: str, dpi: Dpi) -> None:
    here = face(name, dpi)
    image = here.image()
    for bars in here.bars:
        row = image.crop((bars.x, bars.y + bars.height // 2, bars.x + bars.width, bars.y + bars.height // 2 + 1))
        runs = [len(list(run)) for _, run in itertools.groupby(row.get_flattened_data())]
        assert all(run % bars.module == 0 and run // bars.module <= 4 for run in runs)
        assert bars.module / dpi * 25.4 >= 0.33
        assert bars.height / dpi * 25.4 >= 6.35
    for square in here.squares:
        assert square.module >= {203: 4, 300: 5}[dpi]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dpi", DPIS)
def test_no_printer_language_is_a_way_around_the_law(language: Language, dpi: Dpi) -> None:
    secret = dataclasses.replace(LABEL, secrecy="秘密")
    official = dataclasses.replace(LABEL, courier_name="顺丰速运", postal_enterprise=False)
    for paper in (secret, official):
        with pytest.raises(UnlawfulPaper):
            press(paper, language, dpi)
        with pytest.raises(UnlawfulPaper):
            pictures(paper, dpi)


class Listening(plate.Plate):
    """A plate that remembers what was written on it."""

    def __init__(self, width: float, height: float, dpi: Dpi) -> None:
        super().__init__(width, height, dpi)
        self.heard: list[str] = []

    def text(self, x: float, y: float, words: str, size: float, **more: object) -> None:  # type: ignore[override]
        self.heard.append(words)
        super().text(x, y, words, size, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", THERMAL)
def test_no_person_phone_or_room_becomes_dots(name: str) -> None:
    made = drawing(THERMAL[name])
    listening = Listening(made.width, made.height, 203)
    made.lay_out(listening)
    words = "".join(listening.heard)
    assert "政务服务" in words
    for hidden in ("王𠮷", "𠮷", "䶮", "13812345678", "8251234", "1201", "305"):
        assert hidden not in words.replace("1234567890123", "").replace("RA123456785CN", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_of_a4_is_not_for_a_label_printer(language: Language) -> None:
    for paper in (slip(), cover(), handover()):
        with pytest.raises(NotForThisPrinter, match="PDF"):
            press(paper, language, 203)


def test_a4_papers_have_pictures_page_by_page() -> None:
    assert [len(pictures(paper, 203)) for paper in (slip(), slip(60), cover(), handover())] == [1, 4, 2, 1]


def test_a_character_no_font_has_is_refused_by_name() -> None:
    strange = dataclasses.replace(LABEL, destination_mark="\U00031350")
    with pytest.raises(MissingCharacter, match=r"U\+31350"):
        press(strange, "zpl", 203)


@pytest.mark.parametrize(
    ("language", "number"), [("tspl", "AB!12"), ("tspl", 'AB"12'), ("tspl", "AB\\12"), ("cpcl", " AB12")]
)
def test_a_number_a_language_cannot_say_is_refused(language: Language, number: str) -> None:
    with pytest.raises(NotForThisPrinter, match=r"改用|去掉"):
        press(dataclasses.replace(LABEL, waybill_no=number), language, 203)


@pytest.mark.parametrize("number", ["A^B~C>D_E", ">:12", "~~^^", "99999999", "0^99"])
def test_signs_that_are_commands_of_zpl_are_printed_as_they_are(number: str) -> None:
    label = dataclasses.replace(LABEL, waybill_no=number, qr_text=f"Q^A~B_C>{number}")
    assert proof.scan(proof.picture("zpl", press(label, "zpl", 203), 203)) == [
        ("Code128", number),
        ("QRCode", label.qr_text),
    ]


def test_another_process_in_another_zone_gives_the_same_bytes() -> None:
    program = (
        "import hashlib; from labels.printers.press import *; from tests.labels.examples import *\n"
        "print(hashlib.sha256(b''.join(press(p, l, d) for p in (LABEL, SEAL) for l in LANGUAGES for d in (203, 300)))"
        ".hexdigest())"
    )
    environment = {**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "12345", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    all_of_them = b"".join(press(paper, one, dpi) for paper in (LABEL, SEAL) for one in LANGUAGES for dpi in DPIS)
    assert done.stdout.strip() == hashlib.sha256(all_of_them).hexdigest()


def test_zpl_is_small_and_plain_ascii() -> None:
    data = printed("100x150-12", 203, "zpl")
    assert len(data) < 30_000
    assert data.isascii()
    assert b"1234567890123" not in data.replace(LABEL.qr_text.encode(), b"")  # it is said as pairs of code set C


@pytest.mark.parametrize("language", LANGUAGES)
def test_bytes_that_say_another_number_are_not_released(language: Language) -> None:
    data = printed("100x150-RA", 203, language)
    assert b"RA" in data
    wrong = data.replace(b"RA", b"RB") if language == "cpcl" else data.replace(b":RA", b":RB").replace(b"4RA", b"4RB")
    assert wrong != data
    with pytest.raises(UnreadablePrint):
        proof.prove(proof.picture(language, wrong, 203), face("100x150-RA", 203))


def test_codes_without_quiet_zone_or_with_another_text_are_not_released() -> None:
    here = face("100x150-12", 203)
    crowded = dataclasses.replace(here, ink=here.ink.copy())
    crowded.ink.putpixel((here.bars[0].x - 10, here.bars[0].y + 5), 1)
    with pytest.raises(UnreadablePrint, match="空白"):
        proof.prove(crowded.image(), crowded)
    scratched = dataclasses.replace(here, ink=here.ink.copy())
    side = here.squares[0]
    scratched.ink.paste(1, (side.x, side.y, side.x + side.side, side.y + side.side // 2))
    with pytest.raises(UnreadablePrint, match="读出的是"):
        proof.prove(scratched.image(), scratched)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(LANGUAGES), st.data())
def test_any_changed_byte_prints_the_same_or_is_refused(language: Language, data: st.DataObject) -> None:
    good = printed("seal", 203, language)
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != good[at]))
    wanted = face("seal", 203)
    try:
        dots = proof.picture(language, bytes(bad), 203)
        proof.prove(dots, wanted)
    except (NotUnderstood, UnreadablePrint):
        return
    assert dots.crop((0, 0, wanted.width, wanted.height)).tobytes() == wanted.image().tobytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_made_nought_or_no_letter_at_all_is_refused_or_drawn(language: Language) -> None:
    good = printed("seal", 203, language)
    figures = [at for at in (*range(90), *range(len(good) - 200, len(good))) if good[at : at + 1].isdigit()]
    for at in figures:
        for byte in (ord("0"), 128):
            bad = good[:at] + bytes([byte]) + good[at + 1 :]
            with contextlib.suppress(NotUnderstood):
                proof.picture(language, bad, 203)


HAN = st.text(st.sampled_from("政务服务中心行政审批局（）市区县𠮷𪚥ABC123"), min_size=1, max_size=24)
NUMBERS = st.text(st.sampled_from("0123456789ABCXYZ-"), min_size=6, max_size=15)


@settings(max_examples=25, deadline=None)
@given(HAN, HAN, NUMBERS, st.sampled_from(["76x130", "100x150", "100x180"]), st.sampled_from(DPIS))
def test_letters_touch_no_line_whatever_is_written(agency: str, mark: str, number: str, size: str, dpi: Dpi) -> None:
    party = dataclasses.replace(LABEL.receiver, agency=agency, address=mark + XIANNING)
    label = dataclasses.replace(
        LABEL, sender=party, receiver=party, destination_mark=mark[:16], waybill_no=number, size=size
    )
    here = plate.faces(drawing(label), dpi)[0]
    assert_nothing_on_lines(here)
    assert press(label, "zpl", dpi)


def assert_nothing_on_lines(here: Face) -> None:
    lines = dataclasses.replace(here, ink=Image.new("1", here.ink.size), bars=(), squares=()).image()
    assert ImageChops.logical_and(here.ink, lines).getbbox() is None


@pytest.mark.parametrize("name", THERMAL)
def test_letters_of_the_examples_touch_no_line(name: str) -> None:
    for dpi in DPIS:
        assert_nothing_on_lines(face(name, dpi))


def test_a_long_agency_shrinks_on_narrow_paper() -> None:
    party = dataclasses.replace(LABEL.receiver, agency=FURONG + XIANNING)
    label: WaybillLabel = dataclasses.replace(LABEL, sender=party, receiver=party, size="76x130")
    assert press(label, "cpcl", 203)
