import numpy as np
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.codes import CODE128_QUIET, QR_QUIET, code128_modules, qr_modules

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=24)
WAYBILLS = st.from_regex(r"[A-Z]{0,3}[0-9]{6,15}([A-Z]{2})?", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(st.one_of(PRINTABLE, WAYBILLS))
def test_any_code128_reads_back(value: str) -> None:
    row = [255] * CODE128_QUIET
    for number, width in enumerate(code128_modules(value)):
        row += [0 if number % 2 == 0 else 255] * width
    image = np.tile(np.repeat(np.array(row + [255] * CODE128_QUIET, dtype=np.uint8), 3), (60, 1))
    found = zxingcpp.read_barcodes(image)
    assert [code.text for code in found] == [value]


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=110))
def test_any_qr_reads_back_at_level_q(value: str) -> None:
    rows = np.pad(np.where(np.array(qr_modules(value)), 0, 255).astype(np.uint8), QR_QUIET, constant_values=255)
    (found,) = zxingcpp.read_barcodes(np.kron(rows, np.ones((4, 4), dtype=np.uint8)))
    assert found.text == value
    assert found.ec_level == "Q"


def test_lengths_are_those_the_label_was_laid_out_for() -> None:
    assert sum(code128_modules("RA123456785CN")) == 156
    assert sum(code128_modules("1234567890123")) == 123
