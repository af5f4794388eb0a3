"""Code 128 as symbol characters: the printer is told the shortest way, and it is the one the PDF draws."""

import re

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from labels.codes import code128_modules
from labels.printers import linear, proof
from labels.printers.face import bars_image

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=24)
NUMBERS = st.from_regex(r"\A[A-Z]{0,3}[0-9]{1,16}[A-Z]{0,2}\Z")


def on_paper(value: str, module: int = 3) -> Image.Image:
    bars = bars_image(linear.symbols(value), module, 60)
    paper = Image.new("1", (bars.width + 40 * module, 100))
    paper.paste(bars, (20 * module, 20))
    return paper


@given(PRINTABLE.filter(lambda value: value == value.strip()))
def test_a_scanner_reads_whatever_can_be_printed(value: str) -> None:
    assert proof.scan(on_paper(value)) == [("Code128", value)]


@given(st.one_of(PRINTABLE, NUMBERS))
def test_no_encoding_we_know_is_shorter(value: str) -> None:
    assert sum(linear.widths(linear.symbols(value))) <= sum(code128_modules(value))


@given(NUMBERS)
def test_every_symbol_has_eleven_modules_and_the_stop_thirteen(value: str) -> None:
    symbols = linear.symbols(value)
    assert sum(linear.widths(symbols)) == 11 * (len(symbols) + 1) + 13


def test_the_forms_couriers_use_are_as_long_as_they_must_be() -> None:
    assert linear.symbols("1234567890123") == (105, 12, 34, 56, 78, 90, 12, 100, 19)
    assert sum(linear.widths(linear.symbols("RA123456785CN"))) == 156
    assert sum(linear.widths(linear.symbols("1234567890123"))) == 123


def test_the_table_is_that_of_the_standard() -> None:
    patterns = [linear._pattern(one) for one in range(linear.STOP + 1)]
    assert len(set(patterns)) == 107
    assert all(re.fullmatch("[1-4]{6}", one) and sum(map(int, one)) == 11 for one in patterns[:-1])
    assert all(sum(map(int, one[::2])) % 2 == 0 for one in patterns[:-1])  # bars are even: the standard's parity
    assert patterns[-1] == "2331112"


def test_bars_are_black_and_what_lies_between_is_not() -> None:
    image = bars_image((104, 17), 1, 1)
    runs = "".join("1" if dot else "0" for dot in image.get_flattened_data())
    assert runs.startswith("11010010000" + "10011100110")
    assert ImageChops.invert(image).getbbox() is not None
