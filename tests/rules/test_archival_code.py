"""档号: one writing, read back from paper and bar code; how long it is kept; the highest 密级 counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.archival_code import RETENTIONS, ArchivalCode, highest, read, retained_until
from logistics.terms import Secrecy

CODES = st.builds(
    ArchivalCode,
    fonds_no=st.from_regex(r"\A[0-9A-Z]{4}\Z"),
    category=st.sampled_from(["ZY", "WS", "KJ·JJ"]),
    year=st.integers(1990, 2999),
    retention=st.sampled_from(list(RETENTIONS)),
    number=st.integers(1, 999_999),
    section=st.sampled_from(["", "XZ", "001"]),
)


def test_a_code_is_written_as_the_standard_has_it() -> None:
    assert str(ArchivalCode("J001", "WS", 2022, "Y", 1)) == "J001-WS·2022-Y-0001"
    assert str(ArchivalCode("A182", "WS", 2022, "Y", 1, "XZ")) == "A182-WS·2022-Y-XZ-0001"
    assert str(ArchivalCode("J001", "KJ·JJ", 2022, "D30", 12_345, "001")) == "J001-KJ·JJ·2022-D30-001-12345"


@given(CODES)
def test_a_code_is_read_back_from_paper_and_from_a_bar_code_which_holds_ascii_only(code: ArchivalCode) -> None:
    assert code.ascii.isascii()
    assert read(str(code)) == read(code.ascii) == code


@given(CODES, st.text(min_size=1, max_size=3), st.integers(0, 20))
def test_what_is_written_otherwise_is_no_code(code: ArchivalCode, more: str, place: int) -> None:
    text = str(code)[:place] + more + str(code)[place:]
    try:
        found = read(text)
    except ValueError:
        return
    assert str(found) == text.replace(".", "·")


@pytest.mark.parametrize(
    "change",
    [{"fonds_no": ""}, {"fonds_no": "12345"}, {"category": "zy"}, {"category": "ZY."}, {"year": 26},
     {"retention": "D20"}, {"number": 0}, {"number": 1_000_000}, {"section": "x-y"}],
)  # fmt: skip
def test_a_part_out_of_form_makes_no_code(change: dict[str, Any]) -> None:
    parts = {"fonds_no": "J001", "category": "ZY", "year": 2026, "retention": "D30", "number": 1}
    with pytest.raises(ValueError, match=next(iter(change))):
        ArchivalCode(**parts | change)


def test_a_dossier_is_kept_from_the_end_of_its_year_or_for_ever() -> None:
    assert retained_until(2026, "D30") == date(2056, 12, 31)
    assert retained_until(2026, "D10") == date(2036, 12, 31)
    assert retained_until(2026, "Y") is None


def test_the_highest_secrecy_of_the_originals_is_the_dossiers() -> None:
    assert highest([]) is Secrecy.NONE
    assert highest([Secrecy.NONE, Secrecy.SECRET, Secrecy.CONFIDENTIAL]) is Secrecy.SECRET
