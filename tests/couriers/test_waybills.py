"""Waybill-number formats and check digits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.waybills import (
    COUNTRIES,
    Candidate,
    candidates,
    is_valid,
    normalise,
    read_s10,
    s10_check_digit,
    sf_check_digit,
)


@pytest.fixture(scope="module")
def vectors(shared_ems: Path) -> dict[str, list[str] | dict[str, int]]:
    found: dict[str, list[str] | dict[str, int]] = json.loads((shared_ems.parent / "s10" / "vectors.json").read_text())
    return found


def test_published_s10_numbers_are_valid_and_wrong_ones_are_not(vectors: dict[str, list[str]]) -> None:
    for number in vectors["valid"]:
        s10 = read_s10(number)
        assert s10 is not None
        assert s10.valid
        assert candidates(number) == (Candidate("ems", "s10", "ok"),)
    for number in vectors["invalid"]:
        s10 = read_s10(number)
        assert s10 is not None
        assert not s10.valid
        assert all(candidate.check_digit != "ok" for candidate in candidates(number))


def test_published_s10_check_digits(vectors: dict[str, dict[str, int]]) -> None:
    for serial, digit in vectors["serial_to_check"].items():
        assert s10_check_digit(serial) == digit


def test_an_s10_number_of_no_country_is_nobodys() -> None:
    assert candidates("RB123456785XX") == ()


@given(st.integers(0, 99_999_999), st.sampled_from(sorted(COUNTRIES)), st.integers(1, 9))
def test_every_wrong_s10_check_digit_is_seen(serial: int, country: str, shift: int) -> None:
    text = f"{serial:08d}"
    right = s10_check_digit(text)
    assert candidates(f"EA{text}{right}{country}")[0].check_digit == "ok"
    assert candidates(f"EA{text}{(right + shift) % 10}{country}")[0].check_digit == "bad"


@pytest.mark.parametrize("wrong", ["", "1234567", "123456789", "1234567a", "１２３４５６７８"])
def test_a_serial_that_is_not_eight_digits_has_no_check_digit(wrong: str) -> None:
    with pytest.raises(ValueError, match="八位"):
        s10_check_digit(wrong)


def test_the_service_of_an_s10_number_is_in_its_first_letter() -> None:
    letters = {"RR473124829CN": "registered letter", "LZ000000005CN": "tracked letter", "EA000000005CN": "ems"}
    for number, service in letters.items():
        s10 = read_s10(number)
        assert s10 is not None
        assert s10.service == service


@pytest.mark.parametrize(
    ("indicator", "service", "by_agreement"),
    [
        ("AU", "", False),
        ("AV", "domestic or bilateral", True),
        ("BA", "domestic or bilateral", True),
        ("CP", "parcel", False),
        ("CV", "insured parcel", False),
        ("CZ", "parcel", True),
        ("EA", "ems", False),
        ("EX", "ems", True),
        ("EZ", "ems", True),
        ("FA", "", False),
        ("GA", "domestic or bilateral", True),
        ("GB", "", False),
        ("GD", "domestic or bilateral", True),
        ("HW", "e-commerce parcel", False),
        ("HY", "e-commerce parcel", True),
        ("JA", "", False),
        ("KA", "", False),
        ("LK", "tracked letter", False),
        ("LZ", "tracked letter", True),
        ("MA", "m-bag", False),
        ("NA", "domestic or bilateral", True),
        ("PZ", "domestic or bilateral", True),
        ("QM", "business reply", False),
        ("QN", "", False),
        ("RR", "registered letter", False),
        ("SA", "", False),
        ("TA", "", False),
        ("UA", "untracked letter", False),
        ("VV", "insured letter", False),
        ("WA", "", False),
        ("ZA", "domestic or bilateral", True),
    ],
)
def test_the_service_of_an_s10_number_is_in_its_indicator(indicator: str, service: str, by_agreement: bool) -> None:
    s10 = read_s10(f"{indicator}000000005CN")
    assert s10 is not None
    assert (s10.service, s10.by_agreement) == (service, by_agreement)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1100000000011", ["ems/ems_13"]),
        ("9712345678901", ["ems/ems_13"]),
        ("9612345678901", ["ems/postal_parcel_13"]),
        ("9912345678901", ["ems/ems_13", "ems/postal_parcel_13"]),
        ("KQ12345678942", ["ems/postal_parcel_letters"]),
        ("SF7444407670710", ["sf/sf_15"]),
        ("444003079772", ["sf/sf_12"]),
        ("JDV123456789012", ["jdl/jd"]),
        ("JDX123456789012-1-1-", ["jdl/jd"]),
        ("JDVA12345678901", ["jdl/jd"]),
        ("YT1234567890123", ["yto/yto"]),
        ("75123456789012", ["zto/zto"]),
        ("771234567890123", ["sto/sto", "sf/sf_numeric_15"]),
        ("JT1234567890123", ["jt/jt"]),
        ("DPK123456789012", ["dpk/dpk"]),
        ("LP12345678901234", ["cainiao/cainiao_order"]),
        ("CNG12345678901234", ["cainiao/cainiao_order"]),
        ("hello", []),
        ("", []),
    ],
)
def test_a_number_suggests_its_couriers(number: str, expected: list[str]) -> None:
    assert [f"{one.courier}/{one.format}" for one in candidates(number)] == expected


@pytest.mark.parametrize(
    ("number", "digit"),
    [
        ("444003079772", 2),
        ("7444407670710", 0),
        ("7444462031543", 3),
        ("7444496931331", 1),
        ("7444400043266", 2),
        ("7444400031887", 8),
        ("066106553309", 0),
    ],
)
def test_the_sf_check_digit_is_a_hint(number: str, digit: int) -> None:
    assert sf_check_digit(number) == digit
    full = number if len(number) == 12 else f"SF{number}"
    assert candidates(full)[0] == Candidate(
        "sf", "sf_12" if len(number) == 12 else "sf_15", "ok" if number.endswith(str(digit)) else "bad"
    )


def test_a_number_is_read_as_people_write_it() -> None:
    assert normalise(" rr 473 124 829 cn ") == "RR473124829CN"
    assert normalise("１１０００００００００１１") == "1100000000011"


def test_signs_that_nobody_sees_do_not_make_another_number() -> None:
    assert normalise("\ufeffRR473124829CN\u200b\r\n") == "RR473124829CN"
    assert normalise("1100000\x00000011") == "1100000000011"


def test_a_number_is_valid_when_one_reading_of_it_can_be(vectors: dict[str, list[str]]) -> None:
    assert all(is_valid(number) for number in vectors["valid"])
    assert not any(is_valid(number) for number in vectors["invalid"])
    assert is_valid("1100000000011")
    assert is_valid("SF7444400043266")  # published, and its unofficial check digit does not fit
    assert not is_valid("hello")


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert isinstance(candidates(text), tuple)
