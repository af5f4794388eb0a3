"""What a scanned or typed line is read as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules.numbers import folded, read

DOSSIER = "421200-2026-000123"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("４２１２００－２０２６－０００１２３", DOSSIER),
        ("421200——2026——000123", DOSSIER),
        ("4212002026000123", DOSSIER),
        ("专档 421200-2026-000123", DOSSIER),
        ("4212002026000123y02", f"{DOSSIER}-Y02"),
        (" xn-004512\t", "XN-004512"),
        ("XN\u2011004512\u200b", "XN-004512"),
        ("xn004512", "XN-004512"),
        ("封签：ＸＮ-004512", "XN-004512"),
        ("封签号 xn—004512", "XN-004512"),
        ("运单号1117905000123", "1117905000123"),
        ("EMS 1117 9050 0012 3", "1117905000123"),
        ("No. 1117905000123", "1117905000123"),
        (f"{DOSSIER}-1-Y01-2", f"{DOSSIER}-1-Y01"),
        (f"https://hall.example/i/{DOSSIER}/ABCDEFGH", DOSSIER),
        (f"HTTPS：、、HALL.EXAMPLE、I、{DOSSIER}、ABCDEFGH", DOSSIER),
    ],
)
def test_what_guns_and_input_methods_spoil_is_read_as_it_was_meant(line: str, number: str) -> None:
    assert number in read(line).numbers


def test_a_qr_of_ours_is_its_number_alone() -> None:
    for line in (f"YD1|S|{DOSSIER}-1|E0E6", f"yd1｜s｜{DOSSIER.lower()}-1｜e0e6"):
        found = read(line)
        assert (found.numbers, found.qr, found.digest) == ((f"{DOSSIER}-1",), "S", "e0e6")


def test_nothing_is_read_from_nothing() -> None:
    for line in ("", " \t", "\u200b", "YD1|", "YD1|S", "YD1|S||"):
        assert read(line).numbers == ()


def test_another_houses_case_number_keeps_its_small_letters_and_blanks() -> None:
    assert {"Xz 2026/12", "XZ2026/12"} <= set(read(" Xz 2026/12 ").written)


@given(st.text(max_size=80))
def test_any_line_can_be_read_and_its_reading_stays(line: str) -> None:
    found = read(line)
    assert len(found.numbers) <= 8
    assert all(one and one == "".join(one.split()) for one in found.numbers)
    assert folded(folded(line)) == folded(line)
