"""`youdang waybill`: JSON of a fixed shape for programs, doubt said in words for people, never a refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from couriers import waybills
from logistics.cli import main, waybill

VECTORS = Path(__file__).parents[1] / "data" / "samples" / "s10" / "vectors.json"


def told(number: str, *options: str) -> str:
    result = CliRunner().invoke(main, ["waybill", *options, "--", number])
    assert result.exit_code == 0, result.output
    return result.output


def as_json(number: str) -> Any:
    return json.loads(told(number, "--json"))


@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_the_published_s10_numbers_are_told_apart(kind: str) -> None:
    for number in json.loads(VECTORS.read_text("utf-8"))[kind]:
        answer = as_json(number)
        assert answer["valid"] is (kind == "valid")
        if kind == "valid":
            assert answer["candidates"] == [{"courier": "ems", "format": "s10", "check_digit": "ok"}]


def test_programs_get_exactly_what_was_agreed() -> None:
    assert as_json("rb 123 456 786 us") == {
        "valid": False,
        "candidates": [{"courier": "ems", "format": "s10", "check_digit": "bad"}],
    }
    assert as_json("SF7444407670710") == {
        "valid": True,
        "candidates": [{"courier": "sf", "format": "sf_15", "check_digit": "ok"}],
    }
    assert as_json("JDVA12345678901")["candidates"] == [{"courier": "jdl", "format": "jd", "check_digit": "none"}]
    assert as_json("-nothing-") == {"valid": False, "candidates": []}


def test_all_readings_of_an_ambiguous_number_are_told() -> None:
    assert len(as_json("9912345678901")["candidates"]) == 2
    assert "不能断定" in told("9912345678901")
    assert "各家常有重复" in told("444003079772")


def test_people_read_what_an_s10_number_says_of_itself() -> None:
    shown = told("LZ000000005CN")
    assert all(words in shown for words in ("S10", "可跟踪函件", "双方邮政有约定", "CN", "校验位正确"))
    assert "保留或未分配" in told("JA000000005CN")
    assert "抄错" in told("RB123456786US")


def test_a_number_of_nobody_is_no_failure() -> None:
    assert "没有一种已知" in told("hello")
    assert "\x1b" not in told("\x1b[2J")


def test_every_courier_format_and_service_has_a_chinese_name() -> None:
    assert {courier for courier, _, _ in waybills._DOMESTIC} | {"ems"} == set(waybill._COURIERS)
    assert {name for _, name, _ in waybills._DOMESTIC} | {"s10"} == set(waybill._FORMATS)
    assert {use for _, _, use in waybills._S10_SERVICES} == set(waybill._SERVICES)
