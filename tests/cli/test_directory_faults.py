"""Faults of a directory file are told at their places, in Chinese first and in English beside it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from logistics.cli import file_faults
from logistics.cli.directory import read_directory
from logistics.errors import Malformed

HAN = re.compile(r"[\u3400-\u9fff]")
AGENCY: dict[str, Any] = {
    "code": "421200",
    "name": "咸宁市政务服务大厅",
    "short_name": "咸宁大厅",
    "address": "咸宁市温泉路一号",
    "region": "421200",
    "level": "city",
    "uscc": "11421200MB00000000",
    "postcode": "437100",
    "phone": "0715-0000000",
}
ITEM: dict[str, Any] = {"code": "A1", "name": "学历学位公证", "promised_days": 10, "materials": []}


def faults(**file: Any) -> dict[str, list[tuple[str, str]]]:
    with pytest.raises(Malformed) as caught:
        read_directory(json.dumps(file))
    return {place: [(str(one), one.en) for one in said] for place, said in caught.value.fields.items()}


@pytest.mark.parametrize(
    ("change", "place", "chinese"),
    [
        ({"name": None}, "agencies/0/name", "这一项不能为 null，请填写或删去。"),
        ({"name": 3}, "agencies/0/name", "应是文本，请写在引号里。"),
        ({"name": ""}, "agencies/0/name", "长度应为 1 至 200。"),
        ({"city": "武汉"}, "agencies/0/city", "没有这一项，请核对名称或删去。"),
        ({"level": "town"}, "agencies/0/level", "应为其中之一：province, city, district, street。"),
        ({"region": "42"}, "agencies/0/region", "写法不对，请照说明文件里的样子写。"),
    ],
)
def test_a_fault_of_an_agency_is_told_in_chinese_at_its_place(change: Any, place: str, chinese: str) -> None:
    told = faults(agencies=[{**AGENCY, **change}])
    assert [zh for zh, _en in told[place]] == [chinese]


@pytest.mark.parametrize(
    "change",
    [
        {"promised_days": 0},
        {"promised_days": "x"},
        {"promised_days": 500},
        {"materials": "none"},
        {"materials": [3]},
        {"materials": [{"name": "身份证", "quantity": 0}]},
        {"materials": [{"name": "身份证", "form": "stone"}]},
        {"materials": [{"name": "身份证", "original_wanted": "maybe"}]},
        {"retention": "D99"},
    ],
)
def test_every_fault_of_an_item_is_one_that_we_have_words_for(change: dict[str, Any]) -> None:
    told = faults(items=[{**ITEM, **change}])
    for said in told.values():
        for zh, en in said:
            assert HAN.search(zh)
            assert en not in zh
            assert not HAN.search(en)


def test_a_missing_part_and_a_wrong_date_are_told_too() -> None:
    told = faults(agreements=[{"no": "T1", "valid_from": "soon", "items": [], "payer": []}])
    assert told["agreements/0/name"][0] == ("缺少这一项，请补上。", "Missing data for required field.")
    assert told["agreements/0/valid_from"][0][0] == "应是日期，例如 2026-11-21。"
    assert told["agreements/0/items"][0][0] == "至少要有 1 个。"
    assert told["agreements/0/payer"][0][0] == "应是一个对象，请写在 { } 里。"


def test_a_sentence_that_nobody_foresaw_is_not_lost() -> None:
    assert str(file_faults.said("Odd.")) == "这一项不对，请照说明文件改正（Odd.）。"
