"""`youdang deadline` as a script meets it: the installed command, its output and its exit code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from logistics.cli import main


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["deadline", *arguments])


def answer(*arguments: str) -> dict[str, Any]:
    result = ask(*arguments, "--json")
    assert result.exit_code == 0, result.output
    read: dict[str, Any] = json.loads(result.stdout)
    return read


@pytest.mark.parametrize(
    ("start", "add", "due"),
    [
        ("2026-09-30T10:00:00+08:00", "3wd", "2026-10-10T17:30:00+08:00"),
        ("2026-09-30T10:00:00+08:00", "4wd", "2026-10-12T17:30:00+08:00"),
        ("2026-09-30T16:30", "1wd", "2026-10-08T17:30:00+08:00"),
        ("2026-09-30T08:30:00Z", "12wh", "2026-10-09T14:30:00+08:00"),
        ("2026-09-30T10:00:00+08:00", "48nh", "2026-10-02T10:00:00+08:00"),
    ],
)
def test_the_answer_is_one_json_object_in_china_standard_time(start: str, add: str, due: str) -> None:
    read = answer("--start", start, "--add", add)
    assert list(read) == ["due_at", "provisional", "explanation"]
    assert read["due_at"] == due
    assert read["provisional"] is False
    assert all(isinstance(sentence, str) for sentence in read["explanation"])


def test_own_hours_are_kept() -> None:
    read = answer("--start", "2026-11-23T09:00", "--add", "4wh", "--hours", "08:30-11:30,14:00-17:00")
    assert read["due_at"] == "2026-11-23T15:30:00+08:00"
    assert answer("--start", "2026-11-23T09:00", "--add", "1wd", "--hours", "08:30-11:30,14:00-17:00")["due_at"] == (
        "2026-11-24T17:00:00+08:00"
    )


def test_a_deadline_into_2027_is_provisional() -> None:
    read = answer("--start", "2026-12-30T10:00", "--add", "5wd")
    assert read["provisional"] is True
    assert read["due_at"] == "2027-01-07T17:30:00+08:00"


def test_without_json_the_reasons_are_printed_a_line_each() -> None:
    result = ask("--start", "2026-09-30T10:00", "--add", "3wd")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "自 2026-09-30 周三 10:00 起，次日起计 3 个工作日",
        "国庆节 10-01 至 10-07 休息",
        "10-10 周六调休上班",
        "故于 2026-10-10 周六 17:30 到期",
    ]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--start", "tomorrow", "--add", "3wd"), "--start “tomorrow” 无法识别"),
        (("--start", "2026-09-30T10:00", "--add", "3d"), "--add “3d” 无法识别"),
        (("--start", "2026-09-30T10:00", "--add", "-3wd"), "--add “-3wd” 无法识别"),
        (("--start", "2026-09-30T10:00", "--add", "0wd"), "须不少于 1"),
        (("--start", "2026-09-30T10:00", "--add", "99999wd"), "超出日历范围"),
        (("--start", "1980-09-30T10:00", "--add", "1wd"), "超出日历范围"),
        (("--start", "2026-09-30T10:00", "--add", "1wd", "--hours", "9-5"), "“9-5”"),
        (("--add", "1wd"), "--start"),
        (("--start", "2026-09-30T10:00"), "--add"),
    ],
)
def test_bad_input_ends_with_two_and_says_what_is_wrong(arguments: tuple[str, ...], part: str) -> None:
    result = ask(*arguments)
    assert result.exit_code == 2
    assert part in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output
